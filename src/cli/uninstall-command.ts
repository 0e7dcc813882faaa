import { parseArgs } from 'node:util';
import { formatFinding } from '../errors/finding';
import type { Finding } from '../errors/finding';
import { badUse } from './bad-use';
import type { Command, CommandIo, ExitCode } from './command';
import type { Manifest } from './read-manifests';
import { UNINSTALL_HELP } from './uninstall-help';

const OPTIONS = {
  crds: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  namespaces: { type: 'boolean' },
} as const;

/** `mesh-constructs uninstall`: what goes, and in which order. */
export const uninstallCommand: Command = {
  name: 'uninstall',
  summary: 'list what has to be deleted to take out what some manifests install, in order',
  help: UNINSTALL_HELP,
  async run(args, io) {
    let parsed: ReturnType<typeof parse>;
    try {
      parsed = parse(args);
    } catch (error) {
      return badUse('uninstall', (error instanceof Error ? error.message : String(error)).split('. To specify')[0] ?? '', io);
    }
    const { values, positionals } = parsed;
    if (values.help === true) {
      io.stdout.write(UNINSTALL_HELP);
      return 0;
    }
    if (positionals.length === 0) return badUse('uninstall', 'no input: give a file, a folder or -', io);
    return await run(positionals, { crds: values.crds === true, namespaces: values.namespaces === true, json: values.json === true }, io);
  },
};

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
}

/** An object to delete or to keep. */
interface Listed {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

interface Choice {
  readonly crds: boolean;
  readonly namespaces: boolean;
  readonly json: boolean;
}

async function run(inputs: readonly string[], choice: Choice, io: CommandIo): Promise<ExitCode> {
  const { readManifests } = require('./read-manifests') as typeof import('./read-manifests');
  const { manifests, problems, misuses } = await readManifests(inputs, io);
  if (misuses.length > 0) return badUse('uninstall', misuses.join('\n'), io);
  const listed = manifests.map(listedOf);
  const findings = [...problems, ...listed.filter((each): each is Finding => 'code' in each)];
  if (findings.length > 0) {
    io.stderr.write(`${findings.map(formatFinding).join('\n')}\n`);
    return 1;
  }
  // what is applied last goes first; what holds others goes last of all
  const all = (listed as readonly Listed[]).filter(isFirst).reverse().sort((a, b) => holderRank(a) - holderRank(b));
  const isKept = (each: Listed): boolean => (holderRank(each) === 1 && !choice.crds) || (holderRank(each) === 2 && !choice.namespaces);
  const outcome = { delete: all.filter((each) => !isKept(each)), keep: all.filter(isKept), leftBehind: leftBehind(all) };
  io.stdout.write(choice.json ? `${JSON.stringify(outcome)}\n` : formatOutcome(outcome));
  return 0;
}

function listedOf(manifest: Manifest): Listed | Finding {
  const { apiVersion, kind, metadata } = manifest.value as { apiVersion?: unknown; kind?: unknown; metadata?: { name?: unknown; namespace?: unknown } };
  const name = metadata?.name;
  if (typeof apiVersion === 'string' && typeof kind === 'string' && typeof name === 'string' && name !== '') {
    return { apiVersion, kind, ...(typeof metadata?.namespace === 'string' && { namespace: metadata.namespace }), name };
  }
  return {
    code: 'not-an-object',
    property: '',
    got: 'a document without apiVersion, kind or name',
    expected: 'an object of Kubernetes',
    source: { file: manifest.file, ...manifest.document.placeOf(manifest.base) },
  };
}

function isFirst(listed: Listed, index: number, all: readonly Listed[]): boolean {
  return all.findIndex((other) => kubectlName(other) === kubectlName(listed)) === index;
}

/** Definitions hold the objects of their kind, and namespaces what is in them. */
function holderRank({ kind }: Listed): 0 | 1 | 2 {
  if (kind === 'CustomResourceDefinition') return 1;
  return kind === 'Namespace' ? 2 : 0;
}

/** What istiod makes while it runs and nothing of the manifests owns. */
function leftBehind(all: readonly Listed[]): string[] {
  const istiods = all.filter(({ kind, name }) => kind === 'Deployment' && /^istiod(-|$)/.test(name));
  const namespaces = [...new Set(istiods.map(({ namespace }) => namespace ?? 'default'))].sort();
  if (namespaces.length === 0) return [];
  return [
    ...namespaces.map((namespace) => `Secret istio-ca-secret in ${namespace}: the key of the mesh's own CA; a new installation goes on with it`),
    ...namespaces.map((namespace) => `Leases istio-* in ${namespace}`),
    'ConfigMap istio-ca-root-cert in every namespace',
    'proxies in pods that were injected: they go when the pods are started anew',
  ];
}

function formatOutcome(outcome: { readonly delete: readonly Listed[]; readonly keep: readonly Listed[]; readonly leftBehind: readonly string[] }): string {
  const lines = [
    ...outcome.delete.map((each) => `kubectl delete ${kubectlName(each)} --ignore-not-found`),
    ...outcome.keep.map((each) => `# kept: ${kubectlName(each)}`),
    ...outcome.leftBehind.map((text) => `# left behind: ${text}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** `deployments.apps/istiod -n istio-system`, with the group: several groups may have a kind of one name. */
function kubectlName({ apiVersion, kind, namespace, name }: Listed): string {
  const [version = '', group] = apiVersion.split('/').reverse();
  const type = group === undefined ? kind : `${kind}.${version}.${group}`;
  return `${type}/${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}
