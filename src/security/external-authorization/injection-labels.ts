import type { PolicyTarget } from '../access/policy-target';
import type { MeshView } from '../../traffic/scope/mesh-view';
import { labelsIn } from '../../traffic/scope/reading';

/** The labels that tell how pods join a mesh, and of which revision: those of their namespace, as its object says, whoever makes it. */
export function injectionLabelsOf({ of, scope, namespace }: PolicyTarget, view: MeshView): Readonly<Record<string, string>> {
  if (of === 'mesh') return (scope as unknown as { readonly injectionLabels: Readonly<Record<string, string>> }).injectionLabels;
  const found = view.manifests.of('/Namespace').find(({ name }) => name === namespace);
  return found === undefined ? {} : labelsIn(found.metadata, 'labels');
}
