import type { MeshView } from '../../traffic/scope/mesh-view';
import { isolationOf, seenBy } from '../isolation/isolations';
import type { RestrictedNamespace } from './namespace-network-policy';

/** A host of the cluster, perhaps with its port, or with the namespace that a mesh's configuration puts in front of it. */
const OF_CLUSTER = /^(?:[^/]*\/)?[^./]+\.([^./]+)\.svc(?:[.:]|$)/;

/**
 * Namespaces that pods connect to: of what their services call and are let in to, of where routes for that lead (an egress
 * gateway, say), of what their proxies call on their own account, and what the isolation shows them.
 */
export function calledNamespaces({ construct }: RestrictedNamespace, view: MeshView, signers: readonly string[]): string[] {
  const { name } = construct;
  const called = (view.dependencies.ofNamespace.get(name) ?? []).map(({ host }) => host);
  const led = called.flatMap((host) => view.routes.get(host) ?? []).flatMap(({ destinations }) => destinations.map(({ host }) => host));
  const needed = view.needed.filter(({ pods }) => pods === undefined || pods.namespace === name).map(({ host }) => host);
  const used = isolationOf(construct, name)?.hosts ?? [];
  const inCluster = [...called, ...led, ...needed, ...used, ...signers].flatMap((host) => OF_CLUSTER.exec(host)?.[1] ?? []);
  return [...new Set([...inCluster, ...seenBy(construct, name)])].filter((each) => each !== name).sort();
}
