import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { kubernetesBinaries } from '../../conformance/kubernetes/binaries';
import { startApiServer } from '../../conformance/kubernetes/server';
import { withFreePort } from '../../conformance/runner/free-port';
import type { JudgeName } from '../../conformance/runner/judge';
import { runJudge } from '../../conformance/runner/run-judge';

const ROOT = resolve(__dirname, '../..');

jest.setTimeout(60_000);

const { PATH, MESH_CONSTRUCTS_CACHE, TMPDIR } = process.env;
let folder: string;

/** A machine that has the programs that a test puts into `bin`, and the shell; nothing is built yet. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bad-machine-'));
  for (const name of ['bin', 'cache', 'tmp']) mkdirSync(join(folder, name));
  for (const name of ['sh', 'cat', 'sleep', 'touch', 'cp', 'chmod']) symlinkSync(`/bin/${name}`, join(folder, 'bin', name));
  process.env['PATH'] = join(folder, 'bin');
  process.env['MESH_CONSTRUCTS_CACHE'] = join(folder, 'cache');
  process.env['TMPDIR'] = join(folder, 'tmp');
});
afterEach(() => {
  Object.assign(process.env, { PATH });
  restore('MESH_CONSTRUCTS_CACHE', MESH_CONSTRUCTS_CACHE);
  restore('TMPDIR', TMPDIR);
  rmSync(folder, { recursive: true, force: true });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

function program(name: string, lines: string): string {
  const file = join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
  return file;
}

const quiet = { log: (): void => undefined };

describe('where a program is missing', () => {
  test.each<readonly [JudgeName, string]>([
    ['api', 'there is no Go here (no program named go in PATH)'],
    ['verdict', 'there is no Go here (no program named go in PATH)'],
    ['istio', 'there is no Go here (no program named go in PATH)'],
    ['envoy', 'there is no Python here (no program named python3 in PATH)'],
    ['promql', "there is no promtool here, and Debian's package prometheus cannot be had: there is no apt-get"],
  ])('the judge %s is skipped, and says so', async (name, note) => {
    const { rows } = await runJudge(name, join(ROOT, 'conformance', name, 'judge.ts'), quiet);
    expect(rows).toMatchObject([{ name: 'not possible here', disagree: 0, skipped: 1, note }]);
    expect(readdirSync(join(folder, 'cache'))).toEqual([]);
  });
});

describe('a build', () => {
  test('that fails is a failed row with the line that tells', async () => {
    program('go', 'echo "# mesh-constructs/cmd/etcd" >&2; echo "cmd/etcd/main.go:5:1: syntax error" >&2; exit 1');
    const { rows } = await runJudge('api', join(ROOT, 'conformance/api/judge.ts'), quiet);
    expect(rows).toMatchObject([{ name: 'failed', disagree: 1, note: 'the build failed: cmd/etcd/main.go:5:1: syntax error' }]);
  });

  test('that cannot fetch its modules is skipped', async () => {
    program('go', 'echo "go: example.com/a@v1.0.0: Get \\"https://proxy/a\\": dial tcp: lookup proxy: no such host" >&2; exit 1');
    const { rows } = await runJudge('verdict', join(ROOT, 'conformance/verdict/judge.ts'), quiet);
    expect(rows).toMatchObject([{ name: 'not possible here', skipped: 1 }]);
    expect(rows[0]?.note).toContain('dial tcp: lookup proxy: no such host');
  });

  test('that takes too long is ended, and leaves nothing in the cache', async () => {
    program('go', 'exec sleep 600');
    const started = Date.now();
    await expect(kubernetesBinaries({ ...quiet, timeoutMs: 300 })).rejects.toThrow('the build did not end within 0 s');
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(readdirSync(join(folder, 'cache'))).toEqual([]);
  });
});

/** Servers that a fake build puts into the cache: etcd waits for its end, kube-apiserver does what the lines say. */
function servers(lines: string): void {
  const waiting = program('waiting', 'cat > /dev/null; touch "$TMPDIR/../ended"');
  const own = program('own', lines);
  program('go', `while [ "$1" != -o ]; do shift; done; cp ${waiting} "$2/etcd"; cp ${own} "$2/kube-apiserver"; cp ${waiting} "$2/kube-controller-manager"`);
}

async function failure(port?: number): Promise<string> {
  const options = { ...quiet, startTimeoutMs: 1_000, ...(port === undefined ? {} : { port }) };
  return startApiServer(options).then(
    () => 'it started',
    (error: unknown) => (error as Error).message,
  );
}

describe('a server', () => {
  afterEach(() => {
    // etcd was ended, and what both kept is gone
    expect(existsSync(join(folder, 'ended'))).toBe(true);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });

  test('that never comes up is given up', async () => {
    servers('cat > /dev/null');
    expect(await failure()).toMatch(/^waited \d\.\d s for the API server to make its certificate$/);
  });

  test('that ends at once is told with its reason', async () => {
    servers('echo "Error: unknown flag: --nonsense"; exit 3');
    expect(await failure()).toBe('kube-apiserver ended with code 3: Error: unknown flag: --nonsense');
  });

  test('whose port is in use is told so, where the port was asked for', async () => {
    servers('echo "listen tcp 127.0.0.1:4444: bind: address already in use"; exit 1');
    expect(await failure(4444)).toBe('kube-apiserver: 127.0.0.1:4444 is in use');
  });

  test('finds another port by itself, three times', async () => {
    servers('echo x >> "$TMPDIR/../tries"; echo "listen tcp 127.0.0.1:4444: bind: address already in use"; exit 1');
    expect(await failure()).toBe('kube-apiserver: 127.0.0.1:4444 is in use');
    expect(readFileSync(join(folder, 'tries'), 'utf8')).toBe('x\n'.repeat(3));
  });
});

describe('a free port', () => {
  const taken = new Error('taken');
  const isTaken = (error: unknown): boolean => error === taken;

  test('is one that can be listened on', async () => {
    const server = createServer();
    const port = await withFreePort(async (free) => {
      await new Promise<void>((done, reject) => server.once('error', reject).listen(free, '127.0.0.1', done));
      return free;
    }, isTaken);
    server.close();
    expect(port).toBeGreaterThan(1023);
  });

  test('is looked for again when it was taken meanwhile', async () => {
    const ports: number[] = [];
    const use = (port: number): Promise<number> => (ports.push(port) < 3 ? Promise.reject(taken) : Promise.resolve(port));
    expect(await withFreePort(use, isTaken)).toBe(ports[2]);
  });

  test('is not looked for again for another reason', async () => {
    const use = jest.fn(() => Promise.reject(new Error('no memory')));
    await expect(withFreePort(use, isTaken)).rejects.toThrow('no memory');
    expect(use).toHaveBeenCalledTimes(1);
  });
});
