import { dispatch, findOverloads } from './calls';
import { CompileError, isConstant } from './node';
import type { Env, Node } from './node';
import { isInPartial, operand } from './partial';
import type { BinaryOperator } from './syntax';
import { accepts, BOOL, typeText } from './types';
import type { Bindings, CelType, ListType } from './types';
import { CelError, compare, compareStrings, equals, isMapValue, mapGet, mapKeys } from './values';
import type { Int, MapValue, Value } from './values';

type Run = (env: Env) => Value;
type Equal = (a: Value, b: Value) => boolean;

/** A node of a binary operator. */
export function compileBinary(operator: BinaryOperator, left: Node, right: Node, isPartial = false): Node {
  if (!isPartial) return compileOperator(operator, left, right);
  // lists are joined without a look at their items
  if (operator === '+' && left.type.kind === 'list' && left.type.listType === undefined) return compileOperator(operator, left, right);
  const a = operand(left, operator);
  if (operator === 'in' && right.type.kind === 'list') {
    const { type } = compileIn(left, right);
    return { type, run: (env) => isInPartial(a.run(env), right.run(env) as readonly Value[]) };
  }
  // the keys of a map are known
  if (operator === 'in' && right.type.kind === 'map') return compileOperator(operator, a, right);
  return compileOperator(operator, a, operand(right, operator));
}

function compileOperator(operator: BinaryOperator, left: Node, right: Node): Node {
  switch (operator) {
    case '==':
      return { type: BOOL, run: equality(left, right) };
    case '!=': {
      const run = equality(left, right);
      return { type: BOOL, run: (env) => !(run(env) as boolean) };
    }
    case 'in':
      return compileIn(left, right);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { type: BOOL, run: ordering(operator, left, right) };
    case '+':
      if (left.type.kind === 'list' && left.type.listType !== undefined) return union(left.type, left, right);
      return dispatch('_+_', findOverloads('_+_', [left.type, right.type]), [left, right]);
    default:
      return dispatch(`_${operator}_`, findOverloads(`_${operator}_`, [left.type, right.type]), [left, right]);
  }
}

export function compileNegate(operand: Node): Node {
  return dispatch('-_', findOverloads('-_', [operand.type]), [operand]);
}

function equality(left: Node, right: Node): Run {
  const bindings: Bindings = new Map();
  if (!accepts(left.type, right.type, bindings) && !accepts(right.type, left.type, new Map())) {
    throw new CompileError(`no overload of == for ${typeText(left.type)} and ${typeText(right.type)}`);
  }
  const a = left.run;
  const b = right.run;
  const { kind } = left.type;
  if (kind === right.type.kind && (kind === 'string' || kind === 'bool')) return (env) => a(env) === b(env);
  const equal = unorderedEquals(left.type) ?? unorderedEquals(right.type) ?? equals;
  return (env) => equal(a(env), b(env));
}

/**
 * Equality of types that hold lists of type set or map, whose order does not matter; undefined where none is inside.
 * Source: "Validation rules" of the CustomResourceDefinition documentation, on x-kubernetes-list-type.
 */
function unorderedEquals(type: CelType): Equal | undefined {
  switch (type.kind) {
    case 'list':
      return listEquals(type);
    case 'map': {
      const item = unorderedEquals(type.value);
      return item === undefined ? undefined : (a, b) => mapsEqual(a, b, () => item);
    }
    case 'object': {
      const parts = new Map([...type.fields.values()].map((field) => [field.key, unorderedEquals(field.type)] as const));
      if ([...parts.values()].every((part) => part === undefined)) return undefined;
      return (a, b) => mapsEqual(a, b, (key) => parts.get(key) ?? equals);
    }
    default:
      return undefined;
  }
}

function listEquals(type: ListType): Equal | undefined {
  const item = unorderedEquals(type.elem);
  if (type.listType === undefined) return item === undefined ? undefined : (a, b) => inOrder(a, b, item);
  const same = type.listType === 'map' ? byKeys(type.keys ?? []) : equals;
  return (a, b) => inAnyOrder(a as readonly Value[], b as readonly Value[], same, item ?? equals);
}

function byKeys(keys: readonly string[]): Equal {
  return (a, b) => keys.every((key) => equals(mapGet(a as MapValue, key) ?? null, mapGet(b as MapValue, key) ?? null));
}

function inOrder(a: Value, b: Value, item: Equal): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((value, index) => item(value as Value, b[index] as Value));
}

