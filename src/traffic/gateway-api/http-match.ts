import type { HTTPRouteRulesMatches, HTTPRouteRulesMatchesHeaders } from '../../../imports/gateway-api/http-route';
import type { StringMatch } from '../../core/string-match';
import { cookiePattern } from '../rules/checked-match';
import type { Conditions } from '../rules/conditions';
import { within } from '../rules/refuse';
import type { Place } from '../rules/refuse';
import { noForm } from './no-form';
import type { SourceMatch } from './source-rule';

/** A path as HTTPRoutes match it. */
export interface PathMatch {
  readonly type: 'Exact' | 'PathPrefix' | 'RegularExpression';
  readonly value: string;
  /** It was said as a prefix of text, of which the rest of the path is to be kept. */
  readonly isTextPrefix?: boolean;
}

/** Every path. */
export const ANY_PATH: PathMatch = { type: 'PathPrefix', value: '/' };

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'] as const;
/** What a match, or the parent of its route, says. */
const WRITTEN = /^(uri|method|port|(header|query|cookie) .*)$/s;
/** An empty text, which a match cannot say as such. */
const EMPTY = '^$';

/**
 * The path of a match. Prefixes of the Gateway API end where a segment ends, so one of text becomes a pattern.
 *
 * @returns undefined for any path
 */
export function pathOf({ conditions, segment }: SourceMatch): PathMatch | undefined {
  if (segment !== undefined) return { type: 'PathPrefix', value: segment };
  const uri = conditions[0]?.wanted.get('uri');
  if (uri === undefined) return undefined;
  const isAnyCase = conditions[0]?.ignoresUriCase === true;
  if (uri.kind === 'exact' && !isAnyCase) return { type: 'Exact', value: uri.text };
  return { type: 'RegularExpression', value: `${isAnyCase ? '(?i)' : ''}${patternOf(uri)}`, isTextPrefix: uri.kind === 'prefix' };
}

/**
 * What else a match says: method, headers and parameters. The port is said by the route's parent.
 *
 * @throws MeshError for what HTTPRoutes cannot match.
 */
export function matchOf({ conditions, place }: SourceMatch): Omit<HTTPRouteRulesMatches, 'path'> {
  const first = conditions[0];
  if (first === undefined) return {};
  refuseOthers(first, place);
  const headers: HTTPRouteRulesMatchesHeaders[] = [];
  const queryParams: HTTPRouteRulesMatchesHeaders[] = [];
  for (const [key, value] of first.wanted) {
    const [kind = '', name = ''] = key.split(/ (.*)/s);
    if (kind === 'header') headers.push(named(name, value));
    else if (kind === 'query') queryParams.push(named(name, value));
    else if (kind === 'cookie') headers.push({ name: 'cookie', type: 'RegularExpression', value: cookiePattern(name, value).regex ?? '' });
  }
  const method = first.wanted.get('method');
  return {
    ...(method === undefined ? {} : { method: methodOf(method, place) }),
    ...(headers.length === 0 ? {} : { headers }),
    ...(queryParams.length === 0 ? {} : { queryParams }),
  };
}

function named(name: string, value: StringMatch): HTTPRouteRulesMatchesHeaders {
  return value.kind === 'exact' && value.text !== '' ? { name, type: 'Exact', value: value.text } : { name, type: 'RegularExpression', value: patternOf(value) };
}

/** A pattern that the whole text has to fit. */
function patternOf(value: StringMatch): string {
  if (value.kind === 'regex') return value.text;
  const text = value.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return { exact: text === '' ? EMPTY : text, prefix: `${text}.*`, suffix: `.*${text}`, present: '.*' }[value.kind];
}

function methodOf(method: StringMatch, place: Place): (typeof METHODS)[number] {
  const known = METHODS.find((one) => method.kind === 'exact' && one === method.text);
  if (known !== undefined) return known;
  throw noForm(within(place, 'method'), method.toString(), `one of ${METHODS.join(', ')}: HTTPRoutes match no other`, 'make a match for each method');
}

/** @throws MeshError for what has no place in a match of an HTTPRoute. */
function refuseOthers({ wanted, unwanted }: Conditions, place: Place): void {
  const claims = ([['claims', wanted], ['withoutClaims', unwanted]] as const).find(([, conditions]) => [...conditions.keys()].some((key) => key.startsWith('claim ')));
  if (claims !== undefined) throw noForm(within(place, claims[0]), 'a match by what a token says', 'a match by path, method, header or parameter: HTTPRoutes read no tokens', "give the gateway api: 'istio'");
  if (unwanted.size > 0) {
    throw noForm(within(place, 'withoutHeaders'), [...unwanted.keys()].join(', '), 'headers that requests have: HTTPRoutes negate nothing', 'match requests with the header by a rule of their own, and the others by a wider one');
  }
  const caller = [...wanted.keys()].find((key) => key === 'namespace' || key.startsWith('label '));
  if (caller !== undefined) {
    const property = [...wanted.keys()].some((key) => key.startsWith('label ')) ? 'source' : 'sourceNamespace';
    throw noForm(within(place, property), 'a match by who asks', 'a match by what is asked: routes of a Service are for all callers', "match a header that the caller sends, or give the service api: 'istio'");
  }
  // whatever is not known here is refused, too: left out, the rule would be for more than it says
  const other = [...wanted.keys()].find((key) => !WRITTEN.test(key));
  if (other === undefined) return;
  throw noForm(within(place, other), `${other} ${wanted.get(other)?.toString() ?? ''}`, 'a match by path, method, header or parameter: HTTPRoutes of a Service look at nothing else');
}
