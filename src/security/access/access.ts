import type { Construct } from 'constructs';
import { refuse } from '../../traffic/rules/refuse';
import { checkedConditions } from './access-conditions';
import type { AccessCaller, AccessCallers } from '../callers/access-caller';
import { requireCaller } from '../callers/access-caller';
import { planAccess } from './access-planner';
import { checkAccessRule, fitsEvery, keptRule } from './access-rule';
import type { AccessRule, AuditRule, CustomRule, DenyRule, ListKey } from './access-rule';
import { callSite } from '../table/call-site';
import { checkedCallers } from '../callers/callers';
import { isExternalAuthorizer } from '../external-authorization/authorizer-brand';
import { authorizerName, checkGrant, refuseTokens } from '../external-authorization/authorizer-use';
import type { ExternalAuthorizer } from '../external-authorization/external-authorizer';
import { accessProgram } from './grants';
import { IpBlock } from '../callers/ip-block';
import type { Grant, SaidBy } from './grants';
import { RequestPrincipal } from '../callers/request-principal';
import { policyTarget } from './policy-target';
import type { PolicySubject, PolicyTarget } from './policy-target';

/**
 * Who may call some pods: of a service, a gateway, a workload, a namespace, or the mesh.
 *
 * What is said all over the program becomes one AuthorizationPolicy for each set of pods and action. Of all that applies to a
 * request, an external authorizer is asked first, then what denies counts, then what allows; where something allows, what
 * nothing allows is refused.
 *
 * @see https://istio.io/latest/docs/concepts/security/#implicit-enablement
 * @example
 * Access.to(edge).denyFrom(IpBlock.of('203.0.113.7'));
 */
export class Access {
  /**
   * To the pods of a service, a gateway or a workload, to all pods of a namespace, or to those of a mesh.
   *
   * @throws MeshError when it is nothing that has pods.
   */
  public static to(subject: PolicySubject): Access {
    return new Access(policyTarget(undefined, subject, 'to'));
  }

  private constructor(private readonly target: PolicyTarget) {}

  /**
   * Lets callers in, as far as the rule says. The first grant closes what took every caller: from then on those are let in that
   * were granted access, and no others.
   *
   * @throws MeshError when a caller is nothing that has an identity, or the rule says something else than it means; at
   * synthesis, when a caller has no ServiceAccount of its own, or its identity or token is nothing that these pods see.
   */
  public allowFrom(callers: AccessCallers, rule: AccessRule = {}): void {
    this.add('allowFrom', 'ALLOW', callers, rule);
  }

  /**
   * Refuses callers, as far as the rule says and whatever is granted. A rule about requests leaves out ports that carry none.
   *
   * @throws MeshError as `allowFrom`; when every request of every caller would be refused; at synthesis, when the rule is got
   * round by writing a path otherwise, or by plain text.
   */
  public denyFrom(callers: AccessCallers, rule: DenyRule = {}): void {
    this.add('denyFrom', 'DENY', callers, rule);
  }

  /**
   * Has requests of callers written down by the mesh's providers of audit logs; nobody is let in or refused by it.
   *
   * @throws MeshError as `allowFrom`.
   */
  public auditFrom(callers: AccessCallers, rule: AuditRule = {}): void {
    this.add('auditFrom', 'AUDIT', callers, rule);
  }

  /**
   * Asks an external authorizer about requests before anything else is looked at: before tokens are checked, and before what is
   * denied and granted counts. What it lets in may still be refused by these.
   *
   * @param authorizer an {@link ExternalAuthorizer}, or its name among `extensionProviders` of the mesh's configuration
   * @throws MeshError when the rule says something else than it means, or asks for tokens, which are not checked by then; at
   * synthesis, when the mesh has no such provider, the pods have two, or are those of the authorizer itself.
   * @see https://istio.io/latest/docs/tasks/security/authorization/authz-custom/
   */
  public custom(authorizer: ExternalAuthorizer | string, rule: CustomRule = {}): void {
    const { target } = this;
    const provider = authorizerName(target, authorizer);
    this.add('custom', 'CUSTOM', 'anyone', rule, { provider, ...(isExternalAuthorizer(authorizer) && { authorizer }) });
    const letIn = isExternalAuthorizer(authorizer) ? checkGrant(authorizer, target) : undefined;
    if (letIn !== undefined) addGrant(letIn);
  }

  /** Lets nobody in who was not granted access. */
  public denyByDefault(): void {
    const { scope } = this.target;
    accessProgram(scope).denials.push({ target: this.target, isMade: false });
    planAccess(scope);
  }

