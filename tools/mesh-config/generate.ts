import { normaliseVariant } from '../../src/codegen/build-types';
import { emitIndex } from '../../src/codegen/emit/emit-index';
import { emitModule } from '../../src/codegen/emit/emit-module';
import { emitRules } from '../../src/codegen/emit/emit-rules';
import { OWN_IMPORTS } from '../../src/codegen/emit/imports';
import { referencesIn } from '../../src/codegen/input/openapi-definitions';
import type { NamedType } from '../../src/codegen/name-types';
import { TYPE, applyRules } from '../../src/codegen/normalise/rule';
import { TYPE_RULES } from '../../src/codegen/normalise/type-rules';
import { releaseNotes } from '../../src/codegen/release-notes';
import { mapChildren } from '../../src/codegen/schema-walk';
import { uniteSchemas } from '../../src/codegen/union-schemas';
import type { JsonObject } from '../../src/rules/json';
import type { KindRules } from '../../src/rules/kind-rules';
import { shareSubtrees } from '../../src/rules/sharing';
import { encodeVariants } from '../../src/rules/variants';
import { RELEASES, readMeshConfigSchema } from './schema';
import type { MeshConfigSchema } from './schema';

/** Messages that are types of their own for users: the mesh's configuration, and its networks. */
const ROOTS = { MeshConfig: 'istio.mesh.v1alpha1.MeshConfig', MeshNetworks: 'istio.mesh.v1alpha1.MeshNetworks' } as const;

/** The files of `imports/mesh-config`: the types of MeshConfig and ProxyConfig over all known releases, and their rules. */
export async function generateMeshConfig(shared: string): Promise<Map<string, string>> {
  const schemas = RELEASES.map((release) => readMeshConfigSchema(shared, release));
  const types = namedTypes(schemas);
  const files = new Map<string, string>();
  files.set('mesh-config/mesh-config.ts', await emitModule({ types, foreign: [] }));
  files.set('mesh-config/index.ts', emitIndex([{ file: 'mesh-config', classes: [], types: types.map(({ name }) => name) }], OWN_IMPORTS));
  for (const [kind, message] of Object.entries(ROOTS)) {
    files.set(`mesh-config/${kebab(kind)}.rules.ts`, emitRules(rulesOf(kind, message, schemas), OWN_IMPORTS));
  }
  return files;
}

function namedTypes(schemas: readonly MeshConfigSchema[]): NamedType[] {
  const notes = releaseNotes(schemas.map(({ release }) => ({ release, version: '' })));
  const messages = reachable(schemas);
  const names = nameMessages(messages);
  const link = (node: JsonObject): JsonObject => {
    const [message] = typeof node['$ref'] === 'string' ? referencesIn(node) : [];
    if (message === undefined) return mapChildren(node, link);
    const { $ref: _ref, ...rest } = node;
    return { ...rest, [TYPE]: names.get(message) as string };
  };
  return messages.map((message) => {
    const members = schemas.flatMap(({ messages: all }, index) => {
      const schema = all[message];
      return schema === undefined ? [] : [{ index, schema: normaliseVariant(schema, false) }];
    });
    return { name: names.get(message) as string, schema: applyRules(TYPE_RULES, link(uniteSchemas(members, notes))) };
  });
}

function reachable(schemas: readonly MeshConfigSchema[]): string[] {
  const found = new Set<string>();
  const queue: string[] = Object.values(ROOTS);
  for (let message = queue.pop(); message !== undefined; message = queue.pop()) {
    if (found.has(message)) continue;
    found.add(message);
    for (const { messages } of schemas) queue.push(...referencesIn(messages[message] ?? {}));
  }
  return [...found].sort();
}

/**
 * `istio.mesh.v1alpha1.MeshConfig.ExtensionProvider.ZipkinTracingProvider` is `ZipkinTracingProvider`: the shortest end of the
 * message's own name that no other message has.
 */
function nameMessages(messages: readonly string[]): Map<string, string> {
  const own = messages.map((message) => message.replace(/^istio\.\w+\.v\w+\./, '').split('.'));
  const end = (parts: readonly string[], length: number): string => parts.slice(-length).join('');
  return new Map(
    messages.map((message, index) => {
      const parts = own[index] as string[];
      let length = 1;
      while (length < parts.length && own.some((other, at) => at !== index && end(other, length) === end(parts, length))) length += 1;
      return [message, end(parts, length)];
    }),
  );
}

/** The rules of one message with all that it holds in place: no message holds itself. */
function rulesOf(kind: string, message: string, schemas: readonly MeshConfigSchema[]): KindRules {
  const variants = schemas.map(({ release }) => ({ release, version: 'v1alpha1' }));
  const { root, defs } = shareSubtrees(encodeVariants(schemas.map(({ messages }) => inline(messages, message))));
  return {
    source: 'istio',
    group: 'mesh.istio.io',
    kind,
    plural: '',
    scope: 'Namespaced',
    preferredVersion: 'v1alpha1',
    variants,
    releases: schemas.map(({ release }) => ({ release })),
    schema: root,
    defs,
    transitionRules: 0,
  };
}

function inline(messages: MeshConfigSchema['messages'], message: string): JsonObject {
  const expand = (node: JsonObject): JsonObject => {
    const [target] = typeof node['$ref'] === 'string' ? referencesIn(node) : [];
    return target === undefined ? mapChildren(node, expand) : expand(messages[target] as JsonObject);
  };
  return expand(messages[message] as JsonObject);
}

function kebab(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
