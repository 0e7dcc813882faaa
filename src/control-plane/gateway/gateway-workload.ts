import type { EnvVar, PodTemplateSpec, SecurityContext } from '../../../imports/kubernetes/core-v1';
import type { DaemonSetProps } from '../../../imports/kubernetes/daemon-set';
import type { DeploymentProps } from '../../../imports/kubernetes/deployment';
import { since } from '../release';
import { resourcesOf } from '../resources';
import { withoutNulls } from './gateway-settings';
import type { GatewaySettings } from './gateway-settings';

/** Annotations that have the pods injected as a gateway, and scraped. */
const POD_ANNOTATIONS = {
  'inject.istio.io/templates': 'gateway',
  'prometheus.io/path': '/stats/prometheus',
  'prometheus.io/port': '15020',
  'prometheus.io/scrape': 'true',
  'sidecar.istio.io/inject': 'true',
};

const RESOURCES = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2000m', memory: '1024Mi' } };

/** The Deployment of a gateway. */
export function gatewayDeployment(settings: GatewaySettings): DeploymentProps {
  const { props, autoscaling } = settings;
  return {
    metadata: workloadMetadata(settings),
    spec: {
      ...(autoscaling === undefined && props.replicas !== undefined && { replicas: props.replicas }),
      ...(props.strategy !== undefined && { strategy: props.strategy }),
      ...commonSpec(settings),
    },
  } as DeploymentProps;
}

/** The DaemonSet of a gateway: one pod a node. */
export function gatewayDaemonSet(settings: GatewaySettings): DaemonSetProps {
  const { strategy } = settings.props;
  return {
    metadata: workloadMetadata(settings),
    spec: { ...(strategy !== undefined && { updateStrategy: strategy }), ...commonSpec(settings) },
  } as DaemonSetProps;
}

function workloadMetadata({ name, namespace, labels, props }: GatewaySettings): DeploymentProps['metadata'] {
  return { name, namespace, labels, ...(props.annotations !== undefined && { annotations: props.annotations }) };
}

function commonSpec(settings: GatewaySettings): NonNullable<DaemonSetProps['spec']> {
  const { minReadySeconds } = settings.props;
  return {
    ...(minReadySeconds !== undefined && { minReadySeconds }),
    selector: { matchLabels: settings.selector },
    template: podTemplate(settings),
  };
}

function podTemplate(settings: GatewaySettings): PodTemplateSpec {
  const { props, labels, serviceAccount } = settings;
  const network = props.networkGateway?.network;
  const annotations = withoutNulls({ ...POD_ANNOTATIONS, ...props.podAnnotations });
  const { pullSecrets } = props.image ?? {};
  return {
    metadata: {
      ...(Object.keys(annotations).length > 0 && { annotations }),
      labels: {
        'sidecar.istio.io/inject': 'true',
        ...(props.revision !== undefined && { 'istio.io/rev': props.revision }),
        ...labels,
        ...(network !== undefined && { 'topology.istio.io/network': network }),
      },
    },
    spec: {
      ...(pullSecrets !== undefined && { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
      serviceAccountName: serviceAccount,
      // ports below 1024 can be bound without a capability
      securityContext: props.podSecurityContext ?? { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] },
      ...given('volumes', props.volumes),
      ...given('initContainers', props.initContainers),
      containers: [proxyContainer(settings), ...(props.additionalContainers ?? [])],
      ...given('nodeSelector', props.nodeSelector),
      ...given('affinity', props.affinity),
      ...given('tolerations', props.tolerations),
      ...given('topologySpreadConstraints', props.topologySpreadConstraints),
      ...given('dnsPolicy', props.dnsPolicy),
      ...given('dnsConfig', props.dnsConfig),
      terminationGracePeriodSeconds: props.terminationGracePeriodSeconds ?? 30,
      ...given('priorityClassName', props.priorityClassName),
    },
  } as PodTemplateSpec;
}

/** The container that injection completes: its image, arguments and volumes come from the injector. */
function proxyContainer(settings: GatewaySettings): PodTemplateSpec {
  const { props } = settings;
  const env = environment(settings);
  return {
    name: 'istio-proxy',
    image: 'auto',
    ...given('imagePullPolicy', props.image?.pullPolicy),
    securityContext: props.containerSecurityContext ?? defaultSecurityContext(settings),
    ...(env.length > 0 && { env }),
    ports: [{ containerPort: 15090, protocol: 'TCP', name: 'http-envoy-prom' }],
    resources: resourcesOf(RESOURCES, props.resources),
    ...given('volumeMounts', props.volumeMounts),
    ...given('readinessProbe', props.readinessProbe),
    ...given('lifecycle', props.lifecycle),
  } as PodTemplateSpec;
}

function environment({ props }: GatewaySettings): EnvVar[] {
  const network = props.networkGateway?.network;
  const names = Object.keys(props.env ?? {}).sort();
  return [
    ...(network === undefined ? [] : [{ name: 'ISTIO_META_REQUESTED_NETWORK_VIEW', value: network }]),
    ...names.map((name) => ({ name, value: props.env?.[name] as string })),
    ...(props.envFrom ?? []),
  ];
}

function defaultSecurityContext({ props, release }: GatewaySettings): SecurityContext {
  // later releases leave the user to the image and to OpenShift's ranges
  const fixedUser = !since(release, '1.30') && props.platform !== 'openshift';
  return {
    capabilities: { drop: ['ALL'] },
    allowPrivilegeEscalation: false,
    privileged: false,
    readOnlyRootFilesystem: true,
    ...(fixedUser && { runAsUser: 1337, runAsGroup: 1337 }),
    runAsNonRoot: true,
  };
}

function given(key: string, value: unknown): object {
  return value === undefined ? {} : { [key]: value };
}
