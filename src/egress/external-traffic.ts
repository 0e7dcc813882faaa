import type { VirtualServiceHttp, VirtualServiceSpec, VirtualServiceTcp, VirtualServiceTls } from '../../imports/istio/virtual-service';
import type { Patience } from './external-patience';
import type { CheckedPort } from './external-ports';

/** An egress gateway that the traffic of a host goes through. */
export interface GatewayLeg {
  /** Namespace of the gateway's pods. */
  readonly namespace: string;
  /** Labels of the gateway's pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** The Gateway object, as a VirtualService names it: `namespace/name`. */
  readonly gateway: string;
  /** Host of the gateway's Service. */
  readonly host: string;
  /** Subset of it that is for this host alone. */
  readonly subset: string;
}

/** What routes are made of. */
export interface ExternalRoutes {
  readonly host: string;
  readonly ports: readonly CheckedPort[];
  readonly patience: Patience;
}

/** Ports of the gateway: for what it reads as requests, and for what it passes on as it is. */
export const GATEWAY_PORTS = { requests: 80, tls: 443 } as const;

/** The gateway tries again what failed behind it; the caller's own proxy only what never came there, or tries would multiply. */
const TO_GATEWAY = { attempts: 2, retryOn: 'connect-failure,refused-stream' } as const;

/** Routes straight from the callers' proxies, or over a gateway. */
export function externalRoutes(routes: ExternalRoutes, leg: GatewayLeg | undefined): Pick<VirtualServiceSpec, 'http' | 'tls' | 'tcp' | 'gateways'> {
  const { host, ports, patience } = routes;
  const requests = ports.filter(({ seenAs }) => seenAs === 'requests');
  if (leg === undefined) return { http: requests.map(({ port }) => ({ match: [{ port }], ...patience, route: toHost(host, port) })) };
  const tls = ports.filter(({ seenAs }) => seenAs === 'tls');
  const bytes = ports.filter(({ seenAs }) => seenAs === 'bytes');
  return {
    gateways: ['mesh', leg.gateway],
    ...(requests.length > 0 && { http: requests.flatMap(({ port }) => requestLegs(routes, port, leg)) }),
    ...(tls.length > 0 && { tls: tls.map(({ port }) => tlsToGateway(host, port, leg)) }),
    ...(tls.length + bytes.length > 0 && { tcp: [...bytes.map(({ port }) => bytesToGateway(port, leg)), ...[...tls, ...bytes].map(({ port }) => fromGateway(host, port, leg))] }),
  };
}

function requestLegs({ host, patience }: ExternalRoutes, port: number, leg: GatewayLeg): VirtualServiceHttp[] {
  const { timeout } = patience;
  return [
    { match: [{ gateways: ['mesh'], port }], ...(timeout !== undefined && { timeout }), retries: { ...TO_GATEWAY }, route: toGateway(leg, GATEWAY_PORTS.requests) },
    { match: [{ gateways: [leg.gateway], port: GATEWAY_PORTS.requests }], ...patience, route: toHost(host, port) },
  ];
}

function tlsToGateway(host: string, port: number, leg: GatewayLeg): VirtualServiceTls {
  return { match: [{ gateways: ['mesh'], port, sniHosts: [host] }], route: toGateway(leg, GATEWAY_PORTS.tls) };
}

function bytesToGateway(port: number, leg: GatewayLeg): VirtualServiceTcp {
  return { match: [{ gateways: ['mesh'], port }], route: toGateway(leg, GATEWAY_PORTS.tls) };
}

/** The gateway has taken the mesh's own TLS off, and passes on what was in it. */
function fromGateway(host: string, port: number, leg: GatewayLeg): VirtualServiceTcp {
  return { match: [{ gateways: [leg.gateway], port: GATEWAY_PORTS.tls }], route: toHost(host, port) };
}

interface RouteTo {
  readonly destination: { readonly host: string; readonly subset?: string; readonly port: { readonly number: number } };
}

function toHost(host: string, port: number): RouteTo[] {
  return [{ destination: { host, port: { number: port } } }];
}

function toGateway({ host, subset }: GatewayLeg, port: number): RouteTo[] {
  return [{ destination: { host, subset, port: { number: port } } }];
}
