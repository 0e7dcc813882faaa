import { isJsonObject } from '../rules/json';

/** An operation of RFC 6902, as cdk8s keeps it. */
export interface Operation {
  readonly op?: string;
  readonly path?: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** True where the paths of an operation are JSON pointers. */
export function hasPointers({ path, from }: Operation): boolean {
  return isPointer(path) && (from === undefined || isPointer(from));
}

/**
 * The place that an operation needs and the document does not have, as a JSON pointer. RFC 6902 wants what is replaced,
 * removed, moved or copied to be there, and an item of a list to follow the one before it; the library that cdk8s uses
 * adds a field that is to be replaced, and says nothing of the rest.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6902#section-4
 */
export function missingTarget(document: unknown, { op, path = '', from = '' }: Operation): string | undefined {
  if (op === 'remove' || op === 'replace' || op === 'test') return exists(document, path) ? undefined : path;
  if ((op === 'move' || op === 'copy') && !exists(document, from)) return from;
  return path === '' ? undefined : missingParent(document, path);
}

function missingParent(document: unknown, path: string): string | undefined {
  const last = path.lastIndexOf('/');
  const parent = valueAt(document, path.slice(0, last));
  if (isJsonObject(parent)) return undefined;
  if (!Array.isArray(parent)) return path.slice(0, last);
  const key = path.slice(last + 1);
  return key === '-' || (isIndex(key) && Number(key) <= parent.length) ? undefined : path;
}

function exists(document: unknown, pointer: string): boolean {
  return valueAt(document, pointer) !== undefined;
}

function valueAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = isIndex(key) ? (value as readonly unknown[])[Number(key)] : undefined;
    else value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

function isIndex(key: string): boolean {
  return /^(0|[1-9]\d*)$/.test(key);
}

function isPointer(path: unknown): boolean {
  return typeof path === 'string' && (path === '' || path.startsWith('/'));
}
