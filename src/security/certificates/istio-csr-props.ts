import type { ImageProps } from '../../control-plane/image';
import type { ResourceProps } from '../../control-plane/component';
import type { MeshReference } from '../../control-plane/mesh-reference';
import type { Duration } from '../../core/duration';
import type { NamespaceReference } from '../../core/references';

/** Props of an {@link IstioCsr}. */
export type IstioCsrProps = { readonly mesh: MeshReference } & MeshIstioCsrProps;

/** What a `Mesh` is told of its istio-csr. */
export interface MeshIstioCsrProps {
  /** Name of the issuer that signs all certificates of the mesh; none of the kind ACME, which signs no identities. */
  readonly issuer: string;
  /** An `Issuer` has to be in the mesh's namespace. @default 'ClusterIssuer' */
  readonly issuerKind?: string;
  /** API group of the issuer. @default 'cert-manager.io' */
  readonly issuerGroup?: string;
  /**
   * PEM of the root certificate that every proxy trusts; of several while one takes the place of another. Without it istio-csr
   * trusts what the issuer says, and a new root cannot be told before it is used.
   * @default - the root that the issuer names
   */
  readonly rootCert?: string;
  /**
   * Where istio-csr runs. The namespace has to be there, and its pods are kept out of the mesh.
   * @default 'cert-manager'
   */
  readonly namespace?: NamespaceReference;
  /** Release of istio-csr: 0.14 or newer. @default 'v0.17.0' */
  readonly version?: string;
  /** Where the image comes from; its tag is `version` unless given. @default - `cert-manager-istio-csr` of `quay.io/jetstack` */
  readonly image?: Omit<ImageProps, 'variant'>;
  /** Number of pods; with two or more, one stays while nodes are drained. @default 2 */
  readonly replicas?: number;
  /** @default - requests 100m and 128Mi, at most 512Mi */
  readonly resources?: ResourceProps;
  /** Longest time that a workload's certificate holds: proxies that ask for more get this. @default '1h' */
  readonly maxCertificateDuration?: Duration | string;
  /** Time that istiod's own certificate holds; an hour at least. @default '1h' */
  readonly istiodCertificateDuration?: Duration | string;
  /** Time before its end at which istiod's certificate is renewed. @default - a third of it */
  readonly istiodCertificateRenewBefore?: Duration | string;
  /** Further DNS names of istiod's certificate, such as that of an external address. @default - none */
  readonly istiodDnsNames?: readonly string[];
  /** Revisions whose istiods the certificate is for; `default` is that without a name. @default - the mesh's */
  readonly revisions?: readonly string[];
  /** Name of the cluster as its proxies say it. @default 'Kubernetes' */
  readonly clusterName?: string;
  /**
   * ServiceAccounts that may ask on behalf of the pods of their node, as `<namespace>/<name>`: ztunnel's.
   * @default - none; of an ambient `Mesh`, its ztunnel
   */
  readonly trustedNodeAccounts?: readonly string[];
  /** Whether its pods get a NetworkPolicy that lets in what they serve. @default false */
  readonly networkPolicy?: boolean;
}
