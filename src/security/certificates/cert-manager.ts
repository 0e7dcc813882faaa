import type { Construct } from 'constructs';
import { Duration } from '../../core/duration';
import { dns1123Subdomain } from '../../validation/names';
import type { ObjectProps } from '../../core/mesh-object';
import { requestSharedObject } from '../../core/shared-objects';
import { Stage } from '../../core/stage';
import { describeValue } from '../../core/refusal';
import { oneOf, refuse, requireKeys, someText, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';

/** cert-manager's own kind, of which this library has no rules. */
const CERTIFICATE = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', scope: 'Namespaced' } as const;
const GROUP = 'cert-manager.io';
/** What cert-manager takes at least. */
export const SHORTEST = Duration.hours(1);
const SHORTEST_RENEWAL = Duration.minutes(5);

/** Who signs, as cert-manager names it. */
export interface IssuerName {
  readonly issuer: string;
  /** @default 'ClusterIssuer' */
  readonly kind?: string;
  /** @default 'cert-manager.io' */
  readonly group?: string;
}

export interface IssuerRef {
  readonly name: string;
  readonly kind: string;
  readonly group: string;
}

/** What props are called, where their names are not cert-manager's. */
type Names<T extends string> = Readonly<Partial<Record<T, string>>>;

/** @throws MeshError for names that there cannot be. */
export function issuerRef(place: Place, { issuer, kind = 'ClusterIssuer', group = GROUP }: IssuerName, names: Names<'kind' | 'group'> = {}): IssuerRef {
  const at = (key: 'kind' | 'group'): Place => within(place, names[key] ?? key);
  const name = someText(within(place, 'issuer'), issuer);
  if (dns1123Subdomain(name).length > 0) throw refuse(within(place, 'issuer'), 'bad-name', describeValue(name), 'the name of an issuer: a-z, 0-9, dashes and dots within', 'give its metadata.name');
  // issuers of other groups have kinds of their own
  const checked = group === GROUP ? oneOf(at('kind'), kind, ['ClusterIssuer', 'Issuer']) : someText(at('kind'), kind);
  if (dns1123Subdomain(someText(at('group'), group)).length > 0) throw refuse(at('group'), 'bad-name', describeValue(group), 'an API group: a-z, 0-9, dashes and dots within', 'give the part of its apiVersion before the slash');
  return { name, kind: checked, group };
}

/** How long a certificate holds, and how long before its end it is renewed. */
export interface CertificateTimes {
  readonly duration: Duration;
  readonly renewBefore: Duration;
}

/** @throws MeshError for times that cert-manager refuses. */
export function times(place: Place, given: Partial<Readonly<Record<keyof CertificateTimes, Duration | string>>>, duration: string, names: Names<keyof CertificateTimes> = {}): CertificateTimes {
  const at = (key: keyof CertificateTimes): Place => within(place, names[key] ?? key);
  const second = Duration.seconds(1);
  const whole = Duration.of(given.duration === undefined ? duration : given.duration, { atLeast: SHORTEST, multipleOf: second, ...at('duration') });
  const third = Duration.seconds(Math.floor(whole.toSeconds() / 3));
  const before = Duration.of(given.renewBefore === undefined ? third : given.renewBefore, { atLeast: SHORTEST_RENEWAL, multipleOf: second, ...at('renewBefore') });
  if (before.isShorterThan(whole)) return { duration: whole, renewBefore: before };
  throw refuse(at('renewBefore'), 'bad-duration', before.value, `less than the certificate's ${whole.value}`, `renew later, such as ${third.value} before its end`);
}

/** Asks for a Certificate of cert-manager, of which all that need it have one. It is there before istiod starts. */
export function requestCertificate(scope: Construct, name: string, namespace: string, spec: object): void {
  requestSharedObject({ scope, name, type: CERTIFICATE, props: { metadata: { namespace }, spec } as ObjectProps, stage: Stage.config });
}

/** Keys of what was given. */
export function requireIssuerKeys(place: Place, value: unknown, more: readonly string[]): void {
  requireKeys(place, value, ['issuer', 'kind', 'group', ...more]);
}
