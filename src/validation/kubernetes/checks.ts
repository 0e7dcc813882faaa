/** Single conditions on a field, each with the finding that says what is wrong. */
import { describe, listOf } from '../describe';
import { closest } from '../../errors/closest';
import type { NameCheck } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { isEmpty, isSet, textIn } from './fields';

/** The field is there and has content. */
export function required(data: Data, field: string, report: Report, expected = `the field ${field}`): void {
  if (isEmpty(data, field)) report.fail('missing-field', data[field] ?? undefined, expected, { below: `.${field}`, fix: `add ${field}` });
}

/** The text of a field is of a form, where there is one. */
export function form(data: Data, field: string, check: NameCheck, report: Report): void {
  const text = textIn(data, field);
  if (text !== undefined && text !== '') failForms(text, check, report, `.${field}`);
}

/** As `form`, of a text that may not be empty. */
export function requiredForm(data: Data, field: string, check: NameCheck, report: Report): void {
  required(data, field, report);
  form(data, field, check, report);
}

/** As `form`, of a text that is judged as soon as the field is there, be it empty. */
export function setForm(data: Data, field: string, check: NameCheck, report: Report): void {
  const text = isSet(data, field) ? textIn(data, field) : undefined;
  if (text !== undefined) failForms(text, check, report, `.${field}`);
}

/** The text at the present place, or below it, is of a form. */
export function failForms(text: string, check: NameCheck, report: Report, below = ''): void {
  for (const expected of check(text)) report.fail('kubernetes-rule', text, expected, { below });
}

/** The text of a field is one of these, where there is one. */
export function oneOf(data: Data, field: string, allowed: readonly string[], report: Report): void {
  const text = textIn(data, field);
  if (text === undefined || text === '' || allowed.includes(text)) return;
  failOneOf(text, allowed, report, `.${field}`);
}

/** As `oneOf`, of a text that is judged as soon as the field is there, be it empty. */
export function setOneOf(data: Data, field: string, allowed: readonly string[], report: Report): void {
  const text = isSet(data, field) ? textIn(data, field) : undefined;
  if (text !== undefined && !allowed.includes(text)) failOneOf(text, allowed, report, `.${field}`);
}

/** As `oneOf`, of a text that may not be empty. */
export function requiredOneOf(data: Data, field: string, allowed: readonly string[], report: Report): void {
  required(data, field, report);
  oneOf(data, field, allowed, report);
}

export function failOneOf(text: string, allowed: readonly string[], report: Report, below = ''): void {
  const meant = closest(text, allowed);
  report.fail('not-in-enum', text, `${allowed.length > 1 ? 'one of ' : ''}${listOf(allowed.map(describe), 'or')}`, {
    below,
    fix: meant === undefined ? undefined : `did you mean ${describe(meant)}?`,
  });
}

/** The number of a field lies between two others, both allowed. */
export function range(data: Data, field: string, min: number, max: number, report: Report): void {
  const value = data[field];
  if (typeof value === 'number') failRange(value, min, max, report, `.${field}`);
}

export function failRange(value: number, min: number, max: number, report: Report, below = ''): void {
  const expected = max === Number.POSITIVE_INFINITY ? `at least ${min}` : `a number from ${min} to ${max}`;
  if (value < min) report.fail('below-minimum', value, expected, { below });
  else if (value > max) report.fail('above-maximum', value, expected, { below });
}

export function notNegative(data: Data, field: string, report: Report): void {
  range(data, field, 0, Number.POSITIVE_INFINITY, report);
}

/** The field is left out. */
export function refused(data: Data, field: string, why: string, report: Report): void {
  if (isSet(data, field)) failRefused(data, field, why, report);
}

export function failRefused(data: Data, field: string, why: string, report: Report): void {
  report.fail('kubernetes-rule', data[field], `no ${field}: ${why}`, { below: `.${field}`, fix: `leave out ${field}` });
}

/** Of these fields one is set and no other. */
export function exactlyOne(data: Data, fields: readonly string[], report: Report): void {
  let first: string | undefined;
  for (const field of fields) {
    if (!isSet(data, field)) continue;
    if (first === undefined) first = field;
    else noteOthers(data, field, first, report);
  }
  if (first === undefined) report.fail('missing-field', undefined, `one of ${listOf(fields, 'or')}`);
}

/** A text, or another key, that stands once among several. */
export function once(seen: Set<string>, key: string, report: Report, below = ''): void {
  if (seen.has(key)) report.fail('duplicate-item', key, 'each of them once', { below });
  seen.add(key);
}

/** A field that stands beside another that excludes it. */
export function noteOthers(data: Data, field: string, first: string, report: Report): void {
  report.fail('kubernetes-rule', data[field], `no ${field} beside ${first}: they exclude each other`, { below: `.${field}` });
}
