import { parse } from 'yaml';
import type { Json, JsonObject } from '../../rules/json';

/** A patch that does not fit the object; the message says what is missing. */
export class PathMismatch extends Error {}

type Node = Record<string, Json> | Json[];

/**
 * The object with the value at a path set, or taken away where there is none, as the overlays of an IstioOperator do it:
 * `spec.template.spec.containers.[name:discovery].args.[1]`. `[-1]` adds to a list, `[:text]` finds a text by a pattern, and a dot
 * in a key is written `\.`. Objects on the way are made where they are missing, list items are not.
 */
export function patchAtPath(object: JsonObject, path: string, value: Json | undefined): JsonObject {
  const steps = stepsOf(path);
  const root = structuredClone(object) as Record<string, Json>;
  let node: Node = root;
  steps.forEach((step, index) => {
    const key = keyAt(node, step, path);
    if (index === steps.length - 1) write(node, key, value);
    else node = childAt(node, key, path, step);
  });
  return root;
}

function stepsOf(path: string): readonly string[] {
  const parts = path.split(/(?<!\\)\./).filter((part) => part !== '');
  return parts.flatMap((part) => {
    const text = part.replaceAll('\\.', '.');
    const bracket = text.indexOf('[');
    return bracket > 0 ? [text.slice(0, bracket), text.slice(bracket)] : [text];
  });
}

function keyAt(node: Node, step: string, path: string): string | number {
  if (!Array.isArray(node)) return step;
  const inner = /^\[(.*)\]$/s.exec(step)?.[1];
  if (inner === undefined) throw new PathMismatch(`${path}: ${step} is no item of a list, such as [0] or [name:value]`);
  if (/^-?\d+$/.test(inner)) return Number(inner) >= 0 && Number(inner) < node.length ? Number(inner) : node.length;
  const index = inner.startsWith(':') ? indexOfText(node, inner.slice(1)) : indexOfItem(node, inner);
  if (index < 0) throw new PathMismatch(`${path}: there is no item ${step}`);
  return index;
}

function indexOfItem(list: readonly Json[], inner: string): number {
  const [key = '', value] = inner.split(/(?<!\\):/);
  return list.findIndex((item) => typeof item === 'object' && item !== null && String((item as JsonObject)[key]) === value?.replaceAll('\\:', ':'));
}

function indexOfText(list: readonly Json[], pattern: string): number {
  let matcher: RegExp;
  try {
    matcher = new RegExp(pattern);
  } catch {
    return -1;
  }
  return list.findIndex((item) => typeof item !== 'object' && matcher.test(String(item)));
}

function childAt(node: Node, key: string | number, path: string, step: string): Node {
  const owner = node as Record<string | number, Json>;
  const child = owner[key];
  if (child === undefined || child === null) {
    const made: Record<string, Json> = {};
    owner[key] = made;
    return made;
  }
  if (typeof child !== 'object') throw new PathMismatch(`${path}: ${step} holds ${JSON.stringify(child)}, and nothing below it`);
  return child as Node;
}

function write(node: Node, key: string | number, value: Json | undefined): void {
  const owner = node as Record<string | number, Json>;
  if (value !== undefined && value !== null) owner[key] = readText(value);
  else if (Array.isArray(node)) node.splice(Number(key), 1);
  else Reflect.deleteProperty(owner, key);
}

/** A text that is written like a YAML map is taken for one; JSON stays a text. */
function readText(value: Json): Json {
  if (typeof value !== 'string') return value;
  const isMap = value.includes('\n') ? value.includes(':') : value.includes(': ');
  if (!isMap || value.trimStart().startsWith('{')) return value;
  try {
    const read: unknown = parse(value, { version: '1.1' });
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Json) : value;
  } catch {
    return value;
  }
}
