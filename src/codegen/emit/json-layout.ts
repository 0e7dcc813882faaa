import type { Json } from '../../rules/json';

/** Longest line before a value is laid out over several. */
const WIDTH = 110;

/**
 * JSON text for reading in a diff: a value that fits on a line stands on one, a larger one has a line for each of
 * its members.
 */
export function layoutJson(value: Json, indent = ''): string {
  const flat = flatJson(value);
  if (flat.length + indent.length <= WIDTH || typeof value !== 'object' || value === null) return flat;
  const inner = `${indent} `;
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => `${inner}${layoutJson(item, inner)}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${layoutJson(item, inner)}`);
  return `{\n${members.join(',\n')}\n${indent}}`;
}

function flatJson(value: Json): string {
  return JSON.stringify(value);
}

/** JSON text as the content of a `String.raw` template literal. */
export function rawTemplate(json: string): string {
  return json.replace(/`/g, '\\u0060').replace(/\$\{/g, '\\u0024{');
}
