import { readDocuments, splitDocuments } from '../../src/cli/manifest-text';

function read(text: string): unknown {
  const [document] = readDocuments(text);
  return document?.problems.length === 0 ? document.value : document?.problems[0]?.code;
}

/** As Go's sigs.k8s.io/yaml reads them, which kubectl and API servers are built on. */
const SCALARS: readonly (readonly [string, unknown])[] = [
  ['yes', true], ['Y', true], ['on', true], ['No', false], ['off', false], ['n', false], ['True', true], ['tRue', 'tRue'],
  ['~', null], ['null', null], ['', null], ['NULL', null], ['nil', 'nil'],
  ['0', 0], ['-5', -5], ['+5', 5], ['007', 7], ['0777', 511], ['0o17', 15], ['0O17', 15], ['0x1F', 31], ['-0x10', -16], ['0b101', 5],
  ['08', 8], ['09.5', 9.5], ['1_000', 1000], ['0b12', '0b12'], ['0xg', '0xg'], ['0o8', '0o8'],
  ['1e3', 1000], ['1E-2', 0.01], ['.5', 0.5], ['-.5', -0.5], ['1.', 1], ['.', '.'], ['1e400', '1e400'],
  ['1:30', '1:30'], ['12:30:45', '12:30:45'], ['2024-01-01', '2024-01-01'], ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'],
  ['1.2.3', '1.2.3'], ['-', 'malformed-yaml'], ['.nan', 'malformed-yaml'], ['"yes"', 'yes'], ["'5'", '5'], ['!!str 5', '5'], ['!!int "5"', 5],
  ['9223372036854775808', 2 ** 63], ['-0xFFFFFFFFFFFFFFFF', '-0xFFFFFFFFFFFFFFFF'], ['NaN', 'NaN'], ['|\n  x', 'x\n'], ['>\n  x\n  y', 'x y\n'],
];

test.each(SCALARS)('%s', (text, value) => {
  const result = read(`a: ${text}\n`);
  expect(result).toEqual(value === 'malformed-yaml' ? value : { a: value });
});

test.each([
  ['on: 1', { true: 1 }],
  ['8080: 1', { 8080: 1 }],
  ['0x10: 1', { 16: 1 }],
  ['1.5: 1', { 1.5: 1 }],
  ['"on": 1', { on: 1 }],
  ['~: 1', 'malformed-yaml'],
])('the key of %s', (text, value) => {
  expect(read(text)).toEqual(value);
});

test('merge keys and aliases stand for what they name', () => {
  expect(read('base: &b {x: 1, z: 2}\na:\n  <<: *b\n  z: 3\nl: [*b]\n')).toEqual({
    base: { x: 1, z: 2 },
    a: { x: 1, z: 3 },
    l: [{ x: 1, z: 2 }],
  });
  expect(read('a:\n  <<: 5\n')).toBe('malformed-yaml');
});

describe('documents', () => {
  test.each([
    ['a: 1\n---\nb: 2\n', [[1, { a: 1 }], [2, { b: 2 }]]],
    ['---\na: 1\n---\n---\n# none\n---\nb: 2\n', [[1, { a: 1 }], [6, { b: 2 }]]],
    ['%YAML 1.1\n---\na: 1\n', [[1, { a: 1 }]]],
    ['\ufeffa: 1\r\n---\r\nb: 2\r\n', [[1, { a: 1 }], [2, { b: 2 }]]],
    ['--- {a: 1}\n--- # note\nb: 2\n...\n', [[1, { a: 1 }], [2, { b: 2 }]]],
    ['a: |\n  ---\n  b\n', [[1, { a: '---\nb\n' }]]],
    ['a: "--- x"\n----\n', [[1, 'malformed-yaml']]],
  ])('%j', (text, documents) => {
    expect(readDocuments(text).map(({ line, value, problems }) => [line, problems[0]?.code ?? value])).toEqual(documents);
  });

  test('are cut at the same places whatever is in them', () => {
    expect(splitDocuments('a\n---\nb\n--- c\nd').map(({ line }) => line)).toEqual([1, 2, 4]);
  });
});
