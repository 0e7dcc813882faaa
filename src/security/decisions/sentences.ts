import { Cluster } from '../../core/cluster';
import type { PolicyTarget } from '../access/policy-target';
import { rulesOf } from '../access/policy-rules';
import type { NamedGrant } from '../access/policy-rules';
import { rowsOfGrants } from '../table/access-table';
import type { AccessRow } from '../table/access-table';
import { decide } from './decide';
import type { Deciding, Verdict } from './decide';
import type { PlainRequest, Pods, Policies } from './plain-policies';
import type { ProgramView } from './program-view';

/** What decides on a request, as the program has it. */
export interface DecidingRule {
  readonly kind: Deciding['kind'];
  readonly name: string;
  readonly namespace: string;
  /** Path of the construct of the policy. */
  readonly construct: string;
  /** Which of its rules, from 0; undefined where it is the policy as a whole. */
  readonly rule?: number;
  /**
   * The sentences of the program that the rule is made of; of a policy as a whole those that let this caller in to something else.
   * None where the policy was written by hand.
   */
  readonly sentences: readonly AccessRow[];
}

interface Decided {
  readonly policies: Policies;
  readonly pods: Pods;
  readonly plain: PlainRequest;
  readonly verdict: Verdict;
}

/** The rules that a verdict names, with the sentences that they were made of. */
export function decidingRules(view: ProgramView, target: PolicyTarget, { policies, pods, plain, verdict }: Decided): readonly DecidingRule[] {
  return verdict.by.map(({ kind, policy, rule }) => {
    const { name, namespace, construct } = policy;
    const made = kind === 'AuthorizationPolicy' ? view.grantsOf(policy, (grant) => isOf(grant, target, policy)) : [];
    const said = made.filter((grant) => {
      const rules = rulesOf([grant]).map((each) => (rule === undefined ? { ...(each.from === undefined ? {} : { from: each.from }) } : each));
      // with nothing but this sentence, would it be decided by it?
      const alone = { ...policies, authorizationPolicies: [{ ...policy, spec: { ...policy.spec, rules: rules as never } }] };
      return decide(alone, pods, { ...plain, authorizers: {} }).by.some((each) => each.rule !== undefined) || (policy.spec['action'] === 'CUSTOM' && isAsked(alone, pods, plain));
    });
    return { kind, name, namespace, construct, ...(rule === undefined ? {} : { rule }), sentences: rowsOfGrants(said) };
  });
}

/** Whether an external authorizer is asked, whatever it says. */
function isAsked(policies: Policies, pods: Pods, plain: PlainRequest): boolean {
  const refusing = Object.fromEntries(Object.keys(policies.mesh.authorizers).map((name) => [name, 'refuses'] as const));
  return decide(policies, pods, { ...plain, authorizers: refusing }).why === 'authorizer';
}

/** Whether the planner makes a grant part of a policy: of one action, for the same pods. */
function isOf({ target, action, rule }: NamedGrant, { scope }: PolicyTarget, { namespace, spec }: { readonly namespace: string; readonly spec: Policies['authorizationPolicies'][number]['spec'] }): boolean {
  const { selector } = spec as { readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> } };
  const labels = (given: Readonly<Record<string, string>> | undefined): string => JSON.stringify(Object.entries(given ?? {}).sort());
  return (
    target.namespace === namespace &&
    action === (spec['action'] ?? 'ALLOW') &&
    rule.dryRun !== true &&
    Cluster.pathOf(target.scope) === Cluster.pathOf(scope) &&
    labels(target.selector?.()) === labels(selector?.matchLabels)
  );
}
