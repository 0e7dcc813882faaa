import type { IstiodSettings } from './istiod-settings';

type Certificates = Pick<IstiodSettings, 'env' | 'props'>;

/** Whether the mesh's root certificate is published as a ClusterTrustBundle instead of a ConfigMap in every namespace. */
export function usesClusterTrustBundle({ env }: Certificates): boolean {
  return env['ENABLE_CLUSTER_TRUST_BUNDLE_API'] === 'true';
}

/** Whether certificates come from a signer of Kubernetes, for which istiod makes and approves requests. */
export function usesKubernetesSigner({ env, props }: Certificates): boolean {
  return (env['EXTERNAL_CA'] ?? '') !== '' || (props.pilotCertProvider ?? 'istiod').startsWith('k8s.io/');
}

export function rootCertificateConfigMapName({ props }: Certificates): string {
  return props.trustBundleName ?? 'istio-ca-root-cert';
}
