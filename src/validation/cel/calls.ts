import { compilePattern } from '../re2';
import { FUNCTIONS } from './functions';
import type { Overload } from './functions/overload';
import { CompileError, constant, isConstant } from './node';
import type { Env, Node } from './node';
import { accepts, DYN, substitute, typeText } from './types';
import type { Bindings, CelType } from './types';
import { CelError, isMapValue, typeNameOf } from './values';
import type { Value } from './values';

/** Functions whose constant arguments are checked while compiling, as API servers do for these literals. */
const CHECKED_LITERALS: ReadonlySet<string> = new Set(
  'bool bytes double int string uint duration timestamp matches .matches .format'.split(' '),
);

/** True where a global function of this name exists. */
export function hasGlobal(name: string): boolean {
  return FUNCTIONS.has(name);
}

export function callGlobal(name: string, args: readonly Node[]): Node {
  if (!hasGlobal(name)) throw new CompileError(`undeclared reference to '${name}'`);
  return call(name, args);
}

/** A call of a method: the receiver is the first argument. */
export function callMember(name: string, args: readonly Node[]): Node {
  if (!FUNCTIONS.has(`.${name}`)) throw new CompileError(`undeclared reference to '${name}'`);
  return call(`.${name}`, args);
}

function call(name: string, args: readonly Node[]): Node {
  if (name === 'matches' || name === '.matches') checkPattern(args.at(-1));
  const matching = findOverloads(name, args.map((arg) => arg.type));
  const node = dispatch(name, matching, args);
  if (!args.every(isConstant) || node.type.kind === 'dyn') return node;
  try {
    return constant(node.type, node.run([]));
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    if (CHECKED_LITERALS.has(name)) throw new CompileError(error.message);
    // any other error may yet be absorbed by || or stand in an arm that is never taken
    return node;
  }
}

/** A pattern that is written out is compiled with the rule. */
function checkPattern(pattern: Node | undefined): void {
  if (typeof pattern?.constant !== 'string') return;
  const compiled = compilePattern(pattern.constant);
  if ('error' in compiled) throw new CompileError(`invalid matches argument: ${compiled.error}`);
}

interface Match {
  readonly overload: Overload;
  readonly result: CelType;
}

/** The overloads that accept arguments of these types; more than one only where a type is dynamic. */
export function findOverloads(name: string, types: readonly CelType[]): readonly Match[] {
  const matching: Match[] = [];
  for (const overload of FUNCTIONS.get(name) ?? []) {
    if (overload.params.length !== types.length) continue;
    const bindings: Bindings = new Map();
    if (!overload.params.every((param, index) => accepts(param, types[index] ?? DYN, bindings))) continue;
    matching.push({ overload, result: substitute(overload.result, bindings) });
  }
  if (matching.length > 0) return matching;
  const given = types.map(typeText).join(', ');
  throw new CompileError(`found no matching overload for '${name.replace(/^\./, '')}' applied to '(${given})'`);
}

/** A node that calls the one matching overload, or picks among several by what the arguments turn out to be. */
export function dispatch(name: string, matching: readonly Match[], args: readonly Node[]): Node {
  const [first] = matching;
  if (first === undefined) throw new CompileError(`undeclared reference to '${name}'`);
  const isDynamic = args.some((arg) => arg.type.kind === 'dyn' || arg.type.kind === 'param');
  if (!isDynamic) return { type: first.result, run: direct(first.overload, args) };
  const results = new Set(matching.map((match) => typeText(match.result)));
  const runs = args.map((arg) => arg.run);
  return {
    type: results.size === 1 ? first.result : DYN,
    run: (env) => {
      const values = runs.map((run) => run(env));
      const match = matching.find(({ overload }) => overload.params.every((param, i) => isOfType(values[i] as Value, param)));
      if (match === undefined) throw new CelError('no such overload');
      return match.overload.call(...values);
    },
  };
}

function direct(overload: Overload, args: readonly Node[]): (env: Env) => Value {
  const run = overload.call;
  const [a, b] = args.map((arg) => arg.run);
  if (a !== undefined && args.length === 1) return (env) => run(a(env));
  if (a !== undefined && b !== undefined && args.length === 2) return (env) => run(a(env), b(env));
  const runs = args.map((arg) => arg.run);
  return (env) => run(...runs.map((arg) => arg(env)));
}

const RUNTIME_NAMES: Readonly<Record<string, string>> = {
  null: 'null_type',
  duration: 'google.protobuf.Duration',
  timestamp: 'google.protobuf.Timestamp',
  optional: 'optional_type',
};

function isOfType(value: Value, type: CelType): boolean {
  if (type.kind === 'dyn' || type.kind === 'param') return true;
  if (type.kind === 'map' || type.kind === 'object') return isMapValue(value);
  return typeNameOf(value) === (RUNTIME_NAMES[type.kind] ?? type.kind);
}
