import { isJsonObject, setKey, sortKeys } from './json';
import type { Json } from './json';

/**
 * Many versions of one JSON document in one tree, without loss.
 *
 * Where all versions agree the tree holds the value itself. Where they differ and all that have a value hold an
 * object, the tree descends. Everywhere else it holds `{ "$variants": [["0-2,5", value], …] }`: the indices of the
 * versions that have that value. A version that is named by none has no value there.
 */

const MARK = '$variants';
/** A document's own key of that name gets one `$` more, and loses it again when it is read. */
const OWN_MARK = /^\$+variants$/;
const ESCAPED = /^\$\$+variants$/;

/** What a version has at a place: a JSON value, or nothing. */
type Slot = Json | undefined;

/** Merges one document for each version into one tree; `undefined` for a version that has none. */
export function encodeVariants(documents: readonly Slot[]): Json {
  const entries = documents.map((value, index) => ({
    index,
    value: value === undefined ? value : escapeMarks(sortKeys(value)),
  }));
  return encode(entries, documents.length);
}

/** The document of one version, or undefined where that version has none. */
export function decodeVariant(tree: Json, index: number): Slot {
  const value = pickVariant(tree, index);
  if (Array.isArray(value)) {
    return (value as readonly Json[]).map((item) => decodeVariant(item, index) as Json);
  }
  if (!isJsonObject(value)) return value;
  const result: Record<string, Json> = {};
  for (const [key, child] of Object.entries(value)) {
    const decoded = decodeVariant(child, index);
    if (decoded !== undefined) setKey(result, unescapeMark(key), decoded);
  }
  return result;
}

/** The key of the document that a key of the tree stands for. */
export function unescapeMark(key: string): string {
  return ESCAPED.test(key) ? key.slice(1) : key;
}

/** Resolves a `$variants` node at the top of `tree` only; what is below it is left as it is. */
export function pickVariant(tree: Json, index: number): Slot {
  const cases = variantCases(tree);
  if (cases === undefined) return tree;
  return cases.find((item) => rangeHas(item.range, index))?.value;
}

/** The cases of a `$variants` node, or undefined for any other node. */
export function variantCases(tree: Json): readonly { range: string; value: Json }[] | undefined {
  if (!isJsonObject(tree)) return undefined;
  const cases = tree[MARK];
  if (!Array.isArray(cases)) return undefined;
  return (cases as readonly (readonly [string, Json])[]).map(([range, value]) => ({ range, value }));
}

/** The indices in a range such as `0-2,5`. */
export function rangeIndices(range: string): number[] {
  return range.split(',').flatMap((part) => {
    const [from, to] = part.split('-').map(Number);
    if (from === undefined) return [];
    return Array.from({ length: (to ?? from) - from + 1 }, (_, offset) => from + offset);
  });
}

function escapeMarks(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(escapeMarks);
  if (!isJsonObject(value)) return value;
  const result: Record<string, Json> = {};
  for (const [key, child] of Object.entries(value)) setKey(result, OWN_MARK.test(key) ? `$${key}` : key, escapeMarks(child));
  return result;
}

interface Entry {
  readonly index: number;
  readonly value: Slot;
}

function encode(entries: readonly Entry[], total: number): Json {
  const present = entries.filter((entry): entry is { index: number; value: Json } => entry.value !== undefined);
  if (present.length === 0) return { [MARK]: [] };
  const groups = groupEqual(present);
  const [only] = groups;
  if (groups.length === 1 && only !== undefined && present.length === total) return only.value;
  const node = groups.length === 1 && only !== undefined ? only.value : descend(present);
  if (node === undefined) {
    return { [MARK]: groups.map((group) => [formatRange(group.indices), group.value]) };
  }
  // some version has nothing here: say which ones have it, once, above the merged value
  return present.length === total ? node : { [MARK]: [[formatRange(present.map((entry) => entry.index)), node]] };
}

/** Objects merged key by key; undefined where some value is not an object. */
function descend(present: readonly { index: number; value: Json }[]): Json | undefined {
  if (!present.every((entry) => isJsonObject(entry.value))) return undefined;
  const objects = present.map((entry) => ({ index: entry.index, value: entry.value as { readonly [key: string]: Json } }));
  const result: Record<string, Json> = {};
  for (const key of mergedKeys(objects.map((entry) => Object.keys(entry.value)))) {
    const slots = objects.map((entry) => ({
      index: entry.index,
      value: Object.hasOwn(entry.value, key) ? entry.value[key] : undefined,
    }));
    setKey(result, key, encode(slots, objects.length));
  }
  return result;
}

/** Keys of all versions in code-unit order, so that the tree does not depend on the order in a source file. */
function mergedKeys(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort();
}

function groupEqual(present: readonly { index: number; value: Json }[]): { indices: number[]; value: Json }[] {
  const groups = new Map<string, { indices: number[]; value: Json }>();
  for (const { index, value } of present) {
    const text = JSON.stringify(value);
    const group = groups.get(text);
    if (group === undefined) groups.set(text, { indices: [index], value });
    else group.indices.push(index);
  }
  return [...groups.values()];
}

function rangeHas(range: string, index: number): boolean {
  return rangeIndices(range).includes(index);
}

function formatRange(indices: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < indices.length; ) {
    let end = at;
    while (end + 1 < indices.length && indices[end + 1] === (indices[end] as number) + 1) end += 1;
    parts.push(end === at ? `${indices[at]}` : `${indices[at]}-${indices[end]}`);
    at = end + 1;
  }
  return parts.join(',');
}
