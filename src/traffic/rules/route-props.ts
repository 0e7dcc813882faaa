import type { Duration } from '../../core/duration';
import type { ObjectConstruct } from '../../core/references';
import type { StringMatch } from '../../core/string-match';
import type { Known } from '../../core/unknown';
import type { Weight } from '../../core/weight';
import type { MeshService } from '../mesh-service';
import type { RouteDelegate } from './route-delegate';
import type { RouteMatch } from './route-match';

/** What is done with some of the requests for a service: see {@link MeshService.route}. */
export type RouteProps = ForwardRouteProps | RedirectRouteProps | DirectResponseRouteProps | DelegateRouteProps;

/** What every rule says. */
export interface RuleProps {
  /**
   * Requests that the rule is for; of several matches one is enough.
   * @default - all that no other rule is for: where traffic is shared by a split or a canary, it still is
   */
  readonly match?: RouteMatch | readonly RouteMatch[];
  /**
   * Decides between rules that a request may fit both, and of which neither is narrower than the other: the higher goes first.
   * @default 0
   */
  readonly priority?: Known<number>;
  /**
   * Changes to headers, on the way there and back.
   * @default - none
   */
  readonly headers?: RouteHeaders;
  /**
   * What browsers may do from pages of other origins.
   * @default - whatever the service itself answers
   */
  readonly corsPolicy?: RouteCorsPolicy;
}

/** Where requests go: a service or some of its pods, or several with shares that add up to 100 percent. */
export type RouteTarget = MeshService | ObjectConstruct | RouteDestination | readonly RouteShare[];

/** What is done with requests on their way to pods. */
export interface ForwardingProps extends RuleProps {
  /**
   * What the service is asked for instead.
   * @default - what the caller asked for
   */
  readonly rewrite?: RouteRewrite;
  /**
   * Sends copies of requests somewhere else, whose answers are thrown away: to one place, or to several.
   * @default - none
   */
  readonly mirror?: RouteMirror | readonly RouteMirror[];
  /**
   * How long a caller waits for the answer at most, retries included, such as `5s`.
   * @default - as long as it takes
   */
  readonly timeout?: Duration | Known<string>;
  /**
   * What is tried again.
   * @default - Istio's own: two retries, of what `retryOn` says by default
   */
  readonly retries?: RouteRetries;
  /**
   * Failures made on purpose, for rehearsals.
   * @default - none
   */
  readonly fault?: RouteFault;
  readonly redirect?: never;
  readonly directResponse?: never;
}

/** A rule that hands requests on to pods. */
export interface ForwardRouteProps extends ForwardingProps {
  /**
   * Where requests go: one place, or several with shares that add up to 100 percent.
   * @default - the service itself: its versions by the shares of a split or a canary, else all of its pods
   */
  readonly to?: RouteTarget;
  readonly delegate?: never;
}

/** A rule that leaves it to another VirtualService where requests go. What else it says holds where that one says nothing. */
export interface DelegateRouteProps extends ForwardingProps {
  /** Whose routes requests meet from here on. */
  readonly delegate: RouteDelegate;
  readonly to?: never;
}

/** A rule that sends callers elsewhere. */
export interface RedirectRouteProps extends RuleProps {
  /** Where callers are to ask instead. */
  readonly redirect: RouteRedirect;
  readonly to?: never;
  readonly rewrite?: never;
  readonly mirror?: never;
  readonly timeout?: never;
  readonly retries?: never;
  readonly fault?: never;
  readonly directResponse?: never;
  readonly delegate?: never;
}

/** A rule that the caller's proxy answers itself. */
export interface DirectResponseRouteProps extends RuleProps {
  readonly directResponse: RouteDirectResponse;
  readonly to?: never;
  readonly rewrite?: never;
  readonly mirror?: never;
  readonly timeout?: never;
  readonly retries?: never;
  readonly fault?: never;
  readonly redirect?: never;
  readonly delegate?: never;
}

/** Pods that requests go to. */
export interface RouteDestination {
  /**
   * The service, or a Service that another construct makes.
   * @default - the service that the rule is of
   */
  readonly service?: MeshService | ObjectConstruct;
  /**
   * One of its versions.
   * @default - all, by the shares of its split or canary where it has one
   */
  readonly version?: Known<string>;
  /**
   * Port of the service.
   * @default - of the same service: the one that was asked; of another: its only port
   */
  readonly port?: Known<number>;
}

/** One of several destinations. */
export interface RouteShare extends RouteDestination {
  /**
   * Share in whole percent.
   * @default - what the others leave; one at most may be left out
   */
  readonly weight?: Weight | Known<number>;
}

