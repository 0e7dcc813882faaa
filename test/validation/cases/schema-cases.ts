import type { ValidationCode } from '../../../src/validation/codes';

/** A value for the field `v` of a custom resource whose schema is given, and what is found, as `code at field`. */
export interface SchemaCase {
  readonly name: string;
  readonly schema: Record<string, unknown>;
  readonly value?: unknown;
  /** Empty where the value is fine. */
  readonly finds: readonly `${ValidationCode} ${string}`[];
}

const object = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) => ({ type: 'object', properties, ...more });
const string = { type: 'string' };
const integer = { type: 'integer' };
const integerOrText = { 'x-kubernetes-int-or-string': true };

export const SCHEMA_CASES: readonly SchemaCase[] = [
  { name: 'an unknown field', schema: object({ a: string }), value: { a: 'x', b: 1 }, finds: ['unknown-field spec.v.b'] },
  { name: 'a field in another case', schema: object({ weight: integer }), value: { Weight: 1 }, finds: ['unknown-field spec.v.Weight'] },
  { name: 'an unknown field of a kind that keeps them', schema: object({}, { 'x-kubernetes-preserve-unknown-fields': true }), value: { b: { c: 1 } }, finds: [] },
  { name: 'a known field below a kept one', schema: object({ a: object({}) }, { 'x-kubernetes-preserve-unknown-fields': true }), value: { a: { c: 1 } }, finds: ['unknown-field spec.v.a.c'] },
  { name: 'any key of a map', schema: { type: 'object', additionalProperties: integer }, value: { any: 1, 'a.b': 'x' }, finds: ['wrong-type spec.v[a.b]'] },
  { name: 'a field that objects inherit', schema: object({ a: string }), value: JSON.parse('{"constructor": 1, "__proto__": 2}'), finds: ['unknown-field spec.v.constructor', 'unknown-field spec.v.__proto__'] },
  { name: 'a required field that objects inherit', schema: object({ constructor: string }, { required: ['constructor'] }), value: {}, finds: ['missing-field spec.v.constructor'] },
  { name: 'a text for an integer', schema: integer, value: '10', finds: ['wrong-type spec.v'] },
  { name: 'a whole float for an integer', schema: integer, value: 1.0, finds: [] },
  { name: 'a fraction for an integer', schema: integer, value: 1.5, finds: ['wrong-type spec.v'] },
  { name: 'an integer for a number', schema: { type: 'number' }, value: 1, finds: [] },
  { name: 'not a number', schema: { type: 'number' }, value: Number.NaN, finds: ['wrong-type spec.v'] },
  { name: 'an object for a list', schema: { type: 'array', items: string }, value: {}, finds: ['wrong-type spec.v'] },
  { name: 'a list for an object', schema: object({}), value: [], finds: ['wrong-type spec.v'] },
  { name: 'an integer or a string', schema: { 'x-kubernetes-int-or-string': true }, value: 80, finds: [] },
  { name: 'neither an integer nor a string', schema: { 'x-kubernetes-int-or-string': true }, value: 1.5, finds: ['wrong-type spec.v'] },
  { name: 'a null, which counts as absent', schema: object({ a: string }), value: { a: null }, finds: [] },
  { name: 'a null of a required field', schema: object({ a: string }, { required: ['a'] }), value: { a: null }, finds: ['missing-field spec.v.a'] },
  { name: 'a null of a required field with a default', schema: object({ a: { type: 'string', default: 'x' } }, { required: ['a'] }), value: { a: null }, finds: [] },
  { name: 'a null where one may stand', schema: object({ a: { type: 'string', nullable: true } }, { required: ['a'] }), value: { a: null }, finds: [] },
  { name: 'a null among values', schema: object({ a: { type: 'string', nullable: true, enum: ['x'] } }), value: { a: null }, finds: ['not-in-enum spec.v.a'] },
  { name: 'a null item', schema: { type: 'array', items: string }, value: [null], finds: ['wrong-type spec.v[0]'] },
  { name: 'undefined, which is absent', schema: object({ a: string }), value: { a: undefined, b: undefined }, finds: [] },
  { name: 'a required field', schema: object({ a: string }, { required: ['a'] }), value: {}, finds: ['missing-field spec.v.a'] },
  { name: 'a required field with a default', schema: object({ a: { type: 'string', default: 'x' } }, { required: ['a'] }), value: {}, finds: [] },
  { name: 'a default inside of a default', schema: object({ a: object({ b: { type: 'string', default: 'x' } }, { default: {}, required: ['b'] }) }, { required: ['a'] }), value: {}, finds: [] },
  { name: 'no default inside of an absent object', schema: object({ a: object({ b: { type: 'string', default: 'x' } }) }, { required: ['a'] }), value: {}, finds: ['missing-field spec.v.a'] },
  { name: 'a value that is not among those', schema: { type: 'string', enum: ['ROUND_ROBIN', 'RANDOM'] }, value: 'ROUND_ROBBIN', finds: ['not-in-enum spec.v'] },
  { name: 'a value that is', schema: { type: 'string', enum: ['a', 'b'] }, value: 'b', finds: [] },
  { name: 'a pattern', schema: { type: 'string', pattern: '^[a-z]+$' }, value: 'A', finds: ['pattern-mismatch spec.v'] },
  { name: 'a pattern with flags, as Go reads it', schema: { type: 'string', pattern: '^(?i)(abort|warn)?$' }, value: 'WARN', finds: [] },
  { name: 'a pattern that matches anywhere', schema: { type: 'string', pattern: 'b' }, value: 'abc', finds: [] },
  { name: 'a pattern of an integer or string', schema: { 'x-kubernetes-int-or-string': true, pattern: '^[0-9]+%$' }, value: '5', finds: ['pattern-mismatch spec.v'] },
  { name: 'a length in characters', schema: { type: 'string', maxLength: 2 }, value: '😀é', finds: [] },
  { name: 'a text that is too long', schema: { type: 'string', maxLength: 2 }, value: 'abc', finds: ['too-long spec.v'] },
  { name: 'a text that is too short', schema: { type: 'string', minLength: 2 }, value: '😀', finds: ['too-short spec.v'] },
  { name: 'a small number', schema: { type: 'integer', minimum: 1 }, value: 0, finds: ['below-minimum spec.v'] },
  { name: 'a number that is not above', schema: { type: 'integer', minimum: 1, exclusiveMinimum: true }, value: 1, finds: ['below-minimum spec.v'] },
  { name: 'a large number', schema: { type: 'integer', maximum: 10 }, value: 11, finds: ['above-maximum spec.v'] },
  { name: 'an integer against the whole part of a bound', schema: { type: 'number', minimum: 0.5 }, value: 0, finds: [] },
  { name: 'a number beyond 32 bits', schema: { type: 'integer', format: 'int32' }, value: 2 ** 31, finds: ['above-maximum spec.v'] },
  { name: 'a number below 32 bits', schema: { type: 'integer', format: 'int32' }, value: -(2 ** 31) - 1, finds: ['below-minimum spec.v'] },
  { name: 'a number beyond 64 bits', schema: integer, value: 2 ** 63, finds: ['wrong-type spec.v'] },
  { name: 'no multiple', schema: { type: 'integer', multipleOf: 5 }, value: 7, finds: ['not-a-multiple spec.v'] },
  { name: 'a list that is too short', schema: { type: 'array', minItems: 1, items: string }, value: [], finds: ['too-few-items spec.v'] },
  { name: 'a list that is too long', schema: { type: 'array', maxItems: 1, items: string }, value: ['a', 'b'], finds: ['too-many-items spec.v'] },
  { name: 'an object with too few fields', schema: { type: 'object', minProperties: 1, additionalProperties: string }, value: {}, finds: ['too-few-fields spec.v'] },
  { name: 'an object with too many fields', schema: { type: 'object', maxProperties: 1, additionalProperties: string }, value: { a: 'x', b: 'y' }, finds: ['too-many-fields spec.v'] },
  { name: 'a set', schema: { type: 'array', 'x-kubernetes-list-type': 'set', items: string }, value: ['a', 'b', 'a'], finds: ['duplicate-item spec.v[2]'] },
  { name: 'a long set', schema: { type: 'array', 'x-kubernetes-list-type': 'set', items: integer }, value: [...Array.from({ length: 20 }, (_, i) => i), 3], finds: ['duplicate-item spec.v[20]'] },
  { name: 'items that must differ', schema: { type: 'array', uniqueItems: true, items: object({ a: integer }) }, value: [{ a: 1 }, { a: 1 }], finds: ['duplicate-item spec.v[1]'] },
  { name: 'a list of type map', schema: mapList(['name']), value: [{ name: 'a' }, { name: 'b' }, { name: 'a', x: 1 }], finds: ['duplicate-item spec.v[2]'] },
  { name: 'two keys', schema: mapList(['name', 'x']), value: [{ name: 'a', x: 1 }, { name: 'a', x: 2 }], finds: [] },
  { name: 'two keys, both the same', schema: mapList(['name', 'x']), value: [{ name: 'a', x: 1 }, { name: 'a', x: 1 }], finds: ['duplicate-item spec.v[1]'] },
  { name: 'keys that are both missing', schema: mapList(['name']), value: [{ x: 1 }, { x: 2 }], finds: ['duplicate-item spec.v[1]'] },
  { name: 'none of two alternatives', schema: { ...integerOrText, anyOf: [{ pattern: '^a' }, { pattern: '^b' }] }, value: 'c', finds: ['no-alternative spec.v'] },
  { name: 'one of two alternatives', schema: { ...integerOrText, anyOf: [{ pattern: '^a' }, { pattern: '^b' }] }, value: 'b', finds: [] },
  { name: 'exactly one', schema: oneOf(), value: { a: 1 }, finds: [] },
  { name: 'two of those', schema: oneOf(), value: { a: 1, b: 1 }, finds: ['not-exactly-one spec.v'] },
  { name: 'none of those', schema: oneOf(), value: {}, finds: ['not-exactly-one spec.v'] },
  { name: 'none, where none is fine', schema: oneOf({ not: { anyOf: [{ required: ['a'] }, { required: ['b'] }] } }), value: {}, finds: [] },
  { name: 'two, where none is fine', schema: oneOf({ not: { anyOf: [{ required: ['a'] }, { required: ['b'] }] } }), value: { a: 1, b: 2 }, finds: ['not-exactly-one spec.v'] },
  { name: 'alternatives that are no fields', schema: { type: 'integer', oneOf: [{ minimum: 10 }, { maximum: 5 }] }, value: 7, finds: ['not-exactly-one spec.v'] },
  { name: 'all of several', schema: { type: 'integer', allOf: [{ minimum: 1 }, { maximum: 5 }] }, value: 7, finds: ['above-maximum spec.v'] },
  { name: 'none of these', schema: { type: 'string', not: { enum: ['x'] } }, value: 'x', finds: ['forbidden-value spec.v'] },
  { name: 'a nested property in an alternative', schema: object({ a: integer }, { anyOf: [{ properties: { a: { minimum: 5 } } }] }), value: { a: 1 }, finds: ['no-alternative spec.v', 'below-minimum spec.v.a'] },
  { name: 'a format', schema: { type: 'string', format: 'date-time' }, value: '2026-01-31', finds: ['bad-format spec.v'] },
  { name: 'a format that servers ignore', schema: { type: 'string', format: 'url' }, value: 'not one', finds: [] },
  { name: 'a format without a type', schema: { ...integerOrText, anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] }, value: '::1', finds: [] },
  { name: 'an object of its own inside', schema: embedded(), value: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a/b' } }, finds: ['bad-name spec.v.metadata.name'] },
  { name: 'an object of its own that does not say what it is', schema: embedded(), value: { metadata: {} }, finds: ['missing-field spec.v.apiVersion', 'missing-field spec.v.kind'] },
];

function mapList(keys: readonly string[]): Record<string, unknown> {
  const items = object({ name: string, x: integer });
  return { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys, items };
}

function oneOf(...more: readonly Record<string, unknown>[]): Record<string, unknown> {
  return object({ a: integer, b: integer }, { oneOf: [...more, { required: ['a'] }, { required: ['b'] }] });
}

function embedded(): Record<string, unknown> {
  return { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true };
}
