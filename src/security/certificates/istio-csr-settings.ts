import { COMPONENT_SHAPE } from '../../control-plane/component-checks';
import { count, flag, object, props as propsOf, text, texts } from '../../control-plane/prop-shape';
import type { Shape } from '../../control-plane/prop-shape';
import { Cluster } from '../../core/cluster';
import { Duration } from '../../core/duration';
import { isDnsLabel } from '../../core/kubernetes-names';
import { describeValue } from '../../core/refusal';
import { namespaceName } from '../../core/references';
import { requireKnown } from '../../core/unknown';
import { dns1123Subdomain } from '../../validation/names';
import { placeOf, refuse, someList, someText, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import type { Construct } from 'constructs';
import { issuerRef, times } from './cert-manager';
import type { IssuerRef } from './cert-manager';
import type { IstioCsrProps } from './istio-csr-props';

/** Name of istio-csr's objects, and first part of its address. */
export const NAME = 'cert-manager-istio-csr';
const VERSION = 'v0.17.0';
/** What releases before it lack, or name otherwise, was not looked at. */
const OLDEST = [0, 14] as const;
const HUB = 'quay.io/jetstack';

/** What the objects of istio-csr are made from: the props, with all defaults filled in. */
export interface IstioCsrSettings {
  readonly props: IstioCsrProps;
  readonly namespace: string;
  readonly meshNamespace: string;
  readonly clusterName: string;
  readonly trustDomain: string;
  /** `<host>:<port>` that proxies ask for certificates at. */
  readonly address: string;
  readonly host: string;
  readonly image: string;
  readonly version: string;
  readonly replicas: number;
  readonly issuer: IssuerRef;
  readonly maxCertificateDuration: Duration;
  readonly istiodCertificate: { readonly duration: Duration; readonly renewBefore: Duration };
  readonly istiodDnsNames: readonly string[];
  readonly revisions: readonly string[];
  readonly trustedNodeAccounts: readonly string[];
}

/** What the props may be; the compiler says the same. */
export const ISTIO_CSR_SHAPE: Shape = {
  mesh: { expected: 'a mesh', holds: () => true },
  issuer: text,
  issuerKind: text,
  issuerGroup: text,
  // looked into without ever being shown
  rootCert: { expected: 'PEM', holds: () => true },
  namespace: { expected: 'a namespace', holds: () => true },
  version: text,
  image: propsOf({ hub: text, tag: text, pullPolicy: text, pullSecrets: texts }),
  replicas: count,
  resources: COMPONENT_SHAPE['resources'] ?? propsOf({ requests: object, limits: object }),
  maxCertificateDuration: { expected: 'a duration', holds: () => true },
  istiodCertificateDuration: { expected: 'a duration', holds: () => true },
  istiodCertificateRenewBefore: { expected: 'a duration', holds: () => true },
  istiodDnsNames: texts,
  revisions: texts,
  clusterName: text,
  trustedNodeAccounts: texts,
  networkPolicy: flag,
};

/** @throws MeshError for what no istio-csr can have. */
export function istioCsrSettings(construct: Construct, props: IstioCsrProps): IstioCsrSettings {
  const place = placeOf(construct);
  requireKnownProps(place, props);
  const namespace = namespaceName(construct, props.namespace === undefined ? 'cert-manager' : props.namespace);
  if (namespace === props.mesh.namespace) {
    throw refuse(within(place, 'namespace'), 'root-namespace', JSON.stringify(namespace), 'a namespace without istiod: it may make requests for any identity', "leave it out for 'cert-manager'");
  }
  const { kind, group } = { kind: props.issuerKind, group: props.issuerGroup };
  const named = { issuer: props.issuer, ...(kind !== undefined && { kind }), ...(group !== undefined && { group }) };
  const version = versionOf(within(place, 'version'), props.version ?? VERSION);
  const { duration, renewBefore } = istiodTimes(place, props);
  return {
    props,
    namespace,
    meshNamespace: props.mesh.namespace,
    clusterName: props.clusterName === undefined ? 'Kubernetes' : someText(within(place, 'clusterName'), props.clusterName),
    trustDomain: Cluster.factsOf(construct).trustDomain,
    host: `${NAME}.${namespace}.svc`,
    address: `${NAME}.${namespace}.svc:443`,
    image: `${props.image?.hub ?? HUB}/${NAME}:${props.image?.tag ?? version}`,
    version,
    replicas: replicasOf(within(place, 'replicas'), props.replicas ?? 2),
    issuer: issuerOf(place, named),
    maxCertificateDuration: Duration.of(props.maxCertificateDuration === undefined ? '1h' : props.maxCertificateDuration, { atLeast: Duration.minutes(1), multipleOf: Duration.seconds(1), ...within(place, 'maxCertificateDuration') }),
    istiodCertificate: { duration, renewBefore },
    istiodDnsNames: (props.istiodDnsNames ?? []).map((name, index) => dnsName(within(place, `istiodDnsNames[${index}]`), name)),
    revisions: revisionsOf(within(place, 'revisions'), props),
    trustedNodeAccounts: (props.trustedNodeAccounts ?? []).map((account, index) => nodeAccount(within(place, `trustedNodeAccounts[${index}]`), account)),
  };
}

/** All but the root is written into arguments and names, or decides which objects there are. */
function requireKnownProps(place: Place, props: IstioCsrProps): void {
  for (const [name, value] of Object.entries(props)) if (name !== 'rootCert') requireKnown(value, within(place, name));
}

/** The props have longer names than cert-manager's fields. */
function issuerOf(place: Place, named: { readonly issuer: string; readonly kind?: string; readonly group?: string }): IssuerRef {
  return issuerRef(place, named, { kind: 'issuerKind', group: 'issuerGroup' });
}

function istiodTimes(place: Place, { istiodCertificateDuration: duration, istiodCertificateRenewBefore: renewBefore }: IstioCsrProps): IstioCsrSettings['istiodCertificate'] {
  const given = { ...(duration !== undefined && { duration }), ...(renewBefore !== undefined && { renewBefore }) };
  return times(place, given, '1h', { duration: 'istiodCertificateDuration', renewBefore: 'istiodCertificateRenewBefore' });
}

function versionOf(place: Place, given: string): string {
  const [, major, minor] = /^v?(\d+)\.(\d+)\.\d+(?:-[0-9a-z.]+)?$/.exec(given) ?? [];
  const isKnown = major !== undefined && (Number(major) > OLDEST[0] || Number(minor) >= OLDEST[1]);
  if (isKnown) return given.startsWith('v') ? given : `v${given}`;
  throw refuse(place, 'bad-version', describeValue(given), `a full version of istio-csr, ${OLDEST.join('.')} or newer, such as "${VERSION}"`, 'leave it out for the newest that is known');
}

function replicasOf(place: Place, given: number): number {
  if (Number.isInteger(given) && given >= 1) return given;
  throw refuse(place, 'bad-replicas', describeValue(given), 'a whole number, 1 or more: without a pod no certificate is renewed', 'give 2');
}

/** The default revision has no name, though a mesh may call it so. */
function revisionsOf(place: Place, { revisions, mesh }: IstioCsrProps): readonly string[] {
  const all = revisions === undefined ? [mesh.revision ?? 'default'] : someList(place, revisions);
  const twice = all.find((revision, index) => all.indexOf(revision) < index);
  if (twice !== undefined) throw refuse(place, 'named-twice', describeValue(twice), 'each revision once', 'leave one of them out');
  const wrong = all.findIndex((revision) => !isDnsLabel(revision));
  if (wrong < 0) return [...all].sort();
  throw refuse({ ...place, property: `${place.property}[${wrong}]` }, 'bad-revision', describeValue(all[wrong]), 'a revision: 1 to 63 of a-z, 0-9 and dashes within', "write dashes for dots, and 'default' for that without a name");
}

function dnsName(place: Place, name: string): string {
  if (dns1123Subdomain(name).length === 0) return name;
  throw refuse(place, 'bad-host', describeValue(name), 'a DNS name', 'write it whole, in small letters');
}

function nodeAccount(place: Place, account: string): string {
  if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(account)) return account;
  throw refuse(place, 'bad-name', describeValue(account), 'a namespace and the name of a ServiceAccount', 'write it as "istio-system/ztunnel"');
}
