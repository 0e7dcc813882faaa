import { unknown } from '../../src/core/unknown';
import { Validator } from '../../src/validation/validator';
import { crdOfSpec, found, thing, validatorOf } from './custom-kind';

const address = unknown<string>('the address of ip');
const other = unknown<string>('the name of the bucket');

/** What is found of a Thing with this spec, and what of it could not be judged. */
function judged(schema: object, spec: unknown): { readonly found: string[]; readonly unknown: string[] } {
  const { findings, unknowns } = validatorOf(crdOfSpec({ type: 'object', ...schema })).validate(thing(spec));
  return { found: found(findings), unknown: unknowns.map(({ path, rule }) => (rule === undefined ? path : `${path}: ${rule}`)) };
}

describe('an unknown satisfies any schema at its place, and is listed', () => {
  test.each<[string, object]>([
    ['a text', { type: 'string', minLength: 3, pattern: '^a', format: 'date-time' }],
    ['an enum', { type: 'string', enum: ['A', 'B'] }],
    ['a number', { type: 'integer', minimum: 3, multipleOf: 2 }],
    ['a number or a text', { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }],
    ['a flag', { type: 'boolean' }],
    ['a nullable text', { type: 'string', nullable: true }],
    ['a list', { type: 'array', minItems: 1, items: { type: 'string' } }],
    ['an object', { type: 'object', required: ['a'], minProperties: 1, properties: { a: { type: 'string' } } }],
    ['an object with a choice', { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }], properties: { a: { type: 'string' }, b: { type: 'string' } } }],
    ['a value of alternatives', { type: 'string', oneOf: [{ pattern: '^a' }, { pattern: '^b' }] }],
    ['a value that is ruled out', { type: 'string', not: { pattern: '^a' } }],
    ['anything', { 'x-kubernetes-preserve-unknown-fields': true }],
    ['an object inside', { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }],
  ])('%s', (_name, schema) => {
    expect(judged({ properties: { at: schema } }, { at: address })).toEqual({ found: [], unknown: ['spec.at'] });
  });

  test('wherever it stands, with what it is', () => {
    const schema = {
      properties: { list: { type: 'array', items: { type: 'string' } }, map: { type: 'object', additionalProperties: { type: 'string' } }, free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    };
    const spec = { list: ['a', address], map: { key: other }, free: { deep: [{ er: address }] } };
    const { findings, unknowns } = validatorOf(crdOfSpec({ type: 'object', ...schema })).validate(thing(spec));
    expect(findings).toEqual([]);
    expect(unknowns).toEqual([
      { path: 'spec.list[1]', description: 'the address of ip' },
      { path: 'spec.map[key]', description: 'the name of the bucket' },
      { path: 'spec.free.deep[0].er', description: 'the address of ip' },
    ]);
  });

  test('what is wrong beside it is found', () => {
    const schema = { required: ['gone'], properties: { at: { type: 'string' }, n: { type: 'integer' } } };
    expect(judged(schema, { at: address, n: 'x', typo: 1 }).found).toEqual(['wrong-type spec.n', 'unknown-field spec.typo', 'missing-field spec.gone']);
  });

  test('an unknown under a field that no schema has is no excuse for the field', () => {
    expect(judged({ properties: {} }, { typo: address })).toEqual({ found: ['unknown-field spec.typo'], unknown: [] });
  });
});

