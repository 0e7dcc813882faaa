import type { JsonObject } from '../../rules/json';
import { isJsonObject } from '../../rules/json';
import { compile } from './compile';
import { parseCel } from './library';
import { CompileError, Scope } from './node';
import type { Env, Node } from './node';
import { celTypeOf, converterOf } from './schema-types';
import { freeNames } from './syntax';
import type { Expr } from './syntax';
import { optionalOf, typeText } from './types';
import type { CelType } from './types';
import { CelUnknown, Optional } from './values';
import type { Value } from './values';

/** One entry of `x-kubernetes-validations`. */
export interface Rule {
  readonly rule: string;
  readonly message?: string | undefined;
  readonly messageExpression?: string | undefined;
  readonly reason?: string | undefined;
  readonly fieldPath?: string | undefined;
  readonly optionalOldSelf?: boolean | undefined;
}

/** A rule that can be run. */
export interface CompiledRule {
  readonly rule: Rule;
  /** True for a transition rule: without an old value it only runs where `optionalOldSelf` is set. */
  readonly usesOldSelf: boolean;
  /** Where the finding points, below `self`: `.port`, or empty. */
  readonly fieldPath: string;
  /** Undefined where the rule holds, else what it says. */
  readonly check: (self: unknown, oldSelf: unknown) => RuleFailure | undefined;
  /** The same, where the object may hold values that are known only at deployment. */
  readonly checkPartial: (self: unknown, oldSelf: unknown) => RuleFailure | RuleUnknown | undefined;
}

/** What is said of an object of which it shows only at deployment whether the rule holds. */
export interface RuleUnknown {
  /** What the value is that it depends on. */
  readonly unknown: string;
}

/** What is said of an object that a rule refuses. */
export interface RuleFailure {
  readonly message: string;
  /** Set where the rule could not be evaluated, which refuses the object too. */
  readonly error?: string;
}

/** A rule that does not compile: whatever holds it is refused by API servers. */
export interface CompileFailure {
  readonly rule: Rule;
  readonly error: string;
}

/** True for a rule that does not compile. */
export function isCompileFailure(result: CompiledRule | CompileFailure): result is CompileFailure {
  return 'error' in result;
}

/**
 * Compiles a rule against the schema node that it stands on: a field that the schema does not have, a type that does
 * not fit or an unknown function is a failure, as it is for an API server that is given the CRD.
 */
export function compileRule(rule: Rule, selfSchema: JsonObject, isResource = false): CompiledRule | CompileFailure {
  try {
    return compileChecked(rule, selfSchema, isResource);
  } catch (error) {
    if (error instanceof CompileError) return { rule, error: error.message };
    throw error;
  }
}

function compileChecked(rule: Rule, schema: JsonObject, isResource: boolean): CompiledRule {
  const type = celTypeOf(schema, isResource);
  if (type === undefined) throw new CompileError('rules cannot stand on a value whose schema gives no type');
  const { main, message } = compilePrograms(rule, type, false);
  let partial: Programs | undefined;
  return {
    rule,
    usesOldSelf: main.usesOldSelf,
    fieldPath: rule.fieldPath === undefined ? '' : checkFieldPath(rule.fieldPath, schema),
    check: (self, oldSelf) => check(rule, main, message, self, oldSelf) as RuleFailure | undefined,
    checkPartial: (self, oldSelf) => {
      partial ??= compilePrograms(rule, type, true);
      return check(rule, partial.main, partial.message, self, oldSelf);
    },
  };
}

interface Programs {
  readonly main: Program;
  readonly message: Program | undefined;
}

function compilePrograms(rule: Rule, type: CelType, isPartial: boolean): Programs {
  const { messageExpression } = rule;
  const options = { isOptional: rule.optionalOldSelf === true, isPartial };
  const hasMessage = messageExpression !== undefined && messageExpression !== '';
  return {
    main: compileExpression(rule.rule, type, 'bool', options),
    message: hasMessage ? compileExpression(messageExpression, type, 'string', options) : undefined,
  };
}

interface Program {
  readonly usesOldSelf: boolean;
  readonly run: (self: unknown, oldSelf: unknown) => Value;
}

