import type { Json } from '../../src/rules/json';

const SELECTOR = { matchLabels: { app: 'shop' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['web'] }] };
const PROBE = {
  httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP', host: 'localhost', httpHeaders: [{ name: 'X-Probe', value: 'yes' }] },
  initialDelaySeconds: 1,
  periodSeconds: 10,
  timeoutSeconds: 2,
  successThreshold: 1,
  failureThreshold: 3,
  terminationGracePeriodSeconds: 30,
};
const SECURITY = {
  runAsUser: 1000,
  runAsGroup: 1000,
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
  seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/shop.json' },
  appArmorProfile: { type: 'Localhost', localhostProfile: 'shop' },
};
const NODE_TERM = { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }], matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] };
const POD_TERM = { labelSelector: SELECTOR, topologyKey: 'zone', namespaces: ['shop'], namespaceSelector: SELECTOR };
const ITEMS = [{ key: 'key', path: 'file', mode: 420 }];
const DOWNWARD = [
  { path: 'labels', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.labels' }, mode: 420 },
  { path: 'cpu', resourceFieldRef: { containerName: 'web', resource: 'limits.cpu', divisor: '1m' } },
];

const VOLUMES: readonly Json[] = [
  { name: 'config', configMap: { name: 'config', items: ITEMS, defaultMode: 420, optional: true } },
  { name: 'secret', secret: { secretName: 'secret', items: ITEMS, defaultMode: 420, optional: true } },
  { name: 'scratch', emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
  { name: 'downward', downwardAPI: { items: DOWNWARD, defaultMode: 420 } },
  {
    name: 'all',
    projected: {
      defaultMode: 420,
      sources: [
        { configMap: { name: 'config', items: ITEMS, optional: true } },
        { secret: { name: 'secret', items: [{ key: 'key', path: 'other', mode: 420 }], optional: true } },
        { serviceAccountToken: { audience: 'istio-ca', expirationSeconds: 43_200, path: 'istio-token' } },
        { downwardAPI: { items: [DOWNWARD[0] as Json] } },
      ],
    },
  },
  { name: 'claim', persistentVolumeClaim: { claimName: 'claim', readOnly: true } },
  { name: 'host', hostPath: { path: '/var/run', type: 'Directory' } },
  {
    name: 'own',
    ephemeral: {
      volumeClaimTemplate: {
        metadata: { labels: { app: 'shop' }, annotations: { note: 'x' } },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'fast', volumeMode: 'Filesystem' },
      },
    },
  },
];

const CONTAINER = {
  name: 'web',
  image: 'shop:v1',
  imagePullPolicy: 'IfNotPresent',
  command: ['/shop'],
  args: ['--port', '8080'],
  workingDir: '/app',
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  env: [
    { name: 'PLAIN', value: 'x' },
    { name: 'FIELD', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
    { name: 'LIMIT', valueFrom: { resourceFieldRef: { containerName: 'web', resource: 'limits.cpu', divisor: '1m' } } },
    { name: 'CONFIG', valueFrom: { configMapKeyRef: { name: 'config', key: 'key', optional: true } } },
    { name: 'SECRET', valueFrom: { secretKeyRef: { name: 'secret', key: 'key', optional: true } } },
  ],
  envFrom: [{ prefix: 'A_', configMapRef: { name: 'config', optional: true } }, { secretRef: { name: 'secret', optional: true } }],
  resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '100m', memory: '500Mi' } },
  volumeMounts: [{ name: 'config', mountPath: '/config', subPath: 'a', readOnly: true, mountPropagation: 'None', recursiveReadOnly: 'Disabled' }],
  livenessProbe: PROBE,
  readinessProbe: { tcpSocket: { port: 8080, host: 'localhost' } },
  startupProbe: { exec: { command: ['true'] } },
  lifecycle: { postStart: { httpGet: { path: '/start', port: 8080, scheme: 'HTTP', httpHeaders: [{ name: 'A', value: 'b' }] } }, preStop: { sleep: { seconds: 5 } } },
  securityContext: SECURITY,
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
};

/** A pod that has as many fields as one pod can have at the same time. */
export const FULL_POD: Json = {
  containers: [CONTAINER],
  initContainers: [{ name: 'init', image: 'shop:v1', restartPolicy: 'Always' }],
  volumes: VOLUMES,
  tolerations: [{ key: 'zone', operator: 'Equal', value: 'a', effect: 'NoExecute', tolerationSeconds: 60 }],
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: SELECTOR, minDomains: 2, nodeAffinityPolicy: 'Honor', nodeTaintsPolicy: 'Honor', matchLabelKeys: ['version'] },
  ],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [NODE_TERM] },
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: NODE_TERM }],
    },
    podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [POD_TERM], preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: POD_TERM }] },
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [POD_TERM], preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: POD_TERM }] },
  },
  securityContext: { runAsUser: 1000, runAsNonRoot: true, fsGroup: 1000, fsGroupChangePolicy: 'OnRootMismatch', supplementalGroups: [1000], sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }], seccompProfile: { type: 'RuntimeDefault' } },
  dnsPolicy: 'None',
  dnsConfig: { nameservers: ['10.0.0.10'], searches: ['shop.svc.cluster.local'], options: [{ name: 'ndots', value: '2' }] },
  hostAliases: [{ ip: '10.1.2.3', hostnames: ['shop.local'] }],
  imagePullSecrets: [{ name: 'registry' }],
  nodeSelector: { zone: 'a' },
  os: { name: 'linux' },
  restartPolicy: 'Always',
  schedulingGates: [{ name: 'example.com/wait' }],
  readinessGates: [{ conditionType: 'example.com/ready' }],
  serviceAccountName: 'shop',
  automountServiceAccountToken: false,
  terminationGracePeriodSeconds: 30,
  activeDeadlineSeconds: 600,
  enableServiceLinks: false,
  shareProcessNamespace: false,
  hostname: 'shop',
  subdomain: 'web',
  schedulerName: 'default-scheduler',
};
