import type { Duration } from '../../core/duration';
import type { Known } from '../../core/unknown';

/** How callers treat the pods of a service: see {@link MeshService.trafficPolicy}. */
export interface ServicePolicyProps extends TrafficPolicyProps {
  /**
   * What is different on a port of the service, by its number. What is not said here is as for the other ports: fields of
   * `connectionPool` one by one, other parts as a whole.
   * @default - all ports alike
   */
  readonly ports?: Readonly<Record<number, TrafficPolicyProps>>;
  /**
   * What is different for the pods of a version. What is not said here is as for the other versions, and on a port as `ports`
   * has it.
   * @default - all versions alike
   */
  readonly versions?: Readonly<Record<string, TrafficPolicyProps>>;
}

/** How callers treat pods. At least one of its parts. */
export interface TrafficPolicyProps {
  /**
   * Limits for each calling proxy; what is beyond them is answered with 503 at once.
   * @default - Istio's: next to no limits
   */
  readonly connectionPool?: ConnectionPoolProps;
  /**
   * When a pod that fails is left alone for a while: a preset, or numbers of your own.
   *
   * | preset | a pod is left alone after |
   * | --- | --- |
   * | `gateway-errors` | 5 answers in a row of 502, 503 or 504, or connections that fail |
   * | `server-errors` | 5 answers in a row of any 5xx, or connections that fail |
   * | `connect-failures` | 5 connections in a row that fail or break; answers do not count |
   *
   * All of them look every 10 seconds, leave a pod alone for 30 seconds, each time 30 seconds longer, and at most half of all
   * pods at once.
   * @default - never
   */
  readonly outlierDetection?: OutlierPreset | OutlierDetectionProps;
  /**
   * Which pod gets the next request.
   * @default - of two pods picked at random, the one with fewer requests under way
   */
  readonly loadBalancer?: LoadBalancerProps;
  /**
   * How much of what each calling proxy has under way may be retries: what is beyond is not tried again, so that retries do not
   * keep down a service that is overloaded. Not beside `maxRetries` of the pool, nor beside settings for a port.
   * @default - retries are limited by `maxRetries` alone
   */
  readonly retryBudget?: RetryBudgetProps;
}

/** At least one of the two. @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy-RetryBudget */
export interface RetryBudgetProps {
  /**
   * Retries in percent of the requests that are under way or wait.
   * @default 20
   */
  readonly percent?: Known<number>;
  /**
   * Retries that may be under way all the same.
   * @default 3
   */
  readonly minRetryConcurrency?: Known<number>;
}

/** Outlier detection by what it looks at: see {@link TrafficPolicyProps.outlierDetection}. */
export type OutlierPreset = 'gateway-errors' | 'server-errors' | 'connect-failures';

/** @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings */
export interface ConnectionPoolProps {
  /** @default - Istio's */
  readonly tcp?: TcpPoolProps;
  /** @default - Istio's */
  readonly http?: HttpPoolProps;
}

/** Connections. */
export interface TcpPoolProps {
  /** @default - no limit to speak of, 4,294,967,295 */
  readonly maxConnections?: Known<number>;
  /** @default 10s */
  readonly connectTimeout?: Duration | Known<string>;
  /** @default - a connection lives as long as it is used */
  readonly maxConnectionDuration?: Duration | Known<string>;
  /** @default 1h */
  readonly idleTimeout?: Duration | Known<string>;
}

/** Requests. */
export interface HttpPoolProps {
  /**
   * Requests that wait for a connection.
   * @default - no limit to speak of, 4,294,967,295
   */
  readonly http1MaxPendingRequests?: Known<number>;
  /**
   * Requests under way, for any version of HTTP.
   * @default - no limit to speak of, 4,294,967,295
   */
  readonly http2MaxRequests?: Known<number>;
  /** @default - no limit */
  readonly maxRequestsPerConnection?: Known<number>;
  /**
   * Retries under way.
   * @default - no limit to speak of, 4,294,967,295
   */
  readonly maxRetries?: Known<number>;
  /** @default 1h */
  readonly idleTimeout?: Duration | Known<string>;
}

