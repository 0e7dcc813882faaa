import { isJsonObject, setKey } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import { DISCRIMINATOR, GROUPS, OPEN, TYPE, discriminatorOf, groupsOf, propertiesOf, strings, without } from './rule';
import type { Discriminator, Group, NormaliseRule } from './rule';

/** More combinations of arms than this make slow types and unreadable errors. */
const MOST_COMBINATIONS = 64;
const NEVER: JsonObject = { tsType: 'never' };

/** Rules that run on the named types of the union; what they leave is JSON Schema for json-schema-to-typescript. */
export const TYPE_RULES: readonly NormaliseRule[] = [
  {
    name: 'plain-descriptions',
    about: 'a description cannot end the comment that it stands in',
    apply: (node) => {
      const { description, ...rest } = node;
      if (typeof description !== 'string') return node;
      const text = description.replace(/\*\//g, '*\u200b/').replace(/[ \t]+$/gm, '').trim();
      return text === '' ? rest : { ...rest, description: text };
    },
  },
  {
    name: 'type-names',
    about: 'a reference to a named type is its name',
    apply: (node) => {
      if (typeof node[TYPE] !== 'string') return node;
      const isNull = node['nullable'] === true;
      const name = node[TYPE];
      return { ...without(node, TYPE, 'nullable'), tsType: isNull ? `(${name} | null)` : name };
    },
  },
  {
    name: 'useful-groups',
    about: 'a group with a required property, or one that makes too many combinations, is left to validation',
    apply: (node) => {
      if (node[GROUPS] === undefined) return node;
      const kept: Group[] = [];
      const taken = new Set(discriminatorKeys(discriminatorOf(node)));
      let combinations = 1;
      for (const group of [...groupsOf(node)].sort((a, b) => b.keys.length - a.keys.length)) {
        const isPointless = group.keys.some((key) => strings(node['required']).includes(key) || taken.has(key));
        if (isPointless || combinations * group.keys.length > MOST_COMBINATIONS) continue;
        combinations *= group.keys.length;
        kept.push(group);
      }
      return kept.length === 0 ? without(node, GROUPS) : { ...node, [GROUPS]: kept as unknown as Json };
    },
  },
  {
    name: 'arms',
    about: 'alternatives become closed arms in which the properties of the other arms are never',
    apply: (node) => {
      const discriminator = discriminatorOf(node);
      const groups = groupsOf(node);
      if (discriminator === undefined && groups.length === 0) return node;
      const properties = propertiesOf(node);
      const required = strings(node['required']);
      const inArms = new Set([...discriminatorKeys(discriminator), ...groups.flatMap((group) => group.keys)]);
      const base = Object.entries(properties).filter(([key]) => !inArms.has(key));
      const parts: JsonObject[] = [
        ...(discriminator === undefined ? [] : [discriminated(discriminator, properties)]),
        ...groups.map((group) => alternatives(group, properties, groups)),
      ];
      const isOpen = node[OPEN] === true;
      if (base.length > 0 || isOpen) {
        const { description: _description, nullable: _nullable, ...rest } = without(node, GROUPS, DISCRIMINATOR);
        parts.unshift({ ...rest, properties: fromEntries(base), required: required.filter((key) => !inArms.has(key)) });
      }
      const outer = {
        ...(node['description'] === undefined ? {} : { description: node['description'] }),
        ...(node['nullable'] === undefined ? {} : { nullable: node['nullable'] }),
      };
      return parts.length === 1 ? { ...parts[0], ...outer } : { allOf: parts, ...outer };
    },
  },
  {
    name: 'empty-objects',
    about: 'an object without any field takes none, and one that keeps unknown fields takes all',
    apply: (node) => {
      const isBare = node['type'] === 'object' && !isJsonObject(node['additionalProperties']);
      if (!isBare || Object.keys(propertiesOf(node)).length > 0) return node;
      const tsType = node[OPEN] === true ? '{ [key: string]: unknown }' : '{ [key: string]: never }';
      return { ...without(node, 'type', 'properties', 'required', OPEN), tsType };
    },
  },
  {
    name: 'closed-objects',
    about: 'an object takes the fields it has and no other, unless it keeps unknown ones',
    apply: (node) => {
      if (node['type'] !== 'object' || node['additionalProperties'] !== undefined) return node;
      return { ...without(node, OPEN), additionalProperties: node[OPEN] === true };
    },
  },
  {
    name: 'nullable',
    about: 'what may be null is a union with null',
    apply: (node) => {
      if (node['nullable'] !== true) return node;
      const { description, ...rest } = without(node, 'nullable');
      const outer = description === undefined ? {} : { description };
      if (typeof rest['tsType'] === 'string') return { ...outer, tsType: `(${rest['tsType']} | null)` };
      return { ...outer, anyOf: [rest, { type: 'null' }] };
    },
  },
  {
    name: 'unknown-values',
    about: 'a schema that says nothing is unknown, not any',
    apply: (node) => {
      const says = Object.keys(node).filter((key) => key !== 'description');
      return says.length === 0 ? { ...node, tsType: 'unknown' } : node;
    },
  },
];

function discriminatorKeys(discriminator: Discriminator | undefined): string[] {
  return discriminator === undefined ? [] : [discriminator.key, ...Object.values(discriminator.values)];
}

/** One arm for each property of a group. Where none may be set, each arm's own property is optional. */
function alternatives(group: Group, properties: { readonly [name: string]: JsonObject }, groups: readonly Group[]): JsonObject {
  const arms = group.keys.map((own) => ({
    type: 'object',
    properties: fromEntries(
      group.keys.map((key) => [key, key === own ? armProperty(key, group, properties, groups) : NEVER]),
    ),
    ...(group.needed ? { required: [own] } : {}),
  }));
  return { anyOf: arms };
}

/** A property that stands in two groups has its type in each: the arms are intersected. */
function armProperty(
  key: string,
  group: Group,
  properties: { readonly [name: string]: JsonObject },
  groups: readonly Group[],
): JsonObject {
  const property = properties[key] ?? {};
  const isFirst = groups.find((other) => other.keys.includes(key)) === group;
  return isFirst ? property : without(property, 'description');
}

/** One arm for each value that needs a property, and one for all values that need none. */
function discriminated(discriminator: Discriminator, properties: { readonly [name: string]: JsonObject }): JsonObject {
  const { key, values } = discriminator;
  const bound = Object.entries(values);
  const free = strings(properties[key]?.['enum']).filter((value) => values[value] === undefined);
  const arm = (constants: readonly string[], own: string | undefined): JsonObject => ({
    type: 'object',
    properties: fromEntries([
      [key, { ...properties[key], enum: constants }],
      ...[...new Set(Object.values(values))].map(
        (name): [string, JsonObject] => [name, name === own ? (properties[name] ?? {}) : NEVER],
      ),
    ]),
    required: own === undefined ? [key] : [key, own],
  });
  const arms = bound.map(([value, own]) => arm([value], own));
  return { anyOf: free.length === 0 ? arms : [...arms, arm(free, undefined)] };
}

function fromEntries(entries: readonly (readonly [string, JsonObject])[]): JsonObject {
  const result: Record<string, Json> = {};
  for (const [key, value] of entries) setKey(result, key, value);
  return result;
}
