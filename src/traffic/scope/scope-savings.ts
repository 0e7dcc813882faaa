import type { SidecarSpec } from '../../../imports/istio/sidecar';
import type { Finding } from '../../errors/finding';
import { MeshView } from './mesh-view';
import { MESH, planScope, scopesOf } from './scope-program';
import type { SidecarScope } from './sidecar-scope';
import { admits, splitEntries } from './sidecar-hosts';
import { sidecarFor } from './sidecars';

/** What a scope saves the proxies of a namespace, or of one service. */
export interface ScopeSaving {
  readonly namespace: string;
  /** Name of the service, where it has a Sidecar of its own. */
  readonly service?: string;
  /** How many services of the program each proxy is told of without the scope. */
  readonly before: number;
  /** How many with it. */
  readonly after: number;
}

/** Counted in services and external hosts that the program knows; those of other programs come on top of `before`. */
export function savingsOf(scope: SidecarScope): ScopeSaving[] {
  MeshView.forget(scope);
  const savings = countedIn(scope, MeshView.of(scope));
  MeshView.forget(scope);
  return savings;
}

function countedIn(scope: SidecarScope, view: MeshView): ScopeSaving[] {
  const seen = counterOf(view);
  const { planned } = planScope(scope, view);
  const savings = [...planned].filter(([key]) => key !== MESH).map(([, { namespace, services, spec }]) => {
    const hosts = hostsOf(spec());
    const [service] = services ?? [];
    const before = sidecarFor(view.sidecars, service ?? { namespace, selector: {} }, view.roots)?.hosts ?? ['*/*'];
    return { namespace, ...(service === undefined ? {} : { service: service.service.name }), before: seen(before, namespace), after: seen(hosts, namespace) };
  });
  const forAll = planned.get(MESH)?.spec();
  if (forAll === undefined) return savings;
  const scoped = new Set([...[...scopesOf(scope).values()].map(({ namespace }) => namespace), ...savings.map(({ namespace }) => namespace)]);
  const others = [...view.byNamespace.keys()].filter((namespace) => !scoped.has(namespace)).sort();
  return [...savings, ...others.map((namespace) => ({ namespace, before: view.hosts.length, after: seen(hostsOf(forAll), namespace) }))];
}

/** Counts hosts that entries show; what they show beside single hosts is mostly the same for many, and is counted once. */
function counterOf({ hosts }: MeshView): (entries: readonly string[], namespace: string) => number {
  const known = new Map(hosts.map((host) => [`${host.namespace}/${host.host}`, host]));
  const counts = new Map<string, number>();
  return (entries, namespace) => {
    const { exact, wild } = splitEntries(entries);
    const key = [namespace, ...wild].join(' ');
    const broad = counts.get(key) ?? hosts.filter((host) => admits(wild, namespace, host)).length;
    counts.set(key, broad);
    return broad + exact.flatMap((entry) => known.get(entry) ?? []).filter((host) => !admits(wild, namespace, host)).length;
  };
}

function hostsOf({ egress = [] }: SidecarSpec): readonly string[] {
  return egress.flatMap(({ hosts }) => hosts);
}

/** What scopes save, for the log of a build: one line for each. */
export function savingFindings(scopes: Iterable<SidecarScope>, view: MeshView): Finding[] {
  return [...scopes].flatMap((scope) => {
    const savings = countedIn(scope, view);
    if (savings.length === 0) return [];
    const range = (key: 'before' | 'after'): string => {
      const counts = savings.map((saving) => saving[key]);
      const [least, most] = [Math.min(...counts), Math.max(...counts)];
      return least === most ? String(least) : `${least} to ${most}`;
    };
    return [
      {
        code: 'scope-savings',
        severity: 'note' as const,
        construct: scope.node.path,
        property: 'savings',
        got: `${range('before')} services that each proxy of ${scope.isMeshWide ? 'the mesh' : scope.namespace} would be told of without it`,
        expected: `${range('after')}, which it is told of with it`,
      },
    ];
  });
}
