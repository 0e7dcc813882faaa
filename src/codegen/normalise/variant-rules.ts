import type { Json } from '../../rules/json';
import { isJsonObject, setKey } from '../../rules/json';
import { CEL_RULES } from './cel-rules';
import { ONE_OF_RULES } from './one-of-rules';
import { DISCRIMINATOR, GROUPS, OPEN, TYPE, propertiesOf, strings } from './rule';
import type { NormaliseRule } from './rule';

/** What a type can say of a value; bounds, patterns, formats and defaults are left to validation. */
const KEPT = new Set([
  ...['type', 'properties', 'required', 'items', 'additionalProperties', 'enum', 'nullable', 'description', '$ref', 'anyOf'],
  ...[GROUPS, DISCRIMINATOR, OPEN, TYPE],
]);

/** Rules that run on each published schema, before all of them are united. */
export const VARIANT_RULES: readonly NormaliseRule[] = [
  ...ONE_OF_RULES,
  ...CEL_RULES,
  {
    name: 'defaulted-properties',
    about: 'a property with a default need not be given: the server fills it in before it asks what is required',
    apply: (node) => {
      const properties = propertiesOf(node);
      const isGiven = (key: string): boolean => properties[key]?.['default'] === undefined;
      const required = strings(node['required']);
      if (required.every(isGiven)) return node;
      const { required: _required, ...rest } = node;
      const left = required.filter(isGiven);
      return left.length === 0 ? rest : { ...rest, required: left };
    },
  },
  {
    name: 'int-or-string',
    about: 'x-kubernetes-int-or-string is a number or a string',
    apply: (node) => (node['x-kubernetes-int-or-string'] === true ? { ...node, type: ['number', 'string'] } : node),
  },
  {
    name: 'scalar-any-of',
    about: 'anyOf of plain types becomes a list of types; any other anyOf is left to validation',
    apply: (node) => {
      if (!Array.isArray(node['anyOf'])) return node;
      const { anyOf, ...rest } = node;
      const types = (anyOf as readonly Json[]).flatMap(plainType);
      const isPlain = types.length === (anyOf as readonly Json[]).length && rest['type'] === undefined;
      return isPlain ? { ...rest, type: types } : rest;
    },
  },
  {
    name: 'embedded-resource',
    about: 'a whole Kubernetes object inside another one has an apiVersion, a kind and metadata',
    apply: (node) => {
      if (node['x-kubernetes-embedded-resource'] !== true) return node;
      const properties: Record<string, Json> = {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      };
      for (const [key, value] of Object.entries(isJsonObject(node['properties']) ? node['properties'] : {})) {
        setKey(properties, key, value);
      }
      const required = new Set([...((node['required'] ?? []) as readonly string[]), 'apiVersion', 'kind']);
      return { ...node, type: 'object', properties, required: [...required] };
    },
  },
  {
    name: 'preserved-fields',
    about: 'an object that keeps unknown fields is open; without a type it is anything',
    apply: (node) => {
      if (node['x-kubernetes-preserve-unknown-fields'] !== true) return node;
      return node['type'] === 'object' || isJsonObject(node['properties']) ? { ...node, type: 'object', [OPEN]: true } : node;
    },
  },
  {
    name: 'open-map',
    about: 'additionalProperties without a schema keeps unknown fields; false says what a structural schema says anyway',
    apply: (node) => {
      const values = node['additionalProperties'];
      if (typeof values !== 'boolean' && !(isJsonObject(values) && Object.keys(values).length === 0)) return node;
      const { additionalProperties: _values, ...rest } = node;
      return values === false ? rest : { ...rest, [OPEN]: true };
    },
  },
  {
    name: 'numbers',
    about: 'an integer is a number, and one type in a list is that type',
    apply: (node) => {
      const types = Array.isArray(node['type']) ? (node['type'] as readonly string[]) : [node['type']];
      if (types[0] === undefined) return node;
      const merged = [...new Set(types.map((type) => (type === 'integer' ? 'number' : (type as string))))].sort();
      return { ...node, type: merged.length === 1 ? (merged[0] as string) : merged };
    },
  },
  {
    name: 'types-only',
    about: 'keywords that a type cannot say are dropped',
    apply: (node) => {
      const kept: Record<string, Json> = {};
      for (const [key, value] of Object.entries(node)) if (KEPT.has(key)) setKey(kept, key, value);
      return kept;
    },
  },
];

function plainType(option: Json): string[] {
  const type = isJsonObject(option) && Object.keys(option).length === 1 ? option['type'] : undefined;
  return typeof type === 'string' && type !== 'object' && type !== 'array' ? [type] : [];
}
