import { sortKeys } from '../../src/rules/json';
import type { Json } from '../../src/rules/json';
import { decodeVariant, encodeVariants, pickVariant, rangeIndices, variantCases } from '../../src/rules/variants';
import { Random } from '../support/random';

test('equal documents are one document', () => {
  const document = { type: 'object', properties: { a: { type: 'string' } } };
  expect(encodeVariants([document, document, document])).toEqual(document);
});

test('a field that one version has not says which versions have it', () => {
  const old = { properties: { a: { type: 'string' } } };
  const now = { properties: { a: { type: 'string' }, b: { type: 'integer' } } };
  expect(encodeVariants([old, old, now])).toEqual({
    properties: { a: { type: 'string' }, b: { $variants: [['2', { type: 'integer' }]] } },
  });
});

test('values that differ stand beside each other with the versions that have them', () => {
  const tree = encodeVariants([{ maximum: 1 }, { maximum: 2 }, { maximum: 1 }, { maximum: 1 }]);
  expect(tree).toEqual({ maximum: { $variants: [['0,2-3', 1], ['1', 2]] } });
  expect([0, 1, 2, 3].map((index) => decodeVariant(tree, index))).toEqual([{ maximum: 1 }, { maximum: 2 }, { maximum: 1 }, { maximum: 1 }]);
});

test('a version without a document has none', () => {
  const tree = encodeVariants([undefined, { a: 1 }, undefined]);
  expect([0, 1, 2].map((index) => decodeVariant(tree, index))).toEqual([undefined, { a: 1 }, undefined]);
});

test('the tree does not depend on the order of keys in a document', () => {
  expect(JSON.stringify(encodeVariants([{ b: 1, a: 2 }, { a: 2, b: 1 }]))).toBe('{"a":2,"b":1}');
});

test("a document's own key $variants is kept apart from ours", () => {
  const documents = [{ $variants: [['0', 'mine']] }, { $variants: [['1', 'mine as well']], $$variants: 2 }];
  const tree = encodeVariants(documents);
  expect(documents.map((_, index) => decodeVariant(tree, index))).toEqual(documents);
});

test('picking resolves the top of a tree only', () => {
  const tree: Json = { $variants: [['0', { a: { $variants: [['0', 1]] } }]] };
  expect(pickVariant(tree, 0)).toEqual({ a: { $variants: [['0', 1]] } });
  expect(pickVariant(tree, 1)).toBeUndefined();
  expect(variantCases({ a: 1 })).toBeUndefined();
});

test('ranges name single versions and runs of them', () => {
  expect(rangeIndices('0-2,5,7-8')).toEqual([0, 1, 2, 5, 7, 8]);
});

test('no document is changed by encoding and decoding', () => {
  for (let seed = 1; seed <= 1500; seed += 1) {
    const random = new Random(seed);
    const first = random.json(4);
    const documents = Array.from({ length: 1 + random.below(5) }, () => mutate(first, random));
    const tree = encodeVariants(documents);
    documents.forEach((document, index) => {
      const decoded = decodeVariant(tree, index);
      const same = JSON.stringify(decoded) === JSON.stringify(document === undefined ? document : sortKeys(document));
      if (!same) throw new Error(`seed ${seed}, version ${index}: ${JSON.stringify(documents)} gave ${JSON.stringify(decoded)}`);
    });
  }
});

/** The document itself, none, a part of it that differs, or another document: as releases differ from each other. */
function mutate(document: Json, random: Random): Json | undefined {
  const kind = random.below(6);
  if (kind === 0) return undefined;
  if (kind === 1) return random.json(3);
  if (kind === 2) return document;
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document;
  const entries = Object.entries(document).flatMap(([key, value]): [string, Json][] => {
    if (random.below(4) === 0) return [];
    const changed = random.below(3) === 0 ? mutate(value, random) : value;
    return changed === undefined ? [] : [[key, changed]];
  });
  return Object.fromEntries(entries);
}
