import type { Difference } from './compare';

/** What came of a case: it differs, it failed, or neither. */
export interface Outcome {
  readonly differences: readonly Difference[];
  /** Why there is nothing to compare, such as an error that should not be. */
  readonly failure?: string;
}

/** One thing that Istio's own tools made, and how ours is made. */
export interface ParityCase {
  readonly name: string;
  readonly run: () => Outcome | Promise<Outcome>;
}

/** A set of cases of one kind. */
export interface Family {
  readonly name: string;
  /** The cases, or why there are none here. */
  readonly cases: () => readonly ParityCase[] | { readonly skipped: string } | Promise<readonly ParityCase[] | { readonly skipped: string }>;
}
