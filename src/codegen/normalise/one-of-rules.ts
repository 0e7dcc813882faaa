import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import { ONE_OF, addGroups, propertiesOf, strings, without } from './rule';
import type { Group, NormaliseRule } from './rule';

/** Rules that read alternatives off `oneOf`. */
export const ONE_OF_RULES: readonly NormaliseRule[] = [
  {
    name: 'collect-one-of',
    about: 'every oneOf of a node, also those inside its allOf, goes into one list',
    apply: (node) => {
      const inner = Array.isArray(node['allOf']) ? (node['allOf'] as readonly Json[]).filter(isJsonObject) : [];
      const lists = [node, ...inner].flatMap((part) => (Array.isArray(part['oneOf']) ? [part['oneOf'] as Json] : []));
      return lists.length === 0 ? node : { ...without(node, 'oneOf', 'allOf'), [ONE_OF]: lists };
    },
  },
  {
    name: 'nested-arms',
    about: 'an arm that says something about the property it requires says it at the property itself',
    apply: (node) => {
      if (!Array.isArray(node[ONE_OF])) return node;
      const properties: Record<string, JsonObject> = { ...propertiesOf(node) };
      const lists = (node[ONE_OF] as readonly (readonly Json[])[]).map((arms) =>
        arms.map((arm) => {
          if (!isJsonObject(arm) || !isJsonObject(arm['properties'])) return arm;
          const entries = Object.entries(arm['properties']);
          const moves = entries.every(([key, child]) => isOwnConstraint(arms, arm, key, child) && properties[key]);
          if (!moves) return arm;
          for (const [key, child] of entries) {
            const target = properties[key] as JsonObject;
            const before = Array.isArray(target['allOf']) ? (target['allOf'] as readonly Json[]) : [];
            properties[key] = { ...target, allOf: [...before, child] };
          }
          return without(arm, 'properties');
        }),
      );
      return { ...node, properties, [ONE_OF]: lists };
    },
  },
  {
    name: 'required-arms',
    about: 'arms that each require another property become a group; other alternatives are left to validation',
    apply: (node) => {
      if (!Array.isArray(node[ONE_OF])) return node;
      const read = (node[ONE_OF] as readonly (readonly Json[])[]).flatMap((arms) => readArms(arms) ?? []);
      const required = [...new Set([...strings(node['required']), ...read.flatMap((arms) => arms.common)])];
      const plain = without(node, ONE_OF);
      return addGroups(
        required.length === 0 ? plain : { ...plain, required },
        read.flatMap((arms) => (arms.group.keys.length > 1 ? [arms.group] : [])),
      );
    },
  },
];

/** True where only this arm speaks of `key`, requires it, and says nothing of its type. */
function isOwnConstraint(arms: readonly Json[], arm: JsonObject, key: string, child: Json): boolean {
  const others = arms.filter((other) => other !== arm);
  const spokenOf = others.some(
    (other) => isJsonObject(other) && (strings(other['required']).includes(key) || key in propertiesOf(other)),
  );
  const keys = isJsonObject(child) ? Object.keys(child) : [];
  return !spokenOf && strings(arm['required']).includes(key) && keys.every((keyword) => keyword === 'oneOf');
}

function readArms(arms: readonly Json[]): { group: Group; common: readonly string[] } | undefined {
  const none = arms.map(excludedKeys).find((keys) => keys !== undefined);
  const lists = arms.filter((arm) => excludedKeys(arm) === undefined).map(requiredKeys);
  if (lists.length === 0 || lists.some((keys) => keys === undefined)) return undefined;
  const known = lists as readonly (readonly string[])[];
  const common = known.length < 2 ? [] : (known[0] as readonly string[]).filter((key) => known.every((keys) => keys.includes(key)));
  const own = known.map((keys) => keys.filter((key) => !common.includes(key)));
  const keys = own.flat();
  if (own.some((arm) => arm.length !== 1) || new Set(keys).size !== keys.length) return undefined;
  if (none === undefined) return { group: { keys, needed: true }, common };
  // "none of them" is an arm only if it names every one of them
  const isComplete = common.length === 0 && none.length === keys.length && keys.every((key) => none.includes(key));
  return isComplete ? { group: { keys, needed: false }, common } : undefined;
}

/** The keys of `{ required: [...] }` and nothing else. */
function requiredKeys(arm: Json): readonly string[] | undefined {
  return isJsonObject(arm) && Object.keys(arm).length === 1 && Array.isArray(arm['required'])
    ? strings(arm['required'])
    : undefined;
}

/** The keys of `{ not: { anyOf: [{ required: [a] }, …] } }`. */
function excludedKeys(arm: Json): readonly string[] | undefined {
  if (!isJsonObject(arm) || Object.keys(arm).length !== 1 || !isJsonObject(arm['not'])) return undefined;
  const options = arm['not']['anyOf'];
  if (!Array.isArray(options)) return undefined;
  const keys = (options as readonly Json[]).map(requiredKeys);
  return keys.every((list) => list?.length === 1) ? keys.flatMap((list) => list ?? []) : undefined;
}
