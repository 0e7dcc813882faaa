import type { JsonObject } from '../rules/json';
import { normaliseVariant } from './build-types';
import { referencesIn } from './input/openapi-definitions';
import type { KindNames } from './kind-names';
import type { Source } from './model';
import type { NamedType } from './name-types';
import { kebabCase, pascalCase } from './names';
import { TYPE } from './normalise/rule';
import { releaseNotes } from './release-notes';
import { mapChildren } from './schema-walk';
import { uniteSchemas } from './union-schemas';
import { compareReleases, compareText } from './version-order';

/** The types of an OpenAPI source's definitions, and the module that each stands in. */
export interface DefinitionTypes {
  readonly names: readonly string[];
  /** Modules of definitions that more than one kind uses. */
  readonly sharedFiles: readonly string[];
  /** Types of one module. */
  readonly typesOf: (file: string) => readonly NamedType[];
  /** Module of a type, or undefined for a type that is no definition. */
  readonly fileOf: (name: string) => string | undefined;
  /** A schema with its references replaced by the names of types. */
  readonly link: (schema: JsonObject) => JsonObject;
}

/**
 * Pass "definitions": a definition that one kind uses stands in that kind's module, one that several use in a module
 * of its API group and version, such as `core-v1`.
 */
export function buildDefinitionTypes(
  source: Source,
  roots: readonly JsonObject[],
  kinds: readonly KindNames[],
  taken: ReadonlySet<string>,
  options: { readonly docs: boolean },
): DefinitionTypes {
  const united = uniteDefinitions(source, options.docs);
  const users = findUsers(united, roots, kinds);
  const names = nameDefinitions([...users.keys()].sort(compareText), taken);
  const files = new Map([...users].map(([id, files_]) => [id, homeOf(id, files_)]));
  const link = (node: JsonObject): JsonObject => {
    const [id] = typeof node['$ref'] === 'string' ? referencesIn(node) : [];
    if (id === undefined) return mapChildren(node, link);
    const { $ref: _ref, ...rest } = node;
    const name = names.get(id);
    return name === undefined ? rest : { ...rest, [TYPE]: name };
  };
  const types = [...users.keys()].sort(compareText).map((id) => ({
    file: files.get(id) as string,
    type: { name: names.get(id) as string, schema: link(united.get(id) as JsonObject) },
  }));
  const kindFiles = new Set(kinds.map((kind) => kind.file));
  const fileOfName = new Map(types.map(({ file, type }) => [type.name, file]));
  return {
    names: [...names.values()],
    sharedFiles: [...new Set(types.map(({ file }) => file))].filter((file) => !kindFiles.has(file)).sort(compareText),
    typesOf: (file) => types.filter((entry) => entry.file === file).map((entry) => entry.type),
    fileOf: (name) => fileOfName.get(name),
    link,
  };
}

function uniteDefinitions(source: Source, docs: boolean): Map<string, JsonObject> {
  const releases = [...source.releases].sort((a, b) => compareReleases(a.release, b.release));
  const notes = releaseNotes(releases.map(({ release }) => ({ ...release, version: '' })));
  const ids = [...new Set(releases.flatMap((release) => Object.keys(release.definitions ?? {})))];
  return new Map(
    ids.map((id) => {
      const members = releases.flatMap((release, index) => {
        const definition = release.definitions?.[id];
        return definition === undefined ? [] : [{ index, schema: normaliseVariant(definition, docs) }];
      });
      return [id, uniteSchemas(members, notes)];
    }),
  );
}

/** For each definition that can be reached, the modules of the kinds that reach it. Every kind has ObjectMeta. */
function findUsers(
  definitions: ReadonlyMap<string, JsonObject>,
  roots: readonly JsonObject[],
  kinds: readonly KindNames[],
): Map<string, Set<string>> {
  const users = new Map<string, Set<string>>();
  const metadata = [...definitions.keys()].filter((id) => id.endsWith('.meta.v1.ObjectMeta'));
  kinds.forEach(({ file }, index) => {
    const queue = [...referencesIn(roots[index] ?? {}), ...metadata];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      const known = users.get(id) ?? new Set<string>();
      const definition = definitions.get(id);
      if (known.has(file) || definition === undefined) continue;
      users.set(id, known.add(file));
      queue.push(...referencesIn(definition));
    }
  });
  return users;
}

/** The last part of the definition's name; where two have the same, or a kind has it, the part before it is added. */
function nameDefinitions(ids: readonly string[], taken: ReadonlySet<string>): Map<string, string> {
  const last = (id: string): string => pascalCase(id.split('.').pop() as string);
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(last(id), (counts.get(last(id)) ?? 0) + 1);
  const reserved = new Set([...taken].filter((name) => name !== 'ObjectMeta'));
  return new Map(
    ids.map((id) => {
      const name = last(id);
      if ((counts.get(name) ?? 0) > 1) return [id, `${pascalCase(id.split('.').slice(-3, -2).join('.'))}${name}`];
      return [id, reserved.has(name) ? `${name}Object` : name];
    }),
  );
}

function homeOf(id: string, users: ReadonlySet<string>): string {
  const [only] = users;
  if (users.size === 1 && only !== undefined) return only;
  const parts = id.split('.');
  const group = parts[parts.length - 3];
  const version = parts[parts.length - 2];
  if (id.includes('.apimachinery.') || group === undefined || version === undefined) return 'meta-v1';
  return kebabCase(`${group}-${version}`);
}

