import { Lazy } from 'cdk8s';
import { VirtualService } from '../../../imports/istio/virtual-service';
import type { VirtualServiceHttp, VirtualServiceTls } from '../../../imports/istio/virtual-service';
import { routeTo } from '../../traffic/rules/destinations';
import type { GatewayPlan, HostPlan } from '../ingress-plan';
import { labelOf } from '../object-names';
import { gatewayName, objectsNamespace, redirectsItself, serversNamespace } from './gateway-object';

const ID = 'route';

/** The VirtualService of a host: the one for all of its routes. */
export function hostObject(plan: HostPlan, host: () => HostPlan, current: () => GatewayPlan): () => VirtualService {
  const { first } = plan;
  const namespace = objectsNamespace(first);
  const bound = (): string[] => {
    const now = host();
    const where = serversNamespace(now, current());
    return [where === namespace ? gatewayName(now) : `${where}/${gatewayName(now)}`];
  };
  return () =>
    new VirtualService(first.scope, ID, {
      metadata: { name: labelOf(first.gateway.name, plan.host), namespace },
      spec: {
        hosts: [plan.host],
        // at synthesis: the Gateway may be made at another route, and so elsewhere
        gateways: Lazy.any({ produce: bound }) as never,
        http: Lazy.any({ produce: () => http(host()) }) as never,
        tls: Lazy.any({ produce: () => connections(host()) }) as never,
      },
    });
}

function http(plan: HostPlan): VirtualServiceHttp[] | undefined {
  const routes = [...redirect(plan), ...plan.rules.map((rule) => rule.http)];
  return routes.length === 0 ? undefined : routes;
}

/** Where the server does not redirect by itself, the first of the host's rules does, for what comes in at the plain port. */
function redirect({ ports, redirects }: HostPlan): VirtualServiceHttp[] {
  const { http: plain, https } = ports;
  if (!redirects || plain === undefined || https === undefined || redirectsItself(ports)) return [];
  return [{ name: 'https', match: [{ port: plain }], redirect: { scheme: 'https', port: https, redirectCode: 301 } }];
}

function connections({ contributions, ports, host }: HostPlan): VirtualServiceTls[] | undefined {
  const passing = contributions.flatMap(({ passthrough }) => (passthrough === undefined ? [] : [passthrough]));
  const [to] = passing;
  if (to === undefined) return undefined;
  return [{ match: [{ ...(ports.https === undefined ? {} : { port: ports.https }), sniHosts: [host] }], route: routeTo(undefined, to) }];
}
