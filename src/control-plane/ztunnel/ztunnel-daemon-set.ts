import type { Container, EnvVar, PodSpec, SecurityContext, Volume, VolumeMount } from '../../../imports/kubernetes/core-v1';
import type { DaemonSetProps } from '../../../imports/kubernetes/daemon-set';
import { recommendedLabels } from '../component-labels';
import { imageReference } from '../image';
import { daemonSetUpdateStrategy } from '../node-agent-props';
import { since } from '../release';
import { ZTUNNEL, ztunnelAnnotations, ztunnelLabels } from './ztunnel-access';
import type { ZtunnelSettings } from './ztunnel-settings';

const PODS = { app: ZTUNNEL };
const NOT_INJECTED = { 'sidecar.istio.io/inject': 'false' };
const TRUST_BUNDLE_FLAG = 'ENABLE_CLUSTER_TRUST_BUNDLE_API';
const CRL_FOLDER = '/var/run/secrets/istio/crl';

/** The proxy of every node, for all pods of the ambient mesh on it. */
export function ztunnelDaemonSet(settings: ZtunnelSettings): DaemonSetProps {
  const { name, namespace, release, revision } = settings;
  const strategy = daemonSetUpdateStrategy(settings.updateStrategy);
  const podAnnotations = Object.entries(settings.podAnnotations).filter((entry): entry is [string, string] => entry[1] !== null);
  return {
    metadata: { name, namespace, labels: ztunnelLabels(settings), ...ztunnelAnnotations(settings) },
    spec: {
      ...(Object.keys(strategy).length > 0 && { updateStrategy: strategy }),
      selector: { matchLabels: PODS },
      template: {
        metadata: {
          labels: { ...NOT_INJECTED, 'istio.io/dataplane-mode': 'none', ...PODS, ...recommendedLabels(ZTUNNEL, release), ...settings.podLabels },
          annotations: { ...NOT_INJECTED, ...(revision !== undefined && { 'istio.io/rev': revision }), ...Object.fromEntries(podAnnotations) },
        },
        spec: podSpec(settings),
      },
    },
  };
}

function podSpec(settings: ZtunnelSettings): PodSpec {
  const { affinity, tolerations, dnsPolicy, dnsConfig } = settings;
  return {
    nodeSelector: { 'kubernetes.io/os': 'linux', ...settings.nodeSelector },
    ...(affinity !== undefined && { affinity }),
    serviceAccountName: settings.name,
    ...(tolerations.length > 0 && { tolerations: [...tolerations] }),
    ...(dnsPolicy !== undefined && { dnsPolicy }),
    ...(dnsConfig !== undefined && { dnsConfig }),
    containers: [proxy(settings)],
    priorityClassName: 'system-node-critical',
    terminationGracePeriodSeconds: settings.terminationGracePeriodSeconds,
    volumes: volumes(settings),
  };
}

function proxy(settings: ZtunnelSettings): Container {
  const { image, release, resources } = settings;
  return {
    name: 'istio-proxy',
    image: imageReference(image.name ?? ZTUNNEL, image, release),
    ...(image.pullPolicy !== undefined && { imagePullPolicy: image.pullPolicy }),
    ports: [{ containerPort: 15020, name: 'ztunnel-stats', protocol: 'TCP' }],
    ...(Object.keys(resources).length > 0 && { resources }),
    securityContext: securityContext(settings),
    readinessProbe: { httpGet: { port: 15021, path: '/healthz/ready' } },
    args: ['proxy', 'ztunnel'],
    env: environment(settings),
    volumeMounts: volumeMounts(settings),
  };
}

function securityContext({ seLinuxOptions }: ZtunnelSettings): SecurityContext {
  return {
    // follows from SYS_ADMIN; a server refuses the contrary
    allowPrivilegeEscalation: true,
    privileged: false,
    capabilities: {
      drop: ['ALL'],
      add: [
        // transparent sockets
        'NET_ADMIN',
        // into the network namespaces of pods
        'SYS_ADMIN',
        'NET_RAW',
      ],
    },
    readOnlyRootFilesystem: true,
    runAsGroup: 1337,
    runAsNonRoot: false,
    runAsUser: 0,
    ...(Object.keys(seLinuxOptions).length > 0 && { seLinuxOptions }),
  };
}

