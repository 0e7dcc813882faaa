import { describeValue } from '../../core/refusal';
import { isUnknown } from '../../core/unknown';
import { isJsonObject } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import { flag } from '../access/checks';
import { parseAddress } from '../../validation/formats/address';
import { headerName, oneOf, refuse, requireKeys, requireNames, someText, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import type { Token } from './plain-policies';

/** What a request says beside its method and path, and what is around it. */
export interface RequestFacts {
  /**
   * The host, as the caller writes it.
   * @default - of a service its host, with the port behind it unless that is 80; of a gateway or a workload it has to be said where a rule asks for it
   */
  readonly host?: string;
  /** Headers by name. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** The token that is shown, at a place where its issuer has it looked for. @default - none */
  readonly token?: ShownToken;
  /** Address of whoever holds the connection. @default - it has to be said where a rule asks for it */
  readonly sourceIp?: string;
  /** Address of the original client, as the mesh's trusted hops tell it. @default - it has to be said where a rule asks for it */
  readonly remoteIp?: string;
  /** Address that the connection comes to. @default - it has to be said where a rule asks for it */
  readonly destinationIp?: string;
  /** The server's name in TLS. @default - it has to be said where a rule asks for it */
  readonly sni?: string;
  /** What external authorizers answer, by name. @default - it has to be said where one is asked */
  readonly authorizers?: Readonly<Record<string, 'allows' | 'refuses'>>;
}

/** A token, as far as rules ask for it. */
export interface ShownToken {
  /** The claim `iss`. */
  readonly issuer: string;
  /** The claim `sub`. @default - none */
  readonly subject?: string;
  /** The claim `aud`. @default - none */
  readonly audiences?: string | readonly string[];
  /** The claim `azp`. @default - none */
  readonly presenter?: string;
  /** Other claims. @default - none */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Whether it is in date, and signed by its issuer. @default true */
  readonly isGood?: boolean;
}

/** What may be said of a request. */
export const FACTS: readonly (keyof RequestFacts)[] = ['host', 'headers', 'token', 'sourceIp', 'remoteIp', 'destinationIp', 'sni', 'authorizers'];
const TOKEN: readonly (keyof ShownToken)[] = ['issuer', 'subject', 'audiences', 'presenter', 'claims', 'isGood'];

/** Facts that are fit to decide by. */
export interface CheckedFacts extends Omit<RequestFacts, 'token' | 'headers' | 'authorizers'> {
  readonly headers: Readonly<Record<string, string>>;
  readonly token: Token | undefined;
  readonly authorizers: Readonly<Record<string, 'allows' | 'refuses'>>;
}

/** @throws MeshError for a key that there is not, and for a value that cannot be. */
export function checkedFacts(place: Place, given: RequestFacts): CheckedFacts {
  requireKeys(place, given, FACTS);
  const text = (key: 'host' | 'sni'): object => (given[key] === undefined ? {} : { [key]: known(within(place, key), given[key]) });
  const address = (key: 'sourceIp' | 'remoteIp' | 'destinationIp'): object => (given[key] === undefined ? {} : { [key]: checkedAddress(within(place, key), given[key]) });
  return {
    ...text('host'),
    ...text('sni'),
    ...address('sourceIp'),
    ...address('remoteIp'),
    ...address('destinationIp'),
    headers: given.headers === undefined ? {} : checkedHeaders(within(place, 'headers'), given.headers),
    token: given.token === undefined ? undefined : checkedToken(within(place, 'token'), given.token),
    authorizers: given.authorizers === undefined ? {} : checkedAnswers(within(place, 'authorizers'), given.authorizers),
  };
}

/** Methods as HTTP has them: they are compared letter by letter. */
export function checkedMethod(place: Place, given: unknown): string {
  if (typeof given === 'string' && /^[A-Z][A-Z-]*$/.test(given)) return given;
  throw refuse(place, 'bad-method', describeValue(given), 'an HTTP method in capitals, such as "GET"', 'write it as requests have it');
}

/** A path as a request has it. */
export function checkedPath(place: Place, given: unknown): string {
  if (typeof given === 'string' && /^\/\S*$/.test(given) && !given.includes('#')) return given;
  throw refuse(place, 'bad-path', describeValue(given), 'a path that begins with a slash, and perhaps a query', 'write it as a request has it, such as "/orders?page=2"');
}

function checkedAddress(place: Place, given: unknown): string {
  if (typeof given === 'string' && parseAddress(given) !== undefined) return given;
  throw refuse(place, 'bad-address', describeValue(given), 'one IP address, such as "203.0.113.7"', 'give the address that the request comes from or goes to');
}

function checkedHeaders(place: Place, given: Readonly<Record<string, string>>): Record<string, string> {
  requireNames(place, given);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const at = within(place, name);
      if (/^(:.*|host)$/i.test(name)) throw refuse(at, 'bad-header', describeValue(name), 'a header: method, path and host have their own places', 'take it out');
      headerName(at, name);
      return [name.toLowerCase(), typeof value === 'string' ? value : known(at, value)];
    }),
  );
}

/** Nothing of a token but its issuer stands in messages. */
function checkedToken(place: Place, given: ShownToken): Token {
  requireKeys(place, given, TOKEN);
  const { issuer, subject, audiences, presenter, claims = {}, isGood } = given;
  const several: readonly unknown[] = Array.isArray(audiences) ? audiences : [audiences];
  if (audiences !== undefined && !several.every((each) => typeof each === 'string')) throw refuse(within(place, 'audiences'), 'bad-text', describeValue(audiences), 'a text, or texts', 'write the audiences as the token has them');
  if (!isJsonObject(claims as never) || isUnknown(claims)) throw refuse(within(place, 'claims'), 'bad-claims', describeValue(claims), 'claims by name', 'write them as { groups: ["admins"] }');
  const good = isGood === undefined || flag(within(place, 'isGood'), isGood);
  return {
    claims: {
      ...(claims as JsonObject),
      iss: known(within(place, 'issuer'), issuer),
      ...(subject === undefined ? {} : { sub: known(within(place, 'subject'), subject) }),
      ...(audiences === undefined ? {} : { aud: audiences }),
      ...(presenter === undefined ? {} : { azp: known(within(place, 'presenter'), presenter) }),
    },
    isTimely: good,
    isSignedBy: () => good,
  };
}

function checkedAnswers(place: Place, given: Readonly<Record<string, 'allows' | 'refuses'>>): Readonly<Record<string, 'allows' | 'refuses'>> {
  requireNames(place, given);
  return Object.fromEntries(Object.entries(given).map(([name, answer]) => [name, oneOf(within(place, name), answer, ['allows', 'refuses'] as const)]));
}

/** A decision is made now: what is known at deployment only comes too late. */
function known(place: Place, given: unknown): string {
  if (isUnknown(given)) throw refuse(place, 'unknown-value', describeValue(given), 'a text that is known now', 'give one that the request may have');
  return someText(place, given);
}
