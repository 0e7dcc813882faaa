import type { Affinity, SeccompProfile, SELinuxOptions, Toleration } from '../../../imports/kubernetes/core-v1';
import type { LabelSelector } from '../../../imports/kubernetes/meta-v1';
import type { ComponentProps, Platform, ResourceProps } from '../component';
import type { ComponentImageProps } from '../image';
import type { DaemonSetUpdateProps, PodQuotaProps } from '../node-agent-props';

/** Props of a {@link Cni}. Its logs have the level `info` where none is given. */
export interface CniProps extends ComponentProps {
  /**
   * Platform whose differences hold: folders, OpenShift's permissions, GKE's quota. A prop that is given goes before them.
   * @default - none in particular
   */
  readonly platform?: Platform;
  /** @default - `install-cni` of the release; see {@link ComponentImageProps} */
  readonly image?: ComponentImageProps;
  /** @default - ambient mode is off; see {@link CniAmbientProps} */
  readonly ambient?: CniAmbientProps;
  /** @default - see {@link CniRepairProps} */
  readonly repair?: CniRepairProps;
  /**
   * Folder of the CNI plugins on the nodes.
   * @default - the platform's, else '/opt/cni/bin'
   */
  readonly binDir?: string;
  /**
   * Folder of the CNI configuration on the nodes.
   * @default - the platform's, else '/etc/cni/net.d'
   */
  readonly confDir?: string;
  /**
   * File in `confDir` that the plugin is written into.
   * @default - the platform's, else the first file there
   */
  readonly confFileName?: string;
  /**
   * Folder of the pods' network namespaces on the nodes.
   * @default - the platform's, else '/var/run/netns'
   */
  readonly netnsDir?: string;
  /**
   * Whether the plugin is one of a chain, after the cluster's own; with false it has a file of its own.
   * @default - false on OpenShift, else true
   */
  readonly chained?: boolean;
  /**
   * What calls the plugin: with 'multus' a NetworkAttachmentDefinition `istio-cni` is made in the namespace `default`, which
   * pods name.
   * @default - 'multus' on OpenShift, else 'default'
   */
  readonly provider?: 'default' | 'multus';
  /**
   * Whether Istio writes a configuration of its own, before the cluster's, so that no pod starts without the plugin.
   * @default false
   */
  readonly istioOwnedConfig?: boolean;
  /**
   * Name of that file; it has to come first in `confDir`.
   * @default - '02-istio-cni.conflist'
   */
  readonly istioOwnedConfigFileName?: string;
  /**
   * Namespaces whose pods are left alone.
   * @default ['kube-system']
   */
  readonly excludeNamespaces?: readonly string[];
  /**
   * Whether traffic is captured by nftables instead of iptables.
   * @default false
   */
  readonly nativeNftables?: boolean;
  /** CPU and memory of the pods. @default - 100m of CPU and 100Mi of memory are requested */
  readonly resources?: ResourceProps;
  /** Further environment of the installer. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default - any Linux node */
  readonly affinity?: Affinity;
  /**
   * Taints that the pods stand, in place of the default ones.
   * @default - all: a node without the plugin cannot run pods of the mesh
   */
  readonly tolerations?: readonly Toleration[];
  /** @default - one node after the other */
  readonly updateStrategy?: DaemonSetUpdateProps;
  /**
   * Seconds that the plugin has to take itself out of the node when its pod ends.
   * @default 30
   */
  readonly terminationGracePeriodSeconds?: number;
  /** Labels of the DaemonSet, besides its own. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels of the pods, besides their own. @default - none */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Annotations of the pods, besides their own. @default - none */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** @default - the container runtime's own */
  readonly seccompProfile?: SeccompProfile;
  /**
   * Where it has any key, `type` is 'spc_t' unless given.
   * @default - of the type 'spc_t' on OpenShift, else none
   */
  readonly seLinuxOptions?: SELinuxOptions;
  /**
   * How the pods are freed of AppArmor: by the annotation that Kubernetes up to 1.29 reads, or by the field that later ones
   * prefer.
   * @default 'annotation'
   */
  readonly appArmor?: 'annotation' | 'field';
  /**
   * A quota for pods of the class `system-node-critical`, without which GKE admits none outside of kube-system; `false` for
   * none.
   * @default - one on GKE, else none
   */
  readonly resourceQuota?: PodQuotaProps | false;
}

/**
 * Ambient mode: the plugin sends the traffic of pods to the node's ztunnel.
 *
 * @see https://istio.io/latest/docs/ambient/overview/
 */
export interface CniAmbientProps {
  /** @default false */
  readonly enabled?: boolean;
  /**
   * Which pods are of the ambient mesh: those that any of these chooses.
   * @default - pods with `istio.io/dataplane-mode: ambient`, or in a namespace with it and without `none` of their own
   */
  readonly enablementSelectors?: readonly AmbientSelector[];
  /**
   * Whether ztunnel answers the pods' DNS queries.
   * @default true
   */
  readonly dnsCapture?: boolean;
  /**
   * Whether IPv6 traffic is captured as well.
   * @default true
   */
  readonly ipv6?: boolean;
  /**
   * Whether rules that an older version left in pods are replaced when the agent starts.
   * @default true
   */
  readonly reconcileIptablesOnStartup?: boolean;
  /**
   * Whether the agent is in the node's own network, instead of entering it where it has to.
   * @default false
   */
  readonly shareHostNetworkNamespace?: boolean;
  /**
   * Whether the agent asks again when it could not find out if a pod is of the ambient mesh.
   * @default false
   */
  readonly enableAmbientDetectionRetry?: boolean;
}

/** Pods, by labels of their own and of their namespace. */
export interface AmbientSelector {
  /** @default - all pods */
  readonly podSelector?: LabelSelector;
  /** @default - all namespaces */
  readonly namespaceSelector?: LabelSelector;
}

/**
 * What is done about pods that started on a node before the plugin was there. Of several ways the agent takes the first of
 * `repairPods`, `deletePods` and `labelPods`.
 *
 * @see https://istio.io/latest/docs/setup/additional-setup/cni/#race-condition--mitigation
 */
export interface CniRepairProps {
  /** @default true */
  readonly enabled?: boolean;
  /**
   * Whether their traffic rules are made after all, while they run.
   * @default true
   */
  readonly repairPods?: boolean;
  /**
   * Whether they are deleted, to be made anew.
   * @default false
   */
  readonly deletePods?: boolean;
  /**
   * Whether they get a label, for somebody else to see to them.
   * @default false
   */
  readonly labelPods?: boolean;
  /**
   * Name of the init container whose failure tells that a pod has no rules.
   * @default 'istio-validation'
   */
  readonly initContainerName?: string;
  /** @default 'cni.istio.io/uninitialized' */
  readonly brokenPodLabelKey?: string;
  /** @default 'true' */
  readonly brokenPodLabelValue?: string;
}
