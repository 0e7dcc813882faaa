import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject } from '../../rules/json';
import { mapChildren } from '../schema-walk';

/**
 * One step of the normalise pass: a schema node goes in, an equal or simpler one comes out. A rule sees one node at a
 * time; what it says about a child it writes into the child, which is visited after it.
 */
export interface NormaliseRule {
  /** Kebab-case; its examples stand in `test/codegen/normalise/NAME.json`. */
  readonly name: string;
  /** What it does, in one sentence. */
  readonly about: string;
  readonly apply: (node: JsonObject) => JsonObject;
}

/**
 * Keywords of our own that stand between the rules. They never reach a file.
 *
 * - `x-one-of`: lists of arms, one list for each `oneOf` of the node
 * - `x-groups`: sibling properties of which at most one, or exactly one, may be set
 * - `x-discriminator`: a property whose value says which sibling must be set
 * - `x-open`: unknown fields are kept
 * - `x-type`: the node stands as a type of this name
 */
export const ONE_OF = 'x-one-of';
export const GROUPS = 'x-groups';
export const DISCRIMINATOR = 'x-discriminator';
export const OPEN = 'x-open';
export const TYPE = 'x-type';

/** Sibling properties that exclude each other. */
export interface Group {
  readonly keys: readonly string[];
  /** True where one of them must be set. */
  readonly needed: boolean;
}

/** A property whose value says which of its siblings is set. */
export interface Discriminator {
  readonly key: string;
  /** Property by value. */
  readonly values: { readonly [value: string]: string };
}

/** Applies rules in order to a schema and everything below it. */
export function applyRules(rules: readonly NormaliseRule[], schema: JsonObject): JsonObject {
  const node = rules.reduce((current, rule) => rule.apply(current), schema);
  return mapChildren(node, (child) => applyRules(rules, child));
}

/** The groups of a node. */
export function groupsOf(node: JsonObject): readonly Group[] {
  const groups = node[GROUPS];
  return Array.isArray(groups) ? (groups as unknown as readonly Group[]) : [];
}

/** The discriminator of a node, if any. */
export function discriminatorOf(node: JsonObject): Discriminator | undefined {
  const discriminator = node[DISCRIMINATOR];
  return isJsonObject(discriminator) ? (discriminator as unknown as Discriminator) : undefined;
}

/** The node with more groups; the same keys twice count once, as needed if either says so. */
export function addGroups(node: JsonObject, groups: readonly Group[]): JsonObject {
  if (groups.length === 0) return node;
  const merged = new Map<string, Group>();
  for (const group of [...groupsOf(node), ...groups]) {
    const keys = [...group.keys].sort();
    const id = JSON.stringify(keys);
    merged.set(id, { keys, needed: group.needed || merged.get(id)?.needed === true });
  }
  const sorted = [...merged.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  return { ...node, [GROUPS]: sorted as unknown as Json };
}

/** A copy without some keywords. */
export function without(node: JsonObject, ...keywords: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(node).filter(([key]) => !keywords.includes(key)));
}

/** The strings of a list of strings; an empty list for anything else. */
export function strings(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((item) => typeof item === 'string') : [];
}

/** The properties of an object's schema. */
export function propertiesOf(node: JsonObject): { readonly [name: string]: JsonObject } {
  return isJsonObject(node['properties']) ? (node['properties'] as { [name: string]: JsonObject }) : {};
}
