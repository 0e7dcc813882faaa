import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { runProgram } from '../envoy/run-program';
import { cacheFolder } from '../kubernetes/binaries';
import { Unavailable } from '../runner/judge';

const PROGRAM = path.join('usr', 'bin', 'promtool');
const DOWNLOAD_TIMEOUT_MS = 300_000;
const TIMEOUT_MS = 30_000;

/** Where promtool is: in PATH, in the cache, or in Debian's package of Prometheus, which is unpacked into the cache and never installed. */
export async function promtoolBinary(log: (line: string) => void, signal?: AbortSignal): Promise<string> {
  const ends = signal === undefined ? {} : { signal };
  const own = await runProgram('promtool', ['--version'], { timeoutMs: TIMEOUT_MS, ...ends });
  if (own.code === 0) return 'promtool';
  const folder = path.join(cacheFolder(), 'promtool');
  const program = path.join(folder, PROGRAM);
  if (existsSync(program)) return program;
  mkdirSync(cacheFolder(), { recursive: true });
  // Unpacked aside and renamed, so that a download that was cut short is never taken for a finished one.
  const partial = mkdtempSync(`${folder}.partial-`);
  try {
    log('fetching promtool (once, 19 MB)');
    await unpack(partial, ends);
    try {
      renameSync(partial, folder);
    } catch (error) {
      // Another run may have finished the same at the same time.
      if (!existsSync(program)) throw error;
    }
    return program;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function unpack(folder: string, ends: { readonly signal?: AbortSignal }): Promise<void> {
  const complaint = "there is no promtool here, and Debian's package prometheus cannot be had";
  const fetched = await runProgram('apt-get', ['download', 'prometheus'], { timeoutMs: DOWNLOAD_TIMEOUT_MS, cwd: folder, ...ends });
  if (fetched.missing) throw new Unavailable(`${complaint}: there is no apt-get`);
  const deb = readdirSync(folder).find((file) => file.endsWith('.deb'));
  if (fetched.code !== 0 || deb === undefined) throw new Unavailable(`${complaint}: ${fetched.late ? 'it took too long' : (fetched.stderr.trim().split('\n').pop() ?? '')}`);
  const unpacked = await runProgram('dpkg-deb', ['-x', path.join(folder, deb), folder], { timeoutMs: DOWNLOAD_TIMEOUT_MS, ...ends });
  rmSync(path.join(folder, deb));
  if (unpacked.code !== 0 || !existsSync(path.join(folder, PROGRAM))) throw new Unavailable(`${complaint}: it cannot be unpacked`);
}

/** A time series: its name with labels, and values in promtool's notation, one each ten minutes. */
export interface Series {
  readonly series: string;
  readonly values: string;
}

/** How long the series run before a query is asked: two of its windows, and a bit. */
export const ASKED_AT = '49h';

/**
 * Asks a query of some series.
 *
 * @param found labels of the lines that it has to give, whatever their numbers are
 * @returns what promtool says against it
 */
export async function ask(promtool: string, series: readonly Series[], query: string, found: readonly string[]): Promise<string | undefined> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-constructs-promql-'));
  try {
    const file = path.join(folder, 'test.yaml');
    const test = {
      tests: [{
        interval: '10m',
        input_series: series,
        promql_expr_test: [{ expr: `(${query}) * 0 + 1`, eval_time: ASKED_AT, exp_samples: found.map((labels) => ({ labels, value: 1 })) }],
      }],
    };
    // JSON is YAML
    writeFileSync(file, JSON.stringify(test));
    const { code, stdout, stderr, late } = await runProgram(promtool, ['test', 'rules', file], { timeoutMs: TIMEOUT_MS });
    if (late) return 'promtool took too long';
    if (code === 0) return undefined;
    return `${stdout}${stderr}`.split('\n').map((line) => line.trim()).filter((line) => line !== '').join(' ');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
