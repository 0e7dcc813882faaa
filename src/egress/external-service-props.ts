import type { Duration } from '../core/duration';
import type { NamespaceReference } from '../core/references';
import type { Labels } from '../core/selector';
import type { Known } from '../core/unknown';
import type { TrafficPolicyProps } from '../traffic/resilience/traffic-policy-props';
import type { RouteRetries } from '../traffic/rules/route-props';
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
  readonly locality?: Known<string>;
  /**
   * Its share of the connections, relative to the others: a whole number, 1 or more.
   * @default - all alike
   */
  readonly weight?: Known<number>;
  /**
   * Labels of it, for `failoverPriority` of `trafficPolicy.loadBalancer`.
   * @default - none
   */
  readonly labels?: Labels;
  /**
   * Ports of this place by the port that callers use, such as `{ 443: 8443 }`, where they are other ones.
   * @default - `targetPort` of each port
   */
  readonly ports?: Readonly<Record<number, Known<number>>>;
}

/** Who sees an external service: `.` is its own namespace, `*` are all. */
export type ExternalVisibility = '.' | '*' | NamespaceReference;

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
   * Namespaces whose pods the service is declared to, and all that is said of it: for pods of others it is an unknown host.
   * Namespaces that do not overlap may each have a service of their own for one host. That of an egress gateway that an
   * `EgressRoute` leads through is added.
   * @default - all namespaces, as Istio does; who may call is for an `EgressLockdown` to say
   */
  readonly exportTo?: readonly ExternalVisibility[];
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
   * How often a request is tried again, as rules of services say it. For ports on which proxies see requests.
   * @default - Istio's own: twice, where the service was not reached or answers 503
   */
  readonly retries?: RouteRetries;
  /**
   * How callers treat the endpoints: limits, endpoints that fail, balancing; as `trafficPolicy` of a `MeshService` says it.
   * @default - no limits but Envoy's own, endpoints that fail are asked on, the less busy of two is asked
   * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy
   */
  readonly trafficPolicy?: TrafficPolicyProps;
}
