import type { IConstruct } from 'constructs';
import type { SidecarSpec } from '../../../imports/istio/sidecar';
import { Cluster } from '../../core/cluster';
import { compareConstructs } from '../../core/construct-path';
import { addPlanner } from '../../core/planner';
import { rootState } from '../../core/root-state';
import { closest } from '../../errors/closest';
import type { Finding } from '../../errors/finding';
import { MeshError, meshError } from '../../errors/mesh-error';
import { isPart } from './dependencies';
import { MeshView } from './mesh-view';
import type { CallingService } from './mesh-view';
import { ANY_NAMESPACE, scopeHosts } from './scope-hosts';
import type { ScopedPods } from './scope-hosts';
import type { SidecarScope } from './sidecar-scope';
import { namespaceSidecar, sidecarFor } from './sidecars';
import type { OtherSidecar } from './sidecars';

/** One Sidecar that a scope wants. */
export interface PlannedScope {
  readonly name: string;
  readonly namespace: string;
  /** The services whose pods it is for; undefined for all pods of the namespace. */
  readonly services: readonly CallingService[] | undefined;
  readonly spec: () => SidecarSpec;
}

/** Key of the Sidecar that is for all namespaces; no namespace has capitals. */
export const MESH = 'rootNamespace';

/** What the Sidecar of a mesh is for. */
const FOR_ALL = { namespace: ANY_NAMESPACE, services: undefined, ownNamespace: true };

/** The scopes of a cluster, by namespace. @throws MeshError when the namespace, or the mesh, has one. */
export function addScope(scope: SidecarScope): void {
  const scopes = scopesOf(scope);
  const key = scope.isMeshWide ? 'the mesh' : `the namespace ${scope.namespace}`;
  const other = scopes.get(key);
  if (other !== undefined) {
    throw meshError({
      code: 'second-owner',
      construct: scope.node.path,
      property: scope.isMeshWide ? 'mesh' : 'namespace',
      got: `${key}, which ${other.node.path} scopes`,
      expected: 'one SidecarScope for each: Istio follows one Sidecar of two',
      fix: 'take one of them out: what services call is said by service.calls(…)',
    });
  }
  scopes.set(key, scope);
  addPlanner(scope, { key: 'sidecar-scope', plan: () => planAll(scope) });
}

/** Scopes of the construct's cluster. */
export function scopesOf(construct: IConstruct, cluster = Cluster.pathOf(construct)): Map<string, SidecarScope> {
  const clusters = scopesByCluster(construct);
  const known = clusters.get(cluster) ?? new Map<string, SidecarScope>();
  clusters.set(cluster, known);
  return known;
}

function scopesByCluster(construct: IConstruct): Map<string, Map<string, SidecarScope>> {
  return rootState(construct, 'sidecarScopes', () => new Map<string, Map<string, SidecarScope>>());
}

function planAll(construct: IConstruct): void {
  const findings: Finding[] = [];
  for (const [cluster, scopes] of scopesByCluster(construct)) {
    MeshView.forget(construct);
    for (const scope of [...scopes.values()].sort(compareConstructs)) {
      const { planned, findings: found } = planScope(scope, MeshView.of(scope, cluster));
      findings.push(...found);
      scope.plan(planned);
    }
  }
  // planners that come after this one may add to what was seen
  MeshView.forget(construct);
  if (findings.length > 0) throw new MeshError(findings);
}

/** Which Sidecars a scope makes; what is in them is asked when they are rendered. */
export function planScope(scope: SidecarScope, view: MeshView): { readonly planned: ReadonlyMap<string, PlannedScope>; readonly findings: readonly Finding[] } {
  const planned = new Map<string, PlannedScope>();
  const findings = findingsOf(scope, view);
  if (findings.length > 0) return { planned, findings };
  const taken: Finding[] = [];
  const { ownNamespace } = scope;
  const add = (key: string, name: string, pods: Omit<ScopedPods, 'lock'>, namespace = pods.namespace): void => {
    planned.set(key, { name, namespace, services: pods.services, spec: () => sidecarSpec(MeshView.of(scope), pods) });
  };
  if (scope.isMeshWide) add(MESH, 'default', FOR_ALL, scope.namespace);
  for (const namespace of namespacesOf(scope, view)) {
    const isTaken = namespaceSidecar(view.sidecars, namespace) !== undefined || view.roots.includes(namespace);
    if (!scope.perWorkload && !isTaken) {
      const pods = { namespace, services: undefined, ownNamespace };
      if (!scope.isMeshWide || !isAsForAll(view, pods)) add(namespace, 'default', pods);
      continue;
    }
    for (const services of podsOf(view, namespace)) {
      const name = services[0]?.service.name ?? '';
      const other = view.sidecars.find((sidecar) => sidecar.namespace === namespace && Object.keys(sidecar.labels).length > 0 && isPart(sidecar.labels, services[0]?.selector ?? {}));
      if (other === undefined) add(`${namespace}.${name}`, name, { namespace, services, ownNamespace });
      else taken.push(secondSidecar(scope, `${namespace}/${name}`, other));
    }
  }
  return { planned, findings: taken };
}

