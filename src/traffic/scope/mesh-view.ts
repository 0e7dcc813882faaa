import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { rootState } from '../../core/root-state';
import { MeshError } from '../../errors/mesh-error';
import type { MeshService } from '../mesh-service';
import { declaredCalls } from './declared-calls';
import type { DeclaredCalls } from './declared-calls';
import { dependenciesIn } from './dependencies';
import type { Dependencies } from './dependencies';
import { expectedCallers, gatewayPrincipals } from './expected-callers';
import type { ExpectedCaller } from './expected-callers';
import { meshRoutes } from './mesh-routes';
import type { MeshRoutes } from './mesh-routes';
import { controlPlaneNamespaces, neededHosts } from './needed-hosts';
import type { NeededHost } from './needed-hosts';
import { ProgramManifests } from './program-manifests';
import { textsIn } from './reading';
import type { SeenHost } from './sidecar-hosts';
import { otherSidecars } from './sidecars';
import type { OtherSidecar } from './sidecars';

/** A service that may call others: a `MeshService`, and what of it is asked often. */
export interface CallingService {
  readonly service: MeshService;
  readonly host: string;
  readonly namespace: string;
  readonly principals: readonly string[];
  readonly selector: Readonly<Record<string, string>>;
}

/**
 * One cluster's program as it stands: services, routes, grants and calls. It is looked at when planners have done their
 * work, and made anew for every synthesis.
 */
export class MeshView {
  /** What the program's objects say now. Objects of the program are rendered for it, most of them once a synthesis. */
  public static of(construct: IConstruct, cluster = Cluster.pathOf(construct)): MeshView {
    const views = MeshView.kept(construct);
    const known = views.get(cluster) ?? new MeshView(construct, cluster);
    views.set(cluster, known);
    return known;
  }

  /** Forgets what was seen: the program may have changed. */
  public static forget(construct: IConstruct): void {
    MeshView.kept(construct).clear();
  }

  private static kept(construct: IConstruct): Map<string, MeshView> {
    return rootState(construct, 'meshViews', () => new Map<string, MeshView>());
  }

  public readonly manifests: ProgramManifests;
  public readonly calls: ReadonlyMap<string, DeclaredCalls>;
  public readonly clusterDomain: string;
  /** Services that stand for pods, by host. */
  public readonly services: ReadonlyMap<string, CallingService>;
  private readonly lazy = new Map<string, unknown>();

  private constructor(
    private readonly construct: IConstruct,
    private readonly cluster: string,
  ) {
    this.manifests = new ProgramManifests(construct.node.root, cluster);
    this.calls = declaredCalls(construct, cluster);
    const found = [...rootState(construct, 'meshServices', () => new Map<string, MeshService>()).entries()];
    const own = found.flatMap(([key, service]) => (key.startsWith(`${cluster}\n`) ? [callingService(service)] : []));
    own.sort((a, b) => (a.host < b.host ? -1 : 1));
    this.services = new Map(own.map((service) => [service.host, service]));
    this.clusterDomain = Cluster.factsOf(own[0]?.service ?? construct).clusterDomain;
  }

  public get routes(): ReadonlyMap<string, readonly MeshRoutes[]> {
    return this.once('routes', () => groupBy(meshRoutes(this.manifests, this.clusterDomain), ({ hosts }) => hosts));
  }

  public get expected(): readonly ExpectedCaller[] {
    return this.once('expected', () => expectedCallers(this.manifests));
  }

  public get dependencies(): Dependencies {
    return this.once('dependencies', () => dependenciesIn(this));
  }

  public get sidecars(): readonly OtherSidecar[] {
    return this.once('sidecars', () => otherSidecars(this.manifests));
  }

  public get gateways(): ReadonlySet<string> {
    return this.once('gateways', () => gatewayPrincipals(this.construct.node.root));
  }

  public get needed(): readonly NeededHost[] {
    return this.once('needed', () => neededHosts(this.manifests, this.roots));
  }

  /** Namespaces of control planes; the root namespaces of their meshes. */
  public get roots(): readonly string[] {
    return this.once('roots', () => controlPlaneNamespaces(this.construct.node.root, this.cluster));
  }

  public get byPrincipal(): ReadonlyMap<string, readonly CallingService[]> {
    return this.once('byPrincipal', () => groupBy([...this.services.values()], ({ principals }) => principals.flatMap((principal) => [principal, accountOf(principal)])));
  }

  public get byNamespace(): ReadonlyMap<string, readonly CallingService[]> {
    return this.once('byNamespace', () => groupBy([...this.services.values()], ({ namespace }) => [namespace]));
  }

  /** All that has a host: Services and ServiceEntries of the program, and services that it only refers to. */
  public get hosts(): readonly SeenHost[] {
    return this.once('hosts', () => {
      const services = this.manifests.of('/Service').map(({ name, namespace }) => ({ namespace, host: `${name}.${namespace}.svc.${this.clusterDomain}` }));
      const entries = this.manifests.of('networking.istio.io/ServiceEntry').flatMap(({ namespace, spec }) => textsIn(spec, 'hosts').map((host) => ({ namespace, host })));
      const targets = [...this.calls.values()].flatMap(({ targets: each }) => [...each.values()]);
      const all = [...services, ...entries, ...this.services.values(), ...targets].map(({ namespace, host }) => ({ namespace, host }));
      return [...new Map(all.map((each) => [`${each.namespace}/${each.host}`, each])).values()];
    });
  }

  /** The host with the namespace that Istio keeps it in; `*` where the program does not know it. */
  public seen(host: string): SeenHost {
    const ofCluster = host.endsWith(`.svc.${this.clusterDomain}`) ? host.split('.')[1] : undefined;
    const known = this.once('hostsByName', () => new Map(this.hosts.map((each) => [each.host, each.namespace])));
    return { namespace: known.get(host) ?? ofCluster ?? '*', host };
  }

  private once<T>(key: string, make: () => T): T {
    if (!this.lazy.has(key)) this.lazy.set(key, make());
    return this.lazy.get(key) as T;
  }
}

/** The principal without its trust domain: `/ns/shop/sa/web`. */
function accountOf(principal: string): string {
  return principal.slice(Math.max(0, principal.indexOf('/ns/')));
}

/** What is wrong with a service is said elsewhere; here it has no identity, or no pods. */
function callingService(service: MeshService): CallingService {
  const { host, namespace } = service;
  return { service, host, namespace, principals: orNothing(() => service.principals, []), selector: orNothing(() => service.selector, {}) };
}

function orNothing<T>(read: () => T, nothing: T): T {
  try {
    return read();
  } catch (error) {
    if (MeshError.isMeshError(error)) return nothing;
    throw error;
  }
}

function groupBy<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of new Set(keysOf(item))) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [item]);
      else group.push(item);
    }
  }
  return groups;
}
