import { BIT_STRING, BOOLEAN, derValues, GENERALIZED_TIME, identifierOf, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, UTC_TIME } from './der';
import type { DerValue } from './der';

/** What Node does not tell of a certificate. */
export interface CertificateParts {
  readonly signature: DerValue;
  readonly issuer: DerValue;
  readonly subject: DerValue;
  /** By object identifier. */
  readonly extensions: ReadonlyMap<string, Extension>;
}

export interface Extension {
  readonly critical: boolean;
  readonly value: Buffer;
}

const EXTENSIONS = 0xa3;
const VERSION = 0xa0;
const NEWEST_VERSION = 2;
const TIMES: Readonly<Record<number, RegExp>> = { [UTC_TIME]: /^\d{12}Z$/, [GENERALIZED_TIME]: /^\d{14}Z$/ };

/**
 * The parts of a certificate. OpenSSL, and so Node, reads what Go refuses, and Go silently passes over such a root: what Go finds
 * malformed is none here.
 */
export function certificateParts(bytes: Buffer): CertificateParts | undefined {
  const [certificate, more] = derValues(bytes);
  const [tbs, algorithm] = derValues(certificate?.content ?? Buffer.alloc(0));
  if (tbs === undefined || algorithm === undefined || more !== undefined) return undefined;
  const all = derValues(tbs.content);
  const version = all.find(({ tag }) => tag === VERSION);
  const [serial, signature, issuer, validity, subject] = all.filter(({ tag }) => tag !== VERSION);
  if (serial === undefined || signature === undefined || issuer === undefined || validity === undefined || subject === undefined) return undefined;
  const isRight = isVersion(version) && isPositive(serial) && signature.whole.equals(algorithm.whole) && derValues(validity.content).every(isTime);
  const extensions = extensionsOf(all.find(({ tag }) => tag === EXTENSIONS));
  return isRight && extensions !== undefined ? { signature, issuer, subject, extensions } : undefined;
}

function isVersion(field: DerValue | undefined): boolean {
  if (field === undefined) return true;
  const [number] = derValues(field.content);
  return number?.tag === INTEGER && number.content.length === 1 && (number.content[0] ?? 0) <= NEWEST_VERSION;
}

function isPositive({ tag, content }: DerValue): boolean {
  return tag === INTEGER && content.length > 0 && (content[0] ?? 0) < 0x80;
}

function isTime({ tag, content }: DerValue): boolean {
  return TIMES[tag]?.test(content.toString('latin1')) === true;
}

/** Undefined where one is malformed, or there twice. */
function extensionsOf(field: DerValue | undefined): ReadonlyMap<string, Extension> | undefined {
  if (field === undefined) return new Map();
  const [list] = derValues(field.content);
  const entries = derValues(list?.content ?? Buffer.alloc(0)).map(extensionOf);
  const found = new Map(entries.filter((entry) => entry !== undefined));
  return list?.tag === SEQUENCE && found.size === entries.length ? found : undefined;
}

function extensionOf({ tag, content }: DerValue): readonly [string, Extension] | undefined {
  const parts = derValues(content);
  const [id, flag, value] = parts.length === 2 ? [parts[0], undefined, parts[1]] : parts;
  if (tag !== SEQUENCE || parts.length > 3 || id?.tag !== OBJECT_IDENTIFIER || value?.tag !== OCTET_STRING) return undefined;
  if (flag !== undefined && booleanOf(flag) === undefined) return undefined;
  return [identifierOf(id), { critical: flag !== undefined && booleanOf(flag) === true, value: value.content }];
}

/** DER has one way to write each. */
export function booleanOf({ tag, content }: DerValue): boolean | undefined {
  if (tag !== BOOLEAN || content.length !== 1) return undefined;
  return content[0] === 0xff ? true : content[0] === 0 ? false : undefined;
}

/** Whether it is an authority, and how many may stand below it; undefined where that is malformed. */
export function basicConstraints({ value }: Extension): { readonly isCa: boolean; readonly pathLength: number | undefined } | undefined {
  const [sequence, more] = derValues(value);
  if (sequence?.tag !== SEQUENCE || more !== undefined) return undefined;
  const parts = derValues(sequence.content);
  if (parts.length === 0 && sequence.content.length > 0) return undefined;
  const flag = parts[0]?.tag === BOOLEAN ? parts[0] : undefined;
  const [length, ...rest] = flag === undefined ? parts : parts.slice(1);
  const isCa = flag === undefined ? false : booleanOf(flag);
  if (isCa === undefined || rest.length > 0 || (length !== undefined && !isPositive(length))) return undefined;
  return { isCa, pathLength: length === undefined ? undefined : length.content.reduce((sum, byte) => sum * 256 + byte, 0) };
}

/** The bits of a key usage, the first of them highest; undefined where they are malformed. */
export function keyUsage({ value }: Extension): number | undefined {
  const [bits, more] = derValues(value);
  // the first byte counts the bits that are not used, which are zero
  const [unused = 8, first = 0] = bits?.content ?? [];
  const isRight = bits?.tag === BIT_STRING && more === undefined && unused < 8 && ((bits.content.at(-1) ?? 0) & ((1 << unused) - 1)) === 0;
  return isRight ? first : undefined;
}

/** Object identifiers of purposes; undefined where they are malformed. */
export function extendedKeyUsage({ value }: Extension): readonly string[] | undefined {
  const [sequence, more] = derValues(value);
  const parts = derValues(sequence?.content ?? Buffer.alloc(0));
  return sequence?.tag === SEQUENCE && more === undefined && parts.length > 0 && parts.every(({ tag }) => tag === OBJECT_IDENTIFIER) ? parts.map(identifierOf) : undefined;
}
