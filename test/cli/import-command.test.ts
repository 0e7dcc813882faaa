import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importCommand } from '../../src/cli/import-command';
import type { JsonObject } from '../../src/rules/json';
import { crd, yaml } from '../codegen/crd';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-constructs-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

async function run(args: readonly string[], stdin?: string): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await importCommand.run(args, {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    stdin: stdin === undefined ? undefined : [stdin] as unknown as AsyncIterable<string>,
    cwd: folder,
    isTerminal: false,
  });
  return { code, out, err };
}

function write(name: string, ...documents: readonly JsonObject[]): void {
  writeFileSync(join(folder, name), yaml(...documents));
}

function lockOf(out = 'imports'): { sources: Record<string, { releases: { release: string; channel?: string }[] }> } {
  return JSON.parse(readFileSync(join(folder, out, 'lock.json'), 'utf8')) as ReturnType<typeof lockOf>;
}

test('one file is all it takes', async () => {
  write('crds-1.2.3.yaml', crd());
  const { code, out, err } = await run(['crds-1.2.3.yaml']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toBe('example: 1 kinds, 0 rules compiled, 0 transition rules\n  1.2.3: 1 kinds, 0 rules\nfiles: 5 written, 0 unchanged, 0 removed\n');
  expect(readdirSync(join(folder, 'imports'))).toEqual(['catalog.ts', 'example', 'lock.json']);
  expect(readFileSync(join(folder, 'imports/example/widget.ts'), 'utf8')).toContain("import { MeshObject } from 'mesh-constructs';");
});

test('again changes nothing, and a kind that is gone takes its files with it', async () => {
  write('a.yaml', crd(), crd({ kind: 'Other' }));
  await run(['a.yaml']);
  expect((await run(['a.yaml'])).out).toContain('files: 0 written, 7 unchanged, 0 removed');
  write('a.yaml', crd());
  expect((await run(['a.yaml'])).out).toContain('2 removed');
  expect(readdirSync(join(folder, 'imports/example'))).toEqual(['index.ts', 'widget.rules.ts', 'widget.ts']);
});

test('several releases and channels make one source', async () => {
  write('a.yaml', crd());
  write('b.yaml', crd({ kind: 'Newer' }));
  const { code } = await run(['--name', 'x', '--release', '1.6.1/standard=a.yaml', '--release', '1.6.1/experimental=b.yaml', '--release', '1.6.1/experimental=a.yaml', '-o', 'gen']);
  expect(code).toBe(0);
  const releases = lockOf('gen').sources['x']?.releases ?? [];
  expect(releases.map(({ release, channel }) => `${release}/${channel}`)).toEqual(['1.6.1/standard', '1.6.1/experimental']);
});

test('an operator that is imported later stands beside the first in the catalog', async () => {
  write('a.yaml', crd());
  write('b.yaml', crd({ group: 'other.dev', kind: 'Thing' }));
  await run(['a.yaml']);
  await run(['--release', '2.0.0', 'b.yaml']);
  expect(Object.keys(lockOf().sources)).toEqual(['example', 'other']);
  expect(lockOf().sources['other']?.releases[0]?.release).toBe('2.0.0');
  const catalog = readFileSync(join(folder, 'imports/catalog.ts'), 'utf8');
  expect(catalog).toContain('./example/widget.rules');
  expect(catalog).toContain('./other/thing.rules');
});

test('standard input, only some kinds, and one JSON document', async () => {
  const { code, out } = await run(['--json', '--kinds', 'Other', '-'], yaml(crd(), crd({ kind: 'Other' })));
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ sources: { example: { counts: { kinds: 1 }, releases: [{ files: [{ name: 'stdin' }] }] } } });
});

test('a kind that only one of the releases has is imported; one that none has is not', async () => {
  write('a.yaml', crd());
  write('b.yaml', crd(), crd({ kind: 'Newer' }));
  const releases = ['--release', '1.0.0=a.yaml', '--release', '2.0.0=b.yaml'];
  expect((await run(['--kinds', 'Newer', ...releases])).code).toBe(0);
  expect(lockOf().sources['example']?.releases.map(({ release }) => release)).toEqual(['2.0.0']);
  expect(await run(['--kinds', 'Nothing', ...releases])).toMatchObject({ code: 1, err: expect.stringContaining('--kinds: got Nothing') as string });
});

