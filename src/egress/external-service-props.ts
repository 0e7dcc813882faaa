import type { DestinationRuleTrafficPolicyConnectionPool, DestinationRuleTrafficPolicyOutlierDetection } from '../../imports/istio/destination-rule';
import type { Duration } from '../core/duration';
import type { NamespaceReference } from '../core/references';
import type { Known } from '../core/unknown';
import type { TlsOrigination } from './tls-origination';

/** What callers speak on a port, in Istio's own words. TLS and HTTPS: the callers encrypt, and proxies see only the SNI. */
export type ExternalProtocol = 'HTTP' | 'HTTP2' | 'GRPC' | 'TLS' | 'HTTPS' | 'TCP' | 'MONGO' | 'MYSQL' | 'REDIS';

/** How the addresses behind the host are found, in Istio's own words. */
export type ExternalResolution = 'DNS' | 'DNS_ROUND_ROBIN' | 'NONE' | 'STATIC';

/** A port that callers in the mesh use. */
export interface ExternalPort {
  /** Port that callers connect to, 1 to 65535. */
  readonly port: Known<number>;
  /**
   * What callers speak on it.
   * @default - TLS on 443, HTTP on 80; on any other port it has to be said
   */
  readonly protocol?: ExternalProtocol;
  /**
   * Port of the external service, where it is another one.
   * @default - 443 where `tls` is given and callers use port 80, else the same port
   */
  readonly targetPort?: Known<number>;
  /**
   * TLS that the proxy adds to what callers send in plain text: the sidecar, or the egress gateway that an `EgressRoute`
   * leads through. Proxies see requests then, so that timeouts, retries and telemetry work.
   * @default - none: what callers send goes out as it is
   * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-tls-origination/
   */
  readonly tls?: TlsOrigination;
}

/** One of the places behind a host. */
export interface ExternalEndpoint {
  /** An IP address, or a DNS name. */
  readonly address: Known<string>;
  /**
   * Where it is, as `region/zone/subzone`, for locality load balancing.
   * @default - the proxy's own locality
   */
  readonly locality?: string;
  /**
   * Its share of the connections, relative to the others.
   * @default - all alike
   */
  readonly weight?: number;
}

/** How often a request is tried again. */
export interface ExternalRetries {
  /** How often a request is tried again after the first time; 0 for never. */
  readonly attempts: Known<number>;
  /**
   * How long each try may take, such as `2s`. All tries together have to fit into `timeout`.
   * @default - as long as `timeout` allows
   */
  readonly perTryTimeout?: Duration | Known<string>;
  /**
   * When it is tried again: Envoy's conditions, such as `5xx` or `connect-failure`, or status codes.
   * @default - Istio's own: where the service was not reached or answers 503
   * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on
   */
  readonly retryOn?: readonly Known<string>[];
}

/** Props of an {@link ExternalService}. */
export interface ExternalServiceProps {
  /** The host that callers ask for, such as `api.example.com`; `*.example.com` stands for all below it. */
  readonly host: Known<string>;
  /**
   * Name of the objects that are made.
   * @default - the construct's id
   */
  readonly name?: Known<string>;
  /**
   * Namespace of the objects that are made.
   * @default - the chart's
   */
  readonly namespace?: NamespaceReference;
  /**
   * Ports that callers use.
   * @default - 443, on which the callers themselves speak TLS
   */
  readonly ports?: readonly ExternalPort[];
  /**
   * Places behind the host: IP addresses, or DNS names.
   * @default - what the DNS gives for the host
   */
  readonly endpoints?: readonly (Known<string> | ExternalEndpoint)[];
  /**
   * Addresses that callers connect to, or ranges such as `10.1.0.0/16`. They tell services of plain TCP from each other that
   * share a port: such traffic names no host.
   * @default - none: connections are told by host
   */
  readonly addresses?: readonly Known<string>[];
  /**
   * How the addresses behind the host are found.
   * @default - STATIC with endpoints that are IP addresses; NONE, which is where the caller connects to, for a wildcard; else DNS
   * @see https://istio.io/latest/docs/reference/config/networking/service-entry/#ServiceEntry-Resolution
   */
  readonly resolution?: ExternalResolution;
  /**
   * How long a request may take, all tries together, such as `5s`. For ports on which proxies see requests.
   * @default - no limit
   */
  readonly timeout?: Duration | Known<string>;
  /**
   * How often a request is tried again. For ports on which proxies see requests.
   * @default - Istio's own: twice, where the service was not reached or answers 503
   */
  readonly retries?: ExternalRetries;
  /**
   * How many connections and requests at once, as a DestinationRule says it.
   * @default - no limits but Envoy's own
   * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings
   */
  readonly connectionPool?: DestinationRuleTrafficPolicyConnectionPool;
  /**
   * When an endpoint that fails is left out for a while, as a DestinationRule says it.
   * @default - never
   * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection
   */
  readonly outlierDetection?: DestinationRuleTrafficPolicyOutlierDetection;
}
