import type { Json, JsonObject } from '../../src/rules/json';
import { isJsonObject } from '../../src/rules/json';
import { listOf, namesOf, textOf } from './schema-tree';

/** Fields of which an object has one at most. */
export interface ExclusiveFields {
  readonly fields: readonly string[];
  readonly needsOne: boolean;
}

/** A field that stands exactly where another one has a certain value, such as `cors` where `type` is `CORS`. */
export interface TaggedField {
  readonly field: string;
  readonly tag: string;
  readonly value: string;
}

/** What the schema says of fields that exclude each other: in oneOf (also within allOf), and in CEL as a sum of has(). */
export function exclusiveFields(schema: JsonObject): readonly ExclusiveFields[] {
  const groups: ExclusiveFields[] = [];
  for (const part of [schema, ...listOf(schema, 'allOf').filter(isJsonObject)]) {
    const arms = listOf(part, 'oneOf').filter(isJsonObject);
    const fields = arms.flatMap((arm) => namesOf(arm, 'required'));
    if (fields.length > 0) groups.push({ fields, needsOne: !arms.some((arm) => 'not' in arm) });
  }
  for (const rule of ruleTexts(schema)) {
    const sum = [...rule.matchAll(/\(has\(self\.(\w+)\) \? 1 : 0\)/g)].map((match) => match[1] ?? '');
    if (sum.length > 1) groups.push({ fields: sum, needsOne: false });
    const unequal = /^has\(self\.(\w+)\) != has\(self\.(\w+)\)$/.exec(rule.trim());
    if (unequal !== null) groups.push({ fields: unequal.slice(1), needsOne: true });
  }
  return groups;
}

/**
 * Fields that depend on a tag, read from rules that speak of one field's presence and one value only. A hint for the
 * generator: where it is wrong, validation says so and another try is made.
 */
export function taggedFields(schema: JsonObject): readonly TaggedField[] {
  const found = new Map<string, TaggedField>();
  for (const rule of ruleTexts(schema)) {
    const tags = [...rule.matchAll(/self\.(\w+) [=!]= ['"](\w+)['"]/g)].map(([, tag = '', value = '']) => ({ tag, value }));
    const [first] = tags;
    if (first === undefined || tags.some(({ tag, value }) => tag !== first.tag || value !== first.value)) continue;
    const fields = new Set([...rule.matchAll(/has\(self\.(\w+)\)/g)].map((match) => match[1] ?? '').filter((name) => name !== first.tag));
    const [field, ...others] = fields;
    if (field === undefined || others.length > 0) continue;
    if (!found.has(field)) found.set(field, { field, ...first });
  }
  return [...found.values()];
}

export function ruleTexts(schema: JsonObject): readonly string[] {
  return listOf(schema, 'x-kubernetes-validations').flatMap((rule: Json) => {
    const text = isJsonObject(rule) ? textOf(rule, 'rule') : undefined;
    return text === undefined ? [] : [text];
  });
}
