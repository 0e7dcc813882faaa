import { FORMATS } from '../../src/validation/formats';
import { FORMAT_CASES } from './cases/formats-cases';
import { SCHEMA_CASES } from './cases/schema-cases';
import { crdOfSpec, found, thing, validatorOf } from './custom-kind';

describe('a value against its schema', () => {
  test.each(SCHEMA_CASES)('$name', ({ schema, value, finds }) => {
    const validator = validatorOf(crdOfSpec({ type: 'object', properties: { v: schema } }));
    expect(found(validator.validate(thing({ v: value })).findings)).toEqual(finds);
  });
});

describe('formats', () => {
  test.each(Object.entries(FORMAT_CASES))('%s', (format, { good, bad }) => {
    const validator = validatorOf(crdOfSpec({ type: 'object', properties: { v: { type: 'string', format } } }));
    const isRefused = (text: string): boolean => validator.validate(thing({ v: text })).findings.length > 0;
    expect({ refusedGood: good.filter(isRefused), acceptedBad: bad.filter((text) => !isRefused(text)) }).toEqual({
      refusedGood: [],
      acceptedBad: [],
    });
  });

  test('every format that is known has a case', () => {
    const named = Object.keys(FORMAT_CASES).map((format) => format.replaceAll('-', ''));
    expect(named.sort()).toEqual([...FORMATS.keys()].sort());
  });
});

describe('an object is validated as the server keeps it', () => {
  const crd = crdOfSpec({
    type: 'object',
    properties: { mode: { type: 'string', default: 'on' }, empty: { type: 'string' } },
    'x-kubernetes-validations': [{ rule: 'has(self.mode) && !has(self.empty)', message: 'defaults and nulls' }],
  });

  test('with defaults, and without nulls, without touching what the user gave', () => {
    const given = thing({ empty: null });
    const before = structuredClone(given);
    expect(validatorOf(crd).validate(given).findings).toEqual([]);
    expect(given).toEqual(before);
    const frozen = thing(Object.freeze({ empty: null }));
    expect(validatorOf(crd).validate(Object.freeze(frozen)).findings).toEqual([]);
  });
});

describe('the status of a new object', () => {
  const wrong = { status: { ready: 'yes' } };
  const unknown = { status: { unknown: 1 } };

  test('is checked where it is part of the object', () => {
    const validator = validatorOf(crdOfSpec({ type: 'object' }));
    expect(found(validator.validate(thing({}, wrong)).findings)).toEqual(['wrong-type status.ready']);
  });

  test('is thrown away by a server with a status subresource, but for unknown fields', () => {
    const validator = validatorOf(crdOfSpec({ type: 'object' }, { subresources: { status: {} } }));
    expect(found(validator.validate(thing({}, wrong)).findings)).toEqual([]);
    expect(found(validator.validate(thing({}, unknown)).findings)).toEqual(['unknown-field status.unknown']);
    expect(found(validator.validate(thing({}, { status: { ready: { a: 1 } } })).findings)).toEqual(['wrong-type status.ready']);
  });
});

test('replicas of a kind that can be scaled are no less than none', () => {
  const spec = { type: 'object', properties: { replicas: { type: 'integer' } } };
  const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
  const validator = validatorOf(crdOfSpec(spec, { subresources: { scale } }));
  expect(found(validator.validate(thing({ replicas: -1 })).findings)).toEqual(['below-minimum spec.replicas']);
  expect(found(validator.validate(thing({ replicas: 0 })).findings)).toEqual([]);
});

test.each([
  ['weigth', 'weight', 'did you mean "weight"?'],
  ['wholly-different', 'weight', undefined],
])('%s: what may have been meant', (field, known, fix) => {
  const validator = validatorOf(crdOfSpec({ type: 'object', properties: { [known]: { type: 'integer' } } }));
  expect(validator.validate(thing({ [field]: 1 })).findings[0]?.fix).toBe(fix);
});
