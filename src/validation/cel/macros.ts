import { CompileError } from './node';
import type { Env, Node, Scope } from './node';
import type { Expr } from './syntax';
import { BOOL, DYN, INT, join, listOf, mapOf, optionalOf, typeText } from './types';
import type { CelType } from './types';
import { CelError, CelUnknown, compare, isMapValue, makeMap, mapGet, mapKeys, Optional } from './values';
import type { MapValue, Value } from './values';

type Compile = (expr: Expr, scope: Scope) => Node;
type Run = Node['run'];
type CallExpr = Expr & { readonly op: 'call' };

/**
 * Macros of CEL and their forms with two variables (index and item, key and value).
 * Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#macros and the "Two-variable comprehensions"
 * of https://kubernetes.io/docs/reference/using-api/cel/
 */
export function compileMacro(expr: CallExpr, scope: Scope, compile: Compile): Node | undefined {
  if (expr.target === undefined) return undefined;
  const macro = MACROS.get(`${expr.name}/${expr.args.length}`);
  if (macro === undefined) return undefined;
  return macro({ name: expr.name, target: compile(expr.target, scope), args: expr.args, scope, compile });
}

interface MacroCall {
  readonly name: string;
  readonly target: Node;
  readonly args: readonly Expr[];
  readonly scope: Scope;
  readonly compile: Compile;
}

/** A loop over a list or map: how its variables are set, and the scope that sees them. */
interface Loop {
  readonly scope: Scope;
  readonly range: Run;
  /** Calls `visit` for every item until it returns true. */
  readonly each: (range: Value, env: Env, visit: (env: Env) => boolean) => void;
  readonly first: CelType;
  readonly second: CelType;
}

const MACROS: ReadonlyMap<string, (call: MacroCall) => Node> = new Map([
  ['all/2', (call: MacroCall) => quantifier(call, 1, false)],
  ['all/3', (call: MacroCall) => quantifier(call, 2, false)],
  ['exists/2', (call: MacroCall) => quantifier(call, 1, true)],
  ['exists/3', (call: MacroCall) => quantifier(call, 2, true)],
  ['exists_one/2', (call: MacroCall) => existsOne(call, 1)],
  ['existsOne/2', (call: MacroCall) => existsOne(call, 1)],
  ['exists_one/3', (call: MacroCall) => existsOne(call, 2)],
  ['existsOne/3', (call: MacroCall) => existsOne(call, 2)],
  ['filter/2', filter],
  ['map/2', (call: MacroCall) => collectList(call, 1, false)],
  ['map/3', (call: MacroCall) => collectList(call, 1, true)],
  ['transformList/3', (call: MacroCall) => collectList(call, 2, false)],
  ['transformList/4', (call: MacroCall) => collectList(call, 2, true)],
  ['transformMap/3', (call: MacroCall) => transformMap(call, false)],
  ['transformMap/4', (call: MacroCall) => transformMap(call, true)],
  ['transformMapEntry/3', (call: MacroCall) => transformMapEntry(call, false)],
  ['transformMapEntry/4', (call: MacroCall) => transformMapEntry(call, true)],
  ['optMap/2', (call: MacroCall) => optionalMap(call, false)],
  ['optFlatMap/2', (call: MacroCall) => optionalMap(call, true)],
  ['or/1', (call: MacroCall) => optionalOr(call)],
  ['orValue/1', (call: MacroCall) => optionalOr(call)],
  ['sortBy/2', sortBy],
]);

function openLoop(call: MacroCall, variables: 1 | 2): Loop {
  const [first, second] = rangeTypes(call.target.type, variables);
  const outer = call.scope.with(variableName(call.args[0]), first);
  const range = call.target.run;
  if (variables === 1) {
    return { scope: outer.scope, range, each: iterateOne(outer.slot), first, second };
  }
  const inner = outer.scope.with(variableName(call.args[1]), second);
  return { scope: inner.scope, range, each: iterateTwo(outer.slot, inner.slot), first, second };
}

function variableName(expr: Expr | undefined): string {
  if (expr?.op === 'ident') return expr.name;
  throw new CompileError('the first argument of a macro is the name of its variable');
}

