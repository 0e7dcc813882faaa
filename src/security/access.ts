import { Lazy } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { AuthorizationPolicy } from '../../imports/istio/authorization-policy';
import { Cluster } from '../core/cluster';
import { compareConstructs } from '../core/construct-path';
import { requireSameCluster } from '../core/references';
import { rootState } from '../core/root-state';
import { addPlanner } from '../core/settle';
import { meshError } from '../errors/mesh-error';

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

/** What the caller may do; all that is given must hold. */
export interface AccessRule {
  /**
   * HTTP methods, such as `GET`.
   * @default - any method, and traffic that is not HTTP
   */
  readonly methods?: readonly string[];
  /**
   * HTTP paths: exact, `/prefix*`, `*suffix`, or a template such as `/orders/{*}`.
   * @default - any path, and traffic that is not HTTP
   */
  readonly paths?: readonly string[];
  /**
   * Ports of the pods.
   * @default - any port
   */
  readonly ports?: readonly number[];
  /**
   * HTTP hosts, such as `shop.example.com`.
   * @default - any host, and traffic that is not HTTP
   */
  readonly hosts?: readonly string[];
}

const POLICY_ID = 'access';

interface Grant {
  readonly source: AccessSource;
  readonly target: AccessTarget;
  readonly rule: AccessRule;
}

interface PlannedPolicy {
  readonly owner: AccessTarget;
  grants: readonly Grant[];
}

/**
 * Records that `source` may call `target`. At synthesis all grants become one AuthorizationPolicy for each set of pods,
 * with one rule for each different kind of access; `from` and `to` of one grant always stay in one rule.
 *
 * @throws MeshError when the list of methods, paths, ports or hosts is empty, or when both are in different clusters.
 */
export function grantAccess(source: AccessSource, target: AccessTarget, rule: AccessRule): void {
  requireSameCluster(target.scope, source, 'allowFrom');
  refuseEmpty(target, rule);
  const grants = rootState(target.scope, 'accessGrants', () => [] as Grant[]);
  grants.push({ source, target, rule });
  const policies = rootState(target.scope, 'accessPolicies', () => new Map<string, PlannedPolicy>());
  addPlanner(target.scope, { key: 'access', plan: () => planPolicies(grants, policies) });
}

function planPolicies(grants: readonly Grant[], policies: Map<string, PlannedPolicy>): void {
  for (const [key, group] of groupByPods(grants)) {
    const target = firstTarget(group);
    const known = policies.get(key);
    if (target === known?.owner) {
      known.grants = group;
    } else {
      known?.owner.scope.node.tryRemoveChild(POLICY_ID);
      policies.set(key, makePolicy(target, group));
    }
  }
}

/** By path, so that the policy's place and name do not depend on the order of construction. */
function firstTarget(grants: readonly Grant[]): AccessTarget {
  const targets = grants.map((grant) => grant.target);
  return targets.reduce((first, other) => (compareConstructs(other.scope, first.scope) < 0 ? other : first));
}

function makePolicy(target: AccessTarget, grants: readonly Grant[]): PlannedPolicy {
  const policy: PlannedPolicy = { owner: target, grants };
  new AuthorizationPolicy(target.scope, POLICY_ID, {
    metadata: { name: target.name, namespace: target.namespace },
    spec: {
      action: 'ALLOW',
      selector: { matchLabels: target.selector() },
      rules: Lazy.any({ produce: () => rulesOf(policy.grants) }) as never,
    },
  });
  return policy;
}

/** Grants to the same pods; two services may stand for one set of them. */
function groupByPods(grants: readonly Grant[]): Map<string, Grant[]> {
  const groups = new Map<string, Grant[]>();
  for (const grant of grants) {
    const { scope, namespace, selector } = grant.target;
    const labels = Object.entries(selector()).sort(([a], [b]) => (a < b ? -1 : 1));
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

/** To Istio an empty list means "any", which is never what an empty list in a program means. */
function refuseEmpty(target: AccessTarget, rule: AccessRule): void {
  for (const [property, values] of Object.entries(rule) as [string, readonly unknown[] | undefined][]) {
    if (values?.length !== 0) continue;
    throw meshError({
      code: 'empty-access-list',
      construct: target.scope.node.path,
      property: `allowFrom.${property}`,
      got: '[]',
      expected: `at least one of the ${property} to allow`,
      fix: `leave ${property} out to allow any`,
    });
  }
}
