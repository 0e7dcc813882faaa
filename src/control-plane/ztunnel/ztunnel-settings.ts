import type { Construct } from 'constructs';
import type { SELinuxOptions, Toleration } from '../../../imports/kubernetes/core-v1';
import { Cluster } from '../../core/cluster';
import { COMPONENT_SHAPE, componentNamespace, definedProps } from '../component-checks';
import { count, dnsLabel, flag, list, object, oneOf, props, requireShape, text } from '../prop-shape';
import { PLATFORMS } from '../component';
import type { Platform, ResourceScope } from '../component';
import type { ComponentImageProps } from '../image';
import { EVERY_NODE, QUOTA_SHAPE, UPDATE_SHAPE } from '../node-agent-props';
import type { DaemonSetUpdateProps, PodQuotaProps } from '../node-agent-props';
import { platformFacts } from '../platforms';
import { releaseOf } from '../release';
import type { Release } from '../release';
import { resourcesOf } from '../resources';
import type { ZtunnelProps } from './ztunnel-props';

type Optional = 'affinity' | 'dnsPolicy' | 'dnsConfig' | 'revision' | 'platform' | 'trustBundleName';

/** What a Ztunnel is made of, with all defaults filled in. */
export interface ZtunnelSettings extends Pick<ZtunnelProps, Optional> {
  readonly release: Release;
  readonly name: string;
  readonly namespace: string;
  readonly image: ComponentImageProps;
  readonly logging: { readonly level: string; readonly json: boolean };
  readonly caAddress: string;
  readonly xdsAddress: string;
  /** Undefined for one network in the whole mesh. */
  readonly network: string | undefined;
  readonly clusterName: string;
  readonly peerCaCrl: boolean;
  readonly clusterTrustBundle: boolean;
  readonly proxyMetadata: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly resources: ReturnType<typeof resourcesOf>;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  readonly updateStrategy: DaemonSetUpdateProps;
  readonly terminationGracePeriodSeconds: number;
  readonly volumes: NonNullable<ZtunnelProps['volumes']>;
  readonly volumeMounts: NonNullable<ZtunnelProps['volumeMounts']>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string | null>>;
  readonly seLinuxOptions: SELinuxOptions;
  /** Undefined for none. */
  readonly resourceQuota: PodQuotaProps | undefined;
  readonly networkPolicy: boolean;
  readonly resourceScope: ResourceScope;
}

const DEFAULTS = {
  name: 'ztunnel',
  istioNamespace: 'istio-system',
  logging: { level: 'info', json: false },
  clusterName: 'Kubernetes',
  peerCaCrl: false,
  clusterTrustBundle: false,
  proxyMetadata: {},
  env: {},
  resources: { requests: { cpu: '200m', memory: '512Mi' } },
  nodeSelector: {},
  tolerations: EVERY_NODE,
  updateStrategy: { type: 'RollingUpdate', maxSurge: 1, maxUnavailable: 0 },
  terminationGracePeriodSeconds: 30,
  volumes: [],
  volumeMounts: [],
  labels: {},
  annotations: {},
  podLabels: {},
  podAnnotations: { 'prometheus.io/port': '15020', 'prometheus.io/scrape': 'true' },
  seLinuxOptions: {},
  resourceQuota: false,
  networkPolicy: false,
  resourceScope: 'all',
} as const satisfies ZtunnelProps;

/** What holds on a platform where a prop is not given; plain data. */
export function ztunnelDefaults(platform: Platform | undefined): Required<Pick<ZtunnelProps, keyof typeof DEFAULTS>> {
  return { ...DEFAULTS, ...platformFacts(platform).ztunnel };
}

const SHAPE = {
  ...COMPONENT_SHAPE,
  name: dnsLabel,
  platform: oneOf(...PLATFORMS),
  istioNamespace: dnsLabel,
  caAddress: text,
  xdsAddress: text,
  network: text,
  clusterName: text,
  peerCaCrl: flag,
  clusterTrustBundle: flag,
  trustBundleName: text,
  proxyMetadata: object,
  env: object,
  resources: props({ requests: object, limits: object }),
  nodeSelector: object,
  affinity: object,
  tolerations: list,
  updateStrategy: UPDATE_SHAPE,
  terminationGracePeriodSeconds: count,
  dnsPolicy: oneOf('ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'),
  dnsConfig: object,
  volumes: list,
  volumeMounts: list,
  labels: object,
  annotations: object,
  podLabels: object,
  podAnnotations: object,
  seLinuxOptions: object,
  resourceQuota: QUOTA_SHAPE,
};

/** @throws MeshError for props that are not what they should be. */
export function ztunnelSettings(construct: Construct, given: ZtunnelProps): ZtunnelSettings {
  requireShape(construct, given, SHAPE);
  const all = { ...ztunnelDefaults(given.platform), ...definedProps(given) };
  const istiod = `istiod${given.revision === undefined ? '' : `-${given.revision}`}.${all.istioNamespace}.svc:15012`;
  return {
    ...all,
    release: releaseOf(construct, given.istio),
    namespace: componentNamespace(construct, given.namespace),
    image: given.image ?? {},
    logging: { ...DEFAULTS.logging, ...definedProps(given.logging ?? {}) },
    caAddress: given.caAddress ?? istiod,
    xdsAddress: given.xdsAddress ?? istiod,
    network: given.network ?? Cluster.factsOf(construct).network,
    resources: resourcesOf(DEFAULTS.resources, given.resources),
    updateStrategy: { ...DEFAULTS.updateStrategy, ...definedProps(given.updateStrategy ?? {}) },
    podAnnotations: { ...DEFAULTS.podAnnotations, ...given.podAnnotations },
    resourceQuota: all.resourceQuota === false ? undefined : all.resourceQuota,
  };
}
