import { parseType, splitTopLevel } from '../types';
import type { CelType } from '../types';
import type { Value } from '../values';

/** One form of a function: a name may have several, which differ in the types they take. */
export interface Overload {
  /** Types of the arguments; a method's receiver comes first. */
  readonly params: readonly CelType[];
  readonly result: CelType;
  readonly call: (...args: readonly Value[]) => Value;
}

/** `name(params): result`; the name of a method starts with a dot and its receiver is the first parameter. */
export interface FunctionEntry {
  readonly name: string;
  readonly overload: Overload;
}

/**
 * An entry of a function table, from its signature: `size(string): int`, `.startsWith(string, string): bool`.
 * The types of `call` are those of the signature, which is checked before it is called.
 */
export function fn<A extends readonly never[]>(signature: string, call: (...args: A) => Value): FunctionEntry {
  const open = signature.indexOf('(');
  const close = signature.lastIndexOf(')');
  return {
    name: signature.slice(0, open),
    overload: {
      params: splitTopLevel(signature.slice(open + 1, close)).map(parseType),
      result: parseType(signature.slice(close + 2)),
      call: call as unknown as Overload['call'],
    },
  };
}
