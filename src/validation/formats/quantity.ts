/** A resource quantity; Kubernetes keeps nothing smaller than a billionth. */
export interface Quantity {
  readonly nanos: bigint;
}

const FORM = /^([+-]?)(\d+\.?\d*|\.\d*)([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;
const BINARY = 'KMGTPE';
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
/** Beyond this a quantity is only "very large" or "very small", and need not be written out. */
const LARGEST_EXPONENT = 60;

/**
 * Reads `500m`, `1.5Gi`, `2e3`, and a lone dot as zero; undefined for any other text.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: string): Quantity | undefined {
  const [whole, sign, number = '', suffix = ''] = FORM.exec(text) ?? [];
  if (whole === undefined || number.length > 400) return undefined;
  const [digits = '', fraction = ''] = number.split('.');
  const value = BigInt(`${digits}${fraction}` || '0');
  const nanos = scale(value, -fraction.length, suffix);
  return { nanos: sign === '-' ? -nanos : nanos };
}

export function compareQuantities(a: Quantity, b: Quantity): number {
  if (a.nanos === b.nanos) return 0;
  return a.nanos < b.nanos ? -1 : 1;
}

/** `value` × 10^`exponent` × `suffix`, in billionths, rounded away from zero. */
function scale(value: bigint, exponent: number, suffix: string): bigint {
  const binary = suffix.endsWith('i') ? 1024n ** BigInt(BINARY.indexOf(suffix[0] ?? '') + 1) : 1n;
  const shift = exponent + 9 + decimalExponent(suffix);
  const scaled = value * binary;
  if (shift >= 0) return scaled * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return (scaled + divisor - 1n) / divisor;
}

function decimalExponent(suffix: string): number {
  if (/^[eE][+-]?\d/.test(suffix)) {
    const exponent = Number(suffix.slice(1));
    return Math.max(-LARGEST_EXPONENT, Math.min(LARGEST_EXPONENT, exponent));
  }
  return suffix.endsWith('i') ? 0 : (DECIMAL[suffix] ?? 0);
}
