import { Cluster } from '../../core/cluster';
import { SynthSession } from '../../core/synth-session';
import { isJsonObject } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import { refuse } from '../../traffic/rules/refuse';
import type { PolicyTarget } from '../access/policy-target';
import { joins, proxyOf } from '../mtls/pod-proxy';
import type { PodProxy } from '../mtls/pod-proxy';
import type { ProgramView } from './program-view';

/**
 * Refuses pods that no sidecar guards, as far as the program tells: policies hold for nobody without a proxy, and in ambient mode
 * ztunnel and waypoints decide in ways of their own.
 *
 * @throws MeshError
 */
export function requireSidecars(view: ProgramView, { scope, of, namespace, selector }: PolicyTarget): void {
  if (of === 'gateway') return;
  const cluster = Cluster.pathOf(scope);
  const whole = view.objects(cluster, 'Namespace').find(({ metadata }) => isJsonObject(metadata) && metadata['name'] === namespace);
  const byDefault = injectsUnlabelled(view, cluster);
  const workloads = view.workloads(cluster, namespace, selector?.() ?? {});
  const proxies = workloads.map((pods) => proxyOf(pods, whole === undefined ? undefined : ({ whole } as Parameters<typeof proxyOf>[1]), byDefault));
  const found = proxies.length > 0 || whole === undefined ? proxies : [byNamespace(whole, namespace, byDefault)];
  const place = { construct: scope.node.path, property: 'to' };
  if (found.some(({ kind }) => kind === 'ambient')) throw refuse(place, 'ambient-pods', 'pods in ambient mode, where ztunnel and waypoints decide', 'pods with sidecars, or a gateway', 'ask for what has a sidecar');
  const none = found.find(({ kind }) => kind === 'none');
  if (none !== undefined) throw refuse(place, 'no-proxy', `${none.why}: without a proxy no policy holds`, 'pods with sidecars, or a gateway', 'have the proxy injected, or ask for what has one');
}

function byNamespace(whole: JsonObject, name: string, byDefault: boolean): PodProxy {
  const { metadata } = whole;
  const labels = isJsonObject(metadata) && isJsonObject(metadata['labels']) ? (metadata['labels'] as Readonly<Record<string, string>>) : {};
  if (labels['istio.io/dataplane-mode'] === 'ambient' && labels['istio-injection'] !== 'enabled') return { kind: 'ambient', why: '', property: '' };
  return { kind: joins(labels, byDefault) ? 'sidecar' : 'none', why: `pods of the namespace ${name}, which does not join the mesh`, property: '' };
}

/** Whether a mesh of the cluster injects pods of namespaces that say nothing. */
function injectsUnlabelled({ root }: ProgramView, cluster: string): boolean {
  return SynthSession.of(root).constructs().some((construct) => {
    const { settings } = construct as { readonly settings?: { readonly injection?: { readonly injection?: { readonly enableNamespacesByDefault?: unknown } } } };
    return settings?.injection?.injection?.enableNamespacesByDefault === true && Cluster.pathOf(construct) === cluster;
  });
}
