import type { HTTPRouteRules } from '../../../imports/gateway-api/http-route';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { filtersOf, patienceOf } from './http-filters';
import type { FilterContext } from './http-filters';
import { ANY_PATH, matchOf, pathOf } from './http-match';
import type { PathMatch } from './http-match';
import { overlap } from './precedence';
import type { PlacedMatch } from './precedence';
import { writeRoutes } from './route-division';
import type { DividedRoutes } from './route-division';
import type { SourceRule } from './source-rule';

/** Every path, in the rank of patterns: where there are some, `/` would be tried before them. */
const ANY_PATTERN: PathMatch = { type: 'RegularExpression', value: '.*' };

/** Rules in the order that proxies are to try them, as rules of HTTPRoutes. */
export function httpRouteRules(rules: readonly SourceRule[], context: FilterContext): DividedRoutes<HTTPRouteRules> {
  const findings: Finding[] = [];
  const unplaced = rules.flatMap((rule) => {
    try {
      return matchesOf(rule);
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
      findings.push(...error.findings);
      return [];
    }
  });
  const written = writeRoutes(withPaths(unplaced), ({ rule, match, path }): HTTPRouteRules => {
    const filters = filtersOf(rule, path, context);
    const at = rule.place.property === '' ? 'to' : `${rule.place.property}.to`;
    return {
      matches: [match],
      ...(filters.length === 0 ? {} : { filters }),
      ...patienceOf(rule, context),
      ...(rule.route === undefined ? {} : { backendRefs: context.backends.refsTo(rule.route, { ...rule.place, property: at }) }),
    };
  });
  return findings.length === 0 ? written : { routes: [], findings: [...findings, ...written.findings] };
}

interface Unplaced extends Omit<PlacedMatch, 'match'> {
  /** Undefined for any. */
  readonly path: PathMatch | undefined;
  readonly match: Omit<PlacedMatch['match'], 'path'>;
}

function matchesOf(rule: SourceRule): Unplaced[] {
  if (rule.matches.length === 0) return [{ rule, source: undefined, path: undefined, match: {} }];
  return rule.matches.map((source) => ({ rule, source, path: pathOf(source), match: matchOf(source) }));
}

/** A match of any path is tried among patterns, behind those that are longer; before them where one is to come later. */
function withPaths(all: readonly Unplaced[]): (PlacedMatch & { readonly path: PathMatch | undefined })[] {
  const isPattern = ({ path }: Unplaced): boolean => path?.type === 'RegularExpression';
  const hasPatterns = all.some(isPattern);
  return all.map((one, index) => {
    const goesBefore = all.slice(index + 1).some((later) => isPattern(later) && overlap(one, later));
    const { type, value } = one.path ?? (hasPatterns && !goesBefore ? ANY_PATTERN : ANY_PATH);
    return { ...one, match: { path: { type, value }, ...one.match } };
  });
}
