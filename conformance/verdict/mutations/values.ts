import type { Json, JsonObject } from '../../../src/rules/json';
import { isJsonObject } from '../../../src/rules/json';
import { namesOf, textOf } from '../schema-tree';
import { compiled } from '../texts';
import type { Mutator } from './context';
import { acceptance, changed, refusal } from './context';

/** Texts that the pattern of the node does not match, and one that it does. */
export const brokenPattern: Mutator = (context) => {
  const pattern = textOf(context.at.node.schema, 'pattern');
  const { value } = context.at;
  if (pattern === undefined || typeof value !== 'string') return [];
  const expression = compiled(pattern);
  const candidates = [`${value}!`, ` ${value}`, `-${value}`, `${value}-`, `${value}\n`, '', 'Ä', `${value}_`, value.toUpperCase(), `${value}..x`, '%zz', '\u0000'];
  const wrong = candidates.filter((text) => expression?.test(text) === false);
  return [
    ...context.random.shuffled(wrong).slice(0, 2).map((text) => changed(context, `pattern ${JSON.stringify(text)}`, text, [refusal(context, 'pattern')])),
    { what: 'pattern kept', object: context.object, claims: [acceptance(context, 'pattern')] },
  ];
};

const OUTSIDE_FORMAT: ReadonlyMap<string, readonly Json[]> = new Map<string, readonly Json[]>([
  ['date-time', ['2026-01-31', '2026-13-31T12:00:00Z', 'now', '2026-01-31 12:00:00', '']],
  ['byte', ['a', '%%%%', 'aGVsbG8']],
  ['int32', [2 ** 31, -(2 ** 31) - 1]],
  ['int64', [1e30, -1e19]],
  ['float', [1e300]],
]);

/** Values that look as if they did not fit the format, but do, or are not looked at. */
const INSIDE_FORMAT: ReadonlyMap<string, readonly Json[]> = new Map<string, readonly Json[]>([
  ['int32', [2 ** 31 - 1]],
  ['double', [1e308, -1e308, 5e-324]],
  // no format of numbers that the server knows
  ['uint32', [-1, 2 ** 32]],
  ['date-time', ['2026-01-31t12:00:00z', '2026-01-31T12:00:00.123456789123+14:00', '2026-02-29T00:00:00Z', '2026-01-31T23:59:60Z']],
]);

export const brokenFormat: Mutator = (context) => {
  const format = textOf(context.at.node.schema, 'format');
  if (format === undefined || context.subject.isBuiltIn) return [];
  return [
    ...(OUTSIDE_FORMAT.get(format) ?? []).map((value) => changed(context, `format ${format} ${JSON.stringify(value)}`, value, [refusal(context, 'format')])),
    ...(INSIDE_FORMAT.get(format) ?? []).map((value) => changed(context, `format ${format} ${JSON.stringify(value)}`, value)),
  ];
};

/** Addresses for the format that stands in a oneOf without a type. */
export const brokenAddress: Mutator = (context) => {
  const { node, value } = context.at;
  if (!isJsonObject(value) || value['type'] !== 'IPAddress' || node.schema['oneOf'] === undefined) return [];
  return ['10.1.2', 'fe80::1%eth0', '2001:db8::1', '01.2.3.4', 'example.com', '::ffff:10.0.0.1'].map((address) =>
    changed(context, `address ${address}`, { ...value, value: address }),
  );
};

/** The same item, or an item with the same keys, twice and three times; null and an empty object among the items. */
export const doubledItems: Mutator = (context) => {
  const { value, node } = context.at;
  if (!Array.isArray(value)) return [];
  const items = value as readonly Json[];
  const [first] = items;
  if (first === undefined) return [];
  const type = node.schema['x-kubernetes-list-type'];
  const isUnique = (type === 'set' || type === 'map') && !context.subject.isBuiltIn;
  const claims = isUnique ? [refusal(context, 'list key', '', `[${items.length}]`)] : [];
  return [
    changed(context, 'doubled item', [...items, first], claims),
    changed(context, 'tripled item', [first, first, first]),
    changed(context, 'null item', [...items, null]),
    changed(context, 'no items', []),
    ...(isUnique ? [{ what: 'unique items', object: context.object, claims: [acceptance(context, 'list key')] }] : []),
    ...(type === 'map' && isJsonObject(first) ? [changed(context, 'doubled keys', [...items, onlyKeys(first, namesOf(node.schema, 'x-kubernetes-list-map-keys'))])] : []),
  ];
};

/** An item that has nothing but its keys, the optional ones left out: a default may make it the same as another. */
function onlyKeys(item: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([key]) => keys.includes(key) && key !== 'protocol' && key !== 'group' && key !== 'kind'));
}
