import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchText } from '../../src/codegen/input/fetch-text';
import { readCluster } from '../../src/codegen/input/read-cluster';
import { readInput } from '../../src/codegen/input/read-input';
import { MeshError } from '../../src/errors/mesh-error';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-constructs-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (MeshError.isMeshError(error)) return error.message;
  }
  throw new Error('nothing was refused');
}

async function* chunks(...texts: readonly string[]): AsyncIterable<string> {
  yield* texts;
}

test('a folder is read with the folders in it, in one order, and only YAML and JSON', async () => {
  mkdirSync(join(folder, 'sub'));
  for (const name of ['b.yml', 'a.yaml', 'readme.md', 'sub/c.json']) writeFileSync(join(folder, name), name);
  const read = await readInput('.', { cwd: folder, stdin: undefined });
  expect(read.map((input) => input.name)).toEqual(['a.yaml', 'b.yml', 'c.json']);
});

test('standard input is read to its end', async () => {
  expect(await readInput('-', { cwd: folder, stdin: chunks('a: ', '1') })).toEqual([{ name: 'stdin', text: 'a: 1' }]);
});

test('what is not there is named', async () => {
  const message = await refusal(readInput('none.yaml', { cwd: folder, stdin: undefined }));
  expect(message).toContain('none.yaml: got no such file or folder, expected a file, a folder, an https address or -');
  expect(await refusal(readInput('-', { cwd: folder, stdin: undefined }))).toContain('got no standard input');
});

test('an address must be https, answer, and answer well', async () => {
  const answer = (body: string, status = 200) => () => Promise.resolve(new Response(body, { status }));
  expect(await fetchText('https://example.com/crds.yaml', answer('a: 1'))).toBe('a: 1');
  expect(await refusal(fetchText('http://example.com/a'))).toContain('got an address that is not https');
  expect(await refusal(fetchText('https://example.com/a', answer('', 404)))).toContain('got HTTP status 404');
  const failing = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('no such host') }));
  expect(await refusal(fetchText('https://example.com/a', failing))).toContain('got no such host');
});

test('a cluster is asked through kubectl, with the context that was named', async () => {
  const asked: string[][] = [];
  const run = (program: string, args: readonly string[]) => {
    asked.push([program, ...args]);
    return Promise.resolve('{}');
  };
  expect(await readCluster('staging', run)).toEqual({ name: 'cluster staging', text: '{}', fromCluster: true });
  expect((await readCluster(undefined, run)).name).toBe('cluster');
  expect(asked[0]).toEqual(['kubectl', '--context', 'staging', 'get', 'customresourcedefinitions', '--output', 'json']);
});

test('kubectl that is missing or fails says so', async () => {
  const missing = () => Promise.reject(Object.assign(new Error('spawn kubectl ENOENT'), { code: 'ENOENT' }));
  expect(await refusal(readCluster(undefined, missing))).toContain('install kubectl, or give a file of CRDs [import-no-kubectl]');
  const failing = () => Promise.reject(Object.assign(new Error('exit 1'), { stderr: 'a warning\ncontext "x" does not exist\n' }));
  expect(await refusal(readCluster('x', failing))).toContain('got context "x" does not exist');
});
