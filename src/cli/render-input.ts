import { parseArgs } from 'node:util';
import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import type { ChartName } from '../migrate/values/charts';
import type { HelmRelease } from '../migrate/from-helm';
import type { Installation } from '../migrate/installation';
import type { JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import type { CommandIo } from './command';
import type { Manifest } from './read-manifests';

/** What to make an installation of; one of the three inputs is given. */
export interface RenderInput {
  /** `CHART[:RELEASE][/NAMESPACE][=FILE]` */
  readonly fromHelm: readonly string[];
  readonly fromOperator: readonly string[];
  readonly profile: string | undefined;
  readonly istio: string | undefined;
  readonly hub: string | undefined;
  readonly tag: string | undefined;
}

/** What a command line asks for. */
export interface InstallationRequest {
  readonly input: RenderInput;
  /** Whether one JSON document is to be printed. */
  readonly isJson: boolean;
}

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

/** Reads the arguments that `render` and `migrate` share. */
export function readRequest(args: readonly string[]): InstallationRequest | { readonly misuse: string } | 'help' {
  let values: ReturnType<typeof parse>['values'];
  try {
    values = parse(args).values;
  } catch (error) {
    return { misuse: (error instanceof Error ? error.message : String(error)).split('. To specify')[0] ?? '' };
  }
  if (values.help === true) return 'help';
  const { profile, istio, hub, tag, json } = values;
  const input = { fromHelm: values['from-helm'] ?? [], fromOperator: values['from-operator'] ?? [], profile, istio, hub, tag };
  const misuse = misuseOf(input);
  return misuse === undefined ? { input, isJson: json === true } : { misuse };
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

/**
 * The installation that the input asks for; `misuses` where a file cannot be read at all.
 *
 * @throws MeshError for what is wrong with what was read, each finding with its place in the file.
 */
export async function readInstallation(input: RenderInput, io: CommandIo): Promise<Installation | { readonly misuses: readonly string[] }> {
  const options = input.istio === undefined ? {} : { istio: input.istio };
  if (input.fromHelm.length > 0) return await fromHelm(input.fromHelm, options, io);
  const image = { ...(input.hub === undefined ? {} : { hub: input.hub }), ...(input.tag === undefined ? {} : { tag: input.tag }) };
  const { installationFromOperator, installationFromProfile } =
    require('../migrate/operator/from-operator') as typeof import('../migrate/operator/from-operator');
  if (input.profile !== undefined) return installationFromProfile(input.profile, { ...options, ...image });
  const files = await readFiles(input.fromOperator, io);
  if ('misuses' in files) return files;
  const { mergeValues } = require('../migrate/values/merge') as typeof import('../migrate/values/merge');
  const operator = [...files.map(({ value }) => value as JsonObject), { spec: image }].reduce(mergeValues);
  return placed(files, () => installationFromOperator(operator, options));
}

interface ReleaseInput extends HelmRelease {
  readonly files: readonly string[];
}

async function fromHelm(given: readonly string[], options: { readonly istio?: string }, io: CommandIo): Promise<Installation | { readonly misuses: readonly string[] }> {
  const { installationFromHelm } = require('../migrate/from-helm') as typeof import('../migrate/from-helm');
  const { mergeValues } = require('../migrate/values/merge') as typeof import('../migrate/values/merge');
  const releases: HelmRelease[] = [];
  const sources: Manifest[] = [];
  for (const { files, ...release } of releasesOf(given)) {
    const read = await readFiles(files, io);
    if ('misuses' in read) return read;
    sources.push(...read);
    releases.push({ ...release, values: read.map(({ value }) => value as JsonObject).reduce<JsonObject>(mergeValues, {}) });
  }
  return placed(sources, () => installationFromHelm(releases, options));
}

/** Files of one release are merged in their order, as `helm -f` does. */
function releasesOf(given: readonly string[]): ReleaseInput[] {
  const releases = new Map<string, ReleaseInput>();
  for (const text of given) {
    const equals = text.indexOf('=');
    const key = equals < 0 ? text : text.slice(0, equals);
    const [, chart = '', releaseName, namespace] = /^([^:/]*)(?::([^/]*))?(?:\/(.*))?$/.exec(key) ?? [];
    const before = releases.get(key) ?? { chart: chart as ChartName, ...named({ releaseName, namespace }), files: [] };
    releases.set(key, { ...before, files: [...before.files, ...(equals < 0 ? [] : [text.slice(equals + 1)])] });
  }
  return [...releases.values()];
}

function named(names: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(names).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''));
}

/** The one document of each file; an empty file is one without values. */
async function readFiles(files: readonly string[], io: CommandIo): Promise<readonly Manifest[] | { readonly misuses: readonly string[] }> {
  if (files.length === 0) return [];
  const { readManifests } = require('./read-manifests') as typeof import('./read-manifests');
  const read: Manifest[] = [];
  const findings: Finding[] = [];
  for (const file of files) {
    const { manifests, problems, misuses } = await readManifests([file], io);
    if (misuses.length > 0) return { misuses };
    findings.push(...problems);
    const [first, second] = manifests;
    if (second !== undefined) findings.push(wrongDocument(second, 'a second document', 'one document in the file'));
    else if (first !== undefined && !isJsonObject(first.value)) findings.push(wrongDocument(first, 'no values by name', 'values by name'));
    else if (first !== undefined) read.push(first);
  }
  if (findings.length > 0) throw new MeshError(findings);
  return read;
}

function wrongDocument({ file, document }: Manifest, got: string, expected: string): Finding {
  return { code: 'bad-values', property: '', got, expected, source: { file, line: document.line } };
}

/** Adds to each finding where its property stands in the files. */
function placed<T>(sources: readonly Manifest[], make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!MeshError.isMeshError(error)) throw error;
    throw new MeshError(error.findings.map((finding) => ({ ...finding, ...sourceOf(finding, sources) })));
  }
}

function sourceOf({ property }: Finding, sources: readonly Manifest[]): Pick<Finding, 'source'> {
  const steps = property.split(/[.[\]]+/).filter((step) => step !== '');
  const source = [...sources].reverse().find(({ value }) => steps.length > 0 && holds(value, steps));
  if (source === undefined) return {};
  const path = steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  return { source: { file: source.file, ...source.document.placeOf(path) } };
}

function holds(value: unknown, steps: readonly string[]): boolean {
  let at: unknown = value;
  for (const step of steps) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return false;
    at = (at as Readonly<Record<string, unknown>>)[step];
  }
  return true;
}
