import type { Json, JsonObject } from '../../../src/rules/json';
import { isJsonObject } from '../../../src/rules/json';
import { isOpen } from '../generator';
import { listOf, namesOf } from '../schema-tree';
import { exclusiveFields } from '../unions';
import type { Mutation } from '../case';
import type { Context, Mutator } from './context';
import { acceptance, changed, refusal } from './context';

const OTHER_TYPES: ReadonlyMap<string, readonly Json[]> = new Map([
  ['string', [5, true, {}, ['a', 1], 1.5]],
  ['integer', ['5', 1.5, true, [], {}]],
  ['number', ['0.5', true, [1], {}]],
  ['boolean', ['true', 1, 0, {}, []]],
  ['array', [{}, 'a', 5, true]],
  ['object', ['a', [], 5, [{}], false]],
  ['integer-or-string', [true, 1.5, [], {}, ['80']]],
]);

/** A value of another type. */
export const wrongType: Mutator = (context) => {
  const { node, place } = context.at;
  const type = typeOf(context);
  if (type === undefined || place.length === 0) return [];
  const other = changed(context, 'wrong type', context.random.pick(OTHER_TYPES.get(type) ?? []), nodeClaims(context, node.path));
  // its key is an unknown field to the server, which is then all that it says
  return type === 'object' ? [other] : [other, changed(context, 'object as', { a: 'b' })];
};

function nodeClaims(context: Context, path: string): Mutation['claims'] {
  return path === '.metadata' ? [] : [refusal(context, 'node')];
}

function typeOf({ at: { node } }: Context): string | undefined {
  if (node.schema['x-kubernetes-int-or-string'] === true || node.definition === 'IntOrString') return 'integer-or-string';
  // a quantity may be a number, and whatever has no type may be anything
  if (node.definition === 'Quantity') return undefined;
  return typeof node.schema['type'] === 'string' ? node.schema['type'] : undefined;
}

/** Other forms of the two types of an int-or-string. */
export const intOrString: Mutator = (context) => {
  if (typeOf(context) !== 'integer-or-string') return [];
  return [80, '80', '50%', '', -1, 'http', 2 ** 31].map((value) => changed(context, `int-or-string ${JSON.stringify(value)}`, value));
};

export const nullValue: Mutator = (context) => (context.at.place.length === 0 ? [] : [changed(context, 'null', null)]);

/** A field that the schema does not have: one of no meaning, and one that differs in the case of a letter. */
export const unknownField: Mutator = (context) => {
  const { at, random } = context;
  if (!isJsonObject(at.value) || isOpen(at.node) || at.node.schema['additionalProperties'] !== undefined) return [];
  if (at.node.schema['type'] !== 'object') return [];
  const names = Object.keys(isJsonObject(at.node.schema['properties']) ? at.node.schema['properties'] : {});
  const near = names.length === 0 ? 'x' : random.pick(names);
  const wrongs = ['bogus', `${near}s`, near.slice(0, 1).toUpperCase() + near.slice(1)].filter((name) => !names.includes(name));
  const name = random.pick(wrongs);
  const below = at.place.length === 0 ? name : `.${name}`;
  return [changed(context, `unknown field ${name}`, { ...at.value, [name]: random.pick<Json>([1, 'a', null, {}, []]) }, [refusal(context, 'node', 'unknown field', below)])];
};

/** Required fields taken out, one at a time. */
export const missingField: Mutator = (context) => {
  const { value, node, place } = context.at;
  if (!isJsonObject(value)) return [];
  return namesOf(node.schema, 'required').map((name) =>
    changed(context, `without ${name}`, without(value, [name]), [refusal(context, 'required', name, place.length === 0 ? name : `.${name}`)]),
  );
};

/** A value that the enum does not have, one with other capitals, and each that it has. */
export const enumeration: Mutator = (context) => {
  const allowed = listOf(context.at.node.schema, 'enum');
  const texts = allowed.filter((item) => typeof item === 'string');
  if (texts.length === 0) return [];
  const other = texts.map((text) => (text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase())).find((text) => !texts.includes(text));
  return [
    ...['Bogus', '', other].filter((text) => text !== undefined && !texts.includes(text)).map((text) =>
      changed(context, `enum ${JSON.stringify(text)}`, text ?? '', [refusal(context, 'enum')]),
    ),
    ...texts.map((text) => changed(context, `enum ${JSON.stringify(text)}`, text, [acceptance(context, 'enum')])),
  ];
};

/** Two arms of fields that exclude each other, and none of them. */
export const unionArms: Mutator = (context) => {
  const { value, node } = context.at;
  if (!isJsonObject(value)) return [];
  return exclusiveFields(node.schema).flatMap(({ fields, needsOne }) => {
    const group = fields.join('/');
    const arms = fields.map((field) => ({ field, child: context.subject.tree.child(node, `.${field}`) }));
    const filled = (names: readonly string[]): JsonObject => {
      const added = arms.filter(({ field, child }) => names.includes(field) && child !== undefined);
      return { ...without(value, fields), ...Object.fromEntries(added.map(({ field, child }) => [field, valueOf(context, child as Context['at']['node'])])) };
    };
    const pairs = fields.flatMap((first, index) => fields.slice(index + 1).map((second) => [first, second]));
    return [
      ...context.random.shuffled(pairs).slice(0, 3).map((pair) => changed(context, `both ${pair.join(' and ')}`, filled(pair), [refusal(context, 'union', group)])),
      ...fields.map((field) => changed(context, `only ${field}`, filled([field]), [acceptance(context, 'union', group)])),
      changed(context, `none of ${group}`, without(value, fields), needsOne ? [refusal(context, 'union', `${group} none`)] : [acceptance(context, 'union', `${group} none`)]),
    ];
  });
};

function valueOf(context: Context, node: Context['at']['node']): Json {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const value = context.generator.value(node, 0);
    if (value !== null) return value;
  }
  return context.generator.value(node, 0);
}

function without(value: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}
