import type { DestinationRuleTrafficPolicyTls } from '../../imports/istio/destination-rule';
import { describeValue } from '../core/refusal';
import { meshError } from '../errors/mesh-error';
import { requireKeys } from '../traffic/rules/refuse';

const BRAND = Symbol.for('mesh-constructs.TlsOrigination');
/** Istio's word for the certificates of the operating system; where nothing is said, its analysis asks what a server is checked by. */
const SYSTEM = 'system';
const TRUST = ['sni', 'subjectAltNames'];
const SECRET_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Whom the proxy takes for the external service. */
export interface ServerTrust {
  /**
   * Server name that the proxy asks for.
   * @default - the host of the external service; for a wildcard the host of each request
   */
  readonly sni?: string;
  /**
   * Names of which the server's certificate must have one.
   * @default - the host of the external service; for a wildcard `sni`, or else the host of each request
   */
  readonly subjectAltNames?: readonly string[];
}

/** How the proxy checks a server that asks for no client certificate. */
export interface SimpleTls extends ServerTrust {
  /**
   * Path, in the proxy's container, of the certificates that the server's is checked by.
   * @default - those of the operating system in the proxy's image
   */
  readonly caCertificates?: string;
  readonly secret?: never;
}

/** Certificates to check the server by that the egress gateway reads from a Secret. */
export interface SimpleTlsSecret extends ServerTrust {
  /** Name of a Secret in the egress gateway's namespace: `ca.crt`, by which the server is checked. */
  readonly secret: string;
  readonly caCertificates?: never;
}

/** A client certificate that is mounted into the pods whose proxies use it. */
export interface MutualTlsFiles extends ServerTrust {
  /** Path of the client's certificate in the proxy's container. */
  readonly clientCertificate: string;
  /** Path of the client's key in the proxy's container. */
  readonly privateKey: string;
  /**
   * Path of the certificates that the server's is checked by.
   * @default - those of the operating system in the proxy's image
   */
  readonly caCertificates?: string;
  readonly secret?: never;
}

/** A client certificate that the egress gateway reads from a Secret. */
export interface MutualTlsSecret extends ServerTrust {
  /** Name of a Secret in the egress gateway's namespace: `tls.crt`, `tls.key`, and `ca.crt` by which the server is checked. */
  readonly secret: string;
  readonly clientCertificate?: never;
  readonly privateKey?: never;
  readonly caCertificates?: never;
}

/**
 * TLS that a proxy adds to what callers send in plain text. The server's certificate is always checked: who signed it, and
 * for which name.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-tls-origination/
 */
export class TlsOrigination {
  /**
   * The server shows a certificate, the proxy none. It is checked by the certificates of the system or of a file, or, at an
   * egress gateway, of a Secret.
   *
   * @throws MeshError when a value is not what it should be, or certificates come from two places.
   */
  public static simple(options: SimpleTls | SimpleTlsSecret = {}): TlsOrigination {
    requireKeys({ construct: 'TlsOrigination', property: 'simple' }, options, [...TRUST, 'caCertificates', 'secret']);
    requireTrust(options);
    const { secret } = options;
    if (secret !== undefined) return new TlsOrigination({ mode: 'SIMPLE', credentialName: secretAlone(secret, { caCertificates: options.caCertificates }) }, options);
    const { caCertificates = SYSTEM } = options;
    if (caCertificates !== SYSTEM) requirePath(caCertificates, 'caCertificates');
    return new TlsOrigination({ mode: 'SIMPLE', caCertificates }, options);
  }

  /**
   * The proxy shows a client certificate, too: from files that are mounted into the pods, or, at an egress gateway, from a
   * Secret.
   *
   * @throws MeshError when there is no certificate, or it comes from two places.
   */
  public static mutual(options: MutualTlsFiles | MutualTlsSecret): TlsOrigination {
    requireKeys({ construct: 'TlsOrigination', property: 'mutual' }, options, [...TRUST, 'caCertificates', 'clientCertificate', 'privateKey', 'secret']);
    requireTrust(options);
    const { secret, clientCertificate, privateKey, caCertificates } = options;
    const files = { clientCertificate, privateKey, ...(caCertificates !== undefined && { caCertificates }) };
    if (secret === undefined) {
      for (const [name, path] of Object.entries(files)) requirePath(path, name);
      const certificate = files as Pick<Required<MutualTlsFiles>, 'clientCertificate' | 'privateKey'>;
      return new TlsOrigination({ mode: 'MUTUAL', caCertificates: SYSTEM, ...certificate }, options);
    }
    return new TlsOrigination({ mode: 'MUTUAL', credentialName: secretAlone(secret, files) }, options);
  }

  /** True for a TlsOrigination of any copy of this library. */
  public static isTlsOrigination(value: unknown): value is TlsOrigination {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  private constructor(
    private readonly settings: DestinationRuleTrafficPolicyTls,
    private readonly trust: ServerTrust,
  ) {
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }

  /** Name of the Secret that the egress gateway reads, or undefined. */
  public get secretName(): string | undefined {
    return this.settings.credentialName;
  }

  /** Whether it says itself which server it asks for. @internal */
  public get namesServer(): boolean {
    return this.trust.sni !== undefined;
  }

  /**
   * As a DestinationRule says it. A server name that is given turns Istio's own check of the name off: both are said, or, for
   * a wildcard, neither, so that proxies ask for the host of each request and check that.
   * @internal
   */
  public settingsFor(host: string): DestinationRuleTrafficPolicyTls {
    const isWildcard = host.startsWith('*');
    const { sni = isWildcard ? undefined : host } = this.trust;
    const { subjectAltNames = isWildcard ? sni === undefined ? undefined : [sni] : [host] } = this.trust;
    const { mode, ...rest } = this.settings;
    return { ...(mode !== undefined && { mode }), ...rest, ...(sni !== undefined && { sni }), ...(subjectAltNames !== undefined && { subjectAltNames: [...subjectAltNames] }) };
  }
}

/** An empty list of names would turn the check off. */
function requireTrust({ sni, subjectAltNames }: ServerTrust): void {
  if (sni !== undefined && (typeof sni !== 'string' || sni === '')) throw badTls('sni', sni, 'a server name', 'leave it out for the host');
  if (subjectAltNames === undefined) return;
  const isList = Array.isArray(subjectAltNames) && subjectAltNames.length > 0 && subjectAltNames.every((name) => typeof name === 'string' && name !== '');
  if (!isList) throw badTls('subjectAltNames', subjectAltNames, 'at least one name', 'leave it out for the host');
}

/** The name of a Secret, where nothing comes from files. */
function secretAlone(secret: unknown, files: Readonly<Record<string, unknown>>): string {
  if (typeof secret !== 'string' || !SECRET_NAME.test(secret)) throw badTls('secret', secret, 'the name of a Secret in the namespace of the egress gateway', 'give its metadata.name');
  const second = Object.keys(files).find((name) => files[name] !== undefined);
  if (second !== undefined) throw badTls(second, files[second], 'either a Secret or files', 'leave out one of them');
  return secret;
}

function requirePath(path: unknown, property: string): void {
  if (typeof path === 'string' && path.startsWith('/')) return;
  throw badTls(property, path, 'the path of a file in the proxy\'s container, which begins with "/"', 'mount it with the annotation sidecar.istio.io/userVolumeMount');
}

function badTls(property: string, got: unknown, expected: string, fix: string): Error {
  return meshError({ code: 'bad-tls', property: `tls.${property}`, got: describeValue(got), expected, fix });
}
