import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Makes certificates for tests, good ones and bad ones, with nothing but Node. */

export interface MadeKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** PKCS #8, as PEM. */
  readonly pem: string;
}

export interface Made {
  readonly name: string;
  readonly key: MadeKey;
  readonly pem: string;
}

export interface MakeOptions {
  /** @default - its own: a root */
  readonly issuer?: Made;
  /** @default - one of P-256 */
  readonly key?: MadeKey;
  /** @default true */
  readonly ca?: boolean;
  /** @default - none */
  readonly pathLength?: number;
  /** Bits of the key usage, of which 0x04 is that of certificates; `false` for no such extension. @default 0x06 */
  readonly keyUsage?: number | false;
  /** Object identifiers. @default - no such extension */
  readonly purposes?: readonly string[];
  /** An extension of this identifier that nobody may pass over. @default - none */
  readonly critical?: string;
  /** @default - a day ago */
  readonly from?: Date;
  /** @default - in ten years */
  readonly until?: Date;
  /** @default 'sha256' */
  readonly digest?: 'sha256' | 'sha1';
  /** Version 1 knows no extensions, and so no authorities. @default false */
  readonly version1?: boolean;
  /** No authority may give one; some did. @default false */
  readonly negativeSerial?: boolean;
}

const DAY = 86_400_000;

export function keyOf(kind: 'P-256' | 'P-384' | 'P-521' | 'secp256k1' | 'ed25519' | number): MadeKey {
  const pair = typeof kind === 'number' ? generateKeyPairSync('rsa', { modulusLength: kind }) : kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: kind });
  return { ...pair, pem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

export function makeCertificate(name: string, options: MakeOptions = {}): Made {
  const key = options.key ?? keyOf('P-256');
  const { issuer, ca = true, keyUsage = 0x06, digest = 'sha256' } = options;
  const signer = issuer?.key ?? key;
  const algorithm = signatureAlgorithm(signer.privateKey, digest);
  const extensions = [
    extension('2.5.29.19', sequence(...(ca ? [Buffer.from([1, 1, 0xff])] : []), ...(options.pathLength === undefined ? [] : [integer(options.pathLength)])), true),
    ...(keyUsage === false ? [] : [extension('2.5.29.15', Buffer.from([3, 2, 0, keyUsage]), true)]),
    ...(options.purposes === undefined ? [] : [extension('2.5.29.37', sequence(...options.purposes.map(identifier)))]),
    ...(options.critical === undefined ? [] : [extension(options.critical, Buffer.from([5, 0]), true)]),
  ];
  const isFirst = options.version1 === true;
  const tbs = sequence(
    ...(isFirst ? [] : [tagged(0xa0, integer(2))]),
    wrap(2, Buffer.concat([Buffer.from([options.negativeSerial === true ? 0x91 : 0x11]), randomBytes(8)])),
    algorithm,
    nameOf(issuer?.name ?? name),
    sequence(time(options.from ?? new Date(Date.now() - DAY)), time(options.until ?? new Date(Date.now() + 3650 * DAY))),
    nameOf(name),
    key.publicKey.export({ type: 'spki', format: 'der' }),
    ...(isFirst ? [] : [tagged(0xa3, sequence(...extensions))]),
  );
  const signature = sign(signer.privateKey.asymmetricKeyType === 'ed25519' ? null : digest, tbs, signer.privateKey);
  const whole = sequence(tbs, algorithm, wrap(3, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return { name, key, pem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n` };
}

function signatureAlgorithm({ asymmetricKeyType }: KeyObject, digest: 'sha256' | 'sha1'): Buffer {
  if (asymmetricKeyType === 'ed25519') return sequence(identifier('1.3.101.112'));
  if (asymmetricKeyType === 'rsa') return sequence(identifier(digest === 'sha1' ? '1.2.840.113549.1.1.5' : '1.2.840.113549.1.1.11'), Buffer.from([5, 0]));
  return sequence(identifier(digest === 'sha1' ? '1.2.840.10045.4.1' : '1.2.840.10045.4.3.2'));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(identifier(id), ...(critical ? [Buffer.from([1, 1, 0xff])] : []), wrap(4, value));
}

function nameOf(commonName: string): Buffer {
  return sequence(wrap(0x31, sequence(identifier('2.5.4.3'), wrap(0x0c, Buffer.from(commonName)))));
}

/** Years from 2050 on have another form. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]/g, '').slice(0, 14);
  return date.getUTCFullYear() < 2050 ? wrap(0x17, Buffer.from(`${digits.slice(2)}Z`)) : wrap(0x18, Buffer.from(`${digits}Z`));
}

function identifier(id: string): Buffer {
  const [root = 0, second = 0, ...rest] = id.split('.').map(Number);
  const bytes = [root * 40 + second, ...rest].flatMap((number) => {
    const groups = [number & 0x7f];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return wrap(6, Buffer.from(bytes));
}

function integer(value: number): Buffer {
  return wrap(2, Buffer.from([value]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return wrap(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Buffer): Buffer {
  return wrap(tag, content);
}

function wrap(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}
