import { Lazy } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { AuthorizationPolicy } from '../../../imports/istio/authorization-policy';
import type { AuthorizationPolicyProps, AuthorizationPolicyRules } from '../../../imports/istio/authorization-policy';
import { compareConstructs } from '../../core/construct-path';
import { PlannedChildren } from '../../core/planned-children';
import type { Wanted } from '../../core/planned-children';
import { addPlanner } from '../../core/planner';
import { rootState } from '../../core/root-state';
import { Stage } from '../../core/stage';
import { MeshError } from '../../errors/mesh-error';
import { writeAccessTable } from '../table/access-table-file';
import { grantFindings } from '../guards/access-guards';
import { closedPods } from './cut-off-calls';
import { accessProgram, keysAround, podsKey } from './grants';
import type { Denial, Grant } from './grants';
import { allWithCallers } from './named-grants';
import { closedGateways, impliedElsewhere } from './implied-grants';
import { policiesOfGrants } from '../guards/policy-findings';
import { leftOutTokens } from '../guards/token-findings';
import type { PolicyTarget } from './policy-target';
import { isOnePolicy, policyParts } from './policy-parts';
import type { NamedGrant } from './policy-rules';
import { narrowedRoutes, withoutOverruled } from './routed-grants';
import { programPolicies } from '../mtls/program-policies';

/** Grants that make one policy. */
interface GrantGroup {
  readonly pods: string;
  readonly first: Grant;
  readonly grants: readonly NamedGrant[];
}

interface Planned {
  readonly children: PlannedChildren;
  /** As of the last plan: policies that are made already read what is theirs here. */
  groups: ReadonlyMap<string, GrantGroup>;
  /** The rules of these, by the policies that they need. */
  readonly parts: Map<string, ReturnType<typeof policyParts>>;
}

/** Has the policies of all grants made at synthesis. */
export function planAccess(construct: IConstruct): void {
  const planned = rootState<Planned>(construct, 'accessPolicies', () => ({ children: new PlannedChildren(), groups: new Map(), parts: new Map() }));
  const root = construct.node.root;
  addPlanner(construct, { key: 'access', plan: () => plan(root, planned) });
}

function plan(root: IConstruct, planned: Planned): void {
  const { grants, denials } = accessProgram(root);
  const all = allWithCallers(grants);
  const { counting: named, overruled } = withoutOverruled(all);
  planned.groups = groupsOf([...named, ...impliedElsewhere(named, denials)]);
  planned.parts.clear();
  const closed = closedPods(named, denials);
  const wanted = new Map<string, Wanted>();
  for (const [key, { first, pods, grants: group }] of planned.groups) {
    if (!isNeeded(group, [pods, ...keysAround(first.target)].some((each) => closed.has(each)))) continue;
    const count = isOnePolicy(group) ? 1 : partsOf(planned, key).length;
    for (let part = 0; part < count; part += 1) {
      wanted.set(part === 0 ? key : `${key} ${part}`, { owner: first.target.scope, make: () => makePolicy(first, () => partsOf(planned, key)[part] ?? [], part) });
    }
  }
  for (const [key, target] of denialsToMake(denials)) wanted.set(key, { owner: target.scope, make: () => makeDenial(target) });
  planned.children.bring(wanted);
  writeAccessTable(named, denials);
  const findings = [...grantFindings(named, programPolicies(root)), ...leftOutTokens(named, closed), ...closedGateways(all, closed), ...narrowedRoutes(overruled)];
  if (findings.length > 0) throw new MeshError(findings);
}

/** Put together once for all that ask: a second policy and the rendering of both. */
function partsOf({ groups, parts }: Planned, key: string): ReturnType<typeof policyParts> {
  const known = parts.get(key) ?? policyParts(groups.get(key)?.grants ?? []);
  parts.set(key, known);
  return known;
}

/** By the pods and what is done; what is only tried out is a policy of its own. Of several authorizers none is asked: that is refused. */
function groupsOf(grants: readonly NamedGrant[]): Map<string, GrantGroup> {
  const groups = new Map<string, { pods: string; first: Grant; grants: NamedGrant[] }>();
  for (const grant of grants) {
    const pods = podsKey(grant.target);
    const key = JSON.stringify([pods, grant.action, grant.rule.dryRun === true]);
    const group = groups.get(key) ?? { pods, first: grant, grants: [] };
    groups.set(key, group);
    group.grants.push(grant);
    // by path, so that the policy's place and name do not depend on the order of construction
    if (compareConstructs(grant.target.scope, group.first.target.scope) < 0) group.first = grant;
  }
  return groups;
}

/** A policy for pods that take every caller would shut out all but those it names. */
function isNeeded(group: readonly NamedGrant[], isClosed: boolean): boolean {
  return isClosed || group.some(({ implied }) => !implied);
}

const ENDINGS = { ALLOW: '', DENY: '.deny', AUDIT: '.audit', CUSTOM: '.custom' } as const;

function makePolicy({ target, action, provider, rule }: Grant, rules: () => readonly AuthorizationPolicyRules[], part: number): AuthorizationPolicy {
  const { scope, selector, name, namespace } = target;
  const isWide = selector === undefined;
  const isDry = rule.dryRun === true;
  // a dot, which no name of a service has: it never is the name of another service's policy
  const ending = `${isWide && action === 'ALLOW' ? '.allow' : ENDINGS[action]}${isDry ? '.dry-run' : ''}${part === 0 ? '' : `.${part + 1}`}`;
  const id = ['access', ...(action === 'ALLOW' ? [] : [action.toLowerCase()]), ...(isDry ? ['dry-run'] : []), ...(part === 0 ? [] : [part + 1])].join('-');
  const policy = new AuthorizationPolicy(scope, id, {
    metadata: { name: `${name}${ending}`, namespace, ...(isDry && { annotations: { 'istio.io/dry-run': 'true' } }) },
    spec: {
      action,
      ...(provider === undefined ? {} : { provider: { name: provider } }),
      ...(isWide ? {} : { selector: { matchLabels: selector() } }),
      rules: Lazy.any({ produce: rules }) as never,
    } as NonNullable<AuthorizationPolicyProps['spec']>,
  });
  policiesOfGrants(scope).add(policy);
  return policy;
}

/** One for the same pods; a namespace that makes its own is left to it. */
function denialsToMake(denials: readonly Denial[]): Map<string, PolicyTarget> {
  const made = new Map<string, PolicyTarget>();
  for (const { target, isMade } of denials) {
    if (isMade) continue;
    const key = JSON.stringify([podsKey(target), 'deny by default']);
    const first = made.get(key);
    if (first === undefined || compareConstructs(target.scope, first.scope) < 0) made.set(key, target);
  }
  return made;
}

/** An ALLOW policy without rules matches nothing, so every request is refused that no other policy allows. */
function makeDenial({ scope, of, name, namespace, selector }: PolicyTarget): AuthorizationPolicy {
  const policy = new AuthorizationPolicy(scope, 'deny-by-default', {
    metadata: { name: of === 'namespace' || of === 'mesh' ? 'deny-by-default' : `${name}.deny-by-default`, namespace },
    spec: selector === undefined ? {} : { selector: { matchLabels: selector() } },
  });
  // grants first: on what lives, callers would be refused until theirs is applied
  policy.atStage(Stage.policies + 1);
  return policy;
}
