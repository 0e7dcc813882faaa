import { formatFinding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import type { Command, CommandIo, ExitCode } from './command';
import { MIGRATE_HELP } from './migrate-help';
import { readInstallation, readRequest } from './render-input';
import type { InstallationRequest } from './render-input';

/** `mesh-constructs migrate`: the program that makes what Istio's own installers are asked for. */
export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'print the TypeScript program of Helm values, an IstioOperator or a profile',
  help: MIGRATE_HELP,
  async run(args, io) {
    const request = readRequest(args);
    if (request === 'help') {
      io.stdout.write(MIGRATE_HELP);
      return 0;
    }
    return 'misuse' in request ? badUse(request.misuse, io) : await run(request, io);
  },
};

async function run({ input, isJson }: InstallationRequest, io: CommandIo): Promise<ExitCode> {
  try {
    const installation = await readInstallation(input, io);
    if ('misuses' in installation) return badUse(installation.misuses.join('\n'), io);
    const { renderInstallation } = require('../migrate/render') as typeof import('../migrate/render');
    const { printProgram } = require('../migrate/program/print-program') as typeof import('../migrate/program/print-program');
    // a program that could not be synthesized would be of no use: what is wrong shows here, as with render
    renderInstallation(installation);
    const { text, notExpressed } = printProgram(installation);
    const { istio, notes = [] } = installation;
    if (isJson) io.stdout.write(`${JSON.stringify({ istio, program: text, notExpressed, notes })}\n`);
    else {
      for (const note of notes) io.stderr.write(`note: ${note}\n`);
      for (const line of notExpressed) io.stderr.write(`not expressed: ${line}\n`);
      io.stdout.write(text);
    }
    return 0;
  } catch (error) {
    if (!MeshError.isMeshError(error)) throw error;
    const { findings } = error;
    if (isJson) io.stdout.write(`${JSON.stringify({ findings })}\n`);
    else io.stderr.write(`${findings.map(formatFinding).join('\n')}\n`);
    return 1;
  }
}

function badUse(problem: string, io: CommandIo): ExitCode {
  io.stderr.write(`${problem}\nmesh-constructs migrate --help shows how it is used\n`);
  return 2;
}
