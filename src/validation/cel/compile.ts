import { callGlobal, callMember, hasGlobal } from './calls';
import { compileMacro } from './macros';
import { CompileError, constant, isConstant } from './node';
import type { Node, Scope } from './node';
import { container, operand, partial } from './partial';
import { compileBinary, compileNegate } from './operators';
import { compileHas, compileIndex, compileSelect } from './select';
import type { Expr, Literal } from './syntax';
import { BOOL, BYTES, DOUBLE, DYN, INT, join, listOf, mapOf, NULL, STRING, TYPE, typeText, UINT } from './types';
import type { CelType } from './types';
import { CelError, CelUnknown, Double, makeMap, toInt, TypeValue, Uint } from './values';
import type { Value } from './values';

/** Makes a closure of an expression, typed by the variables in scope. Throws CompileError. */
export function compile(expr: Expr, scope: Scope): Node {
  const node = compileExpr(expr, scope);
  return scope.isPartial ? partial(expr, node) : node;
}

function compileExpr(expr: Expr, scope: Scope): Node {
  switch (expr.op) {
    case 'literal':
      return compileLiteral(expr.value);
    case 'ident':
      return compileIdent(expr.name, scope);
    case 'select':
      return compileSelect(compileContainer(expr.operand, scope), expr.field, expr.optional);
    case 'index':
      return compileIndex(compileContainer(expr.operand, scope), compile(expr.index, scope), expr.optional);
    case 'call':
      return compileCall(expr, scope);
    case 'list':
      return compileList(expr.items.map((item) => compile(item, scope)), scope.allowsMixed);
    case 'map':
      return compileMap(
        expr.entries.map(([key, value]) => [compile(key, scope), compile(value, scope)] as const),
        scope.allowsMixed,
      );
    case 'conditional':
      return compileConditional(compile(expr.test, scope), compile(expr.yes, scope), compile(expr.no, scope));
    case 'and':
      return compileAnd(compile(expr.left, scope), compile(expr.right, scope));
    case 'or':
      return compileOr(compile(expr.left, scope), compile(expr.right, scope));
    case 'not': {
      const { run } = expectBool(compile(expr.operand, scope), '!');
      return { type: BOOL, run: (env) => !asBool(run(env)) };
    }
    case 'negate':
      return compileNegate(compile(expr.operand, scope));
    case 'binary':
      return compileBinary(expr.operator, compile(expr.left, scope), compile(expr.right, scope), scope.isPartial);
  }
}

/** What something is taken out of. */
function compileContainer(expr: Expr, scope: Scope): Node {
  const node = compile(expr, scope);
  return scope.isPartial ? container(node) : node;
}

function compileLiteral(value: Literal): Node {
  if (value === null) return { type: NULL, run: () => null, constant: null };
  switch (typeof value) {
    case 'boolean':
      return constant(BOOL, value);
    case 'string':
      return constant(STRING, value);
    case 'bigint':
      return constant(INT, integer(value));
    default:
      if (value instanceof Double) return constant(DOUBLE, value);
      return value instanceof Uint ? constant(UINT, value) : constant(BYTES, value);
  }
}

function integer(value: bigint): Value {
  try {
    return toInt(value);
  } catch {
    throw new CompileError(`${value} is no 64-bit integer`);
  }
}

const TYPE_NAMES: ReadonlySet<string> = new Set(
  'bool bytes double int list map null_type string type uint optional_type net.IP net.CIDR'.split(' '),
);

function compileIdent(name: string, scope: Scope): Node {
  const variable = scope.lookup(name);
  if (variable === undefined) {
    if (TYPE_NAMES.has(name)) return constant(TYPE, new TypeValue(name));
    throw new CompileError(`undeclared reference to '${name}'`);
  }
  const { slot, type } = variable;
  return { type, run: (env) => env[slot] as Value };
}

function compileCall(expr: Expr & { op: 'call' }, scope: Scope): Node {
  if (expr.target === undefined && expr.name === 'has') {
    const [argument, ...rest] = expr.args;
    if (argument?.op !== 'select' || argument.optional || rest.length > 0) {
      throw new CompileError('has() takes one field selection');
    }
    return compileHas(compileContainer(argument.operand, scope), argument.field);
  }
  const macro = compileMacro(expr, scope, compile);
  if (macro !== undefined) return macro;
  const isFormat = expr.name === 'format' && expr.target !== undefined;
  if (isFormat) checkFormat(expr.target, expr.args[0]);
  const within = isFormat ? scope.mixed() : scope;
  const argument = (arg: Expr): Node => {
    const node = compile(arg, within);
    return scope.isPartial ? operand(node, expr.target === undefined ? expr.name : `.${expr.name}`) : node;
  };
  const args = (): Node[] => expr.args.map(argument);
  if (expr.target === undefined) return callGlobal(expr.name, args());
  const namespace = qualifiedName(expr.target, scope);
  const qualified = `${namespace}.${expr.name}`;
  if (namespace !== undefined && hasGlobal(qualified)) return callGlobal(qualified, args());
  return callMember(expr.name, [argument(expr.target), ...args()]);
}

