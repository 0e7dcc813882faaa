import type { CommandIo, ExitCode } from './command';

/** Says what is wrong with how a command is used, and where to read how it is. */
export function badUse(command: string, problem: string, io: CommandIo): ExitCode {
  io.stderr.write(`${problem}\nmesh-constructs ${command} --help shows how it is used\n`);
  return 2;
}
