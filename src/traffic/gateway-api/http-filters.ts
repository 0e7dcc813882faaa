import type { HTTPRouteRules, HTTPRouteRulesFilters, HTTPRouteRulesFiltersRequestHeaderModifier, HTTPRouteRulesRetry } from '../../../imports/gateway-api/http-route';
import type { VirtualServiceHttpHeadersRequest, VirtualServiceHttpRedirect } from '../../../imports/istio/virtual-service';
import { Duration } from '../../core/duration';
import { within } from '../rules/refuse';
import type { Place } from '../rules/refuse';
import type { BackendReader } from './backend-refs';
import type { GatewayApiSupport } from './cluster-support';
import { corsFilter } from './cors-filter';
import type { PathMatch } from './http-match';
import { noForm } from './no-form';
import type { SourceActions, SourceRule } from './source-rule';

/** What filters depend on beside their rule. */
export interface FilterContext {
  readonly support: GatewayApiSupport;
  readonly backends: BackendReader;
  /** Port that a redirect to another host leads to where it says none: as the scheme of the requests has it. */
  readonly plainPort: 80 | 443;
}

/** Envoy's steps of a percentage. */
const STEPS = 1_000_000;
/** What the Gateway API has tried again always, where it has anything tried again. */
const ALWAYS_RETRIED = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled'];
const GATEWAY_ERRORS = [502, 503, 504];

/** What is done with requests of a path. @throws MeshError for what HTTPRoutes cannot do. */
export function filtersOf(rule: SourceRule, path: PathMatch | undefined, context: FilterContext): HTTPRouteRulesFilters[] {
  const { actions, place } = rule;
  refuseOthers(rule);
  const { headers, corsPolicy, redirect, rewrite } = actions;
  const filters: HTTPRouteRulesFilters[] = [];
  if (headers?.request !== undefined) filters.push({ type: 'RequestHeaderModifier', requestHeaderModifier: changes(headers.request, within(place, 'headers.request')) });
  if (headers?.response !== undefined) filters.push({ type: 'ResponseHeaderModifier', responseHeaderModifier: changes(headers.response, within(place, 'headers.response')) });
  if (corsPolicy !== undefined) filters.push({ type: 'CORS', cors: corsFilter(corsPolicy, within(place, 'corsPolicy')) });
  if (redirect !== undefined) filters.push({ type: 'RequestRedirect', requestRedirect: redirectTo(redirect, context.plainPort) });
  if (rewrite !== undefined || rule.segmentRewrite !== undefined) filters.push(rewriteTo(rule, path));
  for (const { destination, percentage } of rule.mirrors) {
    const backendRef = context.backends.refTo(destination, within(place, 'mirror'));
    const share = Number.isInteger(percentage) ? { percent: percentage } : { fraction: { numerator: Math.round((percentage * STEPS) / 100), denominator: STEPS } };
    filters.push({ type: 'RequestMirror', requestMirror: { backendRef, ...share } });
  }
  return filters;
}

/** How long callers wait, and what is tried again. @throws MeshError for what HTTPRoutes cannot do. */
export function patienceOf({ actions, place }: SourceRule, { support }: FilterContext): Pick<HTTPRouteRules, 'timeouts' | 'retry'> {
  const { timeout, retries } = actions;
  const request = timeout === undefined ? undefined : Duration.parse(timeout).toGatewayApi(within(place, 'timeout'));
  const perTry = retries?.perTryTimeout;
  const backendRequest = perTry === undefined ? undefined : Duration.parse(perTry).toGatewayApi(within(place, 'retries.perTryTimeout'));
  const timeouts = { ...(request === undefined ? {} : { request }), ...(backendRequest === undefined ? {} : { backendRequest }) };
  return {
    ...(Object.keys(timeouts).length === 0 ? {} : { timeouts }),
    ...(retries === undefined ? {} : { retry: retryOf(retries, within(place, 'retries'), support) }),
  };
}

function retryOf({ attempts, retryOn }: NonNullable<SourceActions['retries']>, place: Place, { hasRetry }: GatewayApiSupport): HTTPRouteRulesRetry {
  if (!hasRetry) {
    throw noForm(place, 'retries, with the CRDs of the standard channel', 'those of the experimental channel, the only one that has them', "install them and say so: new Cluster(…, { gatewayApiChannel: 'experimental' }); or give the service api: 'istio'");
  }
  if (attempts === 0) throw noForm(within(place, 'attempts'), '0', 'one attempt or more: HTTPRoutes cannot switch off what Istio does by itself');
  if (retryOn === undefined) return { ...(attempts === undefined ? {} : { attempts }) };
  const conditions = retryOn.split(',');
  const missing = ALWAYS_RETRIED.filter((one) => !conditions.includes(one));
  const others = conditions.filter((one) => !ALWAYS_RETRIED.includes(one) && one !== 'gateway-error' && !/^[0-9]+$/.test(one));
  if (others.length > 0) {
    throw noForm(within(place, 'retryOn'), others.join(', '), `statuses, gateway-error, and ${ALWAYS_RETRIED.join(', ')}: HTTPRoutes know no other conditions`, 'name the statuses that are worth another try, such as 503');
  }
  if (missing.length > 0) {
    throw noForm(within(place, 'retryOn'), `conditions without ${missing.join(', ')}`, `these as well: where HTTPRoutes retry at all, they retry them`, `add ${missing.map((one) => `'${one}'`).join(', ')}`);
  }
  const codes = conditions.flatMap((one) => (one === 'gateway-error' ? GATEWAY_ERRORS : /^[0-9]+$/.test(one) ? [Number(one)] : []));
  return { ...(attempts === undefined ? {} : { attempts }), ...(codes.length === 0 ? {} : { codes: [...new Set(codes)].sort((a, b) => a - b) }) };
}

