import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';

/** Manifests of others may hold anything; whether it is right is for validation to say. These read what is of use, and no more. */

export function listIn(object: JsonObject, key: string): readonly JsonObject[] {
  return itemsOf(object[key]).filter(isJsonObject);
}

export function objectIn(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

export function textIn(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' ? value : undefined;
}

export function textsIn(object: JsonObject, key: string): readonly string[] {
  return itemsOf(object[key]).filter((item) => typeof item === 'string');
}

export function numberIn(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  return typeof value === 'number' ? value : undefined;
}

/** Keys and values that are texts, such as labels. */
export function labelsIn(object: JsonObject, key: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(objectIn(object, key)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function itemsOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
