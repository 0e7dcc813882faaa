import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { JwtIssuer } from '../../src';
import type { Request } from './request';

/** Tokens that are signed in truth, by keys of this run. */
export interface Signer {
  readonly issuer: string;
  readonly key: KeyObject;
  readonly algorithm: 'ES256' | 'RS256';
  /** The public keys. */
  readonly jwks: { readonly keys: readonly object[] };
}

/** Who issues tokens, with a key of its own. */
export function signer(issuer: string, type: 'ec' | 'rsa' = 'ec'): Signer {
  const { publicKey, privateKey } = type === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { issuer, key: privateKey, algorithm: type === 'ec' ? 'ES256' : 'RS256', jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: issuer }] } };
}

/** A token of an issuer, good for an hour unless the claims say otherwise. */
export function token(by: Signer, claims: object = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: by.algorithm, typ: 'JWT', kid: by.issuer })}.${part({ iss: by.issuer, sub: 'robot', aud: 'shop', exp: now + 3_600, ...claims })}`;
  return `${body}.${sign('sha256', Buffer.from(body), { key: by.key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** A request with a token in the usual header, and perhaps others. */
export function bearer(by: Signer, claims?: object, headers: Readonly<Record<string, string>> = {}): Partial<Request> {
  return { headers: { ...headers, authorization: `Bearer ${token(by, claims)}` } };
}

/** The issuer as a JwtAuthentication takes it. */
export function issuerOf(by: Signer, facts: Partial<JwtIssuer> = {}): JwtIssuer {
  return { issuer: by.issuer, jwks: by.jwks, ...facts } as JwtIssuer;
}
