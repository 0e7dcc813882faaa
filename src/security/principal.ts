import type { IConstruct } from 'constructs';
import { Cluster } from '../core/cluster';

/**
 * The identity of pods as Istio writes it in policies: their SPIFFE name without its scheme, such as
 * `cluster.local/ns/shop/sa/web`.
 *
 * @see https://istio.io/latest/docs/concepts/security/#istio-identity
 */
export function principalOf(construct: IConstruct, namespace: string, serviceAccount: string): string {
  return `${Cluster.factsOf(construct).trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}
