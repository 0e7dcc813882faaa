import type { IConstruct } from 'constructs';
import type { VirtualServiceHttp, VirtualServiceTcp, VirtualServiceTls } from '../../imports/istio/virtual-service';
import type { Port } from '../core/port';
import { meshError } from '../errors/mesh-error';
import { portOf } from './kubernetes-service';
import { ownNames } from './rules/own-names';
import type { Destination, VersionedService } from './versioned-traffic';

/** Routes that share the traffic of a service. */
export interface SharedRoutes {
  readonly http?: VirtualServiceHttp[];
  readonly tcp?: VirtualServiceTcp[];
  readonly tls?: VirtualServiceTls[];
}

/**
 * The routes that share the traffic of a service: by request on ports that carry HTTP, by connection on those that do
 * not; TLS that the pods end themselves by connections that ask for one of the service's own names. A port whose protocol Istio
 * finds out for itself gets both of the first, and each connection takes the one that fits.
 *
 * @throws MeshError when no port carries what proxies can share: UDP only.
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export function sharedRoutes(owner: IConstruct, service: VersionedService, destinations: readonly Destination[]): SharedRoutes {
  const ports = service.ports.map((port) => portOf(port, { construct: owner.node.path, property: 'service' }));
  const carried = ports.filter(({ transport }) => transport === 'TCP');
  if (carried.length === 0) throw notShared(owner, service);
  const encrypted = carried.filter(isEncrypted);
  const byConnection = carried.filter((port) => !port.isHttp && !isEncrypted(port));
  return {
    ...(carried.some(({ isHttp, protocol }) => isHttp || protocol === 'auto') ? { http: [{ route: [...destinations] }] } : {}),
    ...(byConnection.length === 0 ? {} : { tcp: [tcpRoute(byConnection, destinations)] }),
    ...(encrypted.length === 0 ? {} : { tls: [tlsRoute(encrypted, service, destinations)] }),
  };
}

function isEncrypted({ protocol }: Port): boolean {
  return protocol === 'TLS' || protocol === 'HTTPS';
}

function tcpRoute(ports: readonly Port[], destinations: readonly Destination[]): VirtualServiceTcp {
  return { match: ports.map(({ number }) => ({ port: number })), route: [...destinations] };
}

function tlsRoute(ports: readonly Port[], service: VersionedService, destinations: readonly Destination[]): VirtualServiceTls {
  // one name a match: proxies refuse two lists that have one in common
  const match = [...ownNames(service)].sort().flatMap((name) => ports.map(({ number }) => ({ port: number, sniHosts: [name] })));
  return { match, route: [...destinations] };
}

function notShared(owner: IConstruct, { host }: VersionedService): Error {
  return meshError({
    code: 'cannot-share',
    construct: owner.node.path,
    property: 'service',
    got: `${host}, which has no TCP port`,
    expected: 'a service of ports that carry HTTP, TLS or plain TCP',
    fix: 'Istio has no say over UDP',
  });
}
