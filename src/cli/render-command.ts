import { formatFinding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import type { Command, CommandIo, ExitCode } from './command';
import { RENDER_HELP } from './render-help';
import { readInstallation, readRequest } from './render-input';
import type { InstallationRequest } from './render-input';

/** `mesh-constructs render`: the manifests of what Istio's own installers are asked for. */
export const renderCommand: Command = {
  name: 'render',
  summary: 'print the manifests of Helm values, an IstioOperator or a profile',
  help: RENDER_HELP,
  async run(args, io) {
    const request = readRequest(args);
    if (request === 'help') {
      io.stdout.write(RENDER_HELP);
      return 0;
    }
    return 'misuse' in request ? badUse(request.misuse, io) : await run(request, io);
  },
};

async function run({ input, isJson }: InstallationRequest, io: CommandIo): Promise<ExitCode> {
  try {
    const installation = await readInstallation(input, io);
    if ('misuses' in installation) return badUse(installation.misuses.join('\n'), io);
    // the constructs are loaded only when something is made of them
    const { renderInstallation } = require('../migrate/render') as typeof import('../migrate/render');
    const { istio, notes = [] } = installation;
    const objects = renderInstallation(installation);
    if (isJson) io.stdout.write(`${JSON.stringify({ istio, objects, notes })}\n`);
    else {
      const { writeYaml } = require('../core/yaml-writer') as typeof import('../core/yaml-writer');
      for (const note of notes) io.stderr.write(`note: ${note}\n`);
      io.stdout.write(writeYaml(objects));
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
  io.stderr.write(`${problem}\nmesh-constructs render --help shows how it is used\n`);
  return 2;
}
