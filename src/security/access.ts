import { Lazy } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { AuthorizationPolicy } from '../../imports/istio/authorization-policy';
import { Cluster } from '../core/cluster';
import { compareConstructs } from '../core/construct-path';
import { requireSameCluster } from '../core/references';
import { rootState } from '../core/root-state';
import { PlannedChildren } from '../core/planned-children';
import type { Wanted } from '../core/planned-children';
import { addPlanner } from '../core/planner';
import { meshError } from '../errors/mesh-error';
import { checkAccessRule } from './access-rule';
import type { AccessRule } from './access-rule';

/** Who may be let in: a service, a gateway, whatever has an identity in the mesh. */
export interface AccessSource extends IConstruct {
  /**
   * Identities as Istio writes principals: the SPIFFE name without its scheme, such as `cluster.local/ns/shop/sa/web`.
   * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source
   */
  readonly principals: readonly string[];
}

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
  readonly source: AccessSource;
  readonly target: AccessTarget;
  readonly rule: AccessRule;
  /** Follows from something else that was said, such as a route: alone it closes nothing that was open. */
  readonly implied: boolean;
}

interface Access {
  readonly grants: Grant[];
  readonly planned: PlannedChildren;
  /** Grants to each set of pods, as of the last plan: policies that are made already read what is theirs here. */
  groups: ReadonlyMap<string, readonly Grant[]>;
}

/**
 * Records that `source` may call `target`. At synthesis all grants become one AuthorizationPolicy for each set of pods,
 * with one rule for each different kind of access; `from` and `to` of one grant always stay in one rule.
 *
 * @throws MeshError when the rule would allow something else than it says, the source has no identity, or both are in
 * different clusters.
 */
export function grantAccess(source: AccessSource, target: AccessTarget, rule: AccessRule): void {
  checkAccessRule(target.scope.node.path, rule);
  addGrant({ source, target, rule, implied: false });
}

/** Lets `source` in where callers need a grant at all: a route to a service that takes every caller closes nothing. */
export function implyAccess(source: AccessSource, target: AccessTarget): void {
  addGrant({ source, target, rule: {}, implied: true });
}

/** Notes that a namespace lets nobody in without a grant. */
export function noteDenyByDefault(scope: Construct, namespace: string): void {
  deniedNamespaces(scope).add(`${Cluster.pathOf(scope)}\n${namespace}`);
}

function deniedNamespaces(scope: IConstruct): Set<string> {
  return rootState(scope, 'deniedNamespaces', () => new Set<string>());
}

function addGrant(grant: Grant): void {
  const { source, target } = grant;
  requireSameCluster(target.scope, source, 'allowFrom');
  requirePrincipals(target, source);
  const access = rootState<Access>(target.scope, 'access', () => ({
    grants: [],
    planned: new PlannedChildren(),
    groups: new Map(),
  }));
  access.grants.push(grant);
  addPlanner(target.scope, { key: 'access', plan: () => plan(access) });
}

function plan(access: Access): void {
  access.groups = groupByPods(access.grants);
  const wanted = new Map<string, Wanted>();
  for (const [key, group] of access.groups) {
    if (!needsPolicy(group)) continue;
    const target = firstTarget(group);
    wanted.set(key, { owner: target.scope, make: () => makePolicy(target, () => access.groups.get(key) ?? []) });
  }
  access.planned.bring(wanted);
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

function makePolicy(target: AccessTarget, grants: () => readonly Grant[]): AuthorizationPolicy {
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
function groupByPods(grants: readonly Grant[]): Map<string, Grant[]> {
  const groups = new Map<string, Grant[]>();
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
  readonly from: readonly { readonly source: { readonly principals: readonly string[] } }[];
  readonly to?: readonly { readonly operation: AccessRule }[];
}

/** One rule for each different operation, with all callers that may do it. */
function rulesOf(grants: readonly Grant[]): PolicyRule[] {
  const callers = new Map<string, Set<string>>();
  for (const { source, rule } of grants) {
    const key = JSON.stringify(operationOf(rule));
    const known = callers.get(key) ?? new Set<string>();
    for (const principal of source.principals) known.add(principal);
    callers.set(key, known);
  }
  return [...callers]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, principals]) => {
      const operation = JSON.parse(key) as AccessRule;
      const from = [{ source: { principals: [...principals].sort() } }];
      return Object.keys(operation).length === 0 ? { from } : { from, to: [{ operation }] };
    });
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

function requirePrincipals(target: AccessTarget, source: AccessSource): void {
  const { principals } = source as { principals?: unknown };
  if (Array.isArray(principals) && principals.length > 0) return;
  throw meshError({
    code: 'no-identity',
    construct: target.scope.node.path,
    property: 'allowFrom',
    got: `${source.node.path}, which has no principals`,
    expected: 'something with an identity in the mesh: a MeshService or a gateway',
  });
}
