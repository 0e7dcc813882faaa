import { compilePattern, findMatches } from '../../re2';
import { CelError, isBmp } from '../values';
import type { Int, Value } from '../values';
import { formatText, quoteText } from './format-text';
import { fn } from './overload';
import type { FunctionEntry } from './overload';

/**
 * String functions of CEL, version 2 of its string extension, and Kubernetes' find and findAll.
 * Positions count characters, not UTF-16 units.
 */
export const STRINGS: readonly FunctionEntry[] = [
  fn('.contains(string, string): bool', (text: string, part: string) => text.includes(part)),
  fn('.startsWith(string, string): bool', (text: string, part: string) => text.startsWith(part)),
  fn('.endsWith(string, string): bool', (text: string, part: string) => text.endsWith(part)),
  fn('.matches(string, string): bool', matches),
  fn('matches(string, string): bool', matches),
  fn('.charAt(string, int): string', charAt),
  fn('.indexOf(string, string): int', (text: string, part: string) => indexOf(text, part, 0)),
  fn('.indexOf(string, string, int): int', indexOf),
  fn('.lastIndexOf(string, string): int', (text: string, part: string) => lastIndexOf(text, part)),
  fn('.lastIndexOf(string, string, int): int', lastIndexOf),
  fn('.lowerAscii(string): string', (text: string) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())),
  fn('.upperAscii(string): string', (text: string) => text.replace(/[a-z]+/g, (part) => part.toUpperCase())),
  fn('.replace(string, string, string): string', (text: string, from: string, to: string) => replace(text, from, to, -1)),
  fn('.replace(string, string, string, int): string', replace),
  fn('.split(string, string): list<string>', (text: string, by: string) => split(text, by, -1)),
  fn('.split(string, string, int): list<string>', split),
  fn('.substring(string, int): string', (text: string, start: Int) => substring(text, start)),
  fn('.substring(string, int, int): string', substring),
  fn('.trim(string): string', (text: string) => text.replace(/^[\p{White_Space}]+|[\p{White_Space}]+$/gu, '')),
  fn('.join(list<string>): string', (items: readonly Value[]) => join(items, '')),
  fn('.join(list<string>, string): string', join),
  fn('.format(string, list<dyn>): string', formatText),
  fn('strings.quote(string): string', quoteText),
  fn('.find(string, string): string', (text: string, pattern: string) => find(text, pattern, 1)[0] ?? ''),
  fn('.findAll(string, string): list<string>', (text: string, pattern: string) => find(text, pattern, -1)),
  fn('.findAll(string, string, int): list<string>', (text: string, pattern: string, limit: Int) => find(text, pattern, Number(limit))),
];

function matches(text: string, pattern: string): boolean {
  const test = compilePattern(pattern);
  if ('error' in test) throw new CelError(`invalid regular expression '${pattern}': ${test.error}`);
  return test.matches(text);
}

function find(text: string, pattern: string, limit: number): string[] {
  const found = findMatches(pattern, text, limit);
  if ('error' in found) throw new CelError(`invalid regular expression '${pattern}': ${found.error}`);
  return found.matches;
}

/** A text by characters: indexes of a string without surrogate pairs are the same in both counts. */
function characters(text: string): readonly string[] | string {
  return isBmp(text) ? text : [...text];
}

function outOfRange(index: Int): CelError {
  return new CelError(`index out of range: ${index}`);
}

function charAt(text: string, index: Int): string {
  const chars = characters(text);
  const at = Number(index);
  if (at < 0 || at > chars.length) throw outOfRange(index);
  return chars[at] ?? '';
}

function substring(text: string, start: Int, end?: Int): string {
  const chars = characters(text);
  const from = Number(start);
  const to = end === undefined ? chars.length : Number(end);
  if (from < 0 || from > chars.length) throw outOfRange(start);
  if (to < from || to > chars.length) throw outOfRange(end ?? start);
  const part = chars.slice(from, to);
  return typeof part === 'string' ? part : part.join('');
}

function indexOf(text: string, part: string, start: Int): Int {
  if (part === '') return start;
  if (Number(start) < 0) throw outOfRange(start);
  const units = unitOffset(text, Number(start));
  return units === undefined ? -1 : characterOffset(text, text.indexOf(part, units));
}

function lastIndexOf(text: string, part: string, start?: Int): Int {
  const length = characters(text).length;
  if (part === '') return start ?? length;
  if (start !== undefined && Number(start) < 0) throw outOfRange(start);
  if (start !== undefined && Number(start) >= length) return -1;
  const units = start === undefined ? text.length : (unitOffset(text, Number(start)) ?? text.length);
  return characterOffset(text, text.lastIndexOf(part, units));
}

/** UTF-16 offset of a character; undefined past the end. */
function unitOffset(text: string, index: number): number | undefined {
  const chars = characters(text);
  if (index >= chars.length) return undefined;
  return typeof chars === 'string' ? index : chars.slice(0, index).join('').length;
}

function characterOffset(text: string, units: number): number {
  return units < 0 || isBmp(text) ? units : [...text.slice(0, units)].length;
}

function replace(text: string, from: string, to: string, limit: Int): string {
  const count = Number(limit);
  if (from === '') return insertBetween(text, to, count);
  const parts = split(text, from, count < 0 ? -1 : count + 1);
  return count === 0 ? text : parts.join(to);
}

function insertBetween(text: string, to: string, limit: number): string {
  let left = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  const put = (): string => ((left -= 1) >= 0 ? to : '');
  return put() + [...text].map((char) => char + put()).join('');
}

function split(text: string, by: string, limit: Int): string[] {
  const count = Number(limit);
  if (count === 0) return [];
  const parts = by === '' ? [...text] : text.split(by);
  if (count < 0 || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(by)];
}

function join(items: readonly Value[], by: string): string {
  const wrong = items.find((item) => typeof item !== 'string');
  if (wrong !== undefined) throw new CelError('join: invalid input');
  return items.join(by);
}

