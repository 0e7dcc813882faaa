import type {
  Container,
  EnvVar,
  Lifecycle,
  PodDNSConfig,
  PodSecurityContext,
  Probe,
  SecurityContext,
  Volume,
  VolumeMount,
} from '../../../imports/kubernetes/core-v1';
import type { DaemonSetUpdateStrategy } from '../../../imports/kubernetes/daemon-set';
import type { DeploymentStrategy } from '../../../imports/kubernetes/deployment';
import type { HorizontalPodAutoscalerBehavior } from '../../../imports/kubernetes/horizontal-pod-autoscaler';
import type { ServicePort } from '../../../imports/kubernetes/service';
import type { Platform, ResourceProps, SchedulingProps } from '../component';
import type { ImageProps } from '../image';

/** Props of a {@link Gateway}. */
export interface GatewayProps extends SchedulingProps {
  /**
   * Full version of the Istio release, such as `1.31.3`.
   * @default - the cluster's Istio version, else the newest known
   */
  readonly istio?: string;
  /**
   * Name of the workload, its Service and its ServiceAccount. Its pods have the labels `app` with the name and `istio` with
   * the name without a leading `istio-`.
   * @default - the construct's id
   */
  readonly name?: string;
  /** @default - the chart's namespace, else 'istio-ingress' */
  readonly namespace?: string;
  /**
   * Revision of the control plane that injects the pods.
   * @default - the one that injects the namespace
   */
  readonly revision?: string;
  /** @default 'Deployment' */
  readonly kind?: 'Deployment' | 'DaemonSet';
  /**
   * Number of pods, where they are not scaled.
   * @default - Kubernetes' own: one
   */
  readonly replicas?: number;
  /**
   * How the pods of a Deployment are scaled; `false` for not at all.
   * @default - one to five pods, by 80 % of the requested CPU
   */
  readonly autoscaling?: GatewayAutoscaling | false;
  /**
   * How many pods may be away while nodes are drained. It is made where there is more than one pod: it would keep the only one
   * from being moved.
   * @default - no PodDisruptionBudget
   */
  readonly disruptionBudget?: DisruptionBudget;
  /**
   * Labels of all objects and of the pods. `app` and `istio` take the place of those that follow from the name; `null` takes
   * a default away.
   * @default - `istio.io/dataplane-mode: none`: a gateway is no part of ambient mode
   */
  readonly labels?: Readonly<Record<string, string | null>>;
  /** Annotations of all objects but the pods. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * Annotations of the pods, beside those that have them injected and scraped; `null` takes one of these away.
   * @default - none
   */
  readonly podAnnotations?: Readonly<Record<string, string | null>>;
  /** @default - see {@link GatewayServiceProps}; `false` for no Service */
  readonly service?: GatewayServiceProps | false;
  /** @default - see {@link GatewayServiceAccountProps} */
  readonly serviceAccount?: GatewayServiceAccountProps;
  /**
   * Whether the gateway may read the Secrets of its namespace, where the certificates of its hosts are.
   * @default true
   */
  readonly rbac?: boolean;
  /**
   * Makes it an east-west gateway: the way into this network for the pods of other networks.
   * @see https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/
   * @default - a gateway for traffic of any network
   */
  readonly networkGateway?: NetworkGateway;
  /**
   * CPU and memory of the proxy.
   * @default - requests 100m and 128Mi, limits 2000m and 1024Mi
   */
  readonly resources?: ResourceProps;
  /** Environment of the proxy. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** Further environment of the proxy, from fields, Secrets or ConfigMaps. @default - none */
  readonly envFrom?: readonly EnvVar[];
  /** @default - may bind ports below 1024 without privileges */
  readonly podSecurityContext?: PodSecurityContext;
  /** @default - no privileges and no capabilities, not as root, on a read-only file system */
  readonly containerSecurityContext?: SecurityContext;
  /** @default - Kubernetes' own */
  readonly strategy?: DeploymentStrategy | DaemonSetUpdateStrategy;
  /** Seconds that a new pod must be ready for before it counts. @default 0 */
  readonly minReadySeconds?: number;
  /** @default - the one that injection adds */
  readonly readinessProbe?: Probe;
  /** @default - none */
  readonly lifecycle?: Lifecycle;
  /** Seconds that a pod has to end its connections. @default 30 */
  readonly terminationGracePeriodSeconds?: number;
  /** @default - none */
  readonly volumes?: readonly Volume[];
  /** @default - none */
  readonly volumeMounts?: readonly VolumeMount[];
  /** @default - none */
  readonly initContainers?: readonly Container[];
  /** Containers beside the proxy. @default - none */
  readonly additionalContainers?: readonly Container[];
  /** @default - Kubernetes' own */
  readonly dnsPolicy?: string;
  /** @default - none */
  readonly dnsConfig?: PodDNSConfig;
  /** How the proxy's image is pulled; which image it is, the injector says. @default - see {@link ImageProps} */
  readonly image?: Pick<ImageProps, 'pullPolicy' | 'pullSecrets'>;
  /** @default - no platform's differences */
  readonly platform?: Platform;
  /**
   * Whether a NetworkPolicy lets in health checks, scraping and the given ports, and nothing else.
   * @default false; with `true`, the ports are those of the Service
   */
  readonly networkPolicy?: boolean | GatewayNetworkPolicyProps;
}

