import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject, setKey } from '../../rules/json';

/**
 * One set of values over another, as Helm and istioctl merge them: objects key by key, everything else, lists too, as a whole.
 * A `null` stays, for it takes away a default that lies further below.
 */
export function mergeValues(below: JsonObject, above: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const before = Object.hasOwn(merged, key) ? merged[key] : undefined;
    setKey(merged, key, isJsonObject(before) && isJsonObject(value) ? mergeValues(before, value) : value);
  }
  return merged;
}

/** The values without those at some paths. */
export function withoutPaths(values: JsonObject, paths: readonly string[]): JsonObject {
  return paths.reduce((left, path) => without(left, path.split('.')), values);
}

function without(values: JsonObject, [key = '', ...rest]: readonly string[]): JsonObject {
  const { [key]: inner, ...others } = values;
  if (rest.length === 0) return others;
  return isJsonObject(inner) ? { ...values, [key]: without(inner, rest) } : values;
}
