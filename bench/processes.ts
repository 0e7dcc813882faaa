import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '..');
/** The published CRDs and schemas, which are no part of the project. */
export const SHARED = resolve(ROOT, '..', 'shared');
export const ISTIO_CRDS = join(SHARED, 'crds', 'istio-1.30.3.yaml');
export const NO_SHARED = `${ISTIO_CRDS} is not there`;

/** True where the published CRDs are at hand. */
export function hasShared(): boolean {
  return existsSync(ISTIO_CRDS);
}

/** Runs Node and gives what it printed. */
export function node(args: readonly string[], cwd: string): string {
  return execFileSync(process.execPath, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 });
}

/** Seconds that a Node program takes, as a whole process. */
export function secondsOf(args: readonly string[], cwd: string): number {
  const start = process.hrtime.bigint();
  node(args, cwd);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** Path of a program of an installed package. */
export function binOf(program: string): string {
  return join(ROOT, 'node_modules', '.bin', program);
}

/** Runs `body` in a folder of its own in which the library and its peers are installed. */
export function withProject<T>(body: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-constructs-bench-'));
  try {
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, '@types'), { recursive: true });
    for (const name of ['cdk8s', 'constructs', 'yaml']) {
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    // the types of Node that `cdk8s init` gives its projects
    symlinkSync(join(ROOT, 'node_modules', 'types-node-14'), join(modules, '@types', 'node'));
    symlinkSync(ROOT, join(modules, 'mesh-constructs'));
    return body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
