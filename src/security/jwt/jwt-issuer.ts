import type { RequestAuthenticationJwtRules } from '../../../imports/istio/request-authentication';
import { Duration } from '../../core/duration';
import { describeValue } from '../../core/refusal';
import type { Known } from '../../core/unknown';
import { headerName, refuse, requireKeys, requireNames, someList, someText, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import { flag, oneOrMore } from '../access/checks';
import { checkedJwks } from './jwks';

/** Whose tokens are taken, and by which keys they are checked. */
export type JwtIssuer = JwtIssuerWithKeys | JwtIssuerWithUri;

/** What is known of an issuer, whatever its keys. */
export interface JwtIssuerFacts {
  /** The claim `iss` of its tokens, letter by letter. */
  readonly issuer: Known<string>;
  /**
   * Whom a token has to be for: one of its claim `aud`.
   * @default - anybody
   */
  readonly audiences?: readonly Known<string>[];
  /**
   * Headers that the token is looked for in, with what stands before it.
   * @default - `Authorization`, after `Bearer `; where params or cookies are given, not in headers
   */
  readonly fromHeaders?: readonly JwtHeader[];
  /** Query parameters that the token is looked for in. @default - `access_token`, unless headers or cookies are given */
  readonly fromParams?: readonly Known<string>[];
  /** Cookies that the token is looked for in. @default - none */
  readonly fromCookies?: readonly Known<string>[];
  /**
   * Whether the service sees the token.
   * @default false - it is taken out of the request
   */
  readonly forwardOriginalToken?: boolean;
  /** Header that the service gets the claims in, as base64url of JSON. @default - none */
  readonly outputPayloadToHeader?: string;
  /**
   * Headers that the service gets claims in, by their names; what a caller sends in them itself is taken out.
   * @default - none
   */
  readonly outputClaimToHeaders?: Readonly<Record<string, string>>;
  /** Claims that hold several words, beside `scope` and `permission`. @default - none */
  readonly spaceDelimitedClaims?: readonly Known<string>[];
  /** How long a proxy waits for the keys. @default 5s */
  readonly timeout?: Duration | Known<string>;
}

/** A header that a token is looked for in. */
export interface JwtHeader {
  readonly name: string;
  /** What stands before the token, with its space. @default - nothing */
  readonly prefix?: string;
}

/** An issuer whose keys the program gives. */
export interface JwtIssuerWithKeys extends JwtIssuerFacts {
  /** The public keys: a JWKS, as JSON or as an object. */
  readonly jwks: string | object;
  readonly jwksUri?: never;
}

/** An issuer that publishes its keys. */
export interface JwtIssuerWithUri extends JwtIssuerFacts {
  /**
   * Where the keys are: `https://`, or `http://` of a service of the cluster.
   * @default - what OpenID discovery at the issuer says, which has to be a URL then
   */
  readonly jwksUri?: string;
  readonly jwks?: never;
}

const KEYS: readonly (keyof JwtIssuerWithKeys | keyof JwtIssuerWithUri)[] = [
  'issuer', 'audiences', 'jwks', 'jwksUri', 'fromHeaders', 'fromParams', 'fromCookies', 'forwardOriginalToken', 'outputPayloadToHeader', 'outputClaimToHeaders', 'spaceDelimitedClaims', 'timeout',
];

/** The rule of an issuer. @throws MeshError when a value cannot be; keys are never shown. */
export function jwtRule(place: Place, given: JwtIssuer, clusterDomain: string): RequestAuthenticationJwtRules {
  requireKeys(place, given, KEYS);
  const issuer = someText(within(place, 'issuer'), given.issuer);
  const texts = (key: 'audiences' | 'fromParams' | 'fromCookies' | 'spaceDelimitedClaims'): Partial<Record<typeof key, string[]>> => {
    const values = given[key];
    return values === undefined ? {} : { [key]: oneOrMore(within(place, key), someList(within(place, key), values)) };
  };
  const { fromHeaders, forwardOriginalToken, outputPayloadToHeader, outputClaimToHeaders, timeout } = given;
  return {
    issuer,
    ...keysOf(place, issuer, given, clusterDomain),
    ...texts('audiences'),
    ...texts('fromParams'),
    ...texts('fromCookies'),
    ...texts('spaceDelimitedClaims'),
    ...(fromHeaders === undefined ? {} : { fromHeaders: headers(within(place, 'fromHeaders'), fromHeaders) }),
    ...(forwardOriginalToken === undefined ? {} : { forwardOriginalToken: flag(within(place, 'forwardOriginalToken'), forwardOriginalToken) }),
    ...(outputPayloadToHeader === undefined ? {} : { outputPayloadToHeader: headerName(within(place, 'outputPayloadToHeader'), outputPayloadToHeader) }),
    ...(outputClaimToHeaders === undefined ? {} : { outputClaimToHeaders: claims(within(place, 'outputClaimToHeaders'), outputClaimToHeaders) }),
    ...(timeout === undefined ? {} : { timeout: Duration.of(timeout, { atLeast: Duration.millis(1), ...within(place, 'timeout') }).value }),
  };
}

function keysOf(place: Place, issuer: string, { jwks, jwksUri }: JwtIssuer, clusterDomain: string): { readonly jwks?: string } | { readonly jwksUri?: string } {
  if (jwks !== undefined && jwksUri !== undefined) throw refuse(within(place, 'jwksUri'), 'bad-props', 'both jwks and jwksUri', 'one of them', 'leave out the other');
  if (jwks !== undefined) return { jwks: checkedJwks(within(place, 'jwks'), jwks) };
  if (jwksUri !== undefined) return { jwksUri: checkedUri(within(place, 'jwksUri'), jwksUri, clusterDomain) };
  // without keys istiod looks them up at the issuer
  if (urlOf(issuer)?.protocol === 'https:') return {};
  throw refuse(within(place, 'jwksUri'), 'no-keys', `none, and the issuer ${describeValue(issuer)} is no https URL to ask`, 'where the keys are', 'give jwksUri, or the keys in jwks');
}

/** Whoever can change the keys on their way can make tokens. */
function checkedUri(place: Place, given: unknown, clusterDomain: string): string {
  const url = typeof given === 'string' ? urlOf(given) : undefined;
  const isPlain = url?.protocol === 'http:';
  // a password in the address is not for messages
  if (url === undefined || !(isPlain || url.protocol === 'https:')) throw refuse(place, 'bad-jwks-uri', url === undefined ? 'no URL' : `a URL of ${url.protocol}`, 'an https URL', 'write it as "https://login.example.com/keys"');
  if (url.username !== '' || url.password !== '') throw refuse(place, 'bad-jwks-uri', 'a URL with a user or a password', 'a URL that anybody may read: it stands in a manifest', 'publish the keys without a password');
  if (isPlain && !['.svc', `.svc.${clusterDomain}`].some((end) => url.hostname.endsWith(end))) throw refuse(place, 'bad-jwks-uri', 'an http URL of a host that is no service of the cluster', 'an https URL: whoever changes the keys on their way can make tokens', 'write https://');
  return given as string;
}

function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function headers(place: Place, given: readonly JwtHeader[]): { name: string; prefix?: string }[] {
  return Array.from(someList(place, given)).map((header, index) => {
    const at = { construct: place.construct, property: `${place.property}[${index}]` };
    requireKeys(at, header, ['name', 'prefix']);
    const name = headerName(within(at, 'name'), header.name);
    return { name, ...(header.prefix === undefined ? {} : { prefix: someText(within(at, 'prefix'), header.prefix) }) };
  });
}

/** Istio takes letters, digits, dashes and underscores for these. */
function claims(place: Place, given: Readonly<Record<string, string>>): { header: string; claim: string }[] {
  requireNames(place, given);
  const entries = Object.entries(given).map(([header, claim]) => {
    const at = within(place, header);
    if (!/^[A-Za-z0-9_-]+$/.test(header)) throw refuse(at, 'bad-header', describeValue(header), 'a header of letters, digits, "-" and "_"', 'name it after the claim, such as x-user');
    return { header: header.toLowerCase(), claim: someText(at, claim) };
  });
  if (entries.length === 0) throw refuse(place, 'empty-list', '{}', 'claims by header', 'leave it out');
  return entries.sort((a, b) => (a.header < b.header ? -1 : 1));
}
