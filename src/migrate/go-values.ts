import { parse } from 'yaml';
import type { Json } from '../rules/json';

/**
 * What Helm's templates make of values. A chart prints most scalars into YAML and has them read again, so that the text `"1"`
 * may end up as a number, and a number in quotes as a text.
 */

/** Whether `if` and `with` take a value for true: not for null, false, 0, and what is empty. */
export function isSet(value: Json | undefined): value is Json {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** The value where it is set; with it a template has its default where `default` says so. */
export function ifSet<T extends Json>(value: T): T | undefined {
  return isSet(value) ? value : undefined;
}

/** The text that a scalar is printed as; null prints nothing. */
export function printed(value: Json): string {
  if (value === null) return '';
  return typeof value === 'number' ? goNumber(value) : String(value);
}

/** What YAML reads of a scalar that is printed without quotes. */
export function unquoted(value: Json): Json {
  if (typeof value !== 'string') return value;
  return parse(value, { version: '1.1' }) as Json;
}

/** The entries of a map, each printed in quotes. */
export function quotedEntries(value: Json): Record<string, string> {
  return Object.fromEntries(Object.entries(value as Readonly<Record<string, Json>>).map(([key, each]) => [key, printed(each)]));
}

/**
 * The entries of a map whose values are texts, such as annotations: a chart prints them as they are, and a server refuses what
 * is no text. `null` takes a default away.
 */
export function texts(value: Json): Record<string, string | null> | undefined {
  if (!isSet(value)) return undefined;
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  return Object.fromEntries(entries.map(([key, each]) => [key, each === null ? null : printed(each)]));
}

/** Numbers of a values file are floats, which Go prints with an exponent from a million on. */
function goNumber(value: number): string {
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value === 0 || (power >= -4 && power < 6)) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
