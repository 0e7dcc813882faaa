import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crdOfSpec, thing } from '../validation/custom-kind';
import { runCli } from './run-cli';
import type { CliRun } from './run-cli';

const VALID = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: shop
spec:
  hosts:
    - reviews
  http:
    - route:
        - destination:
            host: reviews
          weight: 100
`;
const INVALID = VALID.replace('weight', 'weigth');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'validate-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

async function validate(...args: readonly string[]): Promise<CliRun> {
  return await runCli(['validate', ...args], { cwd: folder });
}

interface JsonReport {
  readonly valid: number;
  readonly invalid: number;
  readonly documents: number;
  readonly findings: readonly { readonly code: string; readonly source: { readonly file: string; readonly line: number; readonly column: number } }[];
}

async function json(...args: readonly string[]): Promise<JsonReport> {
  return JSON.parse((await validate('--json', ...args)).stdout) as JsonReport;
}

describe('a file', () => {
  test('that is valid', async () => {
    expect(await validate(file('a.yaml', VALID))).toEqual({
      code: 0,
      stdout: '1 object: 1 valid, 0 invalid\njudged by the rules of Istio 1.31.1\n',
      stderr: '',
    });
  });

  test('that is not: a line says where, what, and the fix', async () => {
    const run = await validate(file('a.yaml', `${VALID}---\n${INVALID}`));
    expect(run.code).toBe(1);
    expect(run.stdout).toBe(
      'a.yaml:27:11: VirtualService shop/reviews: spec.http[0].route[0].weigth: got the field "weigth", ' +
        'expected one of destination, headers, weight; did you mean "weight"? [unknown-field]\n' +
        '2 objects: 1 valid, 1 invalid\njudged by the rules of Istio 1.31.1\n',
    );
  });

  test('with a missing field is placed at the nearest field that is there', async () => {
    const { findings } = await json(file('a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  namespace: a\n'));
    expect(findings).toMatchObject([{ code: 'missing-name', source: { file: 'a.yaml', line: 3, column: 1 } }]);
  });

  test('of a kind without rules is valid as far as is known, and that is said', async () => {
    const run = await validate(file('a.yaml', 'apiVersion: a.b/v1\nkind: Foo\nmetadata:\n  name: x\n'));
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('no rules are known of Foo (a.b/v1)') as string });
  });

  test('with a List counts as its items, each with its place', async () => {
    const item = (name: string) => `  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: ${name}, namespace: a}\n`;
    const report = await json(file('a.yaml', `apiVersion: v1\nkind: List\nitems:\n${item('a')}${item('B')}`));
    expect(report).toMatchObject({ documents: 2, valid: 1, invalid: 1, findings: [{ code: 'bad-name', source: { line: 9, column: 16 } }] });
  });

  test('of JSON', async () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' }, dta: {} };
    const { findings } = await json(file('a.json', JSON.stringify(object, null, 2)));
    expect(findings).toMatchObject([{ code: 'unknown-field', source: { file: 'a.json', line: 8, column: 3 } }]);
  });

  test.each([
    ['only comments', '# nothing\n---\n# here\n'],
    ['nothing', ''],
  ])('with %s holds no object', async (_name, text) => {
    expect(await validate(file('a.yaml', text))).toMatchObject({ code: 0, stdout: '0 objects: 0 valid, 0 invalid\n' });
  });
});

describe('a file that cannot be read as manifests is wrong, in one line', () => {
  const bomb = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`);
  test.each([
    ['malformed-yaml', 'a: [1, 2\nb: 3\n'],
    ['malformed-yaml', 'a:\n\t- b\n'],
    ['malformed-yaml', 'a: *nowhere\n'],
    ['malformed-yaml', 'a: .inf\n'],
    ['malformed-yaml', '[1]: 2\n'],
    ['duplicate-key', 'a: 1\nb: 2\na: 3\n'],
    ['duplicate-key', '{"a": 1, "b": {"c": 1, "c": 2}}'],
    ['alias-bomb', `a0: &a0 [x, x]\n${bomb.join('\n')}\n`],
    ['too-deep', '['.repeat(20_000)],
    ['too-deep', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
    ['too-deep', Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['binary-file', Buffer.from([0xff, 0xfe, 0x00, 0x01])],
    ['binary-file', 'a: \u0000'],
    ['object-too-large', `apiVersion: v1\nkind: ConfigMap\ndata:\n  a: ${'x'.repeat(3 * 1024 * 1024)}\n`],
    ['file-too-large', Buffer.alloc(33 * 1024 * 1024, 'x')],
    ['not-an-object', 'just text\n'],
  ])('%s', async (code, content) => {
    const report = await json(file('a.yaml', content));
    expect(report.findings.map((finding) => finding.code)).toEqual([code]);
    expect(report.invalid).toBe(1);
    const run = await validate('a.yaml');
    expect(run.code).toBe(1);
    expect(run.stdout.split('\n')[0]).toMatch(/^a\.yaml:\d+(:\d+)?: .*\[[a-z-]+\]$/);
    expect(run.stdout + run.stderr).not.toMatch(/^\s+at /m);
  });
});

