import type { MeshError } from '../errors/mesh-error';
import { MANIFEST_VALUE } from './manifest-value';
import { describeValue, refusal } from './refusal';
import type { ValuePlace } from './refusal';
import { requireKnown } from './unknown';
import type { Known } from './unknown';

const BRAND = Symbol.for('mesh-constructs.Weight');
const WHOLE = 100;

/**
 * A share of the requests, in whole percent from 0 to 100.
 *
 * Istio's own weights are any numbers, relative to their sum; percent that add up to 100 say what they mean.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRouteDestination
 */
export class Weight {
  public static readonly none = new Weight(0);
  public static readonly all = new Weight(WHOLE);

  /** @throws MeshError when `value` is no whole number from 0 to 100, or known only at deployment. */
  public static percent(value: Known<number>, place: ValuePlace = {}): Weight {
    requireKnown<unknown>(value, { ...place, property: place.property ?? 'weight' });
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= WHOLE) return new Weight(value);
    throw refusal(place, 'weight', {
      code: 'bad-weight',
      got: describeValue(value),
      expected: 'a whole number of percent, from 0 to 100',
      fix: fixFor(value),
    });
  }

  /** What a prop of type `Weight | number` was given, as a Weight. */
  public static of(value: Weight | Known<number>, place: ValuePlace = {}): Weight {
    return Weight.isWeight(value) ? value : Weight.percent(value, place);
  }

  /** True for a Weight of any copy of this library. */
  public static isWeight(value: unknown): value is Weight {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /**
   * The shares of a split, which add up to 100. One share may be left out (`undefined`): it gets what the others leave.
   *
   * @param shares by name, e.g. of a subset; the name is what a refusal calls the share
   * @throws MeshError when a share is no Weight, or they cannot add up to 100.
   */
  public static split<Name extends string>(
    shares: Readonly<Record<Name, Weight | Known<number> | undefined>>,
    place: ValuePlace = {},
  ): Readonly<Record<Name, Weight>> {
    const entries = Object.entries<Weight | number | undefined>(shares);
    const given = entries.map(([name, share]) => [name, share === undefined ? undefined : ofShare(name, share, place)] as const);
    const left = WHOLE - given.reduce((sum, [, share]) => sum + (share?.value ?? 0), 0);
    const open = given.filter(([, share]) => share === undefined).length;
    if (open > 1 || left < 0 || (open === 0 && left !== 0)) throw badSplit(given, open, left, place);
    const filled = given.map(([name, share]) => [name, share ?? Weight.percent(left)] as const);
    return Object.freeze(Object.fromEntries(filled) as Record<Name, Weight>);
  }

  private constructor(
    /** In percent. */
    public readonly value: number,
  ) {
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }

  /** What this share leaves of 100 percent. */
  public complement(): Weight {
    return new Weight(WHOLE - this.value);
  }

  public equals(other: Weight): boolean {
    return this.value === other.value;
  }

  /** E.g. `10%`. */
  public toString(): string {
    return `${this.value}%`;
  }

  /** In a manifest it stands as a number. @internal */
  public [MANIFEST_VALUE](): number {
    return this.value;
  }
}

function ofShare(name: string, share: Weight | number, place: ValuePlace): Weight {
  return Weight.of(share, { ...place, property: `${place.property ?? 'weights'}.${name}` });
}

function badSplit(given: readonly (readonly [string, Weight | undefined])[], open: number, left: number, place: ValuePlace): MeshError {
  const listed = given.map(([name, share]) => `${name}: ${share?.value ?? 'left out'}`).join(', ');
  const total = WHOLE - left;
  return refusal(place, 'weights', {
    code: 'bad-split',
    got: given.length === 0 ? 'no shares' : `${listed} (together ${total})`,
    expected: 'shares that add up to 100, of which one at most is left out',
    fix: splitFix(open, left),
  });
}

function splitFix(open: number, left: number): string {
  if (open > 1) return 'give all shares but one';
  return left > 0 ? `${left} percent go nowhere: add them, or leave one share out` : `take away ${-left} percent`;
}

function fixFor(value: unknown): string {
  if (typeof value === 'string' && /^\s*\d{1,3}\s*%?\s*$/.test(value)) return `did you mean the number ${Number.parseInt(value, 10)}?`;
  if (typeof value === 'number' && value > 0 && value < 1) return `did you mean ${Math.round(value * WHOLE)}? A weight is in percent`;
  if (typeof value === 'number' && Number.isFinite(value)) return `did you mean ${Math.min(WHOLE, Math.max(0, Math.round(value)))}?`;
  return 'write it as Weight.percent(10), or as a number such as 10';
}
