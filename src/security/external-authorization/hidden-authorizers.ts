import { Cluster } from '../../core/cluster';
import type { Finding } from '../../errors/finding';
import type { MeshView } from '../../traffic/scope/mesh-view';
import { scopesOf } from '../../traffic/scope/scope-program';
import { admits } from '../../traffic/scope/sidecar-hosts';
import { sidecarFor } from '../../traffic/scope/sidecars';
import type { CheckedGrant } from './authorizer-planner';

/**
 * Authorizers that a Sidecar of the program (that of an EgressLockdown, say) hides from proxies that are to ask them. Those of a
 * SidecarScope see the authorizers of the mesh by themselves, and gateways have no Sidecar.
 */
export function hiddenBySidecar({ target, authorizer }: CheckedGrant, view: MeshView): Finding[] {
  if (target.of === 'gateway' || target.of === 'mesh') return [];
  const { scope, namespace, selector } = target;
  const sidecar = sidecarFor(view.sidecars, { namespace, selector: selector?.() ?? {} }, view.roots);
  const isScoped = [...scopesOf(scope, Cluster.pathOf(scope)).values()].some((each) => each.namespace === namespace);
  const host = authorizer.server.name.replace(/^.*\//, '');
  if (sidecar === undefined || (isScoped && !sidecar.isLock) || admits(sidecar.hosts, namespace, view.seen(host))) return [];
  const by = sidecar.construct.node.scope !== undefined && 'allows' in sidecar.construct.node.scope ? sidecar.construct.node.scope : sidecar.construct;
  return [
    {
      construct: scope.node.path,
      property: 'custom',
      code: 'hidden-authorizer',
      got: `${host}, which ${by.node.path} hides from pods of the namespace ${namespace}`,
      expected: 'an authorizer that the proxies of these pods know',
      fix: by === sidecar.construct ? 'add it to egress.hosts of that Sidecar' : 'name it in allow of the EgressLockdown',
    },
  ];
}
