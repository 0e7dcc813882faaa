import type { DeploymentProps } from '../../../imports/kubernetes/deployment';
import type { Container } from '../../../imports/kubernetes/core-v1';
import type { PolicyRule } from '../../../imports/kubernetes/rbac-v1';
import { resourcesOf } from '../../control-plane/resources';
import type { ResourceProps } from '../../control-plane/component';
import { NAME } from './istio-csr-settings';
import type { IstioCsrSettings } from './istio-csr-settings';

/** What each object of istio-csr holds. */

export const LABELS = { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/part-of': 'istio' } as const;
/** The label that Deployments of istio-csr select by: it cannot change, and so one that is there already can be taken over. */
export const SELECTOR = { app: NAME } as const;
export const PORTS = { serving: 6443, metrics: 9402, readiness: 6060 } as const;
export const ROOT_CONFIG_MAP = `${NAME}-root`;
const ROOT_FOLDER = '/var/run/secrets/istio-csr';
const ROOT_FILE = 'root-cert.pem';
const RESOURCES: ResourceProps = { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } };

/** In the mesh's namespace: requests for certificates, and which of several pods leads. */
export const NAMESPACE_RULES: PolicyRule[] = [
  { apiGroups: ['cert-manager.io'], resources: ['certificaterequests'], verbs: ['get', 'list', 'create', 'update', 'delete', 'watch'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'list', 'create', 'update', 'watch'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create'] },
];

/**
 * In all namespaces: the ConfigMap with the root, and who shows a token. To make and to watch cannot be limited to a name; to change can,
 * and without that limit it might rewrite the configuration of the mesh, or of anything else.
 */
export function clusterRules({ trustedNodeAccounts }: IstioCsrSettings): PolicyRule[] {
  const isNodeAsked = trustedNodeAccounts.length > 0;
  return [
    { apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'create', 'watch'] },
    { apiGroups: [''], resources: ['configmaps'], resourceNames: ['istio-ca-root-cert'], verbs: ['get', 'update'] },
    { apiGroups: [''], resources: isNodeAsked ? ['namespaces', 'pods'] : ['namespaces'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  ];
}

/** The certificate that istiod serves with; it reads the Secret `istiod-tls`. */
export function istiodCertificateSpec(settings: IstioCsrSettings): object {
  const { meshNamespace, revisions, istiodDnsNames, istiodCertificate, trustDomain, issuer } = settings;
  const names = revisions.map((revision) => (revision === 'default' ? 'istiod' : `istiod-${revision}`));
  const hosts = names.map((name) => `${name}.${meshNamespace}.svc`);
  const [first = ''] = hosts;
  return {
    // X.509 has no longer ones; nobody looks at it where there are other names
    ...(first.length <= 64 && { commonName: first }),
    dnsNames: [...new Set([...hosts, ...istiodDnsNames])],
    uris: names.map((name) => `spiffe://${trustDomain}/ns/${meshNamespace}/sa/${name}`),
    secretName: 'istiod-tls',
    duration: istiodCertificate.duration.value,
    renewBefore: istiodCertificate.renewBefore.value,
    privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
    usages: ['digital signature', 'key encipherment', 'server auth', 'client auth'],
    revisionHistoryLimit: 1,
    issuerRef: issuer,
  };
}

export function istioCsrDeployment(settings: IstioCsrSettings): DeploymentProps {
  const { props, namespace, replicas } = settings;
  const { pullSecrets = [] } = props.image ?? {};
  return {
    metadata: { name: NAME, namespace, labels: LABELS },
    spec: {
      replicas,
      selector: { matchLabels: SELECTOR },
      template: {
        metadata: {
          // in the mesh it would need a certificate before it can give one
          labels: { ...LABELS, ...SELECTOR, 'sidecar.istio.io/inject': 'false', 'istio.io/dataplane-mode': 'none' },
          annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(PORTS.metrics) },
        },
        spec: {
          serviceAccountName: NAME,
          ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          ...(replicas > 1 && { topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({ maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: SELECTOR } })) }),
          containers: [container(settings)],
          ...(props.rootCert !== undefined && { volumes: [{ name: 'root-cert', configMap: { name: ROOT_CONFIG_MAP } }] }),
        },
      },
    },
  };
}

function container(settings: IstioCsrSettings): Container {
  const { props, image } = settings;
  return {
    name: NAME,
    image,
    ...(props.image?.pullPolicy !== undefined && { imagePullPolicy: props.image.pullPolicy }),
    args: argsOf(settings),
    ports: [
      { name: 'grpc', containerPort: PORTS.serving, protocol: 'TCP' },
      { name: 'metrics', containerPort: PORTS.metrics, protocol: 'TCP' },
    ],
    readinessProbe: { httpGet: { port: PORTS.readiness, path: '/readyz' }, initialDelaySeconds: 3, periodSeconds: 7 },
    resources: resourcesOf(RESOURCES, props.resources),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(props.rootCert !== undefined && { volumeMounts: [{ name: 'root-cert', mountPath: ROOT_FOLDER, readOnly: true }] }),
  };
}

function argsOf(settings: IstioCsrSettings): string[] {
  const { props, meshNamespace, clusterName, issuer, host, trustDomain, trustedNodeAccounts, maxCertificateDuration } = settings;
  return [
    `--certificate-namespace=${meshNamespace}`,
    `--cluster-id=${clusterName}`,
    `--issuer-group=${issuer.group}`,
    `--issuer-kind=${issuer.kind}`,
    `--issuer-name=${issuer.name}`,
    `--leader-election-namespace=${meshNamespace}`,
    `--max-client-certificate-duration=${maxCertificateDuration.value}`,
    `--metrics-port=${PORTS.metrics}`,
    `--readiness-probe-path=/readyz`,
    `--readiness-probe-port=${PORTS.readiness}`,
    ...(props.rootCert === undefined ? [] : [`--root-ca-file=${ROOT_FOLDER}/${ROOT_FILE}`]),
    `--serving-address=0.0.0.0:${PORTS.serving}`,
    `--serving-certificate-dns-names=${host}`,
    `--trust-domain=${trustDomain}`,
    ...(trustedNodeAccounts.length === 0 ? [] : [`--ca-trusted-node-accounts=${trustedNodeAccounts.join(',')}`]),
  ];
}

/** The root that is handed to all proxies; it is no secret. */
export function rootConfigMapData(rootCert: string): Record<string, string> {
  return { [ROOT_FILE]: rootCert };
}