function secondSidecar(scope: SidecarScope, pods: string, { construct }: OtherSidecar): Finding {
  return {
    code: 'second-owner',
    construct: scope.node.path,
    property: 'perWorkload',
    got: `the pods of ${pods}, which ${construct.node.path} is the Sidecar of`,
    expected: 'one Sidecar for a pod: Istio follows one of two',
    fix: 'take that Sidecar out, or the calls of the service',
  };
}

function sidecarSpec(view: MeshView, pods: Omit<ScopedPods, 'lock'>): SidecarSpec {
  const [service] = pods.services ?? [];
  const lock = lockOf(view, service ?? { namespace: pods.namespace, selector: {} });
  return {
    ...(service === undefined ? {} : { workloadSelector: { labels: { ...service.selector } } }),
    ...(lock === undefined ? {} : { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }),
    egress: [{ hosts: scopeHosts(view, { ...pods, lock }) }],
  };
}

/** Whether pods need no more than what a scope of the mesh lets all pods see. */
function isAsForAll(view: MeshView, pods: Omit<ScopedPods, 'lock'>): boolean {
  const lock = lockOf(view, { ...pods, selector: {} });
  const forNothing = { ...FOR_ALL, namespace: pods.namespace, services: [] };
  return lock === undefined && scopeHosts(view, { ...pods, lock }).join() === scopeHosts(view, { ...forNothing, lock }).join();
}

/** What locks the way out of pods; a Sidecar that is closer to them must not open it. */
function lockOf(view: MeshView, pods: Pick<CallingService, 'namespace' | 'selector'>): OtherSidecar | undefined {
  const sidecar = sidecarFor(view.sidecars, pods, view.roots);
  return sidecar?.isLock === true ? sidecar : undefined;
}

/** A mesh's scope is for each namespace that calls others and has no scope of its own. */
function namespacesOf(scope: SidecarScope, view: MeshView): readonly string[] {
  if (!scope.isMeshWide) return [scope.namespace];
  const own = new Set([...scopesOf(scope).values()].filter(({ isMeshWide }) => !isMeshWide).map(({ namespace }) => namespace));
  return [...view.dependencies.ofNamespace.keys()].filter((namespace) => !own.has(namespace)).sort();
}

/** Services that say what they call, or are let in somewhere; those that stand for the same pods together. */
function podsOf(view: MeshView, namespace: string): CallingService[][] {
  const groups = new Map<string, CallingService[]>();
  for (const service of view.byNamespace.get(namespace) ?? []) {
    const labels = Object.entries(service.selector).sort(([a], [b]) => (a < b ? -1 : 1));
    if (labels.length === 0 || !(view.calls.has(service.host) || view.dependencies.ofService.has(service.host))) continue;
    const key = JSON.stringify(labels);
    groups.set(key, [...(groups.get(key) ?? []), service]);
  }
  return [...groups.values()];
}

function findingsOf(scope: SidecarScope, view: MeshView): readonly Finding[] {
  const { namespace, isMeshWide } = scope;
  const place = { construct: scope.node.path, property: isMeshWide ? 'mesh' : 'namespace' };
  const inTheWay = isMeshWide ? namespaceSidecar(view.sidecars, namespace) : undefined;
  if (inTheWay !== undefined) {
    const got = `the root namespace ${namespace}, whose Sidecar ${inTheWay.construct.node.path} is`;
    return [{ code: 'second-owner', ...place, got, expected: 'one Sidecar for the mesh: Istio follows one of two', fix: 'give each namespace a SidecarScope, or an EgressLockdown, of its own' }];
  }
  if (isMeshWide) return [];
  if (view.roots.includes(namespace)) {
    const expected = 'another namespace: the Sidecar of this one holds for the whole mesh';
    return [{ code: 'root-namespace', ...place, got: `"${namespace}", where the control plane is`, expected, fix: 'give the mesh for a scope of all namespaces' }];
  }
  const services = view.byNamespace.get(namespace) ?? [];
  if (view.dependencies.ofNamespace.has(namespace) || services.some(({ host }) => view.calls.has(host))) return [];
  const meant = closest(namespace, [...view.byNamespace.keys()]);
  const fix = services.length === 0 && meant !== undefined ? `did you mean "${meant}"?` : 'say it: web.calls(orders, stock); calls() with nothing for a service that calls nothing';
  const got = services.length === 0 ? `"${namespace}", of which the program knows no service` : `"${namespace}", where no service says what it calls`;
  return [{ code: 'nothing-declared', ...place, got, expected: 'a namespace whose services say what they call: nothing else would be seen', fix }];
}
