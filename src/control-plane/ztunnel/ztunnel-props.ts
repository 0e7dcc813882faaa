import type { Affinity, PodDNSConfig, SELinuxOptions, Toleration, Volume, VolumeMount } from '../../../imports/kubernetes/core-v1';
import type { ComponentProps, Platform, ResourceProps } from '../component';
import type { ComponentImageProps } from '../image';
import type { DaemonSetUpdateProps, PodQuotaProps } from '../node-agent-props';

/** Props of a {@link Ztunnel}. Its logs have the level `info` where none is given; levels are those of Rust's `RUST_LOG`. */
export interface ZtunnelProps extends ComponentProps {
  /**
   * Name of the objects and of the ServiceAccount. istiod has to trust another one than the default.
   * @default 'ztunnel'
   */
  readonly name?: string;
  /**
   * Platform whose differences hold: OpenShift's permissions, GKE's quota. A prop that is given goes before them.
   * @default - none in particular
   */
  readonly platform?: Platform;
  /** @default - `ztunnel` of the release; see {@link ComponentImageProps} */
  readonly image?: ComponentImageProps;
  /**
   * Namespace of istiod, which may be another one than ztunnel's.
   * @default 'istio-system'
   */
  readonly istioNamespace?: string;
  /**
   * Host and port that certificates come from, such as `ca.example.com:443`.
   * @default - the revision's istiod, port 15012
   */
  readonly caAddress?: string;
  /**
   * Host and port that configuration comes from.
   * @default - the revision's istiod, port 15012
   */
  readonly xdsAddress?: string;
  /**
   * Name of the network that the cluster's pods are in.
   * @default - the cluster's network
   * @see https://istio.io/latest/docs/ops/deployment/deployment-models/#network-models
   */
  readonly network?: string;
  /**
   * Name of the cluster, the same as istiod's.
   * @default 'Kubernetes'
   */
  readonly clusterName?: string;
  /**
   * Whether certificates are checked against the revocation list in the ConfigMap `istio-ca-crl`.
   * @default false
   */
  readonly peerCaCrl?: boolean;
  /**
   * Whether the mesh's root certificate comes from a ClusterTrustBundle, instead of a ConfigMap in the namespace.
   * @default false
   * @see https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#cluster-trust-bundles
   */
  readonly clusterTrustBundle?: boolean;
  /**
   * Name of the ConfigMap with the mesh's root certificate, or the last part of the ClusterTrustBundle's name.
   * @default - 'istio-ca-root-cert'; for a ClusterTrustBundle 'root-cert'
   */
  readonly trustBundleName?: string;
  /** Settings that all proxies of the mesh get as environment. @default - none */
  readonly proxyMetadata?: Readonly<Record<string, string>>;
  /** Further environment, after `proxyMetadata`. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** CPU and memory of the pods. @default - 200m of CPU and 512Mi of memory are requested, enough for 200,000 pods */
  readonly resources?: ResourceProps;
  /** Labels that a node must have. @default - any Linux node */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly affinity?: Affinity;
  /**
   * Taints that the pods stand, in place of the default ones.
   * @default - all: pods of an ambient mesh have no network without it
   */
  readonly tolerations?: readonly Toleration[];
  /** @default - a new pod is ready on a node before the old one goes */
  readonly updateStrategy?: DaemonSetUpdateProps;
  /**
   * Seconds that open connections have to end when a pod ends.
   * @default 30
   */
  readonly terminationGracePeriodSeconds?: number;
  /** @default - Kubernetes' own, 'ClusterFirst' */
  readonly dnsPolicy?: 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None';
  /** @default - none */
  readonly dnsConfig?: PodDNSConfig;
  /** Further volumes of the pods. @default - none */
  readonly volumes?: readonly Volume[];
  /** Where the container has them. @default - none */
  readonly volumeMounts?: readonly VolumeMount[];
  /** Labels of the DaemonSet, the ServiceAccount and the quota, besides their own. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of the DaemonSet, the ServiceAccount and OpenShift's permissions. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Labels of the pods, besides their own. @default - none */
  readonly podLabels?: Readonly<Record<string, string>>;
  /**
   * Annotations of the pods, besides their own; `null` takes a default away.
   * @default - those by which Prometheus scrapes port 15020
   */
  readonly podAnnotations?: Readonly<Record<string, string | null>>;
  /** @default - of the type 'spc_t' on OpenShift, else none */
  readonly seLinuxOptions?: SELinuxOptions;
  /**
   * A quota for pods of the class `system-node-critical`, without which GKE admits none outside of kube-system; `false` for
   * none.
   * @default - one on GKE, else none
   */
  readonly resourceQuota?: PodQuotaProps | false;
}
