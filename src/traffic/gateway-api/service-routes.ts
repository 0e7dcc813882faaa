import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { Cluster } from '../../core/cluster';
import type { Port } from '../../core/port';
import { portOf } from '../kubernetes-service';
import type { Conditions } from '../rules/conditions';
import { plannedRules } from '../rules/planned-rules';
import type { PlannedRule } from '../rules/planned-rules';
import { placeOf, within } from '../rules/refuse';
import type { Place } from '../rules/refuse';
import { ruledService } from '../rules/service-rules';
import type { TrafficModel } from '../traffic-objects';
import { BackendReader } from './backend-refs';
import type { CrossReference } from './backend-refs';
import { supportOf } from './cluster-support';
import { connectionRoutes } from './connection-routes';
import { grpcRouteRules } from './grpc-route-rules';
import { httpRouteRules } from './http-route-rules';
import type { SourceRule } from './source-rule';

/** One route of a service. */
export interface RouteSpec {
  readonly kind: 'HTTPRoute' | 'GRPCRoute' | 'TCPRoute' | 'TLSRoute';
  /** Port of the service that it is attached to. */
  readonly port: number;
  /** What comes behind the port in its name. */
  readonly suffix: string;
  readonly apiVersion?: string;
  readonly hostnames?: readonly string[];
  readonly rules: readonly object[];
}

/** All routes of a service, and what it says that has no form. */
export interface ServiceRouteSpecs {
  readonly routes: readonly RouteSpec[];
  readonly crossing: readonly CrossReference[];
  readonly findings: readonly Finding[];
}

/** The rules and shares of a service as routes that are attached to it, for each of its ports. To be asked when planning. */
export function serviceRoutes(model: TrafficModel): ServiceRouteSpecs {
  const { service, rules } = model;
  const shares = model.shares();
  const planned = plannedRules(ruledService(shares), rules.of('http'));
  // what is wrong with the rules in any API is said already
  if (planned.findings.length > 0) return { routes: [], crossing: [], findings: [] };
  const isAsked = rules.of('http').length > 0 || shares.shared !== undefined;
  const place = placeOf(shares.shared?.owner ?? service);
  const found = [];
  try {
    const ports = service.ports.map((port) => portOf(port, within(place, 'service'))).filter(({ transport }) => transport === 'TCP');
    const http = ports.filter(({ isHttp, protocol }) => isAsked && (isHttp || protocol === 'auto'));
    found.push(...http.map((port) => requestRoutes(model, port, planned.rules, place)), ...connectionRoutes(model, ports, place));
  } catch (error) {
    if (!MeshError.isMeshError(error)) throw error;
    return { routes: [], crossing: [], findings: error.findings };
  }
  return { routes: found.flatMap(({ routes }) => routes), crossing: found.flatMap(({ crossing }) => crossing), findings: found.flatMap(({ findings }) => findings) };
}

function requestRoutes({ service }: TrafficModel, port: Port, planned: readonly PlannedRule[], place: Place): ServiceRouteSpecs {
  const { clusterDomain } = Cluster.factsOf(service);
  const sources = planned.flatMap((rule) => sourceRule(rule, port.number, place));
  const context = (kind: string): { support: ReturnType<typeof supportOf>; backends: BackendReader; plainPort: 80 } => ({
    support: supportOf(service),
    backends: new BackendReader(clusterDomain, kind, service.namespace, port.number),
    plainPort: 80,
  });
  const grpc = context('GRPCRoute');
  const asGrpc = port.protocol === 'GRPC' ? grpcRouteRules(sources, grpc) : undefined;
  const used = asGrpc === undefined ? context('HTTPRoute') : grpc;
  const { routes, findings } = asGrpc ?? httpRouteRules(sources, used);
  const kind = asGrpc === undefined ? 'HTTPRoute' : 'GRPCRoute';
  return {
    routes: routes.map((rules, index): RouteSpec => ({ kind, port: port.number, suffix: index === 0 ? '' : `-${index + 1}`, rules })),
    crossing: used.backends.crossing,
    findings,
  };
}

/** A rule as far as it is for a port; nothing where it is for others. */
function sourceRule({ rule, matches, route, mirrors }: PlannedRule, port: number, otherwise: Place): SourceRule[] {
  const own = matches.filter(({ wanted }) => (wanted.get('port')?.text ?? String(port)) === String(port));
  if (matches.length > 0 && own.length === 0) return [];
  const place = rule?.place ?? otherwise;
  return [
    {
      place,
      // of a match that is for the port and nothing else, all requests are
      matches: own.some(({ wanted, unwanted }) => unwanted.size === 0 && [...wanted.keys()].every((key) => key === 'port')) ? [] : own.map((conditions) => ({ place: placeOfMatch(rule, conditions), conditions: [conditions] })),
      actions: rule?.actions ?? {},
      route,
      mirrors,
      hasDelegate: rule?.delegate !== undefined,
    },
  ];
}

function placeOfMatch(rule: PlannedRule['rule'], conditions: Conditions): Place {
  const match = rule?.matches.find((one) => one.conditions === conditions) ?? rule?.matches.find(({ caller }) => caller !== undefined);
  return match?.place ?? within(rule?.place ?? { construct: '', property: '' }, 'match');
}
