import type { Json, JsonObject } from '../../src/rules/json';
import { isJsonObject } from '../../src/rules/json';
import type { SchemaNode, SchemaTree } from './schema-tree';

/** Where a value stands in an object. */
export type Place = readonly (string | number)[];

/** A value of an object with its node of the schema. */
export interface Occurrence {
  readonly node: SchemaNode;
  readonly place: Place;
  readonly value: Json;
}

/** Every value of an object that the schema has a node for. */
export function occurrences(tree: SchemaTree, object: Json): Occurrence[] {
  const found: Occurrence[] = [];
  const visit = (node: SchemaNode, value: Json, place: Place): void => {
    found.push({ node, place, value });
    if (Array.isArray(value)) {
      const item = tree.child(node, '[]');
      if (item === undefined) return;
      for (const [index, entry] of (value as readonly Json[]).entries()) visit(item, entry, [...place, index]);
    } else if (isJsonObject(value)) {
      for (const [key, entry] of Object.entries(value)) {
        const child = childNode(tree, node, key);
        if (child !== undefined) visit(child, entry, [...place, key]);
      }
    }
  };
  visit(tree.root, object, []);
  return found;
}

/** The node of a key of an object: a property, or any key of a map. */
export function childNode(tree: SchemaTree, node: SchemaNode, key: string): SchemaNode | undefined {
  const properties = node.schema['properties'];
  const isProperty = isJsonObject(properties) && Object.hasOwn(properties, key);
  return tree.child(node, isProperty ? `.${key}` : '{}');
}

export function valueAt(object: Json, place: Place): Json | undefined {
  let value: Json | undefined = object;
  for (const step of place) {
    if (Array.isArray(value)) value = (value as readonly Json[])[Number(step)];
    else if (isJsonObject(value) && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}

/** A copy with another value at a place; undefined takes the value out. Objects on the way have to exist. */
export function withValue(object: Json, place: Place, value: Json | undefined): Json {
  const [step, ...rest] = place;
  if (step === undefined) return value ?? null;
  if (Array.isArray(object)) {
    const copy = [...(object as readonly Json[])];
    const index = Number(step);
    if (rest.length === 0 && value === undefined) copy.splice(index, 1);
    else copy[index] = rest.length === 0 ? (value as Json) : withValue(copy[index] ?? null, rest, value);
    return copy;
  }
  const copy: Record<string, Json> = isJsonObject(object) ? { ...object } : {};
  if (rest.length > 0) define(copy, String(step), withValue(copy[step] ?? {}, rest, value));
  else if (value === undefined) delete copy[step];
  else define(copy, String(step), value);
  return copy;
}

function define(target: Record<string, Json>, key: string, value: Json): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}

/**
 * The deepest place of an object that a field path such as `spec.ports[web].name` leads to. Keys may hold dots
 * themselves, so the longest key that fits is taken.
 */
export function locate(object: Json, path: string): Place {
  const place: (string | number)[] = [];
  let value: Json = object;
  let rest = path;
  while (rest !== '') {
    const next = nextStep(value, rest);
    if (next === undefined) return place;
    place.push(next.step);
    value = next.value;
    rest = next.rest;
  }
  return place;
}

function nextStep(value: Json, path: string): { step: string | number; value: Json; rest: string } | undefined {
  const text = path.replace(/^\./, '');
  if (Array.isArray(value)) {
    const match = /^\[(\d+)\]/.exec(text);
    const item = match === null ? undefined : (value as readonly Json[])[Number(match[1])];
    return match === null || item === undefined ? undefined : { step: Number(match[1]), value: item, rest: text.slice(match[0].length) };
  }
  if (!isJsonObject(value)) return undefined;
  const keys = Object.keys(value as JsonObject).sort((a, b) => b.length - a.length);
  for (const key of keys) {
    for (const form of [`[${key}]`, key]) {
      if (!text.startsWith(form) || !/^(?:$|[.[])/.test(text.slice(form.length))) continue;
      return { step: key, value: (value as JsonObject)[key] as Json, rest: text.slice(form.length) };
    }
  }
  return undefined;
}

/** The field path of a place, as API servers write it for properties and items of lists: `spec.http[0].route`. */
export function pathOf(place: Place): string {
  return place.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}