describe('inputs', () => {
  test('a folder is read in order of names, and below; what is no manifest is left alone', async () => {
    mkdirSync(join(folder, 'sub/.hidden'), { recursive: true });
    mkdirSync(join(folder, 'sub/node_modules'));
    for (const name of ['sub/b.yaml', 'sub/a.yml', 'c.json', 'sub/.hidden/x.yaml', 'sub/node_modules/x.yaml', 'README.md']) {
      file(name, 'apiVersion: v1\nkind: ConfigMap\n');
    }
    const { findings } = await json('.');
    expect([...new Set(findings.map(({ source }) => source.file))]).toEqual(['c.json', 'sub/a.yml', 'sub/b.yaml']);
  });

  test('standard input', async () => {
    const run = await runCli(['validate', '-'], { stdin: INVALID.replace('reviews', 'é') });
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^-:4:/);
  });

  test.each([
    ['a file that is not there', ['nowhere.yaml'], /nowhere\.yaml: no such file or folder/],
    ['a folder without manifests', ['.'], /no \.yaml, \.yml or \.json file in this folder/],
    ['nothing', [], /no input/],
    ['standard input that is not there', ['-'], /there is no standard input/],
    ['standard input twice', ['-', '--old', '-'], /can be read only once/],
    ['an option that is none', ['--bogus', '.'], /Unknown option '--bogus'/],
    ['a version that is none', ['--istio', 'latest', 'a.yaml'], /got "latest", expected a version such as 1\.31\.1; |got "latest", expected a version such as 1\.31\.1 \[bad-version\]/],
    ['a channel that is none', ['--gateway-api-channel', 'beta', '.'], /standard or experimental is expected/],
    ['CRDs that are none', ['--crds', 'a.yaml', 'a.yaml'], /no CustomResourceDefinition in there/],
  ])('%s is bad use', async (_name, args, message) => {
    if (args.includes('a.yaml')) file('a.yaml', VALID);
    const run = await validate(...args);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(message);
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });

  const isRoot = process.getuid?.() === 0;
  test('a file that may not be read', async () => {
    const name = file('a.yaml', VALID);
    chmodSync(join(folder, name), 0o000);
    const run = await validate(name);
    // the superuser may read everything
    expect(run.code).toBe(isRoot ? 0 : 2);
    if (!isRoot) expect(run.stderr).toContain('a.yaml: it may not be read');
  });
});

describe('options', () => {
  test('versions choose the rules, and one that is not known is said to be judged by another', async () => {
    const run = await validate('--istio', '1.31.3', '--istio', '1.29.6', file('a.yaml', VALID));
    expect(run.stdout).toContain('judged by the rules of Istio 1.29.6 and Istio 1.31.1\n');
    expect(run.stdout).toContain('Istio 1.31.3 is judged by the rules of 1.31.1\n');
  });

  test('--crds judges by the rules of a definition', async () => {
    file('crd.yaml', JSON.stringify(crdOfSpec({ type: 'object', properties: { port: { type: 'integer' } } })));
    file('a.yaml', JSON.stringify(thing({ port: 'x' })));
    expect((await json('--crds', 'crd.yaml', 'a.yaml')).findings).toMatchObject([{ code: 'wrong-type' }]);
  });

  test('--old lets rules on changes speak', async () => {
    const rules = [{ rule: 'self == oldSelf', message: 'immutable' }];
    file('crd.yaml', JSON.stringify(crdOfSpec({ type: 'object', properties: { port: { type: 'integer', 'x-kubernetes-validations': rules } } })));
    file('old.yaml', JSON.stringify(thing({ port: 1 })));
    file('same.yaml', JSON.stringify(thing({ port: 1 })));
    file('new.yaml', JSON.stringify(thing({ port: 2 })));
    expect((await json('--crds', 'crd.yaml', '--old', 'old.yaml', 'same.yaml')).findings).toEqual([]);
    expect((await json('--crds', 'crd.yaml', '--old', 'old.yaml', 'new.yaml')).findings).toMatchObject([{ code: 'cel-rule' }]);
    expect((await json('--crds', 'crd.yaml', 'new.yaml')).findings).toEqual([]);
  });

  test('--json holds all that the lines say', async () => {
    const run = await validate('--json', file('a.yaml', INVALID));
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toEqual({
      documents: 1,
      valid: 0,
      invalid: 1,
      unknown: [],
      judgedBy: [{ source: 'istio', release: '1.31.1' }],
      notes: [],
      findings: [
        {
          code: 'unknown-field',
          severity: 'error',
          object: { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', namespace: 'shop', name: 'reviews' },
          property: 'spec.http[0].route[0].weigth',
          got: 'the field "weigth"',
          expected: 'one of destination, headers, weight',
          fix: 'did you mean "weight"?',
          source: { file: 'a.yaml', line: 13, column: 11 },
        },
      ],
    });
  });
});
