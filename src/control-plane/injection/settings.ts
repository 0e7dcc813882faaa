import type { Lifecycle, ResourceRequirements, SeccompProfile } from '../../../imports/kubernetes/core-v1';
import type { JsonObject } from '../../rules/json';
import type { LoggingProps, Platform } from '../component';
import { DEFAULT_HUB } from '../image';
import type { ImageProps } from '../image';
import type { Release } from '../release';
import { resourcesOf } from '../resources';
import type { GatewayPodProps, InjectionProps, InjectorProps, WaypointProps } from './injection-props';
import type { ProxyProps, ProxyReadinessProps, ProxyStartupProps, TrafficCaptureProps } from './proxy-props';

/** What the injector takes from the control plane that it belongs to. */
export interface InjectionContext {
  readonly release: Release;
  /** Namespace of the control plane. */
  readonly namespace: string;
  /** @default - the default revision */
  readonly revision?: string;
  /** Images of proxies. @default - see {@link ImageProps} */
  readonly image?: ImageProps;
  /** @default - see {@link LoggingProps} */
  readonly logging?: LoggingProps;
  /** @default - none */
  readonly platform?: Platform;
  /** @default false */
  readonly nativeNftables?: boolean;
  /** Whether a CNI plugin captures the traffic of pods. @default - an init container does */
  readonly cni?: { readonly enabled?: boolean; readonly provider?: string };
  /** Environment of istiod. @default - none */
  readonly env?: JsonObject;
  /** Name of the cluster. @default - none, which proxies call Kubernetes */
  readonly clusterName?: string;
  /** @default - the mesh's trust domain */
  readonly meshId?: string;
  /** Who signs the certificates of the control plane. @default 'istiod' */
  readonly pilotCertProvider?: string;
  /** Name of the ConfigMap, or the ClusterTrustBundle, with the mesh's root certificate. @default - Istio's own */
  readonly trustBundleName?: string;
  /** Audience of the tokens that proxies show to istiod. @default 'istio-ca' */
  readonly tokenAudience?: string;
}

/** All that templates and values of the injector are made from, with every default filled in; what is left out is not there. */
export interface InjectionSettings {
  readonly release: Release;
  readonly namespace: string;
  readonly revision?: string;
  readonly image: ImageProps & { readonly hub: string; readonly tag: string };
  readonly logging: { readonly level: string; readonly json: boolean };
  readonly platform?: Platform;
  readonly nativeNftables: boolean;
  readonly cni: { readonly enabled: boolean; readonly provider: string };
  readonly env: JsonObject;
  readonly clusterName?: string;
  readonly network?: string;
  readonly meshId?: string;
  readonly pilotCertProvider: string;
  readonly trustBundleName?: string;
  readonly tokenAudience: string;
  readonly proxy: ProxySettings;
  readonly injection: Required<InjectionProps>;
  readonly waypoint: Omit<WaypointProps, 'resources'> & { readonly resources: ResourceRequirements };
  readonly gateways: GatewayPodProps;
}

export interface ProxySettings {
  readonly image: string;
  readonly init: { readonly image: string; readonly forceApplyIptables: boolean };
  readonly clusterDomain: string;
  readonly logLevel: string;
  readonly componentLogLevel: string;
  readonly outlierLogPath?: string;
  readonly resources: ResourceRequirements;
  readonly trafficCapture: {
    readonly outbound: Required<NonNullable<TrafficCaptureProps['outbound']>>;
    readonly inbound: Required<NonNullable<TrafficCaptureProps['inbound']>>;
  };
  readonly privileged: boolean;
  readonly capNetBindService: boolean;
  readonly seccompProfile?: SeccompProfile;
  readonly lifecycle?: Lifecycle;
  /** Undefined where it was not said: the mesh's ProxyConfig says it then. */
  readonly holdApplicationUntilProxyStarts?: boolean;
  readonly statusPort: number | false;
  readonly readinessProbe: Required<ProxyReadinessProps>;
  readonly startupProbe: Required<ProxyStartupProps> | false;
  readonly tracer: string;
  readonly caAddress?: string;
  readonly caName?: string;
  readonly mountMtlsCerts: boolean;
  readonly stsPort?: number;
}

