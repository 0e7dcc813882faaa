import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import { DISCRIMINATOR, addGroups, propertiesOf, strings } from './rule';
import type { Discriminator, Group, NormaliseRule } from './rule';

const KEY = '([A-Za-z_][A-Za-z0-9_]*)';
const TERM = `\\( ?has\\(self\\.${KEY}\\) \\? 1 : 0 ?\\)`;

/** Rules that read alternatives off CEL rules in the forms that publishers write. Any other rule is left to validation. */
export const CEL_RULES: readonly NormaliseRule[] = [
  {
    name: 'cel-groups',
    about: 'CEL rules that allow at most one or exactly one of some properties become groups',
    apply: (node) => addGroups(node, celOf(node).flatMap((rule) => readGroup(rule, node) ?? [])),
  },
  {
    name: 'cel-discriminator',
    about: 'CEL rules that bind a property to one value of a required enum become a discriminator',
    apply: (node) => {
      const discriminator = readDiscriminator(node);
      return discriminator === undefined ? node : { ...node, [DISCRIMINATOR]: discriminator as unknown as Json };
    },
  },
];

function celOf(node: JsonObject): readonly string[] {
  const validations = node['x-kubernetes-validations'];
  if (!Array.isArray(validations)) return [];
  return (validations as readonly Json[]).flatMap((validation) =>
    isJsonObject(validation) && typeof validation['rule'] === 'string'
      ? [validation['rule'].replace(/\s+/g, ' ').trim()]
      : [],
  );
}

function readGroup(rule: string, node: JsonObject): Group | undefined {
  const group = readSum(rule) ?? readPair(rule);
  return group?.keys.every((key) => key in propertiesOf(node)) === true ? group : undefined;
}

/** `(has(self.a) ? 1 : 0) + (has(self.b) ? 1 : 0) <= 1`. */
function readSum(rule: string): Group | undefined {
  const match = new RegExp(`^${TERM}(?: \\+ ${TERM})+ (<=|==) 1$`).exec(rule);
  if (match === null) return undefined;
  const keys = [...rule.matchAll(new RegExp(TERM, 'g'))].map((term) => term[1] as string);
  return { keys, needed: rule.endsWith('== 1') };
}

/** `has(self.a) != has(self.b)` and `!(has(self.a) && has(self.b))`. */
function readPair(rule: string): Group | undefined {
  const either = new RegExp(`^has\\(self\\.${KEY}\\) != has\\(self\\.${KEY}\\)$`).exec(rule);
  if (either !== null) return { keys: [either[1] as string, either[2] as string], needed: true };
  const notBoth = new RegExp(`^!\\(has\\(self\\.${KEY}\\) && has\\(self\\.${KEY}\\)\\)$`).exec(rule);
  return notBoth === null ? undefined : { keys: [notBoth[1] as string, notBoth[2] as string], needed: false };
}

/** How one rule binds `key == value` and "`property` is set": the first needs the second, or the other way round. */
interface Binding {
  readonly key: string;
  readonly value: string;
  readonly property: string;
  readonly directions: readonly ('value needs property' | 'property needs value')[];
}

const EQUALS = `self\\.${KEY} == ["']([^"']+)["']`;
const DIFFERS = `self\\.${KEY} != ["']([^"']+)["']`;
const HAS = `has\\(self\\.${KEY}\\)`;

/** Each form with the places of key, value and property among its captures. */
const FORMS: readonly { form: string; at: readonly [number, number, number]; directions: Binding['directions'] }[] = [
  { form: `!\\(${HAS} && ${DIFFERS}\\)`, at: [2, 3, 1], directions: ['property needs value'] },
  { form: `!\\(!${HAS} && ${EQUALS}\\)`, at: [2, 3, 1], directions: ['value needs property'] },
  { form: `${EQUALS} \\? ${HAS} : true`, at: [1, 2, 3], directions: ['value needs property'] },
  { form: `${HAS} \\? ${EQUALS} : true`, at: [2, 3, 1], directions: ['property needs value'] },
];

function readBinding(rule: string): Binding | undefined {
  const both = new RegExp(`^${EQUALS} \\? ${HAS} : !${HAS}$`).exec(rule);
  if (both !== null && both[3] === both[4]) {
    const [, key, value, property] = both as unknown as [string, string, string, string];
    return { key, value, property, directions: ['value needs property', 'property needs value'] };
  }
  for (const { form, at, directions } of FORMS) {
    const match = new RegExp(`^${form}$`).exec(rule);
    if (match === null) continue;
    const [key, value, property] = at.map((index) => match[index] as string) as [string, string, string];
    return { key, value, property, directions };
  }
  return undefined;
}

function readDiscriminator(node: JsonObject): Discriminator | undefined {
  const bindings = celOf(node).flatMap((rule) => readBinding(rule) ?? []);
  const key = bindings[0]?.key;
  // an optional or open discriminator has values that no arm could name
  if (key === undefined || !strings(node['required']).includes(key)) return undefined;
  const allowed = strings(propertiesOf(node)[key]?.['enum']);
  const values: Record<string, string> = {};
  for (const { value, property } of bindings.filter((binding) => binding.key === key)) {
    const directions = bindings
      .filter((other) => other.key === key && other.value === value && other.property === property)
      .flatMap((other) => other.directions);
    const isBound = new Set(directions).size === 2 && allowed.includes(value) && property in propertiesOf(node);
    if (isBound) values[value] = property;
  }
  return Object.keys(values).length === 0 ? undefined : { key, values };
}
