import type { HTTPRouteParentRefs } from '../../../imports/gateway-api/http-route';
import { Cluster } from '../../core/cluster';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { BackendReader } from '../../traffic/gateway-api/backend-refs';
import type { CrossReference } from '../../traffic/gateway-api/backend-refs';
import { supportOf } from '../../traffic/gateway-api/cluster-support';
import { httpRouteRules } from '../../traffic/gateway-api/http-route-rules';
import { noForm } from '../../traffic/gateway-api/no-form';
import { routeTo } from '../../traffic/rules/destinations';
import { placeOf, within } from '../../traffic/rules/refuse';
import type { HostPlan, HttpContribution, TcpContribution } from '../ingress-plan';
import { labelOf } from '../object-names';
import { listenerName } from './listeners';
import { routesNamespace } from './places';
import { sourceRules } from './source-rules';

/** One route of a gateway. */
export interface RouteSpec {
  /** Id of its construct. */
  readonly id: string;
  readonly kind: 'HTTPRoute' | 'TCPRoute' | 'TLSRoute';
  readonly apiVersion?: string;
  readonly name: string;
  readonly namespace: string;
  readonly hostnames?: readonly string[];
  readonly parentRefs: readonly HTTPRouteParentRefs[];
  readonly rules: readonly object[];
}

/** Routes, the Services of other namespaces that they lead to, and what has no form. */
export interface RouteSpecs {
  readonly routes: readonly RouteSpec[];
  readonly crossing: readonly CrossReference[];
  readonly findings: readonly Finding[];
}

/** The routes of a host: one HTTPRoute, more where its rules find no room in it, and one that leads plain requests to HTTPS. */
export function hostRoutes(plan: HostPlan): RouteSpecs {
  const { first, host, ports, redirects } = plan;
  const namespace = routesNamespace(first);
  const base = { namespace, ...(host === '*' ? {} : { hostnames: [host] }) };
  const name = labelOf(first.gateway.name, host);
  const kind = plan.tls.mode === 'PASSTHROUGH' ? 'TLSRoute' : 'HTTPRoute';
  const backends = new BackendReader(Cluster.factsOf(first.owner).clusterDomain, kind, namespace);
  const isPlain = plan.tls.mode === 'NONE';
  const moved = { type: 'RequestRedirect', requestRedirect: { scheme: 'https', ...(ports.https === 443 ? {} : { port: ports.https }), statusCode: 301 } };
  const redirect: RouteSpec[] = redirects
    ? [{ id: 'redirect', kind: 'HTTPRoute', name: labelOf(first.gateway.name, host, 'https'), ...base, parentRefs: [parent(first, 'http', host, ports.http)], rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }], filters: [moved] }] }]
    : [];
  if (kind === 'TLSRoute') {
    const found = passthrough(plan, backends);
    return { routes: [...redirect, ...found.routes.map((rules) => ({ id: 'route', kind, name, ...base, parentRefs: [parent(first, 'tls', host, ports.https)], rules }) as const)], crossing: backends.crossing, findings: found.findings };
  }
  const { routes, findings } = httpRouteRules(sourceRules(plan), { support: supportOf(first.owner), backends, plainPort: isPlain ? 80 : 443 });
  const at = parent(first, isPlain ? 'http' : 'https', host, isPlain ? ports.http : ports.https);
  const made = routes.map((rules, index): RouteSpec => ({ id: index === 0 ? 'route' : `route-${index + 1}`, kind, name: index === 0 ? name : labelOf(first.gateway.name, host, String(index + 1)), ...base, parentRefs: [at], rules }));
  return { routes: [...redirect, ...made], crossing: backends.crossing, findings };
}

/** The TCPRoute of a port. */
export function tcpRoutes(route: TcpContribution): RouteSpecs {
  const { owner, gateway, port, to } = route;
  const namespace = routesNamespace(route);
  const backends = new BackendReader(Cluster.factsOf(owner).clusterDomain, 'TCPRoute', namespace);
  const apiVersion = supportOf(owner).tcpRoute;
  return specs(backends, () => {
    if (apiVersion === undefined) {
      throw noForm(within(placeOf(owner), 'port'), 'a TCPRoute', 'Istio 1.31 with the Gateway API 1.6, or Istio before with its experimental channel: other istiods do not read it', "give the gateway api: 'istio'");
    }
    const rules = [{ backendRefs: backends.refsTo(routeTo(undefined, to), within(placeOf(owner), 'to')) }];
    return [{ id: 'route', kind: 'TCPRoute', apiVersion, name: labelOf(gateway.name, 'tcp', String(port)), namespace, parentRefs: [parent(route, 'tcp', String(port), port)], rules }];
  });
}

function passthrough({ contributions, first }: HostPlan, backends: BackendReader): { readonly routes: readonly (readonly object[])[]; readonly findings: readonly Finding[] } {
  const [to = []] = contributions.flatMap((each) => (each.passthrough === undefined ? [] : [each.passthrough]));
  try {
    if (!supportOf(first.owner).hasTlsRoute) throw noForm(within(placeOf(first.owner), 'tls'), 'a TLSRoute', 'Istio 1.30 or newer: istiods before do not read it', "give the gateway api: 'istio'");
    return { routes: [[{ backendRefs: backends.refsTo(routeTo(undefined, to), within(placeOf(first.owner), 'routes')) }]], findings: [] };
  } catch (error) {
    if (!MeshError.isMeshError(error)) throw error;
    return { routes: [], findings: error.findings };
  }
}

function specs(backends: BackendReader, make: () => RouteSpec[]): RouteSpecs {
  try {
    return { routes: make(), crossing: backends.crossing, findings: [] };
  } catch (error) {
    if (!MeshError.isMeshError(error)) throw error;
    return { routes: [], crossing: [], findings: error.findings };
  }
}

/** By the name of our own listener; of a gateway of another program, whose listeners have names of theirs, by the port. */
function parent(route: HttpContribution | TcpContribution, kind: 'http' | 'https' | 'tls' | 'tcp', host: string, port: number | undefined): HTTPRouteParentRefs {
  const { gateway } = route;
  const section = kind === 'tcp' ? `tcp-${host}` : listenerName(kind, host);
  return {
    group: 'gateway.networking.k8s.io',
    kind: 'Gateway',
    name: gateway.name,
    ...(gateway.namespace === routesNamespace(route) ? {} : { namespace: gateway.namespace }),
    ...(gateway.isNamed ? { port: port ?? 80 } : { sectionName: section }),
  };
}
