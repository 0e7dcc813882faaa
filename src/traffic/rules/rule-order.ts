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

/** A candidate among the others. */
class Ranked implements Candidate {
  public readonly rule: CheckedRoute;
  public readonly property: string;
  public readonly conditions: Conditions;
  /** The priority that it has in effect: what is narrower than a rule never comes after it. */
  public priority: number;
  /** How many are wider. */
  public depth = 0;
  private told: string | undefined;

  public constructor({ rule, property, conditions }: Candidate) {
    this.rule = rule;
    this.property = property;
    this.conditions = conditions;
    this.priority = rule.priority;
  }

  /** What it says: put together only where nothing else decides, or something is wrong. */
  public get text(): string {
    return (this.told ??= conditionsText(this.conditions));
  }
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
    const finding = firstConflict(ranked, index, later);
    if (finding !== undefined) findings.push(finding);
  }
  return { candidates: ranked, findings };
}

function rank(candidates: readonly Candidate[]): Ranked[] {
  const ranked = candidates.map((candidate) => new Ranked(candidate));
  for (const narrow of ranked) {
    for (const wide of ranked) {
      if (wide === narrow || !covers(wide.conditions, narrow.conditions) || covers(narrow.conditions, wide.conditions)) continue;
      narrow.priority = Math.max(narrow.priority, wide.rule.priority);
      narrow.depth += 1;
    }
  }
  return ranked;
}

function firstConflict(ranked: readonly Ranked[], end: number, later: Ranked): Finding | undefined {
  for (let index = 0; index < end; index += 1) {
    const finding = conflict(ranked[index] as Ranked, later);
    if (finding !== undefined) return finding;
  }
  return undefined;
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
