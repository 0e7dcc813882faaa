import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runAll } from '../../conformance/runner/run-all';
import { runJudge } from '../../conformance/runner/run-judge';
import type { Outcome } from '../../conformance/runner/outcome';

const ROOT = resolve(__dirname, '../..');
const ROW = "{ name: 'a case', agree: 2, disagree: 0, skipped: 0, seconds: 0.1 }";

jest.setTimeout(60_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'judges-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A judge whose `run` has this body. */
function fake(body: string, more = ''): string {
  const file = join(folder, `judge-${Math.random().toString(36).slice(2)}.cjs`);
  writeFileSync(file, `exports.judge = { name: 'api', what: 'a fake', ${more} async run({ log, row, signal }) { ${body} } };`);
  return file;
}

const lines: string[] = [];
beforeEach(() => void lines.splice(0));

function run(module: string, graceMs = 500, signal?: AbortSignal): Promise<Outcome> {
  return runJudge('api', module, { log: (line) => lines.push(line), graceMs, ...(signal === undefined ? {} : { signal }) });
}

describe('a judge', () => {
  test('that works gives its rows, and its progress is passed on', async () => {
    const { rows, what } = await run(fake(`log('half way'); row(${ROW}); return { rows: [${ROW}] };`));
    expect(what).toBe('a fake');
    expect(rows.map(({ name, agree }) => [name, agree])).toEqual([['a case', 2], ['a case', 2]]);
    expect(lines).toEqual(['api: half way']);
  });

  test('that throws fails, and keeps the rows it had', async () => {
    const { rows } = await run(fake(`row(${ROW}); throw new Error('the server\\n is broken');`));
    expect(rows).toMatchObject([{ name: 'a case' }, { name: 'failed', disagree: 1, note: 'the server is broken' }]);
  });

  test('that cannot work here is skipped', async () => {
    const { rows } = await run(fake("throw Object.assign(new Error('there is no Go here'), { name: 'Unavailable' });"));
    expect(rows).toMatchObject([{ disagree: 0, skipped: 1, note: 'there is no Go here' }]);
  });

  test('that is not there is skipped', async () => {
    const { rows } = await run(join(ROOT, 'conformance', 'nobody', 'judge.ts'));
    expect(rows).toMatchObject([{ name: 'not there', skipped: 1, note: 'no conformance/nobody/judge.ts' }]);
  });

  test.each([
    ['waits for ever', 'await new Promise(() => setInterval(() => {}, 1000));'],
    ['computes for ever', 'for (;;);'],
    ['does not care about the signal', "process.on('SIGTERM', () => {}); await new Promise(() => setInterval(() => {}, 1000));"],
  ])('that %s is ended, and fails', async (_name, body) => {
    const { rows, seconds } = await run(fake(`row(${ROW}); ${body}`, 'timeoutMs: 300,'));
    expect(rows.at(-1)).toMatchObject({ name: 'failed', disagree: 1, note: 'it did not end within 0.3 s' });
    expect(seconds).toBeLessThan(20);
  });

  test('that stops when it is told to has the time to clean up', async () => {
    const marker = join(folder, 'cleaned');
    const body = `await new Promise((done) => signal.addEventListener('abort', done)); require('fs').writeFileSync('${marker}', ''); return { rows: [] };`;
    const { rows } = await run(fake(body, 'timeoutMs: 300,'), 10_000);
    expect(rows).toMatchObject([{ name: 'failed', note: 'it did not end within 0.3 s' }]);
    expect(existsSync(marker)).toBe(true);
  });

  test.each([
    ['ends its process', 'process.exit(0);', 'its process ended with code 0 before it was done'],
    ['is killed', "process.kill(process.pid, 'SIGKILL'); await new Promise(() => setInterval(() => {}, 1000));", 'its process ended with SIGKILL before it was done'],
    ['judges nothing', 'return { rows: [] };', 'it judged nothing'],
    ['gives something else than rows', "return { rows: [{ name: 'x', agree: 'many' }] };", 'it gave rows that are none'],
    ['gives no result', 'return undefined;', "Cannot destructure property 'rows'"],
  ])('that %s fails', async (_name, body, note) => {
    const { rows } = await run(fake(body));
    expect(rows.at(-1)).toMatchObject({ name: 'failed', disagree: 1 });
    expect(rows.at(-1)?.note).toContain(note);
  });

  test.each([
    ['exports none', 'exports.other = 1;', 'its module exports no judge'],
    ['cannot be loaded', 'const = 1;', 'Unexpected token'],
  ])('whose module %s fails', async (_name, text, note) => {
    const file = join(folder, 'broken.cjs');
    writeFileSync(file, text);
    const { rows } = await run(file);
    expect(rows).toMatchObject([{ name: 'failed', disagree: 1 }]);
    expect(rows[0]?.note).toContain(note);
  });

  test('that is interrupted fails at once', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 500);
    const { rows } = await run(fake('await new Promise(() => setInterval(() => {}, 1000));'), 500, controller.signal);
    expect(rows).toMatchObject([{ name: 'failed', note: 'it was interrupted' }]);
  });
});

