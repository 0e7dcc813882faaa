import { Lazy } from 'cdk8s';
import { Sidecar } from '../../../imports/istio/sidecar';
import type { SidecarSpec } from '../../../imports/istio/sidecar';
import type { Wanted } from '../../core/planned-children';
import type { Finding } from '../../errors/finding';
import type { MeshRoutes } from '../../traffic/scope/mesh-routes';
import type { MeshView } from '../../traffic/scope/mesh-view';
import { scopesOf } from '../../traffic/scope/scope-program';
import { admits, fewestEntries } from '../../traffic/scope/sidecar-hosts';
import type { SeenHost } from '../../traffic/scope/sidecar-hosts';
import { namespaceSidecar, sidecarFor } from '../../traffic/scope/sidecars';
import type { OtherSidecar } from '../../traffic/scope/sidecars';
import { OUTSIDE } from './grants-against';
import { seenBy } from './isolations';
import type { Isolation } from './isolations';
import type { KeptPatches } from './kept-patches';

interface Context {
  readonly patches: KeptPatches;
  /** What is in the Sidecars, as of the last plan. */
  readonly specs: Map<string, SidecarSpec>;
  /** Filled with what is to be made. */
  readonly wanted: Map<string, Wanted>;
  /** Hosts that are called against the isolation: said already, and not to be said twice. */
  readonly more: readonly string[];
  /** Routes of the mesh, by their namespace. */
  readonly routes: ReadonlyMap<string, readonly MeshRoutes[]>;
}

const HOSTS = '/spec/egress/0/hosts';

/**
 * Shows the pods of an isolated namespace what it uses, and nothing else, by the one Sidecar of the namespace: that of a
 * `SidecarScope`, which shows them less still; that of an `EgressLockdown`, of which it leaves what both leave; or one of its own.
 */
export function planSidecar(view: MeshView, isolation: Isolation, { patches, specs, wanted, more, routes }: Context): Finding[] {
  const { construct, namespace } = isolation;
  const scope = scopesOf(construct).get(`the namespace ${namespace}`);
  if (view.roots.includes(namespace) || (scope !== undefined && !scope.perWorkload)) return [];
  const key = construct.node.path;
  const others = view.sidecars.filter(({ construct: other }) => other.node.scope !== construct);
  const narrow = others.filter(({ namespace: its, labels }) => its === namespace && Object.keys(labels).length > 0);
  const shown = narrow.length === 0 ? [] : hostsOf(view, isolation, { more, routes, open: undefined });
  const opened = narrow.flatMap((other) => widerSidecar(other, isolation, shown));
  const rival = namespaceSidecar(others, namespace);
  const lockdown = rival?.construct.node.scope;
  if (rival === undefined) {
    // not at rendering: whoever looks at all Sidecars then would render this one, which would look at them in turn
    specs.set(key, sidecarSpec(view, isolation, { others, more, routes }));
    wanted.set(key, { owner: construct, make: () => new Sidecar(construct, 'sidecar', { metadata: { name: 'default', namespace }, spec: Lazy.any({ produce: () => specs.get(key) }) as never }) });
    return opened;
  }
  if (isLockdown(lockdown)) {
    patches.set(rival.construct, HOSTS, hostsOf(view, isolation, { more, routes, open: lockdown.openHosts }));
    return opened;
  }
  return [{ code: 'second-owner', construct: key, property: 'namespace', got: `the namespace ${namespace}, whose Sidecar ${rival.construct.node.path} is`, expected: 'one Sidecar for a namespace: Istio follows one of two', fix: 'take that Sidecar out, and name what the namespace calls in uses' }];
}

/** A Sidecar for some pods is closer to them than that of the namespace, and may show them less, but no more. */
function widerSidecar({ construct, namespace, hosts }: OtherSidecar, isolation: Isolation, seen: readonly string[]): Finding[] {
  const namespaces = new Set(['~', ...seen.map((entry) => partsOf(entry, namespace).namespace)]);
  const beyond = hosts.filter((entry) => !namespaces.has(partsOf(entry, namespace).namespace));
  if (beyond.length === 0) return [];
  const { path } = isolation.construct.node;
  return [{ code: OUTSIDE, construct: construct.node.path, property: 'spec.egress.hosts', got: `${beyond.join(' and ')}, though ${path} isolates the namespace ${namespace}`, expected: 'hosts of namespaces that it uses', fix: `take them out, or name the namespaces in uses of ${path}` }];
}

/** An EgressLockdown, which stands on this module. */
function isLockdown(construct: unknown): construct is { readonly openHosts: readonly string[] } {
  return typeof construct === 'object' && construct !== null && 'allows' in construct && 'openHosts' in construct;
}

/** A lockdown of the mesh stays in force: a Sidecar that is closer to the pods must not open it. */
function sidecarSpec(view: MeshView, isolation: Isolation, { others, more, routes }: Pick<Visible, 'more' | 'routes'> & { readonly others: readonly OtherSidecar[] }): SidecarSpec {
  const around = sidecarFor(others, { namespace: isolation.namespace, selector: {} }, view.roots);
  const isLocked = around?.isLock === true;
  return {
    ...(isLocked && { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }),
    egress: [{ hosts: hostsOf(view, isolation, { more, routes, open: isLocked ? around.hosts : undefined }) }],
  };
}

interface Visible {
  readonly more: readonly string[];
  readonly routes: Context['routes'];
  /** What a lockdown leaves open; undefined without one. */
  readonly open: readonly string[] | undefined;
}

function hostsOf(view: MeshView, { construct, namespace, hosts }: Isolation, { more, routes, open }: Visible): string[] {
  const inside = `*.svc.${view.clusterDomain}`;
  const all = open === undefined ? '*' : inside;
  const seen = seenBy(construct, namespace);
  const routed = [namespace, ...seen].flatMap((each) => routes.get(each) ?? []).flatMap(({ destinations }) => destinations.map(({ host }) => view.seen(host)));
  const needed = view.needed.filter(({ pods }) => pods === undefined || pods.namespace === namespace).map(({ host }) => (host.includes('/') ? host : entryOf(view.seen(host))));
  const entries = [
    `./${all}`,
    ...view.roots.map((root) => `${root}/${all}`),
    // traces, logs, rate limits: what proxies call on their own account
    ...needed,
    ...seen.map((each) => `${each}/${all}`),
    // where rules lead, such as to an egress gateway
    ...routed.map(entryOf),
    ...hosts,
    ...more,
  ];
  if (open === undefined) return fewestEntries(entries, namespace);
  // of what is outside, no more than the lockdown leaves open
  const left = entries.filter((entry) => isInside(entry, view.clusterDomain) || admits(open, namespace, partsOf(entry, namespace)));
  const outside = open.filter((entry) => !isInside(entry, view.clusterDomain) && !entry.endsWith('/*'));
  const admitted = outside.filter((entry) => [namespace, ...seen].includes(partsOf(entry, namespace).namespace) || hosts.includes(entry));
  return fewestEntries([...left, ...admitted], namespace);
}

function entryOf({ namespace, host }: SeenHost): string {
  return `${namespace}/${host}`;
}

function isInside(entry: string, clusterDomain: string): boolean {
  return entry.endsWith(`.svc.${clusterDomain}`);
}

function partsOf(entry: string, own: string): SeenHost {
  const at = entry.indexOf('/');
  const namespace = entry.slice(0, at);
  return { namespace: namespace === '.' ? own : namespace, host: entry.slice(at + 1) };
}
