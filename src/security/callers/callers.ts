import type { IConstruct } from 'constructs';
import { isConstruct } from '../../core/place';
import { listOf } from '../access/checks';
import { badReference } from '../../core/references';
import { describeValue } from '../../core/refusal';
import { meshError } from '../../errors/mesh-error';
import { identitiesOf, requireCaller } from './access-caller';
import type { SingleCaller } from './access-caller';
import { IpBlock } from './ip-block';
import { RequestPrincipal } from './request-principal';
import type { PolicyCondition } from './request-principal';

/** Callers of a grant: a list, or undefined for anyone. */
export type CheckedCallers = readonly SingleCaller[] | undefined;

/** Fields of a policy's `source` that name callers. */
export const SOURCE_KEYS = ['principals', 'namespaces', 'ipBlocks', 'remoteIpBlocks', 'requestPrincipals'] as const;
export type SourceKey = (typeof SOURCE_KEYS)[number];
export type Source = Readonly<Partial<Record<SourceKey, readonly string[]>>>;

/** Whose address is meant where it is not said: of one of them, of either, or of both. */
export type AddressOf = 'source' | 'remote' | 'either' | 'both';

/** One caller as a policy names it, and what has to hold beside. */
export interface NamedCaller {
  readonly source: Source;
  readonly conditions: readonly PolicyCondition[];
  /** The issuer that its token has to be of; undefined where no token is asked for, or any issuer will do. */
  readonly issuer?: string;
}

const EXPECTED = "'anyone', or callers: a MeshService, a gateway, a workload, a ServiceAccount, a Namespace, an IpBlock, a RequestPrincipal, or a list of these";

const FIX = 'name what another program has: MeshService.fromName(), MeshServiceAccount.fromName() or MeshNamespace.fromName()';

/**
 * The callers that a grant was given, as far as they can be told before synthesis.
 *
 * @throws MeshError when there are none, or one is nothing that calls.
 */
export function checkedCallers(target: IConstruct, given: unknown, property: string): CheckedCallers {
  if (given === 'anyone') return undefined;
  const list = listOf(given);
  if (list.length === 0) throw noCallers(target, property, '[]');
  return list.map((caller) => {
    if (IpBlock.isIpBlock(caller) || RequestPrincipal.isRequestPrincipal(caller)) return caller;
    if (caller === 'anyone') throw noCallers(target, property, "'anyone' in a list");
    if (!isConstruct(caller)) throw badReference(target, caller, property, EXPECTED, FIX);
    requireCaller(target, caller, property, EXPECTED);
    return caller;
  });
}

/**
 * The callers as policies name them. Asked for at synthesis: a workload may be told its account until then.
 *
 * @param address which address an IpBlock is about that does not say: at a gateway the client's, by what proxies before it say; with
 * `both`, one of the blocks given has to hold for each
 * @throws MeshError when one has no identity of its own.
 */
export function namedCallers(target: IConstruct, callers: CheckedCallers, property: string, address: AddressOf): NamedCaller[] {
  if (callers === undefined) return [{ source: {}, conditions: [] }];
  const unsaid = [...new Set(callers.flatMap((caller) => (IpBlock.isIpBlock(caller) && caller.whose === 'either' ? [caller.cidr] : [])))].sort();
  return callers.flatMap((caller): NamedCaller[] => {
    if (IpBlock.isIpBlock(caller)) {
      const whose = caller.whose === 'either' ? address : caller.whose;
      if (whose === 'both') return [{ source: { ipBlocks: [caller.cidr] }, conditions: [{ key: 'remote.ip', values: unsaid }] }];
      const keys = whose === 'either' ? (['ipBlocks', 'remoteIpBlocks'] as const) : ([whose === 'remote' ? 'remoteIpBlocks' : 'ipBlocks'] as const);
      return keys.map((key) => ({ source: { [key]: [caller.cidr] }, conditions: [] }));
    }
    if (RequestPrincipal.isRequestPrincipal(caller)) {
      const { principal, conditions, issuer } = caller;
      return [{ source: { requestPrincipals: [principal] }, conditions, ...(issuer === undefined ? {} : { issuer }) }];
    }
    const { principals, namespaces } = identitiesOf(target, caller, property);
    return [
      ...(principals.length === 0 ? [] : [{ source: { principals }, conditions: [] }]),
      ...(namespaces.length === 0 ? [] : [{ source: { namespaces }, conditions: [] }]),
    ];
  });
}

/** What a caller is called where a list of them is read by people. */
export function describeCaller(caller: SingleCaller): string {
  if (IpBlock.isIpBlock(caller)) return caller.cidr;
  if (RequestPrincipal.isRequestPrincipal(caller)) return `a token of ${caller.issuer ?? 'any issuer'}`;
  return isConstruct(caller) ? caller.node.path : describeValue(caller);
}

function noCallers(target: IConstruct, property: string, got: string): Error {
  return meshError({ code: 'no-callers', construct: target.node.path, property, got, expected: EXPECTED, fix: "say 'anyone' alone where every caller is meant" });
}
