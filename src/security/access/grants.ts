import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { rootState } from '../../core/root-state';
import type { ExternalAuthorizer } from '../external-authorization/external-authorizer';
import type { Place } from '../../traffic/rules/refuse';
import type { AccessRule } from './access-rule';
import type { CheckedCallers } from '../callers/callers';
import type { PolicyTarget } from './policy-target';
import type { PolicyCondition } from '../callers/request-principal';
import type { CallSite } from '../table/call-site';

/** What is done with the requests that a rule is about. */
export type PolicyAction = 'ALLOW' | 'DENY' | 'AUDIT' | 'CUSTOM';

/** A construct that says a rule for others, and what it has the keys of the rule under. */
export interface SaidBy {
  readonly construct: string;
  /** The construct's props, by the keys of the rule; '' for what is wrong with the rule as a whole. */
  readonly props: Readonly<Record<string, string>>;
}

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
  /** Name of the external authorizer. */
  readonly provider?: string;
  /** The external authorizer, where the program has it. */
  readonly authorizer?: ExternalAuthorizer;
  /** Undefined where the target's own method was called. */
  readonly saidBy?: SaidBy;
  /** Follows from something else that was said, such as a route: alone it closes nothing that was open. */
  readonly implied: boolean;
  /** Whether it follows from a route of a gateway: see `withoutOverruled`. */
  readonly isRoute?: true;
  /** Where the program said it, where that is asked for. */
  readonly site?: CallSite | undefined;
}

/** Where a grant, or one key of its rule, was given. */
export function placeOfGrant({ target, method, saidBy }: Pick<Grant, 'target' | 'method' | 'saidBy'>, key = ''): Place {
  if (saidBy !== undefined) return { construct: saidBy.construct, property: saidBy.props[key] ?? saidBy.props[''] ?? '' };
  return { construct: target.scope.node.path, property: key === '' ? method : `${method}.${key}` };
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
export function accessProgram(construct: IConstruct): AccessProgram {
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