test('a package of ES modules gets endings that it can import', async () => {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  write('a.yaml', crd());
  await run(['a.yaml']);
  expect(readFileSync(join(folder, 'imports/example/index.ts'), 'utf8')).toContain("'./widget.js'");
});

test('--no-docs drops the descriptions', async () => {
  write('a.yaml', crd({ versions: { v1: { type: 'object', properties: { a: { type: 'string', description: 'Says much.' } } } } }));
  await run(['a.yaml']);
  expect(readFileSync(join(folder, 'imports/example/widget.ts'), 'utf8')).toContain('Says much.');
  await run(['--no-docs', 'a.yaml']);
  expect(readFileSync(join(folder, 'imports/example/widget.ts'), 'utf8')).not.toContain('Says much.');
});

test('--diff says what differs and writes nothing', async () => {
  write('a.yaml', crd());
  write('b.yaml', crd({ versions: { v1: { type: 'object', properties: { size: { type: 'integer' } } } } }));
  expect(await run(['--diff', 'a.yaml', 'b.yaml'])).toEqual({ code: 1, out: '+ Widget spec.size: number\n', err: '' });
  expect(await run(['--diff', 'a.yaml', 'a.yaml'])).toEqual({ code: 0, out: 'no kind or field differs\n', err: '' });
  expect(JSON.parse((await run(['--diff', '--json', 'a.yaml', 'b.yaml'])).out)).toEqual([
    { change: 'added', field: 'spec.size', new: 'number', group: 'example.com', kind: 'Widget' },
  ]);
  expect((await run(['--diff', 'a.yaml', 'none.yaml'])).code).toBe(2);
  expect(readdirSync(folder)).toEqual(['a.yaml', 'b.yaml']);
});

test('a wrong input is said on one line, and nothing is written', async () => {
  writeFileSync(join(folder, 'pod.yaml'), 'kind: Pod\n');
  const { code, out, err } = await run(['pod.yaml']);
  expect([code, out]).toEqual([1, '']);
  expect(err).toBe('pod.yaml:1: got only Pod, expected at least one CustomResourceDefinition, or the OpenAPI document of Kubernetes [import-no-crd]\n');
  expect(readdirSync(folder)).toEqual(['pod.yaml']);
  expect(JSON.parse((await run(['--json', 'pod.yaml'])).out)).toMatchObject({ findings: [{ code: 'import-no-crd' }] });
});

test('a lock that somebody else wrote is left alone', async () => {
  write('a.yaml', crd());
  await run(['a.yaml']);
  writeFileSync(join(folder, 'imports/lock.json'), '{}');
  expect(await run(['a.yaml'])).toMatchObject({ code: 1, err: expect.stringContaining('[import-malformed-lock]') as string });
});

test.each([
  [[], 'no input: give a file, a folder, an https address, - or --cluster'],
  [['--frobnicate'], "Unknown option '--frobnicate'"],
  [['--release', '1.0.0'], '--release 1.0.0 has no input: --release VERSION=FILE'],
  [['--release', '=a.yaml'], '--release wants VERSION=FILE or VERSION/CHANNEL=FILE'],
  [['--release', '1', '--release', '2', 'a.yaml'], '--release VERSION without =FILE can stand only once'],
  [['--diff', 'a.yaml'], '--diff takes two inputs: OLD and NEW'],
  [['--docs', '--no-docs', 'a.yaml'], '--docs and --no-docs exclude each other'],
  [['--context', 'x', 'a.yaml'], '--context goes with --cluster'],
  [['--name', '../up', 'a.yaml'], '--name "../up": a folder of lower-case letters, digits and dashes is expected'],
  [['-', '-'], 'standard input can be read only once'],
])('%j is bad use', async (args, says) => {
  const { code, out, err } = await run(args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toBe(`${says}\nmesh-constructs import --help shows how it is used\n`);
});

test('an input that cannot be read is bad use', async () => {
  expect(await run(['none.yaml'])).toMatchObject({ code: 2, err: expect.stringContaining('none.yaml: got no such file or folder') as string });
});

test('help shows every option, and examples', async () => {
  const { code, out } = await run(['--help']);
  expect(code).toBe(0);
  for (const option of ['--out', '--name', '--release', '--kinds', '--no-docs', '--cluster', '--context', '--diff', '--json', '--help']) {
    expect(out).toContain(option);
  }
  expect(out).toContain('Examples:');
  expect(out).toContain('Exit codes:');
});
