import { stringify } from 'yaml';
import { unknown } from '../../src/core/unknown';
import { writeYaml } from '../../src/core/yaml-writer';
import type { JsonObject } from '../../src/rules/json';
import { caught } from '../support/caught';
import { canonical, READERS } from './yaml-readers';

const HOSTILE: readonly string[] = [
  ...['', ' ', '  ', 'y', 'Y', 'n', 'N', 'yes', 'Yes', 'YES', 'no', 'No', 'NO', 'on', 'On', 'ON', 'off', 'OFF', 'oN'],
  ...['true', 'True', 'TRUE', 'tRUE', 'false', 'FALSE', 'null', 'Null', 'NULL', '~', 'nil', 'none', 'undefined', 'NaN'],
  ...['.nan', '.NaN', '.NAN', 'nan', '.inf', '-.inf', '+.inf', '.Inf', 'inf', '-inf', '+inf', 'Infinity', '-Infinity'],
  ...['0', '-0', '+1', '1', '-1', '007', '0777', '0o7', '0o777', '0x1F', '0X1f', '0b101', '-0b1', '1_000', '1,000', '_1'],
  ...['1e3', '1E3', '1e+3', '1.', '.5', '-.5', '1.5', '1.5e3', '1.5e+3', '1.0e-3', '+1.5', '1__0', 'e1', 'E10', 'e-5', 'e+5', 'e1x', '0x', '0o', '0b', '0x1p-2'],
  ...['12:30', '12:30:45', '190:20:30', '190:20:30.15', '1:2', '-1:30', '2001-12-14', '2001-12-14T21:59:43.10-05:00'],
  ...['2001-12-14 21:59:43', '2001-1-1', '2001-12-14t21:59:43z', '20011214', '1.31.3', '1.31.3-beta.0', '10.0.0.1', '10.0.0.0/8'],
  ...['5s', '250ms', '1h30m', '100m', '1Gi', '1d', '1f', '1L', '1n', '1.2.3.4', '1..2', '1-2', '1/2', '9223372036854775808'],
  ...['=', '<<', '==', '<', '>', '- x', '-', '--', '---', '--- x', '-x', '--x', '--domain', '...', '... x', '..', '?', '? x', '?x'],
  ...[':', ': x', ':x', 'x:', 'x: y', 'x :y', 'x:y', 'a::b', 'a:\tb', '# x', '#x', 'x #y', 'x# y', 'x#y', 'x\t#y', ',', ',x', 'x,'],
  ...['[', ']', '[]', '[x]', '{', '}', '{}', '{x: y}', '@', '@x', '`', '`x`', '%', '%x', '%YAML 1.1', '!', '!x', '!!str x', '&', '&x'],
  ...['*', '*x', '*.example.com', '|', '| x', '|-', '>-', '>x', '"', "'", '"x"', "'x'", "x'y", 'x"y', "x''y", '"x', "'x", "it's", '\\'],
  ...['\\n', 'a\\b', '^/api/v[0-9]+/.*$', '\\d+"', `"'\\`, '$(POD_NAME)', '${X}', '{{ .Values.x }}', '(x)', '/', '//', '/x', '~x'],
  ...[' x', 'x ', '  x', 'x  ', 'x  y', '\t', '\tx', 'x\t', 'x\ty', ' \t ', 'a b c', 'a: b: c', 'a - b', 'a, b'],
  ...['\n', '\n\n', 'x\n', '\nx', 'x\ny', 'x\ny\n', 'x\ny\n\n', 'x\n\ny', 'x\n\n\ny\n', ' x\ny', 'x\n y', 'x\n  y\nz', 'x \ny', 'x\ny '],
  ...['x\n \ny', 'x\n\ty', 'x\ty\nz', '\tx\ny', 'x\n\t\ny', '# x\ny', '- x\n- y', 'x\n---\ny', 'x\n...\ny\n', '---\nx', '%x\ny\n', 'x: |\n  y\n'],
  ...['\r', 'x\ry', 'x\r\ny', 'x\r\n', '\r\n', 'x\n\r', '"x"\n\'y\'\n', '\\\n\\', '{\n  "a": [1]\n}\n', '| \nx', 'é\nü\n', '\u00e9\u2028\n'],
  ...['\0', '\u0001', '\u0007', '\b', '\u000b', '\f', '\u001b', '\u001f', '\u007f', '\u0080', '\u0085', 'x\u0085y', '\u009f', '\u00a0', 'x\u00a0'],
  ...['\u00ad', '\u200b', '\u200d', '\u200f', '\u2028', 'x\u2028y', '\u2029', '\u202e', '\u2060', '\ufeff', '\ufeffx', 'x\ufeff', '\ufffd'],
  ...['\ufffe', '\uffff', '\ufdd0', '\ue000', '\ud7ff', 'é', 'e\u0301', 'straße', '日本語', 'ﬁ', '😀', 'x😀\ny', '\u{10ffff}', '\u{1fffe}', '👩‍👩‍👧'],
  ...['constructor', '__proto__', 'toString', 'hasOwnProperty', 'a'.repeat(5_000), 'a b '.repeat(2_000) + 'c', 'ö'.repeat(3_000)],
];

