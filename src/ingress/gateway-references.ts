import { Construct } from 'constructs';
import { Cluster } from '../core/cluster';
import { badReference, requireSameCluster } from '../core/references';
import { someList } from '../traffic/rules/refuse';
import type { Place } from '../traffic/rules/refuse';
import { IngressGateway } from './ingress-gateway';

const EXPECTED = 'an IngressGateway: what `mesh.addIngressGateway` or `IngressGateway.fromName` gives';

/** One gateway or several. @throws MeshError when one of them is none, or of another cluster. */
export function checkedGateways(owner: Construct, given: unknown, place: Place): readonly IngressGateway[] {
  if (!Array.isArray(given)) return [checkedGateway(owner, given, place.property)];
  const gateways = someList(place, given as readonly unknown[]).map((each, index) => checkedGateway(owner, each, `${place.property}[${index}]`));
  // two references to one gateway are one
  return gateways.filter((gateway, index) => gateways.findIndex((each) => isSameGateway(each, gateway)) === index);
}

/** One gateway. @throws MeshError when it is none, or of another cluster. */
export function checkedGateway(owner: Construct, given: unknown, property: string): IngressGateway {
  requireSameCluster(owner, given, property, EXPECTED);
  if (IngressGateway.isIngressGateway(given)) return given;
  throw badReference(owner, given, property, EXPECTED, 'name the gateway of another program with IngressGateway.fromName()');
}

/** By what the gateway is, so that two references to one gateway are one. */
export function gatewayKey(gateway: IngressGateway): string {
  return [Cluster.pathOf(gateway), gateway.namespace, gateway.name].join('\n');
}

export function isSameGateway(a: IngressGateway, b: IngressGateway): boolean {
  return gatewayKey(a) === gatewayKey(b);
}

/** Where a route's objects for one of its gateways are made: it may have the first route of a host at each of them. */
export function scopeAt(route: Construct, gateway: IngressGateway, gateways: readonly IngressGateway[]): Construct {
  return gateways.length === 1 ? route : new Construct(route, `${gateway.namespace}-${gateway.name}`);
}