/** @throws MeshError for actions that no filter does. */
function refuseOthers({ actions, place, hasDelegate = false }: SourceRule): void {
  if (actions.fault !== undefined) {
    throw noForm(within(place, 'fault'), 'a failure on purpose', 'what HTTPRoutes do: lead on, change, redirect, copy, wait, retry', "lead its cohort to a service that fails, or give the service api: 'istio'");
  }
  if (actions.directResponse !== undefined) {
    throw noForm(within(place, 'directResponse'), 'an answer of the proxy', 'what HTTPRoutes do: lead on or redirect', "let a service answer, or give the service api: 'istio'");
  }
  if (hasDelegate) throw noForm(within(place, 'delegate'), 'a delegate', 'rules of the service itself: HTTPRoutes do not lead to each other', 'let the other team add rules with service.route(…), from anywhere in the program');
}

function changes({ set, add, remove }: VirtualServiceHttpHeadersRequest, place: Place): HTTPRouteRulesFiltersRequestHeaderModifier {
  const list = (values: Readonly<Record<string, string>>): { name: string; value: string }[] => Object.entries(values).map(([name, value]) => ({ name, value: literal(value, within(place, name)) }));
  return {
    ...(set === undefined ? {} : { set: list(set) }),
    ...(add === undefined ? {} : { add: list(add) }),
    ...(remove === undefined ? {} : { remove: [...remove] }),
  };
}

/** A percent sign is Envoy's, and means nothing to other readers of the route. */
function literal(value: string, place: Place): string {
  if (!value.includes('%')) return value;
  throw noForm(place, JSON.stringify(value), 'a value without percent signs: variables are Envoy\'s, and no part of the Gateway API');
}

/** What is left out would be 302 there, and the port of the listener. */
function redirectTo({ uri, authority, scheme, port, redirectCode }: VirtualServiceHttpRedirect, plainPort: number): NonNullable<Extract<HTTPRouteRulesFilters, { type: 'RequestRedirect' }>['requestRedirect']> {
  const [hostname, given] = authority?.split(':') ?? [];
  const toPort = port ?? (given === undefined ? undefined : Number(given)) ?? (hostname === undefined || scheme !== undefined ? undefined : plainPort);
  return {
    ...(scheme === undefined ? {} : { scheme: scheme as 'http' | 'https' }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(toPort === undefined ? {} : { port: toPort }),
    ...(uri === undefined ? {} : { path: { type: 'ReplaceFullPath', replaceFullPath: uri } }),
    statusCode: (redirectCode ?? 301) as 301,
  };
}

function rewriteTo({ actions: { rewrite }, segmentRewrite, place }: SourceRule, path: PathMatch | undefined): HTTPRouteRulesFilters {
  const at = within(place, 'rewrite');
  const hostname = rewrite?.authority;
  if (segmentRewrite === undefined && rewrite?.uriRegexRewrite !== undefined) {
    throw noForm(within(at, 'uriRegexRewrite'), JSON.stringify(rewrite.uriRegexRewrite.match), 'uri, which takes the place of the whole path: HTTPRoutes rewrite by no pattern', 'make a rule for each path');
  }
  const uri = segmentRewrite ?? rewrite?.uri;
  return {
    type: 'URLRewrite',
    urlRewrite: { ...(hostname === undefined ? {} : { hostname: hostOnly(hostname, within(at, 'authority')) }), ...(uri === undefined ? {} : { path: pathTo(uri, segmentRewrite !== undefined, path, within(at, 'uri')) }) },
  };
}

function hostOnly(authority: string, place: Place): string {
  if (!authority.includes(':')) return authority;
  throw noForm(place, JSON.stringify(authority), 'a host without a port: HTTPRoutes rewrite the name only', 'take the port out');
}

/** In Istio's form a prefix of text is replaced, and of a pattern or an exact path all of it. */
function pathTo(uri: string, isSegment: boolean, path: PathMatch | undefined, place: Place): { type: 'ReplaceFullPath'; replaceFullPath: string } | { type: 'ReplacePrefixMatch'; replacePrefixMatch: string } {
  if (isSegment) return { type: 'ReplacePrefixMatch', replacePrefixMatch: uri };
  if (path !== undefined && path.isTextPrefix !== true) return { type: 'ReplaceFullPath', replaceFullPath: uri };
  const got = path === undefined ? 'a rewrite, and no path that it is for' : 'a rewrite of a prefix of text';
  throw noForm(place, got, 'a rule for exact paths: HTTPRoutes replace a whole path, or a prefix by segment', 'match the exact path that is rewritten');
}
