import type { DestinationRuleTrafficPolicy } from '../../imports/istio/destination-rule';
import type { VirtualServiceHttp, VirtualServiceSpec, VirtualServiceTls } from '../../imports/istio/virtual-service';
import type { Patience } from './external-patience';
import type { CheckedPort } from './external-ports';
import type { ExternalServiceProps } from './external-service-props';

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

/**
 * How proxies connect to an external service; undefined where nothing was said. Settings of a port take the place of those
 * for all ports, so they are said at both.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy-PortTrafficPolicy
 */
export function trafficPolicy(
  host: string,
  ports: readonly CheckedPort[],
  { connectionPool, outlierDetection }: Pick<ExternalServiceProps, 'connectionPool' | 'outlierDetection'>,
): DestinationRuleTrafficPolicy | undefined {
  const limits = { ...(connectionPool !== undefined && { connectionPool }), ...(outlierDetection !== undefined && { outlierDetection }) };
  const portLevelSettings = ports.flatMap(({ port, tls }) => (tls === undefined ? [] : [{ port: { number: port }, ...limits, tls: tls.settingsFor(host) }]));
  if (portLevelSettings.length === 0) return Object.keys(limits).length === 0 ? undefined : limits;
  return { ...limits, portLevelSettings };
}

/** Routes straight from the callers' proxies, or over a gateway. */
export function externalRoutes(routes: ExternalRoutes, leg: GatewayLeg | undefined): Pick<VirtualServiceSpec, 'http' | 'tls' | 'tcp' | 'gateways'> {
  const { host, ports, patience } = routes;
  const requests = ports.filter(({ seenAs }) => seenAs === 'requests');
  if (leg === undefined) return { http: requests.map(({ port }) => ({ match: [{ port }], ...patience, route: toHost(host, port) })) };
  const tls = ports.filter(({ seenAs }) => seenAs === 'tls');
  return {
    gateways: ['mesh', leg.gateway],
    ...(requests.length > 0 && { http: requests.flatMap(({ port }) => requestLegs(routes, port, leg)) }),
    ...(tls.length > 0 && {
      tls: tls.map(({ port }) => tlsToGateway(host, port, leg)),
      // the gateway has taken the mesh's own TLS off, and passes on what was in it
      tcp: tls.map(({ port }) => ({ match: [{ gateways: [leg.gateway], port: GATEWAY_PORTS.tls }], route: toHost(host, port) })),
    }),
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

interface RouteTo {
  readonly destination: { readonly host: string; readonly subset?: string; readonly port: { readonly number: number } };
}

function toHost(host: string, port: number): RouteTo[] {
  return [{ destination: { host, port: { number: port } } }];
}

function toGateway({ host, subset }: GatewayLeg, port: number): RouteTo[] {
  return [{ destination: { host, subset, port: { number: port } } }];
}
