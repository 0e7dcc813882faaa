import { CelError, Double, Duration, isMapValue, mapKeys, Optional, Uint } from '../values';
import type { Value } from '../values';
import { fn } from './overload';
import type { FunctionEntry } from './overload';

/** Functions of optional values; `or` and `orValue` are macros, since they may leave their argument out. */
export const OPTIONALS: readonly FunctionEntry[] = [
  fn('optional.of(A): optional<A>', (value: Value) => new Optional(value)),
  fn('optional.none(): optional<A>', () => Optional.none),
  fn('optional.ofNonZeroValue(A): optional<A>', (value: Value) => (isZero(value) ? Optional.none : new Optional(value))),
  fn('.hasValue(optional<A>): bool', (value: Optional) => value.value !== undefined),
  fn('.value(optional<A>): A', (value: Optional) => {
    if (value.value === undefined) throw new CelError('optional.none() dereference');
    return value.value;
  }),
  fn('.first(list<A>): optional<A>', (list: readonly Value[]) => (list.length === 0 ? Optional.none : new Optional(list[0]))),
  fn('.last(list<A>): optional<A>', (list: readonly Value[]) => (list.length === 0 ? Optional.none : new Optional(list.at(-1)))),
  fn('optional.unwrap(list<optional<A>>): list<A>', unwrap),
  fn('.unwrapOpt(list<optional<A>>): list<A>', unwrap),
];

function unwrap(list: readonly Optional[]): Value {
  return list.flatMap((item) => (item.value === undefined ? [] : [item.value]));
}

function isZero(value: Value): boolean {
  if (value === null || value === false || value === '' || value === 0) return true;
  if (value instanceof Double || value instanceof Uint) return Number(value.value) === 0;
  if (value instanceof Duration) return Number(value.nanos) === 0;
  if (value instanceof Uint8Array || Array.isArray(value)) return value.length === 0;
  return isMapValue(value) && mapKeys(value).length === 0;
}
