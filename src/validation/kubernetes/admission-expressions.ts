/**
 * CEL expressions of webhooks and admission policies: their syntax, and the names that they read. Types and functions are
 * left to the server, which knows the objects that they are for.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-expression
 */
import { parseCel } from '../cel/library';
import type { Expr } from '../cel/syntax';
import { qualifiedName } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { once, required, requiredForm } from './checks';
import { each, listIn, textIn } from './fields';

/** What the expressions of an object can read beside the request. */
export interface ExpressionScope {
  /** True where the policy has parameters. */
  readonly hasParams: boolean;
  /** Variables that are there so far, `any` where their names cannot be told; absent where there can be none. */
  readonly variables?: ReadonlySet<string> | 'any' | undefined;
  /** False for messages, which cannot ask for permissions. */
  readonly hasAuthorizer?: boolean;
}

const MOST_CONDITIONS = 64;

/** Conditions on which a webhook or a policy is called. */
export function checkMatchConditions(owner: Data, scope: ExpressionScope, report: Report): void {
  if (listIn(owner, 'matchConditions').length > MOST_CONDITIONS) {
    report.fail('too-many-items', owner['matchConditions'], `at most ${MOST_CONDITIONS} conditions`, { below: '.matchConditions' });
  }
  const names = new Set<string>();
  each(owner, 'matchConditions', report, (condition) => {
    requiredForm(condition, 'name', qualifiedName, report);
    const name = textIn(condition, 'name');
    if (name !== undefined && name !== '') once(names, name, report, '.name');
    checkExpression(condition, 'expression', scope, report);
  });
}

/** The expression in a field, which may not be empty. */
export function checkExpression(owner: Data, field: string, scope: ExpressionScope, report: Report): void {
  const text = textIn(owner, field);
  if (text === undefined) return;
  if (text.trim() === '') {
    required({ [field]: '' }, field, report, 'a CEL expression');
    return;
  }
  const error = errorOf(text, scope);
  if (error !== undefined) report.fail('kubernetes-rule', text, `a CEL expression: ${error}`, { below: `.${field}` });
}

function errorOf(text: string, { hasParams, variables, hasAuthorizer = true }: ExpressionScope): string | undefined {
  const parsed = parseCel(text);
  if ('error' in parsed) return parsed.error;
  const known = new Set(['object', 'oldObject', 'request', 'namespaceObject', ...TYPE_NAMES]);
  if (hasParams) known.add('params');
  if (hasAuthorizer) known.add('authorizer');
  if (variables !== undefined) known.add('variables');
  const unknown = unknownName(parsed.expr, known);
  if (unknown !== undefined) return `${unknown} is nothing that can be read here`;
  const missing = variables === undefined || variables === 'any' ? undefined : missingVariable(parsed.expr, variables);
  return missing === undefined ? undefined : `there is no variable ${missing} before it`;
}

const TYPE_NAMES = ['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type', 'google', 'optional_type', 'kubernetes', 'net'];
const MACROS: Readonly<Record<string, number>> = { all: 1, exists: 1, exists_one: 1, existsOne: 1, map: 1, filter: 1, sortBy: 1, transformList: 2, transformMap: 2, transformMapEntry: 2 };
/** Namespaces of functions, which are no values. */
const FUNCTION_OWNERS = ['optional', 'cel', 'math', 'strings', 'sets', 'base64', 'ip', 'cidr', 'format', 'semver'];

/** The first name that an expression reads and that nobody gave it. */
function unknownName(expr: Expr, known: ReadonlySet<string>): string | undefined {
  if (expr.op === 'ident') return known.has(expr.name) ? undefined : expr.name;
  if (expr.op === 'call' && expr.target !== undefined) return unknownInCall(expr, expr.target, known);
  return firstUnknown(partsOf(expr), known);
}

function firstUnknown(parts: readonly Expr[], known: ReadonlySet<string>): string | undefined {
  for (const part of parts) {
    const found = unknownName(part, known);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A macro such as `all(item, …)` binds its first arguments in the others. */
function unknownInCall({ name, args }: Call, target: Expr, known: ReadonlySet<string>): string | undefined {
  const isOwner = target.op === 'ident' && FUNCTION_OWNERS.includes(target.name);
  const inTarget = isOwner ? undefined : unknownName(target, known);
  if (inTarget !== undefined) return inTarget;
  const isBind = isOwner && name === 'bind';
  const count = isBind ? 1 : (MACROS[name] ?? 0);
  const bound = args.slice(0, count).flatMap((arg) => (arg.op === 'ident' ? [arg.name] : []));
  if (count === 0 || bound.length < count) return firstUnknown(args, known);
  return firstUnknown(args.slice(count), new Set([...known, ...bound]));
}

type Call = Extract<Expr, { readonly op: 'call' }>;

/** The first of `variables.NAME` that is not there. */
function missingVariable(expr: Expr, variables: ReadonlySet<string>): string | undefined {
  if (expr.op === 'select' && expr.operand.op === 'ident' && expr.operand.name === 'variables') return variables.has(expr.field) ? undefined : expr.field;
  for (const part of partsOf(expr)) {
    const found = missingVariable(part, variables);
    if (found !== undefined) return found;
  }
  return undefined;
}

function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.op) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
    case 'not':
    case 'negate':
      return [expr.operand];
    case 'index':
      return [expr.operand, expr.index];
    case 'list':
      return expr.items;
    case 'map':
      return expr.entries.flat();
    case 'conditional':
      return [expr.test, expr.yes, expr.no];
    case 'and':
    case 'or':
    case 'binary':
      return [expr.left, expr.right];
    case 'call':
      return expr.target === undefined ? expr.args : [expr.target, ...expr.args];
  }
}
