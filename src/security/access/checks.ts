import { describeValue } from '../../core/refusal';
import { refuse, someText } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';

/** One value or those of a list. What a list has left out is a value that is not set: skipped, it would leave a rule open. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? Array.from(value as readonly unknown[]) : [value];
}

/** One text or a list of some, sorted and each once. @throws MeshError */
export function oneOrMore(place: Place, value: unknown): string[] {
  const list = listOf(value);
  if (list.length === 0) throw refuse(place, 'empty-list', '[]', 'one or more', 'leave it out, or say what is in it');
  return [...new Set(list.map((each) => someText(place, each)))].sort();
}

/** True or false. @throws MeshError */
export function flag(place: Place, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw refuse(place, 'bad-flag', describeValue(value), 'true or false', 'leave it out for false');
}

/** Whether a text has no asterisk, or one at an end: elsewhere Istio reads it as an asterisk, and the text fits nothing. */
export function isPattern(text: string): boolean {
  const at = text.indexOf('*');
  return at < 0 || (at === text.lastIndexOf('*') && (at === 0 || at === text.length - 1));
}

/** One text or several, each perhaps with an asterisk at an end. @throws MeshError */
export function patterns(place: Place, value: unknown): string[] {
  const texts = oneOrMore(place, value);
  const wrong = texts.find((text) => !isPattern(text));
  if (wrong === undefined) return texts;
  throw refuse(place, 'bad-pattern', describeValue(wrong), 'an asterisk at one end only: elsewhere it stands for itself', 'give what the text begins with, or what it ends with');
}