function object(entries: readonly (readonly [string, unknown])[]): JsonObject {
  return Object.fromEntries(entries) as JsonObject;
}

describe.each([...READERS])('%s reads back', (_name, read) => {
  function expectEqual(documents: readonly JsonObject[]): void {
    const got = read(writeYaml(documents));
    expect(got).toHaveLength(documents.length);
    documents.forEach((document, index) => expect(got[index]).toBe(canonical(document)));
  }

  test('every hostile string as a value, in a list, in a list of lists', () => {
    expectEqual(HOSTILE.map((text) => ({ a: text, b: [text, text], c: [[text], [[text]]], d: { e: { f: text } } })));
  });

  test('every hostile string as a key: at the root, in an object, first in a list', () => {
    expectEqual(HOSTILE.map((key) => object([[key, 1], ['in', object([[key, 'x'], ['z', [object([[key, []]])]]])]])));
    expectEqual(HOSTILE.map((key) => ({ l: [object([[key, { [key]: [key, { [key]: {} }] }]])] })));
  });

  test('all hostile strings as keys of one object', () => {
    expectEqual([object(HOSTILE.map((key) => [key, key]))]);
  });

  test('keys about the 1024 characters that readers look ahead', () => {
    const lengths = [240, 250, 251, 256, 990, 998, 999, 1_000, 1_001, 1_022, 1_023, 1_024, 1_025, 5_000];
    const keys = lengths.flatMap((length) => ['k', 'é', '😀', '\n', '"', '\u0001', '- '].map((part) => part.repeat(length)));
    expectEqual(keys.map((key) => object([[key, { x: 1 }], ['l', [object([[key, ['a', ['b']]], ['z', 1]])]], ['m', object([[key, 'x\ny\n']])]])));
  });

  test('numbers', () => {
    const whole = [0, -0, 1, -1, 65535, 2 ** 31, 2 ** 53, 2 ** 53 + 2, -(2 ** 53) - 2, 2 ** 63, 2 ** 64, 1e20, 1e21, -1e21, 1e22, 123456789e15];
    const parts = [0.1, -0.5, 1.5, 1e-6, 1e-7, 1.25e-7, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 1.5e300, -2.5e-10];
    expectEqual([...whole, ...parts].map((value) => ({ value, list: [value, [value]] })));
  });

  test('empty objects and lists, null and booleans, wherever they stand', () => {
    const values = [{}, [], null, true, false, ''];
    expectEqual([{}, ...values.map((value) => ({ value, list: [value, [value, [value]], { value }] }))]);
    expectEqual([{ rules: [{}] }, { spec: {} }, { a: [[], [[]], [[], {}]], b: {} }]);
  });

  test('500 levels of objects, of lists, and of both', () => {
    let objects: JsonObject = { x: 'y\nz' };
    let lists: JsonObject[string] = ['y\nz'];
    let both: JsonObject[string] = {};
    for (let level = 0; level < 498; level += 1) {
      objects = { a: objects };
      lists = [lists];
      both = level % 2 === 0 ? [both] : { a: both, b: [] };
    }
    expectEqual([objects, { lists }, { both }]);
  });

  test('many documents, and none', () => {
    expectEqual(Array.from({ length: 200 }, (_, index) => ({ index, text: index % 3 === 0 ? 'x\n' : '---' })));
    expect(writeYaml([])).toBe('');
  });
});

