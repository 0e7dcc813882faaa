import { describeValue } from '../../core/refusal';
import type { Known } from '../../core/unknown';
import { closest } from '../../errors/closest';
import { refuse, requireKeys, requireNames, wholeNumber, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import { listOf, oneOrMore, patterns } from './checks';
import { checkedBlock, IpBlock } from '../callers/ip-block';
import type { PolicyCondition } from '../callers/request-principal';

type Text = Known<string> | readonly Known<string>[];
type Port = Known<number> | readonly Known<number>[];
type Address = Known<string> | IpBlock | readonly (Known<string> | IpBlock)[];
/** Values of which one has to be there, or values of which none may; with both, both have to hold. */
type Values<T> = T | { readonly values?: T; readonly notValues?: T };

/**
 * What else has to hold, by the names that Istio has for it; all of it. A text may begin or end with an asterisk, which
 * stands for anything; `*` is there at all.
 *
 * @see https://istio.io/latest/docs/reference/config/security/conditions/
 */
export interface AccessConditions {
  /** A header of the request, such as `request.headers[x-tenant]`. */
  readonly [header: `request.headers[${string}]`]: Values<Text>;
  /** A claim of the token, such as `request.auth.claims[groups]`, or one within another: `request.auth.claims[realm][roles]`. */
  readonly [claim: `request.auth.claims[${string}]`]: Values<Text>;
  /** Address of whoever holds the connection. */
  readonly 'source.ip'?: Values<Address>;
  /** Address of the original client, as the mesh's trusted hops tell it. */
  readonly 'remote.ip'?: Values<Address>;
  /** Namespace of the caller, where it speaks mutual TLS. */
  readonly 'source.namespace'?: Values<Text>;
  /** Identity of the caller, where it speaks mutual TLS, such as `cluster.local/ns/shop/sa/web`. */
  readonly 'source.principal'?: Values<Text>;
  /** Issuer and subject of the token, with a slash between. */
  readonly 'request.auth.principal'?: Values<Text>;
  /** Whom the token is for. */
  readonly 'request.auth.audiences'?: Values<Text>;
  /** Who may present the token. */
  readonly 'request.auth.presenter'?: Values<Text>;
  /** Address that the connection came to. */
  readonly 'destination.ip'?: Values<Address>;
  /** Port of the pod. */
  readonly 'destination.port'?: Values<Port>;
  /** The server's name, as the caller gives it in TLS. */
  readonly 'connection.sni'?: Values<Text>;
}

type Read = (place: Place, value: unknown) => string[];

const KEYS: Readonly<Record<string, Read>> = {
  'source.ip': addresses,
  'remote.ip': addresses,
  'source.namespace': patterns,
  'source.principal': principals,
  'request.auth.principal': patterns,
  'request.auth.audiences': patterns,
  'request.auth.presenter': patterns,
  'destination.ip': addresses,
  'destination.port': ports,
  'connection.sni': patterns,
};
const MAPS: readonly { readonly example: string; readonly form: RegExp }[] = [
  { example: 'request.headers[NAME]', form: /^request\.headers\[[!#$%&'*+.^_`|~0-9A-Za-z-]+\]$/ },
  { example: 'request.auth.claims[NAME]', form: /^request\.auth\.claims(?:\[[^[\]]+\])+$/ },
];

/** The conditions of a rule, by key. @throws MeshError for a key that there is not, and for a value that can never be. */
export function checkedConditions(place: Place, given: unknown): PolicyCondition[] {
  requireNames(place, given);
  const entries = Object.entries(given as Readonly<Record<string, unknown>>);
  if (entries.length === 0) throw refuse(place, 'empty-condition', '{}', 'conditions by what they are about', 'take it out where anything will do');
  return entries
    .map(([key, value]) => checkedCondition({ construct: place.construct, property: `${place.property}["${key}"]` }, key, value))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function checkedCondition(place: Place, key: string, given: unknown): PolicyCondition {
  const read = Object.hasOwn(KEYS, key) ? KEYS[key] : MAPS.some(({ form }) => form.test(key)) ? patterns : undefined;
  if (read === undefined) throw unknownKey(place, key);
  // a variable that is not set would leave the condition out, and the rule open
  if (given === undefined) throw refuse(place, 'empty-condition', 'undefined', 'a value', 'take it out where anything will do');
  if (!isBoth(given)) return { key, values: read(place, given) };
  requireKeys(place, given, ['values', 'notValues']);
  const { values, notValues } = given;
  if (values === undefined && notValues === undefined) throw refuse(place, 'empty-condition', '{}', 'values, notValues, or both', 'take it out where anything will do');
  return {
    key,
    ...(values === undefined ? {} : { values: read(within(place, 'values'), values) }),
    ...(notValues === undefined ? {} : { notValues: read(within(place, 'notValues'), notValues) }),
  };
}

function isBoth(given: unknown): given is { readonly values?: unknown; readonly notValues?: unknown } {
  return typeof given === 'object' && given !== null && !Array.isArray(given) && !IpBlock.isIpBlock(given);
}

function principals(place: Place, value: unknown): string[] {
  const texts = patterns(place, value);
  const scheme = texts.find((text) => text.startsWith('spiffe:'));
  if (scheme === undefined) return texts;
  throw refuse(place, 'bad-principal', describeValue(scheme), 'an identity without its scheme, such as "cluster.local/ns/shop/sa/web": with it, nobody has it', 'take "spiffe://" out');
}

function addresses(place: Place, value: unknown): string[] {
  return oneOrMore(place, listOf(value).map((each) => (IpBlock.isIpBlock(each) ? each.cidr : checkedBlock(each, place))));
}

function ports(place: Place, value: unknown): string[] {
  return oneOrMore(place, listOf(value).map((each) => String(wholeNumber(place, each, 1, 65_535))));
}

function unknownKey(place: Place, key: string): Error {
  const known = [...Object.keys(KEYS), ...MAPS.map(({ example }) => example)];
  const meant = closest(key.replace(/\[.*$/, ''), [...Object.keys(KEYS), 'request.headers', 'request.auth.claims']);
  const fix = meant === undefined ? 'take one of these' : `did you mean ${MAPS.find(({ example }) => example.startsWith(`${meant}[`))?.example ?? meant}?`;
  return refuse(place, 'unknown-condition', describeValue(key), `one of ${known.join(', ')}`, fix);
}
