import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import type { JudgeName, JudgeRow } from './judge';
import { GRACE_MS } from './messages';
import type { Message } from './messages';
import type { Outcome } from './outcome';
import { casesOf, failedRow, isRow, skippedRow, sumOf } from './outcome';

const ROOT = path.resolve(__dirname, '../..');
const DEFAULT_TIMEOUT_MS = 40 * 60_000;
const LOAD_TIMEOUT_MS = 120_000;

export interface RunOptions {
  /** Takes a line of progress. */
  readonly log: (line: string) => void;

  /**
   * Ends the judge early.
   *
   * @default - it may use all of its time
   */
  readonly signal?: AbortSignal;

  /**
   * How long a judge that was told to stop may take before it is killed.
   *
   * @default - a little more than the judge's process gives itself
   */
  readonly graceMs?: number;
}

/** Runs the judge of a module in a process of its own; always comes back, and never throws. */
export async function runJudge(judge: JudgeName, module: string, options: RunOptions): Promise<Outcome> {
  const started = Date.now();
  const seconds = (): number => (Date.now() - started) / 1000;
  if (!existsSync(module)) {
    return { judge, what: '', rows: [skippedRow('not there', `no ${path.relative(ROOT, module)}`)], seconds: 0 };
  }
  const run = new Run(judge, module, options);
  const end = await run.finished;
  const rows = [...run.rows];
  if (end.type === 'done') {
    rows.push(...end.rows.filter(isRow));
    if (!end.rows.every(isRow)) rows.push(failedRow('it gave rows that are none', seconds()));
    else if (casesOf(sumOf(rows)) === 0) rows.push(failedRow('it judged nothing', seconds()));
  } else if (end.type === 'unavailable') {
    rows.push(skippedRow('not possible here', end.why, seconds()));
  } else {
    rows.push(failedRow(end.why, seconds()));
  }
  return { judge, what: run.what, rows, seconds: seconds() };
}

type End = Extract<Message, { type: 'done' | 'unavailable' | 'failed' }>;

class Run {
  public readonly rows: JudgeRow[] = [];
  public readonly finished: Promise<End>;
  public what = '';
  private readonly child: ChildProcess;
  private end: End | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly onAbort = (): void => this.stop('it was interrupted');

  public constructor(
    private readonly judge: JudgeName,
    module: string,
    private readonly options: RunOptions,
  ) {
    this.child = start(module);
    this.finished = new Promise((resolve) => {
      this.child.once('error', (error) => {
        this.close();
        resolve({ type: 'failed', why: `its process did not start: ${error.message}` });
      });
      // Of the process, not of its pipes, which something that it forgot may hold open.
      this.child.once('exit', (code, signal) => {
        this.close();
        resolve(this.end ?? { type: 'failed', why: `its process ended with ${signal ?? `code ${code ?? '?'}`} before it was done` });
      });
    });
    this.child.on('message', (message) => this.take(message as Message));
    this.limit(LOAD_TIMEOUT_MS);
    if (options.signal?.aborted === true) this.onAbort();
    options.signal?.addEventListener('abort', this.onAbort, { once: true });
  }

  private take(message: Message): void {
    if (message.type === 'ready') {
      this.what = message.what;
      this.limit(message.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    } else if (message.type === 'log') {
      this.options.log(`${this.judge}: ${message.line}`);
    } else if (message.type === 'row') {
      this.rows.push(isRow(message.row) ? message.row : failedRow('it gave a row that is none'));
    } else {
      this.end ??= message;
    }
  }

  private limit(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop(`it did not end within ${ms / 1000} s`), ms);
  }

  private stop(why: string): void {
    this.end ??= { type: 'failed', why };
    clearTimeout(this.timer);
    this.child.kill('SIGTERM');
    this.timer = setTimeout(() => endGroup(this.child), this.options.graceMs ?? GRACE_MS + 2_000);
  }

  private close(): void {
    clearTimeout(this.timer);
    this.options.signal?.removeEventListener('abort', this.onAbort);
    endGroup(this.child);
  }
}

function start(module: string): ChildProcess {
  return spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), path.join(__dirname, 'child.ts'), module], {
    cwd: ROOT,
    // The names of the library lead to its sources.
    env: { ...process.env, TSX_TSCONFIG_PATH: path.join(ROOT, 'tsconfig.dev.json') },
    // A group of its own, so that the whole of it can be ended. What the judge prints is progress: the table alone goes
    // to standard output.
    detached: true,
    stdio: ['ignore', 2, 2, 'ipc'],
  });
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}
