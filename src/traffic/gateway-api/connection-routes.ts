import { Cluster } from '../../core/cluster';
import type { Port } from '../../core/port';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import type { Conditions } from '../rules/conditions';
import { namesOf } from '../rules/connection-rules';
import { ownNames } from '../rules/own-names';
import { plannedRules } from '../rules/planned-rules';
import type { PlannedRule } from '../rules/planned-rules';
import { within } from '../rules/refuse';
import type { Place } from '../rules/refuse';
import { ruledService } from '../rules/service-rules';
import type { TrafficModel } from '../traffic-objects';
import { BackendReader } from './backend-refs';
import { supportOf } from './cluster-support';
import { noForm } from './no-form';
import type { RouteSpec, ServiceRouteSpecs } from './service-routes';

/** What rules of connections look at that routes of the Gateway API do not. */
const NO_FORM = /^(subnet|namespace|label )/;

/**
 * Routes of the ports that carry no requests: TCPRoutes, which look at nothing, and TLSRoutes by the name that is asked for. A
 * port whose protocol Istio finds out for itself is taken for HTTP.
 */
export function connectionRoutes(model: TrafficModel, ports: readonly Port[], place: Place): ServiceRouteSpecs[] {
  const encrypted = ports.filter(isEncrypted);
  const plain = ports.filter((port) => !port.isHttp && port.protocol !== 'auto' && !isEncrypted(port));
  return [...routesOf(model, 'tcp', plain, place), ...routesOf(model, 'tls', encrypted, place)];
}

function isEncrypted({ protocol }: Port): boolean {
  return protocol === 'TLS' || protocol === 'HTTPS';
}

function routesOf(model: TrafficModel, kind: 'tcp' | 'tls', ports: readonly Port[], place: Place): ServiceRouteSpecs[] {
  const shares = model.shares();
  const rules = model.rules.of(kind);
  if (rules.length === 0 && shares.shared === undefined) return [];
  const planned = plannedRules(ruledService(shares), rules, kind);
  if (planned.findings.length > 0) return [];
  const names = namesOf(rules, ownNames(model.service));
  return ports.map(({ number }) => {
    const backends = new BackendReader(Cluster.factsOf(model.service).clusterDomain, kind === 'tcp' ? 'TCPRoute' : 'TLSRoute', model.service.namespace, number);
    const findings: Finding[] = [];
    try {
      const steps = planned.rules.flatMap((rule) => stepOf(rule, number, place));
      const routes = kind === 'tcp' ? tcpRoutes(model, steps, number, backends) : tlsRoutes(model, steps, number, names, backends);
      return { routes, crossing: backends.crossing, findings };
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
      return { routes: [], crossing: [], findings: error.findings };
    }
  });
}

interface Step {
  readonly place: Place;
  /** Empty for any connection. */
  readonly matches: readonly Conditions[];
  readonly route: NonNullable<PlannedRule['route']>;
}

/** A rule as far as it is for a port. @throws MeshError when it looks at what routes do not. */
function stepOf({ rule, matches, route }: PlannedRule, port: number, otherwise: Place): Step[] {
  const place = rule?.place ?? otherwise;
  const own = matches.filter(({ wanted }) => (wanted.get('port')?.text ?? String(port)) === String(port));
  if (matches.length > 0 && own.length === 0) return [];
  const other = own.flatMap(({ wanted }) => [...wanted.keys()]).find((key) => NO_FORM.test(key));
  if (other === undefined) return [{ place, matches: own, route: route ?? [] }];
  const [property, what] = other === 'subnet' ? ['match.destinationSubnets', 'addresses'] : ['match.source', 'who asks'];
  throw noForm(within(place, property), `a match by ${what}`, 'a match by port, or by the name that TLS asks for: routes of connections look at nothing else');
}

/** The first rule of a port takes all of its connections. */
function tcpRoutes({ service }: TrafficModel, [first]: readonly Step[], port: number, backends: BackendReader): RouteSpec[] {
  if (first === undefined) return [];
  const apiVersion = supportOf(service).tcpRoute;
  if (apiVersion === undefined) {
    throw noForm(first.place, `a TCPRoute, for port ${port} of ${service.host}`, 'Istio 1.31 with the Gateway API 1.6, or Istio before with its experimental channel: other istiods do not read it', "give the service api: 'istio'");
  }
  return [{ kind: 'TCPRoute', port, suffix: '', apiVersion, rules: [{ backendRefs: backends.refsTo(first.route, within(first.place, 'to')) }] }];
}

/** One route a name: of a route that has several, Istio's sidecars take the service's full name only. */
function tlsRoutes({ service }: TrafficModel, steps: readonly Step[], port: number, names: readonly string[], backends: BackendReader): RouteSpec[] {
  const [first] = steps;
  if (first !== undefined && !supportOf(service).hasTlsRoute) {
    throw noForm(first.place, `a TLSRoute, for port ${port} of ${service.host}`, 'Istio 1.30 or newer: istiods before do not read it', "give the service api: 'istio'");
  }
  return names.flatMap((name, index) => {
    const step = steps.find(({ matches }) => matches.length === 0 || matches.some(({ wanted }) => (wanted.get('sni')?.text ?? name) === name));
    if (step === undefined) return [];
    const rules = [{ backendRefs: backends.refsTo(step.route, within(step.place, 'to')) }];
    return [{ kind: 'TLSRoute' as const, port, suffix: index === 0 ? '' : `-${index + 1}`, hostnames: [name], rules }];
  });
}
