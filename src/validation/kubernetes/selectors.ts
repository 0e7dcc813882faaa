/**
 * Label selectors: their form, and whether they fit labels.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
import { labelValue, qualifiedName } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, failOneOf, failRefused, required } from './checks';
import { each, eachEntry, eachText, isEmpty, itemsIn, listIn, NO_FIELDS, objectIn, textIn, textOf } from './fields';

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** The form of a selector. */
export function selector(value: Data, report: Report): void {
  labels(value, 'matchLabels', report);
  each(value, 'matchExpressions', report, requirement);
}

function requirement(value: Data, report: Report): void {
  const operator = textIn(value, 'operator');
  if (operator === 'In' || operator === 'NotIn') required(value, 'values', report, `values for ${operator}`);
  else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (!isEmpty(value, 'values')) failRefused(value, 'values', `${operator} takes none`, report);
  } else if (operator !== undefined) failOneOf(operator, OPERATORS, report, '.operator');
  const key = textIn(value, 'key');
  if (key !== undefined) failForms(key, qualifiedName, report, '.key');
  eachText(value, 'values', report, (text) => failForms(text, labelValue, report));
}

/** A map of labels, in a field that is no metadata. */
export function labels(value: Data, field: string, report: Report): void {
  eachEntry(value, field, report, (key, content) => {
    failForms(key, qualifiedName, report);
    const text = textOf(content);
    if (text !== undefined) failForms(text, labelValue, report);
  });
}

/** True for a selector that selects everything. */
export function isBareSelector(value: Data): boolean {
  return isEmpty(value, 'matchLabels') && isEmpty(value, 'matchExpressions');
}

/** Whether labels are selected; undefined where that cannot be told, or where the selector is wrong. */
export function selects(value: Data, given: Data): boolean | undefined {
  let isSure = true;
  const wanted = objectIn(value, 'matchLabels') ?? NO_FIELDS;
  for (const key in wanted) {
    const has = labelOf(given, key);
    const asked = textOf(wanted[key]);
    if (asked === undefined || (has === undefined && Object.hasOwn(given, key))) isSure = false;
    else if (has !== asked) return false;
  }
  for (const item of itemsIn(value, 'matchExpressions')) {
    const fits = fitsRequirement(item, given);
    if (fits === false) return false;
    if (fits === undefined) isSure = false;
  }
  return isSure ? true : undefined;
}

function fitsRequirement(item: Data, given: Data): boolean | undefined {
  const key = textIn(item, 'key');
  if (key === undefined) return undefined;
  const has = labelOf(given, key);
  const isThere = Object.hasOwn(given, key);
  const values = listIn(item, 'values');
  if (values.some((item) => typeof item === 'object' && item !== null)) return undefined;
  switch (item['operator']) {
    case 'In':
      return has !== undefined && values.includes(has);
    case 'NotIn':
      return has === undefined || !values.includes(has);
    case 'Exists':
      return isThere;
    case 'DoesNotExist':
      return !isThere;
    default:
      return undefined;
  }
}

function labelOf(given: Data, key: string): string | undefined {
  return Object.hasOwn(given, key) ? textOf(given[key]) : undefined;
}
