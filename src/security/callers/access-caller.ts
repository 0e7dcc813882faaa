import type { IConstruct } from 'constructs';
import { badReference, describeReference, isObjectConstruct, namespaceOf, requireSameCluster } from '../../core/references';
import type { ObjectConstruct } from '../../core/references';
import { meshError } from '../../errors/mesh-error';
import { readWorkload } from '../../traffic/kubernetes-workload';
import type { IpBlock } from './ip-block';
import { principalOf } from './principal';
import type { RequestPrincipal } from './request-principal';

/** Who may be let in: a service, a gateway, whatever has an identity in the mesh. */
export interface AccessSource extends IConstruct {
  /**
   * Identities as Istio writes principals: the SPIFFE name without its scheme, such as `cluster.local/ns/shop/sa/web`.
   * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source
   */
  readonly principals: readonly string[];
}

/**
 * Who may be let in: what has an identity in the mesh, or an object that tells one. A workload (a Deployment, a Pod, …)
 * stands for the ServiceAccount that its pods run as, a ServiceAccount for itself, a Namespace for all that runs in it.
 */
export type AccessCaller = AccessSource | ObjectConstruct;

/** Whom a rule is for: one caller, addresses, whoever shows a token, several of these, or anyone at all. */
export type AccessCallers = 'anyone' | SingleCaller | readonly SingleCaller[];

/** One of those whom a rule is for. */
export type SingleCaller = AccessCaller | IpBlock | RequestPrincipal;

/** Callers as a policy names them. */
export interface CallerIdentities {
  readonly principals: readonly string[];
  readonly namespaces: readonly string[];
}

const EXPECTED = 'something with an identity in the mesh: a MeshService, a gateway, a workload, a ServiceAccount or a Namespace';

/**
 * Refuses what cannot call anything, as far as it can be told before synthesis.
 *
 * @throws MeshError
 */
export function requireCaller(target: IConstruct, caller: unknown, property = 'allowFrom', expected = EXPECTED): asserts caller is AccessCaller {
  requireSameCluster(target, caller, property, expected);
  if (!('principals' in caller) && !isObjectConstruct(caller)) throw noIdentity(target, caller, property);
}

/**
 * The identities of a caller. Asked for at synthesis: a workload may be told its account until then.
 *
 * @throws MeshError when there is none, or it is the account of all pods that have none of their own.
 */
export function identitiesOf(target: IConstruct, caller: AccessCaller, property = 'allowFrom'): CallerIdentities {
  if ('principals' in caller) {
    const principals: unknown = caller.principals;
    if (!Array.isArray(principals) || principals.length === 0) throw noIdentity(target, caller, property);
    return { principals: principals as string[], namespaces: [] };
  }
  if (caller.kind === 'Namespace') return { principals: [], namespaces: [caller.name] };
  const namespace = namespaceOf(caller);
  if (namespace === undefined) throw badReference(target, caller, property, 'a caller in a namespace', 'give it or its chart a namespace');
  if (caller.kind === 'ServiceAccount') return { principals: [principalOf(caller, namespace, caller.name, trustDomainOf(caller))], namespaces: [] };
  if (caller.kind === 'Service') return { principals: principalsOfService(caller, namespace), namespaces: [] };
  return { principals: [principalOf(caller, namespace, workloadAccount(target, caller, property))], namespaces: [] };
}

/**
 * The ServiceAccount that tells a workload from others. Istio knows callers by their account and nothing else: to let in a
 * workload that has no account of its own would let in every other pod of its namespace that has none, either.
 *
 * @throws MeshError when it is no workload, or runs as `default`.
 */
export function workloadAccount(from: IConstruct, workload: ObjectConstruct, property: string): string {
  const facts = readWorkload(workload);
  if (facts === undefined) throw noIdentity(from, workload, property);
  const { serviceAccount } = facts;
  if (serviceAccount !== undefined && serviceAccount !== '' && serviceAccount !== 'default') return serviceAccount;
  throw meshError({
    code: 'default-account',
    construct: from.node.path,
    property,
    got: `${workload.node.path}, whose pods run as the ServiceAccount "default"`,
    expected: 'a workload with a ServiceAccount of its own: it is the identity that Istio knows',
    fix: "give it one; to let in all pods of the namespace that have none, name the account: MeshServiceAccount.fromName(scope, id, { name: 'default' })",
  });
}

/** A Service calls as its pods do: as the mesh knows them, else as an account of its name. */
function principalsOfService(service: ObjectConstruct, namespace: string): readonly string[] {
  const known = service.node.tryFindChild('mesh');
  return known !== undefined && 'principals' in known ? (known as AccessSource).principals : [principalOf(service, namespace, service.name)];
}

function trustDomainOf(account: ObjectConstruct): string | undefined {
  const { trustDomain } = account as { readonly trustDomain?: unknown };
  return typeof trustDomain === 'string' ? trustDomain : undefined;
}

function noIdentity(from: IConstruct, caller: IConstruct, property: string): Error {
  return meshError({
    code: 'no-identity',
    construct: from.node.path,
    property,
    got: `${describeReference(caller)}, which has no identity`,
    expected: EXPECTED,
    fix: 'name the ServiceAccount that it runs as: MeshServiceAccount.fromName()',
  });
}
