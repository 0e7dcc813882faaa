import { createHash } from 'node:crypto';
import { isJsonObject, setKey } from './json';
import type { Json, JsonObject } from './json';

/**
 * Subtrees that stand in a document more than once are written once, in `defs`, and referred to as
 * `{ "$ref": "#/defs/NAME" }`. Names are hashes of the content, so that a change in one place of a schema does not
 * rename all others.
 */

const PREFIX = '#/defs/';
/** A reference costs about 30 characters; sharing less than this makes the file larger or harder to read. */
const SHORTEST = 120;

/** A document whose repeated subtrees stand in `defs`. */
export interface SharedDocument {
  readonly root: Json;
  readonly defs: { readonly [name: string]: Json };
}

/** Moves every repeated large subtree of `document` to `defs`. Keys of `document` must be sorted. */
export function shareSubtrees(document: Json): SharedDocument {
  const counts = new Map<string, number>();
  count(document, counts);
  const defs: Record<string, Json> = {};
  const replace = (value: Json, isRoot: boolean): Json => {
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => replace(item, false));
    if (!isJsonObject(value)) return value;
    const text = JSON.stringify(value);
    if (isRoot || text.length < SHORTEST || (counts.get(text) ?? 0) < 2) return replaceChildren(value, replace);
    const name = createHash('sha256').update(text).digest('hex').slice(0, 8);
    if (!Object.hasOwn(defs, name)) defs[name] = replaceChildren(value, replace);
    return { $ref: `${PREFIX}${name}` };
  };
  const root = replace(document, true);
  return { root, defs: Object.fromEntries(Object.entries(defs).sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** The name in a `$ref` to a shared subtree, or undefined for any other node. */
export function sharedName(value: Json): string | undefined {
  const ref = refOf(value);
  return ref?.startsWith(PREFIX) === true ? ref.slice(PREFIX.length) : undefined;
}

/** The target of a reference node; a schema's own property named `$ref` holds an object and is none. */
export function refOf(value: Json): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const ref = value['$ref'];
  return typeof ref === 'string' ? ref : undefined;
}

function replaceChildren(value: JsonObject, replace: (value: Json, isRoot: boolean) => Json): Json {
  const result: Record<string, Json> = {};
  for (const [key, child] of Object.entries(value)) setKey(result, key, replace(child, false));
  return result;
}

function count(value: Json, counts: Map<string, number>): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) count(item, counts);
    return;
  }
  if (!isJsonObject(value)) return;
  const text = JSON.stringify(value);
  if (text.length < SHORTEST) return;
  const seen = counts.get(text) ?? 0;
  counts.set(text, seen + 1);
  // what is inside a repeated subtree is written once with it, so only its first copy counts
  if (seen === 0) for (const child of Object.values(value)) count(child, counts);
}
