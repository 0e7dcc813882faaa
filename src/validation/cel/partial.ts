import { isUnknown } from '../../rules/json';
import { firstUnknown } from '../unknowns';
import { isConstant } from './node';
import type { Node } from './node';
import type { Expr } from './syntax';
import { CelUnknown, equals } from './values';
import type { Optional, Value } from './values';

/**
 * Evaluation of rules on objects with values that are known only at deployment. Rules are compiled a second time for it,
 * so that all other objects pay nothing.
 *
 * An expression that needs such a value is unknown, and an operator or function with an unknown operand is unknown; but
 * `false && unknown` is false and `true || unknown` is true, a field that holds such a value is there for `has()`, and
 * a list or map that holds some has a known size and known keys. Unknown wins over an error in `&&`, `||` and the quantifiers; elsewhere the
 * operand that is evaluated first decides.
 *
 * Source: "Unknown values" in https://github.com/google/cel-spec/blob/master/doc/langdef.md, and cel-go's interpreter.
 */
export function partial(expr: Expr, node: Node): Node {
  if (isConstant(node) || READS_NOTHING.has(expr.op)) return node;
  const { run, type } = node;
  return {
    type,
    run: (env) => {
      const value = run(env);
      if (isUnknown(value)) throw new CelUnknown(value.description);
      return value;
    },
  };
}

/** What gives a value of its own making, which holds no unknown at its top. */
const READS_NOTHING: ReadonlySet<Expr['op']> = new Set(['literal', 'list', 'map', 'and', 'or', 'not']);

/** Functions that look at a collection, but not into what it holds. */
const SHALLOW: ReadonlySet<string> = new Set(['size', '.size', '.hasValue']);

/** An operand that a function or operator looks into, or not: what it holds has to be known then. */
export function operand(node: Node, looker: string): Node {
  if (isConstant(node) || SHALLOW.has(looker)) return node;
  const { run, type } = node;
  return {
    type,
    run: (env) => {
      const value = run(env);
      const unknown = typeof value === 'object' && value !== null ? firstUnknown(value) : undefined;
      if (unknown !== undefined) throw new CelUnknown(unknown.description);
      return value;
    },
  };
}

/** What a field or item is taken out of: an optional may hold an unknown. */
export function container(node: Node): Node {
  if (node.type.kind !== 'optional') return node;
  const { run, type } = node;
  return {
    type,
    run: (env) => {
      const optional = run(env) as Optional;
      if (isUnknown(optional.value)) throw new CelUnknown(optional.value.description);
      return optional;
    },
  };
}

/** `item in list`: true where a known item is equal, whatever the others will be. */
export function isInPartial(item: Value, list: readonly Value[]): boolean {
  let unknown: string | undefined;
  for (const other of list) {
    const held = firstUnknown(other);
    if (held !== undefined) unknown ??= held.description;
    else if (equals(item, other)) return true;
  }
  if (unknown !== undefined) throw new CelUnknown(unknown);
  return false;
}
