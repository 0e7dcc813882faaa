import { Lazy } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { Gateway } from '../../../imports/gateway-api/gateway';
import { HTTPRoute } from '../../../imports/gateway-api/http-route';
import { TCPRoute } from '../../../imports/gateway-api/tcp-route';
import { TLSRoute } from '../../../imports/gateway-api/tls-route';
import { Cluster } from '../../core/cluster';
import { compareConstructs } from '../../core/construct-path';
import { rootState } from '../../core/root-state';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { provideGrants } from '../../traffic/gateway-api/reference-grants';
import type { GrantRequest } from '../../traffic/gateway-api/reference-grants';
import type { FormObject, IngressForm } from '../ingress-form';
import type { GatewayPlan, HttpContribution, TcpContribution } from '../ingress-plan';
import { hostRoutes, tcpRoutes } from './host-routes';
import type { RouteSpec, RouteSpecs } from './host-routes';
import { certificateOf, listenerName, listenersOf } from './listeners';
import { routesNamespace } from './places';

const KINDS = { HTTPRoute, TCPRoute, TLSRoute };
/** The class whose gateways istiod is in charge of, and deploys. */
const CLASS = 'istio';

/** What one construct, or several together, have a gateway do, as routes. */
interface Part {
  readonly key: string;
  readonly contributions: readonly (HttpContribution | TcpContribution)[];
  readonly specs: RouteSpecs;
}

/** Gateways and their routes as Gateway, HTTPRoute, TLSRoute and TCPRoute of the Gateway API. */
export const gatewayApiForm: IngressForm = {
  findings: (plan) => {
    const found: Finding[] = partsOf(plan).flatMap(({ specs }) => [...specs.findings]);
    try {
      if (!plan.gateway.isNamed) listenersOf(plan);
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
      found.push(...error.findings);
    }
    return found;
  },
  objects: (plan, current) => {
    const parts = remembered();
    noteGrants(plan, parts(plan));
    const objects = new Map<string, FormObject>();
    for (const { key, contributions, specs } of parts(plan)) {
      const [first] = contributions;
      for (const spec of first === undefined ? [] : specs.routes) {
        const now = (): RouteSpec => parts(current()).find((part) => part.key === key)?.specs.routes.find(({ id }) => id === spec.id) ?? spec;
        const { scope } = first as HttpContribution;
        const patchedBy = spec.id === 'route' ? contributions.map((each) => each.virtualServiceObject) : [];
        objects.set(`${key}\n${spec.id} ${spec.kind}`, { owner: scope, make: () => makeRoute(scope, spec, now), patchedBy });
      }
    }
    const all = [...plan.hosts.flatMap(({ contributions }) => contributions), ...plan.tcp].sort((a, b) => compareConstructs(a.owner, b.owner));
    const gateway = { owner: plan.gateway as Construct, make: () => makeGateway(plan, current), patchedBy: all.map((each) => each.gatewayObject) };
    // listeners of a gateway of another program are not ours to add
    if (!plan.gateway.isNamed) objects.set('gateway', gateway);
    return objects;
  },
  hostsBeside: ({ gateway, hosts }, route) => {
    if (route.kind !== 'HTTPRoute') return [];
    const parents = route.parents.filter(({ kind = 'Gateway', name, namespace = route.namespace }) => kind === 'Gateway' && name === gateway.name && namespace === gateway.namespace);
    return hosts.filter(({ host }) => {
      const listeners: readonly unknown[] = [undefined, listenerName('http', host), listenerName('https', host)];
      return (route.hosts?.includes(host) ?? true) && parents.some(({ sectionName }) => listeners.includes(sectionName));
    });
  },
};

/** The parts of the plan that was asked for last are kept: all of its routes are made of them. */
function remembered(): (plan: GatewayPlan) => readonly Part[] {
  let last: { readonly plan: GatewayPlan; readonly parts: readonly Part[] } | undefined;
  return (plan) => {
    if (last?.plan !== plan) last = { plan, parts: partsOf(plan) };
    return last.parts;
  };
}

function partsOf({ hosts, tcp }: GatewayPlan): Part[] {
  return [
    ...hosts.map((host): Part => ({ key: `host ${host.host}`, contributions: host.contributions, specs: hostRoutes(host) })),
    ...tcp.map((route): Part => ({ key: `tcp ${route.port}`, contributions: [route], specs: tcpRoutes(route) })),
  ];
}

function makeRoute(scope: Construct, { id, kind, apiVersion, name, namespace }: RouteSpec, now: () => RouteSpec): ApiObject {
  return new KINDS[kind](scope, id, {
    ...(apiVersion === undefined ? {} : { apiVersion: apiVersion as never }),
    metadata: { name, namespace },
    spec: {
      parentRefs: Lazy.any({ produce: () => now().parentRefs }) as never,
      hostnames: Lazy.any({ produce: () => now().hostnames }) as never,
      rules: Lazy.any({ produce: () => now().rules }) as never,
    },
  });
}

/** With an address, istiod takes the proxies behind that Service; without, it deploys some. */
function makeGateway({ gateway }: GatewayPlan, current: () => GatewayPlan): Gateway {
  const { name, namespace, isDeployed, infrastructure, annotations } = gateway;
  const { clusterDomain } = Cluster.factsOf(gateway);
  return new Gateway(gateway, 'gateway', {
    metadata: { name, namespace, ...(Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } }) },
    spec: {
      gatewayClassName: CLASS,
      ...(isDeployed ? {} : { addresses: [{ type: 'Hostname', value: `${name}.${namespace}.svc.${clusterDomain}` }] }),
      ...(infrastructure === undefined ? {} : { infrastructure }),
      listeners: Lazy.any({ produce: () => listenersOf(current()) }) as never,
    },
  });
}

/** ReferenceGrants for Services and Secrets of other namespaces, as of the last planning. */
function noteGrants(plan: GatewayPlan, parts: readonly Part[]): void {
  const { gateway } = plan;
  const noted = rootState(gateway, 'ingressGrants', (root) => {
    const all = new Map<string, readonly GrantRequest[]>();
    provideGrants(root as Construct, () => [...all.values()].flat());
    return all;
  });
  const routes = parts.flatMap(({ contributions: [first], specs }) =>
    specs.crossing.map(({ kind, namespace, name }): GrantRequest[] => (first === undefined ? [] : [{ owner: first.scope, from: { kind, namespace: routesNamespace(first) }, to: { kind: 'Service', namespace, name } }])).flat(),
  );
  const secrets = gateway.isNamed ? [] : plan.hosts.flatMap((host): GrantRequest[] => {
    const secret = certificateOf(host);
    return secret === undefined ? [] : [{ owner: host.first.scope, from: { kind: 'Gateway', namespace: gateway.namespace }, to: { kind: 'Secret', ...secret } }];
  });
  noted.set(gateway.node.path, [...routes, ...secrets]);
}
