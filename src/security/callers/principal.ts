import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';

/**
 * The identity of pods as Istio writes it in policies: their SPIFFE name without its scheme, such as
 * `cluster.local/ns/shop/sa/web`.
 *
 * @param trustDomain that of the cluster, where none is given
 * @see https://istio.io/latest/docs/concepts/security/#istio-identity
 */
export function principalOf(construct: IConstruct, namespace: string, serviceAccount: string, trustDomain?: string): string {
  return `${trustDomain ?? Cluster.factsOf(construct).trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}
