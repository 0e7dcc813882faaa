import type { IConstruct } from 'constructs';
import { requireObject } from '../../core/place';
import { describeValue } from '../../core/refusal';
import { closest } from '../../errors/closest';
import { meshError } from '../../errors/mesh-error';
import type { MeshError } from '../../errors/mesh-error';

/** Where a value of a rule or a policy was given. */
export interface Place {
  readonly construct: string;
  readonly property: string;
}

/** The place of a part of what was given. */
export function within(place: Place, key: string): Place {
  return { construct: place.construct, property: place.property === '' ? key : `${place.property}.${key}` };
}

/** The place of a construct's own props. */
export function placeOf(construct: IConstruct): Place {
  return { construct: construct.node.path, property: '' };
}

/** An error at a place of a rule. */
export function refuse(place: Place, code: string, got: string, expected: string, fix: string): MeshError {
  return meshError({ code, construct: place.construct, property: place.property, got, expected, fix });
}

/**
 * Refuses what is no object, and keys that there are not: a misspelt key would be left out, and the rule would hold for
 * more than it says.
 *
 * @throws MeshError naming the key.
 */
export function requireKeys(place: Place, value: unknown, keys: readonly string[]): void {
  requireObject(value as object, place.construct, place.property === '' ? 'props' : place.property);
  for (const key of Object.keys(value as object)) {
    if (keys.includes(key)) continue;
    const meant = closest(key, keys);
    throw refuse(within(place, key), 'unknown-prop', `the key ${describeValue(key)}`, `one of ${keys.join(', ')}`, meant === undefined ? 'take it out' : `did you mean "${meant}"?`);
  }
}

/** Values by names of the user's own. @throws MeshError when it is no object. */
export function requireNames(place: Place, value: unknown): void {
  requireObject(value as object, place.construct, place.property);
}

/** A whole number within limits. @throws MeshError */
export function wholeNumber(place: Place, value: unknown, least: number, most: number): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  const text = most >= 2 ** 31 - 1 ? `a whole number, ${least} or more` : `a whole number from ${least} to ${most}`;
  throw refuse(place, 'bad-number', describeValue(value), text, `give a number such as ${least}`);
}

/** A share in percent, of which Envoy tells steps of a ten-thousandth. @throws MeshError */
export function percentage(place: Place, value: unknown): number {
  const isRight = typeof value === 'number' && (value === 0 || (value >= 0.0001 && value <= 100));
  if (isRight) return value;
  throw refuse(place, 'bad-percentage', describeValue(value), 'a percentage: 0, or 0.0001 to 100', 'write 10 for a tenth');
}

/** One of a few texts. @throws MeshError */
export function oneOf<T extends string | number | boolean>(place: Place, value: unknown, allowed: readonly T[]): T {
  if (allowed.includes(value as T)) return value as T;
  const meant = typeof value === 'string' ? closest(value, allowed.map(String)) : undefined;
  throw refuse(place, 'bad-choice', describeValue(value), `one of ${allowed.join(', ')}`, meant === undefined ? 'take one of these' : `did you mean "${meant}"?`);
}

/** A text that is not empty. @throws MeshError */
export function someText(place: Place, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw refuse(place, 'bad-text', describeValue(value), 'a text', 'write it in quotes');
}

/** A list of one or more. @throws MeshError */
export function someList<T>(place: Place, value: readonly T[]): readonly T[] {
  // a gap in a list would be passed over by whoever goes through it
  if (Array.isArray(value) && value.length > 0) return value.includes(undefined) ? Array.from(value as readonly T[]) : (value as readonly T[]);
  throw refuse(place, 'empty-list', Array.isArray(value) ? '[]' : describeValue(value), 'a list of one or more', 'leave it out, or say what is in it');
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The name of an HTTP header, in the small letters that proxies compare by. @throws MeshError */
export function headerName(place: Place, value: unknown): string {
  if (typeof value === 'string' && HEADER_NAME.test(value)) return value.toLowerCase();
  throw refuse(place, 'bad-header', describeValue(value), 'the name of an HTTP header, such as "x-user"', 'method, path, scheme and authority have props of their own');
}
