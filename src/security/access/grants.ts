import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { rootState } from '../../core/root-state';
import type { AccessRule } from './access-rule';
import type { CheckedCallers } from '../callers/callers';
import type { PolicyTarget } from './policy-target';
import type { PolicyCondition } from '../callers/request-principal';
import type { CallSite } from '../table/call-site';

/** What is done with the requests that a rule is about. */
export type PolicyAction = 'ALLOW' | 'DENY' | 'AUDIT' | 'CUSTOM';

/** One rule about the callers of some pods, as the program said it. */
export interface Grant {
  /** The method that it was given to, for messages. */
  readonly method: 'allowFrom' | 'denyFrom' | 'auditFrom' | 'custom';
  readonly action: PolicyAction;
  readonly target: PolicyTarget;
  readonly callers: CheckedCallers;
  readonly except: CheckedCallers;
  readonly rule: AccessRule;
  readonly conditions: readonly PolicyCondition[];
  /** The external authorizer. */
  readonly provider?: string;
  /** Follows from something else that was said, such as a route: alone it closes nothing that was open. */
  readonly implied: boolean;
  /** Where the program said it, where that is asked for. */
  readonly site?: CallSite | undefined;
}

/** Pods that nobody may call who was not granted access. */
export interface Denial {
  readonly target: PolicyTarget;
  /** Whether whoever says so makes the policy, too. */
  readonly isMade: boolean;
}

/** All that a program says about who may call whom. */
export interface AccessProgram {
  readonly grants: Grant[];
  readonly denials: Denial[];
}

/** What the program that a construct is in says of access. */
export function accessOf(construct: IConstruct): AccessProgram {
  return rootState<AccessProgram>(construct, 'access', () => ({ grants: [], denials: [] }));
}

/** Pods that a policy is for, as a key: two services may stand for one set of them. */
export function podsKey({ scope, of, namespace, selector }: PolicyTarget): string {
  const labels = selector === undefined ? of : Object.entries(selector()).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([Cluster.pathOf(scope), of === 'mesh' ? '' : namespace, labels]);
}

/** The keys of what a policy for these pods is under: their namespace, and the mesh. */
export function keysAround({ scope, namespace }: PolicyTarget): readonly string[] {
  const cluster = Cluster.pathOf(scope);
  return [JSON.stringify([cluster, namespace, 'namespace']), JSON.stringify([cluster, '', 'mesh'])];
}