/** @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection */
export interface OutlierDetectionProps {
  /**
   * Answers of 502, 503 or 504 in a row, and connections that fail; 0 to not look at them.
   * @default 0
   */
  readonly consecutiveGatewayErrors?: Known<number>;
  /**
   * Answers of 5xx in a row, and connections that fail; 0 to not look at them.
   * @default 5
   */
  readonly consecutive5xxErrors?: Known<number>;
  /**
   * Connections in a row that fail or break, counted apart from answers.
   * @default - they count as answers of 5xx
   */
  readonly consecutiveLocalOriginFailures?: Known<number>;
  /** @default 10s */
  readonly interval?: Duration | Known<string>;
  /**
   * How long a pod is left alone the first time; it grows with each time.
   * @default 30s
   */
  readonly baseEjectionTime?: Duration | Known<string>;
  /**
   * How many of the pods are left alone at once at most, in whole percent.
   * @default 10
   */
  readonly maxEjectionPercent?: Known<number>;
  /**
   * With fewer healthy pods than this, in whole percent, requests go to all pods.
   * @default 0
   */
  readonly minHealthPercent?: Known<number>;
}

/** Either a simple way to pick a pod, or one that gives the same pod to the same caller. */
export type LoadBalancerProps = LocalityProps &
  (
    | {
        /** @default 'LEAST_REQUEST' */
        readonly simple?: 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'RANDOM' | 'PASSTHROUGH';
        /**
         * Slow start: a new pod gets its share of requests bit by bit. For `ROUND_ROBIN` and `LEAST_REQUEST`.
         * @default - at once
         */
        readonly warmup?: WarmupProps;
        readonly consistentHash?: never;
      }
    | { readonly consistentHash: ConsistentHashProps; readonly simple?: never; readonly warmup?: never }
  );

/** Where pods are preferred; Istio leaves nobody's zone unless `outlierDetection` tells it that pods there fail. */
export interface LocalityProps {
  /**
   * Which places get requests, or take over.
   * @default - as the mesh does: pods of the caller's own place first, once `outlierDetection` is set
   */
  readonly localityLbSetting?: LocalitySettings;
}

/** One of three ways to tell places. @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#LocalityLoadBalancerSetting */
export type LocalitySettings =
  | {
      /** Shares in whole percent by place, such as `{ from: 'eu/a/*', to: { 'eu/a/*': 80, 'eu/b/*': 20 } }`. */
      readonly distribute: readonly { readonly from: Known<string>; readonly to: Readonly<Record<string, Known<number>>> }[];
      readonly failover?: never;
      readonly failoverPriority?: never;
    }
  | {
      /** Which region takes over for which. */
      readonly failover: readonly { readonly from: Known<string>; readonly to: Known<string> }[];
      readonly distribute?: never;
      readonly failoverPriority?: never;
    }
  | {
      /** Labels of pods; the more of them, from the first on, a pod shares with the caller, the sooner it is asked. */
      readonly failoverPriority: readonly Known<string>[];
      readonly distribute?: never;
      readonly failover?: never;
    };

/** Slow start. */
export interface WarmupProps {
  /** How long it takes until a new pod gets its whole share. */
  readonly duration: Duration | Known<string>;
  /**
   * What it gets at first, in percent of its share.
   * @default 10
   */
  readonly minimumPercent?: Known<number>;
  /**
   * How fast it grows: 1 for evenly, more for slow first.
   * @default 1
   */
  readonly aggression?: Known<number>;
}

/** What tells callers apart: the same gets the same pod, as long as no pods come or go. */
export type ConsistentHashProps =
  | { readonly httpHeaderName: Known<string>; readonly httpCookie?: never; readonly httpQueryParameterName?: never; readonly useSourceIp?: never }
  | { readonly httpCookie: HashCookie; readonly httpHeaderName?: never; readonly httpQueryParameterName?: never; readonly useSourceIp?: never }
  | { readonly httpQueryParameterName: Known<string>; readonly httpHeaderName?: never; readonly httpCookie?: never; readonly useSourceIp?: never }
  | { readonly useSourceIp: true; readonly httpHeaderName?: never; readonly httpCookie?: never; readonly httpQueryParameterName?: never };

/** A cookie that keeps a caller with its pod. */
export interface HashCookie {
  readonly name: Known<string>;
  /**
   * How long it holds, where the proxy makes it; `0s` until the browser is closed.
   * @default - the proxy makes none: the service or the caller does
   */
  readonly ttl?: Duration | Known<string>;
  /** @default - the path of the request */
  readonly path?: Known<string>;
}
