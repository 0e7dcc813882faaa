import type { BaseProps } from '../control-plane/base/base-props';
import type { CniProps } from '../control-plane/cni/cni-props';
import type { LoggingProps, Platform } from '../control-plane/component';
import type { ImageProps } from '../control-plane/image';
import type { IstiodProps } from '../control-plane/istiod/istiod-props';
import type { MeshConfig } from '../control-plane/mesh-config';
import type { ZtunnelProps } from '../control-plane/ztunnel/ztunnel-props';
import type { NamespaceReference } from '../core/references';
import type { CertificateLifetimeProps } from '../security/certificates/certificate-lifetime';
import type { IstioCsr } from '../security/certificates/istio-csr';
import type { MeshIstioCsrProps } from '../security/certificates/istio-csr-props';
import type { MeshPluginCaProps } from '../security/certificates/plugin-ca-props';
import type { TrustDomainMigration } from '../security/certificates/trust-domain-migration';

/** What the mesh says for all of its components. */
type SharedProps = 'istio' | 'namespace' | 'revision' | 'logging' | 'networkPolicy' | 'platform' | 'resourceScope';

/** What {@link Mesh} lets one say of its istiod alone. */
export type MeshIstiodProps = Omit<IstiodProps, SharedProps | 'cni' | 'meshConfig'>;
/** What {@link Mesh} lets one say of its CNI plugin alone. */
export type MeshCniProps = Omit<CniProps, Exclude<SharedProps, 'namespace'>>;
/** What {@link Mesh} lets one say of its ztunnel alone. */
export type MeshZtunnelProps = Omit<ZtunnelProps, Exclude<SharedProps, 'namespace'>>;
/** What {@link Mesh} lets one say of what its control plane stands on. */
export type MeshBaseProps = Omit<BaseProps, SharedProps>;

/** Where the istiod of a cluster is that has none of its own. */
export interface MeshPrimary {
  /** An IP address or the name of a host: of an east-west gateway that exposes the control plane, or of istiod itself. */
  readonly address: string;
  /** Name of the cluster that istiod runs in. */
  readonly clusterName: string;
}

