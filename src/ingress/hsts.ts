import { Duration } from '../core/duration';
import type { Known } from '../core/unknown';
import { oneOf, refuse, requireKeys, within } from '../traffic/rules/refuse';
import type { Place } from '../traffic/rules/refuse';

/** The header, in the small letters that proxies compare by. */
export const HSTS_HEADER = 'strict-transport-security';

/** How long and for what browsers are to ask over HTTPS only. */
export interface HstsProps {
  /**
   * How long browsers remember it, in whole seconds; `0s` has them forget.
   * @default - a year
   */
  readonly maxAge?: Duration | Known<string>;
  /**
   * Whether it is for all hosts below this one, too: also those that others serve.
   * @default false
   */
  readonly includeSubDomains?: boolean;
  /**
   * Leave for browsers to be shipped with the host in their lists; it needs `includeSubDomains` and a year.
   * @default false
   * @see https://hstspreload.org
   */
  readonly preload?: boolean;
}

const YEAR = Duration.hours(365 * 24);

/** The value of the header. @throws MeshError */
export function hstsValue(given: unknown, place: Place): string {
  if (given === true) return 'max-age=31536000';
  requireKeys(place, given, ['maxAge', 'includeSubDomains', 'preload']);
  const { maxAge = YEAR, includeSubDomains = false, preload = false } = given as HstsProps;
  const age = Duration.of(maxAge, { multipleOf: Duration.seconds(1), ...within(place, 'maxAge') });
  oneOf(within(place, 'includeSubDomains'), includeSubDomains, [true, false]);
  oneOf(within(place, 'preload'), preload, [true, false]);
  if (preload && (!includeSubDomains || age.isShorterThan(YEAR))) {
    const got = includeSubDomains ? `preload, for ${age.value}` : 'preload, for this host only';
    throw refuse(within(place, 'preload'), 'bad-hsts', got, 'what lists of browsers take: includeSubDomains, and a year at least', 'take preload out, or give both');
  }
  return [`max-age=${age.toSeconds()}`, ...(includeSubDomains ? ['includeSubDomains'] : []), ...(preload ? ['preload'] : [])].join('; ');
}