describe('how it looks', () => {
  test('lists at the indentation of their key, only strings that need it in quotes', () => {
    const document = {
      apiVersion: 'v1',
      metadata: { annotations: { 'example.com/on': 'on' }, labels: {} },
      spec: {
        args: ['--domain', '--log_output_level=default:info', '-v', '$(POD_NAME).$(NS)'],
        hosts: ['*.example.com', 'reviews.shop.svc.cluster.local'],
        http: [{ match: [{ uri: { regex: '^/v\\d+' } }], timeout: '1.5s' }, [[1, 2], ['a']]],
        image: 'docker.io/istio/pilot:1.31.3',
        lua: 'function f()\n\treturn "x"\nend\n',
        message: "Don't panic, all is well (see the guide).",
        version: '1.31',
      },
    };
    expect(writeYaml([document, { kind: 'B' }])).toBe(`apiVersion: v1
metadata:
  annotations:
    example.com/on: "on"
  labels: {}
spec:
  args:
  - --domain
  - --log_output_level=default:info
  - "-v"
  - $(POD_NAME).$(NS)
  hosts:
  - "*.example.com"
  - reviews.shop.svc.cluster.local
  http:
  - match:
    - uri:
        regex: '^/v\\d+'
    timeout: 1.5s
  - - - 1
      - 2
    - - a
  image: docker.io/istio/pilot:1.31.3
  lua: |
    function f()
    \treturn "x"
    end
  message: Don't panic, all is well (see the guide).
  version: "1.31"
---
kind: B
`);
  });

  test('block literals where they are exact, else one quoted line', () => {
    const texts = ['a\nb', 'a\nb\n', 'a\nb\n\n', ' a\nb', 'a \nb', 'a\r\nb', 'a\n\nb\n'];
    expect(writeYaml([{ texts }])).toBe(
      'texts:\n- |-\n  a\n  b\n- |\n  a\n  b\n- "a\\nb\\n\\n"\n- " a\\nb"\n- "a \\nb"\n- "a\\r\\nb"\n- |\n  a\n\n  b\n',
    );
  });

  test('no line ends in a space, none is folded, and what cannot be seen is escaped', () => {
    const text = writeYaml([object(HOSTILE.map((each) => [each, [each, { [each]: null }]]))]);
    expect(text).not.toMatch(/[ \t]$/m);
    expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\u202e\u200b]/);
    expect(writeYaml([{ a: 'word '.repeat(5_000).trim() }]).split('\n')).toHaveLength(2);
  });

  test('keys keep the order they have', () => {
    expect(writeYaml([{ kind: 'K', b: 1, a: 2 }])).toBe('kind: K\nb: 1\na: 2\n');
  });
});

