import { sortKeys } from '../../src/rules/json';
import type { Json, JsonObject } from '../../src/rules/json';
import type { KindRules } from '../../src/rules/kind-rules';
import { schemaOfVariant, variantIndex } from '../../src/rules/schema';
import { shareSubtrees, sharedName } from '../../src/rules/sharing';
import { Random } from '../support/random';

const LARGE = sortKeys({ type: 'object', properties: Object.fromEntries(['alpha', 'beta', 'gamma', 'delta'].map((name) => [name, { type: 'string' }])) });

test('a large subtree that stands twice is written once', () => {
  const { root, defs } = shareSubtrees({ a: LARGE, b: { c: LARGE } });
  const [name] = Object.keys(defs) as [string];
  expect(defs).toEqual({ [name]: LARGE });
  expect(root).toEqual({ a: { $ref: `#/defs/${name}` }, b: { c: { $ref: `#/defs/${name}` } } });
});

test('a small subtree stays where it is, however often it stands', () => {
  const document = { a: { type: 'string' }, b: { type: 'string' }, c: { type: 'string' } };
  expect(shareSubtrees(document)).toEqual({ root: document, defs: {} });
});

test('what repeats only inside a repeated subtree is written with it', () => {
  const outer = { inner: LARGE, name: 'outer' };
  expect(Object.keys(shareSubtrees({ a: outer, b: outer }).defs)).toHaveLength(1);
});

test('a name says nothing of the rest of the document', () => {
  const one = Object.keys(shareSubtrees({ a: LARGE, b: LARGE }).defs);
  const other = Object.keys(shareSubtrees({ x: { y: LARGE }, z: [LARGE, LARGE, 7] }).defs);
  expect(one).toEqual(other);
});

test('a property that is called $ref is no reference', () => {
  expect(sharedName({ $ref: { type: 'string' } })).toBeUndefined();
  expect(sharedName({ $ref: '#/definitions/Pod' })).toBeUndefined();
  expect(sharedName({ $ref: '#/defs/0123abcd' })).toBe('0123abcd');
});

test('a resolved schema is the one that was shared, and repeated parts are one object', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = new Random(seed);
    const parts = [LARGE, random.json(4), random.json(4)];
    const build = (depth: number): Json =>
      depth === 0 ? random.pick(parts) : Object.fromEntries(['p', 'q', 'r'].map((key) => [key, build(depth - 1)]));
    const document = sortKeys(withoutVariants(build(2)));
    const { root, defs } = shareSubtrees(document);
    const schema = schemaOfVariant(rulesWith(root, defs), 0);
    expect(JSON.stringify(schema?.root)).toBe(JSON.stringify(document));
  }
  const { root, defs } = shareSubtrees({ a: LARGE, b: LARGE });
  const resolved = schemaOfVariant(rulesWith(root, defs), 0)?.root as JsonObject;
  expect(resolved['a']).toBe(resolved['b']);
});

test('a variant is found by release, channel and version', () => {
  const rules: KindRules = {
    ...rulesWith({}, {}),
    variants: [
      { release: '1', channel: 'standard', version: 'v1' },
      { release: '1', channel: 'experimental', version: 'v1' },
    ],
  };
  expect(variantIndex(rules, { release: '1', channel: 'experimental', version: 'v1' })).toBe(1);
  expect(variantIndex(rules, { release: '1', version: 'v1' })).toBeUndefined();
});

/** Marks belong to encoded trees, and this document is not encoded. */
function withoutVariants(value: Json): Json {
  return JSON.parse(JSON.stringify(value).replace(/\$+variants/g, 'variants')) as Json;
}

function rulesWith(schema: Json, defs: KindRules['defs']): KindRules {
  return {
    source: 'test',
    group: 'example.com',
    kind: 'Test',
    plural: 'tests',
    scope: 'Namespaced',
    preferredVersion: 'v1',
    variants: [{ release: '1', version: 'v1' }],
    releases: [{ release: '1' }],
    schema,
    defs,
    transitionRules: 0,
  };
}