/** @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRewrite */
export interface RouteRewrite {
  /**
   * Takes the place of the path, or of the prefix where the rule is for one.
   * @default - the path stays
   */
  readonly uri?: Known<string>;
  /**
   * Replaces what fits a pattern in RE2 syntax; `\1` is its first group.
   * @default - the path stays
   */
  readonly uriRegexRewrite?: { readonly match: Known<string>; readonly rewrite: Known<string> };
  /**
   * Takes the place of the host.
   * @default - the host stays
   */
  readonly authority?: Known<string>;
}

/** At least one of path, host, scheme and port. @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRedirect */
export interface RouteRedirect {
  /** @default - the path stays */
  readonly uri?: Known<string>;
  /** @default - the host stays */
  readonly authority?: Known<string>;
  /** @default - the scheme stays */
  readonly scheme?: 'http' | 'https';
  /** @default - the port of the request */
  readonly port?: Known<number>;
  /** @default 301 */
  readonly redirectCode?: 301 | 302 | 303 | 307 | 308;
}

/** An answer without any service. */
export interface RouteDirectResponse {
  /** HTTP status, 200 to 599. */
  readonly status: Known<number>;
  /**
   * Text of the answer, 100 kB at most: it is sent to every proxy.
   * @default - none
   */
  readonly body?: Known<string>;
}

/** Changes to headers. */
export interface RouteHeaders {
  /** @default - none */
  readonly request?: HeaderChanges;
  /** @default - none */
  readonly response?: HeaderChanges;
}

/** Changes to headers in one direction. */
export interface HeaderChanges {
  /**
   * In place of what is there.
   * @default - none
   */
  readonly set?: Readonly<Record<string, Known<string>>>;
  /**
   * Beside what is there.
   * @default - none
   */
  readonly add?: Readonly<Record<string, Known<string>>>;
  /** @default - none */
  readonly remove?: readonly Known<string>[];
}

/** @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#CorsPolicy */
export interface RouteCorsPolicy {
  /** Origins of the pages, such as `https://shop.example.com`. */
  readonly allowOrigins: readonly (StringMatch | Known<string>)[];
  /** @default - what browsers allow without asking */
  readonly allowMethods?: readonly ('GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'CONNECT' | 'OPTIONS' | 'TRACE')[];
  /** @default - what browsers allow without asking */
  readonly allowHeaders?: readonly Known<string>[];
  /** @default - what browsers show anyway */
  readonly exposeHeaders?: readonly Known<string>[];
  /**
   * How long browsers keep the answer, in whole seconds.
   * @default - as browsers do
   */
  readonly maxAge?: Duration | Known<string>;
  /** @default false */
  readonly allowCredentials?: boolean;
}

/** Who gets copies of requests. */
export interface RouteMirror extends RouteDestination {
  /**
   * How many of the requests are copied, in percent.
   * @default 100
   */
  readonly percentage?: Known<number>;
}

/** What is worth another try: a condition of Envoy's router, or an HTTP status. */
export type RetryCondition =
  | '5xx'
  | 'gateway-error'
  | 'reset'
  | 'reset-before-request'
  | 'connect-failure'
  | 'retriable-4xx'
  | 'refused-stream'
  | 'cancelled'
  | 'deadline-exceeded'
  | 'internal'
  | 'resource-exhausted'
  | 'unavailable'
  | number;

/** @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry */
export interface RouteRetries {
  /** How often a request is tried again, after the first time; 0 for never. */
  readonly attempts: Known<number>;
  /**
   * How long each try may take. All of them have to fit into the rule's timeout.
   * @default - as long as the timeout lets it
   */
  readonly perTryTimeout?: Duration | Known<string>;
  /**
   * @default - Istio's own: connections that fail, streams that are refused, `unavailable` and `cancelled` of gRPC
   * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on
   */
  readonly retryOn?: readonly RetryCondition[];
}

/** Failures for a cohort: requests that a match tells by a header, a cookie, the query or who asks. */
export interface RouteFault {
  /** @default - no request is answered with an error */
  readonly abort?: FaultAbort;
  /** @default - no request is held up */
  readonly delay?: { readonly fixedDelay: Duration | Known<string>; readonly percentage: Known<number> };
  /**
   * Says that the rule's requests are everybody's, not those of a cohort, and that this is meant.
   * @default - refused without a cohort
   */
  readonly everyone?: true;
}

/** An error in place of an answer, for a share of the requests in percent. */
export type FaultAbort = { readonly percentage: Known<number> } & (
  | { readonly httpStatus: Known<number>; readonly grpcStatus?: never }
  | { readonly grpcStatus: GrpcStatus; readonly httpStatus?: never }
);

/** Codes of gRPC, by name. @see https://grpc.io/docs/guides/status-codes/ */
export type GrpcStatus =
  | 'CANCELLED'
  | 'UNKNOWN'
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'OUT_OF_RANGE'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'DATA_LOSS'
  | 'UNAUTHENTICATED';
