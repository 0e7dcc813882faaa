import type { KeyObject } from 'node:crypto';
import type { Finding } from '../../errors/finding';
import { within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import { isSame, isSignedBy } from './ca-certificate';
import type { CaCertificate } from './ca-certificate';
import { findingAt } from './ca-files';
import type { CaFiles } from './ca-files';

/** A certificate, and the prop that it was found in. */
export interface PlacedCertificate {
  readonly certificate: CaCertificate;
  readonly property: 'rootCert' | 'caCert' | 'certChain';
}

/** Purposes of workload certificates, which an authority must allow if it names any. */
const PURPOSES: Readonly<Record<string, string>> = { '1.3.6.1.5.5.7.3.1': 'server authentication', '1.3.6.1.5.5.7.3.2': 'client authentication' };
const ANY_PURPOSE = '2.5.29.37.0';
/** Signatures of MD5 and SHA-1, which no peer takes any more. */
const WEAK_SIGNATURES = new Set(['1.2.840.113549.1.1.4', '1.2.840.113549.1.1.5', '1.2.840.10045.4.1', '1.3.14.3.2.29']);
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];
const LEAST_RSA_BITS = 2048;
/** Certificates that all sign each other have as many ways as there are orders of them. */
const MOST_STEPS = 1_000;

/** The certificates from the signing one to a root, which comes last. */
export type Way = readonly PlacedCertificate[];

/**
 * What of an authority's files would have istiod refuse them, or peers refuse what it signs; whatever the time is.
 *
 * @returns the ways to a root: several where a root or an intermediate is there twice, as while it is renewed
 */
export function chainFindings(place: Place, files: CaFiles, findings: Finding[]): readonly Way[] {
  const { roots, signing, chain, key } = files;
  for (const each of rootsAndSigning(files)) findings.push(...authorityFindings(place, each));
  if (key !== undefined && signing !== undefined && !fits(key, signing)) {
    const fix = 'give the key that the certificate was made with; a key of the root belongs nowhere near a cluster';
    findings.push(findingAt(within(place, 'caKey'), 'key-mismatch', `a key that does not belong to ${signing.subject}`, 'the private key of caCert', fix));
  }
  if (roots === undefined || signing === undefined || chain === undefined) return [];
  if (!chain.some((each) => isSame(each, signing)) && !roots.some((each) => isSame(each, signing))) {
    const got = `a chain without ${signing.subject}`;
    findings.push(findingAt(within(place, 'certChain'), 'chain-lacks-ca', got, 'caCert first, then who signed it: proxies send it along with their certificates', 'put caCert before the rest, or leave certChain out where a root signed caCert'));
  }
  const ways = waysToRoot(signing, chain, roots);
  const complaints = ways.map((each) => wayFindings(place, each));
  const good = ways.filter((_, index) => complaints[index]?.length === 0);
  if (ways.length === 0) findings.push(brokenChain(place, signing, chain, roots));
  else if (good.length === 0) findings.push(...(complaints[0] ?? []));
  return good;
}

function rootsAndSigning({ roots = [], signing, chain = [] }: CaFiles): readonly PlacedCertificate[] {
  const all: PlacedCertificate[] = [
    ...(signing === undefined ? [] : [{ certificate: signing, property: 'caCert' as const }]),
    ...roots.map((certificate) => ({ certificate, property: 'rootCert' as const })),
    ...chain.map((certificate) => ({ certificate, property: 'certChain' as const })),
  ];
  return all.filter(({ certificate }, index) => all.findIndex((other) => isSame(other.certificate, certificate)) === index);
}

/** What is wrong with a certificate by itself. */
export function authorityFindings(place: Place, { certificate, property }: PlacedCertificate): Finding[] {
  const { subject, isCa, signs, unknownCritical } = certificate;
  const at = within(place, property);
  const weak = weakKey(certificate.x509.publicKey);
  const purposes = certificate.purposes.includes(ANY_PURPOSE) || certificate.purposes.length === 0 ? [] : Object.keys(PURPOSES).filter((each) => !certificate.purposes.includes(each));
  return [
    ...(isCa ? [] : [findingAt(at, 'not-a-ca', `${subject}, which is no authority`, 'a certificate with CA:TRUE among its basic constraints', 'sign one for an authority: openssl x509 -req with basicConstraints=critical,CA:TRUE')]),
    ...(isCa && !signs ? [findingAt(at, 'not-a-ca', `${subject}, which may not sign certificates`, 'the key usage keyCertSign, or none at all', 'sign it anew with keyUsage=critical,keyCertSign,cRLSign')] : []),
    ...(purposes.length > 0 ? [findingAt(at, 'ca-purposes', `${subject}, which is not for ${purposes.map((each) => PURPOSES[each]).join(' and ')}`, 'an authority for both, as workloads are servers and clients; or one that names no extended key usage', 'sign it anew without extendedKeyUsage')] : []),
    ...(unknownCritical.length > 0 ? [findingAt(at, 'unknown-extension', `${subject} with the critical extension ${unknownCritical.join(', ')}`, 'critical extensions that Istio knows: it refuses all others', 'sign it anew without')] : []),
    ...(weak === undefined ? [] : [findingAt(at, 'weak-ca-key', `${subject} with ${weak}`, `RSA of ${LEAST_RSA_BITS} bits or more, or ECDSA on P-256, P-384 or P-521`, 'make the authority anew with such a key')]),
  ];
}

