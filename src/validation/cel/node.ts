import type { CelType } from './types';
import type { Value } from './values';

/** Values of the variables of one evaluation, by slot. */
export type Env = Value[];

/** A typed, runnable expression. */
export interface Node {
  readonly type: CelType;
  readonly run: (env: Env) => Value;
  /** Its value where that does not depend on any variable. */
  readonly constant?: Value;
}

/** Thrown while compiling: the rule is wrong, whatever the object. */
export class CompileError extends Error {}

/** The variables that an expression can see. */
export class Scope {
  public constructor(
    private readonly names: ReadonlyMap<string, { readonly slot: number; readonly type: CelType }>,
    private readonly slots: { count: number },
    /** True where list and map literals may hold items of several types: in the arguments of format(). */
    public readonly allowsMixed = false,
    /** True where values that are known only at deployment may be met; see `partial.ts`. */
    public readonly isPartial = false,
  ) {}

  /** The scope of a rule: the given variables stand in the first slots. */
  public static of(variables: readonly (readonly [string, CelType])[], isPartial = false): Scope {
    const names = new Map(variables.map(([name, type], slot) => [name, { slot, type }] as const));
    return new Scope(names, { count: variables.length }, false, isPartial);
  }

  public lookup(name: string): { readonly slot: number; readonly type: CelType } | undefined {
    return this.names.get(name);
  }

  /** A scope in which `name` stands in a slot of its own. */
  public with(name: string, type: CelType): { readonly scope: Scope; readonly slot: number } {
    const slot = this.slots.count;
    this.slots.count += 1;
    return { scope: new Scope(new Map(this.names).set(name, { slot, type }), this.slots, this.allowsMixed, this.isPartial), slot };
  }

  public mixed(): Scope {
    return new Scope(this.names, this.slots, true, this.isPartial);
  }

  /** How many slots an environment needs. */
  public get size(): number {
    return this.slots.count;
  }
}

/** A node of a known value. */
export function constant(type: CelType, value: Value): Node {
  return { type, run: () => value, constant: value };
}

export function isConstant(node: Node): node is Node & { readonly constant: Value } {
  return node.constant !== undefined;
}
