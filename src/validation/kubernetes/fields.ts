/**
 * Reading the fields of objects of Kubernetes' own kinds as the server does: a null counts as absent, a null in a list as
 * an empty item, and a value that is known only later, or is of a wrong type, as one of which nothing can be said.
 */
import type { Report } from '../report';
import { isData } from '../schema/check';
import type { Data } from '../schema/check';

/** What is checked of one object, at the place where the report stands. */
export type Rule = (value: Data, report: Report) => void;

const NO_ITEMS: readonly never[] = [];
/** An object without fields. */
export const NO_FIELDS: Data = Object.freeze({});

/** False for what is absent. */
export function isSet(data: Data, field: string): boolean {
  return data[field] !== undefined && data[field] !== null;
}

/** True for what is absent, and for a text, a list or an object without content. */
export function isEmpty(data: Data, field: string): boolean {
  const value = data[field];
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isData(value) && isBare(value);
}

function isBare(value: Data): boolean {
  for (const key in value) if (value[key] !== undefined) return false;
  return true;
}

export function objectIn(data: Data, field: string): Data | undefined {
  const value = data[field];
  return isData(value) ? value : undefined;
}

/** The text, empty where there is none; undefined where it cannot be told. */
export function textIn(data: Data, field: string): string | undefined {
  return textOf(data[field]);
}

export function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : undefined;
}

/** The number, the one that the server would fill in where there is none; undefined where it cannot be told. */
export function numberIn(data: Data, field: string, fallback?: number): number | undefined {
  const value = data[field];
  if (value === undefined || value === null) return fallback;
  return typeof value === 'number' ? value : undefined;
}

export function isTrue(data: Data, field: string): boolean {
  return data[field] === true;
}

export function listIn(data: Data, field: string): readonly unknown[] {
  const value = data[field];
  return Array.isArray(value) ? value : NO_ITEMS;
}

/** The objects of a list; what cannot be read is left out. */
export function itemsIn(data: Data, field: string): readonly Data[] {
  const list = listIn(data, field);
  // the list itself, as nearly always
  if (list.every(isData)) return list;
  return list.flatMap((item) => (item === null ? [NO_FIELDS] : isData(item) ? [item] : []));
}

/** The names of the objects of some lists, to find references by; undefined where one of them cannot be told. */
export function namesIn(data: Data, ...fields: readonly string[]): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const field of fields) {
    for (const item of listIn(data, field)) {
      const name = item === null ? '' : isData(item) ? textIn(item, 'name') : undefined;
      if (name === undefined) return undefined;
      names.add(name);
    }
  }
  return names;
}

/** Checks the object in a field, where there is one. */
export function within(data: Data, field: string, report: Report, rule: Rule): void {
  const value = data[field];
  if (!isData(value)) return;
  report.enter(field);
  rule(value, report);
  report.leave();
}

/** As `within`, of a field that is there, empty, where it is left out. */
export function always(data: Data, field: string, report: Report, rule: Rule): void {
  const value = data[field] ?? NO_FIELDS;
  if (!isData(value)) return;
  report.enter(field);
  rule(value, report);
  report.leave();
}

/** Checks each object of a list. */
export function each(data: Data, field: string, report: Report, rule: (item: Data, report: Report, index: number) => void): void {
  const value = data[field];
  if (!Array.isArray(value) || value.length === 0) return;
  report.enter(field);
  for (let index = 0; index < value.length; index += 1) {
    const item: unknown = value[index] ?? NO_FIELDS;
    if (!isData(item)) continue;
    report.enterIndex(index);
    rule(item, report, index);
    report.leave();
  }
  report.leave();
}

/** Checks each text of a list. */
export function eachText(data: Data, field: string, report: Report, check: (text: string, report: Report, index: number) => void): void {
  const value = data[field];
  if (!Array.isArray(value) || value.length === 0) return;
  report.enter(field);
  for (let index = 0; index < value.length; index += 1) {
    const text = textOf(value[index]);
    if (text === undefined) continue;
    report.enterIndex(index);
    check(text, report, index);
    report.leave();
  }
  report.leave();
}

/** Checks each entry of a map; a null in it is a value. */
export function eachEntry(data: Data, field: string, report: Report, check: (key: string, value: unknown, report: Report) => void): void {
  const value = data[field];
  if (!isData(value)) return;
  report.enter(field);
  for (const key in value) {
    if (value[key] === undefined) continue;
    report.enterKey(key);
    check(key, value[key], report);
    report.leave();
  }
  report.leave();
}