/** What a gateway's NetworkPolicy lets in. */
export interface GatewayNetworkPolicyProps {
  readonly ports: readonly ServicePort[];
}

/** How a gateway is scaled. */
export interface GatewayAutoscaling {
  /** @default 1 */
  readonly minReplicas?: number;
  /** @default 5 */
  readonly maxReplicas?: number;
  /** Percent of the requested CPU to aim for; `false` for not by CPU. @default 80 */
  readonly targetCpuUtilization?: number | false;
  /** Percent of the requested memory to aim for. @default - not by memory */
  readonly targetMemoryUtilization?: number;
  /** @default - Kubernetes' own */
  readonly behavior?: HorizontalPodAutoscalerBehavior;
}

/** How many pods may be away at once, as a number or a percentage. */
export interface DisruptionBudget {
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
  /** @default - Kubernetes' own, 'IfHealthyBudget' */
  readonly unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow';
}

/** The Service of a gateway. */
export interface GatewayServiceProps {
  /** @default 'LoadBalancer' */
  readonly type?: 'ClusterIP' | 'LoadBalancer' | 'NodePort';
  /**
   * @default - 15021 for health checks, 80 and 443
   */
  readonly ports?: readonly ServicePort[];
  /** Besides the gateway's. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Labels that the pods must have, besides `app` and `istio`. @default - none */
  readonly selectorLabels?: Readonly<Record<string, string>>;
  /** An address of one's own choice, or `None`. @default - given by the cluster */
  readonly clusterIP?: string;
  /** @default - given by the cloud */
  readonly loadBalancerIP?: string;
  /** CIDRs that may connect. @default - all */
  readonly loadBalancerSourceRanges?: readonly string[];
  /** For type LoadBalancer. @default - the cluster's default */
  readonly loadBalancerClass?: string;
  /** For type LoadBalancer. @default true */
  readonly allocateLoadBalancerNodePorts?: boolean;
  /** `Local` keeps the clients' addresses. @default 'Cluster' */
  readonly externalTrafficPolicy?: 'Cluster' | 'Local';
  /** @default 'Cluster' */
  readonly internalTrafficPolicy?: 'Cluster' | 'Local';
  /** @default - given by the cluster */
  readonly healthCheckNodePort?: number;
  /** @default - none */
  readonly externalIPs?: readonly string[];
  /** @default - the cluster's default */
  readonly ipFamilyPolicy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack';
  /** @default - the cluster's default */
  readonly ipFamilies?: readonly ('IPv4' | 'IPv6')[];
}

/** The ServiceAccount of a gateway. */
export interface GatewayServiceAccountProps {
  /** Whether it is made. @default true */
  readonly create?: boolean;
  /** @default - the gateway's name, or 'default' where none is made */
  readonly name?: string;
  /** @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An east-west gateway's network. */
export interface NetworkGateway {
  /** Name of the network behind the gateway. */
  readonly network: string;
  /**
   * Ports of the Service, since Istio 1.30.
   * @default - 15021, 15443, 15012 and 15017
   */
  readonly ports?: Readonly<Partial<Record<NetworkGatewayPort, NetworkGatewayPortProps>>>;
}

/** The ports that an east-west gateway serves: health checks, traffic of the mesh, istiod's discovery and its webhooks. */
export type NetworkGatewayPort = 'status-port' | 'tls' | 'tls-istiod' | 'tls-webhook';

export interface NetworkGatewayPortProps {
  readonly port?: number;
  /** @default - the port's default */
  readonly targetPort?: number;
  /** @default 'TCP' */
  readonly protocol?: string;
}
