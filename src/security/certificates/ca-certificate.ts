import { X509Certificate } from 'node:crypto';
import { basicConstraints, certificateParts, extendedKeyUsage, keyUsage } from './certificate-parts';
import { derValues, identifierOf } from './der';
import type { DerValue } from './der';

/** What an authority's certificate says that counts for a mesh. */
export interface CaCertificate {
  readonly x509: X509Certificate;
  /** Subject on one line, such as `O=Istio, CN=root`. */
  readonly subject: string;
  readonly issuer: string;
  /** Names as they are encoded: Go compares these bytes. */
  readonly rawSubject: string;
  readonly rawIssuer: string;
  readonly isCa: boolean;
  /** How many authorities may stand between it and a workload's certificate; undefined for any number. */
  readonly pathLength: number | undefined;
  /** Whether it may sign certificates: it says so, or does not say what it is for. */
  readonly signs: boolean;
  /** Purposes, as object identifiers; none for any. */
  readonly purposes: readonly string[];
  /** Object identifiers of what nobody may pass over, and Go does not know. */
  readonly unknownCritical: readonly string[];
  readonly signatureAlgorithm: string;
  readonly from: Date;
  readonly until: Date;
}

const EXTENSION = {
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
} as const;

/** What Go's verification reads, or may pass over. */
const KNOWN_CRITICAL = new Set<string>([...Object.values(EXTENSION), '2.5.29.14', '2.5.29.17', '2.5.29.30', '2.5.29.31', '2.5.29.32', '2.5.29.33', '2.5.29.35', '2.5.29.36', '2.5.29.54']);
/** keyCertSign is the sixth bit. */
const CERT_SIGN = 0x04;

/** A certificate by its DER encoding; undefined where it is none. */
export function readCaCertificate(bytes: Buffer): CaCertificate | undefined {
  const x509 = parsed(bytes);
  const parts = certificateParts(bytes);
  if (x509 === undefined || parts === undefined) return undefined;
  const { signature, issuer, subject, extensions } = parts;
  const [constraints, usage, purposes] = [extensions.get(EXTENSION.basicConstraints), extensions.get(EXTENSION.keyUsage), extensions.get(EXTENSION.extendedKeyUsage)];
  const authority = constraints === undefined ? { isCa: false, pathLength: undefined } : basicConstraints(constraints);
  const bits = usage === undefined ? CERT_SIGN : keyUsage(usage);
  const named = purposes === undefined ? [] : extendedKeyUsage(purposes);
  const [from, until] = [new Date(x509.validFrom), new Date(x509.validTo)];
  if (authority === undefined || bits === undefined || named === undefined || Number.isNaN(from.getTime() + until.getTime())) return undefined;
  return {
    x509,
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    rawSubject: subject.whole.toString('hex'),
    rawIssuer: issuer.whole.toString('hex'),
    ...authority,
    signs: (bits & CERT_SIGN) !== 0,
    purposes: named,
    unknownCritical: [...extensions].filter(([id, { critical }]) => critical && !KNOWN_CRITICAL.has(id)).map(([id]) => id),
    signatureAlgorithm: identifierIn(signature),
    from,
    until,
  };
}

/** Whether one is signed by the other: its name is the issuer's, and its signature holds. */
export function isSignedBy(certificate: CaCertificate, issuer: CaCertificate): boolean {
  if (certificate.rawIssuer !== issuer.rawSubject) return false;
  try {
    return certificate.x509.verify(issuer.x509.publicKey);
  } catch {
    return false;
  }
}

export function isSame(one: CaCertificate, other: CaCertificate): boolean {
  return one.x509.raw.equals(other.x509.raw);
}

/** OpenSSL looks at the key only when it is asked for. */
function parsed(bytes: Buffer): X509Certificate | undefined {
  try {
    const x509 = new X509Certificate(bytes);
    return x509.publicKey.type === 'public' ? x509 : undefined;
  } catch {
    return undefined;
  }
}

/** Node has none for an empty name. */
function oneLine(name: string | undefined): string {
  return name === undefined || name === '' ? '(no name)' : name.split('\n').join(', ');
}

function identifierIn({ content }: DerValue): string {
  const [id] = derValues(content);
  return id === undefined ? '' : identifierOf(id);
}
