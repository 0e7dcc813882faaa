import { annotationOf, bare, call, firstOf, go, hasAnnotation, text } from '../template/go';
import { each, when } from '../template/nodes';
import type { Item, Items } from '../template/nodes';
import { BOOTSTRAP_OVERRIDE } from './proxy-env';
import { usesTrustBundle } from '../settings';
import type { InjectionSettings } from '../settings';

/** Volumes of proxies, and where they are mounted. */

/** Whether a volume that only has to be there says so; Kubernetes takes one that says nothing the same way. */
export type Emptiness = 'said' | 'unsaid';

export function empty(name: string, emptiness: Emptiness = 'said'): Item {
  return emptiness === 'said' ? { name, emptyDir: {} } : { name };
}

export function inMemory(name: string): Item {
  return { name, emptyDir: { medium: 'Memory' } };
}

export function mount(name: string, mountPath: string): Item {
  return { name, mountPath };
}

const CERTIFICATES = '/var/run/secrets/workload-spiffe-credentials';

export const MOUNTS = {
  workloadSocket: mount('workload-socket', '/var/run/secrets/workload-spiffe-uds'),
  credentialSocket: mount('credential-socket', '/var/run/secrets/credential-uds'),
  rootCertificate: mount('istiod-ca-cert', '/var/run/secrets/istio'),
  revoked: mount('istio-ca-crl', '/var/run/secrets/istio/crl'),
  data: mount('istio-data', '/var/lib/istio/data'),
  envoy: mount('istio-envoy', '/etc/istio/proxy'),
  token: mount('istio-token', '/var/run/secrets/tokens'),
  podInfo: mount('istio-podinfo', '/etc/istio/pod'),
} as const;

/** The workload's certificate: GKE mounts it, else the agent writes it. */
export function certificateMount(settings: InjectionSettings): Item {
  if (isGke(settings)) return { name: 'gke-workload-certificate', mountPath: CERTIFICATES, readOnly: true };
  return mount('workload-certs', CERTIFICATES);
}

export function certificateVolume(settings: InjectionSettings, emptiness: Emptiness): Item {
  if (!isGke(settings)) return empty('workload-certs', emptiness);
  return { name: 'gke-workload-certificate', csi: { driver: 'workloadcertificates.security.cloud.google.com' } };
}

/** What is mounted only where istiod signs the control plane's certificates. */
export function ofIstiod({ pilotCertProvider }: InjectionSettings, item: Item): Item | undefined {
  return pilotCertProvider === 'istiod' ? item : undefined;
}

/** The mesh's root certificate. */
export function rootCertificateVolume(settings: InjectionSettings): Item {
  const { trustBundleName } = settings;
  const name = trustBundleName === '' ? undefined : trustBundleName;
  if (!usesTrustBundle(settings)) {
    return { name: 'istiod-ca-cert', configMap: { name: name ?? 'istio-ca-root-cert' } };
  }
  const clusterTrustBundle = { name: `istio.io:istiod-ca:${name ?? 'root-cert'}`, path: 'root-cert.pem' };
  return { name: 'istiod-ca-cert', projected: { sources: [{ clusterTrustBundle }] } };
}

/** Certificates that were revoked, where there is such a list. */
export const REVOKED_VOLUME: Item = { name: 'istio-ca-crl', configMap: { name: 'istio-ca-crl', optional: true } };

export const POD_INFO_VOLUME: Item = {
  name: 'istio-podinfo',
  downwardAPI: {
    items: ['labels', 'annotations'].map((path) => ({ path, fieldRef: { fieldPath: `metadata.${path}` } })),
  },
};

/** The token that proxies show to istiod; they fetch it anew before it expires. */
export function tokenVolume(audience: string, name = 'istio-token', path = name): Item {
  const serviceAccountToken = { path, expirationSeconds: 43200, audience };
  return { name, projected: { sources: [{ serviceAccountToken }] } };
}

export function bootstrapMount(): Item {
  return when<Items>(hasAnnotation(BOOTSTRAP_OVERRIDE), [mount('custom-bootstrap-volume', '/etc/istio/custom-bootstrap')]);
}

export function bootstrapVolume(): Item {
  const configMap = { name: annotationOf(BOOTSTRAP_OVERRIDE) };
  return when<Items>(hasAnnotation(BOOTSTRAP_OVERRIDE), [{ name: 'custom-bootstrap-volume', configMap }]);
}

/** A key and a certificate from elsewhere. */
export function mtlsMount({ proxy }: InjectionSettings): Item | undefined {
  return proxy.mountMtlsCerts ? { name: 'istio-certs', mountPath: '/etc/certs/', readOnly: true } : undefined;
}

export function mtlsVolume({ proxy }: InjectionSettings): Item | undefined {
  if (!proxy.mountMtlsCerts) return undefined;
  const secretName = text`istio.${firstOf(go('.Spec.ServiceAccountName'), 'default')}`;
  return { name: 'istio-certs', secret: { optional: true, secretName } };
}

/** Lightstep's collector may have a certificate authority of its own. */
export function lightstepMount({ proxy }: InjectionSettings): Item | undefined {
  if (proxy.tracer !== 'lightstep') return undefined;
  const mountPath = call('directory', go('.ProxyConfig.GetTracing.GetTlsSettings.GetCaCertificates'));
  return when<Items>(TRACING_TLS, [{ name: 'lightstep-certs', mountPath, readOnly: true }]);
}

export function lightstepVolume({ proxy }: InjectionSettings): Item | undefined {
  if (proxy.tracer !== 'lightstep') return undefined;
  return when<Items>(TRACING_TLS, [{ name: 'lightstep-certs', secret: { optional: true, secretName: 'lightstep.cacert' } }]);
}

const TRACING_TLS = go('.ProxyConfig.GetTracing.GetTlsSettings');

/** Volumes that the pod asks for in an annotation, as JSON by their names. */
export const USER_MOUNTS = fromAnnotation('sidecar.istio.io/userVolumeMount');
export const USER_VOLUMES = fromAnnotation('sidecar.istio.io/userVolume');

function fromAnnotation(name: string): Item {
  const named = call('dict', 'name', go('$name'));
  const item = bare(call('toJson', call('merge', named, go('$value'))));
  return when<Items>(hasAnnotation(name), [each('$name, $value', call('fromJSON', annotationOf(name)), [item])]);
}

function isGke({ proxy }: InjectionSettings): boolean {
  return proxy.caName === 'GkeWorkloadCertificate';
}

/** Secrets that the images are pulled with. */
export function pullSecrets({ image }: InjectionSettings): { imagePullSecrets?: Items } {
  const names = image.pullSecrets ?? [];
  return names.length === 0 ? {} : { imagePullSecrets: names.map((name) => ({ name })) };
}

