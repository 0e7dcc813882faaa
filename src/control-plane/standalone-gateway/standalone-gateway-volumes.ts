import type { Volume, VolumeMount } from '../../../imports/kubernetes/core-v1';
import type { StandaloneGatewaySettings } from './standalone-gateway-settings';

/** The volumes of a standalone gateway: an injected one brings only those of its own. */
export function standaloneVolumes(settings: StandaloneGatewaySettings): Volume[] {
  return [...(settings.props.injectionTemplate === undefined ? proxyVolumes(settings) : []), ...ownVolumes(settings)];
}

export function standaloneVolumeMounts(settings: StandaloneGatewaySettings): VolumeMount[] {
  return [...(settings.props.injectionTemplate === undefined ? proxyMounts(settings) : []), ...ownMounts(settings)];
}

function proxyVolumes(settings: StandaloneGatewaySettings): Volume[] {
  const { tokenAudience = 'istio-ca', mountMtlsCerts = false } = settings.props.proxy ?? {};
  return [
    ...['workload-socket', 'credential-socket', 'workload-certs'].map(emptyDir),
    ...(hasIstiodCa(settings) ? [caVolume(settings)] : []),
    { name: 'podinfo', downwardAPI: { items: ['labels', 'annotations'].map((path) => ({ path, fieldRef: { fieldPath: `metadata.${path}` } })) } },
    ...['istio-envoy', 'istio-data'].map(emptyDir),
    {
      name: 'istio-token',
      projected: { sources: [{ serviceAccountToken: { path: 'istio-token', expirationSeconds: 43200, audience: tokenAudience } }] },
    },
    ...(mountMtlsCerts ? [{ name: 'istio-certs', secret: { secretName: `istio.${settings.component}-service-account`, optional: true } }] : []),
    { name: 'config-volume', configMap: { name: settings.revision === '' ? 'istio' : `istio-${settings.revision}`, optional: true } },
  ];
}

function proxyMounts(settings: StandaloneGatewaySettings): VolumeMount[] {
  return [
    { name: 'workload-socket', mountPath: '/var/run/secrets/workload-spiffe-uds' },
    { name: 'credential-socket', mountPath: '/var/run/secrets/credential-uds' },
    { name: 'workload-certs', mountPath: '/var/run/secrets/workload-spiffe-credentials' },
    { name: 'istio-envoy', mountPath: '/etc/istio/proxy' },
    { name: 'config-volume', mountPath: '/etc/istio/config' },
    ...(hasIstiodCa(settings) ? [{ name: 'istiod-ca-cert', mountPath: '/var/run/secrets/istio' }] : []),
    { name: 'istio-token', mountPath: '/var/run/secrets/tokens', readOnly: true },
    ...(settings.props.proxy?.mountMtlsCerts === true ? [{ name: 'istio-certs', mountPath: '/etc/certs', readOnly: true }] : []),
    { name: 'istio-data', mountPath: '/var/lib/istio/data' },
    { name: 'podinfo', mountPath: '/etc/istio/pod' },
  ];
}

function ownVolumes({ props, secretVolumes }: StandaloneGatewaySettings): Volume[] {
  return [
    ...secretVolumes.map(({ name, secretName }) => ({ name, secret: { secretName, optional: true } })),
    ...(props.configVolumes ?? []).map(({ name, configMapName }) => ({ name, configMap: { name: configMapName, optional: true } })),
  ];
}

function ownMounts({ props, secretVolumes }: StandaloneGatewaySettings): VolumeMount[] {
  const all: readonly { readonly name: string; readonly mountPath?: string }[] = [...secretVolumes, ...(props.configVolumes ?? [])];
  return all.flatMap(({ name, mountPath }) => (mountPath === undefined ? [] : [{ name, mountPath, readOnly: true }]));
}

function hasIstiodCa({ props }: StandaloneGatewaySettings): boolean {
  return (props.proxy?.pilotCertProvider ?? 'istiod') === 'istiod';
}

function caVolume({ props }: StandaloneGatewaySettings): Volume {
  const { clusterTrustBundle = false, trustBundleName } = props.proxy ?? {};
  if (!clusterTrustBundle) return { name: 'istiod-ca-cert', configMap: { name: trustBundleName ?? 'istio-ca-root-cert' } };
  const bundle = { name: `istio.io:istiod-ca:${trustBundleName ?? 'root-cert'}`, path: 'root-cert.pem' };
  return { name: 'istiod-ca-cert', projected: { sources: [{ clusterTrustBundle: bundle }] } };
}

function emptyDir(name: string): Volume {
  return { name, emptyDir: {} };
}
