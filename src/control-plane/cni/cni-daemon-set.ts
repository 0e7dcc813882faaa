import type { Container, EnvVar, PodSpec, SecurityContext, Volume, VolumeMount } from '../../../imports/kubernetes/core-v1';
import type { DaemonSetProps } from '../../../imports/kubernetes/daemon-set';
import { recommendedLabels } from '../component-labels';
import { imageReference } from '../image';
import { daemonSetUpdateStrategy } from '../node-agent-props';
import { resourcesOf } from '../resources';
import { CNI_DAEMON_SET, CNI_NAME, cniLabels } from './cni-access';
import { CNI_CONFIG_MAP } from './cni-config-map';
import { cniDefaults } from './cni-settings';
import type { CniSettings } from './cni-settings';

const PODS = { 'k8s-app': CNI_DAEMON_SET };
const METRICS_PORT = 15014;
const NOT_INJECTED = { 'sidecar.istio.io/inject': 'false' };

/** The agent that installs the plugin on every node, repairs pods, and tells ztunnel of them. */
export function cniDaemonSet(settings: CniSettings): DaemonSetProps {
  const strategy = daemonSetUpdateStrategy(settings.updateStrategy);
  return {
    metadata: {
      name: CNI_DAEMON_SET,
      namespace: settings.namespace,
      labels: { ...cniLabels(settings, PODS), ...settings.labels },
    },
    spec: {
      selector: { matchLabels: PODS },
      ...(Object.keys(strategy).length > 0 && { updateStrategy: strategy }),
      template: {
        metadata: {
          labels: { ...PODS, ...NOT_INJECTED, 'istio.io/dataplane-mode': 'none', ...recommendedLabels(CNI_NAME, settings.release), ...settings.podLabels },
          annotations: annotations(settings),
        },
        spec: podSpec(settings),
      },
    },
  };
}

function annotations({ appArmor, podAnnotations }: CniSettings): Record<string, string> {
  return {
    ...NOT_INJECTED,
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': String(METRICS_PORT),
    'prometheus.io/path': '/metrics',
    ...(appArmor === 'annotation' && { 'container.apparmor.security.beta.kubernetes.io/install-cni': 'unconfined' }),
    ...podAnnotations,
  };
}

function podSpec(settings: CniSettings): PodSpec {
  const { affinity, tolerations } = settings;
  return {
    ...(sharesHostNetwork(settings) && { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }),
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    ...(affinity !== undefined && { affinity }),
    ...(tolerations.length > 0 && { tolerations: [...tolerations] }),
    priorityClassName: 'system-node-critical',
    serviceAccountName: CNI_NAME,
    terminationGracePeriodSeconds: settings.terminationGracePeriodSeconds,
    containers: [installer(settings)],
    volumes: volumes(settings),
  };
}

function installer(settings: CniSettings): Container {
  const { image, logging, release } = settings;
  const args = [...(logging.level === '' ? [] : [`--log_output_level=${logging.level}`]), ...(logging.json ? ['--log_as_json'] : [])];
  const resources = resourcesOf(cniDefaults(settings.platform).resources, settings.resources);
  return {
    name: 'install-cni',
    image: imageReference(image.name ?? 'install-cni', image, release),
    ...(image.pullPolicy !== undefined && { imagePullPolicy: image.pullPolicy }),
    ports: [{ containerPort: METRICS_PORT, name: 'metrics', protocol: 'TCP' }],
    readinessProbe: { httpGet: { path: '/readyz', port: 8000 } },
    securityContext: securityContext(settings),
    command: ['install-cni'],
    ...(args.length > 0 && { args }),
    envFrom: [{ configMapRef: { name: CNI_CONFIG_MAP } }],
    env: environment(settings),
    volumeMounts: volumeMounts(settings),
    ...(Object.keys(resources).length > 0 && { resources }),
  };
}

/** Root, but without most of its power: each capability is there for a reason. */
function securityContext({ appArmor, seLinuxOptions = {}, seccompProfile }: CniSettings): SecurityContext {
  return {
    ...(appArmor === 'field' && { appArmorProfile: { type: 'Unconfined' } }),
    privileged: false,
    runAsGroup: 0,
    runAsUser: 0,
    runAsNonRoot: false,
    capabilities: {
      drop: ['ALL'],
      add: [
        // routes and sets of addresses
        'NET_ADMIN',
        // the nat table
        'NET_RAW',
        // which network namespace a pod has, and a way into it
        'SYS_PTRACE',
        'SYS_ADMIN',
        // folders of the node that belong to other users
        'DAC_OVERRIDE',
      ],
    },
    ...(Object.keys(seLinuxOptions).length > 0 && { seLinuxOptions: { type: 'spc_t', ...seLinuxOptions } }),
    ...(seccompProfile !== undefined && { seccompProfile }),
  };
}

function environment(settings: CniSettings): EnvVar[] {
  return [
    { name: 'REPAIR_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    { name: 'REPAIR_RUN_AS_DAEMON', value: 'true' },
    { name: 'REPAIR_SIDECAR_ANNOTATION', value: 'sidecar.istio.io/status' },
    // in the node's network already, it need not switch to it
    ...(sharesHostNetwork(settings) ? [] : [{ name: 'ALLOW_SWITCH_TO_HOST_NS', value: 'true' }]),
    { name: 'NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } },
    { name: 'GOMEMLIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1' } } },
    { name: 'GOMAXPROCS', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1' } } },
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    ...Object.keys(settings.env).sort().map((name) => ({ name, value: settings.env[name] as string })),
  ];
}

function volumeMounts(settings: CniSettings): VolumeMount[] {
  return [
    { mountPath: '/host/opt/cni/bin', name: 'cni-bin-dir' },
    ...(looksIntoPods(settings) ? [{ mountPath: '/host/proc', name: 'cni-host-procfs', readOnly: true }] : []),
    { mountPath: '/host/etc/cni/net.d', name: 'cni-net-dir' },
    { mountPath: '/var/run/istio-cni', name: 'cni-socket-dir' },
    ...(settings.ambient.enabled
      ? [
          { mountPath: '/host/var/run/netns', mountPropagation: 'HostToContainer', name: 'cni-netns-dir' },
          { mountPath: '/var/run/ztunnel', name: 'cni-ztunnel-sock-dir' },
        ]
      : []),
  ];
}

function volumes(settings: CniSettings): Volume[] {
  return [
    { name: 'cni-bin-dir', hostPath: { path: settings.binDir } },
    ...(looksIntoPods(settings) ? [{ name: 'cni-host-procfs', hostPath: { path: '/proc', type: 'Directory' } }] : []),
    ...(settings.ambient.enabled ? [{ name: 'cni-ztunnel-sock-dir', hostPath: { path: '/var/run/ztunnel', type: 'DirectoryOrCreate' } }] : []),
    { name: 'cni-net-dir', hostPath: { path: settings.confDir } },
    { name: 'cni-socket-dir', hostPath: { path: '/var/run/istio-cni' } },
    // a node makes the folder with its first pod, and the agent is not to wait for one
    { name: 'cni-netns-dir', hostPath: { path: settings.netnsDir, type: 'DirectoryOrCreate' } },
  ];
}

function sharesHostNetwork({ ambient }: CniSettings): boolean {
  return ambient.enabled && ambient.shareHostNetworkNamespace;
}

/** Rules are made in a pod's network namespace, which is found by its processes. */
function looksIntoPods({ ambient, repair }: CniSettings): boolean {
  return ambient.enabled || repair.repairPods;
}
