import { CelError, Double, Duration, equals, shrink, Timestamp, toInt, toUint } from '../values';
import type { Int, Value , Uint } from '../values';
import { fn } from './overload';
import type { FunctionEntry } from './overload';

/** The operators + - * / % and the unary minus, by type. */
export const ARITHMETIC: readonly FunctionEntry[] = [
  fn('_+_(int, int): int', (a: Int, b: Int) => arithmetic(a, b, (x, y) => x + y, (x, y) => x + y)),
  fn('_-_(int, int): int', (a: Int, b: Int) => arithmetic(a, b, (x, y) => x - y, (x, y) => x - y)),
  fn('_*_(int, int): int', (a: Int, b: Int) => arithmetic(a, b, (x, y) => x * y, (x, y) => x * y)),
  fn('_/_(int, int): int', (a: Int, b: Int) => toInt(BigInt(a) / divisor(BigInt(b), 'division'))),
  fn('_%_(int, int): int', (a: Int, b: Int) => toInt(BigInt(a) % divisor(BigInt(b), 'modulus'))),
  fn('_+_(uint, uint): uint', (a: Uint, b: Uint) => toUint(a.value + b.value)),
  fn('_-_(uint, uint): uint', (a: Uint, b: Uint) => toUint(a.value - b.value)),
  fn('_*_(uint, uint): uint', (a: Uint, b: Uint) => toUint(a.value * b.value)),
  fn('_/_(uint, uint): uint', (a: Uint, b: Uint) => toUint(a.value / divisor(b.value, 'division'))),
  fn('_%_(uint, uint): uint', (a: Uint, b: Uint) => toUint(a.value % divisor(b.value, 'modulus'))),
  fn('_+_(double, double): double', (a: Double, b: Double) => new Double(a.value + b.value)),
  fn('_-_(double, double): double', (a: Double, b: Double) => new Double(a.value - b.value)),
  fn('_*_(double, double): double', (a: Double, b: Double) => new Double(a.value * b.value)),
  fn('_/_(double, double): double', (a: Double, b: Double) => new Double(a.value / b.value)),
  fn('_+_(string, string): string', (a: string, b: string) => a + b),
  fn('_+_(bytes, bytes): bytes', (a: Uint8Array, b: Uint8Array) => Uint8Array.from([...a, ...b])),
  fn('_+_(list<A>, list<A>): list<A>', (a: readonly Value[], b: readonly Value[]) => [...a, ...b]),
  fn('_+_(duration, duration): duration', (a: Duration, b: Duration) => new Duration(toInt(BigInt(a.nanos) + BigInt(b.nanos)))),
  fn('_-_(duration, duration): duration', (a: Duration, b: Duration) => new Duration(toInt(BigInt(a.nanos) - BigInt(b.nanos)))),
  fn('_+_(timestamp, duration): timestamp', (a: Timestamp, b: Duration) => shift(a, BigInt(b.nanos))),
  fn('_+_(duration, timestamp): timestamp', (a: Duration, b: Timestamp) => shift(b, BigInt(a.nanos))),
  fn('_-_(timestamp, duration): timestamp', (a: Timestamp, b: Duration) => shift(a, -BigInt(b.nanos))),
  fn('_-_(timestamp, timestamp): duration', (a: Timestamp, b: Timestamp) => new Duration(toInt(BigInt(a.nanos) - BigInt(b.nanos)))),
  fn('-_(int): int', (a: Int) => toInt(-BigInt(a))),
  fn('-_(double): double', (a: Double) => new Double(-a.value)),
  // sets.*: lists whose order and repetitions do not count
  fn('sets.contains(list<A>, list<A>): bool', (a: readonly Value[], b: readonly Value[]) => containsAll(a, b)),
  fn('sets.equivalent(list<A>, list<A>): bool', (a: readonly Value[], b: readonly Value[]) => containsAll(a, b) && containsAll(b, a)),
  fn('sets.intersects(list<A>, list<A>): bool', (a: readonly Value[], b: readonly Value[]) => a.some((x) => b.some((y) => equals(x, y)))),
];

function arithmetic(a: Int, b: Int, fast: (a: number, b: number) => number, exact: (a: bigint, b: bigint) => bigint): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const result = fast(a, b);
    // adding zero turns -0, which no integer is, into 0
    if (Number.isSafeInteger(result)) return result + 0;
  }
  return toInt(exact(BigInt(a), BigInt(b)));
}

function divisor(value: bigint, what: string): bigint {
  if (value === 0n) throw new CelError(`${what} by zero`);
  return value;
}

const FIRST = -62_135_596_800_000_000_000n;
const LAST = 253_402_300_799_999_999_999n;

function shift(time: Timestamp, nanos: bigint): Timestamp {
  const result = BigInt(time.nanos) + nanos;
  if (result < FIRST || result > LAST) throw new CelError('timestamp overflow');
  return new Timestamp(shrink(result));
}

function containsAll(all: readonly Value[], wanted: readonly Value[]): boolean {
  return wanted.every((item) => all.some((other) => equals(item, other)));
}
