import { asRecord } from '../kubernetes/status';

/** What Envoy, Istio and YAML files hold: its shape is theirs, so nothing is taken for granted. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What is found below an object by the names of its fields. */
export function field(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((found, name) => asRecord(found)[name], value);
}

/** A copy in which `change` was applied to every object, the innermost first. */
export function rewrite(value: unknown, change: (object: JsonObject) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return change(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewrite(item, change)])));
}

/** A copy without these fields. */
export function without(object: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
