import type { MeshReference } from '../../control-plane/mesh-reference';
import type { Duration } from '../../core/duration';

/** Props of a {@link PluginCa}: certificates that are given, or a certificate that cert-manager keeps. */
export type PluginCaProps = { readonly mesh: MeshReference } & MeshPluginCaProps;

/** What a `Mesh` is told of its plug-in CA. */
export type MeshPluginCaProps = GivenCaProps | CertManagerCaProps;

/** An authority whose certificates the program is given. */
export interface GivenCaProps {
  /**
   * PEM of the root certificate that every proxy trusts; of several while one root takes the place of another. All clusters of a
   * mesh have the same.
   */
  readonly rootCert: string;
  /** PEM of the certificate that istiod signs with: an intermediate of the root, of this cluster alone. */
  readonly caCert: string;
  /**
   * PEM of the certificates from `caCert` up to what the root signed, in this order.
   * @default - `caCert`, which the root signed
   */
  readonly certChain?: string;
  /**
   * PEM of the private key of `caCert`, known only at deployment: a secret of Pulumi's, say. The Secret `cacerts` is made of it.
   * @default - no Secret is made: `cacerts` comes from elsewhere (a vault, a sealed Secret) and holds these certificates, which are checked here
   */
  readonly caKey?: string;
  /**
   * Whether `caKey` may be a text of the program, which stands in the written files for all who can read them. For tests.
   * @default false
   */
  readonly allowPlainTextKey?: boolean;
  /**
   * Time before the end of a certificate from which on a warning says so.
   * @default '720h', 30 days; of a `Mesh`, the time that workloads' certificates hold where that is longer
   */
  readonly warnBefore?: Duration | string;
  /**
   * The time at which the certificates have to hold. What is written does not depend on it.
   * @default - that of the clock at synthesis
   */
  readonly now?: Date;
  readonly certManager?: never;
}

/** An authority whose certificate cert-manager gets and renews. */
export interface CertManagerCaProps {
  /** What cert-manager is asked for. cert-manager and its issuer have to be there. */
  readonly certManager: CertManagerCa;
  readonly rootCert?: never;
  readonly caCert?: never;
  readonly certChain?: never;
  readonly caKey?: never;
  readonly allowPlainTextKey?: never;
  readonly warnBefore?: never;
  readonly now?: never;
}

/** A certificate of an authority, as cert-manager is asked for it. */
export interface CertManagerCa {
  /** Name of the issuer, which has to sign authorities: of the kinds CA and Vault, say, and not ACME. */
  readonly issuer: string;
  /** An `Issuer` has to be in the mesh's namespace. @default 'ClusterIssuer' */
  readonly kind?: string;
  /** API group of the issuer. @default 'cert-manager.io' */
  readonly group?: string;
  /** Common name of the authority. @default 'istiod-ca' */
  readonly commonName?: string;
  /** Time that a certificate holds; an hour at least. @default '8760h', a year */
  readonly duration?: Duration | string;
  /** Time before its end at which it is renewed. @default - a third of `duration` */
  readonly renewBefore?: Duration | string;
  /** Kind of the key, which is made anew with each certificate. @default 'ECDSA', on P-256 */
  readonly algorithm?: 'ECDSA' | 'RSA';
}