function environment(settings: ZtunnelSettings): EnvVar[] {
  const { logging, network, clusterTrustBundle, peerCaCrl } = settings;
  return [
    { name: 'CA_ADDRESS', value: settings.caAddress },
    { name: 'XDS_ADDRESS', value: settings.xdsAddress },
    ...(logging.json ? [{ name: 'LOG_FORMAT', value: 'json' }] : []),
    ...(network === undefined ? [] : [{ name: 'NETWORK', value: network }]),
    { name: 'RUST_LOG', value: logging.level },
    { name: 'RUST_BACKTRACE', value: '1' },
    { name: 'ISTIO_META_CLUSTER_ID', value: settings.clusterName },
    { name: 'INPOD_ENABLED', value: 'true' },
    { name: 'TERMINATION_GRACE_PERIOD_SECONDS', value: String(settings.terminationGracePeriodSeconds) },
    fromField('POD_NAME', 'metadata.name'),
    fromField('POD_NAMESPACE', 'metadata.namespace'),
    fromField('NODE_NAME', 'spec.nodeName'),
    fromField('INSTANCE_IP', 'status.podIP'),
    fromField('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
    ...variables(settings.proxyMetadata),
    fromCpu('ZTUNNEL_CPU_LIMIT', 'limits'),
    ...threads(settings),
    ...variables({ ...settings.env, ...(clusterTrustBundle && { [TRUST_BUNDLE_FLAG]: 'true' }) }),
    ...(peerCaCrl ? [{ name: 'CRL_PATH', value: `${CRL_FOLDER}/ca-crl.pem` }] : []),
  ];
}

/** From 1.31 on, the number of worker threads follows from what the pod asks for. */
function threads({ release, resources }: ZtunnelSettings): EnvVar[] {
  if (!since(release, '1.31')) return [];
  return [
    ...(resources.limits?.['cpu'] === undefined ? [] : [fromCpu('ZTUNNEL_RESOURCE_CPU_LIMIT', 'limits')]),
    ...(resources.requests?.['cpu'] === undefined ? [] : [fromCpu('ZTUNNEL_RESOURCE_CPU_REQUEST', 'requests')]),
  ];
}

function variables(values: Readonly<Record<string, string>>): EnvVar[] {
  return Object.keys(values).sort().map((name) => ({ name, value: values[name] as string }));
}

function fromField(name: string, fieldPath: string): EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

function fromCpu(name: string, side: 'limits' | 'requests'): EnvVar {
  return { name, valueFrom: { resourceFieldRef: { resource: `${side}.cpu`, divisor: '1' } } };
}

function volumeMounts({ peerCaCrl, volumeMounts: further }: ZtunnelSettings): VolumeMount[] {
  return [
    { mountPath: '/var/run/secrets/istio', name: 'istiod-ca-cert' },
    { mountPath: '/var/run/secrets/tokens', name: 'istio-token' },
    { mountPath: '/var/run/ztunnel', name: 'cni-ztunnel-sock-dir' },
    { mountPath: '/tmp', name: 'tmp' },
    ...(peerCaCrl ? [{ mountPath: CRL_FOLDER, name: 'crl-volume', readOnly: true }] : []),
    ...further,
  ];
}

function volumes(settings: ZtunnelSettings): Volume[] {
  const token = { path: 'istio-token', expirationSeconds: 43200, audience: 'istio-ca' };
  return [
    { name: 'istio-token', projected: { sources: [{ serviceAccountToken: token }] } },
    rootCertificate(settings),
    // a folder: the agent of the CNI plugin, which makes the socket in it, may start later
    { name: 'cni-ztunnel-sock-dir', hostPath: { path: '/var/run/ztunnel', type: 'DirectoryOrCreate' } },
    // profiles are written here, and the container's own files cannot be
    { name: 'tmp', emptyDir: {} },
    ...(settings.peerCaCrl ? [{ name: 'crl-volume', configMap: { name: 'istio-ca-crl', optional: true } }] : []),
    ...settings.volumes,
  ];
}

function rootCertificate({ clusterTrustBundle, trustBundleName }: ZtunnelSettings): Volume {
  const name = 'istiod-ca-cert';
  if (!clusterTrustBundle) return { name, configMap: { name: trustBundleName ?? 'istio-ca-root-cert' } };
  const bundle = { name: `istio.io:istiod-ca:${trustBundleName ?? 'root-cert'}`, path: 'root-cert.pem' };
  return { name, projected: { sources: [{ clusterTrustBundle: bundle }] } };
}