/** A body that starts a process which would stay, and writes its id to a file. */
function leaves(pidFile: string, then: string): string {
  return `const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    require('fs').writeFileSync('${pidFile}', String(child.pid)); ${then}`;
}

describe('nothing is left running', () => {
  test.each([
    ['that is done', `return { rows: [${ROW}] };`],
    ['that throws', "throw new Error('no');"],
    ['that hangs', 'await new Promise(() => {});'],
    ['that is killed', "process.kill(process.pid, 'SIGKILL');"],
  ])('of a judge %s', async (_name, then) => {
    const pidFile = join(folder, 'pid');
    await run(fake(leaves(pidFile, then), 'timeoutMs: 2000,'));
    await expectGone(Number(readFileSync(pidFile, 'utf8')));
  });

  test('when the runner is killed', async () => {
    const pidFile = join(folder, 'pid');
    const module = fake(leaves(pidFile, "await new Promise((done) => signal.addEventListener('abort', done)); process.exit(1);"));
    const script = join(folder, 'runner.cjs');
    writeFileSync(script, `require('${ROOT}/conformance/runner/run-judge.ts').runJudge('api', '${module}', { log() {} });`);
    const runner = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), script], { stdio: 'ignore' });
    await waitFor(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
    runner.kill('SIGKILL');
    await expectGone(Number(readFileSync(pidFile, 'utf8')));
  });
});

describe('a run of all', () => {
  async function all(modules: readonly string[], args: readonly string[] = []): Promise<{ code: number; printed: string[] }> {
    const printed: string[] = [];
    const names = ['api', 'verdict', 'istio', 'envoy', 'promql'];
    const code = await runAll(args, {
      moduleOf: (name) => modules[names.indexOf(name)] ?? join(folder, 'none'),
      print: (line) => printed.push(line),
      log: (line) => lines.push(line),
      signal: new AbortController().signal,
    });
    return { code, printed };
  }

  test('is 0 when all agree, and counts those that are not there', async () => {
    const { code, printed } = await all([fake(`return { rows: [${ROW}] };`)]);
    expect(printed.at(-1)).toBe('conformance: 2 agree, 0 disagree, 4 skipped');
    expect(code).toBe(0);
  });

  test('is 1 when one disagrees or fails, and the others are run all the same', async () => {
    const { code, printed } = await all([fake("throw new Error('no');"), fake(`return { rows: [${ROW}] };`)]);
    expect(printed.at(-1)).toBe('conformance: 2 agree, 1 disagree, 3 skipped');
    expect(code).toBe(1);
  });

  test('with --only and --json prints nothing but JSON', async () => {
    const { code, printed } = await all([fake(`return { rows: [${ROW}] };`)], ['--only', 'api', '--json']);
    expect(JSON.parse(printed.join('\n'))).toMatchObject({ agree: 2, judges: [{ judge: 'api', what: 'a fake' }] });
    expect(lines.at(-1)).toBe('conformance: 2 agree, 0 disagree, 0 skipped');
    expect(code).toBe(0);
  });

  test('is 2 when the command line cannot be followed', async () => {
    const { code, printed } = await all([], ['--only', 'helm']);
    expect([code, printed]).toEqual([2, []]);
    expect(lines.join('\n')).toContain('there is no judge "helm"');
  });
});

async function waitFor(done: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 30_000; !done(); ) {
    if (Date.now() > deadline) throw new Error('waited too long');
    await new Promise((next) => setTimeout(next, 50));
  }
}

async function expectGone(pid: number): Promise<void> {
  expect(pid).toBeGreaterThan(1);
  await waitFor(() => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  });
}
