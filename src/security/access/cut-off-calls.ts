import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { compareConstructs } from '../../core/construct-path';
import { MeshError } from '../../errors/mesh-error';
import { declaredCalls } from '../../traffic/scope/declared-calls';
import type { AccessSource } from '../callers/access-caller';
import { keysAround, podsKey } from './grants';
import type { Denial } from './grants';
import { PlanView } from './plan-view';
import { policyTarget } from './policy-target';
import type { ServiceSubject } from './policy-target';
import type { NamedGrant } from './policy-rules';

/**
 * Calls that the program declares (`web.calls(orders)`), and that are refused, because nothing grants them where nobody is let in
 * without a grant: whoever closes a service sees in the table whom that cuts off.
 */
export function cutOffCalls(grants: readonly NamedGrant[], denials: readonly Denial[]): Call[] {
  const view = new PlanView();
  const closed = closedPods(grants, denials);
  const byPods = new Map<string, NamedGrant[]>();
  for (const grant of grants) {
    if (grant.action !== 'ALLOW' || grant.rule.dryRun === true) continue;
    const key = podsKey(grant.target);
    const known = byPods.get(key);
    if (known === undefined) byPods.set(key, [grant]);
    else known.push(grant);
  }
  return callsOf([...grants, ...denials].map(({ target }) => target.scope)).filter(({ caller, called }) => {
    const target = view.of(policyTarget(undefined, called, 'calls'));
    const keys = [podsKey(target), ...keysAround(target)];
    return keys.some((key) => closed.has(key)) && !keys.some((key) => byPods.get(key)?.some((grant) => mayBeFor(grant, caller)) === true);
  });
}

/** Pods, namespaces and meshes in which nobody is let in without a grant: what a grant to some closes for all others. */
export function closedPods(grants: readonly NamedGrant[], denials: readonly Denial[]): ReadonlySet<string> {
  const closing = grants.filter(({ action, implied, rule }) => action === 'ALLOW' && !implied && rule.dryRun !== true);
  return new Set([...closing.map(({ target }) => podsKey(target)), ...denials.map(({ target }) => podsKey(target))]);
}

/** A call that the program declares. */
export interface Call {
  readonly caller: ServiceSubject & AccessSource;
  readonly called: ServiceSubject;
}

function callsOf(scopes: readonly IConstruct[]): Call[] {
  const clusters = new Map<string, IConstruct>(scopes.map((scope) => [Cluster.pathOf(scope), scope]));
  const calls = [...clusters].flatMap(([cluster, scope]) => [...declaredCalls(scope, cluster).values()].flatMap(({ caller, targets }) => [...targets.values()].map((called) => ({ caller, called }))));
  return calls.filter((call): call is Call => isService(call.caller) && isService(call.called)).sort((a, b) => compareConstructs(a.caller, b.caller) || compareConstructs(a.called, b.called));
}

/** Services of the mesh; what is outside of it takes no policies. */
function isService(target: object): boolean {
  return 'selector' in target && 'principals' in target;
}

/** Addresses and tokens may be the caller's: only what names others does not count. */
function mayBeFor({ from }: NamedGrant, caller: Call['caller']): boolean {
  return from.some(({ source }) => {
    if (source.principals !== undefined) return source.principals.some((principal) => principal === '*' || principalsOf(caller).includes(principal));
    return source.namespaces === undefined || source.namespaces.includes(caller.namespace);
  });
}

/** A workload without an account of its own has none, which is refused where it is granted something. */
function principalsOf(caller: AccessSource): readonly string[] {
  try {
    return caller.principals;
  } catch (error) {
    if (MeshError.isMeshError(error)) return [];
    throw error;
  }
}
