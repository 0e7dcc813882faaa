import { isUnknown } from '../rules/json';
import type { UnknownLeaf } from '../rules/json';

/** A place of an object at which a value is known only at deployment. */
export interface UnknownPlace {
  /** Path of the field, as findings write it: `spec.http[0].timeout`. */
  readonly path: string;
  /** What the value is: `the output "address" of ip`. */
  readonly description: string;
}

/** What could not be judged of an object, because a value is known only at deployment. */
export interface Unjudged extends UnknownPlace {
  /** Text of the CEL rule whose outcome depends on the value; absent where the value itself is meant. */
  readonly rule?: string;
}

/** Every place of a value that holds one that is known only at deployment, in the order of its keys. */
export function unknownPlaces(value: unknown, path = ''): UnknownPlace[] {
  const places: UnknownPlace[] = [];
  visitUnknowns(value, path, (place) => void places.push(place));
  return places;
}

/** The first value inside of `value`, or itself, that is known only at deployment. */
export function firstUnknown(value: unknown): UnknownLeaf | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isUnknown(value)) return value;
  const items: readonly unknown[] = value instanceof Map ? [...(value as ReadonlyMap<string, unknown>).values()] : Object.values(value);
  for (const item of items) {
    const found = firstUnknown(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function visitUnknowns(value: unknown, path: string, visit: (place: UnknownPlace) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (isUnknown(value)) return visit({ path, description: value.description });
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) visitUnknowns(value[at], `${path}[${at}]`, visit);
    return;
  }
  for (const [key, item] of Object.entries(value)) visitUnknowns(item, path === '' ? key : `${path}.${key}`, visit);
}
