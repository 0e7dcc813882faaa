import { encodeVariants } from '../rules/variants';
import { shareSubtrees } from '../rules/sharing';
import type { JsonObject } from '../rules/json';
import type { KindRules, SharedRules } from '../rules/kind-rules';
import type { CelCounts } from './check-rules';
import type { KindHistory, Source } from './model';
import { stripDescriptions } from './strip-descriptions';
import { compareReleases, compareText } from './version-order';

/** Pass "rules": every version of the kind's schema in one tree, without descriptions. */
export function buildKindRules(kind: KindHistory, counts: CelCounts): KindRules {
  const { root, defs } = shareSubtrees(encodeVariants(kind.variants.map(({ schema }) => stripDescriptions(schema))));
  return {
    source: kind.source,
    group: kind.group,
    kind: kind.kind,
    plural: kind.plural,
    scope: kind.scope,
    preferredVersion: kind.preferredVersion,
    transitionRules: counts.transitionRules,
    variants: kind.variants.map(({ variant }) => variant),
    releases: kind.releases,
    ...(kind.frames === undefined ? {} : { crd: encodeVariants(kind.frames) }),
    schema: root,
    defs,
  };
}

/** The definitions that kinds of an OpenAPI source share, over all releases; undefined for sources of CRDs. */
export function buildSharedRules(source: Source): SharedRules | undefined {
  const releases = [...source.releases].sort((a, b) => compareReleases(a.release, b.release));
  const stripped = releases.map((release) => stripAll(release.definitions ?? {}));
  const names = [...new Set(stripped.flatMap((definitions) => Object.keys(definitions)))].sort(compareText);
  if (names.length === 0) return undefined;
  return {
    source: source.name,
    releases: releases.map((release) => release.release),
    definitions: Object.fromEntries(
      names.map((name) => [name, encodeVariants(stripped.map((definitions) => definitions[name]))]),
    ),
  };
}

function stripAll(definitions: Readonly<Record<string, JsonObject>>): Record<string, JsonObject> {
  return Object.fromEntries(Object.entries(definitions).map(([name, schema]) => [name, stripDescriptions(schema)]));
}
