import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import type { Destination } from '../versioned-traffic';
import { conditionsOf } from './checked-match';
import { ruleName } from './checked-route';
import type { CheckedRoute } from './checked-route';
import type { Conditions } from './conditions';
import { delegateFindings } from './delegate-fit';
import { mirrorTo, routeTo } from './destinations';
import { redirectLoops } from './redirect-loops';
import { refuse, within } from './refuse';
import { nameOf } from './ruled-host';
import type { RuledHost } from './ruled-host';
import { orderOf } from './rule-order';
import type { Candidate } from './rule-order';
import { portsFor, requirePorts } from './rule-ports';
import type { RuleKind } from './rule-ports';

/** One step on a request's way through the rules of a host; what is not said here is in its rule. */
export interface PlannedRule {
  /** Undefined for all other requests of a service that no rule is for. */
  readonly rule: CheckedRoute | undefined;
  /** The rule's name, with its construct's path where two rules of the host have one name; the steps of one rule share it. */
  readonly name: string | undefined;
  /** One of them is enough; empty for any request. */
  readonly matches: readonly Conditions[];
  /** Undefined where the proxy answers itself, or a delegate says it. */
  readonly route: readonly Destination[] | undefined;
  readonly mirrors: readonly PlannedMirror[];
}

/** Who gets copies of requests, in percent of them. */
export interface PlannedMirror {
  readonly destination: Destination['destination'];
  readonly percentage: number;
}

/** The rules of a host, in the order that proxies try them, and what is wrong with them. */
export interface PlannedRules {
  readonly rules: readonly PlannedRule[];
  readonly findings: readonly Finding[];
}

/**
 * The rules of a host in the order that proxies try them, and last what is done with all other requests: where the host is of
 * a service and no rule says it, they go to its pods.
 *
 * To be called when the program is complete: ports, versions, shares and labels may come until then.
 *
 * @param rules in the order of their constructs' paths, those of one construct in the order they were given
 */
export function plannedRules(host: RuledHost, rules: readonly CheckedRoute[], kind: RuleKind = 'http'): PlannedRules {
  const findings: Finding[] = [];
  const keep = <T>(make: () => T): T[] => {
    try {
      return [make()];
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
      findings.push(...error.findings);
      return [];
    }
  };
  const { target } = host;
  const [ports] = target === undefined ? [] : keep(() => portsFor(target, kind, rules[0]?.owner.node.path ?? ''));
  if (target !== undefined && ports !== undefined) for (const rule of rules) keep(() => requirePorts(target, rule, kind, ports));
  const candidates = rules.flatMap((rule) =>
    rule.matches.flatMap((match): Candidate[] => keep(() => ({ rule, property: match.place.property, conditions: conditionsOf(match) }))),
  );
  const ordered = orderOf(candidates);
  findings.push(...ordered.findings);
  const written = new Map(rules.flatMap((rule) => keep(() => [rule, leadingOf(host, rule)] as const)));
  const shared = sharedNames(rules);
  const planned = (rule: CheckedRoute, matches: readonly Conditions[]): PlannedRule => ({
    rule,
    name: shared.has(rule.name) ? pathOf(rule) : rule.name,
    matches,
    route: undefined,
    mirrors: [],
    ...written.get(rule),
  });
  const open = rules.filter(({ matches }) => matches.length === 0);
  keep(() => requireOneRest(host, open));
  const rest = open.slice(0, 1).map((rule) => planned(rule, []));
  const unruled = target === undefined ? [] : [{ rule: undefined, name: undefined, matches: [], route: [...target.shares()], mirrors: [] }];
  const steps = [...merged(ordered.candidates).map(([rule, matches]) => planned(rule, matches)), ...(rest.length === 0 ? unruled : rest)];
  // what hangs on the order is judged once there is one
  if (findings.length === 0) findings.push(...loopFindings(host, ordered.candidates, open), ...delegates(steps));
  return { rules: steps, findings };
}

function loopFindings(host: RuledHost, candidates: readonly Candidate[], open: readonly CheckedRoute[]): Finding[] {
  const all = [...candidates, ...open.map((rule) => ({ rule, conditions: undefined }))];
  // which paths come to a part of a host, only its routes for paths tell
  const isPart = host.target === undefined && host.isPart === true;
  const steps = isPart ? all.filter(({ conditions }) => conditions?.wanted.has('uri')) : all;
  return steps.some(({ rule }) => rule.actions.redirect !== undefined) ? redirectLoops(steps, [nameOf(host)]) : [];
}

function delegates(steps: readonly PlannedRule[]): Finding[] {
  return steps.flatMap(({ rule, matches }) => {
    const routes = rule?.delegate?.routes;
    if (rule === undefined || routes === undefined) return [];
    // what is wrong with the routes themselves the delegate says
    const { rules } = plannedRules({ host: rule.delegate?.name ?? '', isPart: true }, routes);
    return delegateFindings(rule, matches, rules as readonly (PlannedRule & { readonly rule: CheckedRoute })[]);
  });
}

/** Matches of one rule that follow each other become one step. */
function merged(candidates: readonly Candidate[]): (readonly [CheckedRoute, readonly Conditions[]])[] {
  const steps: (readonly [CheckedRoute, Conditions[]])[] = [];
  for (const { rule, conditions } of candidates) {
    const last = steps[steps.length - 1];
    if (last?.[0] === rule) last[1].push(conditions);
    else steps.push([rule, [conditions]]);
  }
  return steps;
}

function leadingOf({ target }: RuledHost, { to, mirrors }: CheckedRoute): Pick<PlannedRule, 'route' | 'mirrors'> {
  return {
    route: to === undefined ? undefined : routeTo(target, to),
    mirrors: mirrors.map((mirror) => ({ destination: mirrorTo(target, mirror.to), percentage: mirror.percentage })),
  };
}

/** Names that more than one rule has. */
function sharedNames(rules: readonly CheckedRoute[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(rules.map(({ name }) => name).filter((name) => seen.size === seen.add(name).size));
}

function pathOf({ owner, place }: CheckedRoute): string {
  return place.property === '' ? owner.node.path : `${owner.node.path}/${place.property}`;
}

/** What nothing else is for can go one way only. */
function requireOneRest(host: RuledHost, [first, second]: readonly CheckedRoute[]): void {
  if (first === undefined) return;
  if (second !== undefined) {
    throw refuse(second.place, 'second-owner', `all other requests for ${nameOf(host)}, which ${ruleName(first)} has, too`, 'one rule without a match', 'put both into one, or give one of them a match');
  }
  const takesAll = first.to === undefined || first.to.some(({ service, version }) => service !== undefined || version !== undefined);
  if (host.sharedBy === undefined || !takesAll) return;
  throw refuse(within(first.place, 'match'), 'second-owner', `none, so that all other requests for ${nameOf(host)} are this rule's, which ${host.sharedBy.node.path} shares among versions`, 'a rule with a match, or one without "to"', 'say which requests it is for');
}
