import { count, describe } from '../describe';
import type { Report } from '../report';
import { firstUnknown } from '../unknowns';
import { isData, isSame, namesOf, numberOf } from './check';
import type { Check, Schema } from './check';
import { failType } from './scalars';
import type { Condition } from './scalars';

/** The check of a list. `item` checks its items; a null is passed to it as any other value. */
export function arrayCheck(schema: Schema, item: Check | undefined): Check {
  const conditions = arrayConditions(schema);
  return (value, report) => {
    if (!Array.isArray(value)) return failType(value, 'array', report);
    const out = item === undefined ? (value as readonly unknown[]) : checkItems(value, item, report);
    for (const condition of conditions) condition(out, report);
    return out;
  };
}

function checkItems(value: readonly unknown[], item: Check, report: Report): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let at = 0; at < value.length; at += 1) {
    report.enterIndex(at);
    const next = item(value[at], report);
    report.leave();
    if (next === value[at]) continue;
    copy ??= [...value];
    copy[at] = next;
  }
  return copy ?? value;
}

/** Conditions on a list: size, uniqueness, and those of `x-kubernetes-list-type`. */
export function arrayConditions(schema: Schema): readonly Condition[] {
  return [sizeCondition(schema), uniqueItems(schema), listType(schema)].filter((item) => item !== undefined);
}

function sizeCondition(schema: Schema): Condition | undefined {
  const max = numberOf(schema, 'maxItems');
  const min = numberOf(schema, 'minItems');
  if (max === undefined && min === undefined) return undefined;
  return (value, report) => {
    const { length } = value as readonly unknown[];
    if (min !== undefined && length < min) {
      report.fail('too-few-items', value, `at least ${count(min, 'item')}`, { saidGot: count(length, 'item') });
    }
    if (max !== undefined && length > max) {
      report.fail('too-many-items', value, `at most ${count(max, 'item')}`, { saidGot: count(length, 'item'), isBlocking: true });
    }
  };
}

function uniqueItems(schema: Schema): Condition | undefined {
  if (schema['uniqueItems'] !== true) return undefined;
  return (value, report) => reportRepeats(value as readonly unknown[], (item) => item, report);
}

/**
 * Lists that are sets or maps hold nothing twice. Source: "x-kubernetes-list-type" in
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */
function listType(schema: Schema): Condition | undefined {
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') return (value, report) => reportRepeats(value as readonly unknown[], (item) => item, report);
  if (type !== 'map') return undefined;
  const keys = namesOf(schema, 'x-kubernetes-list-map-keys');
  const [only] = keys;
  const keyOf =
    keys.length === 1 && only !== undefined
      ? (item: unknown): unknown => (isData(item) ? item[only] : undefined)
      : (item: unknown): unknown => Object.fromEntries(keys.flatMap((key) => (isData(item) && item[key] !== undefined ? [[key, item[key]]] : [])));
  return (value, report) => reportRepeats(value as readonly unknown[], keyOf, report, keys);
}

/** Reports each item whose key stood before; short lists, which nearly all are, are compared without a set. */
function reportRepeats(items: readonly unknown[], keyOf: (item: unknown) => unknown, report: Report, keys?: readonly string[]): void {
  if (items.length < 2) return;
  const keyList = items.length > 8 ? items.map(keyOf) : undefined;
  const seen = keyList?.every((key) => typeof key !== 'object' || key === null) === true ? new Map<unknown, number>() : undefined;
  for (let at = 0; at < items.length; at += 1) {
    const key = keyOf(items[at]);
    // whether it stands there twice shows at deployment
    if (report.unknownsMet > 0 && firstUnknown(key) !== undefined) continue;
    const first = seen === undefined ? firstWith(items, keyOf, key, at) : (seen.get(key) ?? at);
    seen?.set(key, first);
    if (first === at) continue;
    const what = keys === undefined ? 'items that differ' : `items that differ in ${keys.join(' and ')}`;
    report.enterIndex(at);
    report.fail('duplicate-item', key, what, { saidGot: `${describeKey(key, keys)}, as item ${first} has`, fix: 'leave out one of the two' });
    report.leave();
  }
}

function firstWith(items: readonly unknown[], keyOf: (item: unknown) => unknown, key: unknown, end: number): number {
  for (let at = 0; at < end; at += 1) {
    const other = keyOf(items[at]);
    if (other === key || (typeof key === 'object' && isSame(other, key))) return at;
  }
  return end;
}

function describeKey(key: unknown, keys: readonly string[] | undefined): string {
  if (keys === undefined) return describe(key);
  if (keys.length === 1) return key === undefined ? `no ${String(keys[0])}` : `${String(keys[0])}: ${describe(key)}`;
  return JSON.stringify(key);
}
