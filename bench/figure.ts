/** A figure that could not be measured here, and why. */
export interface Skipped {
  readonly skipped: string;
}

/** One figure that the library must reach. */
export interface Figure {
  readonly name: string;
  /** What is measured, against what. */
  readonly what: string;
  readonly unit: 'x' | 'kB' | 'ms' | 's';
  /** The value must not be larger. */
  readonly target: number;
  measure(): Promise<number | Skipped> | number | Skipped;
}

/** True for a figure that was not measured. */
export function isSkipped(value: number | Skipped): value is Skipped {
  return typeof value !== 'number';
}

/** The middle one of some values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
