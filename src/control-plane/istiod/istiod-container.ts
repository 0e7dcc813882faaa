import type { Container, EnvVar } from '../../../imports/kubernetes/core-v1';
import { definedProps } from '../component-checks';
import type { ResourceProps } from '../component';
import { imageReference } from '../image';
import { since } from '../release';
import { resourcesOf } from '../resources';
import type { IstiodSettings } from './istiod-settings';
import { istiodVolumeMounts } from './istiod-volumes';

const RESOURCES: ResourceProps = { requests: { cpu: '500m', memory: '2048Mi' } };

export function istiodContainer(settings: IstiodSettings): Container {
  const { props, release, platform } = settings;
  const { name: imageName = 'pilot', ...image } = props.istiodImage ?? {};
  return definedProps({
    name: 'discovery',
    image: imageReference(imageName, { ...props.image, ...image }, release),
    imagePullPolicy: props.image?.pullPolicy,
    terminationMessagePolicy: props.terminationMessagePolicy ?? platform.terminationMessagePolicy,
    args: argsOf(settings),
    ports: [
      { name: 'http-debug', containerPort: 8080, protocol: 'TCP' },
      { name: 'grpc-xds', containerPort: 15010, protocol: 'TCP' },
      { name: 'tls-xds', containerPort: 15012, protocol: 'TCP' },
      { name: 'https-webhooks', containerPort: 15017, protocol: 'TCP' },
      { name: 'http-monitoring', containerPort: 15014, protocol: 'TCP' },
    ],
    readinessProbe: { httpGet: { path: '/ready', port: 8080 }, initialDelaySeconds: 1, periodSeconds: 3, timeoutSeconds: 5 },
    env: envOf(settings),
    resources: someOf(resourcesOf(RESOURCES, props.resources)),
    securityContext: definedProps({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: props.seccompProfile,
    }),
    volumeMounts: istiodVolumeMounts(settings),
  });
}

function argsOf({ props, clusterDomain }: IstiodSettings): string[] {
  const { level = 'default:info', json = false } = props.logging ?? {};
  const { cniNamespace } = props.nodeUntaint ?? {};
  return [
    'discovery',
    '--monitoringAddr=:15014',
    ...(level === '' ? [] : [`--log_output_level=${level}`]),
    ...(json ? ['--log_as_json'] : []),
    ...['--domain', clusterDomain],
    ...(cniNamespace === undefined ? [] : [`--cniNamespace=${cniNamespace}`]),
    ...['--keepaliveMaxServerConnectionAge', props.keepaliveMaxServerConnectionAge ?? '30m'],
    ...(props.extraContainerArgs ?? []),
  ];
}

/** What a user sets by `env` takes the place of the same variable of istiod's own only where this is said here. */
function envOf(settings: IstiodSettings): EnvVar[] {
  const { props, release, env, namespace, platform, revision } = settings;
  const { namespace: ztunnelNamespace = platform.ztunnelNamespace ?? namespace, name: ztunnel = 'ztunnel' } = props.trustedZtunnel ?? {};
  const { traceSampling = 1, externalIstiod = false } = props;
  const untaint = since(release, '1.30') && props.nodeUntaint?.enabled === true;
  return [
    plain('REVISION', revision ?? 'default'),
    plain('PILOT_CERT_PROVIDER', props.pilotCertProvider ?? 'istiod'),
    field('POD_NAME', 'metadata.name'),
    field('POD_NAMESPACE', 'metadata.namespace'),
    field('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
    plain('KUBECONFIG', '/var/run/secrets/remote/config'),
    ...when(props.certificatesFrom === 'istio-csr' && !isSet(env['ENABLE_CA_SERVER']), plain('ENABLE_CA_SERVER', 'false')),
    ...when(!isSet(env['CA_TRUSTED_NODE_ACCOUNTS']), plain('CA_TRUSTED_NODE_ACCOUNTS', `${ztunnelNamespace}/${ztunnel}`)),
    ...Object.keys(env).sort().map((name) => plain(name, env[name] ?? '')),
    ...when(since(release, '1.31') && env['COMPLIANCE_POLICY'] === 'fips-140-3', plain('GODEBUG', 'fips140=only')),
    ...(props.envVarFrom ?? []),
    ...when(traceSampling !== false, plain('PILOT_TRACE_SAMPLING', String(traceSampling))),
    ...when(untaint, plain('PILOT_ENABLE_NODE_UNTAINT_CONTROLLERS', 'true')),
    ...when(untaint, plain('PILOT_NODE_UNTAINT_CONTROLLERS_TAINT_NAME', props.nodeUntaint?.taint ?? 'cni.istio.io/not-ready')),
    ...when(externalIstiod && !isSet(env['EXTERNAL_ISTIOD']), plain('EXTERNAL_ISTIOD', 'true')),
    ...when(isSet(props.trustBundleName), plain('PILOT_CA_CERT_CONFIGMAP', props.trustBundleName ?? '')),
    ...when(isSet(props.crlConfigMapName), plain('PILOT_CRL_CONFIGMAP', props.crlConfigMapName ?? '')),
    plain('PILOT_ENABLE_ANALYSIS', String(props.analysis ?? false)),
    plain('CLUSTER_ID', props.clusterName ?? 'Kubernetes'),
    { name: 'GOMAXPROCS', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1' } } },
    plain('PLATFORM', props.platform ?? ''),
  ];
}

function plain(name: string, value: string): EnvVar {
  return { name, value };
}

function field(name: string, fieldPath: string): EnvVar {
  return { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } };
}

function when(condition: boolean, variable: EnvVar): EnvVar[] {
  return condition ? [variable] : [];
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== '';
}

function someOf<T extends object>(fields: T): T | undefined {
  return Object.keys(fields).length === 0 ? undefined : fields;
}
