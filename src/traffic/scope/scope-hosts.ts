import { isPart } from './dependencies';
import type { CallingService, MeshView } from './mesh-view';
import { admits, fewestEntries, isExported } from './sidecar-hosts';
import type { SeenHost } from './sidecar-hosts';
import type { OtherSidecar } from './sidecars';

/** Stands for the namespace of the pods, where they may be in any. */
export const ANY_NAMESPACE = '';

/** Pods that one Sidecar is for. */
export interface ScopedPods {
  /** Their namespace, or {@link ANY_NAMESPACE}. */
  readonly namespace: string;
  /** The services whose pods they are; undefined for all pods of the namespace. */
  readonly services: readonly CallingService[] | undefined;
  /** Whether they see all services of their own namespace. */
  readonly ownNamespace: boolean;
  /** What locks the way out for them. */
  readonly lock: OtherSidecar | undefined;
}

/** What proxies of some pods have to see, as a Sidecar names it; behind a lock, no more than the lock leaves open. */
export function scopeHosts(view: MeshView, pods: ScopedPods): string[] {
  const { namespace, services, ownNamespace, lock } = pods;
  const called = services === undefined ? (view.dependencies.ofNamespace.get(namespace) ?? []) : services.flatMap(({ host }) => view.dependencies.ofService.get(host) ?? []);
  const all = lock === undefined ? '*' : `*.svc.${view.clusterDomain}`;
  const entries = [
    ...called.flatMap((dependency) => entriesFor(view, namespace, dependency)),
    ...(services ?? []).map(entryOf),
    ...view.roots.map((root) => controlPlaneEntry(root, pods, view.clusterDomain, all)),
    ...(ownNamespace ? [`./${all}`] : []),
    ...view.needed.filter((needed) => isNeededBy(needed.pods, pods)).map(({ host }) => (host.includes('/') ? host : entryOf(view.seen(host)))),
  ];
  if (lock === undefined) return fewestEntries(entries, namespace);
  const open = [...entries.filter((entry) => isAdmitted(entry, lock, namespace)), ...lock.hosts.filter((entry) => isOutside(entry, view.clusterDomain))];
  // a Sidecar without hosts would show all of them
  return open.length === 0 ? ['~/*'] : fewestEntries(open, namespace);
}

function isAdmitted(entry: string, { hosts }: OtherSidecar, ownNamespace: string): boolean {
  const [namespace = '', host = ''] = entry.split('/');
  return admits(hosts, ownNamespace, { namespace: namespace === '.' ? ownNamespace : namespace, host });
}

/** A host, the routes for it that others wrote, and where routes for it lead. */
function entriesFor(view: MeshView, from: string, dependency: SeenHost): string[] {
  const routes = (view.routes.get(dependency.host) ?? []).filter(({ exportTo, namespace }) => isExported(exportTo, namespace, from));
  return [
    entryOf(dependency),
    ...routes.filter(({ namespace }) => namespace !== dependency.namespace).map(({ namespace }) => `${namespace}/${dependency.host}`),
    ...routes.flatMap(({ destinations }) => destinations.map(({ host }) => entryOf(view.seen(host)))),
  ];
}

/** Beside `./*` of all namespaces, Istio would call an entry for the root namespace itself a duplicate. */
function controlPlaneEntry(root: string, { namespace }: ScopedPods, clusterDomain: string, all: string): string {
  if (namespace === ANY_NAMESPACE) return `*/*.${root}.svc.${clusterDomain}`;
  return `${root === namespace ? '.' : root}/${all}`;
}

function entryOf({ namespace, host }: SeenHost): string {
  return `${namespace}/${host}`;
}

function isNeededBy(needed: MeshView['needed'][number]['pods'], { namespace, services }: ScopedPods): boolean {
  if (needed === undefined) return true;
  return needed.namespace === namespace && (services === undefined || services.some(({ selector }) => isPart(needed.labels, selector)));
}

/** A host of its own outside of the cluster, and not all that there is. */
function isOutside(entry: string, clusterDomain: string): boolean {
  const host = entry.slice(entry.indexOf('/') + 1);
  return host !== '*' && !host.endsWith(`.svc.${clusterDomain}`);
}
