import { isUnknown } from '../../rules/json';
import { FORMATS } from '../formats';
import { article, describe, listOf } from '../describe';
import { compilePattern } from '../re2';
import type { Report } from '../report';
import { closest } from '../../errors/closest';
import { isSame, numberOf } from './check';
import type { Check, Schema } from './check';

/** A further condition on a value whose type is right. */
export type Condition = (value: unknown, report: Report) => void;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  'integer-or-string': 'an integer or a string',
};

/**
 * Reports a value of a wrong type; what would have been accepted is told by the schema's `type`. A value that is known only
 * at deployment may be of any type: it passes, and is noted.
 */
export function failType(value: unknown, type: string, report: Report): unknown {
  if (isUnknown(value)) {
    report.noteUnknown(value);
    return value;
  }
  report.fail('wrong-type', value, TYPE_NAMES[type] ?? article(type), { isBlocking: true, fix: typeFix(value, type) });
  return value;
}

function typeFix(value: unknown, type: string): string | undefined {
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return `put it in quotes: "${value}"`;
  if (typeof value !== 'string') return undefined;
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(value)) return `leave out the quotes: ${value}`;
  return type === 'boolean' && /^(true|false)$/.test(value) ? `leave out the quotes: ${value}` : undefined;
}

/** True for what Go reads as a 64-bit integer, or as a float that counts as one. */
export function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;
}

/** Conditions of a node that hold for a value of any type. */
export function enumCondition(schema: Schema): Condition | undefined {
  const allowed = schema['enum'];
  if (!Array.isArray(allowed) || allowed.length === 0) return undefined;
  const values = allowed as readonly unknown[];
  const words = values.filter((value): value is string => typeof value === 'string');
  const set = new Set(values);
  const compounds = values.filter((value) => typeof value === 'object' && value !== null);
  return (value, report) => {
    // a null is never among the values, even where the list holds one
    if (value !== null && (set.has(value) || compounds.some((other) => isSame(value, other)))) return;
    const meant = typeof value === 'string' ? closest(value, words) : undefined;
    report.fail('not-in-enum', value, `${values.length > 1 ? 'one of ' : ''}${listOf(values.map(describe), 'or')}`, {
      fix: meant === undefined ? undefined : `did you mean ${describe(meant)}?`,
      isBlocking: true,
    });
  };
}

/** Conditions on a string: length in characters, pattern, format. */
export function stringConditions(schema: Schema): readonly Condition[] {
  return [lengthAndPattern(schema), formatCondition(schema)].filter((item) => item !== undefined);
}

/** The server stops at the first of these three that fails. */
function lengthAndPattern(schema: Schema): Condition | undefined {
  const max = numberOf(schema, 'maxLength') ?? Number.POSITIVE_INFINITY;
  const min = numberOf(schema, 'minLength') ?? 0;
  const pattern = typeof schema['pattern'] === 'string' && schema['pattern'] !== '' ? schema['pattern'] : undefined;
  if (max === Number.POSITIVE_INFINITY && min <= 0 && pattern === undefined) return undefined;
  const compiled = pattern === undefined ? undefined : compilePattern(pattern);
  return (value, report) => {
    const text = value as string;
    // a string never has more characters than UTF-16 units, and at least half as many
    if (text.length > max && [...text].length > max) {
      report.fail('too-long', text, `at most ${max} characters`, { isBlocking: true, saidGot: `${[...text].length} characters` });
    } else if (text.length < 2 * min && [...text].length < min) {
      report.fail('too-short', text, min === 1 ? 'a text that is not empty' : `at least ${min} characters`);
    } else if (compiled !== undefined && ('error' in compiled || !compiled.matches(text))) {
      report.fail('pattern-mismatch', text, `a text that matches ${String(pattern)}`);
    }
  };
}

/** The format of a node under the name by which API servers know it; undefined where they ignore it. */
function knownFormat(schema: Schema): string | undefined {
  const format = schema['format'];
  if (typeof format !== 'string' || (schema['type'] !== undefined && schema['type'] !== 'string')) return undefined;
  const name = format.replaceAll('-', '');
  return FORMATS.has(name) ? name : undefined;
}

