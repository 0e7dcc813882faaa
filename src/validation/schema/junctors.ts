import { listOf } from '../describe';
import type { Report } from '../report';
import { has, isData, isObject, namesOf, schemasOf } from './check';
import type { Check, Schema } from './check';
import type { Condition } from './scalars';

/** allOf, anyOf, oneOf and not of a node; `nested` makes the check of one of their schemas. */
export function junctorConditions(schema: Schema, nested: (schema: Schema) => Check): readonly Condition[] {
  return [anyOf(schema, nested), oneOf(schema, nested), allOf(schema, nested), not(schema, nested)].filter(
    (item) => item !== undefined,
  );
}

function anyOf(schema: Schema, nested: (schema: Schema) => Check): Condition | undefined {
  const alternatives = schemasOf(schema, 'anyOf');
  if (alternatives.length === 0) return undefined;
  const checks = alternatives.map(nested);
  const wanted = alternativesText(alternatives, 'at least one of');
  return (value, report) => {
    for (const check of checks) if (report.isFine(check, value)) return;
    report.fail('no-alternative', value, wanted, { isBlocking: true });
    reportSingle(checks, value, report);
  };
}

function oneOf(schema: Schema, nested: (schema: Schema) => Check): Condition | undefined {
  const alternatives = schemasOf(schema, 'oneOf');
  if (alternatives.length === 0) return undefined;
  const quick = exclusiveFields(alternatives);
  const fields = alternatives.flatMap((item) => namesOf(item, 'required'));
  const wanted = alternativesText(alternatives, alternatives.some((item) => 'not' in item) ? 'at most one of' : 'exactly one of');
  const checks = alternatives.map(nested);
  return (value, report) => {
    if (quick !== undefined && isObject(value)) {
      const matching = quick(value);
      if (matching !== 1) failOneOf(value, matching, fields, wanted, report);
      return;
    }
    let matching = 0;
    let possible = 0;
    for (const check of checks) {
      const verdict = report.verdict(check, value);
      if (verdict === 'fits') matching += 1;
      else if (verdict === 'may fit') possible += 1;
    }
    if (matching === 1 || (matching === 0 && possible > 0)) return;
    failOneOf(value, matching, fields, wanted, report);
    if (matching === 0) reportSingle(checks, value, report);
  };
}

function failOneOf(value: unknown, matching: number, fields: readonly string[], wanted: string, report: Report): void {
  const present = isData(value) ? [...new Set(fields)].filter((field) => has(value, field)) : [];
  report.fail('not-exactly-one', value, wanted, {
    ...(present.length > 0 && matching > 1 && { saidGot: listOf(present) }),
    ...(matching > 1 && { fix: 'leave out all but one' }),
    isBlocking: matching === 0,
  });
}

/**
 * Counts matching alternatives without trying them, for the one shape that nearly all oneOf of a mesh have: each
 * alternative asks for a single field, and perhaps one for none of them.
 */
function exclusiveFields(alternatives: readonly Schema[]): ((value: { readonly [key: string]: unknown }) => number) | undefined {
  const fields: string[] = [];
  let allowsNone = false;
  for (const alternative of alternatives) {
    const [field, ...others] = namesOf(alternative, 'required');
    const keywords = Object.keys(alternative);
    if (field !== undefined && others.length === 0 && keywords.length === 1) fields.push(field);
    else if (isNoneOf(alternative)) allowsNone = true;
    else return undefined;
  }
  const isComplete = !allowsNone || alternatives.every((item) => !isNoneOf(item) || sameNames(noneFields(item), fields));
  if (!isComplete || new Set(fields).size !== fields.length) return undefined;
  const none = allowsNone ? 1 : 0;
  return (value) => {
    let matching = 0;
    for (const field of fields) if (has(value, field)) matching += 1;
    return matching === 0 ? none : matching;
  };
}

/** True for `{ not: { anyOf: [{ required: [a] }, …] } }`. */
function isNoneOf(schema: Schema): boolean {
  return Object.keys(schema).length === 1 && noneFields(schema).length > 0;
}

function noneFields(schema: Schema): readonly string[] {
  const inner = schema['not'] as Schema | undefined;
  if (inner === undefined || Object.keys(inner).length !== 1) return [];
  const parts = schemasOf(inner, 'anyOf').map((part) => (Object.keys(part).length === 1 ? namesOf(part, 'required') : []));
  return parts.every((names) => names.length === 1) ? parts.flat() : [];
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}

function allOf(schema: Schema, nested: (schema: Schema) => Check): Condition | undefined {
  const parts = schemasOf(schema, 'allOf');
  if (parts.length === 0) return undefined;
  const checks = parts.map(nested);
  return (value, report) => {
    for (const check of checks) check(value, report);
  };
}

function not(schema: Schema, nested: (schema: Schema) => Check): Condition | undefined {
  const inner = schema['not'];
  if (inner === undefined) return undefined;
  const check = nested(inner as Schema);
  const wanted = `not ${alternativesText([inner as Schema], '')}`;
  return (value, report) => {
    if (report.verdict(check, value) === 'fits') report.fail('forbidden-value', value, wanted);
  };
}

/** Where there is only one alternative, what is wrong with it is what is wrong. */
function reportSingle(checks: readonly Check[], value: unknown, report: Report): void {
  const [only, ...others] = checks;
  if (only !== undefined && others.length === 0) only(value, report);
}

/** Alternatives in words: the fields that they ask for, the patterns, the values. */
function alternativesText(alternatives: readonly Schema[], intro: string): string {
  const words = [...new Set(alternatives.flatMap(describeSchema))];
  if (words.length === 0) return 'a value that fits the schema';
  return `${words.length === 1 && intro !== 'at most one of' ? '' : intro} ${listOf(words, 'or')}`.trim();
}

function describeSchema(schema: Schema): string[] {
  const required = namesOf(schema, 'required');
  if (required.length > 0) return [listOf(required)];
  if (Array.isArray(schema['enum'])) return (schema['enum'] as readonly unknown[]).map((value) => JSON.stringify(value));
  for (const keyword of ['type', 'format', 'pattern'] as const) {
    if (typeof schema[keyword] === 'string') return [`${keyword} ${schema[keyword]}`];
  }
  return schemasOf(schema, 'anyOf').flatMap(describeSchema);
}
