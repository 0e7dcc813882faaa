import type { ObjectItem } from '../core/object-graph';
import { isMapOfText, labelsFit, textAt, treeAt } from './manifest-parts';
import { podTemplateOf } from './pod-references';

const SKIP_AWAIT = 'pulumi.com/skipAwait';
const WAIT_FOR = 'pulumi.com/waitFor';
/** istiod gives a Gateway its address when the load balancer of its proxies has one. */
const HAS_ADDRESS = 'jsonpath={.status.addresses[0].value}';
/** Kinds that the provider waits for until controllers or nodes have done their part. */
const AWAITED = new Set(['DaemonSet', 'Deployment', 'Ingress', 'Job', 'PersistentVolumeClaim', 'Pod', 'Service', 'StatefulSet']);
const GROUPS = new Set(['', 'apps', 'batch', 'networking.k8s.io']);

/**
 * What objects say to the provider of how long to wait for them: annotations by object, where it would not do the right thing
 * by itself.
 *
 * - A Service whose pods the program does not make: not at all. They may come only afterwards, with the application.
 * - A Gateway that istiod deploys: until it has an address, as with the Service of a gateway.
 *
 * An object that says something itself is left alone.
 *
 * @param skipsAll whether nothing is waited for
 * @see https://www.pulumi.com/registry/packages/kubernetes/#await-logic
 */
export function awaitAnnotations(ordered: readonly ObjectItem[], skipsAll: boolean): ReadonlyMap<ObjectItem, Readonly<Record<string, string>>> {
  const isBacked = backedBy(ordered);
  const found = new Map<ObjectItem, Readonly<Record<string, string>>>();
  for (const item of ordered) {
    const { identity, manifest } = item.object;
    const own = treeAt(manifest, 'metadata', 'annotations');
    if (SKIP_AWAIT in own || WAIT_FOR in own) continue;
    const isAwaited = AWAITED.has(identity.kind) && GROUPS.has(identity.group);
    if (isAwaited && (skipsAll || (isService(item) && !isBacked(item)))) found.set(item, { [SKIP_AWAIT]: 'true' });
    if (!skipsAll && isDeployedGateway(item)) found.set(item, { [WAIT_FOR]: HAS_ADDRESS });
  }
  return found;
}

/** Whether a Service gets what is waited for with what the program makes: its pods, or an address that no pod is needed for. */
function backedBy(ordered: readonly ObjectItem[]): (service: ObjectItem) => boolean {
  const pods = ordered.map((item) => ({ item, ...podTemplateOf(item.object.manifest) })).filter(({ labels }) => Object.keys(labels).length > 0);
  return ({ object: { identity, manifest } }) => {
    const selector = treeAt(manifest, 'spec', 'selector');
    if (!isMapOfText(selector) || Object.keys(selector).length === 0) return true;
    if (textAt(manifest, 'spec', 'type') === 'LoadBalancer') return true;
    return pods.some(({ item, labels }) => {
      const { cluster, namespace } = item.object.identity;
      return cluster === identity.cluster && namespace === identity.namespace && labelsFit(selector, labels);
    });
  };
}

function isService({ object: { identity } }: ObjectItem): boolean {
  return identity.kind === 'Service' && identity.group === '';
}

function isDeployedGateway({ object: { identity, manifest } }: ObjectItem): boolean {
  return identity.kind === 'Gateway' && identity.group === 'gateway.networking.k8s.io' && textAt(manifest, 'spec', 'gatewayClassName') === 'istio';
}
