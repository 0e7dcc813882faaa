import { Duration } from '../core/duration';
import { describeReference, isObjectConstruct, namespaceOf } from '../core/references';
import type { ObjectConstruct } from '../core/references';
import { meshError } from '../errors/mesh-error';
import type { Place } from '../traffic/rules/refuse';
import { oneOf, refuse, requireKeys, someList, someText, within } from '../traffic/rules/refuse';
import type { CertManagerTls, ClientTlsOptions, ServerCertificate, TlsFiles, TlsOptions } from './tls-options';
import { checkedNames } from './tls-names';
import { checkedOptions, CLIENT_KEYS, filePath, OPTION_KEYS } from './tls-values';
import type { TlsSettings } from './tls-values';

const BRAND = Symbol.for('mesh-constructs.Tls');
const SECRET_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;
const PLACE: Place = { construct: 'Tls', property: 'tls' };
const DAY = 24;

/** How TLS is spoken with clients; `NONE` is plain text, `PASSTHROUGH` leaves it to the service's own pods. */
export type TlsMode = 'NONE' | 'SIMPLE' | 'MUTUAL' | 'OPTIONAL_MUTUAL' | 'PASSTHROUGH';

/** A Secret of certificates: by name in the namespace of the gateway's pods, or one that this program makes. */
export interface TlsSecret {
  readonly name: string;
  /** The construct, where one was given. */
  readonly construct: ObjectConstruct | undefined;
}

/** Where a gateway has its certificate from. */
export type TlsCertificate =
  | { readonly kind: 'secret'; readonly secret: TlsSecret }
  | { readonly kind: 'cert-manager'; readonly request: CertManagerTls }
  | { readonly kind: 'files'; readonly certificate: string; readonly privateKey: string; readonly ca: string | undefined };

/** How a gateway serves a host. */
export class Tls {
  /**
   * HTTPS with the certificate of a Secret.
   *
   * @param secret a Secret of type `kubernetes.io/tls` in the namespace of the gateway's pods, not of the route: its name, or
   * the construct that makes it
   * @throws MeshError when it is none, or the options cannot be.
   * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/secure-ingress/
   */
  public static secret(secret: string | ObjectConstruct, options: TlsOptions = {}): Tls {
    requireKeys(PLACE, options, OPTION_KEYS);
    return new Tls('SIMPLE', { kind: 'secret', secret: checkedSecret(secret, PLACE) }, checkedOptions(options, PLACE), namesOf(options));
  }

  /**
   * HTTPS for clients that show a certificate, and no others.
   *
   * @throws MeshError when there is no certificate, or nothing to check those of clients by.
   * @example
   * Tls.mutual('shop-cert', { clientCa: 'partners-ca' });
   * Tls.mutual(Tls.certManager({ issuer: 'letsencrypt' }), { clientCa: 'partners-ca' });
   */
  public static mutual(certificate: ServerCertificate, options: ClientTlsOptions = {}): Tls {
    return Tls.withClients('MUTUAL', certificate, options);
  }

  /** HTTPS that checks the certificates of clients that show one, and serves the others as well. */
  public static optionalMutual(certificate: ServerCertificate, options: ClientTlsOptions = {}): Tls {
    return Tls.withClients('OPTIONAL_MUTUAL', certificate, options);
  }

  /**
   * Leaves TLS to the pods of the service: the gateway reads the name that clients ask for (SNI), and nothing else. Such a host
   * has one route, without paths, to a port that carries TLS.
   *
   * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/ingress-sni-passthrough/
   */
  public static passthrough(): Tls {
    return new Tls('PASSTHROUGH', undefined, {});
  }

