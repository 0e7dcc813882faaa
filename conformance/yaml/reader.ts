import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { cacheFolder } from '../kubernetes/binaries';

const MODULE = __dirname;

/** What sigs.k8s.io/yaml, the reader of kubectl and istiod, makes of one document. */
export type Verdict = { readonly data: unknown; readonly error?: never } | { readonly error: string; readonly data?: never };

/** Reads text as kubectl does, one verdict a document. */
export type GoReader = (text: string) => Verdict[];

/**
 * The Go reader, built if it is not there yet (a second or two; kept in the cache folder of the conformance tests).
 * Undefined where there is no Go.
 */
export function goYamlReader(): GoReader | undefined {
  if (spawnSync('go', ['version']).status !== 0) return undefined;
  const folder = path.join(cacheFolder(), `yaml-${inputsHash()}`);
  if (!existsSync(folder)) build(folder);
  return (text) => {
    const output = execFileSync(path.join(folder, 'yaml'), { input: text, maxBuffer: 1 << 30, encoding: 'utf8' });
    return output.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Verdict);
  };
}

function build(folder: string): void {
  mkdirSync(path.dirname(folder), { recursive: true });
  // Built aside and renamed, so that a build that was cut short is never taken for a finished one.
  const partial = mkdtempSync(`${folder}.partial-`);
  try {
    const args = ['build', '-mod=readonly', '-trimpath', '-o', path.join(partial, 'yaml'), '.'];
    execFileSync('go', args, { cwd: MODULE, env: { ...process.env, CGO_ENABLED: '0' }, stdio: ['ignore', 'ignore', 'pipe'] });
    try {
      renameSync(partial, folder);
    } catch (error) {
      // Another run may have finished the same build first; its result is as good.
      if (!existsSync(folder)) throw error;
    }
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function inputsHash(): string {
  const files = readdirSync(MODULE).filter((file) => /^go\.(mod|sum)$|\.go$/.test(file)).sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(path.join(MODULE, file)));
  return hash.digest('hex').slice(0, 16);
}
