import type { Json } from '../../src/rules/json';
import { isJsonObject } from '../../src/rules/json';
import type { Random } from './random';
import type { SchemaNode, SchemaTree, Step } from './schema-tree';
import { listOf, namesOf, numberOf, textOf } from './schema-tree';
import { keyOfMap, textOfNode } from './texts';
import { exclusiveFields, taggedFields } from './unions';

/** How full an object is, in percent of its optional fields; half of it one level further down, and so on. */
export type Density = number;

/**
 * Makes values that a schema allows, as far as structure goes; CEL rules are only hinted at (see unions.ts).
 *
 * A goal is a path below the node that the value shall have: each property on it is there, each list on it has an item.
 */
export class Generator {
  public constructor(
    private readonly tree: SchemaTree,
    private readonly random: Random,
  ) {}

  public value(node: SchemaNode, density: Density, goal: readonly Step[] = []): Json {
    const { schema } = node;
    const known = this.definition(node);
    if (known !== undefined) return known;
    const allowed = listOf(schema, 'enum');
    if (allowed.length > 0) return this.random.pick(allowed);
    if (schema['nullable'] === true && goal.length === 0 && this.random.chance(4)) return null;
    if (schema['x-kubernetes-int-or-string'] === true) return this.random.pick<Json>([8080, '50%', 'http', 1]);
    switch (textOf(schema, 'type')) {
      case 'array':
        return this.list(node, density, goal);
      case 'string':
        return textOfNode(schema, nameOf(node), this.random);
      case 'boolean':
        return this.random.chance(50);
      case 'integer':
      case 'number':
        return this.number(node);
      default:
        return this.object(node, density, goal);
    }
  }

  /** Definitions of Kubernetes' OpenAPI that are more than their schema says. */
  private definition(node: SchemaNode): Json | undefined {
    switch (node.definition) {
      case 'Quantity':
        return this.random.pick(['500m', '1Gi', '2']);
      case 'IntOrString':
        return this.random.pick<Json>([8080, '50%', 1]);
      case 'Time':
      case 'MicroTime':
        return '2026-01-31T12:00:00Z';
      default:
        return undefined;
    }
  }

  private number({ schema }: SchemaNode): number {
    const isInteger = schema['type'] === 'integer';
    const min = numberOf(schema, 'minimum') ?? (numberOf(schema, 'maximum') === undefined ? 0 : -5);
    const max = numberOf(schema, 'maximum') ?? Math.max(min + 100, 100);
    const least = schema['exclusiveMinimum'] === true ? min + 1 : min;
    const near = [least, Math.min(least + 1, max), Math.min(Math.max(least, 8080), max), max];
    const value = this.random.pick(near);
    return isInteger ? Math.trunc(value) : this.random.chance(50) ? value : Math.min(value + 0.5, max);
  }

  private list(node: SchemaNode, density: Density, goal: readonly Step[]): Json {
    const { schema } = node;
    const item = this.tree.child(node, '[]');
    if (item === undefined) return [];
    const min = numberOf(schema, 'minItems') ?? 0;
    const max = numberOf(schema, 'maxItems') ?? Number.POSITIVE_INFINITY;
    const wanted = Math.max(min, goal.length > 0 ? 1 : 0, density > 0 ? this.random.pick([1, 1, 1, 2, 3]) : 1);
    const items: Json[] = [];
    for (let attempt = 0; items.length < Math.min(wanted, max) && attempt < wanted + 10; attempt += 1) {
      const value = this.value(item, density, items.length === 0 && goal[0] === '[]' ? goal.slice(1) : []);
      if (!items.some((other) => sameKey(node, item, other, value))) items.push(value);
    }
    return items;
  }

