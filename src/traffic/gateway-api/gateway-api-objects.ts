import type { ApiObject} from 'cdk8s';
import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { GRPCRoute } from '../../../imports/gateway-api/grpc-route';
import { HTTPRoute } from '../../../imports/gateway-api/http-route';
import { TCPRoute } from '../../../imports/gateway-api/tcp-route';
import { TLSRoute } from '../../../imports/gateway-api/tls-route';
import { compareConstructs } from '../../core/construct-path';
import { PlannedChildren } from '../../core/planned-children';
import type { Wanted } from '../../core/planned-children';
import { addPlanner } from '../../core/planner';
import { rootState } from '../../core/root-state';
import { MeshError } from '../../errors/mesh-error';
import { ownTraffic } from '../other-owners';
import type { TrafficModel, TrafficObjects } from '../traffic-objects';
import { provideGrants } from './reference-grants';
import type { GrantRequest } from './reference-grants';
import { serviceRoutes } from './service-routes';
import type { RouteSpec } from './service-routes';
import { makePolicy, makeVersionService, policyOf } from './version-services';

/** All services of an app whose routes are in the Gateway API. */
interface GatewayApiServices {
  readonly all: Set<GatewayApiObjects>;
  readonly planned: PlannedChildren;
}

const KINDS = { HTTPRoute, GRPCRoute, TCPRoute, TLSRoute };

/**
 * The traffic of a service in the Gateway API: a route for each port, attached to the Service, and a Service for each version.
 * Which there are only the whole program tells, so they are made when it settles.
 */
export class GatewayApiObjects implements TrafficObjects {
  private hasRoutes = false;
  private routes: ReadonlyMap<string, RouteSpec> = new Map();
  private grants: readonly GrantRequest[] = [];
  private readonly made = new Map<string, ApiObject>();

  public constructor(private readonly model: TrafficModel) {}

  public needDestinationRule(): void {
    const { service } = this.model;
    const services = this.services();
    services.all.add(this);
    addPlanner(service, { key: 'gateway-api-services', plan: () => plan(services) });
    ownTraffic(service, { namespace: service.namespace, host: service.host, made: (kind) => this.madeOf(kind) });
  }

  public needRoute(): void {
    this.hasRoutes = true;
    this.needDestinationRule();
  }

  public remove(): void {
    this.services().all.delete(this);
  }

  public compareTo(other: GatewayApiObjects): number {
    return compareConstructs(this.model.service, other.model.service);
  }

  /** ReferenceGrants that the routes need, as of the last planning. */
  public get neededGrants(): readonly GrantRequest[] {
    return this.grants;
  }

  /** The objects that are wanted now, by key. @throws MeshError when a rule has no form. */
  public wanted(): ReadonlyMap<string, Wanted> {
    const wanted = new Map<string, Wanted>();
    const owner = this.model.service;
    const { hasVersions } = this.model;
    const want = (id: string, make: () => ApiObject): void => {
      const keep = (): ApiObject => {
        const object = make();
        this.made.set(id, object);
        return object;
      };
      wanted.set(`${owner.node.path}\n${id}`, { owner, make: keep });
    };
    const versions = hasVersions ? owner.versions : [];
    for (const version of versions) {
      // the Service of another program has its versions' Services there
      if (this.model.manifest() !== undefined) want(`service-${version}`, () => makeVersionService(owner, this.model, version));
      if (policyOf(this.model, version) !== undefined) want(`policy-${version}`, () => makePolicy(owner, `policy-${version}`, this.model, version));
    }
    if (policyOf(this.model) !== undefined) want('policy', () => makePolicy(owner, 'policy', this.model));
    for (const [id, route] of this.plannedRoutes()) want(id, () => this.makeRoute(owner, id, route));
    return wanted;
  }

  private plannedRoutes(): ReadonlyMap<string, RouteSpec> {
    const { service } = this.model;
    const { routes, crossing, findings } = this.hasRoutes ? serviceRoutes(this.model) : { routes: [], crossing: [], findings: [] };
    if (findings.length > 0) throw new MeshError(findings);
    this.routes = new Map(routes.map((route) => [idOf(route), route]));
    this.grants = crossing.map(({ kind, namespace, name }) => ({
      owner: service,
      from: { kind, namespace: service.namespace },
      to: { kind: 'Service', namespace, name },
    }));
    return this.routes;
  }

  private makeRoute(owner: Construct, id: string, { kind, port, suffix, apiVersion }: RouteSpec): ApiObject {
    const { name, namespace } = this.model.service;
    return new KINDS[kind](owner, id, {
      ...(apiVersion === undefined ? {} : { apiVersion: apiVersion as never }),
      metadata: { name: `${name}-${port}${suffix}`, namespace },
      spec: {
        parentRefs: [{ group: '', kind: 'Service', name, port }],
        hostnames: Lazy.any({ produce: () => this.routes.get(id)?.hostnames }) as never,
        rules: Lazy.any({ produce: () => this.routes.get(id)?.rules }) as never,
      },
    });
  }

  /** For Istio, a route of the Gateway API is a VirtualService as well. */
  private madeOf(kind: string): ApiObject | undefined {
    const there = [...this.made].filter(([id]) => this.model.service.node.tryFindChild(id) !== undefined);
    return there.find(([id]) => (kind === 'VirtualService' ? this.routes.has(id) : id === 'policy'))?.[1];
  }

  private services(): GatewayApiServices {
    return rootState(this.model.service, 'gatewayApiServices', (root) => {
      const services: GatewayApiServices = { all: new Set(), planned: new PlannedChildren() };
      provideGrants(root as Construct, () => [...services.all].flatMap(({ neededGrants }) => neededGrants));
      return services;
    });
  }
}

/** Stable as long as the route is one of the same kind, for the same port. */
function idOf({ kind, port, suffix }: RouteSpec): string {
  return `${kind.toLowerCase()}-${port}${suffix}`;
}

function plan({ all, planned }: GatewayApiServices): void {
  const wanted = new Map<string, Wanted>();
  const findings = [...all]
    .sort((a, b) => a.compareTo(b))
    .flatMap((service) => {
      try {
        for (const [key, each] of service.wanted()) wanted.set(key, each);
        return [];
      } catch (error) {
        if (MeshError.isMeshError(error)) return [...error.findings];
        throw error;
      }
    });
  if (findings.length > 0) throw new MeshError(findings);
  planned.bring(wanted);
}
