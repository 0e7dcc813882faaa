/**
 * A JSON value. A rendered manifest may hold values that are known only at deployment among its leaves; each has the type
 * of the value that it stands for, and `isUnknown` tells it from one.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** The mark of a value that is known only at deployment, of any copy of this library. */
export const UNKNOWN: unique symbol = Symbol.for('mesh-constructs.Unknown') as never;

/** The first key of such a value, by which a walk over keys can tell it without a look at the mark of every object. */
export const UNKNOWN_KEY = '~knownAtDeployment';

/** What stands in a manifest for a value that is known only at deployment: an opaque leaf. */
export interface UnknownLeaf {
  readonly [UNKNOWN]: true;
  /** What the value is, for messages: `the output "address" of ip`. */
  readonly description: string;
}

/** True for a value that is known only at deployment. */
export function isUnknown(value: unknown): value is UnknownLeaf {
  // reading a property is quicker than asking whether it is there
  return typeof value === 'object' && value !== null && (value as Partial<UnknownLeaf>)[UNKNOWN] === true;
}

/** True for a JSON object: neither an array, null, nor a value that is known only at deployment. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isUnknown(value);
}

/** Sets a key of a JSON object that is being built; `__proto__` is a legal key of a JSON document. */
export function setKey(target: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  else target[key] = value;
}

/** A copy with the keys of every object in code-unit order: equal documents then have equal texts. */
export function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sortKeys);
  if (!isJsonObject(value)) return value;
  const result: Record<string, Json> = {};
  for (const key of Object.keys(value).sort()) setKey(result, key, sortKeys(value[key] as Json));
  return result;
}
