import type { CommandIo, ExitCode } from '../../src/cli/command';
import { main } from '../../src/cli/main';

/** What a run of the program wrote, and how it ended. */
export interface CliRun {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program in this process. */
export async function runCli(args: readonly string[], options: { readonly cwd?: string; readonly stdin?: string } = {}): Promise<CliRun> {
  let stdout = '';
  let stderr = '';
  const { cwd = process.cwd(), stdin } = options;
  const io: CommandIo = {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    stdin: stdin === undefined ? undefined : chunks(stdin),
    cwd,
    isTerminal: false,
  };
  return { code: await main(args, io), stdout, stderr };
}

async function* chunks(text: string): AsyncIterable<Uint8Array> {
  await Promise.resolve();
  const bytes = Buffer.from(text);
  // a character may be cut in two where one chunk ends
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}
