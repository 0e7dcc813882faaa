import type { RouteMatch } from '../../src';
import type {
  ConnectionPoolProps, ConsistentHashProps, HashCookie, HttpPoolProps, LoadBalancerProps, LocalitySettings, OutlierDetectionProps, RetryBudgetProps,
  ServicePolicyProps, TcpPoolProps, WarmupProps,
} from '../../src/traffic/resilience/traffic-policy-props';
import type {
  FaultAbort, ForwardRouteProps, HeaderChanges, RetryCondition, RouteCorsPolicy, RouteDirectResponse, RouteHeaders, RouteMirror, RouteProps, RouteRedirect,
  RouteRetries, RouteRewrite,
} from '../../src/traffic/rules/route-props';

/**
 * The field that each prop of a rule or policy becomes. A prop that is added to one of these types has to be added here: it does
 * not compile otherwise; and then the judge wants a case for it.
 */
type Keys<T> = T extends unknown ? keyof T : never;
type Fields<T> = Readonly<Record<Exclude<Keys<T>, undefined>, string>>;

const HTTP = 'VirtualService.http';
const MATCH = `${HTTP}.match`;
const POLICY = 'DestinationRule.trafficPolicy';
const POOL = `${POLICY}.connectionPool`;
const BALANCER = `${POLICY}.loadBalancer`;
const HASH = `${BALANCER}.consistentHash`;

const match: Fields<RouteMatch> = {
  uri: `${MATCH}.uri.exact`,
  ignoreUriCase: `${MATCH}.ignoreUriCase`,
  grpc: `${MATCH}.uri`,
  method: `${MATCH}.method.exact`,
  headers: `${MATCH}.headers.*.exact`,
  withoutHeaders: `${MATCH}.withoutHeaders.*.exact`,
  cookie: `${MATCH}.headers.cookie.regex`,
  queryParams: `${MATCH}.queryParams.*.exact`,
  scheme: `${MATCH}.scheme.exact`,
  authority: `${MATCH}.authority.exact`,
  source: `${MATCH}.sourceLabels`,
  sourceNamespace: `${MATCH}.sourceNamespace`,
  port: `${MATCH}.port`,
};

/** Each way to compare a text, where Istio takes it. */
const texts: Readonly<Record<string, string>> = {
  'uri prefix': `${MATCH}.uri.prefix`,
  'uri regex': `${MATCH}.uri.regex`,
  'method regex': `${MATCH}.method.regex`,
  'headers prefix': `${MATCH}.headers.*.prefix`,
  'headers regex': `${MATCH}.headers.*.regex`,
  'withoutHeaders regex': `${MATCH}.withoutHeaders.*.regex`,
  'queryParams regex': `${MATCH}.queryParams.*.regex`,
};

