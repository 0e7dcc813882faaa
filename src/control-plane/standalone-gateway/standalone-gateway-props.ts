import type { Container, PodAntiAffinity, Toleration } from '../../../imports/kubernetes/core-v1';
import type { ServicePort } from '../../../imports/kubernetes/service';
import type { LoggingProps, Platform, ResourceProps } from '../component';
import type { ImageProps } from '../image';

/** Props of a {@link StandaloneGateway}. */
export interface StandaloneGatewayProps {
  /**
   * Full version of the Istio release, such as `1.31.3`.
   * @default - the cluster's Istio version, else the newest known
   */
  readonly istio?: string;
  /** Whether requests come in or go out through it. @default 'ingress' */
  readonly direction?: 'ingress' | 'egress';
  /** Name of the workload and its Service. @default 'istio-ingressgateway' or 'istio-egressgateway' */
  readonly name?: string;
  /** @default - the chart's namespace, else 'istio-system' */
  readonly namespace?: string;
  /** Revision of the control plane that the proxies connect to. @default - the default revision */
  readonly revision?: string;
  /** Labels that choose the pods. @default - `app` with the default name, `istio` with it but for its `istio-` */
  readonly labels?: Readonly<Record<string, string | null>>;
  /** @default - those that have it scraped */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** Number of pods, where they are not scaled. @default - Kubernetes' own: one */
  readonly replicas?: number;
  /** How the pods are scaled; `false` for not at all. @default - one to five pods, by 80 % of the requested CPU */
  readonly autoscaling?: StandaloneGatewayAutoscaling | false;
  /** Whether one pod is kept while nodes are drained, where there is more than one. @default true */
  readonly disruptionBudget?: boolean;
  /** How a new version takes the place of the old one. @default - 100% more at once, 25% away */
  readonly rollingUpdate?: RollingUpdate;
  /** @default - `proxyv2` of the release; see {@link ImageProps} */
  readonly image?: StandaloneGatewayImage;
  /** @default - requests 100m and 128Mi, limits 2000m and 1024Mi */
  readonly resources?: ResourceProps;
  /** `false` for no Service. @default - see {@link StandaloneGatewayService} */
  readonly service?: StandaloneGatewayService | false;
  /** Ports of the pods and of the Service. @default - 80 and 443, and 15021 for health checks of an ingress gateway */
  readonly ports?: readonly ServicePort[];
  /** Secrets that are mounted where they exist. @default - the gateway's `-certs` and `-ca-certs` */
  readonly secretVolumes?: readonly SecretVolume[];
  /** ConfigMaps that are mounted where they exist. @default - none */
  readonly configVolumes?: readonly ConfigVolume[];
  /** Containers beside the proxy. @default - none */
  readonly additionalContainers?: readonly Container[];
  /** Environment of the proxy. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** Annotations of the ServiceAccount. @default - none */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /** Labels that a node must have. @default - any node */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Architectures that nodes may have, with the weight from 1 to 100 of the wish for it. @default - any */
  readonly architectures?: Readonly<Record<string, number>>;
  /** @default - none */
  readonly podAntiAffinity?: PodAntiAffinity;
  /** @default - none */
  readonly tolerations?: readonly Toleration[];
  /** @default - none */
  readonly priorityClassName?: string;
  /** Whether the proxy runs as root. @default false */
  readonly runAsRoot?: boolean;
  /**
   * Templates that the injector completes the pods by; the proxy's settings below come from the injector then.
   * @default - the pods bring all of it themselves
   */
  readonly injectionTemplate?: string;
  /** @default - no platform's differences */
  readonly platform?: Platform;
  /** @default - see {@link LoggingProps} */
  readonly logging?: LoggingProps;
  /** @default - see {@link StandaloneGatewayProxy} */
  readonly proxy?: StandaloneGatewayProxy;
  /** Whether Prometheus scrapes the proxy's statistics together with those of the agent. @default true */
  readonly enablePrometheusMerge?: boolean;
  /** Whether a NetworkPolicy lets in the gateway's ports and nothing else. @default false */
  readonly networkPolicy?: boolean;
}

