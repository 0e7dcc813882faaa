import type { Json, JsonObject } from '../../../src/rules/json';
import { isJsonObject } from '../../../src/rules/json';
import type { Claim, Mutation } from '../case';
import { listOf, numberOf, textOf } from '../schema-tree';
import { textFor } from '../patterns';
import { compiled } from '../texts';
import type { Context, Mutator } from './context';
import { acceptance, acceptedOrFirst, changed, refusal } from './context';

/** Larger lists and texts take long to judge and show nothing new. */
const LARGEST = 70_000;

/** Each bound of a node at n−1, n and n+1. */
export const bounds: Mutator = (context) => [
  ...around(context, 'maximum', 'above', atNumber),
  ...around(context, 'minimum', 'below', atNumber),
  ...around(context, 'maxLength', 'above', atLength),
  ...around(context, 'minLength', 'below', atLength),
  ...around(context, 'maxItems', 'above', atItems),
  ...around(context, 'minItems', 'below', atItems),
  ...around(context, 'maxProperties', 'above', atFields),
  ...around(context, 'minProperties', 'below', atFields),
];

type Maker = (context: Context, wanted: number) => readonly Json[];

function around(context: Context, keyword: string, refused: 'above' | 'below', make: Maker): readonly Mutation[] {
  const bound = numberOf(context.at.node.schema, keyword);
  if (bound === undefined || Math.abs(bound) > (make === atNumber ? Number.MAX_SAFE_INTEGER : LARGEST)) return [];
  const isExclusive = context.at.node.schema[keyword === 'maximum' ? 'exclusiveMaximum' : 'exclusiveMinimum'] === true;
  return [-1, 0, 1].flatMap((offset) => {
    const isWrong = refused === 'above' ? offset > 0 || (offset === 0 && isExclusive) : offset < 0 || (offset === 0 && isExclusive);
    const detail = `${keyword} ${offset === 0 ? 'n' : `n${offset > 0 ? '+' : '−'}1`}`;
    const claim: Claim = isWrong ? refusal(context, 'bound', detail) : acceptance(context, 'bound', detail);
    const candidates = make(context, bound + offset).map((value) => changed(context, `${keyword} ${bound + offset}`, value, [claim]));
    return isWrong ? candidates.slice(0, 1) : acceptedOrFirst(context, candidates);
  });
}

function atNumber(_context: Context, wanted: number): readonly Json[] {
  return [wanted];
}

/** A text of so many characters; where there is a pattern, the ways to grow that keep to it come first. */
function atLength({ at: { node, value }, random }: Context, wanted: number): readonly Json[] {
  if (wanted < 0 || typeof value !== 'string') return [];
  const text = textOf(node.schema, 'pattern');
  const pattern = text === undefined ? undefined : compiled(text);
  const drawn = text === undefined || wanted > 24 ? [] : Array.from({ length: 200 }, () => textFor(text, random));
  const chars = [...value];
  const candidates = [
    chars.slice(0, wanted).join('').padEnd(wanted, 'a'),
    'a'.repeat(wanted),
    value.slice(0, 1) + 'a'.repeat(Math.max(0, wanted - chars.length)) + value.slice(1),
    longName(wanted),
    `/${'a'.repeat(Math.max(0, wanted - 1))}`,
    // counts as one character each, though two units of UTF-16
    '\u{1F600}'.repeat(wanted),
    `https://${'a'.repeat(Math.max(0, wanted - 8))}`,
    `example.com/${'a'.repeat(Math.max(0, wanted - 12))}`,
    `${'1h'.repeat(Math.floor(wanted / 2))}`,
    `System${'a'.repeat(Math.max(0, wanted - 6))}`,
    ...drawn,
  ].filter((text) => [...text].length === wanted);
  const fitting = candidates.filter((text) => pattern?.test(text) !== false);
  return fitting.length > 0 ? fitting : candidates.slice(0, 1);
}

/** A DNS name with labels of 63 characters at most. */
function longName(length: number): string {
  const text = `${'a'.repeat(63)}.`.repeat(Math.ceil(length / 64)).slice(0, length);
  return text.endsWith('.') ? `${text.slice(0, -1)}a` : text;
}

function atItems(context: Context, wanted: number): readonly Json[] {
  const { at, generator, subject } = context;
  if (wanted < 0 || !Array.isArray(at.value)) return [];
  const items = at.value as readonly Json[];
  const item = subject.tree.child(at.node, '[]');
  if (item === undefined) return [];
  const first = items[0] ?? generator.value(item, 0);
  return [
    Array.from({ length: wanted }, (_, index) => items[index] ?? first),
    Array.from({ length: wanted }, (_, index) => items[index] ?? varied(first, index, false)),
    Array.from({ length: wanted }, (_, index) => varied(first, index, true)),
    Array.from({ length: wanted }, (_, index) => variedKeys(first, index, KEYS)),
    Array.from({ length: wanted }, (_, index) => variedKeys(first, index, ['name'])),
    Array.from({ length: wanted }, (_, index) => varied(generator.value(item, 0), index, false)),
    Array.from({ length: wanted }, () => generator.value(item, 0)),
    listOf(item.schema, 'enum').filter((value) => value !== '*').slice(0, wanted),
    Array.from({ length: wanted }, (_, index) => `https://a${index}.example.com`),
    // items that may repeat only where they are of a certain sort
    ...Array.from({ length: 24 }, () => generator.value(item, 0)).map((sample) => Array.from({ length: wanted }, () => sample)),
  ].filter((list) => list.length === wanted);
}

const KEYS: readonly string[] = ['name', 'port', 'number', 'value'];

function variedKeys(value: Json, index: number, keys: readonly string[]): Json {
  if (!isJsonObject(value)) return varied(value, index, true);
  const names = Object.keys(value).filter((name) => keys.includes(name));
  return { ...value, ...Object.fromEntries(names.map((name) => [name, varied(value[name] as Json, index, true)])) };
}

/** Another value of the same sort, so that items of a set or a map differ. */
function varied(value: Json, index: number, isDeep: boolean): Json {
  if (typeof value === 'string') return value.startsWith('/') || value === '' ? `${value}${index}` : `a${index}${value.replace(/^\*/, 'a')}`;
  if (typeof value === 'number') return 1000 + index;
  if (Array.isArray(value)) return isDeep ? (value as readonly Json[]).map((item) => varied(item, index, true)) : value;
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value as JsonObject).map(([key, item]) => [key, isDeep || typeof item === 'string' ? varied(item, index, isDeep) : item] as const);
  return Object.fromEntries(entries);
}

function atFields(context: Context, wanted: number): readonly Json[] {
  const { at, subject, generator } = context;
  if (wanted < 0 || !isJsonObject(at.value)) return [];
  const entries = Object.entries(at.value);
  const value = subject.tree.child(at.node, '{}');
  if (value !== undefined) {
    const sample = entries[0]?.[1] ?? generator.value(value, 0);
    return [Object.fromEntries(Array.from({ length: wanted }, (_, index) => entries[index] ?? [`key${index}`, sample]))];
  }
  const names = subject.tree.properties(at.node);
  const chosen = [...names].sort((a, b) => Number(b.name in (at.value as JsonObject)) - Number(a.name in (at.value as JsonObject))).slice(0, wanted);
  return [Object.fromEntries(chosen.map(({ name, node }) => [name, (at.value as JsonObject)[name] ?? generator.value(node, 0)]))];
}
