import type { Release } from './release';

/**
 * Kubernetes' recommended labels of what a component makes.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function recommendedLabels(name: string, release: Release): Record<string, string> {
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': 'istio',
    'app.kubernetes.io/version': release.version,
  };
}
