import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject, setKey } from '../../rules/json';

/** Objects are merged key by key, anything else is replaced, and `null` takes a key away. */
export function mergedOver(fallback: JsonObject, given: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...fallback };
  for (const [key, value] of Object.entries(given)) {
    const before = merged[key];
    if (value === undefined) continue;
    if (value === null) delete merged[key];
    else setKey(merged, key, isJsonObject(value) && isJsonObject(before) ? mergedOver(before, value) : value);
  }
  return merged;
}
