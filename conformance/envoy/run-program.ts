import { spawn } from 'node:child_process';

export interface RunOptions {
  /** How long it may take; then it is killed. */
  readonly timeoutMs: number;
  /** @default - nothing is said to it */
  readonly input?: string;
  /** @default - the folder of this process */
  readonly cwd?: string;
  /** @default - it is ended by the time only */
  readonly signal?: AbortSignal;
}

export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** There is no program of that name. */
  readonly missing: boolean;
  /** It was killed because the time was up. */
  readonly late: boolean;
}

/** Runs a program to its end. That it fails is for the caller to see; nothing is thrown. */
export function runProgram(command: string, args: readonly string[], options: RunOptions): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const stdout: string[] = [];
    const stderr: string[] = [];
    let missing = false;
    let late = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
    // A program that does not read its input to the end says why in another way.
    child.stdin.on('error', () => undefined);
    const kill = (): void => {
      late = true;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(kill, options.timeoutMs);
    options.signal?.addEventListener('abort', kill, { once: true });
    const finish = (code: number | null): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', kill);
      resolve({ code, stdout: stdout.join(''), stderr: stderr.join(''), missing, late });
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      missing = error.code === 'ENOENT';
      stderr.push(error.message);
      // No process, so no other event.
      if (child.pid === undefined) finish(null);
    });
    child.once('close', finish);
    child.stdin.end(options.input ?? '');
  });
}
