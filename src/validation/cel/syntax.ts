import type { Double, Uint } from './values';

/** A value that an expression spells out. Integers are kept as bigint until a closure is made of them. */
export type Literal = null | boolean | string | bigint | Double | Uint | Uint8Array;

export type BinaryOperator = '==' | '!=' | 'in' | '+' | '-' | '*' | '/' | '%' | '<' | '<=' | '>' | '>=';

/** A CEL expression as parsed: macros stand as ordinary calls, and nothing is typed yet. */
export type Expr =
  | { readonly op: 'literal'; readonly value: Literal }
  | { readonly op: 'ident'; readonly name: string }
  | { readonly op: 'select'; readonly operand: Expr; readonly field: string; readonly optional: boolean }
  | { readonly op: 'index'; readonly operand: Expr; readonly index: Expr; readonly optional: boolean }
  | { readonly op: 'call'; readonly name: string; readonly target: Expr | undefined; readonly args: readonly Expr[] }
  | { readonly op: 'list'; readonly items: readonly Expr[] }
  | { readonly op: 'map'; readonly entries: readonly (readonly [Expr, Expr])[] }
  | { readonly op: 'conditional'; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly op: 'and' | 'or'; readonly left: Expr; readonly right: Expr }
  | { readonly op: 'not' | 'negate'; readonly operand: Expr }
  | { readonly op: 'binary'; readonly operator: BinaryOperator; readonly left: Expr; readonly right: Expr };

/** Names that an expression reads, without those that its own macros bind. */
export function freeNames(expr: Expr, found = new Set<string>()): Set<string> {
  const visit = (child: Expr): void => void freeNames(child, found);
  switch (expr.op) {
    case 'literal':
      break;
    case 'ident':
      found.add(expr.name);
      break;
    case 'select':
      visit(expr.operand);
      break;
    case 'index':
      visit(expr.operand);
      visit(expr.index);
      break;
    case 'call':
      if (expr.target !== undefined) visit(expr.target);
      expr.args.forEach(visit);
      break;
    case 'list':
      expr.items.forEach(visit);
      break;
    case 'map':
      expr.entries.forEach((entry) => entry.forEach(visit));
      break;
    case 'conditional':
      [expr.test, expr.yes, expr.no].forEach(visit);
      break;
    case 'and':
    case 'or':
    case 'binary':
      visit(expr.left);
      visit(expr.right);
      break;
    case 'not':
    case 'negate':
      visit(expr.operand);
      break;
  }
  return found;
}
