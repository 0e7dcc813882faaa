import type { Json, JsonObject } from '../../src/rules/json';
import { isJsonObject } from '../../src/rules/json';
import { addFact } from './facts';
import type { Facts } from './facts';

const KINDS: Readonly<Record<string, string>> = { boolean: 'boolean', integer: 'number', number: 'number', string: 'text', array: 'list', object: 'map' };

/** Adds the values of a JSON Schema below `path`; `schema` may refer to `$defs` of the same document. */
export function addSchemaFacts(facts: Facts, document: JsonObject, schema: JsonObject, path: string): void {
  const resolved = resolve(document, schema);
  const properties = resolved['properties'];
  // numbers or percentages; the schema shows the fields of the Go type
  if (isJsonObject(properties) && 'intVal' in properties) return addFact(facts, path, { kind: 'scalar' });
  if (isJsonObject(properties) && Object.keys(properties).length > 0) {
    for (const [key, child] of Object.entries(properties)) {
      if (isJsonObject(child)) addSchemaFacts(facts, document, child, path === '' ? key : `${path}.${key}`);
    }
    return;
  }
  const { type } = resolved;
  addFact(facts, path, { kind: kindOf(resolved), isNullable: Array.isArray(type) && (type as readonly Json[]).includes('null') });
}

/** `boolean`, `number`, `text`, `scalar`, `list`, `map` (keys of the user's own), `free` (anything) or `any`. */
function kindOf({ type }: JsonObject): string {
  const types = (Array.isArray(type) ? type : [type]).filter((each) => typeof each === 'string' && each !== 'null') as string[];
  const kinds = [...new Set(types.map((each) => KINDS[each] ?? 'any'))];
  if (kinds.length === 1) return kinds[0] ?? 'any';
  if (kinds.length === 0) return 'free';
  return kinds.every((kind) => kind === 'boolean' || kind === 'number' || kind === 'text') ? 'scalar' : 'any';
}

function resolve(document: JsonObject, schema: JsonObject): JsonObject {
  const [only] = Array.isArray(schema['allOf']) ? (schema['allOf'] as readonly JsonObject[]) : [];
  if (only !== undefined) return resolve(document, only);
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  const target = reference.split('/').slice(1).reduce<unknown>((at, key) => (isJsonObject(at) ? at[key] : undefined), document);
  return isJsonObject(target) ? resolve(document, target) : {};
}
