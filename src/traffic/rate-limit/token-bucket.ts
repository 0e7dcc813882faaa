import { Duration } from '../../core/duration';
import type { Known } from '../../core/unknown';
import type { JsonObject } from '../../rules/json';
import { requireKeys, wholeNumber, within } from '../rules/refuse';
import type { Place } from '../rules/refuse';

/** A token bucket: each request takes a token, and new ones come at an even pace. */
export interface TokenBucketLimit {
  /** Requests that are let through in each length of time: a whole number, 1 or more. */
  readonly requests: Known<number>;
  /** The length of time, such as `1s` or `1m`: 50ms or more, in whole milliseconds. */
  readonly per: Duration | Known<string>;
  /**
   * Requests that are let through at once after a quiet time: a whole number, 1 or more.
   * @default - as many as `requests`
   */
  readonly burst?: Known<number>;
}

/** Envoy counts tokens in 32 bits. */
const MOST = 2 ** 32 - 1;
/** Envoy refuses shorter intervals. */
const SHORTEST = Duration.millis(50);

/** The limit as Envoy has it. @throws MeshError when a number or the length of time cannot be. */
export function tokenBucket(place: Place, limit: TokenBucketLimit): JsonObject {
  requireKeys(place, limit, ['requests', 'per', 'burst']);
  const requests = wholeNumber(within(place, 'requests'), limit.requests, 1, MOST);
  const per = Duration.of(limit.per, { ...within(place, 'per'), atLeast: SHORTEST, multipleOf: Duration.millis(1) });
  const burst = limit.burst === undefined ? requests : wholeNumber(within(place, 'burst'), limit.burst, 1, MOST);
  return { max_tokens: burst, tokens_per_fill: requests, fill_interval: envoyDuration(per) };
}

/** A length of time as Envoy's JSON has it: seconds, perhaps with a fraction. */
export function envoyDuration(duration: Duration): string {
  return `${duration.toMillis() / 1000}s`;
}
