import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sourceFiles } from '../../../tools/build/files';

export const ROOT = resolve(__dirname, '../../..');

/** Runs Node to its end and returns what it printed; throws with all of its output where it fails. */
export function node(cwd: string, ...args: string[]): string {
  return run(cwd, process.execPath, args);
}

export function run(cwd: string, command: string, args: readonly string[], env: Record<string, string> = {}): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 1e8 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** A tool of ours, by the path of its script in node_modules. */
export function tool(path: string): string {
  return join(ROOT, 'node_modules', path);
}

/** These tests judge `lib/`; a build that is missing or older than the sources would let them judge the wrong thing. */
export function requireFreshBuild(): void {
  const built = join(ROOT, 'lib/src/index.js');
  if (!existsSync(built)) throw new Error('lib/ is missing: run "npm run build" first');
  const time = statSync(built).mtimeMs;
  const newer = ['src', 'imports'].flatMap((folder) => sourceFiles(ROOT, folder)).find((file) => statSync(join(ROOT, file)).mtimeMs > time);
  if (newer !== undefined) throw new Error(`lib/ is older than ${newer}: run "npm run build" first`);
}
