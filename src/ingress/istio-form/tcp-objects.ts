import { Lazy } from 'cdk8s';
import { Gateway } from '../../../imports/istio/gateway';
import { VirtualService } from '../../../imports/istio/virtual-service';
import type { VirtualServiceTcp } from '../../../imports/istio/virtual-service';
import { routeTo } from '../../traffic/rules/destinations';
import type { FormObject } from '../ingress-form';
import type { GatewayPlan, TcpContribution } from '../ingress-plan';
import { labelOf } from '../object-names';
import { objectsNamespace } from './gateway-object';

/** The Gateway and the VirtualService of a port of plain TCP. */
export function tcpObjects(given: TcpContribution, current: () => GatewayPlan): [string, FormObject][] {
  const { scope, gateway, port } = given;
  const metadata = { name: labelOf(gateway.name, 'tcp', String(port)), namespace: objectsNamespace(given) };
  const route = (): VirtualServiceTcp => {
    const { to } = current().tcp.find((each) => each.port === port) ?? given;
    return { match: [{ port }], route: routeTo(undefined, to) };
  };
  const makeGateway = (): Gateway =>
    new Gateway(scope, 'gateway', {
      metadata,
      spec: { selector: { ...gateway.selector }, servers: [{ port: { number: port, name: `tcp-${port}`, protocol: 'TCP' }, hosts: ['*'] }] },
    });
  const makeRoute = (): VirtualService =>
    new VirtualService(scope, 'route', {
      metadata,
      // connections name no host: the Gateway is the only one that they come by
      spec: { hosts: ['*'], gateways: [metadata.name], tcp: Lazy.any({ produce: () => [route()] }) as never },
    });
  return [
    ['gateway', { owner: scope, make: makeGateway, patchedBy: [given.gatewayObject] }],
    ['route', { owner: scope, make: makeRoute, patchedBy: [given.virtualServiceObject] }],
  ];
}