function rangeTypes(type: CelType, variables: 1 | 2): readonly [CelType, CelType] {
  switch (type.kind) {
    case 'list':
      return variables === 1 ? [type.elem, DYN] : [INT, type.elem];
    case 'map':
      return [type.key, type.value];
    case 'dyn':
    case 'param':
      return [DYN, DYN];
    default:
      throw new CompileError(`expression of type '${typeText(type)}' cannot be range of a comprehension`);
  }
}

function iterateOne(slot: number): Loop['each'] {
  return (range, env, visit) => {
    const items = Array.isArray(range) ? (range as readonly Value[]) : mapKeys(expectMap(range));
    for (let at = 0; at < items.length; at += 1) {
      env[slot] = items[at] as Value;
      if (visit(env)) return;
    }
  };
}

function iterateTwo(first: number, second: number): Loop['each'] {
  return (range, env, visit) => {
    const isList = Array.isArray(range);
    const keys = isList ? [...range.keys()] : mapKeys(expectMap(range));
    for (const key of keys) {
      env[first] = key;
      env[second] = (isList ? (range as readonly Value[])[key as number] : mapGet(range as MapValue, key)) as Value;
      if (visit(env)) return;
    }
  };
}

function expectMap(range: Value): MapValue {
  if (isMapValue(range)) return range;
  throw new CelError('no such overload');
}

/** `all` (stops at false) and `exists` (stops at true): an error or an unknown counts only where no item decides. */
function quantifier(call: MacroCall, variables: 1 | 2, decisive: boolean): Node {
  const loop = openLoop(call, variables);
  const predicate = boolean(call.compile(call.args[variables] as Expr, loop.scope));
  const { range, each } = loop;
  return {
    type: BOOL,
    run: (env) => {
      let decided = false;
      let failure: CelError | CelUnknown | undefined;
      each(range(env), env, (inner) => {
        try {
          decided = isTrue(predicate(inner)) === decisive;
        } catch (error) {
          if (!(error instanceof CelError) && !(error instanceof CelUnknown)) throw error;
          // of several, an unknown stands
          if (failure === undefined || (error instanceof CelUnknown && failure instanceof CelError)) failure = error;
        }
        return decided;
      });
      if (!decided && failure !== undefined) throw failure;
      return decided === decisive;
    },
  };
}

function existsOne(call: MacroCall, variables: 1 | 2): Node {
  const loop = openLoop(call, variables);
  const predicate = boolean(call.compile(call.args[variables] as Expr, loop.scope));
  const { range, each } = loop;
  return {
    type: BOOL,
    run: (env) => {
      let count = 0;
      each(range(env), env, (inner) => {
        if (isTrue(predicate(inner))) count += 1;
        // an item further on may still fail, and exists_one does not absorb that
        return false;
      });
      return count === 1;
    },
  };
}

function filter(call: MacroCall): Node {
  const loop = openLoop(call, 1);
  const predicate = boolean(call.compile(call.args[1] as Expr, loop.scope));
  const { range, each, scope } = loop;
  const slot = scope.lookup(variableName(call.args[0]))?.slot ?? 0;
  return {
    type: listOf(loop.first),
    run: (env) => {
      const found: Value[] = [];
      each(range(env), env, (inner) => {
        if (isTrue(predicate(inner))) found.push(inner[slot] as Value);
        return false;
      });
      return found;
    },
  };
}

function collectList(call: MacroCall, variables: 1 | 2, hasFilter: boolean): Node {
  const loop = openLoop(call, variables);
  const { keep, last } = filterAndResult(call, loop, variables, hasFilter);
  const { range, each } = loop;
  return {
    type: listOf(last.type),
    run: (env) => {
      const found: Value[] = [];
      each(range(env), env, (inner) => {
        if (keep === undefined || isTrue(keep(inner))) found.push(last.run(inner));
        return false;
      });
      return found;
    },
  };
}

function transformMap(call: MacroCall, hasFilter: boolean): Node {
  const loop = openLoop(call, 2);
  const { keep, last } = filterAndResult(call, loop, 2, hasFilter);
  const { range, each } = loop;
  const slot = loop.scope.lookup(variableName(call.args[0]))?.slot ?? 0;
  return {
    type: mapOf(loop.first, last.type),
    run: (env) => {
      const entries: [Value, Value][] = [];
      each(range(env), env, (inner) => {
        if (keep === undefined || isTrue(keep(inner))) entries.push([inner[slot] as Value, last.run(inner)]);
        return false;
      });
      return makeMap(entries);
    },
  };
}

