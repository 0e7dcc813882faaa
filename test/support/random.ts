import type { Json } from '../../src/rules/json';

/** A seeded source of chance: a failing case can be run again. */
export class Random {
  public constructor(private state: number) {}

  /** A number from 0 up to, not including, `limit`. */
  public below(limit: number): number {
    // mulberry32: small, and good enough to shuffle test data
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  public pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  /** A JSON document of at most `depth` levels with few different keys, so that documents are alike. */
  public json(depth: number): Json {
    const keys = ['a', 'b', 'type', '$variants', '$$variants', '__proto__', 'constructor', ''];
    const kind = depth === 0 ? this.below(4) : this.below(7);
    if (kind === 0) return null;
    if (kind === 1) return this.below(3);
    if (kind === 2) return this.pick(['x', 'y', '0-1']);
    if (kind === 3) return this.below(2) === 0;
    if (kind === 4) return Array.from({ length: this.below(3) }, () => this.json(depth - 1));
    const entries = Array.from({ length: this.below(5) }, () => [this.pick(keys), this.json(depth - 1)] as const);
    return Object.fromEntries(entries);
  }
}
