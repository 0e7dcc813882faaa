import { Environment } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import type { BinaryOperator, Expr, Literal } from './syntax';
import { Double, toUint } from './values';

/**
 * The one module that knows the CEL library: its parser, whose tree is turned into `Expr`.
 *
 * Evaluation is ours. An API server types a rule by the schema of `self` before it runs, counts characters and not
 * UTF-16 units, and tells an integer from a double, of which the library's evaluator knows nothing.
 */

/** The tree of an expression, or what is wrong with its syntax. */
export type Parsed = { readonly expr: Expr } | { readonly error: string };

let environment: Environment | undefined;

/** Parses a CEL expression; nothing is typed or evaluated. */
export function parseCel(text: string): Parsed {
  environment ??= new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true });
  try {
    return { expr: convert(environment.parse(text).ast) };
  } catch (error) {
    return { error: firstLine(error) };
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? message;
}

function convert(node: ASTNode): Expr {
  switch (node.op) {
    case 'value':
      return { op: 'literal', value: literal(node.args) };
    case 'id':
      return { op: 'ident', name: node.args };
    case '.':
    case '.?':
      return { op: 'select', operand: convert(node.args[0]), field: node.args[1], optional: node.op === '.?' };
    case '[]':
    case '[?]':
      return { op: 'index', operand: convert(node.args[0]), index: convert(node.args[1]), optional: node.op === '[?]' };
    case 'call':
      return { op: 'call', name: node.args[0], target: undefined, args: node.args[1].map(convert) };
    case 'rcall':
      return { op: 'call', name: node.args[0], target: convert(node.args[1]), args: node.args[2].map(convert) };
    case 'list':
      return { op: 'list', items: node.args.map(convert) };
    case 'map':
      return { op: 'map', entries: node.args.map(([key, value]) => [convert(key), convert(value)] as const) };
    case '?:':
      return { op: 'conditional', test: convert(node.args[0]), yes: convert(node.args[1]), no: convert(node.args[2]) };
    case '&&':
    case '||':
      return { op: node.op === '&&' ? 'and' : 'or', left: convert(node.args[0]), right: convert(node.args[1]) };
    case '!_':
      return { op: 'not', operand: convert(node.args) };
    case '-_':
      return negate(node.args);
    default:
      return binary(node.op, node.args);
  }
}

function binary(operator: BinaryOperator, operands: readonly [ASTNode, ASTNode]): Expr {
  return { op: 'binary', operator, left: convert(operands[0]), right: convert(operands[1]) };
}

/** A minus sign before a number belongs to the number: the smallest integer has no positive twin. */
function negate(operand: ASTNode): Expr {
  if (operand.op === 'value' && typeof operand.args === 'bigint') return { op: 'literal', value: -operand.args };
  return { op: 'negate', operand: convert(operand) };
}

function literal(value: unknown): Literal {
  if (typeof value === 'number') return new Double(value);
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'bigint') return value;
  return value instanceof Uint8Array ? value : toUint(BigInt(String(value)));
}
