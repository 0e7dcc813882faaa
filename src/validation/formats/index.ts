import { isDuration, isStrictDate, isStrictDateTime } from './times';
import { isLenientCidr, parseLenientAddress } from './address';
import { isCreditCard, isIsbn10, isIsbn13 } from './checksums';
import { parseRequestUri } from './uri';

/**
 * String formats that API servers check, by their name without dashes; every other format is ignored.
 * Source: "Supported formats" of the CustomResourceDefinition's `format` field,
 * https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/
 */
export const FORMATS: ReadonlyMap<string, (text: string) => boolean> = new Map<string, (text: string) => boolean>([
  ['bsonobjectid', (text) => /^[0-9a-fA-F]{24}$/.test(text)],
  ['uri', (text) => parseRequestUri(text) !== undefined],
  ['email', isEmail],
  ['hostname', isHostname],
  ['ipv4', (text) => text.includes('.') && parseLenientAddress(text) !== undefined],
  ['ipv6', (text) => text.includes(':') && parseLenientAddress(text) !== undefined],
  ['cidr', isLenientCidr],
  ['mac', isMac],
  ['uuid', uuid('[0-9a-f]', '[0-9a-f]')],
  ['uuid3', uuid('3', '[0-9a-f]')],
  ['uuid4', uuid('4', '[89ab]')],
  ['uuid5', uuid('5', '[89ab]')],
  ['isbn', (text) => isIsbn10(text) || isIsbn13(text)],
  ['isbn10', isIsbn10],
  ['isbn13', isIsbn13],
  ['creditcard', isCreditCard],
  ['ssn', (text) => /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text)],
  ['hexcolor', (text) => /^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(text)],
  ['rgbcolor', isRgbColor],
  ['byte', (text) => text !== '' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)],
  ['password', () => true],
  ['date', isStrictDate],
  ['duration', isDuration],
  ['datetime', isStrictDateTime],
  ['k8sshortname', (text) => text.length <= 63 && isLongName(text) && !text.includes('.')],
  ['k8slongname', (text) => text.length <= 253 && isLongName(text)],
]);

function isLongName(text: string): boolean {
  return text.split('.').every((part) => /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(part));
}

/** RFC 4122 by form; the dashes may be left out, and case does not matter. */
function uuid(version: string, variant: string): (text: string) => boolean {
  const form = new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i');
  return (text) => form.test(text);
}

/** Six, eight or twenty bytes, in pairs with : or - between, or in fours with dots. */
function isMac(text: string): boolean {
  const pairs = /^[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2})*$/i.test(text) ? (text.length + 1) / 3 : 0;
  const fours = /^[0-9a-f]{4}(?:\.[0-9a-f]{4})+$/i.test(text) ? ((text.length + 1) / 5) * 2 : 0;
  return [6, 8, 20].includes(pairs) || [6, 8, 20].includes(fours);
}

const CHAR = 'a-zA-Z0-9\\p{S}\\p{L}';
/** One name without a dot, or names with dots and a last one of letters. */
const HOSTNAME = new RegExp(
  `^(?:[${CHAR}](?:-?[${CHAR}]{0,62})?|(?:[${CHAR}](?:[-${CHAR}]{0,61}[${CHAR}])?\\.)+[a-zA-Z\\p{L}]{2,63})$`,
  'u',
);

function isHostname(text: string): boolean {
  if (Buffer.byteLength(text) > 255 || !HOSTNAME.test(text)) return false;
  return text.split('.').every((part) => Buffer.byteLength(part) <= 63);
}

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u0080-\\uffff-]+";
const DOMAIN = `(?:${ATOM}(?:\\.${ATOM})*|\\[[^\\[\\]\\\\]*\\])`;
const ADDRESS = `(?:${ATOM}(?:\\.${ATOM})*|"(?:[^"\\\\\\r\\n]|\\\\.)+")@${DOMAIN}`;
const NAME = `(?:(?:${ATOM}|\\.|"(?:[^"\\\\\\r\\n]|\\\\.)*")[ \\t]*)*`;
const EMAIL = new RegExp(`^[ \\t]*(?:${ADDRESS}|${NAME}<${ADDRESS}>)[ \\t]*(?:\\([^()]*\\)[ \\t]*)?$`);

/** One address as RFC 5322 writes it, with or without a name before it. */
function isEmail(text: string): boolean {
  return text.length <= 1000 && EMAIL.test(text);
}

function isRgbColor(text: string): boolean {
  const match = /^rgb\(\s*(\d{1,3}%?)\s*,\s*(\d{1,3}%?)\s*,\s*(\d{1,3}%?)\s*\)$/.exec(text);
  const parts = match?.slice(1) ?? [];
  const arePercent = parts.map((part) => part.endsWith('%'));
  if (parts.length === 0 || !arePercent.every((is) => is === arePercent[0])) return false;
  return parts.every((part) => /^(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/.test(part) || /^(?:0|[1-9]\d?|100)%$/.test(part));
}
