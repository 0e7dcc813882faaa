import { isUnknown } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import type { Report } from '../report';

/**
 * Checks a value and gives it back as the server goes on with it: with defaults filled in and nulls dropped that mean
 * nothing. It is the value itself where nothing changes; a change makes a copy, never touching what the user gave.
 */
export type Check = (value: unknown, report: Report) => unknown;

/** The parts of a schema node that a closure is made of, read once. */
export type Schema = JsonObject;

export function numberOf(schema: Schema, keyword: string): number | undefined {
  const value: Json | undefined = schema[keyword];
  return typeof value === 'number' ? value : undefined;
}

export function schemasOf(schema: Schema, keyword: string): readonly Schema[] {
  const value = schema[keyword];
  return Array.isArray(value) ? (value as readonly Schema[]) : [];
}

export function namesOf(schema: Schema, keyword: string): readonly string[] {
  const value = schema[keyword];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** True where an object has a field of its own that is not undefined. */
export function has(object: Data, key: string): boolean {
  return object[key] !== undefined && (!(key in Object.prototype) || Object.hasOwn(object, key));
}

/** An object of a manifest. */
export type Data = { readonly [key: string]: unknown };

/** True for an object: neither a list, null, nor a value that is known only at deployment. */
export function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isUnknown(value);
}

/** Like {@link isData}, where a value that is known only at deployment is told apart otherwise: it is asked of every object. */
export function isObject(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Equality of JSON values, by content. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!isData(a) || !isData(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}
