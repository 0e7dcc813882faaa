import { execFile } from 'node:child_process';
import { meshError } from '../../errors/mesh-error';
import type { InputText } from './input-text';

/** Runs a program; tests give their own. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>;

/** The CRDs of a live cluster, through the user's own kubectl and its credentials. */
export async function readCluster(context: string | undefined, run: RunProgram = runProgram): Promise<InputText> {
  const args = [...(context === undefined ? [] : ['--context', context]), 'get', 'customresourcedefinitions', '--output', 'json'];
  try {
    return { name: context === undefined ? 'cluster' : `cluster ${context}`, text: await run('kubectl', args), fromCluster: true };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw meshError({
      code: isMissing ? 'import-no-kubectl' : 'import-kubectl-failed',
      property: `kubectl ${args.join(' ')}`,
      got: isMissing ? 'no program of that name' : lastLine(error),
      expected: 'the CRDs of the cluster',
      fix: isMissing ? 'install kubectl, or give a file of CRDs' : 'check the context with "kubectl config get-contexts"',
    });
  }
}

function runProgram(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { maxBuffer: 512 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(Object.assign(error, { stderr }));
    });
  });
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  const lines = (stderr ?? message ?? String(error)).trim().split('\n');
  return lines[lines.length - 1] ?? '';
}
