import { compareQuantities, parseQuantity } from '../../formats/quantity';
import type { Quantity } from '../../formats/quantity';
import { CelError, Double, Opaque, toInt } from '../values';
import type { Int } from '../values';
import { fn } from './overload';
import type { FunctionEntry } from './overload';

class QuantityValue extends Opaque {
  public readonly typeName = 'quantity';

  public constructor(public readonly quantity: Quantity) {
    super();
  }

  public equals(other: Opaque): boolean {
    return other instanceof QuantityValue && compareQuantities(this.quantity, other.quantity) === 0;
  }
}

/** Kubernetes' resource quantities: `500m`, `1.5Gi`. */
export const QUANTITIES: readonly FunctionEntry[] = [
  fn('quantity(string): quantity', toQuantity),
  fn('isQuantity(string): bool', (text: string) => parseQuantity(text) !== undefined),
  fn('sign(quantity): int', (a: QuantityValue) => Number(a.quantity.nanos > 0n) - Number(a.quantity.nanos < 0n)),
  fn('.isInteger(quantity): bool', (a: QuantityValue) => asInteger(a) !== undefined),
  fn('.asInteger(quantity): int', (a: QuantityValue) => {
    const value = asInteger(a);
    if (value === undefined) throw new CelError('cannot convert value to integer');
    return value;
  }),
  fn('.asApproximateFloat(quantity): double', (a: QuantityValue) => new Double(Number(a.quantity.nanos) / 1e9)),
  fn('.isGreaterThan(quantity, quantity): bool', (a: QuantityValue, b: QuantityValue) => compareQuantities(a.quantity, b.quantity) > 0),
  fn('.isLessThan(quantity, quantity): bool', (a: QuantityValue, b: QuantityValue) => compareQuantities(a.quantity, b.quantity) < 0),
  fn('.compareTo(quantity, quantity): int', (a: QuantityValue, b: QuantityValue) => compareQuantities(a.quantity, b.quantity)),
  fn('.add(quantity, quantity): quantity', (a: QuantityValue, b: QuantityValue) => of(a.quantity.nanos + b.quantity.nanos)),
  fn('.add(quantity, int): quantity', (a: QuantityValue, b: Int) => of(a.quantity.nanos + BigInt(b) * 1_000_000_000n)),
  fn('.sub(quantity, quantity): quantity', (a: QuantityValue, b: QuantityValue) => of(a.quantity.nanos - b.quantity.nanos)),
  fn('.sub(quantity, int): quantity', (a: QuantityValue, b: Int) => of(a.quantity.nanos - BigInt(b) * 1_000_000_000n)),
];

function of(nanos: bigint): QuantityValue {
  return new QuantityValue({ nanos });
}

function toQuantity(text: string): QuantityValue {
  const quantity = parseQuantity(text);
  if (quantity === undefined) throw new CelError(`quantity parse error: "${text}"`);
  return new QuantityValue(quantity);
}

function asInteger(a: QuantityValue): Int | undefined {
  const { nanos } = a.quantity;
  if (nanos % 1_000_000_000n !== 0n) return undefined;
  try {
    return toInt(nanos / 1_000_000_000n);
  } catch {
    return undefined;
  }
}
