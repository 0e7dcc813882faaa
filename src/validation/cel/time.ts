import { CelError, Duration, shrink, Timestamp, toInt } from './values';
import type { Int } from './values';

/** Durations and timestamps as Go reads them. */

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const DURATION = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const DURATION_PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g;

/** A duration such as `1h30m` or `250ms` (https://pkg.go.dev/time#ParseDuration); undefined for any other text. */
export function parseDuration(text: string): Int | undefined {
  const quick = wholeUnit(text);
  if (quick !== undefined) return quick;
  if (!DURATION.test(text)) return undefined;
  let nanos = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(DURATION_PART)) {
    const scale = UNITS.get(unit) ?? 0n;
    // Go drops what is below a nanosecond
    nanos += BigInt(whole || '0') * scale + (BigInt(fraction || '0') * scale) / 10n ** BigInt(fraction.length);
  }
  const limit = text.startsWith('-') ? 2n ** 63n : 2n ** 63n - 1n;
  if (nanos > limit) return undefined;
  return toInt(text.startsWith('-') ? -nanos : nanos);
}

/** `10s`, `250ms`, `5m`, `1h`: nearly every duration of a mesh, read without a regular expression. */
function wholeUnit(text: string): number | undefined {
  const length = text.length;
  if (length < 2 || length > 7) return undefined;
  let at = 0;
  let number = 0;
  for (; at < length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    number = number * 10 + digit;
  }
  if (at === 0) return undefined;
  const unit = text.charCodeAt(at);
  if (at === length - 2) return unit === 109 && text.charCodeAt(at + 1) === 115 ? number * 1e6 : undefined;
  if (at !== length - 1) return undefined;
  // s, m, h
  if (unit === 115) return number * 1e9;
  if (unit === 109) return number * 6e10;
  return unit === 104 ? number * 3.6e12 : undefined;
}

const LONG_UNITS: readonly (readonly [RegExp, bigint])[] = [
  [/^(?:ns|nano)/, 1n],
  [/^(?:us$|µs$|micro)/, 1_000n],
  [/^(?:ms$|milli)/, 1_000_000n],
  [/^(?:s$|sec)/, 1_000_000_000n],
  [/^(?:m$|min)/, 60_000_000_000n],
  [/^(?:h$|hr$|hour)/, 3_600_000_000_000n],
  [/^(?:d$|day)/, 86_400_000_000_000n],
  [/^(?:w$|wk$|week)/, 604_800_000_000_000n],
];

/** The format `duration` of a schema: Go's notation, or words such as `2 days` anywhere in the text. */
export function parseLenientDuration(text: string): Duration {
  const strict = parseDuration(text);
  if (strict !== undefined) return new Duration(strict);
  let found = false;
  let nanos = 0n;
  for (const [, count = '', word = ''] of text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g)) {
    if (BigInt(count) >= 2n ** 63n) throw new CelError(`Invalid duration ${text}`);
    for (const [pattern, scale] of LONG_UNITS) {
      if (!pattern.test(word.toLowerCase()) || (scale === 1n && /^ns./i.test(word))) continue;
      found = true;
      nanos += BigInt(count) * scale;
    }
  }
  if (!found) throw new CelError(`Invalid duration ${text}`);
  return new Duration(toInt(BigInt.asIntN(64, nanos)));
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?([Zz]|[+-]\d{2}:\d{2})?$/;

/** Milliseconds of a calendar day, or undefined where there is no such day. */
function dayMillis(text: string): number | undefined {
  const [, year = '', month = '', day = ''] = DATE.exec(text) ?? [];
  if (year === '') return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const same = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return same ? date.getTime() : undefined;
}

/** A day as `2006-01-02`. */
export function parseDate(text: string): Timestamp | undefined {
  const millis = dayMillis(text);
  return millis === undefined ? undefined : new Timestamp(toNanos(millis));
}

/** A time as RFC 3339 writes it; without a zone it counts as UTC, as Kubernetes' format `date-time` takes it. */
export function parseDateTime(text: string): Timestamp | undefined {
  const [, day = '', hour = '', minute = '', second = '', fraction = '', zone = 'Z'] = DATE_TIME.exec(text) ?? [];
  const millis = dayMillis(day);
  if (millis === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const offset = zoneMinutes(zone);
  if (offset === undefined) return undefined;
  const seconds = (Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second);
  const nanos = BigInt(fraction.padEnd(9, '0').slice(0, 9));
  return new Timestamp(shrink(BigInt(millis + seconds * 1000) * 1_000_000n + nanos));
}

/** Minutes east of UTC of `Z`, `+02:00` or `-05:30`. */
export function zoneMinutes(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const [, sign, hours = '', minutes = ''] = /^([+-])(\d{2}):(\d{2})$/.exec(zone) ?? [];
  if (Number(hours) > 24 || Number(minutes) > 59 || sign === undefined) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function toNanos(millis: number): Int {
  return shrink(BigInt(millis) * 1_000_000n);
}

/** Milliseconds since 1970 of a timestamp, rounded down. */
export function epochMillis(time: Timestamp): number {
  const nanos = BigInt(time.nanos);
  const millis = nanos / 1_000_000n;
  return Number(nanos < 0n && nanos % 1_000_000n !== 0n ? millis - 1n : millis);
}

/** Bytes of a base64 text of a field of format `byte`. */
export function parseBytes(text: string): Uint8Array {
  if (!/^[A-Za-z0-9_+/-]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new CelError(`Invalid byte formatted string ${text}`);
  }
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

/** As CEL prints a timestamp. */
export function timestampText(time: Timestamp): string {
  const base = new Date(epochMillis(time)).toISOString().slice(0, 19);
  const nanos = ((BigInt(time.nanos) % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const fraction = nanos === 0n ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  return `${base}${fraction}Z`;
}

/** As CEL prints a duration: seconds, with a fraction where there is one. */
export function durationText(duration: Duration): string {
  const nanos = BigInt(duration.nanos);
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = size % 1_000_000_000n;
  const tail = fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
  return `${nanos < 0n ? '-' : ''}${size / 1_000_000_000n}${tail}s`;
}