const actions: Fields<Omit<RouteProps, 'match' | 'priority'> & Omit<ForwardRouteProps, 'match' | 'priority'>> & Record<string, string> = {
  to: `${HTTP}.route.destination.subset`,
  rewrite: `${HTTP}.rewrite`,
  mirror: `${HTTP}.mirrors.destination`,
  timeout: `${HTTP}.timeout`,
  retries: `${HTTP}.retries`,
  fault: `${HTTP}.fault`,
  redirect: `${HTTP}.redirect`,
  directResponse: `${HTTP}.directResponse`,
  delegate: `${HTTP}.delegate`,
  headers: `${HTTP}.headers`,
  corsPolicy: `${HTTP}.corsPolicy`,
};
const rewrite: Fields<RouteRewrite> = { uri: `${HTTP}.rewrite.uri`, uriRegexRewrite: `${HTTP}.rewrite.uriRegexRewrite.match`, authority: `${HTTP}.rewrite.authority` };
const redirect: Fields<RouteRedirect> = {
  uri: `${HTTP}.redirect.uri`,
  authority: `${HTTP}.redirect.authority`,
  scheme: `${HTTP}.redirect.scheme`,
  port: `${HTTP}.redirect.port`,
  redirectCode: `${HTTP}.redirect.redirectCode`,
};
const redirectCodes: Readonly<Record<NonNullable<RouteRedirect['redirectCode']>, string>> = {
  301: `${HTTP}.redirect.redirectCode=301`,
  302: `${HTTP}.redirect.redirectCode=302`,
  303: `${HTTP}.redirect.redirectCode=303`,
  307: `${HTTP}.redirect.redirectCode=307`,
  308: `${HTTP}.redirect.redirectCode=308`,
};
const directResponse: Fields<RouteDirectResponse> = { status: `${HTTP}.directResponse.status`, body: `${HTTP}.directResponse.body.string` };
const headers: Fields<RouteHeaders> = { request: `${HTTP}.headers.request`, response: `${HTTP}.headers.response` };
const changes = (way: keyof RouteHeaders): Fields<HeaderChanges> => ({
  set: `${HTTP}.headers.${way}.set`,
  add: `${HTTP}.headers.${way}.add`,
  remove: `${HTTP}.headers.${way}.remove`,
});
const cors: Fields<RouteCorsPolicy> = {
  allowOrigins: `${HTTP}.corsPolicy.allowOrigins.exact`,
  allowMethods: `${HTTP}.corsPolicy.allowMethods`,
  allowHeaders: `${HTTP}.corsPolicy.allowHeaders`,
  exposeHeaders: `${HTTP}.corsPolicy.exposeHeaders`,
  maxAge: `${HTTP}.corsPolicy.maxAge`,
  allowCredentials: `${HTTP}.corsPolicy.allowCredentials`,
};
const mirror: Fields<Pick<RouteMirror, 'version' | 'percentage'>> = { version: `${HTTP}.mirrors.destination.subset`, percentage: `${HTTP}.mirrors.percentage.value` };
const retries: Fields<RouteRetries> = { attempts: `${HTTP}.retries.attempts`, perTryTimeout: `${HTTP}.retries.perTryTimeout`, retryOn: `${HTTP}.retries.retryOn` };
const conditions: Readonly<Record<Exclude<RetryCondition, number>, string>> = {
  '5xx': `${HTTP}.retries.retryOn=5xx`,
  'gateway-error': `${HTTP}.retries.retryOn=gateway-error`,
  'reset': `${HTTP}.retries.retryOn=reset`,
  'reset-before-request': `${HTTP}.retries.retryOn=reset-before-request`,
  'connect-failure': `${HTTP}.retries.retryOn=connect-failure`,
  'retriable-4xx': `${HTTP}.retries.retryOn=retriable-4xx`,
  'refused-stream': `${HTTP}.retries.retryOn=refused-stream`,
  'cancelled': `${HTTP}.retries.retryOn=cancelled`,
  'deadline-exceeded': `${HTTP}.retries.retryOn=deadline-exceeded`,
  'internal': `${HTTP}.retries.retryOn=internal`,
  'resource-exhausted': `${HTTP}.retries.retryOn=resource-exhausted`,
  'unavailable': `${HTTP}.retries.retryOn=unavailable`,
};
const abort: Fields<FaultAbort> = {
  httpStatus: `${HTTP}.fault.abort.httpStatus`,
  grpcStatus: `${HTTP}.fault.abort.grpcStatus`,
  percentage: `${HTTP}.fault.abort.percentage.value`,
};
const delay = { fixedDelay: `${HTTP}.fault.delay.fixedDelay`, percentage: `${HTTP}.fault.delay.percentage.value` };

