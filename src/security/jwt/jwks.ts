import { createPublicKey } from 'node:crypto';
import { describeValue } from '../../core/refusal';
import { refuse } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';

/** Fields of a key that only whoever signs may know. */
const SECRET = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
/** What a public key of each type has, as RFC 7518 names it. */
const NEEDED: Readonly<Record<string, readonly string[]>> = { RSA: ['n', 'e'], EC: ['crv', 'x', 'y'], OKP: ['crv', 'x'] };
/** Curves of signatures that proxies check. */
const CURVES: Readonly<Record<string, readonly string[]>> = { EC: ['P-256', 'P-384', 'P-521'], OKP: ['Ed25519'] };
/** What RFC 7518 asks of a key of RSA. */
const FEWEST_BITS = 2_048;

/**
 * The text of a set of public keys. Nothing of it is ever shown: what looks like one may hold a private key.
 *
 * @throws MeshError when it is no JSON, no set of keys, or holds what only the issuer may know.
 * @see https://www.rfc-editor.org/rfc/rfc7517
 */
export function checkedJwks(place: Place, given: unknown): string {
  const set = typeof given === 'string' ? parsed(place, given) : given;
  const keys = isObject(set) ? set['keys'] : undefined;
  const example = 'a JWKS: { "keys": [{ "kty": "RSA", "n": …, "e": … }] }';
  if (!Array.isArray(keys) || keys.length === 0) throw refuse(place, 'bad-jwks', isObject(set) ? 'an object without keys' : withoutText(set), example, "give what the issuer's jwks_uri answers with");
  keys.forEach((key: unknown, index) => checkKey(place, key, index));
  return typeof given === 'string' ? given : written(place, set);
}

function written(place: Place, set: unknown): string {
  try {
    return JSON.stringify(set);
  } catch {
    throw refuse(place, 'bad-jwks', 'an object that cannot be written as JSON', 'a JWKS of texts and lists', "give what the issuer's jwks_uri answers with");
  }
}

function checkKey(place: Place, key: unknown, index: number): void {
  const name = `key ${index}`;
  if (!isObject(key)) throw refuse(place, 'bad-jwks', `${name}, which is no object`, 'keys with a type, such as { "kty": "RSA" }', 'give the keys as the issuer publishes them');
  const type = key['kty'];
  if (type === 'oct' || SECRET.some((field) => Object.hasOwn(key, field))) {
    throw refuse(place, 'secret-in-jwks', `${name}, which holds what only the issuer may know`, 'public keys only: they stand in a manifest, and whoever has the others can make tokens', 'take the key out, and have the issuer replace it: it has been in a program');
  }
  const needed = typeof type === 'string' && Object.hasOwn(NEEDED, type) ? NEEDED[type] : undefined;
  if (needed === undefined) throw refuse(place, 'bad-jwks', `${name}, of a type that is none`, `a type "kty": ${Object.keys(NEEDED).join(', ')}`, 'give the keys as the issuer publishes them');
  const missing = needed.filter((field) => typeof key[field] !== 'string' || key[field] === '');
  if (missing.length > 0) throw refuse(place, 'bad-jwks', `${name}, without ${missing.join(', ')}`, `a key of type ${String(type)} with ${needed.join(', ')}`, 'give the keys as the issuer publishes them');
  requireUsable(place, name, String(type), key);
}

/** A proxy leaves out keys that it cannot use, and refuses the tokens that they signed. */
function requireUsable(place: Place, name: string, type: string, key: Readonly<Record<string, unknown>>): void {
  const curves = CURVES[type];
  if (curves !== undefined && !curves.includes(String(key['crv']))) throw refuse(place, 'bad-jwks', `${name}, of a curve that proxies do not know`, `a key of ${curves.join(', ')}`, 'leave the key out, or have the issuer sign with another');
  const bits = bitsOf(key);
  if (bits === undefined) throw refuse(place, 'bad-jwks', `${name}, of which no key can be made`, `a public key of type ${type}, its numbers as base64url`, 'give the keys as the issuer publishes them');
  if (type === 'RSA' && bits < FEWEST_BITS) throw refuse(place, 'bad-jwks', `${name}, of ${bits} bits`, `${FEWEST_BITS} bits or more: whoever finds out the private key makes tokens`, 'have the issuer take a longer key');
}

function bitsOf(key: Readonly<Record<string, unknown>>): number | undefined {
  try {
    // OpenSSL's complaint may quote the key
    return createPublicKey({ key, format: 'jwk' }).asymmetricKeyDetails?.modulusLength ?? 0;
  } catch {
    return undefined;
  }
}

function parsed(place: Place, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // neither the text nor the parser's complaint, which quotes it
    throw refuse(place, 'bad-jwks', 'a text that is no JSON', 'a JWKS as JSON', "give what the issuer's jwks_uri answers with; a PEM file is no JWKS");
  }
}

function withoutText(value: unknown): string {
  return typeof value === 'string' ? 'a text' : describeValue(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
