import type { Finding } from '../../errors/finding';
import { conditionsText, covers, mayOverlap } from './conditions';
import type { Conditions } from './conditions';
import { ruleName } from './checked-route';
import type { CheckedRoute } from './checked-route';

/** One match of a rule, as it is ordered among all matches for a host. */
export interface Candidate {
  readonly rule: CheckedRoute;
  readonly property: string;
  readonly conditions: Conditions;
}

interface Ranked extends Candidate {
  /** The priority that it has in effect: what is narrower than a rule never comes after it. */
  readonly priority: number;
  /** How many are wider. */
  readonly depth: number;
  readonly text: string;
}

/** Candidates in the order that proxies try them, and what keeps them from having one. */
export interface Ordered {
  readonly candidates: readonly Candidate[];
  readonly findings: readonly Finding[];
}

/**
 * Orders matches: the narrower goes before the wider, and of two of which neither is, the one of higher priority. Those
 * that no request fits both are ordered by what they say, so that nothing hangs on the order of construction.
 */
export function orderOf(candidates: readonly Candidate[]): Ordered {
  const ranked = rank(candidates);
  ranked.sort((a, b) => b.priority - a.priority || b.depth - a.depth || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  const findings: Finding[] = [];
  for (const [index, later] of ranked.entries()) {
    const finding = ranked.slice(0, index).map((earlier) => conflict(earlier, later)).find((found) => found !== undefined);
    if (finding !== undefined) findings.push(finding);
  }
  return { candidates: ranked, findings };
}

function rank(candidates: readonly Candidate[]): Ranked[] {
  return candidates.map((candidate) => {
    const wider = candidates.filter((other) => other !== candidate && covers(other.conditions, candidate.conditions) && !covers(candidate.conditions, other.conditions));
    const priority = Math.max(candidate.rule.priority, ...wider.map(({ rule }) => rule.priority));
    return { ...candidate, priority, depth: wider.length, text: conditionsText(candidate.conditions) };
  });
}

/** What is wrong with the later of two, because of the earlier. */
function conflict(earlier: Ranked, later: Ranked): Finding | undefined {
  if (covers(earlier.conditions, later.conditions)) {
    const isTie = earlier.rule.priority === later.rule.priority && earlier.rule !== later.rule;
    return isTie ? overlap(earlier, later, 'the same requests') : neverMatches(earlier, later);
  }
  const isDecided = earlier.rule === later.rule || earlier.priority > later.priority || covers(later.conditions, earlier.conditions);
  return isDecided || !mayOverlap(earlier.conditions, later.conditions) ? undefined : overlap(earlier, later, 'some of the same requests');
}

function overlap(earlier: Ranked, later: Ranked, what: string): Finding {
  return {
    code: 'rule-overlap',
    construct: later.rule.owner.node.path,
    property: later.property,
    got: `${later.text}; ${what} fit ${ruleName(earlier.rule)} (${earlier.text})`,
    expected: 'rules of which one is narrower, or has the higher priority',
    fix: 'give one of the two a priority: 1, or a match that keeps them apart',
  };
}

function neverMatches(earlier: Ranked, later: Ranked): Finding {
  return {
    code: 'never-matches',
    construct: later.rule.owner.node.path,
    property: later.property,
    got: `${later.text}, which ${ruleName(earlier.rule)} takes all of (${earlier.text})`,
    expected: 'a rule that some request comes to',
    fix: 'take one of the two out, or make this one narrower',
  };
}
