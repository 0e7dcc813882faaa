import { Lazy } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { AuthorizationPolicy } from '../../imports/istio/authorization-policy';
import { Cluster } from '../core/cluster';
import { compareConstructs } from '../core/construct-path';
import { rootState } from '../core/root-state';
import { PlannedChildren } from '../core/planned-children';
import type { Wanted } from '../core/planned-children';
import { addPlanner } from '../core/planner';
import type { Finding } from '../errors/finding';
import { MeshError, meshError } from '../errors/mesh-error';
import { identitiesOf, requireCaller } from './access-caller';
import type { AccessCaller, CallerIdentities } from './access-caller';
import { checkAccessRule } from './access-rule';
import type { AccessRule } from './access-rule';

/** Pods that access is granted to. */
export interface AccessTarget {
  /** The construct that owns the policies. */
  readonly scope: Construct;
  /** Name of the policies. */
  readonly name: string;
  readonly namespace: string;
  /** Labels of the pods. */
  readonly selector: () => Readonly<Record<string, string>>;
}

interface Grant {
  readonly caller: AccessCaller;
  readonly target: AccessTarget;
  readonly rule: AccessRule;
  /** Follows from something else that was said, such as a route: alone it closes nothing that was open. */
  readonly implied: boolean;
}

/** A grant whose caller is known by name. */
interface NamedGrant extends Grant {
  readonly from: CallerIdentities;
}

interface Access {
  readonly grants: Grant[];
  readonly planned: PlannedChildren;
  /** Grants to each set of pods, as of the last plan: policies that are made already read what is theirs here. */
  groups: ReadonlyMap<string, readonly NamedGrant[]>;
}

/**
 * Records that `caller` may call `target`. At synthesis all grants become one AuthorizationPolicy for each set of pods,
 * with one rule for each different kind of access; `from` and `to` of one grant always stay in one rule.
 *
 * @throws MeshError when the rule would allow something else than it says, or the caller is in another cluster or nothing
 * that calls; at synthesis, when the caller has no identity of its own.
 */
export function grantAccess(caller: AccessCaller, target: AccessTarget, rule: AccessRule): void {
  checkAccessRule(target.scope.node.path, rule);
  addGrant({ caller, target, rule, implied: false });
}

/** Lets `caller` in where callers need a grant at all: a route to a service that takes every caller closes nothing. */
export function implyAccess(caller: AccessCaller, target: AccessTarget): void {
  addGrant({ caller, target, rule: {}, implied: true });
}

/** Notes that a namespace lets nobody in without a grant. */
export function noteDenyByDefault(scope: Construct, namespace: string): void {
  deniedNamespaces(scope).add(`${Cluster.pathOf(scope)}\n${namespace}`);
}

function deniedNamespaces(scope: IConstruct): Set<string> {
  return rootState(scope, 'deniedNamespaces', () => new Set<string>());
}

function addGrant(grant: Grant): void {
  const { caller, target } = grant;
  requireCaller(target.scope, caller);
  const access = rootState<Access>(target.scope, 'access', () => ({
    grants: [],
    planned: new PlannedChildren(),
    groups: new Map(),
  }));
  access.grants.push(grant);
  addPlanner(target.scope, { key: 'access', plan: () => plan(access) });
}

function plan(access: Access): void {
  access.groups = groupByPods(withIdentities(access.grants));
  const wanted = new Map<string, Wanted>();
  for (const [key, group] of access.groups) {
    if (!needsPolicy(group)) continue;
    const target = firstTarget(group);
    wanted.set(key, { owner: target.scope, make: () => makePolicy(target, () => access.groups.get(key) ?? []) });
  }
  access.planned.bring(wanted);
}

/** What is wrong with callers comes in one error. */
function withIdentities(grants: readonly Grant[]): NamedGrant[] {
  const findings: Finding[] = [];
  const named = grants.flatMap((grant) => {
    try {
      return [{ ...grant, from: identitiesOf(grant.target.scope, grant.caller) }];
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
      findings.push(...error.findings);
      return [];
    }
  });
  if (findings.length > 0) throw new MeshError(findings);
  return named;
}

