import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Json, JsonObject } from '../../src/rules/json';
import { isJsonObject } from '../../src/rules/json';

/** Releases whose mesh config schema is known, oldest first. */
export const RELEASES = ['1.29.6', '1.30.3', '1.31.1'] as const;

/** The messages of one release, in the keywords that CRDs use. */
export interface MeshConfigSchema {
  readonly release: string;
  readonly file: { readonly name: string; readonly text: string };
  /** Messages by their protobuf names; they refer to each other as `#/definitions/NAME`. */
  readonly messages: Readonly<Record<string, JsonObject>>;
}

/** Reads the published schema of a release from a folder that holds `schemas/`. */
export function readMeshConfigSchema(shared: string, release: string): MeshConfigSchema {
  const path = join(shared, 'schemas', `mesh-config-${release}.schema.json`);
  const text = readFileSync(path, 'utf8');
  const { $defs } = JSON.parse(text) as { $defs: Record<string, JsonObject> };
  const messages = Object.fromEntries(Object.entries($defs).map(([name, message]) => [name, adapt(message) as JsonObject]));
  return { release, file: { name: basename(path), text }, messages };
}

/** Bounds of protobuf's integers, which JSON Schema gives as a format. */
const INTEGER_BOUNDS: Readonly<Record<string, JsonObject>> = {
  int32: { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  uint32: { minimum: 0, maximum: 2 ** 32 - 1 },
};

/** Says with the keywords of CRDs what the published schema says with its own. */
function adapt(node: Json): Json {
  if (Array.isArray(node)) return (node as readonly Json[]).map(adapt);
  if (!isJsonObject(node)) return node;
  const { 'x-oneof': groups, allOf, deprecated: _deprecated, $ref, additionalProperties, ...rest } = node;
  // the published schema wraps what is deprecated into an allOf of one
  if (Array.isArray(allOf) && allOf.length === 1) return adapt({ ...rest, ...(allOf[0] as JsonObject) });
  if (typeof $ref === 'string') return { $ref: $ref.replace('#/$defs/', '#/definitions/') };
  const children = Object.entries(rest).map(([key, value]) => [key, key === 'properties' ? adaptEach(value) : adapt(value)] as const);
  return {
    ...Object.fromEntries(children),
    ...(typeof rest['format'] === 'string' ? INTEGER_BOUNDS[rest['format']] : undefined),
    ...(isJsonObject(additionalProperties) ? { additionalProperties: adapt(additionalProperties) } : {}),
    ...(isJsonObject(groups) ? exclusive(Object.values(groups) as unknown as readonly string[][]) : {}),
  };
}

function adaptEach(properties: Json): Json {
  if (!isJsonObject(properties)) return properties;
  return Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, adapt(child)]));
}

/** At most one field of each protobuf oneof, as Istio's CRDs say it. */
function exclusive(groups: readonly (readonly string[])[]): JsonObject {
  const lists = groups.map((names) => {
    const arms = names.map((name) => ({ required: [name] }));
    return [{ not: { anyOf: arms } }, ...arms];
  });
  const [only] = lists;
  if (lists.length === 1 && only !== undefined) return { oneOf: only };
  return { allOf: lists.map((oneOf) => ({ oneOf })) };
}
