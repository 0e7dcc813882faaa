import type { Construct } from 'constructs';
import type { Affinity, SeccompProfile, SELinuxOptions, Toleration } from '../../../imports/kubernetes/core-v1';
import { COMPONENT_SHAPE, componentNamespace, contradiction, definedProps } from '../component-checks';
import { count, flag, list, object, oneOf, props, requireShape, text, texts } from '../prop-shape';
import { PLATFORMS } from '../component';
import type { Platform, ResourceProps, ResourceScope } from '../component';
import type { ComponentImageProps } from '../image';
import { EVERY_NODE, QUOTA_SHAPE, UPDATE_SHAPE } from '../node-agent-props';
import type { DaemonSetUpdateProps, PodQuotaProps } from '../node-agent-props';
import { platformFacts } from '../platforms';
import { releaseOf } from '../release';
import type { Release } from '../release';
import type { AmbientSelector, CniAmbientProps, CniProps, CniRepairProps } from './cni-props';

/** What a Cni is made of, with all defaults filled in. */
export interface CniSettings {
  readonly release: Release;
  readonly namespace: string;
  /** Undefined for the default one. */
  readonly revision: string | undefined;
  readonly platform: Platform | undefined;
  readonly image: ComponentImageProps;
  readonly logging: { readonly level: string; readonly json: boolean };
  readonly ambient: Required<CniAmbientProps>;
  readonly repair: Required<CniRepairProps>;
  readonly binDir: string;
  readonly confDir: string;
  /** Empty for the first file in the folder. */
  readonly confFileName: string;
  readonly netnsDir: string;
  readonly chained: boolean;
  readonly provider: 'default' | 'multus';
  readonly istioOwnedConfig: boolean;
  readonly istioOwnedConfigFileName: string;
  readonly excludeNamespaces: readonly string[];
  readonly nativeNftables: boolean;
  /** What was asked for beyond the defaults. */
  readonly resources: ResourceProps | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly affinity: Affinity | undefined;
  readonly tolerations: readonly Toleration[];
  readonly updateStrategy: DaemonSetUpdateProps;
  readonly terminationGracePeriodSeconds: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly seccompProfile: SeccompProfile | undefined;
  readonly seLinuxOptions: SELinuxOptions | undefined;
  readonly appArmor: 'annotation' | 'field';
  /** Undefined for none. */
  readonly resourceQuota: PodQuotaProps | undefined;
  readonly networkPolicy: boolean;
  readonly resourceScope: ResourceScope;
}

const DATAPLANE_MODE = 'istio.io/dataplane-mode';

/** Pods that say so themselves, and pods of a namespace that says so, unless they opt out. */
const AMBIENT_PODS: readonly AmbientSelector[] = [
  { podSelector: { matchLabels: { [DATAPLANE_MODE]: 'ambient' } } },
  {
    podSelector: { matchExpressions: [{ key: DATAPLANE_MODE, operator: 'NotIn', values: ['none'] }] },
    namespaceSelector: { matchLabels: { [DATAPLANE_MODE]: 'ambient' } },
  },
];

const DEFAULTS = {
  logging: { level: 'info', json: false },
  ambient: {
    enabled: false,
    enablementSelectors: AMBIENT_PODS,
    dnsCapture: true,
    ipv6: true,
    reconcileIptablesOnStartup: true,
    shareHostNetworkNamespace: false,
    enableAmbientDetectionRetry: false,
  },
  repair: {
    enabled: true,
    repairPods: true,
    deletePods: false,
    labelPods: false,
    initContainerName: 'istio-validation',
    brokenPodLabelKey: 'cni.istio.io/uninitialized',
    brokenPodLabelValue: 'true',
  },
  binDir: '/opt/cni/bin',
  confDir: '/etc/cni/net.d',
  confFileName: '',
  netnsDir: '/var/run/netns',
  chained: true,
  provider: 'default',
  istioOwnedConfig: false,
  istioOwnedConfigFileName: '',
  excludeNamespaces: ['kube-system'],
  nativeNftables: false,
  resources: { requests: { cpu: '100m', memory: '100Mi' } },
  env: {},
  tolerations: EVERY_NODE,
  updateStrategy: { type: 'RollingUpdate', maxUnavailable: 1 },
  terminationGracePeriodSeconds: 30,
  labels: {},
  podLabels: {},
  podAnnotations: {},
  appArmor: 'annotation',
  resourceQuota: false,
  networkPolicy: false,
  resourceScope: 'all',
} as const satisfies CniProps;

type CniDefaults = Required<Pick<CniProps, keyof typeof DEFAULTS>> & Pick<CniProps, 'seLinuxOptions'>;

/** What holds on a platform where a prop is not given; plain data. */
export function cniDefaults(platform: Platform | undefined): CniDefaults {
  return { ...DEFAULTS, ...platformFacts(platform).cni };
}

const SHAPE = {
  ...COMPONENT_SHAPE,
  platform: oneOf(...PLATFORMS),
  ambient: props({
    enabled: flag,
    enablementSelectors: list,
    dnsCapture: flag,
    ipv6: flag,
    reconcileIptablesOnStartup: flag,
    shareHostNetworkNamespace: flag,
    enableAmbientDetectionRetry: flag,
  }),
  repair: props({
    enabled: flag,
    repairPods: flag,
    deletePods: flag,
    labelPods: flag,
    initContainerName: text,
    brokenPodLabelKey: text,
    brokenPodLabelValue: text,
  }),
  binDir: text,
  confDir: text,
  confFileName: text,
  netnsDir: text,
  chained: flag,
  provider: oneOf('default', 'multus'),
  istioOwnedConfig: flag,
  istioOwnedConfigFileName: text,
  excludeNamespaces: texts,
  nativeNftables: flag,
  resources: props({ requests: object, limits: object }),
  env: object,
  affinity: object,
  tolerations: list,
  updateStrategy: UPDATE_SHAPE,
  terminationGracePeriodSeconds: count,
  labels: object,
  podLabels: object,
  podAnnotations: object,
  seccompProfile: object,
  seLinuxOptions: object,
  appArmor: oneOf('annotation', 'field'),
  resourceQuota: QUOTA_SHAPE,
};

/** @throws MeshError for props that are not what they should be, or contradict each other. */
export function cniSettings(construct: Construct, given: CniProps): CniSettings {
  requireShape(construct, given, SHAPE);
  const all = { ...cniDefaults(given.platform), ...definedProps(given) };
  if (all.istioOwnedConfigFileName !== '' && !all.istioOwnedConfig) {
    const fix = 'set istioOwnedConfig as well, or leave the name out';
    throw contradiction(construct, 'istioOwnedConfigFileName', 'the name of a file that Istio does not write', 'a name only with istioOwnedConfig', fix);
  }
  return {
    ...all,
    release: releaseOf(construct, given.istio),
    namespace: componentNamespace(construct, given.namespace),
    revision: given.revision,
    platform: given.platform,
    image: given.image ?? {},
    logging: { ...DEFAULTS.logging, ...definedProps(given.logging ?? {}) },
    ambient: { ...DEFAULTS.ambient, ...definedProps(given.ambient ?? {}) },
    repair: { ...DEFAULTS.repair, ...definedProps(given.repair ?? {}) },
    resources: given.resources,
    affinity: given.affinity,
    updateStrategy: { ...DEFAULTS.updateStrategy, ...definedProps(given.updateStrategy ?? {}) },
    seccompProfile: given.seccompProfile,
    seLinuxOptions: all.seLinuxOptions,
    resourceQuota: all.resourceQuota === false ? undefined : all.resourceQuota,
  };
}
