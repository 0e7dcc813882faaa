import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Every ```ts block of the README and of docs/ is a program: it is type-checked, and run. */

const ROOT = resolve(__dirname, '../..');
/** Below the project, so that imports are found as in the project's own programs. */
const WORK = join(ROOT, '.cache', 'docs-examples');

interface Example {
  readonly name: string;
  readonly program: string;
}

function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', ...docs.filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`)].sort();
}

function examplesOf(page: string): Example[] {
  const blocks = readFileSync(join(ROOT, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, program], index) => ({
    name: `${page.replace(/\W+/g, '-')}-${index + 1}`,
    program: program ?? '',
  }));
}

const examples = pages().flatMap(examplesOf);
let outdir: string;

beforeAll(() => {
  rmSync(WORK, { recursive: true, force: true });
  mkdirSync(WORK, { recursive: true });
  for (const { name, program } of examples) writeFileSync(join(WORK, `${name}.ts`), program);
  writeFileSync(
    join(WORK, 'tsconfig.json'),
    JSON.stringify({ extends: '../../examples/tsconfig.json', compilerOptions: { incremental: false }, include: ['*.ts'], exclude: [] }),
  );
  outdir = mkdtempSync(join(tmpdir(), 'docs-'));
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(0);
});

test('every example compiles', () => {
  try {
    execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['--noEmit', '-p', WORK], { encoding: 'utf8' });
  } catch (error) {
    expect((error as { stdout: string }).stdout).toBe('');
    throw error;
  }
}, 60_000);

test.each(examples.map(({ name }) => name))('%s runs', (name) => {
  const env = { ...process.env, CDK8S_OUTDIR: join(outdir, name), TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.dev.json') };
  execFileSync(join(ROOT, 'node_modules', '.bin', 'tsx'), [`${name}.ts`], { cwd: WORK, env, stdio: 'pipe' });
}, 30_000);
