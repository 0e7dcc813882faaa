import { setKey } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import { mapChildren } from '../schema-walk';

/**
 * What Kubernetes' OpenAPI v2 document cannot say of its own types, by the end of the definition's name.
 * OpenAPI v2 has no unions, so the document calls each of these a string or says nothing.
 */
const OVERRIDES: { readonly [name: string]: JsonObject } = {
  'util.intstr.IntOrString': { 'x-kubernetes-int-or-string': true },
  'api.resource.Quantity': { anyOf: [{ type: 'number' }, { type: 'string' }], format: 'quantity' },
  'pkg.runtime.RawExtension': { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  'meta.v1.FieldsV1': { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  'apiextensions.v1.JSON': { 'x-kubernetes-preserve-unknown-fields': true },
  'apiextensions.v1.JSONSchemaPropsOrArray': { 'x-kubernetes-preserve-unknown-fields': true },
  'apiextensions.v1.JSONSchemaPropsOrBool': { 'x-kubernetes-preserve-unknown-fields': true },
  'apiextensions.v1.JSONSchemaPropsOrStringArray': { 'x-kubernetes-preserve-unknown-fields': true },
};

/** Keywords of the document that are about clients and change no verdict. */
const DROPPED = new Set([
  'x-kubernetes-group-version-kind',
  'x-kubernetes-patch-strategy',
  'x-kubernetes-patch-merge-key',
  'x-kubernetes-unions',
]);

/** A definition of the OpenAPI document as a schema of the same dialect as a CRD's. */
export function convertDefinition(name: string, definition: JsonObject): JsonObject {
  const override = Object.entries(OVERRIDES).find(([end]) => name.endsWith(`.${end}`))?.[1];
  if (override === undefined) return withoutDropped(definition);
  const description = definition['description'];
  return description === undefined ? override : { ...override, description };
}

/** Names of all definitions that can be reached from `roots` through references. */
export function reachableDefinitions(
  definitions: { readonly [name: string]: JsonObject },
  roots: readonly JsonObject[],
): string[] {
  const found = new Set<string>();
  const queue = [...roots];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    for (const name of referencesIn(node)) {
      const definition = definitions[name];
      if (found.has(name) || definition === undefined) continue;
      found.add(name);
      queue.push(definition);
    }
  }
  return [...found].sort();
}

/** Names of the definitions that a schema refers to. */
export function referencesIn(schema: JsonObject): string[] {
  const ref = schema['$ref'];
  const names = typeof ref === 'string' && ref.startsWith('#/definitions/') ? [ref.slice('#/definitions/'.length)] : [];
  mapChildren(schema, (child) => {
    names.push(...referencesIn(child));
    return child;
  });
  return names;
}

function withoutDropped(schema: JsonObject): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [key, value] of Object.entries(schema)) if (!DROPPED.has(key)) setKey(kept, key, value);
  return mapChildren(kept, withoutDropped);
}
