import type { MeshError } from '../errors/mesh-error';
import { MANIFEST_VALUE } from './manifest-value';
import { describeValue, refusal } from './refusal';
import type { ValuePlace } from './refusal';
import { requireKnown } from './unknown';
import type { Known } from './unknown';

const BRAND = Symbol.for('mesh-constructs.Duration');

/** Nanoseconds in each unit of Go's durations; both signs for micro are taken. */
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const PART = /([0-9]+)?(?:\.([0-9]*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;
/** Go counts nanoseconds in 64 bits: about 292 years. */
const LONGEST = 2n ** 63n - 1n;
/** Longer texts are no durations; numbers of so many digits would only cost time. */
const LONGEST_TEXT = 100;
/** What the Gateway API allows of each unit. */
const GATEWAY_API_MOST = 99_999n;

/** What a field allows of a duration. */
export interface DurationLimits {
  /**
   * The shortest duration that the field takes.
   * @default - zero is fine
   */
  readonly atLeast?: Duration;
  /**
   * The longest duration that the field takes.
   * @default - no limit
   */
  readonly atMost?: Duration;
  /**
   * The field takes multiples of this only.
   * @default - any
   */
  readonly multipleOf?: Duration;
}

/**
 * A length of time; never negative, in steps of a nanosecond, 292 years at most, as in Go.
 *
 * @see https://pkg.go.dev/time#ParseDuration
 */
export class Duration {
  public static readonly zero = new Duration(0n);

  public static hours(value: Known<number>, place: ValuePlace = {}): Duration {
    return fromNumber(value, 'h', place);
  }

  public static minutes(value: Known<number>, place: ValuePlace = {}): Duration {
    return fromNumber(value, 'm', place);
  }

  public static seconds(value: Known<number>, place: ValuePlace = {}): Duration {
    return fromNumber(value, 's', place);
  }

  public static millis(value: Known<number>, place: ValuePlace = {}): Duration {
    return fromNumber(value, 'ms', place);
  }

  /**
   * Reads what Go and Istio read: numbers with units from `h` to `ns`, such as `1h30m`, `1.5s` or `250ms`.
   *
   * @throws MeshError when it is no such text, is negative, or is outside the limits.
   */
  public static parse(text: Known<string>, limits: DurationLimits & ValuePlace = {}): Duration {
    requireKnown<unknown>(text, { ...limits, property: limits.property ?? 'duration' });
    const nanos = typeof text === 'string' ? parseNanos(text) : undefined;
    if (nanos === undefined) throw badDuration(limits, text, fixFor(text));
    return requireWithin(new Duration(nanos), limits);
  }

  /** What a prop of type `Duration | string` was given, as a Duration within the limits. */
  public static of(value: Duration | Known<string>, limits: DurationLimits & ValuePlace = {}): Duration {
    return Duration.isDuration(value) ? requireWithin(value, limits) : Duration.parse(value, limits);
  }

  /** True for a Duration of any copy of this library. */
  public static isDuration(value: unknown): value is Duration {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** Shorter ones first. */
  public static compare(this: void, a: Duration, b: Duration): number {
    return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  }

  /** @internal */
  public static ofNanos(nanos: bigint): Duration {
    return new Duration(nanos);
  }

  /** As Istio reads it, e.g. `1h30m`; one length of time has one such text. */
  public readonly value: string;

  private constructor(
    /** @internal */
    public readonly nanos: bigint,
  ) {
    this.value = formatGo(nanos);
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }

  /** With a fraction where there are microseconds. */
  public toMillis(): number {
    return Number(this.nanos) / 1e6;
  }

  /** With a fraction where there are milliseconds. */
  public toSeconds(): number {
    return Number(this.nanos) / 1e9;
  }

  public equals(other: Duration): boolean {
    return this.nanos === other.nanos;
  }

  public isShorterThan(other: Duration): boolean {
    return this.nanos < other.nanos;
  }

  public isLongerThan(other: Duration): boolean {
    return this.nanos > other.nanos;
  }

  /** E.g. `5s`, `250ms`, `1h30m`, `1.5s`. */
  public toString(): string {
    return this.value;
  }

  /** In a manifest it stands as Istio reads it. @internal */
  public [MANIFEST_VALUE](): string {
    return this.value;
  }

  /**
   * As the Gateway API reads it: whole numbers of five digits at most, of h, m, s and ms.
   *
   * @see https://gateway-api.sigs.k8s.io/geps/gep-2257/
   * @throws MeshError when it is finer than a millisecond, or 100,000 hours or more.
   */
  public toGatewayApi(place: ValuePlace = {}): string {
    const [hours, minutes, seconds, rest] = split(this.nanos);
    if (rest % (UNITS['ms'] as bigint) === 0n && hours <= GATEWAY_API_MOST) {
      return joinUnits([[hours, 'h'], [minutes, 'm'], [seconds, 's'], [rest / (UNITS['ms'] as bigint), 'ms']]);
    }
    throw refusal(place, 'duration', {
      code: 'bad-duration',
      got: this.value,
      expected: 'whole milliseconds, less than 100000h: more the Gateway API cannot say',
      fix: hours > GATEWAY_API_MOST ? 'take a shorter duration' : 'round it to milliseconds',
    });
  }
}

/**
 * What istiod takes in nearly every field: at least a millisecond, and nothing finer.
 *
 * A timeout of zero, where it means none, is the exception.
 */
export const ISTIO_DURATION: DurationLimits = Object.freeze({ atLeast: Duration.millis(1), multipleOf: Duration.millis(1) });

function fromNumber(value: number, unit: string, place: ValuePlace): Duration {
  requireKnown<unknown>(value, { ...place, property: place.property ?? 'duration' });
  const nanos = typeof value === 'number' && Number.isFinite(value) && value >= 0 ? parseNumber(value, unit) : undefined;
  if (nanos === undefined) throw badDuration(place, value, `give a number of ${NAMES[unit]}, e.g. 5`);
  return Duration.ofNanos(nanos);
}

const NAMES: Readonly<Record<string, string>> = { h: 'hours', m: 'minutes', s: 'seconds', ms: 'milliseconds' };

/** Decimal digits, so that 0.1 seconds are a hundred milliseconds exactly. */
function parseNumber(value: number, unit: string): bigint | undefined {
  const text = String(value);
  return parseNanos(`${text.includes('e') ? value.toFixed(20) : text}${unit}`);
}

function parseNanos(text: string): bigint | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const unsigned = text.startsWith('+') ? text.slice(1) : text;
  if (unsigned === '0') return 0n;
  let nanos = 0n;
  let at = 0;
  while (at < unsigned.length) {
    PART.lastIndex = at;
    const part = PART.exec(unsigned);
    const length = part === null ? undefined : partNanos(part);
    if (length === undefined) return undefined;
    nanos += length;
    at = PART.lastIndex;
  }
  return at === 0 || nanos > LONGEST ? undefined : nanos;
}

function partNanos([, whole, fraction = '', unit = '']: RegExpExecArray): bigint | undefined {
  if (whole === undefined && fraction === '') return undefined;
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(`${whole ?? ''}${fraction}`) * (UNITS[unit] as bigint);
  // Go cuts off what is finer than a nanosecond, which nobody means
  return scaled % scale === 0n ? scaled / scale : undefined;
}

function requireWithin(duration: Duration, limits: DurationLimits & ValuePlace): Duration {
  const { atLeast, atMost, multipleOf } = limits;
  if (atLeast?.isLongerThan(duration) === true) throw outside(duration, limits, `${atLeast} or more`, `${atLeast}`);
  if (atMost?.isShorterThan(duration) === true) throw outside(duration, limits, `${atMost} or less`, `${atMost}`);
  if (multipleOf !== undefined && duration.nanos % multipleOf.nanos !== 0n) {
    const rounded = Duration.ofNanos((duration.nanos / multipleOf.nanos + 1n) * multipleOf.nanos);
    throw outside(duration, limits, `a multiple of ${multipleOf}`, `${rounded}`);
  }
  return duration;
}

function outside(duration: Duration, place: ValuePlace, expected: string, nearest: string): MeshError {
  const what = { code: 'bad-duration', got: duration.value, expected, fix: `the nearest that is allowed is ${nearest}` };
  return refusal(place, 'duration', what);
}

function badDuration(place: ValuePlace, value: unknown, fix: string): MeshError {
  const expected = 'a duration from 0s to 292 years, not finer than 1ns, such as 5s, 250ms or 1h30m';
  return refusal(place, 'duration', { code: 'bad-duration', got: describeValue(value), expected, fix });
}

function fixFor(value: unknown): string {
  if (typeof value === 'number') return `say of what: Duration.seconds(${value}), or "${value}s"`;
  if (typeof value !== 'string') return 'write it as Duration.seconds(5), or as text such as "5s"';
  if (/^[0-9]{1,9}$/.test(value)) return `a unit is missing: did you mean "${value}s"?`;
  if (/^[0-9]{1,6} ?d(ays?)?$/i.test(value)) return `there is no unit for days: write "${Number.parseInt(value, 10) * 24}h"`;
  if (value.startsWith('-')) return 'a duration cannot be negative';
  const compact = value.replaceAll(' ', '').toLowerCase();
  if (compact !== value && parseNanos(compact) !== undefined) return `did you mean "${compact}"?`;
  return 'the units are h, m, s, ms, us and ns, each after its number';
}

function split(nanos: bigint): [bigint, bigint, bigint, bigint] {
  const { h, m, s } = UNITS as { h: bigint; m: bigint; s: bigint };
  return [nanos / h, (nanos % h) / m, (nanos % m) / s, nanos % s];
}

/** Like Go's own, without the parts that are zero, and with `us` in letters that every reader takes. */
function formatGo(nanos: bigint): string {
  const [hours, minutes, seconds, rest] = split(nanos);
  const head = joinUnits([[hours, 'h'], [minutes, 'm']], '');
  if (seconds === 0n && rest === 0n) return head === '' ? '0s' : head;
  const unit = seconds > 0n ? 's' : ['ms', 'us', 'ns'].find((each) => rest >= (UNITS[each] as bigint));
  const scale = UNITS[unit ?? 'ns'] as bigint;
  const total = seconds * (UNITS['s'] as bigint) + rest;
  const digits = String(scale).length - 1;
  const fraction = String(total % scale).padStart(digits, '0').slice(0, digits).replace(/0+$/, '');
  return `${head}${total / scale}${fraction === '' ? '' : `.${fraction}`}${unit}`;
}

function joinUnits(parts: readonly (readonly [bigint, string])[], whenZero = '0s'): string {
  const text = parts.map(([count, unit]) => (count === 0n ? '' : `${count}${unit}`)).join('');
  return text === '' ? whenZero : text;
}
