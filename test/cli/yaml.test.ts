import { readDocuments, splitDocuments } from '../../src/cli/manifest-text';
import { readSimpleYaml } from '../../src/cli/simple-yaml';
import { YamlDocument } from '../../src/cli/yaml-document';

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

describe('the quick reader', () => {
  const simple = [
    'a: 1\nb:\n  c: x\n  d:\n  - 1\n  - 2\n',
    'a:\n- b: 1\n  c: 2\n-   d: 3\n    e: 4\n- - 1\n  - 2\n- x\n-\n',
    'a: |\n  line\n    deeper\n\n  end\nb: |-\n  x\n\nc: "q\\n\\"r"\nd: \'it\'\'s\'\ne: {}\nf: []\n',
    '# head\na: 1\n  # deep comment\nb: 2 \n\n',
    'a: http://x:80/y#z\nb: a:b\nc: -1\nd: - x\n'.replace('d: - x\n', ''),
    'on: off\n8080: 0o10\nx-y/z: "#"\n$a: 2024-01-01\n',
    'a:\n  b:\nc:\n',
  ];
  const beyond = [
    'a: &x 1\nb: *x\n', 'a: !!str 5\n', 'a: >\n  x\n', 'a: [1, 2]\n', 'a: {b: 1}\n', 'a: one\n  two\n', 'a: "one\n  two"\n', '? a\n: b\n',
    'a: x # note\n', 'a: b: c\n', 'a: 1\na: 2\n', '<<: {}\n', 'a:\tb\n', 'a: |2\n   x\n', 'a: 1\n b: 2\n', '- a: 1\n b: 2\n', 'a: "\\x41"\n', 'a: @b\n',
    'text\n', 'a: .inf\n', '__proto__: 1\n', 'a: 1\r\n', 'a: - b\n', 'a:\n    b: 1\n  c: 2\n', 'a: |\n\nb: 1\n', 'a: "x" y\n', "a: 'x' # n\n", '"a b": 1\n? x\n',
  ];

  test.each(simple)('reads %j, and as the other does', (text) => {
    const quick = readSimpleYaml(text);
    expect(quick).toBeDefined();
    expect(quick).toEqual(new YamlDocument(text).read());
  });

  test.each(beyond)('leaves %j to the other', (text) => {
    expect(readSimpleYaml(text)).toBeUndefined();
  });

  test('never reads anything otherwise than the other does', () => {
    const pieces = ['a:', ' b:', '  c:', '- ', '-', ' x', ' "y"', " 'z'", ' 1', '\n', '\n  ', '\n    ', '\n- ', '#', ' # n', '|', '|-', '\n\n', ':', ' on', '{}', '[]', '---\n', '?', '&a', '*a', '!', '"', "'", ' ~'];
    let state = 1;
    const next = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const wrong: unknown[] = [];
    let read = 0;
    for (let count = 0; count < 20_000; count += 1) {
      const text = Array.from({ length: 2 + next(9) }, () => pieces[next(pieces.length)] as string).join('');
      const quick = readSimpleYaml(text);
      if (quick === undefined) continue;
      read += 1;
      const full = new YamlDocument(text).read();
      if (JSON.stringify(full) !== JSON.stringify(quick)) wrong.push({ text, quick, full });
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(read).toBeGreaterThan(500);
  });
});
