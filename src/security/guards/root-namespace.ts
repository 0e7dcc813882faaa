import type { Finding } from '../../errors/finding';
import { findingOf } from './grant-finding';
import type { NamedGrant } from '../access/policy-rules';

/**
 * In the root namespace Istio takes a policy to be for pods of every namespace: one for a namespace would be for the mesh, and one for
 * some pods for all pods that have such labels.
 *
 * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export function rootNamespaceFindings(grant: NamedGrant, roots: readonly string[]): Finding[] {
  const { of, namespace, selector } = grant.target;
  if (of === 'mesh' || !roots.includes(namespace)) return [];
  if (of === 'namespace') {
    return [findingOf(grant, '', { code: 'root-namespace', got: `the namespace ${namespace}, whose policies are for the whole mesh`, expected: 'a namespace of its own, or the mesh in so many words', fix: 'say Access.to(mesh), or name the pods that are meant' })];
  }
  const labels = Object.entries(selector?.() ?? {}).map(([key, value]) => `${key}=${value}`).join(',');
  return [findingOf(grant, '', { code: 'root-namespace', severity: 'warning', got: `pods of the namespace ${namespace}, whose policies are for all pods of the mesh with the labels ${labels}`, expected: 'labels that no other pods of the mesh have', fix: 'move the pods to a namespace of their own' })];
}