/** A policy for pods that take every caller would shut out all but those it names. */
function needsPolicy(group: readonly Grant[]): boolean {
  const { scope, namespace } = firstTarget(group);
  const isDenied = deniedNamespaces(scope).has(`${Cluster.pathOf(scope)}\n${namespace}`);
  return isDenied || group.some((grant) => !grant.implied);
}

/** By path, so that the policy's place and name do not depend on the order of construction. */
function firstTarget(grants: readonly Grant[]): AccessTarget {
  const targets = grants.map((grant) => grant.target);
  return targets.reduce((first, other) => (compareConstructs(other.scope, first.scope) < 0 ? other : first));
}

function makePolicy(target: AccessTarget, grants: () => readonly NamedGrant[]): AuthorizationPolicy {
  return new AuthorizationPolicy(target.scope, 'access', {
    metadata: { name: target.name, namespace: target.namespace },
    spec: {
      action: 'ALLOW',
      selector: { matchLabels: target.selector() },
      rules: Lazy.any({ produce: () => rulesOf(grants()) }) as never,
    },
  });
}

/** Grants to the same pods; two services may stand for one set of them. */
function groupByPods(grants: readonly NamedGrant[]): Map<string, NamedGrant[]> {
  const groups = new Map<string, NamedGrant[]>();
  for (const grant of grants) {
    const { scope, namespace, selector } = grant.target;
    const labels = Object.entries(selector()).sort(([a], [b]) => (a < b ? -1 : 1));
    if (labels.length === 0) throw noPods(grant.target);
    const key = JSON.stringify([Cluster.pathOf(scope), namespace, labels]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [grant]);
    else group.push(grant);
  }
  return groups;
}

interface PolicyRule {
  readonly from: readonly { readonly source: Partial<CallerIdentities> }[];
  readonly to?: readonly { readonly operation: AccessRule }[];
}

/** One rule for each different operation, with all callers that may do it. */
function rulesOf(grants: readonly NamedGrant[]): PolicyRule[] {
  const callers = new Map<string, CallerIdentities[]>();
  for (const { from, rule } of grants) {
    const key = JSON.stringify(operationOf(rule));
    callers.set(key, [...(callers.get(key) ?? []), from]);
  }
  return [...callers]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, identities]) => {
      const operation = JSON.parse(key) as AccessRule;
      const from = sourcesOf(identities);
      return Object.keys(operation).length === 0 ? { from } : { from, to: [{ operation }] };
    });
}

/** Sources of their own: within one source, both the principal and the namespace would have to fit. */
function sourcesOf(identities: readonly CallerIdentities[]): PolicyRule['from'] {
  const [principals, namespaces] = (['principals', 'namespaces'] as const).map((key) => [...new Set(identities.flatMap((each) => each[key]))].sort());
  return [
    ...(principals?.length ? [{ source: { principals } }] : []),
    ...(namespaces?.length ? [{ source: { namespaces } }] : []),
  ];
}

/** Sorted lists without doubles: two grants that say the same in another order are one. */
function operationOf(rule: AccessRule): object {
  const sorted = (values: readonly string[]): string[] => [...new Set(values)].sort();
  return {
    ...(rule.hosts === undefined ? {} : { hosts: sorted(rule.hosts) }),
    ...(rule.methods === undefined ? {} : { methods: sorted(rule.methods) }),
    ...(rule.paths === undefined ? {} : { paths: sorted(rule.paths) }),
    ...(rule.ports === undefined ? {} : { ports: sorted(rule.ports.map(String)) }),
  };
}

/** A policy without labels holds for every pod of its namespace, and in the root namespace for the whole mesh. */
function noPods(target: AccessTarget): Error {
  return meshError({
    code: 'no-pods',
    construct: target.scope.node.path,
    property: 'selector',
    got: 'a service that selects no pods',
    expected: 'labels that tell its pods: access is granted to pods, and none means all of the namespace',
    fix: 'give the Service a selector, or name the labels with MeshService.fromName',
  });
}
