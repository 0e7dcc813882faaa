import { meshError } from '../../errors/mesh-error';
import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import type { Release } from '../../rules/kind-rules';
import type { PublishedKind, PublishedRelease } from '../model';
import { isStableVersion } from '../version-order';
import { sourceFileOf } from './input-text';
import type { InputText } from './input-text';
import { convertDefinition, reachableDefinitions } from './openapi-definitions';

/** Which kinds of an OpenAPI document are wanted: `Kind`, or `group/version/Kind` for exactly one version. */
export type KindFilter = readonly string[];

interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: 'Namespaced' | 'Cluster';
}

/** True for the OpenAPI v2 document that a Kubernetes server gives under `/openapi/v2`. */
export function isOpenApi(document: JsonObject): boolean {
  return typeof document['swagger'] === 'string' && isJsonObject(document['definitions']);
}

/** Reads Kubernetes' own kinds from its OpenAPI document. Versions that are not stable count only if none is. */
export function readOpenApi(
  release: Release,
  input: InputText,
  document: JsonObject,
  filter?: KindFilter,
): PublishedRelease {
  const definitions = Object.fromEntries(
    Object.entries(document['definitions'] as { [name: string]: JsonObject }).map(([name, definition]) => [
      name,
      convertDefinition(name, definition),
    ]),
  );
  const definitionOf = definitionIndex(document);
  const served = servedKinds(document).filter((kind) => definitionOf.has(idOf(kind)) && isWanted(kind, filter));
  if (served.length === 0 && filter === undefined) throw noKinds(input);
  const kinds = groupByKind(served).map((versions): PublishedKind => {
    const [first] = versions as [ServedKind];
    return {
      group: first.group,
      kind: first.kind,
      plural: first.plural,
      scope: first.scope,
      versions: stableOf(versions).map(({ group, version, kind }) => ({
        version,
        served: true,
        schema: definitions[definitionOf.get(idOf({ group, version, kind })) as string] as JsonObject,
      })),
    };
  });
  const names = reachableDefinitions(definitions, kinds.flatMap((kind) => kind.versions.map(({ schema }) => schema)));
  return {
    release,
    files: [sourceFileOf(input)],
    kinds,
    definitions: Object.fromEntries(names.map((name) => [name, definitions[name] as JsonObject])),
  };
}

/** Kinds with a collection of their own, read off the paths: they alone say plural and scope. */
function servedKinds(document: JsonObject): ServedKind[] {
  const found: ServedKind[] = [];
  for (const [path, item] of Object.entries(isJsonObject(document['paths']) ? document['paths'] : {})) {
    const match = /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)(\/namespaces\/\{namespace\})?\/([a-z]+)\/?$/.exec(path);
    const post = isJsonObject(item) ? item['post'] : undefined;
    if (match === null || !isJsonObject(post)) continue;
    const type = groupVersionKind(post['x-kubernetes-group-version-kind']);
    if (type === undefined) continue;
    found.push({ ...type, plural: match[2] as string, scope: match[1] === undefined ? 'Cluster' : 'Namespaced' });
  }
  return found;
}

function definitionIndex(document: JsonObject): Map<string, string> {
  const index = new Map<string, string>();
  for (const [name, definition] of Object.entries(document['definitions'] as { [name: string]: JsonObject })) {
    const types = definition['x-kubernetes-group-version-kind'];
    // options such as DeleteOptions carry the type of every group; a kind carries its own only
    if (!Array.isArray(types) || types.length !== 1) continue;
    const type = groupVersionKind((types as readonly Json[])[0]);
    if (type !== undefined) index.set(idOf(type), name);
  }
  return index;
}

function groupVersionKind(value: Json | undefined): { group: string; version: string; kind: string } | undefined {
  if (!isJsonObject(value)) return undefined;
  const { group, version, kind } = value;
  if (typeof group !== 'string' || typeof version !== 'string' || typeof kind !== 'string') return undefined;
  return { group, version, kind };
}

function isWanted(kind: ServedKind, filter: KindFilter | undefined): boolean {
  return filter === undefined || filter.includes(kind.kind) || filter.includes(idOf(kind));
}

function groupByKind(served: readonly ServedKind[]): ServedKind[][] {
  const groups = new Map<string, ServedKind[]>();
  for (const kind of served) {
    const id = `${kind.group}/${kind.kind}`;
    groups.set(id, [...(groups.get(id) ?? []), kind]);
  }
  return [...groups.values()];
}

function stableOf(versions: readonly ServedKind[]): readonly ServedKind[] {
  const stable = versions.filter((kind) => isStableVersion(kind.version));
  return stable.length > 0 ? stable : versions;
}

function idOf(kind: { group: string; version: string; kind: string }): string {
  return `${kind.group}/${kind.version}/${kind.kind}`;
}

function noKinds(input: InputText): Error {
  return meshError({
    code: 'import-no-kinds',
    property: '',
    got: 'no kind with a path and a definition',
    expected: 'the OpenAPI v2 document of a Kubernetes server',
    source: { file: input.name, line: 1 },
  });
}