  /**
   * HTTPS with a certificate that cert-manager gets for the host and renews: its `Certificate` is made in the namespace of the
   * gateway's pods. cert-manager and its issuer have to be there.
   *
   * @throws MeshError when a value cannot be.
   * @see https://cert-manager.io/docs/usage/certificate/
   */
  public static certManager(props: CertManagerTls): Tls {
    requireKeys(PLACE, props, ['issuer', 'kind', 'group', 'duration', 'renewBefore', 'secretName', ...OPTION_KEYS]);
    someText(within(PLACE, 'issuer'), props.issuer);
    if (props.kind !== undefined) oneOf(within(PLACE, 'kind'), props.kind, ['Issuer', 'ClusterIssuer']);
    if (props.group !== undefined) someText(within(PLACE, 'group'), props.group);
    if (props.secretName !== undefined) checkedSecret(props.secretName, within(PLACE, 'secretName'));
    requireTimes(props);
    return new Tls('SIMPLE', { kind: 'cert-manager', request: props }, checkedOptions(props, PLACE), namesOf(props));
  }

  /**
   * HTTPS with a certificate in files, for a gateway whose pods mount them (`workload: { volumes, volumeMounts }`).
   *
   * @throws MeshError for what is no path.
   */
  public static files(props: TlsFiles): Tls {
    requireKeys(PLACE, props, ['certificate', 'privateKey', 'ca', ...OPTION_KEYS]);
    const certificate = filePath(within(PLACE, 'certificate'), props.certificate);
    const privateKey = filePath(within(PLACE, 'privateKey'), props.privateKey);
    const ca = props.ca === undefined ? undefined : filePath(within(PLACE, 'ca'), props.ca);
    return new Tls(ca === undefined ? 'SIMPLE' : 'MUTUAL', { kind: 'files', certificate, privateKey, ca }, checkedOptions(props, PLACE), namesOf(props));
  }

  /** HTTP without encryption: anyone on the way can read and change what is sent. */
  public static plainText(): Tls {
    return new Tls('NONE', undefined, {});
  }

