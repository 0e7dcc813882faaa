import { isJsonObject, setKey } from '../rules/json';
import type { Json, JsonObject } from '../rules/json';

/** Keywords whose value is one schema, a list of schemas, or schemas by name. */
const ONE = ['items', 'additionalProperties', 'not'];
const LIST = ['allOf', 'anyOf', 'oneOf'];
const NAMED = ['properties', 'patternProperties', 'definitions'];

/** A copy of a schema in which every direct subschema went through `change`. Data such as defaults is left alone. */
export function mapChildren(schema: JsonObject, change: (child: JsonObject, step: string) => JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const [key, value] of Object.entries(schema)) setKey(result, key, mapKeyword(key, value, change));
  return result;
}

/** Every node of a schema with its path: `spec.http[].match`, `[]` for items and `{}` for the values of a map. */
export function visitSchema(schema: JsonObject, visit: (node: JsonObject, path: string) => void, path = ''): void {
  visit(schema, path);
  mapChildren(schema, (child, step) => {
    visitSchema(child, visit, joinPath(path, step));
    return child;
  });
}

/** `a` and `b` give `a.b`; steps such as `[]` join without a dot. */
export function joinPath(path: string, step: string): string {
  if (path === '') return step;
  return step === '' || step.startsWith('[') || step.startsWith('{') ? `${path}${step}` : `${path}.${step}`;
}

function mapKeyword(key: string, value: Json, change: (child: JsonObject, step: string) => JsonObject): Json {
  if (ONE.includes(key) && isJsonObject(value)) {
    return change(value, key === 'items' ? '[]' : key === 'additionalProperties' ? '{}' : '');
  }
  if (LIST.includes(key) && Array.isArray(value)) {
    return (value as readonly Json[]).map((item) => (isJsonObject(item) ? change(item, '') : item));
  }
  if (NAMED.includes(key) && isJsonObject(value)) {
    const result: Record<string, Json> = {};
    for (const [name, child] of Object.entries(value)) {
      setKey(result, name, isJsonObject(child) ? change(child, name) : child);
    }
    return result;
  }
  return value;
}
