import { parseArgs } from 'node:util';
import { formatFinding } from '../errors/finding';
import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import { badUse } from './bad-use';
import type { Command, CommandIo, ExitCode } from './command';
import type { Request } from './validate-run';
import { VALIDATE_HELP } from './validate-help';

const OPTIONS = {
  'crds': { type: 'string', multiple: true },
  'gateway-api': { type: 'string', multiple: true },
  'gateway-api-channel': { type: 'string' },
  'help': { type: 'boolean', short: 'h' },
  'istio': { type: 'string', multiple: true },
  'json': { type: 'boolean' },
  'kubernetes': { type: 'string', multiple: true },
  'old': { type: 'string', multiple: true },
} as const;

/** `mesh-constructs validate`: what an API server would say of the objects in some files. */
export const validateCommand: Command = {
  name: 'validate',
  summary: 'say of manifests what an API server would say, without a cluster',
  help: VALIDATE_HELP,
  async run(args, io) {
    const request = readRequest(args);
    if (typeof request === 'string') return badUse('validate', request, io);
    if (request === undefined) {
      io.stdout.write(VALIDATE_HELP);
      return 0;
    }
    return await run(request.request, request.isJson, io);
  },
};

function readRequest(args: readonly string[]): { readonly request: Request; readonly isJson: boolean } | string | undefined {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('. To specify')[0] ?? '';
  }
  const { values, positionals } = parsed;
  if (values.help === true) return undefined;
  const channel = values['gateway-api-channel'];
  if (!isChannel(channel)) return `--gateway-api-channel ${JSON.stringify(channel)}: standard or experimental is expected`;
  if (positionals.length === 0) return 'no input: give a file, a folder or -';
  const inputs = [...positionals, ...(values.old ?? []), ...(values.crds ?? [])];
  if (inputs.filter((input) => input === '-').length > 1) return 'standard input can be read only once';
  const target = { istio: values.istio, kubernetes: values.kubernetes, gatewayApi: values['gateway-api'], gatewayApiChannel: channel };
  return { isJson: values.json === true, request: { inputs: positionals, old: values.old ?? [], crds: values.crds ?? [], target } };
}

function isChannel(text: string | undefined): text is 'standard' | 'experimental' | undefined {
  return text === undefined || text === 'standard' || text === 'experimental';
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
}

async function run(request: Request, isJson: boolean, io: CommandIo): Promise<ExitCode> {
  // the validator and the YAML reader are loaded only when they are used
  const { runValidation } = require('./validate-run') as typeof import('./validate-run');
  const { formatSummary, toJson } = require('./validate-report') as typeof import('./validate-report');
  try {
    const outcome = await runValidation(request, io);
    if ('misuses' in outcome) return badUse('validate', outcome.misuses.join('\n'), io);
    if (isJson) io.stdout.write(`${JSON.stringify(toJson(outcome))}\n`);
    else {
      if (outcome.findings.length > 0) io.stdout.write(`${outcome.findings.map(formatFinding).join('\n')}\n`);
      io.stdout.write(formatSummary(outcome));
    }
    return outcome.findings.some(isError) ? 1 : 0;
  } catch (error) {
    if (!MeshError.isMeshError(error)) throw error;
    return badUse('validate', error.findings.map(formatFinding).join('\n'), io);
  }
}

function isError(finding: Finding): boolean {
  return finding.severity !== 'warning';
}
