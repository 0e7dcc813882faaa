import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../rules/json';
import { isJsonObject } from '../rules/json';

type Props = Readonly<Record<string, unknown>>;

/**
 * The props that say something else than the defaults, so that a program that is printed of them is the shortest that makes
 * the same objects.
 *
 * @param filledUp props whose keys each have a default of their own: of these, only the keys that differ
 */
export function differingProps(props: Props, defaults: Props, filledUp: readonly string[]): Record<string, unknown> {
  const differing: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(props)) {
    const left = filledUp.includes(name) ? beyond(value, defaults[name]) : isDeepStrictEqual(value, defaults[name]) ? undefined : value;
    if (left !== undefined) differing[name] = left;
  }
  return differing;
}

/** What of a value its default does not say, key by key; undefined for nothing. */
function beyond(value: unknown, fallback: unknown): unknown {
  if (isDeepStrictEqual(value, fallback)) return undefined;
  if (!isObject(value) || !isObject(fallback)) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, beyond(each, fallback[key])] as const);
  const left = entries.filter(([, each]) => each !== undefined);
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

function isObject(value: unknown): value is Props {
  return isJsonObject(value as Json);
}
