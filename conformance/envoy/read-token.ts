import { createPublicKey, verify } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import type { Token } from '../../src/security/decisions/plain-policies';
import type { JsonObject } from '../../src/rules/json';
import { asList, asRecord } from '../kubernetes/status';

/** Seconds by which clocks may differ. */
const SKEW = 60;

/** What a token of a request says; undefined for a text that is none. */
export function tokenReader(text: string): Token | undefined {
  const [head, body, signature, ...more] = text.split('.');
  if (head === undefined || body === undefined || signature === undefined || more.length > 0) return undefined;
  const [header, claims] = [decoded(head), decoded(body)];
  if (header === undefined || claims === undefined) return undefined;
  const now = Date.now() / 1000;
  const { exp, nbf } = claims as { readonly exp?: number; readonly nbf?: number };
  return {
    claims,
    isTimely: (exp === undefined || now <= exp + SKEW) && (nbf === undefined || now >= nbf - SKEW),
    isSignedBy: (issuer) => keysOf(issuer).some((key) => verify('sha256', Buffer.from(`${head}.${body}`), { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))),
  };
}

function keysOf({ jwks }: JsonObject): readonly JsonWebKey[] {
  return typeof jwks === 'string' ? asList(asRecord(JSON.parse(jwks))['keys']).map((key) => asRecord(key) as JsonWebKey) : [];
}

function decoded(part: string): JsonObject | undefined {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
    return typeof value === 'object' && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
