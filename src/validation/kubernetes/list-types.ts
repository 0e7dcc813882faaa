/**
 * How lists and objects of a custom resource are merged.
 * Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { setOneOf } from './checks';
import { isEmpty, isSet, listIn, NO_FIELDS, objectIn, textIn } from './fields';

const TYPE = 'x-kubernetes-list-type';
const KEYS = 'x-kubernetes-list-map-keys';
const MAP_TYPE = 'x-kubernetes-map-type';

export function checkMapType(schema: Data, report: Report): void {
  if (!isSet(schema, MAP_TYPE)) return;
  setOneOf(schema, MAP_TYPE, ['atomic', 'granular'], report);
  if (schema['type'] !== 'object') report.fail('kubernetes-rule', schema['type'], '"object", where there is a map type', { below: '.type' });
}

export function checkListType(schema: Data, report: Report): void {
  const type = isSet(schema, TYPE) ? textIn(schema, TYPE) : undefined;
  if (!isEmpty(schema, KEYS) && type !== 'map') report.fail('kubernetes-rule', schema[TYPE], '"map", where there are keys', { below: `.${TYPE}` });
  if (type === undefined) return;
  setOneOf(schema, TYPE, ['atomic', 'set', 'map'], report);
  if (schema['type'] !== 'array') report.fail('kubernetes-rule', schema['type'], '"array", where there is a list type', { below: '.type' });
  const items = objectIn(schema, 'items');
  if (type === 'map') checkMap(schema, items, report);
  if (items === undefined || (type !== 'set' && type !== 'map')) return;
  if (items['nullable'] === true) report.fail('kubernetes-rule', true, `no null among the items of a ${type}`, { below: '.items.nullable' });
  if (type === 'set') checkSet(items, report);
}

/** Items of a set are taken as a whole. */
function checkSet(items: Data, report: Report): void {
  if (items['type'] === 'array' && isSet(items, TYPE) && items[TYPE] !== 'atomic') report.fail('kubernetes-rule', items[TYPE], '"atomic", as an item of a set', { below: `.items.${TYPE}` });
  if (items['type'] === 'object' && items[MAP_TYPE] !== 'atomic') report.fail('kubernetes-rule', items[MAP_TYPE], '"atomic", as an item of a set', { below: `.items.${MAP_TYPE}` });
}

/** Items of a map have keys: properties that each of them has. */
function checkMap(schema: Data, items: Data | undefined, report: Report): void {
  if (isEmpty(schema, KEYS)) report.fail('missing-field', undefined, 'the keys of the items', { below: `.${KEYS}` });
  if (items === undefined) {
    if (!isSet(schema, 'items')) report.fail('missing-field', undefined, 'the schema of the items', { below: '.items' });
    return;
  }
  if (items['type'] !== 'object') {
    report.fail('kubernetes-rule', items['type'], '"object", as the items have keys', { below: '.items.type' });
    return;
  }
  const properties = objectIn(items, 'properties') ?? NO_FIELDS;
  const seen = new Set<unknown>();
  for (const key of listIn(schema, KEYS)) {
    if (seen.has(key)) report.fail('duplicate-item', key, 'each key once', { below: `.${KEYS}` });
    seen.add(key);
    const property = objectIn(properties, String(key));
    if (property === undefined) report.fail('kubernetes-rule', key, 'the name of a property of the items', { below: `.${KEYS}` });
    else checkKey(property, String(key), listIn(items, 'required').includes(key), report);
  }
}

function checkKey(property: Data, key: string, isRequired: boolean, report: Report): void {
  const below = `.items.properties[${key}]`;
  if (property['type'] === 'array' || property['type'] === 'object') report.fail('kubernetes-rule', property['type'], 'a plain type, as of a key', { below: `${below}.type` });
  if (!isRequired && property['default'] === undefined) report.fail('missing-field', undefined, 'a default, or the key among the required fields', { below: `${below}.default` });
  if (property['nullable'] === true) report.fail('kubernetes-rule', true, 'no null for a key', { below: `${below}.nullable` });
}
