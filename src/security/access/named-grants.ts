import type { Finding } from '../../errors/finding';
import { MeshError, meshError } from '../../errors/mesh-error';
import { namedCallers } from '../callers/callers';
import { IpBlock } from '../callers/ip-block';
import type { AddressOf, NamedCaller } from '../callers/callers';
import type { Grant } from './grants';
import { asksForHttp, meantPorts } from './meant-ports';
import { PlanView } from './plan-view';
import type { PolicyTarget } from './policy-target';
import type { NamedGrant } from './policy-rules';
import { withoutOverruled } from './routed-grants';
import { withShownToken } from './shown-token';

/**
 * The grants that count, with their callers as policies name them; what is wrong with several comes in one error.
 *
 * @throws MeshError
 */
export function withCallers(grants: readonly Grant[]): NamedGrant[] {
  return withoutOverruled(allWithCallers(grants)).counting;
}

/** All grants, also those of routes in whose place others count. @throws MeshError as `withCallers`. */
export function allWithCallers(grants: readonly Grant[]): NamedGrant[] {
  const findings: Finding[] = [];
  const view = new PlanView();
  const named = grants.flatMap((grant): NamedGrant[] => {
    const { callers, except, method } = grant;
    const target = view.of(grant.target);
    try {
      if (target.selector !== undefined && Object.keys(target.selector()).length === 0) throw noPods(target);
      const address = addressesOf(target, grant);
      const from = namedCallers(target.scope, callers, method, address.from);
      return address.except.flatMap((each) => {
        const notFrom = except === undefined ? [] : namedCallers(target.scope, except, `${method}.except`, each);
        return byToken(grant, from, notFrom).map((some) => {
          const known = { ...grant, target, from: some, notFrom, conditions: withShownToken({ ...grant, from: some, notFrom }) };
          return { ...known, ports: meantPorts(known, view) };
        });
      });
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
      findings.push(...error.findings);
      return [];
    }
  });
  if (findings.length > 0) throw new MeshError(findings);
  return named;
}

/**
 * Whose addresses are meant by those that do not say. Gateways are a part of the mesh: there they are those of their clients, and at all
 * other pods of whoever holds the connection. So a denial holds for either, what it leaves out has to be both, in a rule each, and so has
 * what is let in: everybody comes to a gateway from some address of the cluster.
 */
function addressesOf({ of }: PolicyTarget, { action, except }: Grant): { readonly from: AddressOf; readonly except: readonly AddressOf[] } {
  const own = of === 'gateway' ? 'remote' : 'source';
  if (of !== 'mesh') return { from: own, except: [own] };
  if (action === 'ALLOW') return { from: 'both', except: ['either'] };
  const isUnsaid = except?.some((caller) => IpBlock.isIpBlock(caller) && caller.whose === 'either') === true;
  return { from: 'either', except: isUnsaid ? ['source', 'remote'] : [own] };
}

/**
 * A denial of tokens leaves out the ports that carry no requests; those who are told by their identity or address beside them are meant
 * on these as well, and so are a denial of their own.
 */
function byToken(grant: Grant, from: readonly NamedCaller[], notFrom: readonly NamedCaller[]): (readonly NamedCaller[])[] {
  const others = from.filter(({ source }) => source.requestPrincipals === undefined);
  const isMixed = others.length > 0 && others.length < from.length;
  if (grant.action === 'ALLOW' || !isMixed || asksForHttp({ ...grant, from: others, notFrom })) return [from];
  return [others, from.filter((each) => !others.includes(each))];
}

/** A policy without labels holds for every pod of its namespace, and in the root namespace for the whole mesh. */
function noPods(target: PolicyTarget): Error {
  return meshError({
    code: 'no-pods',
    construct: target.scope.node.path,
    property: 'selector',
    got: 'a service that selects no pods',
    expected: 'labels that tell its pods: access is granted to pods, and none means all of the namespace',
    fix: 'give the Service a selector, or name the labels with MeshService.fromName',
  });
}
