import { formatFinding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import type { Installation } from '../migrate/installation';
import { badUse } from './bad-use';
import type { Command, CommandIo, ExitCode } from './command';
import { readInstallation, readRequest } from './render-input';
import type { InstallationRequest } from './render-input';

/** What a command makes of an installation. */
export interface Printed {
  /** What `--json` adds to the release and the notes. */
  readonly json: Readonly<Record<string, unknown>>;
  /** What is printed otherwise. */
  readonly text: () => string;
  /** Lines for who reads along, beside the notes of the installation. */
  readonly remarks?: readonly string[];
}

/** A command that reads what Istio's own installers are asked for. */
export interface InstallationCommand extends Pick<Command, 'name' | 'summary' | 'help'> {
  /** @throws MeshError for what cannot be installed. */
  readonly print: (installation: Installation) => Printed;
}

/** The command with its arguments read, and what is wrong said in the same way as of the others. */
export function installationCommand({ print, ...command }: InstallationCommand): Command {
  return {
    ...command,
    async run(args, io) {
      const request = readRequest(args);
      if (request === 'help') {
        io.stdout.write(command.help);
        return 0;
      }
      return 'misuse' in request ? badUse(command.name, request.misuse, io) : await run({ print, ...command }, request, io);
    },
  };
}

async function run({ name, print }: InstallationCommand, { input, isJson }: InstallationRequest, io: CommandIo): Promise<ExitCode> {
  try {
    const installation = await readInstallation(input, io);
    if ('misuses' in installation) return badUse(name, installation.misuses.join('\n'), io);
    const { istio, notes = [] } = installation;
    const { json, text, remarks = [] } = print(installation);
    if (isJson) io.stdout.write(`${JSON.stringify({ istio, ...json, notes })}\n`);
    else {
      for (const line of [...notes.map((note) => `note: ${note}`), ...remarks]) io.stderr.write(`${line}\n`);
      io.stdout.write(text());
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
