import { parseArgs } from 'node:util';
import { formatFinding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import type { Command, CommandIo, ExitCode } from './command';
import { RENDER_HELP } from './render-help';
import type { RenderInput } from './render-input';

const OPTIONS = {
  'from-helm': { type: 'string', multiple: true },
  'from-operator': { type: 'string', multiple: true },
  'help': { type: 'boolean', short: 'h' },
  'hub': { type: 'string' },
  'istio': { type: 'string' },
  'json': { type: 'boolean' },
  'profile': { type: 'string' },
  'tag': { type: 'string' },
} as const;

/** `mesh-constructs render`: the manifests of what Istio's own installers are asked for. */
export const renderCommand: Command = {
  name: 'render',
  summary: 'print the manifests of Helm values, an IstioOperator or a profile',
  help: RENDER_HELP,
  async run(args, io) {
    const request = readRequest(args);
    if (typeof request === 'string') return badUse(request, io);
    if (request === undefined) {
      io.stdout.write(RENDER_HELP);
      return 0;
    }
    return await run(request.input, request.isJson, io);
  },
};

function readRequest(args: readonly string[]): { readonly input: RenderInput; readonly isJson: boolean } | string | undefined {
  let values: ReturnType<typeof parse>['values'];
  try {
    values = parse(args).values;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('. To specify')[0] ?? '';
  }
  if (values.help === true) return undefined;
  const { profile, istio, hub, tag, json } = values;
  const input = { fromHelm: values['from-helm'] ?? [], fromOperator: values['from-operator'] ?? [], profile, istio, hub, tag };
  return misuseOf(input) ?? { input, isJson: json === true };
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false, strict: true });
}

function misuseOf({ fromHelm, fromOperator, profile, hub, tag }: RenderInput): string | undefined {
  const kinds = [fromHelm.length > 0, fromOperator.length > 0, profile !== undefined].filter(Boolean).length;
  if (kinds === 0) return 'no input: give --from-helm, --from-operator or --profile';
  if (kinds > 1) return 'give only one of --from-helm, --from-operator and --profile';
  if (fromHelm.length > 0 && (hub !== undefined || tag !== undefined)) return '--hub and --tag are values of the charts: give global.hub and global.tag';
  const inputs = [...fromHelm.map((each) => each.slice(each.indexOf('=') + 1)), ...fromOperator];
  return inputs.filter((each) => each === '-').length > 1 ? 'standard input can be read only once' : undefined;
}

async function run(input: RenderInput, isJson: boolean, io: CommandIo): Promise<ExitCode> {
  // the constructs are loaded only when something is made of them
  const { readInstallation } = require('./render-input') as typeof import('./render-input');
  try {
    const installation = await readInstallation(input, io);
    if ('misuses' in installation) return badUse(installation.misuses.join('\n'), io);
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
