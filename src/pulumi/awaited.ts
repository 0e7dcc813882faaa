import type { ObjectItem } from '../core/object-graph';
import { isMapOfText, labelsFit, treeAt } from './manifest-parts';
import { podTemplateOf } from './pod-references';

/**
 * Services for which the provider would wait in vain. It waits until a Service has endpoints; one whose pods this program does
 * not make may get them only afterwards, from the deployment of the application.
 *
 * @see https://www.pulumi.com/registry/packages/kubernetes/#await-logic
 */
export function servicesWithoutPods(ordered: readonly ObjectItem[]): ReadonlySet<ObjectItem> {
  const pods = ordered.map((item) => ({ item, ...podTemplateOf(item.object.manifest) })).filter(({ labels }) => Object.keys(labels).length > 0);
  const isBacked = ({ object: { identity, manifest } }: ObjectItem): boolean => {
    const selector = treeAt(manifest, 'spec', 'selector');
    if (!isMapOfText(selector) || Object.keys(selector).length === 0) return true;
    return pods.some(({ item, labels }) => {
      const { cluster, namespace } = item.object.identity;
      return cluster === identity.cluster && namespace === identity.namespace && labelsFit(selector, labels);
    });
  };
  return new Set(ordered.filter((item) => item.object.identity.kind === 'Service' && item.object.identity.group === '' && !isBacked(item)));
}
