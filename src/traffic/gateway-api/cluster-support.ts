import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { compareVersions } from '../../validation/versions';

/** What the cluster's CRDs of the Gateway API, and its istiod, let one say. */
export interface GatewayApiSupport {
  /** `retry` of HTTPRoutes is in the experimental channel only. */
  readonly hasRetry: boolean;
  /** The version of TCPRoutes to write; undefined where istiod does not read them. */
  readonly tcpRoute: 'gateway.networking.k8s.io/v1' | 'gateway.networking.k8s.io/v1alpha2' | undefined;
  /** Whether istiod reads TLSRoutes. */
  readonly hasTlsRoute: boolean;
}

/**
 * What holds for the cluster of a construct; where it declares no version, for the newest that are known. From 1.31 on, istiod
 * reads TCPRoutes of the Gateway API 1.6; before, those of the experimental channel. From 1.30 on, it reads TLSRoutes of 1.5;
 * before, of no version that is known here.
 */
export function supportOf(construct: IConstruct): GatewayApiSupport {
  const { istio, gatewayApi, gatewayApiChannel } = Cluster.factsOf(construct);
  const isExperimental = gatewayApiChannel === 'experimental';
  const isNewApi = gatewayApi.every((version) => compareVersions(version, '1.6.0') >= 0);
  // of what nobody declared, the newest holds
  const readsTcp = istio.every((version) => (compareVersions(version, '1.31.0') >= 0 ? isNewApi : isExperimental)) && (isNewApi || istio.length > 0);
  const tcpRoute = isNewApi ? 'gateway.networking.k8s.io/v1' : 'gateway.networking.k8s.io/v1alpha2';
  return {
    hasRetry: isExperimental,
    tcpRoute: readsTcp ? tcpRoute : undefined,
    hasTlsRoute: istio.every((version) => compareVersions(version, '1.30.0') >= 0),
  };
}