describe('what depends on an unknown passes, what does not is judged', () => {
  const choice = { properties: { a: { type: 'string' }, b: { type: 'string' } }, oneOf: [{ required: ['a'] }, { required: ['b'] }] };
  const mode = { type: 'string' };
  const byMode = (junctor: object): object => ({ properties: { mode, size: { type: 'integer' } }, ...junctor });
  const is = (value: string): object => ({ properties: { mode: { enum: [value] } } });

  test('a key with an unknown value is there: for required fields and for choices', () => {
    expect(judged({ ...choice, required: ['a'] }, { a: address }).found).toEqual([]);
    expect(judged(choice, { a: address, b: 'x' }).found).toEqual(['not-exactly-one spec']);
  });

  test('oneOf', () => {
    expect(judged(byMode({ oneOf: [is('A'), is('B')] }), { mode: address }).found).toEqual([]);
    // whatever the mode will be, both of these fit
    const both = [{ properties: { size: { minimum: 1 } } }, { properties: { size: { minimum: 2 } } }];
    expect(judged(byMode({ oneOf: both }), { mode: address, size: 3 }).found).toEqual(['not-exactly-one spec']);
    expect(judged(byMode({ oneOf: both }), { mode: address, size: 0 }).found).toEqual(['not-exactly-one spec']);
  });

  test('not', () => {
    expect(judged(byMode({ not: is('A') }), { mode: address }).found).toEqual([]);
    expect(judged(byMode({ not: { properties: { size: { minimum: 2 } } } }), { mode: address, size: 3 }).found).toEqual(['forbidden-value spec']);
  });

  test('anyOf', () => {
    expect(judged(byMode({ anyOf: [is('A'), is('B')] }), { mode: address }).found).toEqual([]);
    const small = { properties: { size: { maximum: 1 } } };
    expect(judged(byMode({ anyOf: [small] }), { mode: address, size: 3 }).found).toContain('no-alternative spec');
  });

  test('items of sets and maps: an unknown cannot be told from another', () => {
    const set = { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' };
    const item = { type: 'object', required: ['k'], properties: { k: { type: 'string' }, l: { type: 'string' } } };
    const map = (keys: readonly string[]): object => ({ type: 'array', items: item, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });
    const schema = { properties: { set, one: map(['k']), two: map(['k', 'l']) } };
    const open = { set: [address, 'a', address], one: [{ k: address }, { k: address }], two: [{ k: address, l: 'x' }, { k: address, l: 'x' }] };
    expect(judged(schema, open).found).toEqual([]);
    const known = { set: ['a', address, 'a'], one: [{ k: 'x' }, { k: address }, { k: 'x' }], two: [{ k: 'x' }, { k: address }, { k: 'x' }] };
    expect(judged(schema, known).found).toEqual(['duplicate-item spec.set[2]', 'duplicate-item spec.one[2]', 'duplicate-item spec.two[2]']);
  });

  test('a CEL rule: listed with its text where it depends on the unknown, judged where it does not', () => {
    const rules = [{ rule: 'self.size > 3', message: 'small' }, { rule: 'self.mode == "A"' }, { rule: 'self.size > 3 || self.mode == "A"' }, { rule: 'has(self.mode)' }];
    expect(judged(byMode({ 'x-kubernetes-validations': rules }), { mode: address, size: 1 })).toEqual({
      found: ['cel-rule spec'],
      unknown: ['spec.mode', 'spec: self.mode == "A"', 'spec: self.size > 3 || self.mode == "A"'],
    });
    const onText = { properties: { mode: { ...mode, 'x-kubernetes-validations': [{ rule: 'self != ""' }] } } };
    expect(judged(onText, { mode: address })).toEqual({ found: [], unknown: ['spec.mode', 'spec.mode: self != ""'] });
  });
});

describe('metadata', () => {
  const object = (metadata: unknown) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: {} });
  const judge = (metadata: unknown) => new Validator().validate(object(metadata));

  test('values of labels and annotations may be unknown, and keys are still checked', () => {
    const { findings, unknowns } = judge({ name: 'a', namespace: 'b', labels: { app: address, '-bad': other }, annotations: { note: other } });
    expect(found(findings)).toEqual(['bad-label metadata.labels[-bad]']);
    expect(unknowns.map(({ path }) => path)).toEqual(['metadata.labels[app]', 'metadata.labels[-bad]', 'metadata.annotations[note]']);
  });

  test.each(['name', 'namespace', 'generateName'])('%s has to be known', (field) => {
    const { findings } = judge({ name: 'a', namespace: 'b', [field]: address });
    expect(found(findings)).toEqual([`unknown-value metadata.${field}`]);
    expect(findings[0]?.got).toBe('a value that is known only later (the address of ip)');
  });

  test('so does metadata as a whole, apiVersion and kind', () => {
    expect(found(judge(address).findings)).toEqual(['unknown-value metadata']);
    expect(found(new Validator().validate({ ...object({ name: 'a' }), kind: address }).findings)).toEqual(['unknown-value kind']);
    expect(found(new Validator().validate({ ...object({ name: 'a' }), apiVersion: address }).findings)).toEqual(['unknown-value apiVersion']);
  });

  test('owners and finalizers may be unknown', () => {
    const owner = { apiVersion: 'v1', kind: 'Pod', name: address, uid: other };
    expect(found(judge({ name: 'a', namespace: 'b', ownerReferences: [owner], finalizers: [address] }).findings)).toEqual([]);
  });
});

test('the kinds of a mesh, with every release of a target, list each place once', () => {
  const validator = new Validator({ target: { istio: ['1.29.6', '1.31.1'] } });
  const spec = { hosts: [address], http: [{ timeout: other, retries: { attempts: unknown<number>('the attempts'), perTryTimeout: other }, route: [{ destination: { host: address } }] }] };
  const { findings, unknowns } = validator.validate({ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'a', namespace: 'b' }, spec });
  expect(findings).toEqual([]);
  const places = unknowns.filter(({ rule }) => rule === undefined).map(({ path }) => path);
  expect(places).toEqual([
    'spec.hosts[0]',
    'spec.http[0].timeout',
    'spec.http[0].retries.attempts',
    'spec.http[0].retries.perTryTimeout',
    'spec.http[0].route[0].destination.host',
  ]);
  expect(new Set(unknowns.map(({ path, rule }) => `${path} ${rule ?? ''}`)).size).toBe(unknowns.length);
});

test('an object without unknowns lists nothing', () => {
  expect(judged({ properties: { at: { type: 'string' } } }, { at: 'x' })).toEqual({ found: [], unknown: [] });
});
