import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isUnknown } from '../../core/unknown';
import type { Finding } from '../../errors/finding';
import { within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import { readCaCertificate } from './ca-certificate';
import type { CaCertificate } from './ca-certificate';
import { describePem, isKeyLabel, pemBlocks } from './pem';

/** The files of an authority by the props that they are given as; what only the deployment knows is not looked into. */
export interface CaTexts {
  readonly rootCert: unknown;
  readonly caCert: unknown;
  readonly certChain: unknown;
  readonly caKey: unknown;
}

/** What is in the files; undefined where it is not known, or is wrong. */
export interface CaFiles {
  readonly roots: readonly CaCertificate[] | undefined;
  readonly signing: CaCertificate | undefined;
  readonly chain: readonly CaCertificate[] | undefined;
  readonly key: KeyObject | undefined;
}

/** More are no chain, and no roots of a mesh. */
const MOST_CERTIFICATES = 50;

/** A finding at a prop. None of what is wrong is shown: it may be a key. */
export function findingAt(place: Place, code: string, got: string, expected: string, fix: string): Finding {
  return { code, construct: place.construct, property: place.property, got, expected, fix };
}

/** Reads the files, and says of each what it should have been. */
export function readCaFiles(place: Place, texts: CaTexts, findings: Finding[]): CaFiles {
  const certificates = (name: 'rootCert' | 'caCert' | 'certChain'): readonly CaCertificate[] | undefined =>
    isUnknown(texts[name]) ? undefined : readCertificates(within(place, name), texts[name], findings);
  return {
    roots: certificates('rootCert'),
    signing: certificates('caCert')?.[0],
    chain: certificates('certChain'),
    key: texts.caKey === undefined || isUnknown(texts.caKey) ? undefined : readKey(within(place, 'caKey'), texts.caKey, findings),
  };
}

/** The certificates of a PEM text. */
export function readCertificates(place: Place, text: unknown, findings: Finding[]): readonly CaCertificate[] | undefined {
  const expected = 'PEM of one or more certificates: -----BEGIN CERTIFICATE-----';
  if (typeof text !== 'string') return refused(findings, findingAt(place, 'bad-pem', describePem(text), expected, 'give the text of the file, such as readFileSync(file, "utf8")'));
  const blocks = pemBlocks(text);
  if (blocks.length > MOST_CERTIFICATES) return refused(findings, findingAt(place, 'bad-pem', describePem(text), `${MOST_CERTIFICATES} certificates at most`, 'give those that the mesh needs: a bundle of all authorities of the web would let all of them in'));
  if (blocks.some(({ label }) => isKeyLabel(label))) {
    return refused(findings, findingAt(place, 'key-for-certificate', 'a private key', expected, 'give the certificate: a key here would be handed to every proxy'));
  }
  // Istio passes over blocks of other names, or stumbles over them
  const read = blocks.map(({ label, bytes }) => (label === 'CERTIFICATE' ? readCaCertificate(bytes) : undefined));
  const whole = blocks.length === (text.match(/-----BEGIN /g) ?? []).length;
  if (blocks.length === 0 || !whole || read.includes(undefined)) {
    const got = blocks.length > 0 && blocks.every(({ label }) => label === 'CERTIFICATE') ? 'PEM in which a certificate cannot be read' : describePem(text);
    return refused(findings, findingAt(place, 'bad-pem', got, expected, 'see what is in the file: openssl x509 -in FILE -noout -text'));
  }
  return read as CaCertificate[];
}

/** Istio takes the first block, unencrypted, of PKCS #1, PKCS #8 or SEC 1. */
function readKey(place: Place, text: unknown, findings: Finding[]): KeyObject | undefined {
  const expected = 'PEM of the private key of caCert, not encrypted: RSA or ECDSA';
  const blocks = typeof text === 'string' ? pemBlocks(text) : [];
  const [first] = blocks;
  if (first === undefined) return refused(findings, findingAt(place, 'bad-pem', describePem(text), expected, 'give the text of the key file'));
  if (first.label === 'ENCRYPTED PRIVATE KEY' || first.hasHeaders) {
    return refused(findings, findingAt(place, 'encrypted-key', 'a private key that is encrypted', expected, 'decrypt it: istiod is told no passphrase'));
  }
  if (first.label === 'CERTIFICATE') return refused(findings, findingAt(place, 'certificate-for-key', describePem(text), expected, 'give the text of the key file'));
  if (!isKeyLabel(first.label)) {
    const fix = blocks.some(({ label }) => isKeyLabel(label)) ? `take the block ${first.label} out: Istio reads the first one only` : 'give the text of the key file';
    return refused(findings, findingAt(place, 'bad-pem', `PEM that begins with ${first.label}`, expected, fix));
  }
  try {
    return createPrivateKey(text as string);
  } catch {
    return refused(findings, findingAt(place, 'bad-pem', 'a private key that cannot be read', expected, 'make it anew: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256'));
  }
}

function refused(findings: Finding[], finding: Finding): undefined {
  findings.push(finding);
  return undefined;
}
