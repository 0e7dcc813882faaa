import { parse } from 'yaml';
import type { Tags } from 'yaml';
import type { Json } from '../rules/json';
import { badValue } from './refused-values';

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

/** A text that a chart prints where it is set. */
export function printedText(value: Json): string | undefined {
  return isSet(value) ? printed(value) : undefined;
}

/** The texts of a list, each printed. */
export function printedTexts(list: Json): readonly Json[] | undefined {
  if (!isSet(list) || !Array.isArray(list)) return undefined;
  // what is no scalar is refused by whatever takes the texts
  return (list as readonly Json[]).map((each) => (typeof each === 'object' ? each : printed(each)));
}

/** What YAML reads of a scalar that is printed without quotes. */
export function unquoted(value: Json): Json {
  if (typeof value !== 'string') return value;
  return parse(value, { version: '1.1', customTags: asGoReads }) as Json;
}

/** Go reads the words of YAML 1.1, but neither its dates nor its numbers of base 60. */
function asGoReads(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'string' || !(tag.tag.endsWith(':timestamp') || ('format' in tag && tag.format === 'TIME')));
}

/**
 * The entries of a map, each printed as a text in quotes.
 *
 * @param path where the map is in the values, for errors
 */
export function quotedEntries(value: Json, path: string): Record<string, string> {
  return Object.fromEntries(Object.entries(value as Readonly<Record<string, Json>>).map(([key, each]) => [key, textOf(each, `${path}.${key}`)]));
}

function textOf(value: Json, path: string): string {
  if (typeof value !== 'object' || value === null) return printed(value);
  throw badValue(path, value, 'a text', 'write the text that is meant');
}

/**
 * The entries of a map that a chart puts between double quotes without a look at what is in them, so that YAML reads its own
 * escapes there.
 *
 * @param path where the map is in the values, for errors
 * @throws MeshError for a text that ends the quotes
 */
export function entriesBetweenQuotes(value: Json, path: string): Record<string, string> {
  return Object.fromEntries(Object.entries(quotedEntries(value, path)).map(([key, each]) => [key, betweenQuotes(each, `${path}.${key}`)]));
}

function betweenQuotes(text: string, property: string): string {
  if (!/["\\]/.test(text)) return text;
  try {
    return String(parse(`"${text}"`));
  } catch {
    const expected = 'a text that YAML reads between double quotes: the chart puts it there as it is';
    throw badValue(property, text, expected, 'write \\" for a quote and \\\\ for a backslash');
  }
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
