import type { VirtualServiceHttpMatch, VirtualServiceStringMatch } from '../../../imports/istio/virtual-service';
import { Duration } from '../../core/duration';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { istioMatch } from './checked-match';
import { ruleName } from './checked-route';
import type { CheckedRoute } from './checked-route';
import { conditionsText } from './conditions';
import type { Conditions } from './conditions';
import { requireTime } from './failure-actions';
import { within } from './refuse';

/** A route of a delegate, as proxies try it. */
export interface DelegatedStep {
  readonly rule: CheckedRoute;
  /** Empty for any request. */
  readonly matches: readonly Conditions[];
}

/**
 * Routes of a delegate that Istio drops without a word, because one of their matches goes beyond the rule that leads to them; and
 * those whose tries do not fit into a timeout that one of the two has.
 *
 * @param rule the rule that leads there
 * @param roots its matches; empty for any request
 */
export function delegateFindings(rule: CheckedRoute, roots: readonly Conditions[], steps: readonly DelegatedStep[]): Finding[] {
  const late = steps.flatMap((step) => patienceFindings(rule, step));
  if (roots.length === 0) return late;
  const dropped = steps.flatMap((step) => {
    const beyond = step.matches.map((leaf) => ({ leaf, why: beyondAll(roots, leaf) })).find(({ why }) => why !== undefined);
    return beyond?.why === undefined ? [] : [finding(rule, step, beyond.leaf, beyond.why)];
  });
  return [...dropped, ...late];
}

/** A route has the timeout of the rule, or its retries, where it says only the other of the two. */
function patienceFindings(rule: CheckedRoute, { rule: { place, owner, actions, to } }: DelegatedStep): readonly Finding[] {
  const { timeout = rule.actions.timeout, retries = rule.actions.retries } = actions;
  if (to === undefined || timeout === undefined || retries?.perTryTimeout === undefined) return [];
  const property = within(place, actions.retries === undefined ? 'timeout' : 'retries.perTryTimeout').property;
  try {
    requireTime(Duration.of(retries.perTryTimeout), retries.attempts ?? 0, Duration.of(timeout), { construct: owner.node.path, property });
    return [];
  } catch (error) {
    if (!MeshError.isMeshError(error)) throw error;
    return error.findings.map((each) => ({ ...each, expected: `${each.expected}, of which ${ruleName(rule)} has a part` }));
  }
}

/** What keeps a match from all of those that lead to it; undefined where it fits one. */
function beyondAll(roots: readonly Conditions[], leaf: Conditions): string | undefined {
  const reasons = roots.map((root) => beyond(istioMatch(root) ?? {}, istioMatch(leaf) ?? {}));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

/** The part of a match in which it goes beyond the other, by Istio's reckoning: it compares texts, and never patterns. */
function beyond(root: VirtualServiceHttpMatch, leaf: VirtualServiceHttpMatch): string | undefined {
  const single = (['uri', 'scheme', 'method', 'authority'] as const).find((key) => differs(root[key], leaf[key]));
  if (single !== undefined) return single;
  for (const key of ['headers', 'withoutHeaders', 'queryParams'] as const) {
    const name = Object.keys(leaf[key] ?? {}).find((each) => differs(root[key]?.[each], leaf[key]?.[each]));
    if (name !== undefined) return `${key}.${name}`;
  }
  if (root.ignoreUriCase !== leaf.ignoreUriCase) return 'ignoreUriCase';
  if (root.port !== undefined && leaf.port !== undefined && root.port !== leaf.port) return 'port';
  if (root.sourceNamespace !== undefined && root.sourceNamespace !== leaf.sourceNamespace) return 'sourceNamespace';
  const label = Object.keys(leaf.sourceLabels ?? {}).find((each) => (root.sourceLabels?.[each] ?? leaf.sourceLabels?.[each]) !== leaf.sourceLabels?.[each]);
  return label === undefined ? undefined : 'source';
}

/** Where both say something, the second has to be the same text, or one that begins with the first's prefix. */
function differs(root: VirtualServiceStringMatch | undefined, leaf: VirtualServiceStringMatch | undefined): boolean {
  if (root === undefined || leaf === undefined) return false;
  if (root.exact !== undefined) return leaf.exact !== root.exact;
  const text = leaf.exact ?? leaf.prefix;
  return root.prefix === undefined || text === undefined || !text.startsWith(root.prefix);
}

const FIXES: Readonly<Record<string, string>> = {
  ignoreUriCase: 'say ignoreUriCase at both, or at none',
  sourceNamespace: 'say the same source or sourceNamespace in the route of the delegate',
};

function finding(rule: CheckedRoute, step: DelegatedStep, leaf: Conditions, why: string): Finding {
  const { property } = rule.place;
  return {
    code: 'never-matches',
    construct: rule.owner.node.path,
    property: property === '' ? 'delegate' : `${property}.delegate`,
    got: `${ruleName(step.rule)} (${conditionsText(leaf)}), which in ${why} is not within the matches of this rule`,
    expected: 'a delegate whose routes are narrower: Istio leaves out all others',
    fix: FIXES[why] ?? `leave ${why} out of one of the two, or let the text of the delegate's begin with that of this rule`,
  };
}
