import type { Go } from './go';

/**
 * A tree of YAML in which some things are decided only when istiod injects a pod. What is known at synth is decided in
 * TypeScript instead: `undefined` is left out.
 */
export type Node = string | number | boolean | Go | Fields | Items;

/** A mapping; `fields` makes one of several parts. */
export type Fields = Mapping | Parts;
export interface Mapping {
  readonly [key: string]: Node | undefined;
}

/** A list. */
export type Items = readonly (Item | undefined)[];
export type Item = Node | When<Items> | Each<Items>;

/** A mapping of parts that follow each other. */
export class Parts {
  public constructor(public readonly parts: readonly (Part | undefined)[]) {}
}
export type Part = Fields | When<Fields> | Run;

/** One thing or another. */
export class When<T> {
  public constructor(
    public readonly condition: Go,
    public readonly then: T,
    public readonly otherwise?: T | When<T>,
  ) {}
}

/** Something for each element of a list or a map. */
export class Each<T> {
  public constructor(
    /** Names of the variables for the key and the value, such as `$key, $value`. */
    public readonly variables: string,
    public readonly over: Go,
    public readonly body: T,
  ) {}
}

/**
 * Lists under several keys, one after the other. An item belongs to the key that was opened last, so that one item can be
 * under this key or that one without being written twice.
 */
export class Run {
  public constructor(public readonly parts: readonly (Opened | Item)[]) {}
}

/** The start of a list in a `Run`. */
export class Opened {
  public constructor(
    public readonly key: string,
    public readonly condition: Go,
  ) {}
}

export function fields(...parts: readonly (Part | undefined)[]): Parts {
  return new Parts(parts);
}

export function when<T extends Fields | Items>(condition: Go, then: T, otherwise?: T | When<T>): When<T> {
  return new When(condition, then, otherwise);
}

export function each(variables: string, over: Go, body: Items): Each<Items> {
  return new Each(variables, over, body);
}

/** A template: variables first, then the document. */
export interface Template {
  /** Names, with their `$`, and values. */
  readonly variables?: readonly Variable[];
  readonly documents: readonly Fields[];
}

/** A variable and its value, or lines that compute it. */
export type Variable = readonly [name: string, value: Go] | { readonly code: readonly string[] };
