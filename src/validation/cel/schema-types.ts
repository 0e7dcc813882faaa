import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import { parseBytes, parseDate, parseDateTime, parseLenientDuration } from './time';
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, listOf, mapOf, STRING, TIMESTAMP } from './types';
import type { CelType, Field, ListType } from './types';
import { Double } from './values';
import type { Value } from './values';

/**
 * Types of schema nodes as CEL rules see them.
 *
 * Source: "Type mapping" in https://kubernetes.io/docs/reference/using-api/cel/ and "Validation rules" in
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */

/** The CEL type of a schema node; undefined where rules cannot see it (no type, unknown fields only). */
export function celTypeOf(schema: JsonObject, isResource = false): CelType | undefined {
  const cache = isResource ? resourceTypes : plainTypes;
  if (!cache.has(schema)) cache.set(schema, typeOfNode(schema, isResource || schema['x-kubernetes-embedded-resource'] === true));
  return cache.get(schema);
}

const plainTypes = new WeakMap<JsonObject, CelType | undefined>();
const resourceTypes = new WeakMap<JsonObject, CelType | undefined>();

function typeOfNode(schema: JsonObject, isResource: boolean): CelType | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) return DYN;
  switch (schema['type']) {
    case 'array':
      return arrayType(schema);
    case 'object':
      return objectType(schema, isResource);
    case 'string':
      return stringType(schema['format']);
    case 'boolean':
      return BOOL;
    case 'number':
      return DOUBLE;
    case 'integer':
      return INT;
    default:
      return isResource ? objectType(schema, true) : undefined;
  }
}

function stringType(format: Json | undefined): CelType {
  switch (format) {
    case 'byte':
      return BYTES;
    case 'duration':
      return DURATION;
    case 'date':
    case 'date-time':
      return TIMESTAMP;
    default:
      return STRING;
  }
}

function arrayType(schema: JsonObject): CelType | undefined {
  const items = schema['items'];
  const elem = isJsonObject(items) ? celTypeOf(items) : undefined;
  if (elem === undefined) return undefined;
  const listType = schema['x-kubernetes-list-type'];
  if (listType !== 'set' && listType !== 'map') return listOf(elem);
  const keys = schema['x-kubernetes-list-map-keys'];
  return { kind: 'list', elem, listType, ...(Array.isArray(keys) && { keys: keys as readonly string[] }) };
}

function objectType(schema: JsonObject, isResource: boolean): CelType | undefined {
  const additional = schema['additionalProperties'];
  if (isJsonObject(additional) && !isResource) {
    const value = celTypeOf(additional);
    return value === undefined ? undefined : mapOf(STRING, value);
  }
  const fields = new Map<string, Field>();
  const properties = schema['properties'];
  for (const [key, child] of Object.entries(isJsonObject(properties) ? properties : {})) {
    const type = isJsonObject(child) ? celTypeOf(child) : undefined;
    const name = escapeName(key);
    if (type === undefined || name === undefined) continue;
    fields.set(name, { key, type });
    // after a dot, API servers also take a reserved word as it is
    if (RESERVED.has(key) && !/^(?:true|false|null|in)$/.test(key)) fields.set(key, { key, type });
  }
  if (isResource) for (const [name, field] of RESOURCE_FIELDS) fields.set(name, field);
  return { kind: 'object', fields };
}

/** What a rule at the root of a resource sees of its metadata. */
const RESOURCE_FIELDS: readonly (readonly [string, Field])[] = [
  ['kind', { key: 'kind', type: STRING }],
  ['apiVersion', { key: 'apiVersion', type: STRING }],
  [
    'metadata',
    {
      key: 'metadata',
      type: {
        kind: 'object',
        fields: new Map([
          ['name', { key: 'name', type: STRING }],
          ['generateName', { key: 'generateName', type: STRING }],
        ]),
      },
    },
  ],
];

const RESERVED: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

const ESCAPES: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/** The name by which rules call a property; undefined for a name that no rule can write. */
export function escapeName(name: string): string | undefined {
  if (RESERVED.has(name)) return `__${name}__`;
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return undefined;
  return name.replace(/__|[./-]/g, (part) => ESCAPES[part] ?? part);
}

/** The property that a rule calls by `name`. */
export function unescapeName(name: string): string {
  return name.replace(/__(underscores|dot|dash|slash|[a-z]+)__/g, (whole, word: string) => {
    const escaped = Object.entries(ESCAPES).find(([, escape]) => escape === whole);
    return escaped?.[0] ?? (RESERVED.has(word) ? word : whole);
  });
}

/** How a value of this type is made ready for CEL; undefined where it is used as it stands (nearly always). */
export function converterOf(type: CelType): ((value: Value) => Value) | undefined {
  if (typeof type !== 'object') return undefined;
  if (!converters.has(type)) converters.set(type, makeConverter(type));
  return converters.get(type);
}

const converters = new WeakMap<CelType, ((value: Value) => Value) | undefined>();

function makeConverter(type: CelType): ((value: Value) => Value) | undefined {
  switch (type.kind) {
    case 'double':
      return (value) => (typeof value === 'number' ? new Double(value) : value);
    case 'duration':
      return (value) => (typeof value === 'string' ? parseLenientDuration(value) : value);
    case 'timestamp':
      return (value) => (typeof value === 'string' ? (parseDateTime(value) ?? parseDate(value) ?? value) : value);
    case 'bytes':
      return (value) => (typeof value === 'string' ? parseBytes(value) : value);
    case 'list':
      return listConverter(type);
    case 'map':
      return mapConverter(converterOf(type.value));
    case 'object':
      return objectConverter(type.fields);
    default:
      return undefined;
  }
}

function listConverter(type: ListType): ((value: Value) => Value) | undefined {
  const convert = converterOf(type.elem);
  if (convert === undefined) return undefined;
  return (value) => (Array.isArray(value) ? (value as readonly Value[]).map(convert) : value);
}

type Data = { readonly [key: string]: Value };

function mapConverter(convert: ((value: Value) => Value) | undefined): ((value: Value) => Value) | undefined {
  if (convert === undefined) return undefined;
  return (value) => {
    if (!isData(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, item === null ? null : convert(item)]));
  };
}

function objectConverter(fields: ReadonlyMap<string, Field>): ((value: Value) => Value) | undefined {
  const parts = [...fields.values()].flatMap((field) => {
    const convert = converterOf(field.type);
    return convert === undefined ? [] : [{ key: field.key, convert }];
  });
  if (parts.length === 0) return undefined;
  return (value) => {
    if (!isData(value)) return value;
    const copy: Record<string, Value> = { ...value };
    for (const { key, convert } of parts) {
      const item = Object.hasOwn(value, key) ? value[key] : undefined;
      if (item !== undefined && item !== null) copy[key] = convert(item);
    }
    return copy;
  };
}

function isData(value: Value): value is Data {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
