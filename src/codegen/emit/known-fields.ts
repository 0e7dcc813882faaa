import { isJsonObject } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import type { NamedType } from '../name-types';

/** Fields of ObjectMeta that say which object it is. */
const IDENTITY = ['name', 'namespace', 'generateName'];

/** Refuses a value that is known only at deployment; written out, so that a module of types imports nothing for it. */
const DECLARATION = [
  '/** A value that has to be known while the program runs. */',
  "type Known<T> = T & { readonly '~knownAtDeployment'?: never };",
  '',
].join('\n');

/** Types in which the names of objects have to be known, and the declaration that they then need. */
export function withKnownFields(types: readonly NamedType[]): { readonly types: readonly NamedType[]; readonly code?: string } {
  const marked = types.map((type) => (type.name === 'ObjectMeta' ? { ...type, schema: markIdentity(type.schema) } : type));
  return marked.some((type, index) => type.schema !== types[index]?.schema) ? { types: marked, code: DECLARATION } : { types };
}

function markIdentity(schema: JsonObject): JsonObject {
  const { properties } = schema;
  if (!isJsonObject(properties) || !IDENTITY.every((name) => isText(properties[name]))) return schema;
  const known = IDENTITY.map((name) => {
    const { type: _type, ...rest } = properties[name] as JsonObject;
    return [name, { ...rest, tsType: 'Known<string>' }] as const;
  });
  return { ...schema, properties: { ...properties, ...Object.fromEntries(known) } };
}

function isText(schema: unknown): boolean {
  return isJsonObject(schema) && schema['type'] === 'string' && !('enum' in schema);
}
