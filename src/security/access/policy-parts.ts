import type { AuthorizationPolicyRules, AuthorizationPolicyRulesFromSource } from '../../../imports/istio/authorization-policy';
import { SOURCE_KEYS } from '../callers/callers';
import { LISTS } from './access-rule';
import type { NamedGrant } from './policy-rules';
import { rulesOf } from './policy-rules';

/**
 * Characters of the rules of one policy. An API server takes an object of 1.5 MB, and `kubectl apply` writes it once more into an
 * annotation, of which there may be 262,144 bytes in all.
 */
const LARGEST = 200_000;
/** Rules of a policy, of which the CRD takes no more; operations of a rule, so that none grows large. */
const MOST = 512;
/** A policy of fewer callers, paths and the like is smaller: names are 253 characters at most. */
const MANY = 600;

/**
 * The rules of grants to the same pods, in as many policies as they need: a request fits several policies of one action as it fits one.
 * Mostly it is one.
 */
export function policyParts(grants: readonly NamedGrant[]): readonly (readonly AuthorizationPolicyRules[])[] {
  const rules = rulesOf(grants);
  if (isOnePolicy(grants)) return [rules];
  const parts: AuthorizationPolicyRules[][] = [[]];
  let room = LARGEST;
  for (const rule of rules.flatMap(smallerRules)) {
    const size = JSON.stringify(rule).length;
    const last = parts[parts.length - 1] ?? [];
    if (last.length > 0 && (size > room || last.length === MOST)) {
      parts.push([rule]);
      room = LARGEST;
    } else last.push(rule);
    room -= size;
  }
  return parts;
}

/** Whether grants find room in one policy, as can be told without their rules. */
export function isOnePolicy(grants: readonly NamedGrant[]): boolean {
  let names = 0;
  for (const { from, rule } of grants) {
    for (const key of LISTS) names += rule[key]?.length ?? 0;
    for (const { source } of from) names += 1 + SOURCE_KEYS.reduce((sum, key) => sum + (source[key]?.length ?? 0), 0);
  }
  return names < MANY;
}

/** Callers are alternatives, and so are operations: a rule for too many is one for some, and one for the others. */
function smallerRules(rule: AuthorizationPolicyRules): AuthorizationPolicyRules[] {
  const { from = [], to = [], ...rest } = rule;
  const isLarge = JSON.stringify(rule).length > LARGEST;
  if (to.length > MOST || (isLarge && to.length > 1)) return halves(to).flatMap((some) => smallerRules({ ...rule, to: some }));
  if (!isLarge) return [rule];
  const sources = from.flatMap(({ source = {} }) => smallerSources(source));
  return sources.length < 2 ? [rule] : halves(sources).flatMap((some) => smallerRules({ ...rest, ...(to.length === 0 ? {} : { to }), from: some.map((source) => ({ source })) }));
}

function smallerSources(source: AuthorizationPolicyRulesFromSource): AuthorizationPolicyRulesFromSource[] {
  const key = SOURCE_KEYS.find((each) => (source[each]?.length ?? 0) > 1);
  const names = key === undefined ? [] : (source[key] ?? []);
  if (key === undefined || JSON.stringify(names).length <= LARGEST / 2) return [source];
  return halves(names).flatMap((some) => smallerSources({ ...source, [key]: some }));
}

function halves<T>(all: readonly T[]): T[][] {
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle), all.slice(middle)];
}
