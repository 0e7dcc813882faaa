import { describeValue } from '../core/refusal';
import { refuse, someText } from '../traffic/rules/refuse';
import type { Place } from '../traffic/rules/refuse';

/** One text or a list of some, sorted and each once. @throws MeshError */
export function oneOrMore(place: Place, value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw refuse(place, 'empty-list', '[]', 'one or more', 'leave it out, or say what is in it');
  return [...new Set(list.map((each) => someText(place, each)))].sort();
}

/** True or false. @throws MeshError */
export function flag(place: Place, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw refuse(place, 'bad-flag', describeValue(value), 'true or false', 'leave it out for false');
}
