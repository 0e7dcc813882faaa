import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { KubeObject } from '../kubernetes/client';
import { parseObjects } from './document';

const ROOT = path.resolve(__dirname, '../..');
const EXAMPLES = path.join(ROOT, 'examples');
const SYNTH_TIMEOUT_MS = 120_000;

/** What an example writes for one cluster, in the order of files and documents. */
export interface ExampleOutput {
  /** Such as `01-bookinfo`; `04-multicluster/east` of one that writes a folder a cluster; `03-upgrade/after/prod` of a step. */
  readonly name: string;
  /** Empty where the example names no cluster. */
  readonly cluster: string;
  /** Undefined where the example is made in one go. */
  readonly step: string | undefined;
  readonly objects: readonly KubeObject[];
}

/** The folders that hold a program. */
export function exampleNames(): string[] {
  return readdirSync(EXAMPLES).filter((name) => /^\d\d-/.test(name) && existsSync(path.join(EXAMPLES, name, 'main.ts'))).sort();
}

/** Runs the program of an example from the sources, once for each of its steps, and reads what it wrote. */
export async function synthesize(name: string): Promise<ExampleOutput[]> {
  const outputs: ExampleOutput[] = [];
  for (const step of stepsOf(name)) outputs.push(...(await synthesizeStep(name, step)));
  return outputs;
}

/** The lines of `steps.txt`, each of which is an argument of the program; without the file, one step that has no name. */
function stepsOf(name: string): (string | undefined)[] {
  const file = path.join(EXAMPLES, name, 'steps.txt');
  if (!existsSync(file)) return [undefined];
  const steps = readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
  if (steps.length === 0) throw new Error('its steps.txt names no step');
  return steps;
}

async function synthesizeStep(name: string, step: string | undefined): Promise<ExampleOutput[]> {
  const written = await runAndRead(path.join(EXAMPLES, name), ['main.ts', ...(step === undefined ? [] : [step])]);
  if (written.size === 0) throw new Error('its program wrote no manifest');
  return [...written].map(([cluster, objects]) => ({ name: [name, step, cluster].filter(Boolean).join('/'), cluster, step, objects }));
}

/** Runs a program from the sources, and reads what it wrote, by cluster: `''` where it names none. */
export async function runAndRead(folder: string, args: readonly string[]): Promise<ReadonlyMap<string, KubeObject[]>> {
  const outdir = mkdtempSync(path.join(os.tmpdir(), 'mesh-constructs-example-'));
  try {
    await run(folder, args, outdir);
    const byCluster = new Map<string, KubeObject[]>();
    for (const file of manifestsIn(outdir)) {
      const cluster = file.includes(path.sep) ? (file.split(path.sep)[0] ?? '') : '';
      const objects = byCluster.get(cluster) ?? [];
      byCluster.set(cluster, objects);
      objects.push(...parseObjects(readFileSync(path.join(outdir, file), 'utf8')));
    }
    return byCluster;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** In the order in which kubectl takes the files of a folder. */
function manifestsIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.yaml')).sort();
}

function run(folder: string, program: readonly string[], outdir: string): Promise<void> {
  // The names of the library lead to its sources.
  const env = { ...process.env, TSX_TSCONFIG_PATH: path.join(ROOT, 'tsconfig.dev.json'), CDK8S_OUTDIR: outdir };
  const args = ['--require', require.resolve('tsx/cjs'), ...program];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, env, timeout: SYNTH_TIMEOUT_MS, killSignal: 'SIGKILL' }, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else if (error.killed === true) reject(new Error(`its program did not end within ${SYNTH_TIMEOUT_MS / 1000} s`));
      else reject(new Error(`its program failed: ${stderr.trim().split('\n').slice(0, 5).join(' | ')}`));
    });
  });
}