function inAnyOrder(a: readonly Value[], b: readonly Value[], same: Equal, item: Equal): boolean {
  return (
    a.length === b.length &&
    a.every((value) => {
      const partner = b.find((other) => same(value, other));
      return partner !== undefined && item(value, partner);
    })
  );
}

function mapsEqual(a: Value, b: Value, item: (key: string) => Equal): boolean {
  if (!isMapValue(a) || !isMapValue(b)) return false;
  const keys = mapKeys(a);
  if (keys.length !== mapKeys(b).length) return false;
  return keys.every((key) => {
    const other = mapGet(b, key);
    return other !== undefined && item(String(key))(mapGet(a, key) as Value, other);
  });
}

/** Lists of type set and map are joined as such: the items of the right replace those that they stand for. */
function union(type: ListType, left: Node, right: Node): Node {
  if (!accepts(type, right.type, new Map())) {
    throw new CompileError(`no overload of + for ${typeText(type)} and ${typeText(right.type)}`);
  }
  const same = type.listType === 'map' ? byKeys(type.keys ?? []) : equals;
  return {
    type,
    run: (env) => {
      const added = right.run(env) as readonly Value[];
      const kept = (left.run(env) as readonly Value[]).map((item) => added.find((other) => same(item, other)) ?? item);
      const fresh = added.filter((item) => !kept.some((other) => same(item, other)));
      return [...kept, ...fresh];
    },
  };
}

function compileIn(left: Node, right: Node): Node {
  const { type } = right;
  const wanted = type.kind === 'list' ? type.elem : type.kind === 'map' ? type.key : undefined;
  if (wanted === undefined && type.kind !== 'dyn' && type.kind !== 'param') {
    throw new CompileError(`no overload of in for ${typeText(left.type)} and ${typeText(type)}`);
  }
  if (wanted !== undefined && !accepts(wanted, left.type, new Map())) {
    throw new CompileError(`no overload of in for ${typeText(left.type)} and ${typeText(type)}`);
  }
  const item = left.run;
  const container = right.run;
  if (isConstant(right) && left.type.kind === 'string' && Array.isArray(right.constant)) {
    const list = right.constant as readonly Value[];
    return { type: BOOL, run: (env) => list.includes(item(env)) };
  }
  return { type: BOOL, run: (env) => isIn(item(env), container(env)) };
}

function isIn(item: Value, container: Value): boolean {
  if (Array.isArray(container)) return (container as readonly Value[]).some((other) => equals(item, other));
  if (isMapValue(container)) return mapGet(container, item) !== undefined;
  throw new CelError('no such overload');
}

const ORDERED: ReadonlySet<string> = new Set(['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration']);
const NUMBERS: ReadonlySet<string> = new Set(['int', 'uint', 'double']);

function ordering(operator: '<' | '<=' | '>' | '>=', left: Node, right: Node): Run {
  const kinds = [left.type.kind, right.type.kind] as const;
  const isOpen = kinds.some((kind) => kind === 'dyn' || kind === 'param');
  const isSame = kinds[0] === kinds[1] && ORDERED.has(kinds[0]);
  if (!isOpen && !isSame && !kinds.every((kind) => NUMBERS.has(kind))) {
    throw new CompileError(`no overload of ${operator} for ${typeText(left.type)} and ${typeText(right.type)}`);
  }
  const a = left.run;
  const b = right.run;
  if (kinds[0] === 'int' && kinds[1] === 'int') return integerOrdering(operator, a, b);
  const test = ORDER_TESTS[operator];
  if (kinds[0] === 'string' && kinds[1] === 'string') {
    return (env) => test(compareStrings(a(env) as string, b(env) as string));
  }
  return (env) => {
    const order = compare(a(env), b(env));
    if (order === undefined) throw new CelError('no such overload');
    return test(order);
  };
}

function integerOrdering(operator: '<' | '<=' | '>' | '>=', a: Run, b: Run): Run {
  switch (operator) {
    case '<':
      return (env) => (a(env) as Int) < (b(env) as Int);
    case '<=':
      return (env) => (a(env) as Int) <= (b(env) as Int);
    case '>':
      return (env) => (a(env) as Int) > (b(env) as Int);
    case '>=':
      return (env) => (a(env) as Int) >= (b(env) as Int);
  }
}

const ORDER_TESTS: Readonly<Record<'<' | '<=' | '>' | '>=', (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};
