import type { Known } from '../../core/unknown';
import { describeValue } from '../../core/refusal';
import type { JsonObject } from '../../rules/json';
import { headerName, oneOf, refuse, requireNames, someText, within } from '../rules/refuse';
import type { Place } from '../rules/refuse';

/** What callers get to see of a limit. */
export interface RateLimitAnswer {
  /**
   * Status of the answer to requests beyond the limit: one of 400 to 511 that Envoy knows. gRPC callers get
   * `RESOURCE_EXHAUSTED` whatever it is.
   * @default 429
   */
  readonly status?: Known<number>;
  /**
   * Headers of that answer, such as `retry-after`.
   * @default - none
   */
  readonly headers?: Readonly<Record<string, Known<string>>>;
  /**
   * Whether all answers say in `x-ratelimit-limit`, `x-ratelimit-remaining` and `x-ratelimit-reset` (seconds) how much is left.
   * @default false
   */
  readonly rateLimitHeaders?: boolean;
}

/** The keys of an answer among a construct's props. */
export const ANSWER_KEYS = ['status', 'headers', 'rateLimitHeaders'];

/** A status that is not in its list makes Envoy refuse the listener. */
const STATUSES: ReadonlySet<unknown> = new Set([
  ...Array.from({ length: 18 }, (_each, index) => 400 + index),
  ...[421, 422, 423, 424, 426, 428, 429, 431],
  ...Array.from({ length: 9 }, (_each, index) => 500 + index),
  ...[510, 511],
]);

/** An answer whose values are right. */
export interface CheckedAnswer {
  readonly status: number;
  readonly headers: readonly JsonObject[];
  readonly rateLimitHeaders: boolean;
}

/** @throws MeshError when the status or a header cannot be. */
export function checkedAnswer(place: Place, { status = 429, headers, rateLimitHeaders = false }: RateLimitAnswer): CheckedAnswer {
  if (!STATUSES.has(status)) {
    throw refuse(within(place, 'status'), 'bad-status', describeValue(status), 'a status of an error that Envoy knows, 400 to 511', 'leave it out for 429');
  }
  return {
    status,
    headers: headers === undefined ? [] : headersToAdd(within(place, 'headers'), headers),
    rateLimitHeaders: oneOf(within(place, 'rateLimitHeaders'), rateLimitHeaders, [true, false]),
  };
}

function headersToAdd(place: Place, headers: NonNullable<RateLimitAnswer['headers']>): JsonObject[] {
  requireNames(place, headers);
  const names = new Set<string>();
  return Object.entries(headers).map(([given, value]) => {
    const at = within(place, given);
    const key = headerName(at, given);
    if (names.has(key)) throw refuse(at, 'bad-header', `${given}, which is there in other capitals, too`, 'each header once', 'take one of the two out');
    names.add(key);
    return { header: { key, value: plainText(at, value) }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' };
  });
}

/** Envoy takes a percent sign for the beginning of a variable; two stand for one. */
function plainText(place: Place, value: unknown): string {
  const text = someText(place, value);
  if (!/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text)) return text.replace(/%/g, '%%');
  throw refuse(place, 'bad-header', 'a value with control characters', 'a value on one line', 'take them out');
}