  /** True for a Tls of any copy of this library. */
  public static isTls(value: unknown): value is Tls {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  private static withClients(mode: 'MUTUAL' | 'OPTIONAL_MUTUAL', given: ServerCertificate, options: ClientTlsOptions): Tls {
    requireKeys(PLACE, options, CLIENT_KEYS);
    const { certificate, settings, dnsNames } = certificateOf(given);
    const { clientCa, subjectAltNames } = options;
    const ca = clientCa === undefined ? undefined : checkedSecret(clientCa, within(PLACE, 'clientCa'));
    const names = subjectAltNames === undefined ? {} : { subjectAltNames: someList(within(PLACE, 'subjectAltNames'), subjectAltNames).map((name) => someText(within(PLACE, 'subjectAltNames'), name)) };
    if (certificate.kind === 'files' && (ca !== undefined || certificate.ca === undefined)) {
      const got = ca === undefined ? 'files without the certificates of an authority' : `files, and the Secret ${ca.name}`;
      throw refuse(within(PLACE, 'clientCa'), 'bad-tls', got, 'all of them in files', "give ca to Tls.files: { certificate, privateKey, ca: '/etc/clients/ca.crt' }");
    }
    return new Tls(mode, certificate, { ...settings, ...checkedOptions(options, PLACE), ...names }, namesOf(options) ?? dnsNames, ca);
  }

  private constructor(
    public readonly mode: TlsMode,
    /** Undefined for plain text and passthrough. @internal */
    public readonly certificate: TlsCertificate | undefined,
    /** Versions, ciphers and names of clients, as Istio names them. @internal */
    public readonly settings: TlsSettings,
    /** Names of the certificate, where they are known. @internal */
    public readonly dnsNames: readonly string[] | undefined = undefined,
    /** Authorities of clients, where they are named. @internal */
    public readonly clientCa: TlsSecret | undefined = undefined,
  ) {
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }

  /** Name of the Secret of the certificate; undefined where there is none, or it is known by the host only. */
  public get secretName(): string | undefined {
    if (this.certificate?.kind === 'secret') return this.certificate.secret.name;
    return this.certificate?.kind === 'cert-manager' ? this.certificate.request.secretName : undefined;
  }

  /** Whether the gateway itself speaks TLS with clients, and so sees their requests. */
  public get terminates(): boolean {
    return this.certificate !== undefined;
  }

  /**
   * One text for equal settings: hosts that have it can be served by one server.
   *
   * @param namespace that of the gateway's pods, where Secrets are that are known by their names
   * @internal
   */
  public keyIn(namespace: string): string {
    const { mode, certificate, settings, clientCa } = this;
    return JSON.stringify([mode, certificateKey(certificate, namespace), settings, clientCa === undefined ? null : secretKey(clientCa, namespace)]);
  }

  /** E.g. `the certificate shop-cert, mutual`. */
  public toString(): string {
    if (this.mode === 'NONE') return 'plain text';
    if (this.mode === 'PASSTHROUGH') return 'TLS of the pods';
    const modes = { SIMPLE: '', MUTUAL: ', mutual', OPTIONAL_MUTUAL: ', optionally mutual' } as const;
    const others = Object.entries(this.settings).map(([name, value]) => `, ${name} ${String(value)}`);
    return `${describeCertificate(this.certificate)}${modes[this.mode]}${others.join('')}`;
  }
}

function describeCertificate(certificate: TlsCertificate | undefined): string {
  if (certificate?.kind === 'files') return `the certificate in ${certificate.certificate}`;
  if (certificate?.kind === 'cert-manager') return `a certificate of the issuer ${certificate.request.issuer}`;
  return `the certificate ${certificate?.secret.name ?? ''}`;
}

function namesOf({ dnsNames }: TlsOptions): readonly string[] | undefined {
  return dnsNames === undefined ? undefined : checkedNames(within(PLACE, 'dnsNames'), dnsNames);
}

function certificateOf(given: ServerCertificate): Pick<Tls, 'settings' | 'dnsNames'> & { readonly certificate: TlsCertificate } {
  if (!Tls.isTls(given)) return { certificate: { kind: 'secret', secret: checkedSecret(given, PLACE) }, settings: {}, dnsNames: undefined };
  const { certificate, settings, dnsNames } = given;
  if (certificate !== undefined) return { certificate, settings, dnsNames };
  throw refuse(PLACE, 'bad-tls', `a Tls of ${given.toString()}`, 'a certificate: the name of a Secret, Tls.certManager(…) or Tls.files(…)', 'a gateway checks clients only where it speaks TLS itself');
}

function checkedSecret(given: unknown, place: Place): TlsSecret {
  if (typeof given === 'string' && SECRET_NAME.test(given)) return { name: given, construct: undefined };
  if (isObjectConstruct(given) && given.kind === 'Secret') return { name: given.name, construct: given };
  throw meshError({
    code: 'bad-tls',
    construct: place.construct,
    property: place.property,
    got: describeReference(given),
    expected: 'a Secret: its name (a-z, 0-9, dashes and dots within), or the construct that makes it',
    fix: 'give the metadata.name of the Secret, without its namespace',
  });
}

/** cert-manager's own limits; what it cannot renew in time it refuses. */
function requireTimes({ duration, renewBefore }: CertManagerTls): void {
  const [hour, minutes] = [Duration.hours(1), Duration.minutes(5)];
  const whole = duration === undefined ? Duration.hours(90 * DAY) : Duration.of(duration, { atLeast: hour, ...within(PLACE, 'duration') });
  if (renewBefore === undefined) return;
  const before = Duration.of(renewBefore, { atLeast: minutes, ...within(PLACE, 'renewBefore') });
  if (before.isShorterThan(whole)) return;
  throw refuse(within(PLACE, 'renewBefore'), 'bad-duration', before.value, `less than the certificate's ${whole.value}`, `renew later, such as a third of the time before its end`);
}

function certificateKey(certificate: TlsCertificate | undefined, namespace: string): unknown {
  if (certificate?.kind === 'secret') return secretKey(certificate.secret, namespace);
  if (certificate?.kind !== 'cert-manager') return certificate ?? null;
  const { issuer, kind = 'ClusterIssuer', group, duration, renewBefore, secretName } = certificate.request;
  return [issuer, kind, group ?? null, timeText(duration), timeText(renewBefore), secretName ?? null];
}

function timeText(time: Duration | string | undefined): string | null {
  return time === undefined ? null : Duration.of(time).value;
}

/** A Secret is the same whether it is given by its name or by what makes it. */
function secretKey({ name, construct }: TlsSecret, namespace: string): unknown {
  return [construct === undefined ? namespace : (namespaceOf(construct) ?? null), name];
}