/** How a standalone gateway is scaled. */
export interface StandaloneGatewayAutoscaling {
  /** @default 1 */
  readonly minReplicas?: number;
  /** @default 5 */
  readonly maxReplicas?: number;
  /** Percent of the requested CPU to aim for. @default 80 */
  readonly targetCpuUtilization?: number;
}

/** How many pods there may be more, and how many may be away, as a number or a percentage. */
export interface RollingUpdate {
  readonly maxSurge?: number | string;
  readonly maxUnavailable?: number | string;
}

/** The image of a standalone gateway. */
export interface StandaloneGatewayImage extends ImageProps {
  /** Name of the image, or a whole reference. @default 'proxyv2' */
  readonly name?: string;
}

/** The Service of a standalone gateway. */
export interface StandaloneGatewayService {
  /** @default 'LoadBalancer' for ingress, 'ClusterIP' for egress */
  readonly type?: 'ClusterIP' | 'LoadBalancer' | 'NodePort';
  /** @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Ports of the Service alone. @default - none */
  readonly extraPorts?: readonly ServicePort[];
  /** @default - given by the cloud */
  readonly loadBalancerIP?: string;
  /** CIDRs that may connect. @default - all */
  readonly loadBalancerSourceRanges?: readonly string[];
  /** @default 'Cluster' */
  readonly externalTrafficPolicy?: 'Cluster' | 'Local';
  /** @default - the cluster's default */
  readonly ipFamilyPolicy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack';
  /** @default - the cluster's default */
  readonly ipFamilies?: readonly ('IPv4' | 'IPv6')[];
}

/** A Secret in the gateway's file system. */
export interface SecretVolume {
  readonly name: string;
  readonly secretName: string;
  readonly mountPath: string;
}

/** A ConfigMap in the gateway's file system; without a path it is a volume for other containers. */
export interface ConfigVolume {
  readonly name: string;
  readonly configMapName: string;
  readonly mountPath?: string;
}

/** What a proxy has to know of its mesh, where no injector tells it. */
export interface StandaloneGatewayProxy {
  /** @default 'warning' */
  readonly logLevel?: string;
  /** Levels by component, `<component>:<level>` separated by commas. @default 'misc:error' */
  readonly componentLogLevel?: string;
  /** @default 'cluster.local' */
  readonly clusterDomain?: string;
  /** Namespace of istiod. @default 'istio-system' */
  readonly istioNamespace?: string;
  /** Address of the CA. @default - istiod */
  readonly caAddress?: string;
  /** Where the proxy's CA certificate comes from. @default 'istiod' */
  readonly pilotCertProvider?: string;
  /** Audience of the token that the proxy shows to the CA. @default 'istio-ca' */
  readonly tokenAudience?: string;
  /** ConfigMap with the mesh's root certificate. @default 'istio-ca-root-cert' */
  readonly trustBundleName?: string;
  /** Whether the root certificate comes from a ClusterTrustBundle. @default false */
  readonly clusterTrustBundle?: boolean;
  /** Whether certificates from the Secret of the ServiceAccount are mounted. @default false */
  readonly mountMtlsCerts?: boolean;
  /** Port of the token exchange; 0 for none. @default 0 */
  readonly stsPort?: number;
  /** @default - the trust domain */
  readonly meshId?: string;
  /** `''` for none. @default 'cluster.local' */
  readonly trustDomain?: string;
  /** Name of the network of the pods. @default - none */
  readonly network?: string;
  /** @default 'Kubernetes' */
  readonly clusterName?: string;
  /** Environment that the mesh's configuration gives all proxies. @default - none */
  readonly proxyMetadata?: Readonly<Record<string, string>>;
}
