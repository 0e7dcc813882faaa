import { resolve } from 'node:path';
import { meshError } from '../errors/mesh-error';
import { PACKAGE_IMPORTS } from './emit/imports';
import { generate } from './generate';
import type { Generated } from './generate';
import { readCluster } from './input/read-cluster';
import type { RunProgram } from './input/read-cluster';
import { readInput } from './input/read-input';
import type { InputContext } from './input/read-input';
import type { InputText } from './input/input-text';
import { readRelease } from './input/read-release';
import { readLock } from './lock';
import type { Lock } from './lock';
import type { PublishedRelease } from './model';
import { isEsModuleFolder } from './module-kind';
import { guessRelease } from './release-names';
import { splitSources } from './source-names';
import { writeFiles } from './write-files';
import type { WriteReport } from './write-files';

/** Inputs of one release, as the user named them. */
export interface ReleaseRequest {
  readonly release?: string;
  readonly channel?: string;
  readonly inputs: readonly string[];
}

/** What `mesh-constructs import` was asked to do. */
export interface ImportRequest {
  readonly out: string;
  readonly name?: string;
  readonly releases: readonly ReleaseRequest[];
  readonly cluster?: { readonly context?: string };
  readonly kinds?: readonly string[];
  readonly docs: boolean;
}

export interface ImportResult {
  readonly generated: Generated;
  /** Names of the sources that were generated now. */
  readonly sources: readonly string[];
  readonly written: WriteReport;
}

/** Reads, generates and writes: nothing is written unless everything before it went well. */
export async function runImport(request: ImportRequest, context: InputContext, run?: RunProgram): Promise<ImportResult> {
  const out = resolve(context.cwd, request.out);
  const lock = readLock(out);
  const sources = splitSources(await readAll(request, lock, context, run), request.name);
  if (sources.length === 0) throw noneWanted(request.kinds ?? []);
  const imports = isEsModuleFolder(out) ? { ...PACKAGE_IMPORTS, extension: '.js' as const } : PACKAGE_IMPORTS;
  const generated = await generate(sources, { imports, docs: request.docs, lock });
  const names = sources.map((source) => source.name);
  return { generated, sources: names, written: writeFiles(out, generated.files, names) };
}

async function readAll(
  request: ImportRequest,
  lock: Lock,
  context: InputContext,
  run: RunProgram | undefined,
): Promise<PublishedRelease[]> {
  const releases: PublishedRelease[] = [];
  const add = (wanted: ReleaseRequest, inputs: readonly InputText[]): void => {
    const release = wanted.release ?? guessRelease(inputs.map((input) => input.name), lock, request.name);
    const named = { release, ...(wanted.channel === undefined ? {} : { channel: wanted.channel }) };
    releases.push(readRelease(named, inputs, request.kinds));
  };
  for (const wanted of request.releases) {
    add(wanted, (await Promise.all(wanted.inputs.map((input) => readInput(input, context)))).flat());
  }
  if (request.cluster !== undefined) add({ inputs: [] }, [await readCluster(request.cluster.context, run)]);
  return releases;
}

function noneWanted(kinds: readonly string[]): Error {
  return meshError({
    code: 'import-no-kinds',
    property: '--kinds',
    got: kinds.join(', '),
    expected: 'a kind that some input has',
    fix: 'leave the option out to see all of them',
  });
}
