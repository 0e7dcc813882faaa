import { crdOfSpec, found, thing, validatorOf } from './custom-kind';

const immutable = [{ rule: 'self == oldSelf', message: 'immutable' }];
const spec = {
  type: 'object',
  properties: {
    host: { type: 'string', 'x-kubernetes-validations': immutable },
    mode: { type: 'string', default: 'on', 'x-kubernetes-validations': immutable },
    byName: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: { type: 'object', properties: { name: { type: 'string' }, port: { type: 'integer', 'x-kubernetes-validations': immutable } } },
    },
    atomic: { type: 'array', items: { type: 'object', properties: { port: { type: 'integer', 'x-kubernetes-validations': immutable } } } },
    map: { type: 'object', additionalProperties: { type: 'string', 'x-kubernetes-validations': immutable } },
    set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' }, 'x-kubernetes-validations': immutable },
  },
};

describe('rules on how an object may change', () => {
  test.each([
    ['a new object', { host: 'a' }, undefined, []],
    ['no change', { host: 'a' }, { host: 'a' }, []],
    ['a change', { host: 'b' }, { host: 'a' }, ['cel-rule spec.host']],
    ['a value that was not there before', { host: 'b' }, {}, []],
    ['a default on both sides', {}, { mode: 'on' }, []],
    ['a default on one side', {}, { mode: 'off' }, ['cel-rule spec.mode']],
    ['items are found by their keys', { byName: [{ name: 'b', port: 2 }, { name: 'a', port: 9 }] }, { byName: [{ name: 'a', port: 1 }, { name: 'b', port: 2 }] }, ['cel-rule spec.byName[1].port']],
    ['items of other lists have no old self', { atomic: [{ port: 2 }] }, { atomic: [{ port: 1 }] }, []],
    ['values of a map are found by their key', { map: { a: 'x' } }, { map: { a: 'y' } }, ['cel-rule spec.map[a]']],
    ['the order of a set does not matter', { set: ['a', 'b'] }, { set: ['b', 'a'] }, []],
    ['the items of a set do', { set: ['a', 'b'] }, { set: ['a', 'c'] }, ['cel-rule spec.set']],
  ] as const)('%s', (_name, now, before, finds) => {
    const old = before === undefined ? {} : { old: thing(before) };
    expect(found(validatorOf(crdOfSpec(spec)).validate(thing(now), old).findings)).toEqual(finds);
  });
});

describe('where rules stand', () => {
  test.each([
    ['at the root, with what it sees of metadata', { rule: 'self.metadata.name == "b"', message: 'm' }, 'cel-rule '],
    ['below the field that it names', { rule: 'false', message: 'm', fieldPath: '.spec.host' }, 'cel-rule spec.host'],
  ])('%s', (_name, rule, finding) => {
    const crd = structuredClone(crdOfSpec(spec)) as { spec: { versions: { schema: { openAPIV3Schema: Record<string, unknown> } }[] } };
    const version = crd.spec.versions[0];
    if (version !== undefined) version.schema.openAPIV3Schema['x-kubernetes-validations'] = [rule];
    expect(found(validatorOf(crd).validate(thing({})).findings)).toEqual([finding]);
  });

  test('in allOf too', () => {
    const nested = { type: 'object', properties: { a: { type: 'integer' } }, allOf: [{ 'x-kubernetes-validations': [{ rule: 'self.a > 1', message: 'm' }] }] };
    expect(found(validatorOf(crdOfSpec(nested)).validate(thing({ a: 1 })).findings)).toEqual(['cel-rule spec']);
  });

  test('a rule that does not compile refuses every object', () => {
    const broken = { ...spec, 'x-kubernetes-validations': [{ rule: 'self.nope == 1' }] };
    expect(validatorOf(crdOfSpec(broken)).validate(thing({})).findings).toMatchObject([
      { code: 'cel-rule', expected: "a rule that compiles: undefined field 'nope'" },
    ]);
  });
});
