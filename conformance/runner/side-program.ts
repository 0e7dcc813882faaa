import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { sleep, until } from '../kubernetes/client';

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;

/** A server that a judge has beside it. It has to end with its standard input, and so with this process, however that ends. */
export class SideProgram {
  private readonly child: ChildProcess;
  private said = '';

  /** @param name for messages, such as `oauth2-proxy` */
  public constructor(private readonly name: string, program: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.child = spawn(program, [...args], { env, stdio: ['pipe', 'ignore', 'pipe'] });
    // a caller that forgets stop() must still come to its end
    this.child.unref();
    (this.child.stdin as Socket | null)?.unref();
    this.child.stdin?.on('error', () => undefined);
    (this.child.stderr as Socket | null)?.unref();
    this.child.stderr?.setEncoding('utf8').on('data', (part: string) => (this.said = (this.said + part).slice(-4_000)));
  }

  /** Waits until it answers. @throws with its last line, after it was stopped, when it ends before or takes too long */
  public async ready(answers: () => Promise<boolean>): Promise<void> {
    try {
      await until(`${this.name} to be ready`, START_TIMEOUT_MS, async () => {
        if (this.hasEnded) throw new Error(`${this.name} has ended`);
        return await answers();
      });
    } catch (error) {
      await this.stop();
      throw new Error(`${(error as Error).message}: ${this.said.trim().split('\n').pop() ?? ''}`);
    }
  }

  public async stop(): Promise<void> {
    this.child.stdin?.destroy();
    await Promise.race([new Promise<void>((resolve) => void this.child.once('exit', () => resolve())), sleep(this.hasEnded ? 0 : STOP_TIMEOUT_MS)]);
    this.child.kill('SIGKILL');
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

/** Whether a program did not start because something else has its port. */
export function isPortTaken(error: unknown): boolean {
  return error instanceof Error && /address already in use/i.test(error.message);
}
