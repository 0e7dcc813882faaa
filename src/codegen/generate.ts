import { buildKindRules, buildSharedRules } from './build-rules';
import { buildModules } from './build-modules';
import { checkRules } from './check-rules';
import type { CelCounts, TransitionRule } from './check-rules';
import { collectKinds } from './collect-kinds';
import { emitCatalog } from './emit/emit-catalog';
import { emitRules, emitSharedRules } from './emit/emit-rules';
import type { Imports } from './emit/imports';
import { nameKinds } from './kind-names';
import { GENERATOR_VERSION, LOCK_FILE, formatLock } from './lock';
import type { Lock, LockedSource } from './lock';
import type { KindHistory, Source } from './model';
import { compareReleases, compareText, formatRelease } from './version-order';

/** How the modules are written. */
export interface GenerateOptions {
  readonly imports: Imports;
  /** Whether the descriptions of the input become doc comments. */
  readonly docs: boolean;
  /** What stands in the out folder already: sources that are not generated now stay in the catalog. */
  readonly lock: Lock;
}

/** A generated out folder: texts by path. */
export interface Generated {
  readonly files: ReadonlyMap<string, string>;
  readonly lock: Lock;
  /** Rules on `oldSelf`, which only `validate --old` can judge. */
  readonly transitions: readonly { readonly kind: string; readonly source: string; readonly rule: TransitionRule }[];
}

/** Generates all files of the given sources. Pure: nothing is read or written here. */
export async function generate(sources: readonly Source[], options: GenerateOptions): Promise<Generated> {
  const files = new Map<string, string>();
  const locked: Record<string, LockedSource> = { ...options.lock.sources };
  const transitions: Generated['transitions'][number][] = [];
  for (const source of [...sources].sort((a, b) => compareText(a.name, b.name))) {
    const result = await generateSource(source, options);
    for (const [path, text] of result.files) files.set(`${source.name}/${path}`, text);
    locked[source.name] = result.locked;
    transitions.push(...result.transitions);
  }
  const lock: Lock = { generator: GENERATOR_VERSION, sources: locked };
  files.set('catalog.ts', emitCatalog(lock, options.imports));
  files.set(LOCK_FILE, formatLock(lock));
  return { files, lock, transitions };
}

interface GeneratedSource {
  readonly files: ReadonlyMap<string, string>;
  readonly locked: LockedSource;
  readonly transitions: Generated['transitions'];
}

async function generateSource(source: Source, options: GenerateOptions): Promise<GeneratedSource> {
  const kinds = collectKinds(source);
  const names = nameKinds(kinds);
  const files = await buildModules(source, kinds, names, options);
  const checked = kinds.map((kind) => ({ kind, counts: checkRules(kind) }));
  checked.forEach(({ kind, counts }, index) => {
    const file = names[index]?.file as string;
    files.set(`${file}.rules.ts`, emitRules(buildKindRules(kind, counts), options.imports));
  });
  const shared = buildSharedRules(source);
  if (shared !== undefined) files.set('definitions.rules.ts', emitSharedRules(shared, options.imports));
  return {
    files,
    locked: lockSource(source, checked, names, options.docs, shared !== undefined),
    transitions: checked.flatMap(({ kind, counts }) =>
      counts.transitions.map((rule) => ({ kind: kind.kind, source: source.name, rule })),
    ),
  };
}

function lockSource(
  source: Source,
  checked: readonly { kind: KindHistory; counts: CelCounts }[],
  names: ReturnType<typeof nameKinds>,
  docs: boolean,
  definitions: boolean,
): LockedSource {
  const releases = [...source.releases].sort((a, b) => compareReleases(a.release, b.release));
  return {
    docs,
    releases: releases.map((release) => ({
      ...release.release,
      files: release.files,
      kinds: new Set(release.kinds.map((kind) => `${kind.group}/${kind.kind}`)).size,
      rules: sum(checked.map(({ counts }) => counts.byRelease.get(formatRelease(release.release)) ?? 0)),
    })),
    counts: {
      kinds: checked.length,
      rules: sum(checked.map(({ counts }) => counts.compiled)),
      transitionRules: sum(checked.map(({ counts }) => counts.transitionRules)),
    },
    definitions,
    kinds: checked.map(({ kind }, index) => ({
      group: kind.group,
      kind: kind.kind,
      plural: kind.plural,
      scope: kind.scope,
      versions: kind.servedVersions,
      file: names[index]?.file as string,
      className: names[index]?.className as string,
    })),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
