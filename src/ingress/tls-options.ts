import type { Duration } from '../core/duration';
import type { ObjectConstruct } from '../core/references';
import type { Known } from '../core/unknown';
import type { Tls } from './tls';

/** Versions of TLS, as Istio names them. */
export type TlsVersion = 'TLSV1_0' | 'TLSV1_1' | 'TLSV1_2' | 'TLSV1_3';

/** Ciphers that Istio's gateways can be told to keep to; TLS 1.3 has its own, which nobody chooses. */
export type TlsCipherSuite =
  | 'ECDHE-ECDSA-AES128-GCM-SHA256'
  | 'ECDHE-RSA-AES128-GCM-SHA256'
  | 'ECDHE-ECDSA-AES256-GCM-SHA384'
  | 'ECDHE-RSA-AES256-GCM-SHA384'
  | 'ECDHE-ECDSA-CHACHA20-POLY1305'
  | 'ECDHE-RSA-CHACHA20-POLY1305'
  | 'ECDHE-ECDSA-AES128-SHA'
  | 'ECDHE-RSA-AES128-SHA'
  | 'ECDHE-ECDSA-AES256-SHA'
  | 'ECDHE-RSA-AES256-SHA'
  | 'AES128-GCM-SHA256'
  | 'AES256-GCM-SHA384'
  | 'AES128-SHA'
  | 'AES256-SHA';

/** What a gateway takes of TLS. */
export interface TlsOptions {
  /**
   * The oldest version of TLS that clients may speak; those before TLS 1.2 need `cipherSuites`, too, as proxies have none for
   * them by default.
   * @default 'TLSV1_2'
   */
  readonly minProtocolVersion?: TlsVersion;
  /**
   * The newest version of TLS that clients may speak.
   * @default - the newest that the proxy knows
   */
  readonly maxProtocolVersion?: TlsVersion;
  /**
   * Ciphers for connections before TLS 1.3.
   * @default - those of the mesh's `tlsDefaults`, else of Istio
   */
  readonly cipherSuites?: readonly TlsCipherSuite[];
  /**
   * Names that the certificate is for, such as `*.example.com`, which is for one label more and not for two: hosts that are none of
   * them are refused.
   * @default - not known; with `Tls.certManager`, the hosts that are served with it
   */
  readonly dnsNames?: readonly Known<string>[];
}

/** Whom a gateway takes for a client. */
export interface ClientTlsOptions extends TlsOptions {
  /**
   * Secret with the certificates of the authorities that sign clients' (`ca.crt`), in the namespace of the gateway's pods.
   * @default - the Secret with the name of the certificate's and `-cacert` behind, else `ca.crt` in the certificate's own;
   * with `Tls.files`, its `ca`
   */
  readonly clientCa?: Known<string> | ObjectConstruct;
  /**
   * Names (of type DNS or URI) of which the certificate of a client must have one.
   * @default - any name that the authority signed
   */
  readonly subjectAltNames?: readonly Known<string>[];
}

/** A certificate that a gateway shows: the name of a Secret, one of this program, or a Tls that has one. */
export type ServerCertificate = Known<string> | ObjectConstruct | Tls;

/** A certificate in files that are mounted into the gateway's pods. */
export interface TlsFiles extends TlsOptions {
  /** Path of the certificate in the proxy's container. */
  readonly certificate: Known<string>;
  /** Path of its key. */
  readonly privateKey: Known<string>;
  /**
   * Path of the certificates of the authorities that sign clients': with it, clients must show one.
   * @default - clients show none
   */
  readonly ca?: Known<string>;
}

/** A certificate that cert-manager keeps. */
export interface CertManagerTls extends TlsOptions {
  /** Name of the issuer. */
  readonly issuer: Known<string>;
  /**
   * An `Issuer` has to be in the namespace of the gateway's pods.
   * @default 'ClusterIssuer'
   */
  readonly kind?: 'Issuer' | 'ClusterIssuer';
  /**
   * API group of the issuer, where it is none of cert-manager's own.
   * @default 'cert-manager.io'
   */
  readonly group?: Known<string>;
  /**
   * How long the certificate is asked for, an hour or more.
   * @default - cert-manager's own: 90 days
   */
  readonly duration?: Duration | Known<string>;
  /**
   * How long before its end it is renewed, 5 minutes or more and less than `duration`.
   * @default - cert-manager's own: a third of its time
   */
  readonly renewBefore?: Duration | Known<string>;
  /**
   * Secret that cert-manager keeps the certificate in, and name of the Certificate: hosts that share it share one certificate.
   * @default - named for the host: a certificate for each host, which all gateways of a namespace share
   */
  readonly secretName?: Known<string>;
}
