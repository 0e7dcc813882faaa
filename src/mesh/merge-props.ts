/** Props over others: objects go into each other, anything else takes the place of what was there. */
export function mergeProps<T extends object>(...layers: readonly (T | undefined)[]): T {
  const merged: Record<string, unknown> = {};
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer ?? {})) {
      if (value === undefined) continue;
      const before = merged[key];
      merged[key] = isPlain(before) && isPlain(value) ? mergeProps(before, value) : value;
    }
  }
  return merged as T;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
