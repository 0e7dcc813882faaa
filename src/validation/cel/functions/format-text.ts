import { durationText, timestampText } from '../time';
import { CelError, Double, Duration, isInt, isMapValue, mapGet, mapKeys, Timestamp, typeNameOf, TypeValue, Uint } from '../values';
import type { Int, Value } from '../values';
import { doubleText } from './conversions';

/** `'%s is %d'.format([…])`, as version 2 of CEL's string extension prints it. */
export function formatText(template: string, args: readonly Value[]): string {
  let next = 0;
  return template.replace(/%(?:\.(\d+))?([\s\S]?)/g, (clause, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (next >= args.length) throw new CelError(`index ${next} out of range`);
    const arg = args[next] as Value;
    next += 1;
    const print = VERBS[verb];
    if (print === undefined) throw new CelError(`could not parse formatting clause: ${clause}`);
    return print(arg, precision === undefined ? 6 : Number(precision));
  });
}

const VERBS: Readonly<Record<string, (arg: Value, precision: number) => string>> = {
  s: plainText,
  d: (arg) => String(integerOf(arg, 'd')),
  f: (arg, precision) => fixedText(arg, precision),
  e: (arg, precision) => scientificText(arg, precision),
  b: (arg) => (typeof arg === 'boolean' ? (arg ? '1' : '0') : BigInt(integerOf(arg, 'b')).toString(2)),
  o: (arg) => BigInt(integerOf(arg, 'o')).toString(8),
  x: hexText,
  X: (arg) => hexText(arg).toUpperCase(),
};

function integerOf(arg: Value, verb: string): Int {
  if (isInt(arg)) return arg;
  if (arg instanceof Uint) return arg.value;
  throw new CelError(`%${verb} takes an integer, not ${typeNameOf(arg)}`);
}

function numberOf(arg: Value, verb: string): number {
  if (arg instanceof Double) return arg.value;
  if (arg === 'Infinity' || arg === '-Infinity' || arg === 'NaN') return Number(arg);
  throw new CelError(`%${verb} takes a double, not ${typeNameOf(arg)}`);
}

function fixedText(arg: Value, precision: number): string {
  const value = numberOf(arg, 'f');
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
  const [whole = '', fraction] = exactFixed(value, precision).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** toFixed, which gives up on large numbers: they have no fraction. */
function exactFixed(value: number, precision: number): string {
  if (Math.abs(value) < 1e21) return value.toFixed(precision);
  return precision === 0 ? String(BigInt(value)) : `${BigInt(value)}.${'0'.repeat(precision)}`;
}

const SUPERSCRIPT = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function scientificText(arg: Value, precision: number): string {
  const value = numberOf(arg, 'e');
  if (!Number.isFinite(value)) return fixedText(arg, precision);
  const [digits = '', exponent = '0'] = value.toExponential(precision).split('e');
  const power = String(Math.abs(Number(exponent))).padStart(2, '0');
  const raised = [...power].map((digit) => SUPERSCRIPT[Number(digit)]).join('');
  return `${digits}×10${Number(exponent) < 0 ? '⁻' : ''}${raised}`;
}

function hexText(arg: Value): string {
  if (typeof arg === 'string') return Buffer.from(arg, 'utf8').toString('hex');
  if (arg instanceof Uint8Array) return Buffer.from(arg).toString('hex');
  return BigInt(integerOf(arg, 'x')).toString(16);
}

function plainText(arg: Value): string {
  if (typeof arg === 'string') return arg;
  if (arg === null) return 'null';
  if (Array.isArray(arg)) return `[${(arg as readonly Value[]).map(nestedText).join(', ')}]`;
  if (arg instanceof Double) return doubleText(arg.value);
  if (arg instanceof Uint) return String(arg.value);
  if (arg instanceof Duration) return durationText(arg);
  if (arg instanceof Timestamp) return timestampText(arg);
  if (arg instanceof TypeValue) return arg.name;
  if (arg instanceof Uint8Array) return Buffer.from(arg).toString('utf8');
  if (typeof arg === 'boolean' || isInt(arg)) return String(arg);
  if (isMapValue(arg)) {
    const entries = mapKeys(arg).map((key) => `${nestedText(key)}:${nestedText(mapGet(arg, key) as Value)}`);
    return `{${entries.sort().join(', ')}}`;
  }
  throw new CelError(`%s cannot print ${typeNameOf(arg)}`);
}

function nestedText(arg: Value): string {
  if (typeof arg === 'string') return quoteText(arg);
  if (arg instanceof Duration) return `duration("${durationText(arg)}")`;
  if (arg instanceof Timestamp) return `timestamp("${timestampText(arg)}")`;
  if (arg instanceof Double) return arg.value.toFixed(6);
  return plainText(arg);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/** A text as a CEL literal. */
export function quoteText(text: string): string {
   
  return `"${text.replace(/\p{Surrogate}/gu, '\ufffd').replace(/[\u0007\b\f\n\r\t\v\\"]/g, (char) => ESCAPES[char] ?? char)}"`;
}
