import type { Finding } from '../errors/finding';
import type { MeshError } from '../errors/mesh-error';
import { meshError } from '../errors/mesh-error';
import { isUnknown } from './unknown-brand';

/** Where a value was given, so that a refusal can say so. */
export interface ValuePlace {
  /**
   * Path of the construct that took the value.
   * @default - the refusal names no construct
   */
  readonly construct?: string;
  /**
   * Path of the prop or field, e.g. `routes[0].weight`.
   * @default - what kind of value it is, e.g. `weight`
   */
  readonly property?: string;
}

/** What is wrong with a value. */
export interface Refusal {
  readonly code: string;
  readonly got: string;
  readonly expected: string;
  readonly fix: string;
}

/** The refusal as an error to throw; `property` names the value where its place does not. */
export function refusal(place: ValuePlace, property: string, what: Refusal): MeshError {
  return meshError(refusalFinding(place, property, what));
}

/** The refusal as a finding, where several are collected. */
export function refusalFinding(place: ValuePlace, property: string, what: Refusal): Finding {
  const construct = place.construct === undefined ? {} : { construct: place.construct };
  return { ...construct, property: place.property ?? property, ...what };
}

/** Keys as PEM or JSON Web Key, and tokens: they end in the wrong place easily, and messages end in logs. */
const SECRET = /PRIVATE KEY-----|"d"\s*:\s*"|\beyJ[\w-]+\.eyJ[\w-]+\./;

/** A value as an error message shows it, on one line and not too long, whatever it is. */
export function describeValue(value: unknown): string {
  if (isUnknown(value)) return `a value that is known only later (${value.description})`;
  if (typeof value === 'string') return SECRET.test(value) ? 'a text that is not shown, as it is a key or a token' : JSON.stringify(shorten(value));
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return Object.is(value, -0) ? '-0' : String(value);
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
