import type { Container, EnvVar, SeccompProfile, Volume, VolumeMount } from '../../../imports/kubernetes/core-v1';
import type { HorizontalPodAutoscalerBehavior } from '../../../imports/kubernetes/horizontal-pod-autoscaler';
import type { ResourceProps, SchedulingProps } from '../component';
import type { ImageProps } from '../image';

/** istiod's pods, and how many there are. */
export interface IstiodPodProps extends SchedulingProps {
  /**
   * Image of istiod itself, where it is another one than `image` says.
   * @default - `pilot` of the hub, tag and variant of `image`
   */
  readonly istiodImage?: IstiodImageProps;
  /**
   * Number of pods where istiod does not scale them; `unmanaged` leaves it to somebody else.
   * @default 1
   */
  readonly replicas?: number | 'unmanaged';
  /**
   * How the pods are scaled; `false` for not at all.
   * @default - one to five pods, by 80 % of the requested CPU
   */
  readonly autoscaling?: IstiodAutoscaling | false;
  /**
   * How many pods stay while nodes are drained. It is made where there are always two pods or more: it would keep the only
   * one from being moved.
   * @default - one pod stays
   */
  readonly disruptionBudget?: IstiodDisruptionBudget | false;
  /** @default - all new pods at once, a quarter of the old ones at a time */
  readonly rollingUpdate?: RollingUpdateProps;
  /** @default - requests 500m and 2048Mi, no limits */
  readonly resources?: ResourceProps;
  /**
   * Environment of istiod.
   * @default - none but its own
   * @see https://istio.io/latest/docs/reference/commands/pilot-discovery/#envvars
   */
  readonly env?: Readonly<Record<string, string>>;
  /** Further environment of istiod, from fields, Secrets or ConfigMaps. @default - none */
  readonly envVarFrom?: readonly EnvVar[];
  /** Arguments after istiod's own. @default - none */
  readonly extraContainerArgs?: readonly string[];
  /** @default - none but istiod's own */
  readonly volumes?: readonly Volume[];
  /** @default - none but istiod's own */
  readonly volumeMounts?: readonly VolumeMount[];
  /** @default - none */
  readonly initContainers?: readonly Container[];
  /** @default - the container runtime's */
  readonly seccompProfile?: SeccompProfile;
  /**
   * What the kubelet shows of a container that ended. Since Istio 1.31.
   * @default 'File', as Kubernetes has it; 'FallbackToLogsOnError' on OpenShift
   */
  readonly terminationMessagePolicy?: 'File' | 'FallbackToLogsOnError';
  /**
   * Percentage of requests that are traced, 0 to 100; `false` leaves it to istiod.
   * @default 1
   */
  readonly traceSampling?: number | false;
  /**
   * How long a proxy stays connected to one pod of istiod, as a duration such as `30m`.
   * @default '30m'
   */
  readonly keepaliveMaxServerConnectionAge?: string;
  /**
   * The ztunnels that may ask for certificates on behalf of the pods of their node.
   * @default - `ztunnel` in istiod's namespace; in kube-system on OpenShift
   */
  readonly trustedZtunnel?: TrustedZtunnelProps;
  /**
   * The controller that takes a taint from nodes once their CNI plugin is ready.
   * @default - see {@link NodeUntaintProps}
   */
  readonly nodeUntaint?: NodeUntaintProps;

  /** @default - none */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** @default - none but for Prometheus and against injection */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly deploymentLabels?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly deploymentAnnotations?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /** istiod's Service, and those of its tags. @default - see {@link IstiodServiceProps} */
  readonly service?: IstiodServiceProps;
}

/** Image of istiod. */
export interface IstiodImageProps extends Pick<ImageProps, 'hub' | 'tag' | 'variant'> {
  /**
   * Name behind the hub and before the tag; with a slash in it, a whole reference.
   * @default 'pilot'
   */
  readonly name?: string;
}

/** How istiod is scaled. */
export interface IstiodAutoscaling {
  /** @default 1 */
  readonly minReplicas?: number;
  /** @default 5 */
  readonly maxReplicas?: number;
  /** Percent of the requested CPU to aim for. @default 80 */
  readonly targetCpuUtilization?: number;
  /** Percent of the requested memory to aim for. @default - not by memory */
  readonly targetMemoryUtilization?: number;
  /** @default - Kubernetes' own */
  readonly behavior?: HorizontalPodAutoscalerBehavior;
}

/** How many pods stay, or may be away, at once: a number or a percentage. */
export interface IstiodDisruptionBudget {
  /** `null` for none of the two. @default 1, unless `maxUnavailable` is given */
  readonly minAvailable?: number | string | null;
  /** @default - see `minAvailable` */
  readonly maxUnavailable?: number | string;
  /** @default - Kubernetes' own */
  readonly unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow';
}

/** How pods are replaced: numbers or percentages; `null` for Kubernetes' own default. */
export interface RollingUpdateProps {
  /** @default '100%' */
  readonly maxSurge?: number | string | null;
  /** @default '25%' */
  readonly maxUnavailable?: number | string | null;
}

/** The ServiceAccount of the ztunnels. */
export interface TrustedZtunnelProps {
  /** @default - istiod's own; 'kube-system' on OpenShift */
  readonly namespace?: string;
  /** @default 'ztunnel' */
  readonly name?: string;
}

/** The controller that takes a taint from nodes. */
export interface NodeUntaintProps {
  /** Whether it runs. Before Istio 1.30 its environment variable has to be set besides. @default false */
  readonly enabled?: boolean;
  /** Namespace of the CNI plugin's pods. @default - istiod's own */
  readonly cniNamespace?: string;
  /** Key of the taint. Since Istio 1.30. @default 'cni.istio.io/not-ready' */
  readonly taint?: string;
}

/** istiod's Service. */
export interface IstiodServiceProps {
  /** @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** @default - Kubernetes' own: one family */
  readonly ipFamilyPolicy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack';
  /** @default - the cluster's first */
  readonly ipFamilies?: readonly ('IPv4' | 'IPv6')[];
  /** @default - any endpoint */
  readonly trafficDistribution?: string;
}
