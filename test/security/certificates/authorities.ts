import { keyOf, makeCertificate } from '../../support/certificate-maker';
import type { Made } from '../../support/certificate-maker';

/** The files of an authority, as istiod finds them. */
export interface Authority {
  readonly rootCert: string;
  readonly caCert: string;
  readonly caKey: string;
  readonly certChain?: string;
}

/** What is wrong with an authority, or nothing; by what it is. */
export interface AuthorityCase {
  readonly what: string;
  readonly files: Authority;
  /** The code of our refusal; undefined where we take it. */
  readonly refused: string | undefined;
  /** The prop that the refusal names. */
  readonly property?: 'rootCert' | 'caCert' | 'certChain' | 'caKey';
  /** Why we refuse what works with Istio's own code, where it is so. */
  readonly stricter?: string;
}

const DAY = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY);
const SERVER = '1.3.6.1.5.5.7.3.1';
const CLIENT = '1.3.6.1.5.5.7.3.2';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

/** Good authorities and bad ones; made once for those who ask. */
export function authorityCases(): readonly AuthorityCase[] {
  const root = makeCertificate('root');
  const ca = makeCertificate('ca', { issuer: root });
  const between = makeCertificate('between', { issuer: root });
  const deep = makeCertificate('deep', { issuer: between });
  const rsaRoot = makeCertificate('rsa root', { key: keyOf(2048) });
  const other = makeCertificate('other');
  const rsaCa = makeCertificate('rsa ca', { issuer: rsaRoot, key: keyOf(2048) });
  const files = (signing: Made, top: Made, more: Partial<Authority> = {}): Authority => ({ rootCert: top.pem, caCert: signing.pem, caKey: signing.key.pem, ...more });
  const of = (options: Parameters<typeof makeCertificate>[1], more: Partial<Authority> = {}): Authority => files(makeCertificate('ca', { issuer: root, ...options }), root, more);
  const under = (options: Parameters<typeof makeCertificate>[1]): Authority => {
    const top = makeCertificate('top', options);
    return files(makeCertificate('ca', { issuer: top }), top);
  };
  const good = (what: string, made: Authority): AuthorityCase => ({ what, files: made, refused: undefined });
  const bad = (what: string, made: Authority, refused: string, property: AuthorityCase['property'], stricter?: string): AuthorityCase => ({ what, files: made, refused, ...(property !== undefined && { property }), ...(stricter !== undefined && { stricter }) });
  const sec1 = ca.key.privateKey.export({ type: 'sec1', format: 'pem' }).toString();
  const renewedRoot = makeCertificate('root', { key: root.key });
  return [
    good('an intermediate of a root', files(ca, root)),
    good('a root that signs itself', files(root, root)),
    good('an intermediate of an intermediate', files(deep, root, { certChain: deep.pem + between.pem })),
    good('a chain that ends in the root', files(deep, root, { certChain: deep.pem + between.pem + root.pem })),
    good('a chain within the certificate', files(deep, root, { caCert: deep.pem + between.pem })),
    good('RSA', files(rsaCa, rsaRoot)),
    good('RSA of 3072 bits, in PKCS #1', files(makeCertificate('ca', { issuer: rsaRoot, key: rsaCa.key }), rsaRoot, { caKey: rsaCa.key.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() })),
    good('P-384', of({ key: keyOf('P-384') })),
    good('P-521', of({ key: keyOf('P-521') })),
    good('a key as SEC 1 has it', files(ca, root, { caKey: sec1 })),
    good('two roots, of which one is used', files(ca, root, { rootCert: other.pem + root.pem })),
    good('two roots of one name and key', files(ca, root, { rootCert: renewedRoot.pem + root.pem })),
    good('an ended root beside one that holds', files(ca, root, { rootCert: makeCertificate('root', { key: root.key, until: inDays(-1), from: inDays(-9) }).pem + root.pem })),
    good('text around the certificates', files(ca, root, { rootCert: `subject=CN = root\n${root.pem}\nthat was it\n` })),
    good('lines that end as on Windows', files(ca, root, { rootCert: root.pem.replaceAll('\n', '\r\n') })),
    good('no key usage at all', of({ keyUsage: false })),
    good('purposes of servers and clients', of({ purposes: [SERVER, CLIENT] })),
    good('any purpose', of({ purposes: ['2.5.29.37.0'] })),
    good('a path length that is enough', under({ pathLength: 1 })),
    good('a path length of zero, for the one that signs', of({ pathLength: 0 })),
    bad('a leaf', of({ ca: false, keyUsage: 0x80 }), 'not-a-ca', 'caCert'),
    bad('an authority that may not sign', of({ keyUsage: 0x80 }), 'not-a-ca', 'caCert'),
    bad('a root that is no authority', under({ ca: false }), 'not-a-ca', 'rootCert'),
    bad('a root that may not sign', under({ keyUsage: 0x02 }), 'not-a-ca', 'rootCert'),
    bad('a root of X.509 version 1', under({ version1: true }), 'not-a-ca', 'rootCert', 'it does not say that it is an authority'),
    bad('an authority for code only', of({ purposes: [CODE_SIGNING] }), 'ca-purposes', 'caCert'),
    bad('an authority for servers only', of({ purposes: [SERVER] }), 'ca-purposes', 'caCert'),
    bad('an authority for clients only', of({ purposes: [CLIENT] }), 'ca-purposes', 'caCert'),
    bad('a critical extension that nobody knows', of({ critical: '1.3.6.1.4.1.99999.1' }), 'unknown-extension', 'caCert'),
    bad('a root that allows no intermediate', under({ pathLength: 0 }), 'path-too-long', 'rootCert'),
    bad('a chain longer than one in it allows', (() => {
      const short = makeCertificate('short', { issuer: root, pathLength: 0 });
      const below = makeCertificate('below', { issuer: short });
      return files(below, root, { certChain: below.pem + short.pem });
    })(), 'path-too-long', 'certChain'),
    bad('another root', files(ca, other), 'broken-chain', 'caCert'),
    bad('a root of the same name, made anew', files(ca, makeCertificate('root')), 'broken-chain', 'caCert'),
    bad('a chain with a hole in it', files(deep, root, { certChain: deep.pem }), 'broken-chain', 'caCert'),
    bad('root and intermediate swapped', { rootCert: ca.pem, caCert: root.pem, caKey: ca.key.pem }, 'swapped-certificates', 'caCert'),
    bad('a chain without the one that signs', files(deep, root, { certChain: between.pem }), 'chain-lacks-ca', 'certChain'),
    bad('the key of another', files(ca, root, { caKey: other.key.pem }), 'key-mismatch', 'caKey'),
    bad('the key of the root', files(ca, root, { caKey: root.key.pem }), 'key-mismatch', 'caKey'),
    bad('an authority that has ended', of({ from: inDays(-10), until: inDays(-1) }), 'ca-expired', 'caCert'),
    bad('a root that has ended', under({ from: inDays(-10), until: inDays(-1) }), 'ca-expired', 'rootCert'),
    bad('an authority that has not begun', of({ from: inDays(1) }), 'ca-not-yet-valid', 'caCert'),
    bad('SHA-1', files(makeCertificate('ca', { issuer: rsaRoot, digest: 'sha1' }), rsaRoot), 'weak-signature', 'caCert'),
    bad('RSA of 1024 bits', of({ key: keyOf(1024) }), 'weak-ca-key', 'caCert', 'such a key is too short to be trusted'),
    bad('Ed25519', of({ key: keyOf('ed25519') }), 'weak-ca-key', 'caCert', 'Istio makes keys of RSA and ECDSA only, and proxies are not built for others'),
    bad('a curve that nobody else takes', of({ key: keyOf('secp256k1') }), 'weak-ca-key', 'caCert'),
    bad('no PEM', files(ca, root, { caCert: 'hello' }), 'bad-pem', 'caCert'),
    bad('a certificate cut short', files(ca, root, { caCert: ca.pem.slice(0, 200) }), 'bad-pem', 'caCert'),
    bad('what is no certificate within', files(ca, root, { caCert: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }), 'bad-pem', 'caCert'),
    bad('a negative serial number', under({ negativeSerial: true }), 'bad-pem', 'rootCert'),
    bad('an empty root', files(ca, root, { rootCert: '' }), 'bad-pem', 'rootCert'),
    bad('a key in place of the root', files(ca, root, { rootCert: ca.key.pem }), 'key-for-certificate', 'rootCert'),
    bad('a key behind the certificate', files(ca, root, { caCert: ca.pem + ca.key.pem }), 'key-for-certificate', 'caCert', 'the chain is handed to every proxy, and the key would be with it'),
    bad('a certificate in place of the key', files(ca, root, { caKey: ca.pem }), 'certificate-for-key', 'caKey'),
    bad('an encrypted key', files(ca, root, { caKey: ca.key.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString() }), 'encrypted-key', 'caKey'),
    bad('parameters before the key', files(ca, root, { caKey: `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${sec1}` }), 'bad-pem', 'caKey'),
    bad('a key that is none', files(ca, root, { caKey: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n' }), 'bad-pem', 'caKey'),
  ];
}

/** The authorities of two clusters of one mesh. */
export interface AuthorityPair {
  /** How they stand to each other, as in "while both roots are in all clusters". */
  readonly what: string;
  readonly east: Authority;
  readonly west: Authority;
  /** Whether each takes the certificates of the other. */
  readonly trust: boolean;
  /** Whose program is refused, and why, where they do not. */
  readonly refused?: { readonly cluster: 'east' | 'west'; readonly code: string };
}

/** What there is on the way from one root to another, and what must not be. */
export function authorityPairs(): readonly AuthorityPair[] {
  const [old, next] = [makeCertificate('old'), makeCertificate('next')];
  const both = old.pem + next.pem;
  const under = (root: Made, rootCert = root.pem): Authority => {
    const ca = makeCertificate('ca', { issuer: root });
    return { rootCert, caCert: ca.pem, caKey: ca.key.pem };
  };
  const between = makeCertificate('between', { issuer: old });
  const below = makeCertificate('below', { issuer: between });
  const deep: Authority = { rootCert: old.pem, caCert: below.pem, caKey: below.key.pem, certChain: below.pem + between.pem };
  return [
    { what: 'one root', east: under(old), west: under(old), trust: true },
    { what: 'both roots in all clusters', east: under(old, both), west: under(old, both), trust: true },
    { what: 'one that has the new root already', east: under(old), west: under(old, both), trust: true },
    { what: 'one that signs by the new root', east: under(old, both), west: under(next, both), trust: true },
    { what: 'one that has the new root alone', east: under(next, both), west: under(next), trust: true },
    { what: 'a root made anew with the same key', east: under(old), west: under(old, makeCertificate('old', { key: old.key }).pem), trust: true },
    { what: 'one that signs by an intermediate of an intermediate', east: under(old), west: deep, trust: true },
    { what: 'one that took the old root away too early', east: under(old, both), west: under(next), trust: false, refused: { cluster: 'west', code: 'untrusted-cluster' } },
    { what: 'one that has not got the new root yet', east: under(old), west: under(next, both), trust: false, refused: { cluster: 'east', code: 'untrusted-cluster' } },
    { what: 'no root in common', east: under(old), west: under(next), trust: false, refused: { cluster: 'west', code: 'no-common-root' } },
    { what: 'a root of the same name, made anew', east: under(old), west: under(makeCertificate('old')), trust: false, refused: { cluster: 'west', code: 'no-common-root' } },
  ];
}
