import { isJsonObject, setKey } from '../rules/json';
import type { Json, JsonObject } from '../rules/json';
import { DISCRIMINATOR, GROUPS, OPEN, discriminatorOf, groupsOf, propertiesOf, strings } from './normalise/rule';
import { uniteDiscriminators, uniteGroups } from './union-groups';

/** A normalised schema of one variant; `index` is the variant's number. */
export interface Member {
  readonly index: number;
  readonly schema: JsonObject;
}

/** A sentence on a property that not all variants have, or undefined. Indices are those of members. */
export type NoteOf = (present: readonly number[], all: readonly number[]) => string | undefined;

/**
 * Pass "union": one schema that accepts whatever one of the variants accepts, as far as types can say. A property is
 * required only where every variant requires it, and unknown fields are refused only where every variant refuses them.
 */
export function uniteSchemas(members: readonly Member[], noteOf: NoteOf = () => undefined): JsonObject {
  const [first] = members;
  if (first === undefined) return {};
  const united = uniteDifferent(members, noteOf);
  const description = newestDescription(members);
  const nullable = members.some((member) => member.schema['nullable'] === true);
  return {
    ...united,
    ...(description === undefined ? {} : { description }),
    ...(nullable ? { nullable } : {}),
  };
}

type Shape = 'anything' | 'reference' | 'object' | 'array' | 'scalar';

function uniteDifferent(members: readonly Member[], noteOf: NoteOf): JsonObject {
  const texts = new Set(members.map((member) => JSON.stringify(member.schema)));
  if (texts.size === 1) return withoutOuter((members[0] as Member).schema);
  const shapes = new Map<Shape, Member[]>();
  for (const member of members) {
    const shape = shapeOf(member.schema);
    shapes.set(shape, [...(shapes.get(shape) ?? []), member]);
  }
  if (shapes.has('anything')) return {};
  const parts = [...shapes].map(([shape, same]) => uniteSame(shape, same, noteOf));
  return parts.length === 1 ? (parts[0] as JsonObject) : { anyOf: parts };
}

function uniteSame(shape: Shape, members: readonly Member[], noteOf: NoteOf): JsonObject {
  if (shape === 'object') return uniteObjects(members, noteOf);
  if (shape === 'scalar') return uniteScalars(members);
  if (shape === 'array') {
    const items = members.map(({ index, schema }) => ({ index, schema: isJsonObject(schema['items']) ? schema['items'] : {} }));
    return { type: 'array', items: uniteSchemas(items, noteOf) };
  }
  const refs = [...new Set(members.map((member) => JSON.stringify(withoutOuter(member.schema))))];
  const targets = refs.map((text) => JSON.parse(text) as JsonObject);
  return targets.length === 1 ? (targets[0] as JsonObject) : { anyOf: targets };
}

function uniteObjects(members: readonly Member[], noteOf: NoteOf): JsonObject {
  const result: Record<string, Json> = { type: 'object' };
  const names = [...new Set(members.flatMap((member) => Object.keys(propertiesOf(member.schema))))].sort();
  if (names.length > 0) {
    const properties: Record<string, Json> = {};
    for (const name of names) setKey(properties, name, uniteProperty(name, members, noteOf));
    result['properties'] = properties;
  }
  const required = names.filter((name) => members.every((member) => strings(member.schema['required']).includes(name)));
  if (required.length > 0) result['required'] = required;
  const values = members.flatMap(({ index, schema }) =>
    isJsonObject(schema['additionalProperties']) ? [{ index, schema: schema['additionalProperties'] }] : [],
  );
  if (values.length > 0) result['additionalProperties'] = uniteSchemas(values, noteOf);
  if (members.some((member) => member.schema[OPEN] === true)) result[OPEN] = true;
  const groups = uniteGroups(
    members.map(({ schema }) => ({ properties: new Set(Object.keys(propertiesOf(schema))), groups: groupsOf(schema) })),
  );
  if (groups.length > 0) result[GROUPS] = groups as unknown as Json;
  const discriminator = uniteDiscriminators(
    members.map(({ schema }) => ({
      properties: new Set(Object.keys(propertiesOf(schema))),
      discriminator: discriminatorOf(schema),
    })),
  );
  if (discriminator !== undefined) result[DISCRIMINATOR] = discriminator as unknown as Json;
  return result;
}

function uniteProperty(name: string, members: readonly Member[], noteOf: NoteOf): JsonObject {
  const present = members.flatMap(({ index, schema }) => {
    const properties = propertiesOf(schema);
    return Object.hasOwn(properties, name) ? [{ index, schema: properties[name] as JsonObject }] : [];
  });
  const property = uniteSchemas(present, noteOf);
  const note = noteOf(
    present.map((member) => member.index),
    members.map((member) => member.index),
  );
  if (note === undefined) return property;
  const description = property['description'];
  return { ...property, description: typeof description === 'string' ? `${description}\n\n${note}` : note };
}

function uniteScalars(members: readonly Member[]): JsonObject {
  const types = [...new Set(members.flatMap(({ schema }) => typesOf(schema)))].sort();
  const type = types.length === 1 ? (types[0] as string) : types;
  // one variant that takes any value takes those of all others
  if (!members.every((member) => Array.isArray(member.schema['enum']))) return { type };
  const values = members.flatMap((member) => member.schema['enum'] as readonly Json[]);
  return { type, enum: [...new Set(values)] };
}

function typesOf(schema: JsonObject): readonly string[] {
  const type = schema['type'];
  return typeof type === 'string' ? [type] : (type as readonly string[]);
}

function shapeOf(schema: JsonObject): Shape {
  if (typeof schema['$ref'] === 'string') return 'reference';
  if (Array.isArray(schema['anyOf'])) return 'reference';
  if (schema['type'] === 'object') return 'object';
  if (schema['type'] === 'array') return 'array';
  return schema['type'] === undefined ? 'anything' : 'scalar';
}

/** Description and nullability are united apart from the rest. */
function withoutOuter(schema: JsonObject): JsonObject {
  const { description: _description, nullable: _nullable, ...rest } = schema;
  return rest;
}

function newestDescription(members: readonly Member[]): string | undefined {
  const texts = members.map((member) => member.schema['description']).filter((text) => typeof text === 'string');
  return texts[texts.length - 1];
}