/** What the props of an injector are where they are not given, but for those that follow from others or are not there then. */
export const INJECTOR_DEFAULTS = {
  proxy: {
    image: 'proxyv2',
    init: { image: 'proxyv2', forceApplyIptables: false },
    clusterDomain: 'cluster.local',
    logLevel: 'warning',
    componentLogLevel: 'misc:error',
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2000m', memory: '1024Mi' } },
    trafficCapture: {
      outbound: { ipRanges: '*', excludeIpRanges: [], ports: [], excludePorts: [] },
      inbound: { ports: '*', excludePorts: [] },
    },
    privileged: false,
    capNetBindService: false,
    statusPort: 15020,
    readinessProbe: { initialDelaySeconds: 0, periodSeconds: 15, failureThreshold: 4 },
    startupProbe: { failureThreshold: 600 },
    tracer: 'none',
    mountMtlsCerts: false,
  },
  injection: {
    policy: 'enabled',
    alwaysInjectSelector: [],
    neverInjectSelector: [],
    injectedAnnotations: {},
    templates: {},
    defaultTemplates: [],
    enableNamespacesByDefault: false,
    reinvocationPolicy: 'Never',
    rewriteAppHTTPProbe: true,
  },
  waypoint: {
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } },
  },
} as const satisfies InjectorProps;

/** The settings of the injector of a control plane. */
export function injectionSettings(context: InjectionContext, props: InjectorProps = {}): InjectionSettings {
  const { image = {}, logging = {}, cni = {} } = context;
  return {
    ...context,
    ...(props.network === undefined ? {} : { network: props.network }),
    image: { ...image, hub: image.hub ?? DEFAULT_HUB, tag: image.tag ?? context.release.version },
    logging: { level: logging.level ?? 'default:info', json: logging.json ?? false },
    nativeNftables: context.nativeNftables ?? false,
    cni: { enabled: cni.enabled ?? false, provider: cni.provider ?? 'default' },
    env: context.env ?? {},
    pilotCertProvider: context.pilotCertProvider ?? 'istiod',
    tokenAudience: context.tokenAudience ?? 'istio-ca',
    proxy: proxySettings(props.proxy ?? {}),
    injection: over(INJECTOR_DEFAULTS.injection, props.injection),
    waypoint: { ...props.waypoint, resources: resourcesOf(INJECTOR_DEFAULTS.waypoint.resources, props.waypoint?.resources) },
    gateways: props.gateways ?? {},
  };
}

/** Whether the mesh's root certificate is in a ClusterTrustBundle, and not in a ConfigMap of each namespace. */
export function usesTrustBundle({ env }: Pick<InjectionSettings, 'env'>): boolean {
  return String(env[TRUST_BUNDLE]) === 'true';
}

export const TRUST_BUNDLE = 'ENABLE_CLUSTER_TRUST_BUNDLE_API';

function proxySettings(props: ProxyProps): ProxySettings {
  const { proxy: defaults } = INJECTOR_DEFAULTS;
  const { outbound, inbound } = props.trafficCapture ?? {};
  return {
    ...over<Omit<ProxySettings, 'init' | 'resources' | 'trafficCapture' | 'readinessProbe' | 'startupProbe'>>(defaults, props),
    init: over(defaults.init, props.init),
    resources: resourcesOf(defaults.resources, props.resources),
    trafficCapture: {
      outbound: over(defaults.trafficCapture.outbound, outbound),
      inbound: over(defaults.trafficCapture.inbound, inbound),
    },
    readinessProbe: over(defaults.readinessProbe, props.readinessProbe),
    startupProbe: props.startupProbe === false ? false : over(defaults.startupProbe, props.startupProbe),
  };
}

/** The defaults, with what was given over them; what is undefined was not given. */
function over<T extends object>(defaults: Partial<T>, given: Partial<T> | undefined): T {
  const said = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(said) } as T;
}
