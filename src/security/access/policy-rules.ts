import type { AuthorizationPolicyRules, AuthorizationPolicyRulesFromSource } from '../../../imports/istio/authorization-policy';
import { LISTS } from './access-rule';
import type { AccessRule } from './access-rule';
import { SOURCE_KEYS } from '../callers/callers';
import type { NamedCaller, SourceKey } from '../callers/callers';
import type { Grant } from './grants';
import type { PolicyCondition } from '../callers/request-principal';

/** A grant whose callers are known by name. */
export interface NamedGrant extends Grant {
  readonly from: readonly NamedCaller[];
  readonly notFrom: readonly NamedCaller[];
  /** Ports that a rule about requests is not meant for. */
  readonly ports: Pick<AccessRule, 'notPorts'>;
}

/** Callers by how they are named; `anyone` where none is named. */
interface Sources {
  anyone: boolean;
  readonly named: Map<SourceKey, Set<string>>;
}

/** What one rule says: some callers, and what they may do. */
interface Rule {
  readonly from: readonly AuthorizationPolicyRulesFromSource[];
  readonly operations: Set<string>;
  readonly when: readonly PolicyCondition[];
}

/**
 * The rules of one policy: all callers that may do the same are in one, and then all that the same callers may do. What one grant says
 * of callers, requests and conditions always stays in one rule: apart they would be alternatives.
 *
 * What only requests have stands in rules of its own. On a port that carries none, Istio leaves out a whole rule for one such thing in
 * it, and so the callers and connections beside.
 */
export function rulesOf(grants: readonly NamedGrant[]): AuthorizationPolicyRules[] {
  const rules = new Map<string, Rule>();
  for (const [key, sources] of sourcesByRule(grants)) {
    const [operation, when, except] = JSON.parse(key) as [object, PolicyCondition[], AuthorizationPolicyRulesFromSource];
    const from = fromOf(sources, except);
    const callers = callersKey(from, when, isAboutRequests(operation));
    const rule = rules.get(callers) ?? { from, when, operations: new Set() };
    rules.set(callers, rule);
    rule.operations.add(JSON.stringify(operation));
  }
  // who may do anything needs no rule for some of it
  const isWhole = ({ operations }: Rule): boolean => operations.has(ANYTHING);
  const needed = [...rules.values()].filter((rule) => isWhole(rule) || !isWhole(rules.get(callersKey(rule.from, rule.when, false)) ?? rule));
  return needed.map(ruleOf);
}

const ANYTHING = '{}';

function callersKey(from: Rule['from'], when: Rule['when'], isOfRequests: boolean): string {
  return JSON.stringify([from, when, isOfRequests]);
}

function isAboutRequests(operation: object): boolean {
  return Object.keys(operation).some((key) => key !== 'ports' && key !== 'notPorts');
}

/** Callers by what they may do, under which conditions, and who among them may not; sorted. */
function sourcesByRule(grants: readonly NamedGrant[]): (readonly [string, Sources])[] {
  const rules = new Map<string, Sources>();
  for (const grant of grants) {
    const [operation, except] = [operationOf(grant), exceptOf(grant.notFrom)];
    for (const { source, conditions } of grant.from) {
      const key = JSON.stringify([operation, whenOf([...grant.conditions, ...conditions]), except, source.requestPrincipals !== undefined && !isAboutRequests(operation)]);
      const sources = rules.get(key) ?? { anyone: false, named: new Map() };
      rules.set(key, sources);
      const entries = SOURCE_KEYS.filter((each) => source[each] !== undefined);
      if (entries.length === 0) sources.anyone = true;
      for (const each of entries) {
        const names = sources.named.get(each) ?? new Set<string>();
        sources.named.set(each, names);
        for (const name of source[each] ?? []) names.add(name);
      }
    }
  }
  return [...rules].sort(([a], [b]) => (a < b ? -1 : 1));
}

function ruleOf({ from, operations, when }: Rule): AuthorizationPolicyRules {
  const some = operations.has(ANYTHING) ? [] : [...operations].map((operation) => ({ operation: JSON.parse(operation) as object }));
  return {
    ...(from.length === 0 ? {} : { from: from.map((source) => ({ source })) }),
    ...(some.length === 0 ? {} : { to: some }),
    ...(when.length === 0 ? {} : { when: when as unknown as NonNullable<AuthorizationPolicyRules['when']> }),
  };
}

/** Sources of their own: within one source, both the principal and the namespace would have to fit. */
function fromOf({ anyone, named }: Sources, except: AuthorizationPolicyRulesFromSource): AuthorizationPolicyRulesFromSource[] {
  if (anyone) return Object.keys(except).length === 0 ? [] : [except];
  return SOURCE_KEYS.flatMap((key) => {
    const values = named.get(key);
    return values === undefined ? [] : [{ [key]: [...values].sort(), ...except }];
  });
}

function exceptOf(callers: readonly NamedCaller[]): object {
  const entries = SOURCE_KEYS.flatMap((key) => {
    const values = [...new Set(callers.flatMap(({ source }) => source[key] ?? []))].sort();
    return values.length === 0 ? [] : [[`not${key.charAt(0).toUpperCase()}${key.slice(1)}`, values] as const];
  });
  return Object.fromEntries(entries);
}

/** Sorted lists without doubles: two grants that say the same in another order are one. */
function operationOf({ rule, ports }: NamedGrant): object {
  const given: AccessRule = { ...rule, ...ports };
  const entries = [...LISTS].sort().flatMap((key) => {
    const values = given[key];
    return values === undefined ? [] : [[key, [...new Set(values.map(String).flatMap(key === 'hosts' || key === 'notHosts' ? withPorts : String))].sort()] as const];
  });
  return Object.fromEntries(entries);
}

/** Callers may write a port behind a host, and do on all but 80 and 443; Istio compares it as a part of the host. */
function withPorts(host: string): readonly string[] {
  return host.includes('*') || host.includes(':') ? [host] : [host, `${host}:*`];
}

function whenOf(conditions: readonly PolicyCondition[]): readonly PolicyCondition[] {
  return [...conditions].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
