import type { VirtualServiceHttp } from '../../imports/istio/virtual-service';
import type { Finding } from '../errors/finding';
import type { CheckedRoute } from '../traffic/rules/checked-route';
import { mayOverlap } from '../traffic/rules/conditions';
import { istioRoute } from '../traffic/rules/http-rules';
import { plannedRules } from '../traffic/rules/planned-rules';
import type { PlannedRule } from '../traffic/rules/planned-rules';
import { HSTS_HEADER } from './hsts';
import type { HostPlan, HostRule } from './ingress-plan';

/** The rules of a host in the order that proxies must try them, and what is wrong with them. */
export function hostRules(plan: HostPlan): { readonly rules: readonly HostRule[]; readonly findings: readonly Finding[] } {
  const given = plan.contributions.flatMap(({ rules }) => rules);
  const byRoute = new Map(given.map((rule) => [rule.route, rule]));
  const { rules, findings } = plannedRules({ host: plan.host }, given.map(({ route }) => route));
  const made = tidied(rules).flatMap((planned): HostRule[] => {
    const rule = planned.rule === undefined ? undefined : byRoute.get(planned.rule);
    return rule === undefined ? [] : [{ rule, http: withHsts(istioRoute(planned), plan.hsts), matches: planned.matches }];
  });
  return { rules: made, findings: onceEach(findings) };
}

/** The header on every answer, also on those that the gateway gives itself. */
function withHsts(http: VirtualServiceHttp, value: string | undefined): VirtualServiceHttp {
  if (value === undefined) return http;
  const { response, ...rest } = http.headers ?? {};
  return { ...http, headers: { ...rest, response: { ...response, set: { ...response?.set, [HSTS_HEADER]: value } } } };
}

/** Whether a rule says something of the header itself. */
export function saysHsts({ actions }: CheckedRoute): boolean {
  const { set = {}, add = {}, remove = [] } = actions.headers?.response ?? {};
  return HSTS_HEADER in set || HSTS_HEADER in add || remove.includes(HSTS_HEADER);
}

/** Brings pieces of a rule together where nothing stands between them that a request of theirs might meet. */
function tidied(rules: readonly PlannedRule[]): PlannedRule[] {
  const tidy: PlannedRule[] = [];
  for (const piece of rules) {
    const at = tidy.findLastIndex(({ rule }) => rule === piece.rule);
    const between = at < 0 ? [] : tidy.slice(at + 1);
    const earlier = tidy[at];
    const isFree = between.every(({ matches }) => matches.every((one) => piece.matches.every((other) => !mayOverlap(one, other))));
    if (earlier !== undefined && earlier.matches.length > 0 && piece.matches.length > 0 && isFree) tidy[at] = { ...earlier, matches: [...earlier.matches, ...piece.matches] };
    else tidy.push(piece);
  }
  return tidy;
}

/** A path by segments is two matches, of which both may be in the way of the same other rule. */
function onceEach(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, construct = '', property }) => {
    const key = [code, construct, property].join('\n');
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}
