import { isJsonObject, setKey, sortKeys } from '../rules/json';
import type { Json, JsonObject } from '../rules/json';
import { apiVersionOf } from './emit/emit-construct';
import type { KindHistory } from './model';
import { TYPE, applyRules, propertiesOf, strings } from './normalise/rule';
import { VARIANT_RULES } from './normalise/variant-rules';
import { releaseNotes } from './release-notes';
import { stripDescriptions } from './strip-descriptions';
import { uniteSchemas } from './union-schemas';

/** Fields of every object that the props name themselves, and the one that only a server writes. */
const NOT_IN_PROPS = ['apiVersion', 'kind', 'metadata', 'status'];

/** Pass "union": the kind's own fields over all served versions. */
export function unionOfKind(kind: KindHistory, docs: boolean): JsonObject {
  const served = kind.variants.filter(({ variant }) => variant.served !== false);
  const members = served.map(({ schema }, index) => ({ index, schema: normaliseVariant(schema, docs) }));
  return withoutFrame(uniteSchemas(members, releaseNotes(served.map(({ variant }) => variant))));
}

/** One published schema as far as types can say it. */
export function normaliseVariant(schema: JsonObject, docs: boolean): JsonObject {
  // fields in the order of their names: a file's own order is chance, and differs between releases
  return applyRules(VARIANT_RULES, sortKeys(docs ? schema : stripDescriptions(schema)) as JsonObject);
}

/** The schema of a kind's props: its API version, its metadata and its own fields. */
export function propsSchema(kind: KindHistory, own: JsonObject): JsonObject {
  const versions = kind.servedVersions.map((version) => apiVersionOf(kind, version));
  const preferred = apiVersionOf(kind, kind.preferredVersion);
  const properties: Record<string, Json> = {
    apiVersion: { type: 'string', enum: versions, description: `@default '${preferred}'` },
    metadata: { [TYPE]: 'ObjectMeta', description: '@default - the name is the id of the construct' },
  };
  for (const [key, value] of Object.entries(propertiesOf(own))) setKey(properties, key, value);
  return { ...own, type: 'object', properties };
}

function withoutFrame(schema: JsonObject): JsonObject {
  const entries = Object.entries(propertiesOf(schema)).filter(([key]) => !NOT_IN_PROPS.includes(key));
  const required = strings(schema['required']).filter((key) => !NOT_IN_PROPS.includes(key));
  const { description: _description, required: _required, properties: _properties, ...rest } = schema;
  return {
    ...rest,
    type: 'object',
    properties: Object.fromEntries(entries.filter(([, value]) => isJsonObject(value))),
    ...(required.length === 0 ? {} : { required }),
  };
}
