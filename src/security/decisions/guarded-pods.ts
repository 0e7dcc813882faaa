import { Cluster } from '../../core/cluster';
import { refuse } from '../../traffic/rules/refuse';
import type { PolicyTarget } from '../access/policy-target';
import { isGateway } from '../mtls/pod-proxy';
import { proxiesOf } from './pod-proxies';
import type { ProgramView } from './program-view';

/**
 * Refuses pods that no sidecar guards, as far as the program tells: policies hold for nobody without a proxy, and in ambient mode
 * ztunnel and waypoints decide in ways of their own.
 *
 * @throws MeshError
 */
export function requireSidecars(view: ProgramView, { scope, of, namespace, selector }: PolicyTarget, port: number): void {
  if (of === 'gateway') return;
  const cluster = Cluster.pathOf(scope);
  const workloads = view.workloads(cluster, namespace, selector?.() ?? {});
  const found = proxiesOf(view, cluster, namespace, workloads);
  const place = { construct: scope.node.path, property: 'to' };
  if (found.some(({ kind }) => kind === 'ambient')) throw refuse(place, 'ambient-pods', 'pods in ambient mode, where ztunnel and waypoints decide', 'pods with sidecars, or a gateway', 'ask for what has a sidecar');
  if (workloads.some(isGateway)) throw refuse(place, 'gateway-pods', 'the pods of a gateway, whose callers are told by its Gateway objects', 'the gateway itself', 'name it: mesh.addIngressGateway(), or IngressGateway.fromName()');
  const none = found.find(({ kind }) => kind === 'none');
  const why = none?.why ?? workloads.flatMap(({ annotations }) => passedBy(annotations, port) ?? [])[0];
  if (why !== undefined) throw refuse(place, 'no-proxy', `${why}: without a proxy no policy holds`, 'pods with sidecars, or a gateway', 'have the proxy injected, or ask for what has one');
}

const TRAFFIC = 'traffic.sidecar.istio.io';

/** Why what comes to a port passes by the proxy; undefined where it does not. */
function passedBy(annotations: Readonly<Record<string, string>>, port: number): string | undefined {
  const has = (key: string): boolean => (annotations[key] ?? '').split(',').some((each) => each.trim() === String(port) || each.trim() === '*');
  const [excluded, included, mode] = [`${TRAFFIC}/excludeInboundPorts`, `${TRAFFIC}/includeInboundPorts`, 'sidecar.istio.io/interceptionMode'];
  if (annotations[mode] === 'NONE') return `pods with ${mode}: NONE`;
  if (has(excluded)) return `port ${port}, which ${excluded} leaves to the pods`;
  return annotations[included] === undefined || has(included) ? undefined : `port ${port}, which ${included} leaves to the pods`;
}
