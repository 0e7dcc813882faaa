import { mayOverlap } from '../rules/conditions';
import { refuse } from '../rules/refuse';
import type { MeshError } from '../../errors/mesh-error';
import type { HTTPRouteRulesMatches } from '../../../imports/gateway-api/http-route';
import type { SourceMatch, SourceRule } from './source-rule';

/** One match of a rule as the route has it, in the place that it is to be tried. */
export interface PlacedMatch {
  readonly rule: SourceRule;
  /** Undefined where the rule is for any request. */
  readonly source: SourceMatch | undefined;
  readonly match: HTTPRouteRulesMatches;
}

const PATH_RANKS: Readonly<Record<string, number>> = { Exact: 2, PathPrefix: 1, RegularExpression: 0 };

/**
 * Which of two matches proxies try first: negative for `a`, and 0 where the order in the route decides. Paths go first, exact
 * before prefixes before patterns, the longer of two before the shorter; then those with a method, with more headers, with
 * more parameters. Where the Gateway API leaves the place of patterns open, it is that of Istio.
 *
 * @see https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
 */
export function comparePrecedence(a: HTTPRouteRulesMatches, b: HTTPRouteRulesMatches): number {
  const rank = (one: HTTPRouteRulesMatches): number[] => [
    PATH_RANKS[one.path?.type ?? ''] ?? 0,
    one.path?.value?.length ?? 0,
    one.method === undefined ? 0 : 1,
    one.headers?.length ?? 0,
    one.queryParams?.length ?? 0,
  ];
  const [left, right] = [rank(a), rank(b)];
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? 0 : (right[at] ?? 0) - (left[at] ?? 0);
}

/** True unless it is certain that no request fits both. */
export function overlap(a: Pick<PlacedMatch, 'source'>, b: Pick<PlacedMatch, 'source'>): boolean {
  if (a.source === undefined || b.source === undefined) return true;
  const others = b.source.conditions;
  return a.source.conditions.some((one) => others.some((other) => mayOverlap(one, other)));
}

/** What is wrong with the order of matches: one that is to come first, and that proxies try after a later one. */
export function orderFindings(matches: readonly PlacedMatch[]): MeshError[] {
  return matches.flatMap((later, index) => {
    const first = matches.slice(0, index).find((earlier) => comparePrecedence(earlier.match, later.match) > 0 && overlap(earlier, later));
    return first === undefined ? [] : [orderError(first, later)];
  });
}

function orderError(first: PlacedMatch, later: PlacedMatch): MeshError {
  const { construct, property } = first.source?.place ?? first.rule.place;
  const place = { construct, property };
  const other = later.source?.place ?? later.rule.place;
  return refuse(
    place,
    'gateway-api-order',
    `${textOf(first.match)}, which HTTPRoutes try after ${textOf(later.match)} of ${other.construct}`,
    'rules whose order is that of the Gateway API: exact paths, longer prefixes, patterns, then a method, more headers, more parameters',
    "say more in the one that is to go first, such as its path, or give the service api: 'istio'",
  );
}

/** A match on one line. */
function textOf({ path, method, headers = [], queryParams = [] }: HTTPRouteRulesMatches): string {
  const parts = [`${path?.type ?? ''} "${path?.value ?? ''}"`, ...(method === undefined ? [] : [method])];
  parts.push(...headers.map(({ name }) => `header ${name}`), ...queryParams.map(({ name }) => `parameter ${name}`));
  return parts.join(', ');
}