function formatCondition(schema: Schema): Condition | undefined {
  const name = knownFormat(schema);
  const test = name === undefined ? undefined : FORMATS.get(name);
  if (test === undefined) return undefined;
  const format = String(schema['format']);
  return (value, report) => {
    if (!test(value as string)) {
      report.fail('bad-format', value, `a text of the format ${format}`, { isBlocking: true, fix: FORMAT_HINTS[format] });
    }
  };
}

const FORMAT_HINTS: Readonly<Record<string, string>> = {
  'date-time': 'write it as 2026-01-31T12:00:00Z',
  date: 'write it as 2026-01-31',
  duration: 'write it as 30s or 1h30m',
};

/** Conditions on a number: range of the format, bounds, step. */
export function numberConditions(schema: Schema): readonly Condition[] {
  return [formatRange(schema), upperBound(schema), lowerBound(schema), step(schema)].filter((item) => item !== undefined);
}

const FLOAT_LIMIT = 3.4028235677973366e38;

function formatRange(schema: Schema): Condition | undefined {
  const format = `${String(schema['type'])}/${String(schema['format'])}`;
  const limit = format === 'integer/int32' ? 2 ** 31 : format === 'number/float' ? FLOAT_LIMIT : undefined;
  if (limit === undefined) return undefined;
  const highest = limit === FLOAT_LIMIT ? limit : limit - 1;
  return (value, report) => {
    if ((value as number) > highest) report.fail('above-maximum', value, `a number of the format ${String(schema['format'])}`);
    if ((value as number) < -limit) report.fail('below-minimum', value, `a number of the format ${String(schema['format'])}`);
  };
}

/** The server compares an integer with the whole part of a bound. */
function bound(limit: number, value: unknown): number {
  return Number.isInteger(value) ? Math.trunc(limit) : limit;
}

function upperBound(schema: Schema): Condition | undefined {
  const max = numberOf(schema, 'maximum');
  if (max === undefined) return undefined;
  const isExclusive = schema['exclusiveMaximum'] === true;
  return (value, report) => {
    const limit = bound(max, value);
    if ((value as number) < limit || (!isExclusive && value === limit)) return;
    report.fail('above-maximum', value, isExclusive ? `less than ${max}` : `at most ${max}`);
  };
}

function lowerBound(schema: Schema): Condition | undefined {
  const min = numberOf(schema, 'minimum');
  if (min === undefined) return undefined;
  const isExclusive = schema['exclusiveMinimum'] === true;
  return (value, report) => {
    const limit = bound(min, value);
    if ((value as number) > limit || (!isExclusive && value === limit)) return;
    report.fail('below-minimum', value, isExclusive ? `more than ${min}` : `at least ${min}`);
  };
}

function step(schema: Schema): Condition | undefined {
  const factor = numberOf(schema, 'multipleOf');
  if (factor === undefined) return undefined;
  return (value, report) => {
    const times = factor < 1 ? (1 / factor) * (value as number) : (value as number) / factor;
    if (Math.abs(times - Math.round(times)) > 1e-9) report.fail('not-a-multiple', value, `a multiple of ${factor}`);
  };
}

/** The check of a scalar type, with all its conditions. */
export function scalarCheck(schema: Schema): Check {
  const type = schema['x-kubernetes-int-or-string'] === true ? 'integer-or-string' : String(schema['type']);
  const isOfType = TYPE_TESTS[type] ?? ((): boolean => false);
  const onText = type === 'string' || type === 'integer-or-string' ? stringConditions(schema) : [];
  const onNumber = type === 'string' || type === 'boolean' ? [] : numberConditions(schema);
  const onAny = enumCondition(schema);
  if (onText.length === 0 && onNumber.length === 0 && onAny === undefined) {
    return (value, report) => (isOfType(value) ? value : failType(value, type, report));
  }
  return (value, report) => {
    if (!isOfType(value)) return failType(value, type, report);
    for (const condition of typeof value === 'string' ? onText : onNumber) condition(value, report);
    onAny?.(value, report);
    return value;
  };
}

const TYPE_TESTS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: isInteger,
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  'integer-or-string': (value) => typeof value === 'string' || isInteger(value),
};
