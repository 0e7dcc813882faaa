import type { Json, JsonObject } from '../rules/json';
import { isJsonObject, setKey } from '../rules/json';
import type { ValueRule } from './value-rule';

/** Props while they are put together. */
type Draft = Record<string, unknown>;

/**
 * The props that a chart's values become: every rule whose value is there sets its prop, in the order of the rules, so that
 * of two rules for one prop the later wins. What is not set stays out.
 */
export function propsFrom(rules: readonly ValueRule[], values: JsonObject): Record<string, unknown> {
  const props: Draft = {};
  for (const { path, prop, convert, unsupported } of rules) {
    if (unsupported !== undefined) continue;
    const value = valueAt(values, path);
    if (value === undefined) continue;
    const converted = convert === undefined ? value : convert(value, values);
    if (converted !== undefined) setProp(props, prop, converted);
  }
  return props;
}

/** The value at a dotted path, or undefined where there is none. */
export function valueAt(values: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = values;
  for (const key of path.split('.')) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** Sets a prop at a dotted path; an object goes into what earlier rules made of the same prop. */
function setProp(props: Draft, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? path;
  let owner = props;
  for (const key of keys) {
    const next = owner[key];
    // copied: it may be a piece of the values
    const draft: Draft = isDraft(next) ? { ...next } : {};
    owner[key] = draft;
    owner = draft;
  }
  const before = owner[last];
  if (isDraft(before) && isDraft(value)) owner[last] = { ...before, ...value };
  else setKey(owner as Record<string, Json>, last, value as Json);
}

function isDraft(value: unknown): value is Draft {
  return isJsonObject(value);
}
