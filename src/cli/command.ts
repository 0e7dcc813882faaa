/** Where a command reads and writes; tests give their own. */
export interface CommandIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Standard input as a stream of chunks, or undefined where there is none. */
  readonly stdin: AsyncIterable<Uint8Array | string> | undefined;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** True where standard error is a terminal: progress is shown only then. */
  readonly isTerminal: boolean;
}

/** 0: done and nothing wrong. 1: done, and something is wrong. 2: used in a wrong way. */
export type ExitCode = 0 | 1 | 2;

/** One subcommand of `mesh-constructs`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole text of `--help`: usage, options, examples, exit codes. */
  readonly help: string;
  run(args: readonly string[], io: CommandIo): Promise<ExitCode>;
}