/** What is wrong with certificates by where they stand. */
function wayFindings(place: Place, way: Way): Finding[] {
  return way.flatMap(({ certificate, property }, index): Finding[] => {
    const at = within(place, property);
    const { pathLength, signatureAlgorithm, subject } = certificate;
    const isRoot = index === way.length - 1;
    // between this one and the certificate of a workload
    const below = index;
    return [
      ...(pathLength !== undefined && pathLength < below ? [findingAt(at, 'path-too-long', `${subject}, which allows ${pathLength} authorities below it, with ${below}`, 'a path length that allows for those between it and workloads, or none', `sign it anew with pathlen:${below} or more`)] : []),
      ...(!isRoot && WEAK_SIGNATURES.has(signatureAlgorithm) ? [findingAt(at, 'weak-signature', `${subject}, signed by MD5 or SHA-1`, 'a signature by SHA-256 or better: no peer takes the others', 'have it signed anew')] : []),
    ];
  });
}

/** The ways from a certificate to a root, shortest first. A name may be that of several certificates: roots are renewed. */
export function waysToRoot(signing: CaCertificate, chain: readonly CaCertificate[], roots: readonly CaCertificate[]): readonly Way[] {
  const found: PlacedCertificate[][] = [];
  let steps = 0;
  const go = (way: Way): void => {
    const last = way.at(-1)?.certificate;
    steps += 1;
    if (last === undefined || steps > MOST_STEPS) return;
    if (roots.some((root) => isSame(root, last))) {
      found.push([...way]);
      return;
    }
    for (const root of roots.filter((each) => isSignedBy(last, each))) found.push([...way, { certificate: root, property: 'rootCert' }]);
    const next = chain.filter((each) => !way.some(({ certificate }) => isSame(certificate, each)) && isSignedBy(last, each));
    for (const certificate of next) go([...way, { certificate, property: 'certChain' }]);
  };
  go([{ certificate: signing, property: 'caCert' }]);
  return found.sort((one, other) => one.length - other.length);
}

/** Why there is no way: the names do not fit, a signature does not, or two files are swapped. */
function brokenChain(place: Place, signing: CaCertificate, chain: readonly CaCertificate[], roots: readonly CaCertificate[]): Finding {
  const at = within(place, 'caCert');
  const swapped = roots.find((root) => isSignedBy(root, signing));
  if (swapped !== undefined) {
    return findingAt(at, 'swapped-certificates', `${signing.subject}, which signed ${swapped.subject} of rootCert`, 'the intermediate in caCert, and the root in rootCert', 'give each as the other');
  }
  let last = signing;
  for (let next = nextIn(last, chain); next !== undefined; next = nextIn(last, chain.filter((each) => each !== next))) {
    if (isSame(next, last)) break;
    last = next;
  }
  const sameName = [...chain, ...roots].filter((each) => each.rawSubject === last.rawIssuer);
  const { issuer } = last;
  const got = sameName.length > 0 ? `${last.subject}, not signed by the ${issuer} that is there, though by one of its name` : `${last.subject}, signed by ${issuer}, which is neither in certChain nor in rootCert`;
  return findingAt(at, 'broken-chain', got, 'certificates from caCert over certChain to a root in rootCert', sameName.length > 0 ? 'give the certificate that signed it: one made anew has another key' : 'add those between to certChain, or give the root that it comes from');
}

function nextIn(certificate: CaCertificate, chain: readonly CaCertificate[]): CaCertificate | undefined {
  return chain.find((each) => !isSame(each, certificate) && isSignedBy(certificate, each));
}

function fits(key: KeyObject, { x509 }: CaCertificate): boolean {
  try {
    return x509.checkPrivateKey(key);
  } catch {
    return false;
  }
}

/** What a key is, where it is not strong enough or of a kind that proxies do not take. */
function weakKey(key: KeyObject): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa') return (details?.modulusLength ?? 0) < LEAST_RSA_BITS ? `an RSA key of ${details?.modulusLength ?? 0} bits` : undefined;
  if (type === 'ec') return CURVES.includes(details?.namedCurve ?? '') ? undefined : `an ECDSA key on ${details?.namedCurve ?? 'an unknown curve'}`;
  return `a key of the kind ${type ?? 'unknown'}`;
}
