import type { Finding } from '../../errors/finding';
import { MeshError, meshError } from '../../errors/mesh-error';
import { namedCallers } from '../callers/callers';
import type { NamedCaller } from '../callers/callers';
import type { Grant } from './grants';
import { asksForHttp, meantPorts } from './meant-ports';
import { PlanView } from './plan-view';
import type { PolicyTarget } from './policy-target';
import type { NamedGrant } from './policy-rules';
import { withShownToken } from './shown-token';

/**
 * Grants with their callers as policies name them; what is wrong with several comes in one error.
 *
 * @throws MeshError
 */
export function withCallers(grants: readonly Grant[]): NamedGrant[] {
  const findings: Finding[] = [];
  const view = new PlanView();
  const named = grants.flatMap((grant): NamedGrant[] => {
    const { callers, except, method } = grant;
    const target = view.of(grant.target);
    try {
      if (target.selector !== undefined && Object.keys(target.selector()).length === 0) throw noPods(target);
      const address = target.of === 'gateway' ? 'remote' : 'source';
      // of the mesh, gateways are a part: a denial is for their clients, too
      const callersAddress = target.of === 'mesh' && grant.action === 'DENY' ? 'both' : address;
      const from = namedCallers(target.scope, callers, method, callersAddress);
      const notFrom = except === undefined ? [] : namedCallers(target.scope, except, `${method}.except`, address);
      return byToken(grant, from, notFrom).map((callers) => {
        const known = { ...grant, target, from: callers, notFrom, conditions: withShownToken({ ...grant, from: callers, notFrom }) };
        return { ...known, ports: meantPorts(known, view) };
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
