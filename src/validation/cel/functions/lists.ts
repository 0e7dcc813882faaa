import { CelError, compare, Double, Duration, equals, shrink, toInt, toUint } from '../values';
import type { Int, Value , Uint } from '../values';
import { fn } from './overload';
import type { FunctionEntry } from './overload';

type List = readonly Value[];

const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'] as const;

/** Kubernetes' list functions and version 3 of CEL's list extension. */
export const LISTS: readonly FunctionEntry[] = [
  ...COMPARABLE.flatMap((type) => [
    fn(`.isSorted(list<${type}>): bool`, isSorted),
    fn(`.min(list<${type}>): ${type}`, (list: List) => extreme(list, -1)),
    fn(`.max(list<${type}>): ${type}`, (list: List) => extreme(list, 1)),
    fn(`.sort(list<${type}>): list<${type}>`, (list: List) => [...list].sort(order)),
  ]),
  fn('.sum(list<int>): int', (list: List) => toInt(list.reduce<bigint>((sum, item) => sum + BigInt(item as Int), 0n))),
  fn('.sum(list<uint>): uint', (list: List) => toUint(list.reduce<bigint>((sum, item) => sum + (item as Uint).value, 0n))),
  fn('.sum(list<double>): double', (list: List) => new Double(list.reduce<number>((sum, item) => sum + (item as Double).value, 0))),
  fn('.sum(list<duration>): duration', sumDurations),
  fn('.indexOf(list<A>, A): int', (list: List, item: Value) => list.findIndex((other) => equals(other, item))),
  fn('.lastIndexOf(list<A>, A): int', (list: List, item: Value) => list.findLastIndex((other) => equals(other, item))),
  fn('.slice(list<A>, int, int): list<A>', slice),
  fn('.flatten(list<list<A>>): list<A>', (list: List) => list.flat()),
  fn('.flatten(list<dyn>, int): list<dyn>', flatten),
  fn('.reverse(list<A>): list<A>', (list: List) => [...list].reverse()),
  fn('.distinct(list<A>): list<A>', (list: List) => list.filter((item, at) => list.findIndex((other) => equals(other, item)) === at)),
  fn('lists.range(int): list<int>', (count: Int) => Array.from({ length: Math.max(0, Number(count)) }, (_, index) => index)),
];

function order(a: Value, b: Value): number {
  const result = compare(a, b);
  if (result === undefined) throw new CelError('no such overload');
  return result;
}

function isSorted(list: List): boolean {
  return list.every((item, at) => at === 0 || order(list[at - 1] as Value, item) <= 0);
}

function extreme(list: List, sign: 1 | -1): Value {
  const [first, ...rest] = list;
  if (first === undefined) throw new CelError(`${sign > 0 ? 'max' : 'min'} called on empty list`);
  return rest.reduce<Value>((best, item) => (order(item, best) * sign > 0 ? item : best), first);
}

function sumDurations(list: List): Duration {
  const nanos = list.reduce<bigint>((sum, item) => sum + BigInt((item as Duration).nanos), 0n);
  return new Duration(toInt(BigInt(shrink(nanos))));
}

function slice(list: List, start: Int, end: Int): List {
  const from = Number(start);
  const to = Number(end);
  if (from < 0 || to < 0 || from > to || to > list.length) {
    throw new CelError(`cannot slice(${from}, ${to}), list is length ${list.length}`);
  }
  return list.slice(from, to);
}

function flatten(list: List, depth: Int): List {
  if (Number(depth) < 0) throw new CelError('level must be non-negative');
  return (list as readonly unknown[]).flat(Number(depth)) as List;
}