describe('what cannot be written is refused, all places at once', () => {
  const metadata = { name: 'web', namespace: 'shop' };

  test('half of a surrogate pair, in a value and in a key', () => {
    const spec = { list: ['ok', 'x\ud800'], 'k\udc00': 1, text: 'a\n\ud83dx\n' };
    const error = caught(() => writeYaml([{ kind: 'ConfigMap', metadata, spec }, { kind: 'Other', bad: '\udfff' }]));
    expect(error.findings.map(({ property }) => property)).toEqual(['spec.k\ufffd', 'spec.list[1]', 'spec.text', 'bad']);
    expect(error.findings[1]).toEqual({
      code: 'not-yaml',
      object: { kind: 'ConfigMap', namespace: 'shop', name: 'web' },
      property: 'spec.list[1]',
      got: 'a string with half of a surrogate pair: "x\\ud800"',
      expected: 'Unicode text',
      fix: 'cut strings between characters: Array.from(text) has them whole',
    });
  });

  test.each<[string, unknown, string]>([
    ['NaN', Number.NaN, 'NaN'],
    ['Infinity', -Infinity, '-Infinity'],
    ['undefined', undefined, 'undefined'],
    ['a function', () => 1, 'a function'],
    ['a bigint', 10n, 'a bigint'],
    ['a symbol', Symbol('x'), 'a symbol'],
    ['a Date', new Date(0), 'an instance of Date'],
    ['a Map', new Map(), 'an instance of Map'],
    ['an Unknown', unknown('the output "ip"'), 'a value that is known only later (the output "ip")'],
  ])('%s', (_name, value, got) => {
    const findings = [{ a: value }, { a: [value] }, { a: { b: [[value]] } }].map(
      (document) => caught(() => writeYaml([document as unknown as JsonObject])).findings,
    );
    expect(findings.map(([finding]) => finding?.property)).toEqual(['a', 'a[0]', 'a.b[0][0]']);
    expect(findings.map(([finding]) => finding?.got)).toEqual([got, got, got]);
  });

  test.each([['a list', []], ['null', null], ['a string', 'x'], ['undefined', undefined]])('%s as a document', (_name, document) => {
    const error = caught(() => writeYaml([document as unknown as JsonObject]));
    expect(error.findings).toHaveLength(1);
    expect(error.findings[0]).toMatchObject({ property: '', expected: 'an object' });
  });

  test('an object that holds itself, however often', () => {
    const circle: Record<string, unknown> = {};
    Object.assign(circle, { a: circle, b: [circle, circle], c: { d: circle } });
    const [finding, ...more] = caught(() => writeYaml([circle as JsonObject])).findings;
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ got: 'data nested more than 500 deep', expected: 'at most 500 levels' });
  });

  test('501 levels', () => {
    const nest = (levels: number): JsonObject => (levels === 0 ? { x: 'a\nb' } : { a: nest(levels - 1) });
    expect(canonical(nest(500))).toBe(READERS.get('yaml, version 1.2')?.(writeYaml([nest(500)]))[0]);
    expect(caught(() => writeYaml([nest(501)])).findings).toHaveLength(1);
  });
});

describe('speed', () => {
  test('long hostile strings take linear time', () => {
    const parts = ['a', 'a ', 'a: ', 'a:', ' ', '-', '--a', '1', '1.', '1:', 'x\n', '\n', '\t', 'a\n\n', "'", '"', '\\', 'é', '\u2028', '😀'];
    const texts = parts.map((part) => part.repeat(1_000_000));
    const started = performance.now();
    for (const text of texts) expect(writeYaml([{ a: text, b: `${text}\0` }]).length).toBeGreaterThan(2_000_000);
    // a quadratic pattern would take hours
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test('many times as fast as the yaml package', () => {
    const route = (index: number) => ({ destination: { host: `svc-${index}.shop.svc.cluster.local`, subset: 'v1' }, weight: 50 });
    const documents = Array.from({ length: 1_000 }, (_, index) => ({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: `svc-${index}`, namespace: 'shop' },
      spec: { hosts: [`svc-${index}`], http: [1, 2, 3].map(() => ({ route: [route(index), route(index + 1)], timeout: '5s' })) },
    }));
    writeYaml(documents.slice(0, 100));
    const started = performance.now();
    writeYaml(documents);
    const ours = performance.now() - started;
    const again = performance.now();
    for (const document of documents.slice(0, 200)) stringify(document, { lineWidth: 0 });
    expect(ours).toBeLessThan((5 * (performance.now() - again)) / 4);
  });
});
