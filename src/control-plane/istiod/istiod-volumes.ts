import type { ServiceAccountTokenProjection, Volume, VolumeMount } from '../../../imports/kubernetes/core-v1';
import { rootCertificateConfigMapName, usesClusterTrustBundle } from './istiod-certificates';
import type { IstiodSettings } from './istiod-settings';

/**
 * istiod finds these where they are, and does without those that are not: a plug-in CA, certificates of istio-csr, access to another
 * cluster. Started too early, it would make up a root of its own, or serve none at all; so pods wait for what is sure to come.
 */
export function istiodVolumes(settings: IstiodSettings): Volume[] {
  const { props, suffix } = settings;
  return [
    { name: 'local-certs', emptyDir: { medium: 'Memory' } },
    {
      name: 'istio-token',
      projected: { sources: [{ serviceAccountToken: tokenSource(props.tokenAudience) }] },
    },
    secret('cacerts', 'cacerts', props.certificatesFrom !== 'cacerts'),
    secret('istio-kubeconfig', 'istio-kubeconfig'),
    secret('istio-csr-dns-cert', 'istiod-tls', props.certificatesFrom !== 'istio-csr'),
    rootCertificate(settings),
    ...(props.jwksExtraRootCa === undefined ? [] : [{ name: 'extracacerts', configMap: { name: `pilot-jwks-extra-cacerts${suffix}` } }]),
    ...(props.volumes ?? []),
  ];
}

export function istiodVolumeMounts({ props }: IstiodSettings): VolumeMount[] {
  return [
    { name: 'istio-token', mountPath: '/var/run/secrets/tokens', readOnly: true },
    { name: 'local-certs', mountPath: '/var/run/secrets/istio-dns' },
    { name: 'cacerts', mountPath: '/etc/cacerts', readOnly: true },
    { name: 'istio-kubeconfig', mountPath: '/var/run/secrets/remote', readOnly: true },
    ...(props.jwksExtraRootCa === undefined ? [] : [{ name: 'extracacerts', mountPath: '/cacerts' }]),
    { name: 'istio-csr-dns-cert', mountPath: '/var/run/secrets/istiod/tls', readOnly: true },
    { name: 'istio-csr-ca-configmap', mountPath: '/var/run/secrets/istiod/ca', readOnly: true },
    ...(props.volumeMounts ?? []),
  ];
}

function secret(name: string, secretName: string, optional = true): Volume {
  return { name, secret: { secretName, optional } };
}

/** An empty audience is the API server's own. */
function tokenSource(audience = 'istio-ca'): ServiceAccountTokenProjection {
  return { ...(audience !== '' && { audience }), expirationSeconds: 43200, path: 'istio-token' };
}

function rootCertificate(settings: IstiodSettings): Volume {
  const name = 'istio-csr-ca-configmap';
  const { trustBundleName = 'root-cert', certificatesFrom } = settings.props;
  const isAwaited = certificatesFrom === 'istio-csr';
  if (usesClusterTrustBundle(settings)) {
    const source = { name: `istio.io:istiod-ca:${trustBundleName}`, path: 'root-cert.pem', optional: !isAwaited };
    return { name, projected: { sources: [{ clusterTrustBundle: source }] } };
  }
  return { name, configMap: { name: rootCertificateConfigMapName(settings), defaultMode: 420, optional: !isAwaited } };
}
