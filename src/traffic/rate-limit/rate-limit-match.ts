import type { IConstruct } from 'constructs';
import type { VirtualServiceHttpMatch, VirtualServiceStringMatch } from '../../../imports/istio/virtual-service';
import { checkMatch, istioMatch } from '../rules/checked-match';
import { refuse } from '../rules/refuse';
import type { Place } from '../rules/refuse';
import type { RouteMatch } from '../rules/route-match';
import type { Json, JsonObject } from '../../rules/json';

/** The requests that a limit is for; all that is given must hold. Its keys mean what they mean in a rule of a service. */
export type RateLimitMatch = Pick<RouteMatch, (typeof LIMIT_MATCH_KEYS)[number]>;

/** What a proxy can tell of a request that came to it; who asks is told by `RateLimitKey.clientIdentity()`. */
const LIMIT_MATCH_KEYS = ['uri', 'method', 'headers', 'withoutHeaders', 'cookie', 'queryParams', 'authority'] as const;

/** One entry of a descriptor: what a limit is found by. */
export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** A limit's requests as Envoy tells them: actions that make a descriptor of these entries, and of no other request one. */
export interface Descriptor {
  readonly actions: readonly JsonObject[];
  readonly entries: readonly Entry[];
}

/**
 * How Envoy tells the requests of a match from others.
 *
 * @param first the entry by which the limit itself is found
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/rate_limit_filter#composing-actions
 * @throws MeshError when a value of the match cannot be, or it fits any request.
 */
export function descriptorOf(owner: IConstruct, match: RateLimitMatch | undefined, place: Place, first: Entry): Descriptor {
  const told = match === undefined ? {} : toldBy(owner, match, place);
  const headers = headerMatchers(told);
  const own = { descriptor_key: first.key, descriptor_value: first.value };
  const action: JsonObject = headers.length === 0 ? { generic_key: own } : { header_value_match: { ...own, headers } };
  const query = Object.entries(told.queryParams ?? {}).map(([name, text]) => ({ name, ...valueMatcher(text) }));
  if (query.length === 0) return { actions: [action], entries: [first] };
  const entry = { key: 'query', value: 'fits' };
  const byQuery = { query_parameter_value_match: { descriptor_key: entry.key, descriptor_value: entry.value, query_parameters: query } };
  return { actions: [action, byQuery], entries: [first, entry] };
}

function toldBy(owner: IConstruct, match: RateLimitMatch, place: Place): VirtualServiceHttpMatch {
  const { conditions } = checkMatch(owner, match, place, () => undefined, LIMIT_MATCH_KEYS);
  const told = istioMatch(conditions);
  if (told !== undefined) return told;
  throw refuse(place, 'bad-match', 'a match that fits any request', 'a match that tells some requests from others', 'leave it out for all of them');
}

function headerMatchers({ uri, method, authority, headers, withoutHeaders }: VirtualServiceHttpMatch): JsonObject[] {
  const pseudo = [[':method', method], [':authority', authority]] as const;
  return [
    ...(uri === undefined ? [] : [{ name: ':path', ...pathMatcher(uri) }]),
    ...pseudo.flatMap(([name, text]) => (text === undefined ? [] : [{ name, ...valueMatcher(text) }])),
    ...Object.entries(headers ?? {}).map(([name, text]) => ({ name, ...valueMatcher(text) })),
    // a header that is not there has not the value, either
    ...Object.entries(withoutHeaders ?? {}).map(([name, text]) => ({ name, ...valueMatcher(text), invert_match: true, ...(isPresence(text) ? {} : { treat_missing_header_as_empty: true }) })),
  ];
}

/** Envoy's `:path` ends with the query, which is no part of the path that a match is about. */
function pathMatcher(uri: VirtualServiceStringMatch): JsonObject {
  if (uri.prefix !== undefined) return { string_match: { prefix: uri.prefix } };
  const pattern = uri.regex === undefined ? escaped(uri.exact ?? '') : `(?:${uri.regex})`;
  return { string_match: { safe_regex: { regex: `${pattern}(?:\\?.*)?` } } };
}

function valueMatcher(text: VirtualServiceStringMatch): { readonly [key: string]: Json } {
  if (text.exact !== undefined) return { string_match: { exact: text.exact } };
  if (text.prefix !== undefined) return { string_match: { prefix: text.prefix } };
  if (text.regex !== undefined) return { string_match: { safe_regex: { regex: text.regex } } };
  return { present_match: true };
}

function isPresence(text: VirtualServiceStringMatch): boolean {
  return text.exact === undefined && text.prefix === undefined && text.regex === undefined;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
