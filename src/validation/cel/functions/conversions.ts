import { durationText, epochMillis, parseDateTime, parseDuration, timestampText } from '../time';
import { CelError, Double, Duration, isBmp, mapKeys, shrink, Timestamp, toInt, toUint, TypeValue, typeNameOf } from '../values';
import type { Int, MapValue, Value , Uint } from '../values';
import { fn } from './overload';
import type { FunctionEntry } from './overload';

const same = (value: Value): Value => value;

/** Conversions between types, and size(). */
export const CONVERSIONS: readonly FunctionEntry[] = [
  fn('dyn(A): dyn', same),
  fn('type(A): type', (value: Value) => new TypeValue(typeNameOf(value))),
  fn('size(string): int', stringSize),
  fn('.size(string): int', stringSize),
  fn('size(bytes): int', (value: Uint8Array) => value.length),
  fn('.size(bytes): int', (value: Uint8Array) => value.length),
  fn('size(list<A>): int', (value: readonly Value[]) => value.length),
  fn('.size(list<A>): int', (value: readonly Value[]) => value.length),
  fn('size(map<A, B>): int', (value: MapValue) => mapKeys(value).length),
  fn('.size(map<A, B>): int', (value: MapValue) => mapKeys(value).length),
  fn('bool(bool): bool', same),
  fn('bool(string): bool', parseBool),
  fn('bytes(bytes): bytes', same),
  fn('bytes(string): bytes', (value: string) => Uint8Array.from(Buffer.from(value, 'utf8'))),
  fn('int(int): int', same),
  fn('int(uint): int', (value: Uint) => toInt(value.value)),
  fn('int(double): int', (value: Double) => toInt(wholePart(value.value))),
  fn('int(string): int', (value: string) => toInt(decimal(value, /^[+-]?\d+$/))),
  fn('int(timestamp): int', (value: Timestamp) => Math.floor(epochMillis(value) / 1000)),
  fn('int(duration): int', (value: Duration) => value.nanos),
  fn('uint(uint): uint', same),
  fn('uint(int): uint', (value: Int) => toUint(BigInt(value))),
  fn('uint(double): uint', (value: Double) => toUint(wholePart(value.value))),
  fn('uint(string): uint', (value: string) => toUint(decimal(value, /^\d+$/))),
  fn('double(double): double', same),
  fn('double(int): double', (value: Int) => new Double(Number(value))),
  fn('double(uint): double', (value: Uint) => new Double(Number(value.value))),
  fn('double(string): double', (value: string) => new Double(parseDouble(value))),
  fn('string(string): string', same),
  fn('string(bool): string', (value: boolean) => String(value)),
  fn('string(int): string', (value: Int) => String(value)),
  fn('string(uint): string', (value: Uint) => String(value.value)),
  fn('string(double): string', (value: Double) => doubleText(value.value)),
  fn('string(bytes): string', bytesText),
  fn('string(duration): string', durationText),
  fn('string(timestamp): string', timestampText),
  fn('duration(duration): duration', same),
  fn('duration(string): duration', toDuration),
  fn('duration(int): duration', (value: Int) => new Duration(value)),
  fn('timestamp(timestamp): timestamp', same),
  fn('timestamp(string): timestamp', toTimestamp),
  fn('timestamp(int): timestamp', (value: Int) => new Timestamp(shrink(BigInt(value) * 1_000_000_000n))),
];

/** Length in characters, not in UTF-16 units. */
export function stringSize(text: string): number {
  if (isBmp(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function parseBool(text: string): boolean {
  if (/^(?:1|t|true|TRUE|True)$/.test(text)) return true;
  if (/^(?:0|f|false|FALSE|False)$/.test(text)) return false;
  throw new CelError(`type conversion error from 'string' to 'bool'`);
}

function decimal(text: string, form: RegExp): bigint {
  if (!form.test(text)) throw new CelError(`strconv: parsing "${text}": invalid syntax`);
  return BigInt(text.replace(/^\+/, ''));
}

function wholePart(value: number): bigint {
  if (!Number.isFinite(value)) throw new CelError('integer overflow');
  return BigInt(Math.trunc(value));
}

function parseDouble(text: string): number {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special !== null) return special[2]?.toLowerCase() === 'nan' ? Number.NaN : Number(`${special[1]}Infinity`);
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
    throw new CelError(`strconv.ParseFloat: parsing "${text}": invalid syntax`);
  }
  return Number(text);
}

/** As Go's %g prints a double: with an exponent from a million up. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return plainDecimal(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function plainDecimal(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  if (!text.includes('e')) return text;
  return value.toFixed(20).replace(/0+$/, '');
}

function bytesText(value: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
}

function toDuration(text: string): Duration {
  const nanos = parseDuration(text);
  if (nanos === undefined) throw new CelError(`time: invalid duration "${text}"`);
  return new Duration(nanos);
}

function toTimestamp(text: string): Timestamp {
  const time = /[Zz]$|[+-]\d{2}:\d{2}$/.test(text) ? parseDateTime(text) : undefined;
  if (time === undefined) throw new CelError(`parsing time "${text}": it is not in the form of RFC 3339`);
  return time;
}
