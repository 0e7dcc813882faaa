import type { IConstruct } from 'constructs';
import type { VirtualServiceHttp, VirtualServiceTcp } from '../../imports/istio/virtual-service';
import type { Port } from '../core/port';
import { meshError } from '../errors/mesh-error';
import { portOf } from './kubernetes-service';
import type { ServicePort } from './kubernetes-service';
import type { Destination } from './versioned-traffic';

/**
 * The routes that share the traffic of a service: by request on ports that carry HTTP, by connection on those that do
 * not. A port whose protocol Istio finds out for itself gets both, and each connection takes the one that fits.
 *
 * @throws MeshError when a port carries what proxies cannot share: TLS that the pods end themselves, or UDP only.
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export function sharedRoutes(
  owner: IConstruct,
  host: string,
  given: readonly ServicePort[],
  destinations: readonly Destination[],
): { readonly http?: VirtualServiceHttp[]; readonly tcp?: VirtualServiceTcp[] } {
  const ports = given.map((port) => portOf(port, { construct: owner.node.path, property: 'service' }));
  const carried = ports.filter(({ transport }) => transport === 'TCP');
  const encrypted = carried.find(({ protocol }) => protocol === 'TLS' || protocol === 'HTTPS');
  if (encrypted !== undefined || carried.length === 0) throw notShared(owner, host, encrypted);
  const byConnection = carried.filter(({ isHttp }) => !isHttp);
  return {
    ...(carried.some(({ isHttp, protocol }) => isHttp || protocol === 'auto') ? { http: [{ route: [...destinations] }] } : {}),
    ...(byConnection.length === 0 ? {} : { tcp: [tcpRoute(byConnection, destinations)] }),
  };
}

function tcpRoute(ports: readonly Port[], destinations: readonly Destination[]): VirtualServiceTcp {
  return { match: ports.map(({ number }) => ({ port: number })), route: [...destinations] };
}

function notShared(owner: IConstruct, host: string, encrypted: Port | undefined): Error {
  return meshError({
    code: 'cannot-share',
    construct: owner.node.path,
    property: 'service',
    got: encrypted === undefined ? `${host}, which has no TCP port` : `port ${encrypted.toString()} of ${host}, whose traffic the pods encrypt themselves`,
    expected: 'a service of ports that carry HTTP or plain TCP',
    fix:
      encrypted === undefined
        ? 'Istio has no say over UDP'
        : 'let the mesh encrypt it and serve plain HTTP, or write a VirtualService with tls routes by SNI yourself',
  });
}
