/**
 * What plain scalars stand for where kubectl and API servers read YAML: the rules of Go's yaml.v2, which are neither
 * YAML 1.1 nor 1.2. `yes` and `on` are true, `0o17` and `017` are 15, `1:30` and `2026-01-31` are texts.
 *
 * Source: https://github.com/kubernetes-sigs/yaml and https://yaml.org/type/
 */
export type PlainScalar = string | number | boolean | null;

/** A number that no JSON document can hold. */
export class NotJson {
  public constructor(public readonly text: string) {}
}

const WORDS: ReadonlyMap<string, PlainScalar | NotJson> = new Map<string, PlainScalar | NotJson>([
  ...words(true, 'y Y yes Yes YES true True TRUE on On ON'),
  ...words(false, 'n N no No NO false False FALSE off Off OFF'),
  ...words(null, '~ null Null NULL'),
  ['', null],
  ...'.nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF'.split(' ').map((text) => [text, new NotJson(text)] as const),
]);

function words(value: PlainScalar, texts: string): [string, PlainScalar][] {
  return texts.split(' ').map((text) => [text, value]);
}

const TIMESTAMP = /^\d{4}-\d/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

/** The value of a scalar without quotes and tag. */
export function resolvePlain(text: string): PlainScalar | NotJson {
  const first = text.charCodeAt(0);
  // digits, signs and dots begin numbers; everything else is a word or a text
  const isNumeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  if (!isNumeric) return text.length > 5 ? text : lookUp(text);
  return lookUpNumber(text);
}

function lookUp(text: string): PlainScalar | NotJson {
  const word = WORDS.get(text);
  return word === undefined ? text : word;
}

function lookUpNumber(text: string): PlainScalar | NotJson {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (TIMESTAMP.test(text)) return text;
  if (text.startsWith('.')) return FLOAT.test(text) ? finite(text, Number(text)) : text;
  const plain = text.replaceAll('_', '');
  const integer = parseInteger(plain);
  if (integer !== undefined) return integer;
  return FLOAT.test(plain) ? finite(text, Number(plain)) : text;
}

function finite(text: string, value: number): PlainScalar {
  return Number.isFinite(value) ? value : text;
}

const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/;

/** An integer with the prefixes that Go knows; one that does not fit 64 bits is read as a float, if it is decimal. */
function parseInteger(text: string): number | undefined {
  const [whole, sign, hex, binary, octal, decimal] = INTEGER.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const digits = hex ?? binary ?? octal ?? decimal ?? '0';
  const value = digits.length < 12 ? Number.parseInt(digits, radixOf(hex, binary, octal)) : large(digits, hex, binary, octal);
  if (value === undefined || sign !== '-') return value;
  return value > 2 ** 63 && decimal === undefined ? undefined : 0 - value;
}

function radixOf(hex: string | undefined, binary: string | undefined, octal: string | undefined): number {
  if (hex !== undefined) return 16;
  if (binary !== undefined) return 2;
  return octal === undefined ? 10 : 8;
}

function large(digits: string, hex: string | undefined, binary: string | undefined, octal: string | undefined): number | undefined {
  const prefix = hex !== undefined ? '0x' : binary !== undefined ? '0b' : octal === undefined ? '' : '0o';
  const value = BigInt(prefix + digits);
  return value < 2n ** 64n ? Number(value) : undefined;
}

/** The key that a plain scalar becomes in JSON: `on:` is the key `true`. */
export function keyText(value: Exclude<PlainScalar, null> | NotJson): string {
  return value instanceof NotJson ? value.text : String(value);
}
