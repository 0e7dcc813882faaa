import { meshError } from '../errors/mesh-error';
import { sortKeys } from '../rules/json';
import type { JsonObject } from '../rules/json';
import type { KindHistory, PublishedKind, PublishedRelease, Source, VariantSchema } from './model';
import { compareApiVersions, compareReleases, compareText, formatRelease } from './version-order';

/** Pass "kinds": one entry for each group and kind of a source, over all its releases and versions. */
export function collectKinds(source: Source): KindHistory[] {
  const releases = [...source.releases].sort((a, b) => compareReleases(a.release, b.release));
  const found = new Map<string, { release: PublishedRelease; kind: PublishedKind }[]>();
  for (const release of releases) {
    for (const kind of uniqueKinds(release)) {
      const id = `${kind.group}/${kind.kind}`;
      found.set(id, [...(found.get(id) ?? []), { release, kind }]);
    }
  }
  return [...found.entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, entries]) => historyOf(source.name, entries));
}

function historyOf(
  source: string,
  entries: readonly { release: PublishedRelease; kind: PublishedKind }[],
): KindHistory {
  const newest = (entries[entries.length - 1] as (typeof entries)[number]).kind;
  const newestRelease = entries[entries.length - 1]?.release.release.release;
  const servedIn = (kinds: readonly PublishedKind[]): string[] =>
    [...new Set(kinds.flatMap((kind) => kind.versions.filter((v) => v.served).map((v) => v.version)))].sort(
      compareApiVersions,
    );
  const ofNewest = entries.filter((entry) => entry.release.release.release === newestRelease).map((entry) => entry.kind);
  const served = servedIn(entries.map((entry) => entry.kind));
  const frames = entries.flatMap((entry) => (entry.kind.frame === undefined ? [] : [entry.kind.frame]));
  return {
    source,
    group: newest.group,
    kind: newest.kind,
    plural: newest.plural,
    scope: newest.scope,
    preferredVersion: servedIn(ofNewest)[0] ?? served[0] ?? (newest.versions[0]?.version as string),
    servedVersions: served,
    releases: entries.map((entry) => entry.release.release),
    variants: entries.flatMap(variantsOf),
    ...(frames.length === entries.length ? { frames } : {}),
  };
}

function variantsOf(entry: { release: PublishedRelease; kind: PublishedKind }): VariantSchema[] {
  return [...entry.kind.versions]
    .sort((a, b) => compareApiVersions(a.version, b.version))
    .map((version) => ({
      variant: {
        ...entry.release.release,
        version: version.version,
        ...(version.served ? {} : { served: false as const }),
      },
      schema: version.schema,
    }));
}

/** A kind may stand twice in the files of a release, if it says the same both times. */
function uniqueKinds(release: PublishedRelease): PublishedKind[] {
  const seen = new Map<string, PublishedKind>();
  for (const kind of release.kinds) {
    const id = `${kind.group}/${kind.kind}`;
    const known = seen.get(id);
    if (known !== undefined && textOf(known) !== textOf(kind)) {
      throw meshError({
        code: 'import-duplicate-kind',
        property: `${kind.group} ${kind.kind}`,
        got: `two different definitions in release ${formatRelease(release.release)}`,
        expected: 'one definition of each kind in a release',
        fix: 'give each file a release of its own with --release VERSION=FILE',
      });
    }
    seen.set(id, kind);
  }
  return [...seen.values()];
}

function textOf(kind: PublishedKind): string {
  return JSON.stringify(sortKeys(kind as unknown as JsonObject));
}
