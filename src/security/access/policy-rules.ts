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

/**
 * The rules of one policy: one for each different thing that may be done, with all callers that may do it. What one grant says of
 * callers, requests and conditions always stays in one rule: apart they would be alternatives.
 */
export function rulesOf(grants: readonly NamedGrant[]): AuthorizationPolicyRules[] {
  const rules = new Map<string, Sources>();
  for (const grant of grants) {
    for (const { source, conditions } of grant.from) {
      const key = JSON.stringify([operationOf(grant), whenOf([...grant.conditions, ...conditions]), exceptOf(grant.notFrom)]);
      const sources = rules.get(key) ?? { anyone: false, named: new Map() };
      rules.set(key, sources);
      const entries = SOURCE_KEYS.filter((each) => source[each] !== undefined);
      if (entries.length === 0) sources.anyone = true;
      for (const each of entries) sources.named.set(each, new Set([...(sources.named.get(each) ?? []), ...(source[each] ?? [])]));
    }
  }
  return [...rules].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, sources]) => ruleOf(key, sources));
}

function ruleOf(key: string, sources: Sources): AuthorizationPolicyRules {
  const [operation, when, except] = JSON.parse(key) as [object, PolicyCondition[], object];
  const from = fromOf(sources, except as AuthorizationPolicyRulesFromSource);
  return {
    ...(from.length === 0 ? {} : { from: from.map((source) => ({ source })) }),
    ...(Object.keys(operation).length === 0 ? {} : { to: [{ operation }] }),
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
