import { spawn } from 'node:child_process';
import type { SpawnOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { NOT_HERE, Unavailable } from '../runner/judge';

const MODULE = __dirname;
const PROGRAMS = ['etcd', 'kube-apiserver', 'kube-controller-manager'] as const;
const VERSION_PACKAGE = 'k8s.io/component-base/version';

export type Program = (typeof PROGRAMS)[number];

export interface BinariesOptions {
  /**
   * What to do with a line of progress.
   *
   * @default - it is written to standard error
   */
  readonly log?: (line: string) => void;

  /**
   * How long a build may take.
   *
   * @default 2400000 (40 minutes)
   */
  readonly timeoutMs?: number;
}

/** Programs of one Go module of ours. */
export interface GoPrograms {
  /** The first part of the name of their folder in the cache. */
  readonly name: string;

  /** The folder of the module. */
  readonly module: string;

  /** The names of the programs. */
  readonly programs: readonly string[];

  /**
   * The packages that they are built of.
   *
   * @default - those of their names in `cmd`
   */
  readonly packages?: readonly string[];

  /** The folders of the module that hold Go files. */
  readonly sources: readonly string[];

  /** What the linker is told. */
  readonly flags: string;
}

/** Where each program is, built if it is not there yet. */
export async function kubernetesBinaries(options: BinariesOptions = {}): Promise<Readonly<Record<Program, string>>> {
  const programs = { name: 'kubernetes', module: MODULE, programs: PROGRAMS, sources: ['cmd', 'lifeline'], flags: linkerFlags() };
  const folder = await goBinaries(programs, options);
  return {
    'etcd': path.join(folder, 'etcd'),
    'kube-apiserver': path.join(folder, 'kube-apiserver'),
    'kube-controller-manager': path.join(folder, 'kube-controller-manager'),
  };
}

/**
 * The folder that the programs are in, built if they are not there yet.
 *
 * @throws Unavailable where there is no Go, or nothing to fetch its modules from; an error with what Go said of a build
 * that fails, which is something to mend
 */
export async function goBinaries(programs: GoPrograms, options: BinariesOptions = {}): Promise<string> {
  const log = options.log ?? ((line: string) => process.stderr.write(`${line}\n`));
  const folder = path.join(cacheFolder(), `${programs.name}-${inputsHash(programs)}`);
  if (!existsSync(folder)) {
    await build(folder, programs, log, options.timeoutMs ?? 40 * 60_000).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      throw NOT_HERE.test(message) ? new Unavailable(message) : error;
    });
  }
  return folder;
}

/** The folder that keeps built programs between runs. */
export function cacheFolder(): string {
  const own = process.env['MESH_CONSTRUCTS_CACHE'];
  if (own !== undefined && own !== '') {
    return path.resolve(own);
  }
  const xdg = process.env['XDG_CACHE_HOME'];
  const base = xdg !== undefined && xdg !== '' ? xdg : path.join(os.homedir(), '.cache');
  return path.join(base, 'mesh-constructs', 'conformance');
}

async function build(folder: string, programs: GoPrograms, log: (line: string) => void, timeoutMs: number): Promise<void> {
  const parent = path.dirname(folder);
  mkdirSync(parent, { recursive: true });
  // Built aside and renamed, so that a build that was cut short is never taken for a finished one.
  const partial = mkdtempSync(`${folder}.partial-`);
  try {
    const started = Date.now();
    log(`building ${programs.programs.join(', ')} (several minutes, once)`);
    const args = ['build', '-mod=readonly', '-ldflags', programs.flags, '-o', `${partial}${path.sep}`];
    await go(programs.module, [...args, ...(programs.packages ?? programs.programs.map((name) => `./cmd/${name}`))], timeoutMs);
    log(`built in ${Math.round((Date.now() - started) / 1000)} s`);
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

function go(folder: string, args: readonly string[], timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const options: SpawnOptions = {
      cwd: folder,
      env: { ...process.env, CGO_ENABLED: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    };
    const child = spawn('go', args, options);
    let output = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-20_000);
    });
    let late = false;
    // An interrupt lets the go command stop its compilers; the second signal is for the case that it does not.
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGKILL'), 5_000).unref();
    }, timeoutMs);
    child.once('spawn', () => {
      if (child.pid !== undefined) os.setPriority(child.pid, 10);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(new Error(error.code === 'ENOENT' ? 'there is no Go here (no program named go in PATH)' : error.message));
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      if (code === 0) {
        resolve();
      } else if (late) {
        reject(new Error(`the build did not end within ${Math.round(timeoutMs / 1000)} s`));
      } else {
        reject(new Error(`the build failed: ${tellingLine(output)}`));
      }
    });
  });
}

function tellingLine(output: string): string {
  const lines = output.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const telling = lines.filter((line) => !line.startsWith('#') && !line.startsWith('go: downloading'));
  return telling[0] ?? lines[0] ?? 'go said nothing';
}

/** Without a version the server calls itself v0.0.0, and answers to features and CEL libraries may hang on it. */
function linkerFlags(): string {
  const version = /^\s*k8s\.io\/kubernetes v(\d+)\.(\d+)\.(\S+)$/m.exec(readFileSync(path.join(MODULE, 'go.mod'), 'utf8'));
  if (version === null) {
    throw new Error('go.mod does not name a version of k8s.io/kubernetes');
  }
  const [, major, minor, patch] = version;
  return [
    '-s -w',
    `-X ${VERSION_PACKAGE}.gitVersion=v${major}.${minor}.${patch}`,
    `-X ${VERSION_PACKAGE}.gitMajor=${major}`,
    `-X ${VERSION_PACKAGE}.gitMinor=${minor}`,
  ].join(' ');
}

function inputsHash({ module, sources, flags }: GoPrograms): string {
  const hash = createHash('sha256').update(flags);
  for (const file of ['go.mod', 'go.sum', ...sources.flatMap((folder) => goFiles(module, folder))]) {
    hash.update(`\0${file}\0`).update(readFileSync(path.join(module, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

function goFiles(module: string, folder: string): string[] {
  return readdirSync(path.join(module, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return goFiles(module, name);
      return entry.name.endsWith('.go') || entry.name === 'go.mod' ? [name] : [];
    })
    .sort();
}
