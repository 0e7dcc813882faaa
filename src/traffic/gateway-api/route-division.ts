import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { refuse } from '../rules/refuse';
import { comparePrecedence, orderFindings, overlap } from './precedence';
import type { PlacedMatch } from './precedence';

/** What rules of HTTPRoutes and GRPCRoutes have in common. */
interface RouteRule {
  matches?: object[];
  filters?: { readonly urlRewrite?: { readonly path?: { readonly type?: string } } }[] | object[];
}

/** The rules of routes, one list a route, and what has no form. */
export interface DividedRoutes<R> {
  readonly routes: readonly (readonly R[])[];
  readonly findings: readonly Finding[];
}

/** What one route takes. */
const MOST_RULES = 16;
const MOST_MATCHES = 64;
const MOST_MATCHES_OF_ALL = 128;

/**
 * Writes matches, in the order that they are to be tried, as rules: of one route where they find room in it, else of several.
 *
 * @param ruleOf the rule of one match
 */
export function writeRoutes<R extends RouteRule, P extends PlacedMatch>(placed: readonly P[], ruleOf: (match: P) => R): DividedRoutes<R> {
  const findings: Finding[] = [];
  const written = placed.flatMap((one): Grouped<R>[] => {
    try {
      return [{ matches: [one], rule: ruleOf(one) }];
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
      findings.push(...error.findings);
      return [];
    }
  });
  findings.push(...orderFindings(placed).flatMap((error) => error.findings));
  const routes = divided(grouped(written));
  findings.push(...dividedFindings(routes).flatMap((error) => error.findings));
  return findings.length > 0 ? { routes: [], findings: unique(findings) } : { routes: routes.map((route) => route.map(({ rule }) => rule)), findings };
}

interface Grouped<R> {
  readonly matches: readonly PlacedMatch[];
  readonly rule: R;
}

/** Matches of one rule that follow each other, and of which all is done alike, are one. A prefix that is replaced stands alone. */
function grouped<R extends RouteRule>(written: readonly Grouped<R>[]): Grouped<R>[] {
  const groups: Grouped<R>[] = [];
  for (const one of written) {
    const last = groups.at(-1);
    const isOne = last !== undefined && last.matches[0]?.rule === one.matches[0]?.rule && !replacesPrefix(one.rule) && sameActions(last.rule, one.rule);
    if (!isOne || last.matches.length === MOST_MATCHES) groups.push(one);
    else groups[groups.length - 1] = { matches: [...last.matches, ...one.matches], rule: { ...last.rule, matches: [...(last.rule.matches ?? []), ...(one.rule.matches ?? [])] } };
  }
  return groups;
}

function replacesPrefix({ filters = [] }: RouteRule): boolean {
  return filters.some((filter) => (filter as { urlRewrite?: { path?: { type?: string } } }).urlRewrite?.path?.type === 'ReplacePrefixMatch');
}

function sameActions(a: RouteRule, b: RouteRule): boolean {
  return JSON.stringify({ ...a, matches: undefined }) === JSON.stringify({ ...b, matches: undefined });
}

/** As many rules in a route as it takes. */
function divided<R>(groups: readonly Grouped<R>[]): Grouped<R>[][] {
  const routes: Grouped<R>[][] = [];
  let matches = 0;
  for (const one of groups) {
    const last = routes.at(-1);
    const isFull = last === undefined || last.length === MOST_RULES || matches + one.matches.length > MOST_MATCHES_OF_ALL;
    if (isFull) routes.push([one]);
    else last.push(one);
    matches = isFull ? one.matches.length : matches + one.matches.length;
  }
  return routes;
}

/** Which of two routes is tried first, their age decides: what they say must not hang on it. */
function dividedFindings<R>(routes: readonly (readonly Grouped<R>[])[]): MeshError[] {
  return routes.slice(1).flatMap((route, index) => {
    const before = routes.slice(0, index + 1).flat().flatMap(({ matches }) => matches);
    return route.flatMap(({ matches }) => matches).flatMap((later) => {
      const tie = before.find((earlier) => comparePrecedence(earlier.match, later.match) === 0 && overlap(earlier, later));
      return tie === undefined ? [] : [tooMany(tie, later)];
    });
  });
}

function tooMany(earlier: PlacedMatch, later: PlacedMatch): MeshError {
  return refuse(
    later.source?.place ?? later.rule.place,
    'gateway-api-order',
    `a rule beyond the ${MOST_RULES} of one route, which only its place in it puts behind ${(earlier.source?.place ?? earlier.rule.place).construct}`,
    `${MOST_RULES} rules at most, or rules that the Gateway API puts in order by what they match`,
    'say more in one of the two, such as its path, or take rules together',
  );
}

function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}
