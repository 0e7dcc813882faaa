import type { JsonPatch } from 'cdk8s';
import { meshError } from '../errors/mesh-error';
import { applyPatch, operationOf, propertyOf, textOf } from './json-patches';
import type { Operation } from './json-patches';
import { describeValue } from './refusal';
import { isUnknown } from './unknown-brand';
import type { UnknownLeaf } from './unknown-brand';

/**
 * A copy of the manifest with the patches applied. Values that are known only at deployment are put in, moved and
 * replaced as a whole; a patch that looks into one, or compares with one, is refused.
 *
 * @throws MeshError naming the construct and the path when a patch does not apply.
 */
export function applyPatches(manifest: unknown, patches: readonly JsonPatch[], construct: string): unknown {
  const stash = new Stash();
  let document = stash.takeOut(manifest);
  for (const patch of patches) {
    const operation = operationOf(patch);
    refuseInside(document, operation, stash, construct);
    document = applyPatch(document, stash.withoutUnknown(patch, operation), construct);
  }
  return stash.putBack(document);
}

function refuseInside(document: unknown, operation: Operation, stash: Stash, construct: string): void {
  const { op, path = '', from = '' } = operation;
  const inside = stash.onTheWay(document, path, op === 'test') ?? stash.onTheWay(document, from, false);
  if (inside === undefined) return;
  throw meshError({
    code: 'bad-patch',
    construct,
    property: propertyOf(operation),
    got: `a patch ${textOf(operation)} that looks into ${describeValue(inside)}`,
    expected: 'a path that ends at such a value, or before it',
    fix: 'replace the value as a whole',
  });
}

/**
 * Keeps values that are known only at deployment while a document is patched: cdk8s copies documents as JSON, which such
 * a value is not. A text stands for each.
 */
class Stash {
  private readonly values: UnknownLeaf[] = [];

  /** A copy in which texts stand for the values. */
  public takeOut(value: unknown): unknown {
    return mapLeaves(value, (leaf) => (isUnknown(leaf) ? `${MARK}${this.values.push(leaf) - 1}` : leaf));
  }

  /** The same patch, with texts for the values that it brings. */
  public withoutUnknown(patch: JsonPatch, operation: Operation): JsonPatch {
    const before = this.values.length;
    const value = this.takeOut(operation.value);
    if (this.values.length === before) return patch;
    const plain = { ...operation, value };
    return { operation: plain, _toJson: () => plain } as unknown as JsonPatch;
  }

  /** The values in the places of their texts. */
  public putBack(value: unknown): unknown {
    return this.values.length === 0 ? value : mapLeaves(value, (leaf) => this.find(leaf) ?? leaf);
  }

  /** The value that a JSON pointer leads through; with `atEnd` also the one that it leads to. */
  public onTheWay(document: unknown, pointer: string, atEnd: boolean): UnknownLeaf | undefined {
    let at = document;
    for (const step of pointer.split('/').slice(1)) {
      const found = this.find(at);
      if (found !== undefined) return found;
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      at = typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[key] : undefined;
    }
    return atEnd ? this.find(at) : undefined;
  }

  private find(leaf: unknown): UnknownLeaf | undefined {
    return typeof leaf === 'string' && leaf.startsWith(MARK) ? this.values[Number(leaf.slice(MARK.length))] : undefined;
  }
}

/** Half of a surrogate pair: no text of a manifest begins with it, since none that does can be written. */
const MARK = '\udc00unknown ';

function mapLeaves(value: unknown, map: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapLeaves(item, map));
  if (!isPlainObject(value)) return map(value);
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    Object.defineProperty(copy, key, { value: mapLeaves(item, map), enumerable: true, writable: true, configurable: true });
  }
  return copy;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