  private add(method: Grant['method'], action: Grant['action'], given: AccessCallers, rule: AccessRule, asked: Pick<Grant, 'provider' | 'authorizer'> = {}): void {
    const { target } = this;
    const { scope } = target;
    checkAccessRule(scope.node.path, rule, method);
    const callers = checkedCallers(scope, given, method);
    const except = rule.except === undefined ? undefined : this.checkedExcept(rule.except, method);
    const conditions = rule.when === undefined ? [] : checkedConditions({ construct: scope.node.path, property: `${method}.when` }, rule.when);
    const grant: Grant = { method, action, target, callers, except, rule: keptRule(rule), conditions, implied: false, site: callSite(), ...asked };
    if (action === 'DENY') requireSomethingLeft(grant);
    if (action === 'CUSTOM') refuseTokens(grant);
    addGrant(grant);
  }

  private checkedExcept(given: AccessCallers, method: string): Grant['except'] {
    const place = { construct: this.target.scope.node.path, property: `${method}.except` };
    const callers = checkedCallers(this.target.scope, given, place.property);
    if (callers === undefined) throw refuse(place, 'no-callers', "'anyone'", 'some callers: a rule for nobody does nothing', 'take the rule out');
    const token = callers.find((caller) => 'conditions' in caller && caller.conditions.length > 0);
    if (token === undefined) return callers;
    throw refuse(place, 'bad-except', 'a RequestPrincipal with claims', 'issuer and subject alone: Istio cannot leave out what several things together tell', "ask for the claim with when: { 'request.auth.claims[…]': { notValues } }");
  }
}

/**
 * Lets the gateway of a route in where callers need a grant at all: a route to a service that takes every caller closes nothing. What
 * the program says itself of the gateway counts in its place.
 */
export function implyAccess(caller: AccessCaller, subject: PolicySubject): void {
  const target = policyTarget(undefined, subject, 'allowFrom');
  requireCaller(target.scope, caller);
  addGrant({ method: 'allowFrom', action: 'ALLOW', target, callers: [caller], except: undefined, rule: {}, conditions: [], implied: true, isRoute: true, site: callSite() });
}

/** Refuses requests to the pods that show no token. */
export function requireToken(subject: PolicySubject, rule: Pick<DenyRule, 'notPaths' | 'notMethods' | 'pathsAsWritten'>, saidBy: SaidBy): void {
  const target = policyTarget(undefined, subject, 'target');
  // checked by whoever says so
  const checked = keptRule({ ...rule, tokensCheckedElsewhere: true });
  addGrant({ method: 'denyFrom', action: 'DENY', target, callers: undefined, except: [RequestPrincipal.any()], rule: checked, conditions: [], implied: false, saidBy, site: callSite() });
}

/** Notes that a namespace lets nobody in without a grant, and makes the policy for it itself. */
export function noteDenyByDefault(namespace: Construct & { readonly kind: string; readonly name: string }): void {
  accessProgram(namespace).denials.push({ target: policyTarget(undefined, namespace, 'denyByDefault'), isMade: true });
  planAccess(namespace);
}

function addGrant(grant: Grant): void {
  const { scope } = grant.target;
  accessProgram(scope).grants.push(grant);
  planAccess(scope);
}

/** A denial that asks for nothing is an outage; whoever wants it says so. */
function requireSomethingLeft({ target, callers, except, rule, method }: Grant): void {
  const { everything, dryRun, pathsAsWritten: _paths, tokensCheckedElsewhere: _tokens, except: _except, ...asked } = rule as DenyRule;
  if (everything === true || dryRun === true || (callers !== undefined && !callers.some(isEveryone)) || except !== undefined || Object.entries(asked).some(leavesSomething)) return;
  const place = { construct: target.scope.node.path, property: method };
  throw refuse(place, 'denies-everything', 'every request of every caller', 'a rule that leaves something', 'say everything: true to shut these pods off; to let in only who was granted access, say Access.to(…).denyByDefault()');
}

function isEveryone(caller: unknown): boolean {
  return IpBlock.isIpBlock(caller) && caller.cidr.endsWith('/0');
}

/** A list that any request fits leaves nothing; one of what is not meant has been looked at. */
function leavesSomething([key, value]: readonly [string, unknown]): boolean {
  if (value === undefined) return false;
  return !Array.isArray(value) || key.startsWith('not') || !fitsEvery(key as ListKey, value);
}
