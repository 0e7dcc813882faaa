import { CompileError } from './node';
import { unescapeName } from './schema-types';
import type { Env, Node } from './node';
import { BOOL, DYN, optionalOf, typeText } from './types';
import type { CelType, ObjectType } from './types';
import { CelError, isInt, isMapValue, mapGet, numeric, Optional } from './values';
import type { MapValue, Value } from './values';

type Run = (env: Env) => Value;
type Data = { readonly [key: string]: Value };

/** `operand.field` and `operand.?field`. */
export function compileSelect(operand: Node, field: string, optional: boolean): Node {
  const { type } = operand;
  if (type.kind === 'optional') return selectOptional(operand, type.elem, field);
  const lookup = fieldLookup(type, field);
  if (optional) {
    const { run } = operand;
    return { type: optionalOf(lookup.type), run: (env) => toOptional(lookup.get(run(env))) };
  }
  return { type: lookup.type, run: strictGet(operand.run, lookup.get, field) };
}

function strictGet(run: Run, get: Get, field: string): Run {
  return (env) => {
    const value = get(run(env));
    if (value === undefined) throw new CelError(`no such key: ${field}`);
    return value;
  };
}

/** After `.?` the rest of the chain is optional too. */
function selectOptional(operand: Node, elem: CelType, field: string): Node {
  const { type, get } = fieldLookup(elem, field);
  const { run } = operand;
  return {
    type: optionalOf(type),
    run: (env) => {
      const base = run(env) as Optional;
      return base.value === undefined ? Optional.none : toOptional(get(base.value));
    },
  };
}

/** `has(operand.field)`: an operand that is not there is an error, a field that is not there is false. */
export function compileHas(operand: Node, field: string): Node {
  const { run, type } = operand;
  if (type.kind === 'optional') {
    const { get } = fieldLookup(type.elem, field);
    return {
      type: BOOL,
      run: (env) => {
        const base = run(env) as Optional;
        return base.value !== undefined && get(base.value) !== undefined;
      },
    };
  }
  const { get } = fieldLookup(type, field);
  return { type: BOOL, run: (env) => get(run(env)) !== undefined };
}

type Get = (value: Value) => Value | undefined;

function fieldLookup(type: CelType, field: string): { readonly type: CelType; readonly get: Get } {
  switch (type.kind) {
    case 'object':
      return objectField(type, field);
    case 'map':
      return { type: type.value, get: (value) => mapGet(value as MapValue, field) };
    case 'dyn':
    case 'param':
      return { type: DYN, get: (value) => dynamicGet(value, field) ?? dynamicGet(value, unescapeName(field)) };
    default:
      throw new CompileError(`type '${typeText(type)}' does not support field selection`);
  }
}

/** A null field of an object counts as absent; that of a map does not. */
function objectField(type: ObjectType, name: string): { readonly type: CelType; readonly get: Get } {
  const field = type.fields.get(name);
  if (field === undefined) throw new CompileError(`undefined field '${name}'`);
  const { key } = field;
  // a manifest's object inherits `constructor` and the like, which are no fields of it
  if (key in Object.prototype) {
    return { type: field.type, get: (value) => (Object.hasOwn(value as Data, key) ? ((value as Data)[key] ?? undefined) : undefined) };
  }
  return { type: field.type, get: (value) => (value as Data)[key] ?? undefined };
}

function dynamicGet(value: Value, key: Value): Value | undefined {
  if (isMapValue(value)) return mapGet(value, key);
  throw new CelError('no such overload');
}

function toOptional(value: Value | undefined): Optional {
  return value === undefined ? Optional.none : new Optional(value);
}

/** `operand[index]` and `operand[?index]`. */
export function compileIndex(operand: Node, index: Node, optional: boolean): Node {
  const inOptional = operand.type.kind === 'optional';
  const base = operand.type.kind === 'optional' ? operand.type.elem : operand.type;
  const { type, get } = indexLookup(base, index.type);
  const { run } = operand;
  const at = index.run;
  if (inOptional) {
    return {
      type: optionalOf(type),
      run: (env) => {
        const outer = run(env) as Optional;
        return outer.value === undefined ? Optional.none : toOptional(get(outer.value, at(env)));
      },
    };
  }
  if (optional) return { type: optionalOf(type), run: (env) => toOptional(get(run(env), at(env))) };
  return {
    type,
    run: (env) => {
      const container = run(env);
      const key = at(env);
      const value = get(container, key);
      if (value !== undefined) return value;
      throw new CelError(Array.isArray(container) ? `index out of bounds: ${String(key)}` : `no such key: ${String(key)}`);
    },
  };
}

interface IndexLookup {
  readonly type: CelType;
  readonly get: (container: Value, key: Value) => Value | undefined;
}

function indexLookup(base: CelType, index: CelType): IndexLookup {
  const isDynamic = index.kind === 'dyn' || index.kind === 'param';
  switch (base.kind) {
    case 'list':
      if (!isDynamic && index.kind !== 'int') break;
      return { type: base.elem, get: listItem };
    case 'map':
      if (!isDynamic && base.key.kind !== 'dyn' && base.key.kind !== 'param' && index.kind !== base.key.kind) break;
      return { type: base.value, get: (container, key) => mapGet(container as MapValue, key) };
    case 'dyn':
    case 'param':
      return { type: DYN, get: (container, key) => (Array.isArray(container) ? listItem(container, key) : dynamicGet(container, key)) };
    default:
      break;
  }
  throw new CompileError(`no overload of [] for ${typeText(base)} and ${typeText(index)}`);
}

function listItem(container: Value, key: Value): Value | undefined {
  const list = container as readonly Value[];
  if (isInt(key)) return list[Number(key)];
  const number = numeric(key);
  if (number === undefined || !Number.isInteger(Number(number))) throw new CelError('unsupported index type in list');
  return list[Number(number)];
}
