/**
 * CEL values at run time. What a manifest holds is used as it stands, without a copy: strings, booleans, null, lists as
 * arrays, maps and objects as plain objects, and integers as numbers (as bigint beyond 2^53). Only what JSON cannot
 * tell apart has a class of its own.
 */
export type Value =
  | null
  | boolean
  | string
  | Int
  | Double
  | Uint
  | Uint8Array
  | Duration
  | Timestamp
  | TypeValue
  | Optional
  | Opaque
  | ValueMap
  | readonly Value[]
  | { readonly [key: string]: Value };

/** A 64-bit integer: a number where that is exact, else a bigint. */
export type Int = number | bigint;

/** A map that an expression made; keys are `mapKey` of the real ones. */
export type ValueMap = ReadonlyMap<string, { readonly key: Value; readonly value: Value }>;

export class Double {
  public constructor(public readonly value: number) {}
}

export class Uint {
  public constructor(public readonly value: bigint) {}
}

/** A span of time in nanoseconds. */
export class Duration {
  public constructor(public readonly nanos: Int) {}
}

/** A point in time, in nanoseconds since 1970. */
export class Timestamp {
  public constructor(public readonly nanos: Int) {}
}

/** What `type(x)` gives. */
export class TypeValue {
  public constructor(public readonly name: string) {}
}

export class Optional {
  public static readonly none = new Optional(undefined);

  public constructor(public readonly value: Value | undefined) {}
}

/** A value of one of Kubernetes' own types: URL, IP, CIDR, quantity, semver, format. */
export abstract class Opaque {
  public abstract readonly typeName: string;
  public abstract equals(other: Opaque): boolean;
}

/** An evaluation that gives no value: `&&`, `||` and the quantifiers may absorb it, anything else passes it on. */
export class CelError extends Error {}

/**
 * An evaluation that a value known only at deployment keeps from giving a value. It goes the way of an error, but wins over
 * one wherever both meet in `&&`, `||` or a quantifier.
 */
export class CelUnknown extends Error {
  public constructor(public readonly description: string) {
    super(description);
  }
}

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);
const MAX_UINT = 2n ** 64n - 1n;

/** The smallest form of an integer, or an overflow error. */
export function toInt(value: bigint): Int {
  if (value > MAX_INT || value < MIN_INT) throw new CelError('integer overflow');
  return shrink(value);
}

/** The smallest form of an integer of any size. */
export function shrink(value: bigint): Int {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

export function toUint(value: bigint): Uint {
  if (value < 0n || value > MAX_UINT) throw new CelError('unsigned integer overflow');
  return new Uint(value);
}

export function isInt(value: Value): value is Int {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** Name of the CEL type of a value, without type arguments. */
export function typeNameOf(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
    case 'bigint':
      return 'int';
    default:
      return objectTypeName(value);
  }
}

function objectTypeName(value: Exclude<Value, string | boolean | Int>): string {
  if (value === null) return 'null_type';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Double) return 'double';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof Opaque) return value.typeName;
  return 'map';
}

/** The number behind any of the three numeric types, for comparison only; undefined for other values. */
export function numeric(value: Value): Int | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (value instanceof Double || value instanceof Uint) return value.value;
  return undefined;
}

/** CEL equality: numbers across types by value, lists and maps by content, anything else only within its type. */
export function equals(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a === 'string' || typeof a === 'boolean' || a === null || b === null) return false;
  const left = numeric(a);
  if (left !== undefined) {
    const right = numeric(b);
    // eslint-disable-next-line eqeqeq -- a number and a bigint are equal by value only under ==
    return right !== undefined && left == right;
  }
  if (Array.isArray(a)) return Array.isArray(b) && listsEqual(a as readonly Value[], b as readonly Value[]);
  const type = typeNameOf(a);
  if (type !== typeNameOf(b)) return false;
  return type === 'map' ? mapsEqual(a as MapValue, b as MapValue) : specialEqual(a, b);
}

function listsEqual(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, index) => equals(item, b[index] as Value));
}

function mapsEqual(a: MapValue, b: MapValue): boolean {
  const keys = mapKeys(a);
  if (keys.length !== mapKeys(b).length) return false;
  return keys.every((key) => {
    const other = mapGet(b, key);
    return other !== undefined && equals(mapGet(a, key) as Value, other);
  });
}

function specialEqual(a: Value, b: Value): boolean {
  // eslint-disable-next-line eqeqeq -- as above
  if (a instanceof Duration || a instanceof Timestamp) return a.nanos == (b as Duration | Timestamp).nanos;
  if (a instanceof TypeValue) return a.name === (b as TypeValue).name;
  if (a instanceof Opaque) return a.equals(b as Opaque);
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array) === 0;
  if (a instanceof Optional) {
    const other = (b as Optional).value;
    return a.value === undefined || other === undefined ? a.value === other : equals(a.value, other);
  }
  return false;
}

/** A map or object value, from data or made by an expression. */
export type MapValue = ValueMap | { readonly [key: string]: Value };

export function isMapValue(value: Value): value is MapValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && typeNameOf(value) === 'map';
}

/** Text under which a key stands in a `ValueMap`: equal keys have equal texts. */
export function mapKey(key: Value): string {
  const number = numeric(key);
  if (number !== undefined) return `n${number}`;
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'boolean') return `b${key}`;
  throw new CelError(`unsupported key type: ${typeNameOf(key)}`);
}

export function mapGet(map: MapValue, key: Value): Value | undefined {
  if (map instanceof Map) return (map as ValueMap).get(mapKey(key))?.value;
  const data = map as { readonly [key: string]: Value };
  return typeof key === 'string' && Object.hasOwn(data, key) ? data[key] : undefined;
}

export function mapKeys(map: MapValue): readonly Value[] {
  if (map instanceof Map) return [...(map as ValueMap).values()].map((entry) => entry.key);
  const data = map as { readonly [key: string]: Value };
  return Object.keys(data).filter((key) => data[key] !== undefined);
}

/** A map of the given entries; of two with the same key the last one counts. */
export function makeMap(entries: readonly (readonly [Value, Value])[]): ValueMap {
  return new Map(entries.map(([key, value]) => [mapKey(key), { key, value }] as const));
}

/** -1, 0 or 1; undefined where the two have no order. */
export function compare(a: Value, b: Value): number | undefined {
  const left = orderKey(a);
  const right = orderKey(b);
  if (left === undefined || right === undefined) return undefined;
  if (typeof left === 'string' || typeof right === 'string') {
    return typeof left === typeof right ? compareStrings(left as string, right as string) : undefined;
  }
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

function orderKey(value: Value): Int | string | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return value;
  if (value instanceof Duration || value instanceof Timestamp) return value.nanos;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  return numeric(value);
}

/** Go orders strings by their UTF-8 bytes, which is the order of code points and not that of UTF-16 units. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  if (isBmp(a) && isBmp(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** True where every character is one UTF-16 unit, so that positions of both kinds are the same. */
export function isBmp(text: string): boolean {
  return !/[\ud800-\udfff]/.test(text);
}
