import { Construct } from 'constructs';
import { isObjectConstruct, requireSameCluster } from '../../core/references';
import { describeValue } from '../../core/refusal';
import { refuse } from '../../traffic/rules/refuse';
import type { Grant } from '../access/grants';
import { policyTarget } from '../access/policy-target';
import type { PolicyTarget } from '../access/policy-target';
import type { AccessCaller, AccessSource } from '../callers/access-caller';
import { principalOf } from '../callers/principal';
import { isExternalAuthorizer } from './authorizer-brand';
import { planAuthorizers } from './authorizer-planner';
import type { ExternalAuthorizer } from './external-authorizer';

/** The name of what `custom` was given, which is judged at synthesis. @throws MeshError when it is no authorizer, or of another cluster. */
export function authorizerName({ scope }: PolicyTarget, given: unknown): string {
  planAuthorizers(scope);
  if (isExternalAuthorizer(given)) {
    requireSameCluster(scope, given, 'custom');
    return given.name;
  }
  if (typeof given === 'string' && given !== '') return given;
  const place = { construct: scope.node.path, property: 'custom' };
  throw refuse(place, 'bad-text', describeValue(given), 'an ExternalAuthorizer, or the name of one', 'give what mesh.addExternalAuthorizer gave, or name one of extensionProviders of meshConfig');
}

/** Tokens are checked after the authorizer is asked: what a rule says of them fits no request, and nobody would be asked. */
export function refuseTokens({ target, conditions }: Pick<Grant, 'target' | 'conditions'>): void {
  const token = conditions.find(({ key }) => key.startsWith('request.auth.'));
  if (token === undefined) return;
  const place = { construct: target.scope.node.path, property: `custom.when["${token.key}"]` };
  throw refuse(place, 'token-not-checked-yet', 'a condition about tokens', 'conditions of the request itself: tokens are checked after the authorizer was asked', 'say it in a grant or a denial, or let the authorizer look at the token');
}

/** Lets the proxies of some pods in to the authorizer that they ask: they do so as the pods themselves. */
export function checkGrant(authorizer: ExternalAuthorizer, target: PolicyTarget): Grant | undefined {
  const { service } = authorizer;
  const caller = callerOf(authorizer, target);
  if (service === undefined || caller === undefined) return undefined;
  return { method: 'allowFrom', action: 'ALLOW', target: policyTarget(undefined, service, 'allowFrom'), callers: [caller], except: undefined, rule: {}, conditions: [], implied: true };
}

/** Who asks: the pods that are protected, by what identity they have. */
function callerOf(authorizer: ExternalAuthorizer, { scope, of, namespace }: PolicyTarget): AccessCaller | undefined {
  if (of === 'mesh') return identities(authorizer, 'mesh', ['*']);
  if ('principals' in scope || isObjectConstruct(scope)) return scope as unknown as AccessCaller;
  // an egress gateway stands within the gateway that it is
  const [serviceAccount] = [scope, scope.node.scope].map((each) => (each as { readonly serviceAccount?: unknown } | undefined)?.serviceAccount).filter((each) => typeof each === 'string');
  return serviceAccount !== undefined ? identities(authorizer, scope.node.addr, [principalOf(scope, namespace, serviceAccount)]) : undefined;
}

/** Stands for pods that no construct of the program has the identities of. */
function identities(authorizer: ExternalAuthorizer, id: string, principals: readonly string[]): AccessSource {
  const known = authorizer.node.tryFindChild(id) as AccessSource | undefined;
  return known ?? Object.assign(new Construct(authorizer, id), { principals });
}
