import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { docsPrograms, writeDocsPrograms } from '../../tools/docs-programs';

/** Every ```ts block of the README and of docs/ is a program: it is type-checked, and run. */

const ROOT = resolve(__dirname, '../..');
const programs = docsPrograms();
let folder: string;
let outdir: string;

beforeAll(() => {
  folder = writeDocsPrograms(programs, 'test');
  outdir = mkdtempSync(join(tmpdir(), 'docs-'));
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

test('there are examples', () => {
  expect(programs.length).toBeGreaterThan(0);
});

test('every example compiles', () => {
  try {
    execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['--noEmit', '-p', folder], { encoding: 'utf8' });
  } catch (error) {
    expect((error as { stdout: string }).stdout).toBe('');
    throw error;
  }
}, 60_000);

test.each(programs.map(({ name }) => name))('%s runs', (name) => {
  const env = { ...process.env, CDK8S_OUTDIR: join(outdir, name), TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.dev.json') };
  execFileSync(join(ROOT, 'node_modules', '.bin', 'tsx'), [`${name}.ts`], { cwd: folder, env, stdio: 'pipe' });
}, 30_000);