/** A template that is written out takes as many arguments as it has clauses. */
function checkFormat(template: Expr | undefined, args: Expr | undefined): void {
  if (template?.op !== 'literal' || typeof template.value !== 'string' || args?.op !== 'list') return;
  const clauses = template.value.match(/%(?:\.\d+)?[\s\S]?/g)?.filter((clause) => clause !== '%%') ?? [];
  if (clauses.length !== args.items.length) {
    throw new CompileError(`format() has ${clauses.length} clauses and ${args.items.length} arguments`);
  }
}

/** `sets` of `sets.contains(…)`: a name that is no variable. */
function qualifiedName(target: Expr, scope: Scope): string | undefined {
  return target.op === 'ident' && scope.lookup(target.name) === undefined ? target.name : undefined;
}

function compileList(items: readonly Node[], allowsMixed: boolean): Node {
  const type = listOf(items.length === 0 ? { kind: 'param', name: 'T' } : itemType(items, 'list', allowsMixed));
  const runs = items.map((item) => item.run);
  if (items.every(isConstant)) {
    const value = items.map((item) => item.constant as Value);
    return { type, run: () => value, constant: value };
  }
  return { type, run: (env) => runs.map((run) => run(env)) };
}

/** API servers refuse literals of mixed items (`HomogeneousAggregateLiterals`). */
function itemType(items: readonly Node[], what: string, allowsMixed: boolean): CelType {
  let type = items[0]?.type ?? DYN;
  for (const item of items.slice(1)) {
    const joined = join(type, item.type);
    if (joined === undefined) {
      if (allowsMixed) return DYN;
      throw new CompileError(`a ${what} literal of mixed types: ${typeText(type)} and ${typeText(item.type)}`);
    }
    type = joined;
  }
  return type;
}

function compileMap(entries: readonly (readonly [Node, Node])[], allowsMixed: boolean): Node {
  const key: CelType = entries.length === 0 ? { kind: 'param', name: 'K' } : itemType(entries.map(([node]) => node), 'map', allowsMixed);
  const value: CelType =
    entries.length === 0 ? { kind: 'param', name: 'V' } : itemType(entries.map(([, node]) => node), 'map', allowsMixed);
  return {
    type: mapOf(key, value),
    run: (env) => makeMap(entries.map(([k, v]) => [k.run(env), v.run(env)] as const)),
  };
}

function compileConditional(test: Node, yes: Node, no: Node): Node {
  const condition = expectBool(test, '?:').run;
  const type = join(yes.type, no.type);
  if (type === undefined) {
    throw new CompileError(`the arms of ?: differ in type: ${typeText(yes.type)} and ${typeText(no.type)}`);
  }
  const left = yes.run;
  const right = no.run;
  return { type, run: (env) => (asBool(condition(env)) ? left(env) : right(env)) };
}

/** False wins over an error on the other side, as CEL has it. */
function compileAnd(left: Node, right: Node): Node {
  const a = expectBool(left, '&&').run;
  const b = expectBool(right, '&&').run;
  return { type: BOOL, run: (env) => and(env, a, b) };
}

type Run = Node['run'];

function and(env: Value[], a: Run, b: Run): boolean {
  let first: boolean;
  try {
    first = asBool(a(env));
  } catch (error) {
    return absorb(error, env, b, false);
  }
  return first && asBool(b(env));
}

/** The other side decides, or what kept this one from giving a value stands; an unknown stands before an error. */
function absorb(failure: unknown, env: Value[], other: Run, decisive: boolean): boolean {
  if (!(failure instanceof CelError) && !(failure instanceof CelUnknown)) throw failure;
  let second: boolean;
  try {
    second = asBool(other(env));
  } catch (error) {
    throw failure instanceof CelUnknown && (error instanceof CelError || error instanceof CelUnknown) ? failure : error;
  }
  if (second === decisive) return decisive;
  throw failure;
}

/** True wins over an error on the other side. */
function compileOr(left: Node, right: Node): Node {
  const a = expectBool(left, '||').run;
  const b = expectBool(right, '||').run;
  return { type: BOOL, run: (env) => or(env, a, b) };
}

function or(env: Value[], a: Run, b: Run): boolean {
  let first: boolean;
  try {
    first = asBool(a(env));
  } catch (error) {
    return absorb(error, env, b, true);
  }
  return first || asBool(b(env));
}

function expectBool(node: Node, operator: string): Node {
  if (node.type.kind === 'bool' || node.type.kind === 'dyn' || node.type.kind === 'param') return node;
  throw new CompileError(`${operator} takes bool, not ${typeText(node.type)}`);
}

function asBool(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw new CelError('no such overload');
}
