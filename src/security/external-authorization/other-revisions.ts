import type { Finding } from '../../errors/finding';
import type { Grant } from '../access/grants';
import type { MeshView } from '../../traffic/scope/mesh-view';
import { injectionLabelsOf } from './injection-labels';
import { hasProvider } from './mesh-providers';
import type { ControlPlane } from './mesh-providers';

/**
 * An authorizer that the control plane of these pods does not know, though another revision of the program does: it would refuse
 * every request of the rule. Which control plane that is, the labels of their namespace tell.
 */
export function otherRevision({ target, provider }: Grant, view: MeshView, planes: readonly ControlPlane[]): Finding[] {
  const { scope } = target;
  // one that nobody knows is a finding already
  if (provider === undefined || !planes.some(({ settings }) => hasProvider(settings, provider))) return [];
  const labels = injectionLabelsOf(target, view);
  const own = planes.filter(({ injectionLabels }) => Object.entries(injectionLabels).every(([key, value]) => labels[key] === value));
  const missing = own.find(({ settings }) => !hasProvider(settings, provider));
  if (missing === undefined) return [];
  return [
    {
      construct: scope.node.path,
      property: 'custom',
      code: 'unknown-authorizer',
      got: `"${provider}", which ${missing.node.path} does not have, and these pods are of its revision`,
      expected: 'an authorizer of the mesh that the pods are of',
      fix: 'give the ExternalAuthorizer all meshes that are asked to know it: mesh: [one, other]',
    },
  ];
}