interface ProgramOptions {
  /** `oldSelf` is an optional value. */
  readonly isOptional: boolean;
  readonly isPartial: boolean;
}

function compileExpression(text: string, type: CelType, wanted: 'bool' | 'string', { isOptional, isPartial }: ProgramOptions): Program {
  const parsed = parseCel(text);
  if ('error' in parsed) throw new CompileError(parsed.error);
  const variables = [
    ['self', type],
    ['oldSelf', isOptional ? optionalOf(type) : type],
  ] as const;
  const scope = Scope.of(variables, isPartial);
  const node = compile(parsed.expr, scope);
  if (node.type.kind !== wanted) throw new CompileError(`gives ${typeText(node.type)}, not ${wanted}`);
  return program(node, parsed.expr, scope, type, isOptional);
}

function program(node: Node, expr: Expr, scope: Scope, type: CelType, isOptional: boolean): Program {
  const convert = converterOf(type);
  const usesOldSelf = freeNames(expr).has('oldSelf');
  const env: Env = Array.from({ length: scope.size }, () => null);
  const read = (value: unknown): Value => (convert === undefined ? (value as Value) : convert(value as Value));
  const { run } = node;
  if (!usesOldSelf) {
    return {
      usesOldSelf,
      run: (self) => {
        env[0] = read(self);
        return run(env);
      },
    };
  }
  return {
    usesOldSelf,
    run: (self, oldSelf) => {
      const old = oldSelf === undefined || oldSelf === null ? undefined : read(oldSelf);
      env[0] = read(self);
      env[1] = isOptional ? (old === undefined ? Optional.none : new Optional(old)) : (old as Value);
      return run(env);
    },
  };
}

function check(rule: Rule, main: Program, message: Program | undefined, self: unknown, oldSelf: unknown): RuleFailure | RuleUnknown | undefined {
  let error: string | undefined;
  try {
    if (main.run(self, oldSelf) === true) return undefined;
  } catch (caught) {
    if (caught instanceof CelUnknown) return { unknown: caught.description };
    // whatever keeps a rule from giving true or false refuses the object
    error = caught instanceof Error ? caught.message : String(caught);
  }
  if (error !== undefined) return { message: plainMessage(rule), error };
  return { message: (message === undefined ? undefined : evaluateMessage(message, self, oldSelf)) ?? plainMessage(rule) };
}

/** The longest message that an API server takes from an expression, in bytes. */
const LONGEST_MESSAGE = 5 * 1024;

/** An expression that gives no usable line leaves the word to `message`. */
function evaluateMessage(message: Program, self: unknown, oldSelf: unknown): string | undefined {
  try {
    const text = message.run(self, oldSelf);
    const line = typeof text === 'string' ? text.trim() : '';
    const isUsable = line !== '' && !line.includes('\n') && Buffer.byteLength(line) <= LONGEST_MESSAGE;
    return isUsable ? line : undefined;
  } catch {
    return undefined;
  }
}

function plainMessage(rule: Rule): string {
  const message = rule.message?.trim() ?? '';
  return message === '' ? `failed rule: ${rule.rule.trim()}` : message;
}

/** A path such as `.spec.port` or `.labels['a.b']`, checked against the schema. */
function checkFieldPath(path: string, schema: JsonObject): string {
  let node: JsonObject | undefined = schema;
  let at = 0;
  const step = /\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\]/y;
  while (at < path.length) {
    step.lastIndex = at;
    const match = step.exec(path);
    if (match === null) throw new CompileError(`fieldPath ${path} is no path of field names`);
    const name = match[1] ?? (match[2] ?? '').replace(/\\(.)/g, '$1');
    node = childSchema(node, name);
    if (node === undefined) throw new CompileError(`fieldPath ${path} does not refer to a valid field`);
    at = step.lastIndex;
  }
  return path;
}

function childSchema(schema: JsonObject, name: string): JsonObject | undefined {
  const properties = schema['properties'];
  const child = isJsonObject(properties) ? properties[name] : schema['additionalProperties'];
  return child !== undefined && isJsonObject(child) ? child : undefined;
}
