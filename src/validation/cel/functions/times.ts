import { epochMillis, zoneMinutes } from '../time';
import { CelError, toInt } from '../values';
import type { Duration, Int, Timestamp } from '../values';
import { fn } from './overload';
import type { FunctionEntry } from './overload';

/** Parts of a time that has been moved into its zone, so that its UTC parts are the local ones. */
const PARTS: readonly (readonly [string, (local: Date) => number])[] = [
  ['getFullYear', (local) => local.getUTCFullYear()],
  ['getMonth', (local) => local.getUTCMonth()],
  ['getDate', (local) => local.getUTCDate()],
  ['getDayOfMonth', (local) => local.getUTCDate() - 1],
  ['getDayOfWeek', (local) => local.getUTCDay()],
  ['getDayOfYear', dayOfYear],
  ['getHours', (local) => local.getUTCHours()],
  ['getMinutes', (local) => local.getUTCMinutes()],
  ['getSeconds', (local) => local.getUTCSeconds()],
  ['getMilliseconds', (local) => local.getUTCMilliseconds()],
];

/** Getters of timestamps and durations (https://github.com/google/cel-spec/blob/master/doc/langdef.md#datetime). */
export const TIMES: readonly FunctionEntry[] = [
  ...PARTS.flatMap(([name, part]) => [
    fn(`.${name}(timestamp): int`, (time: Timestamp) => part(new Date(epochMillis(time)))),
    fn(`.${name}(timestamp, string): int`, (time: Timestamp, zone: string) => part(inZone(time, zone))),
  ]),
  fn('.getHours(duration): int', (value: Duration) => whole(value.nanos, 3_600_000_000_000n)),
  fn('.getMinutes(duration): int', (value: Duration) => whole(value.nanos, 60_000_000_000n)),
  fn('.getSeconds(duration): int', (value: Duration) => whole(value.nanos, 1_000_000_000n)),
  fn('.getMilliseconds(duration): int', (value: Duration) => whole(value.nanos, 1_000_000n)),
];

function whole(nanos: Int, unit: bigint): Int {
  return toInt(BigInt(nanos) / unit);
}

function dayOfYear(local: Date): number {
  return Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0)) / 86_400_000);
}

function inZone(time: Timestamp, zone: string): Date {
  const millis = epochMillis(time);
  const fixed = zoneMinutes(/^\d/.test(zone) ? `+${zone}` : zone);
  if (fixed !== undefined) return new Date(millis + fixed * 60_000);
  return new Date(millis + namedOffset(millis, zone));
}

/** Milliseconds that a zone such as `Europe/Berlin` is ahead of UTC at a point in time. */
function namedOffset(millis: number, zone: string): number {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    const name = format.formatToParts(millis).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
    return (zoneMinutes(name.replace('GMT', '') || 'Z') ?? 0) * 60_000;
  } catch {
    throw new CelError(`unknown time zone ${zone}`);
  }
}
