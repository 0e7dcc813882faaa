import { objectIn, labelsIn, textIn } from '../../traffic/scope/reading';
import type { Manifest } from '../../traffic/scope/program-manifests';
import type { ProgramPods } from './program-pods';

/** What stands between pods and the network, as far as the program says. */
export interface PodProxy {
  /**
   * `sidecar`, a proxy of their own; `ambient`, that of their node; `own`, pods that speak the mesh's TLS themselves: gateways, and gRPC
   * without a proxy; `none`; or `unknown`, where another program makes the namespace.
   */
  readonly kind: 'sidecar' | 'ambient' | 'own' | 'none' | 'unknown';
  /** For `none`: why, and where it is said. */
  readonly why: string;
  readonly property: string;
}

const INJECT = 'sidecar.istio.io/inject';
const TEMPLATES = 'inject.istio.io/templates';
const MODE = 'istio.io/dataplane-mode';

/**
 * Which proxy pods get, by what Istio's injector and its CNI plugin look at.
 *
 * @param namespace the Namespace that they are in, where the program makes it
 * @param byDefault whether the mesh injects pods of namespaces that say nothing
 * @see https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
 */
export function proxyOf(pods: ProgramPods, namespace: Manifest | undefined, byDefault = false): PodProxy {
  const { labels, annotations, template } = pods;
  if (pods.hostNetwork) return { kind: 'none', why: 'pods in the network of their node', property: `${template}spec.hostNetwork` };
  if (pods.containers.some((container) => textIn(container, 'name') === 'istio-proxy')) return isGateway(pods) ? OWN : SIDECAR;
  const wish = labels[INJECT] ?? annotations[INJECT];
  const injected = /\b(gateway|grpc-(agent|simple))\b/.test(annotations[TEMPLATES] ?? '') ? OWN : SIDECAR;
  if (wish === 'true') return injected;
  const around = namespace === undefined ? undefined : labelsIn(objectIn(namespace.whole, 'metadata'), 'labels');
  const isAmbient = (labels[MODE] ?? around?.[MODE]) === 'ambient' && around?.['istio-injection'] !== 'enabled';
  if (isAmbient) return AMBIENT;
  if (wish === 'false') return { kind: 'none', why: `pods with ${INJECT}: "false"`, property: `${template}metadata.${labels[INJECT] === undefined ? 'annotations' : 'labels'}` };
  if (labels[MODE] === 'none' && around?.[MODE] === 'ambient') return { kind: 'none', why: `pods with ${MODE}: none`, property: `${template}metadata.labels` };
  if (around === undefined) return { kind: 'unknown', why: '', property: '' };
  if (joins(around, byDefault) || (around['istio-injection'] === undefined && labels['istio.io/rev'] !== undefined)) return injected;
  return { kind: 'none', why: `pods of the namespace ${pods.namespace}, which does not join the mesh`, property: 'metadata.namespace' };
}

const SIDECAR: PodProxy = { kind: 'sidecar', why: '', property: '' };
const AMBIENT: PodProxy = { kind: 'ambient', why: '', property: '' };
const OWN: PodProxy = { kind: 'own', why: '', property: '' };

/** Whether the labels of a Namespace have its pods join a mesh. */
export function joins(labels: Readonly<Record<string, string>>, byDefault = false): boolean {
  if (labels[MODE] === 'ambient') return true;
  return labels['istio-injection'] === undefined ? byDefault || labels['istio.io/rev'] !== undefined : labels['istio-injection'] === 'enabled';
}

export function isGateway({ annotations }: Pick<ProgramPods, 'annotations'>): boolean {
  return /\bgateway\b/.test(annotations[TEMPLATES] ?? '');
}
