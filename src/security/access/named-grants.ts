import type { Finding } from '../../errors/finding';
import { MeshError, meshError } from '../../errors/mesh-error';
import { namedCallers } from '../callers/callers';
import type { Grant } from './grants';
import { meantPorts } from './meant-ports';
import { PlanView } from './plan-view';
import type { PolicyTarget } from './policy-target';
import type { NamedGrant } from './policy-rules';

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
      const known = { ...grant, target, from, notFrom };
      return [{ ...known, ports: meantPorts(known, view) }];
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
      findings.push(...error.findings);
      return [];
    }
  });
  if (findings.length > 0) throw new MeshError(findings);
  return named;
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
