import type { Container, EnvVar } from '../../../imports/kubernetes/core-v1';
import { imageReference } from '../image';
import { resourcesOf } from '../resources';
import type { StandaloneGatewaySettings } from './standalone-gateway-settings';
import { standaloneVolumeMounts } from './standalone-gateway-volumes';

const RESOURCES = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2000m', memory: '1024Mi' } };

/** The proxy of a standalone gateway. An injected one says only what is its own. */
export function standaloneContainer(settings: StandaloneGatewaySettings): Container {
  const { props, release } = settings;
  const isInjected = props.injectionTemplate !== undefined;
  const { name = 'proxyv2', ...image } = props.image ?? {};
  const env = isInjected ? injectedEnvironment(settings) : environment(settings);
  const mounts = standaloneVolumeMounts(settings);
  return {
    name: 'istio-proxy',
    image: isInjected ? 'auto' : imageReference(name, image, release),
    ...(image.pullPolicy !== undefined && { imagePullPolicy: image.pullPolicy }),
    ports: [
      ...settings.ports.map(({ port, targetPort = port, protocol = 'TCP' }) => ({ containerPort: targetPort as number, protocol })),
      { containerPort: 15090, protocol: 'TCP', name: 'http-envoy-prom' },
    ],
    ...(!isInjected && { args: proxyArguments(settings) }),
    ...(props.runAsRoot !== true && {
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, privileged: false, readOnlyRootFilesystem: true },
    }),
    ...(!isInjected && {
      readinessProbe: {
        failureThreshold: 30,
        httpGet: { path: '/healthz/ready', port: 15021, scheme: 'HTTP' },
        initialDelaySeconds: 1,
        periodSeconds: 2,
        successThreshold: 1,
        timeoutSeconds: 1,
      },
    }),
    resources: resourcesOf(RESOURCES, props.resources),
    ...(env.length > 0 && { env }),
    ...(mounts.length > 0 && { volumeMounts: mounts }),
  };
}

function proxyArguments({ props }: StandaloneGatewaySettings): string[] {
  const { clusterDomain = 'cluster.local', logLevel = 'warning', componentLogLevel = 'misc:error', stsPort = 0 } = props.proxy ?? {};
  const { level = 'default:info', json = false } = props.logging ?? {};
  return [
    'proxy',
    'router',
    '--domain',
    `$(POD_NAMESPACE).svc.${clusterDomain}`,
    ...(logLevel === '' ? [] : [`--proxyLogLevel=${logLevel}`]),
    ...(componentLogLevel === '' ? [] : [`--proxyComponentLogLevel=${componentLogLevel}`]),
    ...(level === '' ? [] : [`--log_output_level=${level}`]),
    ...(json ? ['--log_as_json'] : []),
    ...(stsPort === 0 ? [] : [`--stsPort=${stsPort}`]),
  ];
}

function injectedEnvironment(settings: StandaloneGatewaySettings): EnvVar[] {
  return [...unprivileged(settings), ...entries(settings.props.env)];
}

function environment(settings: StandaloneGatewaySettings): EnvVar[] {
  const { props, name, namespace, revision } = settings;
  const { istioNamespace = 'istio-system', pilotCertProvider = 'istiod', caAddress, trustDomain = 'cluster.local', network, clusterName = 'Kubernetes' } = props.proxy ?? {};
  const meshId = props.proxy?.meshId ?? trustDomain;
  const istiod = revision === '' ? 'istiod' : `istiod-${revision}`;
  const fieldRef = (fieldPath: string): NonNullable<EnvVar['valueFrom']> => ({ fieldRef: { fieldPath } });
  const versionedRef = (fieldPath: string): NonNullable<EnvVar['valueFrom']> => ({ fieldRef: { apiVersion: 'v1', fieldPath } });
  return [
    { name: 'PILOT_CERT_PROVIDER', value: pilotCertProvider },
    { name: 'CA_ADDR', value: caAddress ?? `${istiod}.${istioNamespace}.svc:15012` },
    { name: 'NODE_NAME', valueFrom: versionedRef('spec.nodeName') },
    { name: 'POD_NAME', valueFrom: versionedRef('metadata.name') },
    { name: 'POD_NAMESPACE', valueFrom: versionedRef('metadata.namespace') },
    { name: 'INSTANCE_IP', valueFrom: versionedRef('status.podIP') },
    { name: 'HOST_IP', valueFrom: versionedRef('status.hostIP') },
    { name: 'ISTIO_CPU_LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1' } } },
    { name: 'SERVICE_ACCOUNT', valueFrom: fieldRef('spec.serviceAccountName') },
    { name: 'ISTIO_META_WORKLOAD_NAME', value: name },
    { name: 'ISTIO_META_OWNER', value: `kubernetes://apis/apps/v1/namespaces/${namespace}/deployments/${name}` },
    ...(meshId === '' ? [] : [{ name: 'ISTIO_META_MESH_ID', value: meshId }]),
    ...(trustDomain === '' ? [] : [{ name: 'TRUST_DOMAIN', value: trustDomain }]),
    ...unprivileged(settings),
    ...entries(props.env),
    ...entries(props.proxy?.proxyMetadata),
    ...(network === undefined || props.env?.['ISTIO_META_NETWORK'] !== undefined ? [] : [{ name: 'ISTIO_META_NETWORK', value: network }]),
    { name: 'ISTIO_META_CLUSTER_ID', value: clusterName },
    { name: 'ISTIO_META_NODE_NAME', valueFrom: fieldRef('spec.nodeName') },
  ];
}

function unprivileged({ props }: StandaloneGatewaySettings): EnvVar[] {
  return props.runAsRoot === true ? [] : [{ name: 'ISTIO_META_UNPRIVILEGED_POD', value: 'true' }];
}

function entries(env: Readonly<Record<string, string>> | undefined): EnvVar[] {
  return Object.keys(env ?? {}).sort().map((name) => ({ name, value: env?.[name] as string }));
}
