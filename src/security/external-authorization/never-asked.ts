import type { Finding } from '../../errors/finding';
import type { Grant } from '../access/grants';
import type { MeshView } from '../../traffic/scope/mesh-view';
import { injectionLabelsOf } from './injection-labels';

/**
 * A rule for pods in ambient mode. ztunnel knows no external authorizers, and leaves such a policy out: what it is about comes in
 * without being asked about.
 *
 * @see https://istio.io/latest/docs/ambient/usage/l4-policy/
 */
export function neverAsked({ target }: Grant, view: MeshView): Finding[] {
  if (target.of === 'gateway' || injectionLabelsOf(target, view)['istio.io/dataplane-mode'] !== 'ambient') return [];
  return [
    {
      construct: target.scope.node.path,
      property: 'custom',
      code: 'never-asked',
      got: target.of === 'mesh' ? 'a mesh in ambient mode, whose ztunnels ask no authorizer' : `the namespace ${target.namespace} in ambient mode, where ztunnel asks no authorizer`,
      expected: 'pods with a proxy of their own, or a gateway',
      fix: "ask at the gateway, or give the namespace sidecars: dataPlane: 'sidecar'",
    },
  ];
}
