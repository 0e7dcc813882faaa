import { Validator } from '../../src/validation/validator';

const WORD = 'hunter2';

/** All that is said of a Secret, on one line each. */
const said = (fields: object): string => JSON.stringify(new Validator().validate({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, ...fields }).findings);

test.each<[string, object, string]>([
  ['text where base64 is asked for', { data: { key: `${WORD} not base64!` } }, 'data[key]'],
  ['a number', { stringData: { key: 1234567890 } }, 'stringData[key]'],
  ['a text in place of all data', { data: WORD }, 'data'],
])('%s is refused by its place, and not shown', (_what, fields, property) => {
  const findings = said(fields);
  expect(findings).toContain(`"property":"${property}"`);
  expect(findings).toContain('is not shown');
  expect(findings).not.toContain(WORD);
  expect(findings).not.toContain('1234567890');
});

test('what is no value is still said', () => {
  expect(said({ stringData: [WORD] })).toContain('a list of 1 item');
  expect(said({ data: { 'a b': 'aGk=' } })).toContain('a b');
  expect(said({ type: 'kubernetes.io/tls', data: { 'tls.crt': 'aGk=' } })).toContain('the key tls.key');
});

test('of other kinds, values are shown: they are what has to be mended', () => {
  const { findings } = new Validator().validate({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { key: 12 } });
  expect(JSON.stringify(findings)).toContain('"got":"12"');
});
