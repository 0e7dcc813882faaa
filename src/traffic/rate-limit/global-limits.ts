import type { Construct } from 'constructs';
import { describeValue } from '../../core/refusal';
import type { Known } from '../../core/unknown';
import type { JsonObject } from '../../rules/json';
import { oneOf, refuse, requireKeys, someList, wholeNumber, within } from '../rules/refuse';
import type { Place } from '../rules/refuse';
import { RateLimitKey } from './rate-limit-key';
import type { CheckedKey } from './rate-limit-key';
import { descriptorOf } from './rate-limit-match';
import type { RateLimitMatch } from './rate-limit-match';

const UNITS = ['second', 'minute', 'hour', 'day'] as const;
/** The rate-limit service counts in 32 bits. */
const MOST = 2 ** 32 - 1;

/** A limit that all replicas keep together. */
export interface GlobalLimit {
  /**
   * What requests are told apart by: each combination of values has a counter of its own.
   * @default - nothing: one counter for all
   */
  readonly by?: readonly RateLimitKey[];
  /**
   * The requests that it is for.
   * @default - all
   */
  readonly match?: RateLimitMatch;
  /** Requests that are let through in each unit of time: a whole number, 1 or more. */
  readonly requests: Known<number>;
  /** The unit of time. Counters begin anew with each second, minute, hour or day of UTC. */
  readonly per: (typeof UNITS)[number];
  /**
   * Counts, but lets all requests through: to see in the rate-limit service's statistics what the limit would do.
   * @default false
   */
  readonly shadowMode?: boolean;
}

/** One level of the rate-limit service's configuration: a key, and the value where it is a certain one. */
export interface CountedBy {
  readonly key: string;
  readonly value?: string;
}

/** A limit in both forms, which come from the same keys: what proxies ask, and what the service answers by. */
export interface CheckedLimit {
  readonly owner: Construct;
  readonly place: Place;
  readonly actions: readonly JsonObject[];
  readonly levels: readonly CountedBy[];
  readonly requests: number;
  readonly unit: string;
  readonly shadowMode: boolean;
}

/** @throws MeshError when a number, the unit, a match or a key cannot be. */
export function checkedLimits(owner: Construct, place: Place, limits: readonly GlobalLimit[]): readonly CheckedLimit[] {
  return someList(place, limits).map((limit, index) => checkedLimit(owner, { ...place, property: `${place.property}[${index}]` }, limit));
}

function checkedLimit(owner: Construct, place: Place, limit: GlobalLimit): CheckedLimit {
  requireKeys(place, limit, ['by', 'match', 'requests', 'per', 'shadowMode']);
  const keys = limit.by === undefined ? [] : checkedKeys(within(place, 'by'), limit.by);
  const shared = keys.find(({ sharedName }) => sharedName !== undefined)?.sharedName;
  const value = shared === undefined ? `own/${written(place.construct)}/${place.property}` : `shared/${shared}`;
  const { actions, entries } = descriptorOf(owner, limit.match, within(place, 'match'), { key: 'limit', value });
  if (shared !== undefined && entries.length > 1) throw noSharedQuery(within(within(place, 'match'), 'queryParams'), shared);
  const told = keys.filter(({ action }) => action !== undefined).sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    owner,
    place,
    actions: [...actions, ...told.map(({ action }) => action as JsonObject)],
    levels: [...entries, ...told.map(({ key }) => ({ key }))],
    requests: wholeNumber(within(place, 'requests'), limit.requests, 1, MOST),
    unit: oneOf(within(place, 'per'), limit.per, UNITS),
    shadowMode: oneOf(within(place, 'shadowMode'), limit.shadowMode ?? false, [true, false]),
  };
}

function checkedKeys(place: Place, given: readonly RateLimitKey[]): CheckedKey[] {
  const keys = new Map<string, CheckedKey>();
  for (const [index, one] of someList(place, given).entries()) {
    const at = { ...place, property: `${place.property}[${index}]` };
    if (!RateLimitKey.isRateLimitKey(one)) throw refuse(at, 'bad-key', describeValue(one), 'a RateLimitKey', "such as RateLimitKey.header('x-api-key')");
    const checked = one.check(at);
    if (keys.has(checked.key)) throw refuse(at, 'bad-key', `${checked.key}, which is there already`, 'each key once', 'take one of the two out');
    keys.set(checked.key, checked);
  }
  return [...keys.values()];
}

/** Envoy tells parameters by an entry more, with which a counter is another one. */
function noSharedQuery(place: Place, shared: string): Error {
  return refuse(place, 'bad-key', `parameters, beside the generic key ${shared}`, 'what leaves the shared counter one: a path, a method, headers, a host', 'match by these, or give each limit a counter of its own');
}

/** Envoy reads percent signs as variables, and the service an asterisk at the end as any text: neither is left. */
function written(path: string): string {
  return path.replace(/[^A-Za-z0-9._/-]/g, (character) => `~${character.codePointAt(0)?.toString(16) ?? ''}~`);
}