/** Props of a {@link Mesh}. */
export interface MeshProps {
  /**
   * Full version of the Istio release, such as `1.31.3`.
   * @default - the cluster's Istio version, else the newest known
   */
  readonly istio?: string;
  /**
   * Namespace of the control plane, which is the mesh's root namespace: policies in it hold for the whole mesh. The
   * mesh makes it, unless it is a construct of this program already.
   * @default 'istio-system'
   */
  readonly namespace?: NamespaceReference;
  /**
   * Revision of the control plane that injects the pods of the mesh's namespaces. Meshes of several revisions may stand side by
   * side in a cluster, to upgrade from one to the other.
   * @default - the default revision: namespaces are labelled `istio-injection: enabled`
   * @see https://istio.io/latest/docs/setup/upgrade/canary/
   */
  readonly revision?: string;
  /**
   * Whether pods take part by a proxy of their own, or by the proxy of their node, ztunnel. Ambient makes the CNI plugin and
   * ztunnel, too, and the mesh's namespaces are labelled `istio.io/dataplane-mode: ambient`.
   * @default 'sidecar'
   * @see https://istio.io/latest/docs/overview/dataplane-modes/
   */
  readonly dataPlane?: 'sidecar' | 'ambient';
  /**
   * Mutual TLS of the whole mesh. `PERMISSIVE` takes plain text as well, from whoever sends it.
   * @default 'STRICT'
   * @see https://istio.io/latest/docs/reference/config/security/peer_authentication/
   */
  readonly mtls?: 'STRICT' | 'PERMISSIVE';
  /**
   * Whether the control plane is made. With `false`, it is installed by other means, and the mesh is its namespace and its policy.
   * @default true
   */
  readonly controlPlane?: boolean;
  /**
   * Whether Istio's CustomResourceDefinitions are made. Where a cluster has several meshes, those of the newest release are.
   * @default - what `controlPlane` says
   */
  readonly crds?: boolean;
  /**
   * Platform whose differences from plain Kubernetes are taken into account.
   * @default - none in particular
   * @see https://istio.io/latest/docs/setup/platform-setup/
   */
  readonly platform?: Platform;
  /**
   * An earlier minor release, such as `1.29`, whose behaviour the mesh keeps where it changed since.
   * @default - the behaviour of the release
   * @see https://istio.io/latest/docs/setup/additional-setup/compatibility-versions/
   */
  readonly compatibilityVersion?: string;
  /**
   * Name of this cluster, where a mesh spans several: each has another.
   * @default 'Kubernetes'
   * @see https://istio.io/latest/docs/setup/install/multicluster/
   */
  readonly clusterName?: string;
  /**
   * Name of the mesh, the same in all of its clusters.
   * @default - its trust domain
   */
  readonly meshId?: string;
  /**
   * The istiod of another cluster, which this one's proxies and webhooks ask: no istiod runs here.
   * @default - an istiod of its own
   * @see https://istio.io/latest/docs/setup/install/multicluster/primary-remote/
   */
  readonly primary?: MeshPrimary;
  /**
   * The authority that istiod signs with: an intermediate of a root of your own, in the Secret `cacerts`. istiod's pods wait for
   * the Secret. See {@link PluginCa}.
   * @default - istiod makes up a root for this cluster alone
   * @see https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/
   */
  readonly pluginCa?: MeshPluginCaProps;
  /**
   * Has cert-manager sign certificates in istiod's place: an istio-csr that the mesh makes, or one of another revision's mesh. See
   * {@link IstioCsr}.
   * @default - istiod signs
   * @see https://cert-manager.io/docs/usage/istio-csr/
   */
  readonly istioCsr?: MeshIstioCsrProps | IstioCsr;
  /**
   * How long certificates hold.
   * @default - a day those of workloads, ten years a root that istiod makes up: see {@link CertificateLifetimeProps}
   */
  readonly certificates?: CertificateLifetimeProps;
  /**
   * The move from one trust domain to another, which the Cluster has its trust domain from.
   * @default - certificates of the Cluster's trust domain are accepted, and of `meshConfig.trustDomainAliases`
   * @see https://istio.io/latest/docs/tasks/security/authorization/authz-td-migration/
   */
  readonly trustDomainMigration?: TrustDomainMigration;
  /** Where the images of all components come from. @default - see {@link ImageProps}; `distroless` in ambient mode */
  readonly image?: ImageProps;
  /** What all components log. @default - see {@link LoggingProps} */
  readonly logging?: LoggingProps;
  /**
   * Whether every component gets a NetworkPolicy that lets in what it serves.
   * @default false
   */
  readonly networkPolicy?: boolean;
  /**
   * At least two istiods, kept apart from each other, of which one stays while nodes are drained; and two proxies at least of each
   * gateway of the mesh.
   * @default false
   * @see https://istio.io/latest/docs/ops/best-practices/deployment/
   */
  readonly highAvailability?: boolean;
  /**
   * Configuration of the mesh. Its trust domain, its root namespace and where proxies find istiod follow from other props and
   * from the Cluster.
   * @default - Istio's own
   * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
   */
  readonly meshConfig?: MeshConfig;
  /**
   * Who writes the failure policy of the webhooks that check Istio's objects. With `istiod` the field is left out, so that a
   * server-side apply does not set back what istiod wrote.
   * @default 'installer'
   */
  readonly failurePolicyOwner?: 'installer' | 'istiod';
  /** CRDs, the identity by which other clusters read this one, and the webhook of the default revision. @default - see {@link Base} */
  readonly base?: MeshBaseProps;
  /** @default - see {@link Istiod} */
  readonly istiod?: MeshIstiodProps;
  /**
   * The CNI plugin, which captures the traffic of pods so that no pod needs the privileges for it.
   * @default - in ambient mode and on OpenShift; elsewhere each pod has an init container
   */
  readonly cni?: MeshCniProps | boolean;
  /** In ambient mode. @default - see {@link Ztunnel} */
  readonly ztunnel?: MeshZtunnelProps;
}
