import { catalog } from '../../imports/catalog';
import type { KindEntry } from '../../src/rules/kind-rules';
import type { KindSchema } from '../../src/rules/schema';
import { schemaOfVariant, variantIndex } from '../../src/rules/schema';
import { SchemaTree } from './schema-tree';

/** The releases that a run judges. */
export interface Releases {
  readonly istio: string;
  readonly gatewayApi: string;
  readonly channel: 'standard' | 'experimental';
  readonly kubernetes: string;
}

/**
 * What objects are made of: a kind, and the versions of its API whose schemas are equal. Versions that differ are
 * subjects of their own, so that every schema is covered and none is covered twice.
 */
export interface Subject {
  readonly source: string;
  readonly kind: string;
  readonly group: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly apiVersions: readonly string[];
  /** Such as `istio VirtualService v1` or `gateway-api HTTPRoute v1 standard`. */
  readonly name: string;
  readonly tree: SchemaTree;
  /** True for kinds that Kubernetes has built in: they are decoded into structures and checked by code. */
  readonly isBuiltIn: boolean;
}

export function subjectsOf(releases: Releases, isWanted: (name: string) => boolean): Subject[] {
  return catalog.flatMap((entry) => subjectsOfKind(entry, releases)).filter(({ name }) => isWanted(name));
}

function subjectsOfKind(entry: KindEntry, releases: Releases): Subject[] {
  const wanted = releaseOf(entry.source, releases);
  if (wanted === undefined) return [];
  const rules = entry.load();
  const bySchema = new Map<string, { schema: KindSchema; versions: string[] }>();
  for (const version of entry.versions) {
    const index = variantIndex(rules, { ...wanted, version });
    const schema = index === undefined ? undefined : schemaOfVariant(rules, index, entry.loadShared?.());
    if (index === undefined || schema === undefined || rules.variants[index]?.served === false) continue;
    const text = JSON.stringify(schema.root);
    const known = bySchema.get(text);
    if (known === undefined) bySchema.set(text, { schema, versions: [version] });
    else known.versions.push(version);
  }
  return [...bySchema.values()].map(({ schema, versions }) => ({
    source: entry.source,
    kind: entry.kind,
    group: entry.group,
    scope: entry.scope,
    apiVersions: versions.map((version) => (entry.group === '' ? version : `${entry.group}/${version}`)),
    name: `${entry.source} ${entry.kind} ${versions[0] ?? ''}${wanted.channel === 'standard' ? ' standard' : ''}`,
    tree: new SchemaTree(schema),
    isBuiltIn: entry.source === 'kubernetes',
  }));
}

function releaseOf(source: string, releases: Releases): { release: string; channel?: string } | undefined {
  switch (source) {
    case 'istio':
      return { release: releases.istio };
    case 'gateway-api':
      return { release: releases.gatewayApi, channel: releases.channel };
    case 'kubernetes':
      return { release: releases.kubernetes };
    default:
      return undefined;
  }
}