const policy: Fields<ServicePolicyProps> = {
  connectionPool: POOL,
  outlierDetection: `${POLICY}.outlierDetection`,
  loadBalancer: BALANCER,
  retryBudget: `${POLICY}.retryBudget`,
  ports: `${POLICY}.portLevelSettings`,
  versions: 'DestinationRule.subsets.trafficPolicy',
};
const pool: Fields<ConnectionPoolProps> = { tcp: `${POOL}.tcp`, http: `${POOL}.http` };
const tcpPool: Fields<TcpPoolProps> = {
  maxConnections: `${POOL}.tcp.maxConnections`,
  connectTimeout: `${POOL}.tcp.connectTimeout`,
  maxConnectionDuration: `${POOL}.tcp.maxConnectionDuration`,
  idleTimeout: `${POOL}.tcp.idleTimeout`,
};
const httpPool: Fields<HttpPoolProps> = {
  http1MaxPendingRequests: `${POOL}.http.http1MaxPendingRequests`,
  http2MaxRequests: `${POOL}.http.http2MaxRequests`,
  maxRequestsPerConnection: `${POOL}.http.maxRequestsPerConnection`,
  maxRetries: `${POOL}.http.maxRetries`,
  idleTimeout: `${POOL}.http.idleTimeout`,
};
const outliers: Fields<OutlierDetectionProps> = {
  consecutiveGatewayErrors: `${POLICY}.outlierDetection.consecutiveGatewayErrors`,
  consecutive5xxErrors: `${POLICY}.outlierDetection.consecutive5xxErrors`,
  consecutiveLocalOriginFailures: `${POLICY}.outlierDetection.consecutiveLocalOriginFailures`,
  interval: `${POLICY}.outlierDetection.interval`,
  baseEjectionTime: `${POLICY}.outlierDetection.baseEjectionTime`,
  maxEjectionPercent: `${POLICY}.outlierDetection.maxEjectionPercent`,
  minHealthPercent: `${POLICY}.outlierDetection.minHealthPercent`,
};
const balancer: Fields<LoadBalancerProps> = { simple: `${BALANCER}.simple`, warmup: `${BALANCER}.warmup`, consistentHash: HASH, localityLbSetting: `${BALANCER}.localityLbSetting` };
const simple: Readonly<Record<NonNullable<LoadBalancerProps['simple']>, string>> = {
  ROUND_ROBIN: `${BALANCER}.simple=ROUND_ROBIN`,
  LEAST_REQUEST: `${BALANCER}.simple=LEAST_REQUEST`,
  RANDOM: `${BALANCER}.simple=RANDOM`,
  PASSTHROUGH: `${BALANCER}.simple=PASSTHROUGH`,
};
const warmup: Fields<WarmupProps> = { duration: `${BALANCER}.warmup.duration`, minimumPercent: `${BALANCER}.warmup.minimumPercent`, aggression: `${BALANCER}.warmup.aggression` };
const hash: Fields<ConsistentHashProps> = {
  httpHeaderName: `${HASH}.httpHeaderName`,
  httpCookie: `${HASH}.httpCookie`,
  httpQueryParameterName: `${HASH}.httpQueryParameterName`,
  useSourceIp: `${HASH}.useSourceIp`,
};
const cookie: Fields<HashCookie> = { name: `${HASH}.httpCookie.name`, ttl: `${HASH}.httpCookie.ttl`, path: `${HASH}.httpCookie.path` };
const locality: Fields<LocalitySettings> = {
  distribute: `${BALANCER}.localityLbSetting.distribute`,
  failover: `${BALANCER}.localityLbSetting.failover`,
  failoverPriority: `${BALANCER}.localityLbSetting.failoverPriority`,
};
const budget: Fields<RetryBudgetProps> = { percent: `${POLICY}.retryBudget.percent`, minRetryConcurrency: `${POLICY}.retryBudget.minRetryConcurrency` };

/** Rules for connections, whose props are those of matches. */
const connections: Readonly<Record<string, string>> = {
  'tcp route': 'VirtualService.tcp.route',
  'tls route': 'VirtualService.tls.match.sniHosts',
};

const groups: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  match, texts, actions, rewrite, redirect, redirectCodes, directResponse, headers,
  'headers of requests': changes('request'),
  'headers of answers': changes('response'),
  cors, mirror, retries, 'retry conditions': conditions, abort, delay,
  policy, pool, tcpPool, httpPool, outliers, balancer, simple, warmup, hash, cookie, locality, budget, connections,
};

/** By the group and name of the prop. */
export const FIELDS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(groups).flatMap(([group, fields]) => Object.entries(fields).map(([name, path]) => [`${group}: ${name}`, path])),
);

/** What no case can show, and why. */
export const NOT_SEEN: Readonly<Record<string, string>> = {
  'balancer: warmup': 'the pods of a scene are all of one age',
  'warmup: duration': 'as warmup',
  'warmup: minimumPercent': 'as warmup',
  'warmup: aggression': 'as warmup',
};
