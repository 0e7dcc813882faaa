import { isJsonObject, setKey } from './json';
import type { Json, JsonObject } from './json';
import type { KindRules, SharedRules, Variant } from './kind-rules';
import { refOf, sharedName } from './sharing';
import { decodeVariant, pickVariant, unescapeMark } from './variants';

const DEFINITIONS = '#/definitions/';

/** The schema of one variant of a kind. */
export interface KindSchema {
  /** The whole object's schema. A subtree that repeats is the same JavaScript object each time. */
  readonly root: JsonObject;
  /**
   * The node that a node with `$ref` stands for; any other node is given back as it is. Only kinds of Kubernetes'
   * OpenAPI have references, and those may be recursive.
   */
  readonly resolve: (node: JsonObject) => JsonObject;
}

/** The schema of variant number `index` of `rules.variants`, or undefined where the rules have none. */
export function schemaOfVariant(rules: KindRules, index: number, shared?: SharedRules): KindSchema | undefined {
  const variant = rules.variants[index];
  if (variant === undefined) return undefined;
  const root = resolveDefs(rules, index);
  return root === undefined ? undefined : { root, resolve: definitionResolver(shared, variant) };
}

/** Number of the variant that holds for a release (and channel) under a served version, or undefined. */
export function variantIndex(
  rules: KindRules,
  wanted: { release: string; channel?: string | undefined; version: string },
): number | undefined {
  const index = rules.variants.findIndex(
    (variant) =>
      variant.release === wanted.release && variant.channel === wanted.channel && variant.version === wanted.version,
  );
  return index < 0 ? undefined : index;
}

function resolveDefs(rules: KindRules, index: number): JsonObject | undefined {
  const resolved = new Map<string, Json>();
  const resolve = (tree: Json): Json | undefined => {
    const value = pickVariant(tree, index);
    if (Array.isArray(value)) return (value as readonly Json[]).map((item) => resolve(item) as Json);
    if (!isJsonObject(value)) return value;
    const name = sharedName(value);
    return name === undefined ? resolveChildren(value) : resolveShared(name);
  };
  const resolveChildren = (value: JsonObject): Json => {
    const result: Record<string, Json> = {};
    for (const [key, child] of Object.entries(value)) {
      const next = resolve(child);
      if (next !== undefined) setKey(result, unescapeMark(key), next);
    }
    return result;
  };
  const resolveShared = (name: string): Json | undefined => {
    const known = resolved.get(name);
    if (known !== undefined) return known;
    const value = resolve(rules.defs[name] as Json);
    if (value !== undefined) resolved.set(name, value);
    return value;
  };
  const root = resolve(rules.schema);
  return root !== undefined && isJsonObject(root) ? root : undefined;
}

function definitionResolver(shared: SharedRules | undefined, variant: Variant): (node: JsonObject) => JsonObject {
  if (shared === undefined) return (node) => node;
  const index = shared.releases.findIndex(
    (release) => release.release === variant.release && release.channel === variant.channel,
  );
  const decoded = new Map<string, JsonObject>();
  return (node) => {
    const ref = refOf(node);
    if (ref?.startsWith(DEFINITIONS) !== true) return node;
    const name = ref.slice(DEFINITIONS.length);
    const known = decoded.get(name);
    if (known !== undefined) return known;
    const tree = shared.definitions[name];
    const value = tree === undefined ? undefined : decodeVariant(tree, index);
    // an unknown definition accepts anything: the rules were written from a document that has it
    const definition = value !== undefined && isJsonObject(value) ? value : {};
    decoded.set(name, definition);
    return definition;
  };
}