  private object(node: SchemaNode, density: Density, goal: readonly Step[]): Json {
    const { schema } = node;
    const properties = this.tree.properties(node);
    const result: Record<string, Json> = {};
    const tags = this.tagValues(node, goal);
    const names = this.chooseFields(node, density, goal, tags);
    for (const { name, node: child } of properties) {
      if (!names.has(name)) continue;
      const tag = tags.get(name);
      result[name] = tag ?? this.value(child, density / 2, goal[0] === `.${name}` ? goal.slice(1) : []);
    }
    const value = this.tree.child(node, '{}');
    if (value !== undefined) {
      const least = Math.max(numberOf(schema, 'minProperties') ?? 0, goal[0] === '{}' ? 1 : 0, properties.length === 0 && density > 0 ? 1 : 0);
      const most = Math.min(least + (density > 0 ? this.random.below(2) : 0), numberOf(schema, 'maxProperties') ?? Number.POSITIVE_INFINITY);
      for (let index = 0; index < most; index += 1) {
        result[keyOfMap(schema, index, value.definition === 'Quantity')] = this.value(value, density / 2, index === 0 && goal[0] === '{}' ? goal.slice(1) : []);
      }
    } else if (properties.length === 0 && isOpen(node)) {
      return this.random.pick<Json>([{}, { any: 'thing' }, { nested: { list: [1, 'two', null] } }]);
    }
    return result;
  }

  private chooseFields(node: SchemaNode, density: Density, goal: readonly Step[], tags: ReadonlyMap<string, string>): ReadonlySet<string> {
    const { schema } = node;
    const required = namesOf(schema, 'required');
    const aim = goal[0]?.startsWith('.') === true ? goal[0].slice(1) : undefined;
    const names = new Set(required);
    for (const { name } of this.tree.properties(node)) {
      if (this.random.chance(Math.round(density))) names.add(name);
    }
    if (aim !== undefined) names.add(aim);
    for (const tag of tags.keys()) names.add(tag);
    for (const { field, tag, value } of taggedFields(schema)) {
      if (tags.get(tag) === value) names.add(field);
      else if (tags.has(tag) && field !== aim) names.delete(field);
    }
    for (const { fields, needsOne } of exclusiveFields(schema)) {
      const present = fields.filter((field) => names.has(field));
      const kept = aim !== undefined && fields.includes(aim) ? aim : (present.length > 0 ? this.random.pick(present) : needsOne ? this.random.pick(fields) : undefined);
      for (const field of fields) if (field !== kept && !required.includes(field)) names.delete(field);
      if (kept !== undefined) names.add(kept);
    }
    const least = numberOf(schema, 'minProperties') ?? 0;
    for (const { name } of this.random.shuffled(this.tree.properties(node))) if (names.size < least) names.add(name);
    return names;
  }

  /** A value for each tag that fields depend on; the goal decides where it is one of these fields. */
  private tagValues(node: SchemaNode, goal: readonly Step[]): ReadonlyMap<string, string> {
    const values = new Map<string, string>();
    const tagged = taggedFields(node.schema);
    for (const { tag, field, value } of tagged) {
      const child = this.tree.child(node, `.${tag}`);
      if (child === undefined) continue;
      const allowed = listOf(child.schema, 'enum').filter((item) => typeof item === 'string');
      if (goal[0] === `.${field}`) values.set(tag, value);
      else if (!values.has(tag)) values.set(tag, this.random.pick(allowed.length > 0 ? allowed : [value]));
    }
    return values;
  }
}

/** Last name on the path of a node, for guessing what a text is for. */
function nameOf(node: SchemaNode): string {
  const named = node.steps.filter((step) => step.startsWith('.'));
  return named[named.length - 1]?.slice(1) ?? '';
}

export function isOpen({ schema }: SchemaNode): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true || schema['additionalProperties'] === true;
}

/** True where two items of a list would count as the same one; keys that a default fills are the same too. */
function sameKey(list: SchemaNode, item: SchemaNode, a: Json, b: Json): boolean {
  const type = list.schema['x-kubernetes-list-type'];
  if (type === 'set') return JSON.stringify(a) === JSON.stringify(b);
  if (type !== 'map' || !isJsonObject(a) || !isJsonObject(b)) return false;
  const properties = item.schema['properties'];
  const keyOf = (value: Json, key: string): Json => {
    const fallback = isJsonObject(properties) && isJsonObject(properties[key]) ? properties[key]['default'] : undefined;
    return (isJsonObject(value) ? value[key] : undefined) ?? fallback ?? null;
  };
  return namesOf(list.schema, 'x-kubernetes-list-map-keys').every((key) => JSON.stringify(keyOf(a, key)) === JSON.stringify(keyOf(b, key)));
}
