import { isJsonObject, setKey } from '../rules/json';
import type { Json, JsonObject } from '../rules/json';
import { mapChildren } from './schema-walk';

/** Keywords that are text for readers and change no verdict. */
const TEXTS = new Set(['description', 'title', 'externalDocs', 'example']);

/** A schema without its texts; a property that is called `description` stays. */
export function stripDescriptions(schema: JsonObject): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!TEXTS.has(key)) setKey(kept, key, value);
  }
  return mapChildren(kept, stripDescriptions);
}

/** The CRD without the schemas of its versions and without the texts of its printer columns. */
export function frameOf(crd: JsonObject): JsonObject {
  const spec = crd['spec'] as JsonObject;
  const versions = (spec['versions'] as readonly JsonObject[]).map(frameOfVersion);
  return { ...crd, spec: { ...spec, versions } };
}

function frameOfVersion(version: JsonObject): JsonObject {
  const { schema: _schema, ...rest } = version;
  const columns = rest['additionalPrinterColumns'];
  if (!Array.isArray(columns)) return rest;
  return { ...rest, additionalPrinterColumns: (columns as readonly Json[]).map(withoutDescription) };
}

function withoutDescription(column: Json): Json {
  if (!isJsonObject(column)) return column;
  const { description: _description, ...rest } = column;
  return rest;
}