function transformMapEntry(call: MacroCall, hasFilter: boolean): Node {
  const loop = openLoop(call, 2);
  const { keep, last } = filterAndResult(call, loop, 2, hasFilter);
  if (last.type.kind !== 'map') throw new CompileError('transformMapEntry takes a map of one entry');
  const { range, each } = loop;
  return {
    type: last.type,
    run: (env) => {
      const entries: [Value, Value][] = [];
      each(range(env), env, (inner) => {
        if (keep !== undefined && !isTrue(keep(inner))) return false;
        const made = last.run(inner) as MapValue;
        for (const key of mapKeys(made)) entries.push([key, mapGet(made, key) as Value]);
        return false;
      });
      const map = makeMap(entries);
      if (map.size < entries.length) throw new CelError('insert failed: key already exists');
      return map;
    },
  };
}

function filterAndResult(
  call: MacroCall,
  loop: Loop,
  variables: 1 | 2,
  hasFilter: boolean,
): { readonly keep: Run | undefined; readonly last: Node } {
  const keep = hasFilter ? boolean(call.compile(call.args[variables] as Expr, loop.scope)) : undefined;
  return { keep, last: call.compile(call.args[variables + (hasFilter ? 1 : 0)] as Expr, loop.scope) };
}

/** `optional.optMap(x, expr)`, and `optFlatMap` whose expression is itself optional. */
function optionalMap(call: MacroCall, isFlat: boolean): Node {
  const { type, run } = call.target;
  if (type.kind !== 'optional' && type.kind !== 'dyn') throw new CompileError('optMap takes an optional');
  const bound = call.scope.with(variableName(call.args[0]), type.kind === 'optional' ? type.elem : DYN);
  const body = call.compile(call.args[1] as Expr, bound.scope);
  if (isFlat && body.type.kind !== 'optional' && body.type.kind !== 'dyn') {
    throw new CompileError('optFlatMap takes an expression that gives an optional');
  }
  return {
    type: isFlat ? body.type : optionalOf(body.type),
    run: (env) => {
      const outer = run(env);
      if (!(outer instanceof Optional)) throw new CelError('no such overload');
      if (outer.value === undefined) return Optional.none;
      env[bound.slot] = outer.value;
      const value = body.run(env);
      return isFlat ? value : new Optional(value);
    },
  };
}

/** `or` takes another optional, `orValue` a value; either is only evaluated where it is needed. */
function optionalOr(call: MacroCall): Node {
  const { type, run } = call.target;
  const other = call.compile(call.args[0] as Expr, call.scope);
  const isValue = call.name === 'orValue';
  const elem = type.kind === 'optional' ? type.elem : DYN;
  const otherElem = isValue ? other.type : other.type.kind === 'optional' ? other.type.elem : DYN;
  const joined = join(elem, otherElem);
  if ((type.kind !== 'optional' && type.kind !== 'dyn') || joined === undefined) {
    throw new CompileError(`no overload of ${call.name} for ${typeText(type)} and ${typeText(other.type)}`);
  }
  return {
    type: isValue ? joined : optionalOf(joined),
    run: (env) => {
      const outer = run(env);
      if (!(outer instanceof Optional)) throw new CelError('no such overload');
      if (outer.value === undefined) return other.run(env);
      return isValue ? outer.value : outer;
    },
  };
}

function sortBy(call: MacroCall): Node {
  const loop = openLoop(call, 1);
  const key = call.compile(call.args[1] as Expr, loop.scope);
  const { range, each, scope } = loop;
  const slot = scope.lookup(variableName(call.args[0]))?.slot ?? 0;
  return {
    type: listOf(loop.first),
    run: (env) => {
      const found: { readonly item: Value; readonly key: Value }[] = [];
      each(range(env), env, (inner) => {
        found.push({ item: inner[slot] as Value, key: key.run(inner) });
        return false;
      });
      return found.sort((a, b) => orderOf(a.key, b.key)).map(({ item }) => item);
    },
  };
}

function orderOf(a: Value, b: Value): number {
  const order = compare(a, b);
  if (order === undefined) throw new CelError('no such overload');
  return order;
}

function boolean(node: Node): Run {
  if (node.type.kind === 'bool' || node.type.kind === 'dyn' || node.type.kind === 'param') return node.run;
  throw new CompileError(`a predicate gives bool, not ${typeText(node.type)}`);
}

function isTrue(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw new CelError('no such overload');
}

