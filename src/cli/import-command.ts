import { parseArgs } from 'node:util';
import type { ImportRequest, ReleaseRequest } from '../codegen/import';
import { MeshError } from '../errors/mesh-error';
import { formatFinding } from '../errors/finding';
import { badUse } from './bad-use';
import type { Command, CommandIo, ExitCode } from './command';
import { IMPORT_HELP } from './import-help';

/** `mesh-constructs import`: types and constructs from CRDs or OpenAPI. */
export const importCommand: Command = {
  name: 'import',
  summary: 'generate typed constructs from CRDs, or compare two sets of CRDs',
  help: IMPORT_HELP,
  async run(args, io) {
    const options = readOptions(args);
    if (typeof options === 'string') return badUse('import', options, io);
    if (options.help) {
      io.stdout.write(IMPORT_HELP);
      return 0;
    }
    try {
      return options.diff ? await runDiff(options, io) : await runImports(options, io);
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
      return report(error, options, io);
    }
  },
};

interface Options {
  readonly help: boolean;
  readonly diff: boolean;
  readonly json: boolean;
  readonly positionals: readonly string[];
  readonly request: ImportRequest;
}

const OPTIONS = {
  'cluster': { type: 'boolean' },
  'context': { type: 'string' },
  'diff': { type: 'boolean' },
  'docs': { type: 'boolean' },
  'help': { type: 'boolean', short: 'h' },
  'json': { type: 'boolean' },
  'kinds': { type: 'string', multiple: true },
  'name': { type: 'string' },
  'no-docs': { type: 'boolean' },
  'out': { type: 'string', short: 'o' },
  'release': { type: 'string', multiple: true },
} as const;

/** The options, or what is wrong with them. */
function readOptions(args: readonly string[]): Options | string {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return String((error as Partial<Error>).message ?? error).split('. To specify')[0] ?? '';
  }
  const { values, positionals } = parsed;
  const help = values.help === true;
  const diff = values.diff === true;
  const kinds = values.kinds?.flatMap((list) => list.split(',')).filter((kind) => kind !== '');
  const releases = help ? [] : readReleases(values.release ?? [], positionals);
  if (typeof releases === 'string') return releases;
  const problem = help ? undefined : misuse(values, positionals, releases, diff);
  if (problem !== undefined) return problem;
  return {
    help,
    diff,
    json: values.json === true,
    positionals,
    request: {
      out: values.out ?? 'imports',
      releases,
      docs: values['no-docs'] !== true,
      ...(values.name === undefined ? {} : { name: values.name }),
      ...(kinds === undefined ? {} : { kinds }),
      ...(values.cluster === true ? { cluster: values.context === undefined ? {} : { context: values.context } } : {}),
    },
  };
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
}

type Values = ReturnType<typeof parse>['values'];

function misuse(
  values: Values,
  positionals: readonly string[],
  releases: readonly ReleaseRequest[],
  diff: boolean,
): string | undefined {
  if (diff && positionals.length !== 2) return '--diff takes two inputs: OLD and NEW';
  if (diff && (values.release ?? []).length > 0) return '--release has no meaning with --diff';
  if (values.docs === true && values['no-docs'] === true) return '--docs and --no-docs exclude each other';
  if (values.context !== undefined && values.cluster !== true) return '--context goes with --cluster';
  if (values.name !== undefined && !/^[a-z0-9][a-z0-9-]*$/.test(values.name)) {
    return `--name ${JSON.stringify(values.name)}: a folder of lower-case letters, digits and dashes is expected`;
  }
  if (releases.length === 0 && values.cluster !== true) return 'no input: give a file, a folder, an https address, - or --cluster';
  const standardInputs = releases.flatMap((release) => release.inputs).filter((input) => input === '-');
  return standardInputs.length > 1 ? 'standard input can be read only once' : undefined;
}

/** `--release 1.6.1/experimental=FILE`, and `--release 1.6.1` for the inputs that stand alone. */
function readReleases(releases: readonly string[], positionals: readonly string[]): ReleaseRequest[] | string {
  const requests = new Map<string, ReleaseRequest>();
  const alone: string[] = [];
  for (const text of releases) {
    const split = text.indexOf('=');
    if (split < 0) alone.push(text);
    else {
      const known = requests.get(text.slice(0, split))?.inputs ?? [];
      requests.set(text.slice(0, split), { ...readRelease(text.slice(0, split)), inputs: [...known, text.slice(split + 1)] });
    }
  }
  if (alone.length > 1) return '--release VERSION without =FILE can stand only once';
  if (alone.length === 1 && positionals.length === 0) return `--release ${alone[0] ?? ''} has no input: --release VERSION=FILE`;
  if ([...requests.values()].some((request) => request.release === '' || request.inputs.includes(''))) {
    return '--release wants VERSION=FILE or VERSION/CHANNEL=FILE';
  }
  const rest = positionals.length === 0 ? [] : [{ ...(alone[0] === undefined ? {} : readRelease(alone[0])), inputs: positionals }];
  return [...requests.values(), ...rest];
}

function readRelease(text: string): { release: string; channel?: string } {
  const [release = '', channel] = text.split('/');
  return channel === undefined ? { release } : { release, channel };
}

async function runImports(options: Options, io: CommandIo): Promise<ExitCode> {
  // the generator is loaded only when it is used: other commands start without it
  const { runImport } = require('../codegen/import') as typeof import('../codegen/import');
  const { formatReport } = require('../codegen/report') as typeof import('../codegen/report');
  const { generated, sources, written } = await runImport(options.request, io);
  if (options.json) {
    const lock = Object.fromEntries(sources.map((name) => [name, generated.lock.sources[name]]));
    io.stdout.write(`${JSON.stringify({ sources: lock, transitionRules: generated.transitions, files: written })}\n`);
  } else io.stdout.write(formatReport(generated, sources, written));
  return 0;
}

async function runDiff(options: Options, io: CommandIo): Promise<ExitCode> {
  const { diffReleases, formatChange } = require('../codegen/diff') as typeof import('../codegen/diff');
  const { readInput } = require('../codegen/input/read-input') as typeof import('../codegen/input/read-input');
  const { readRelease: read } = require('../codegen/input/read-release') as typeof import('../codegen/input/read-release');
  const [old, now] = await Promise.all(
    options.positionals.map(async (input) => read({ release: '0' }, await readInput(input, io), options.request.kinds)),
  );
  if (old === undefined || now === undefined) return 2;
  const changes = diffReleases(old, now);
  if (options.json) io.stdout.write(`${JSON.stringify(changes)}\n`);
  else io.stdout.write(changes.length === 0 ? 'no kind or field differs\n' : `${changes.map(formatChange).join('\n')}\n`);
  return changes.length === 0 ? 0 : 1;
}

/** An input that cannot be read at all is bad use; one that can and is wrong is a finding. */
const UNREADABLE = new Set(['import-unreadable', 'import-cannot-fetch', 'import-no-kubectl', 'import-kubectl-failed']);

function report(error: MeshError, options: Options, io: CommandIo): ExitCode {
  if (options.json) io.stdout.write(`${JSON.stringify({ findings: error.findings })}\n`);
  else io.stderr.write(`${error.findings.map(formatFinding).join('\n')}\n`);
  return options.diff || error.findings.some((finding) => UNREADABLE.has(finding.code)) ? 2 : 1;
}
