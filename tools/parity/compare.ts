import type { Json, JsonObject } from '../../src/rules/json';
import { isJsonObject } from '../../src/rules/json';
import type { NormalForm } from './normal-form';

/** One place at which two renderings differ. */
export interface Difference {
  /** `group/Kind namespace/name` */
  readonly object: string;
  /** Path in the object; empty where the object itself is missing or too much. */
  readonly path: string;
  /** Undefined for nothing. */
  readonly expected: Json | undefined;
  readonly got: Json | undefined;
}

/** All differences, by object and path. */
export function compare(expected: NormalForm, got: NormalForm): Difference[] {
  const objects = [...new Set([...expected.keys(), ...got.keys()])].sort();
  return objects.flatMap((object) => {
    const [left, right] = [expected.get(object), got.get(object)];
    if (left !== undefined && right !== undefined) return compareValues(object, '', left, right);
    return [{ object, path: '', expected: left === undefined ? undefined : 'an object', got: right === undefined ? undefined : 'an object' }];
  });
}

function compareValues(object: string, path: string, expected: Json | undefined, got: Json | undefined): Difference[] {
  if (isJsonObject(expected) && isJsonObject(got)) return compareObjects(object, path, expected, got);
  if (Array.isArray(expected) && Array.isArray(got)) {
    const length = Math.max(expected.length, got.length);
    return Array.from({ length }, (_, index) =>
      compareValues(object, `${path}[${index}]`, (expected as readonly Json[])[index], (got as readonly Json[])[index]),
    ).flat();
  }
  return expected === got ? [] : [{ object, path, expected, got }];
}

function compareObjects(object: string, path: string, expected: JsonObject, got: JsonObject): Difference[] {
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(got)])].sort();
  return keys.flatMap((key) => {
    const step = /^[\w-]+$/.test(key) ? `${path === '' ? '' : `${path}.`}${key}` : `${path}[${JSON.stringify(key)}]`;
    return compareValues(object, step, own(expected, key), own(got, key));
  });
}

function own(value: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** `Deployment istio-system/istiod: spec.replicas: expected 2, got nothing`. */
export function formatDifference({ object, path, expected, got }: Difference): string {
  return `${object}: ${path === '' ? '' : `${path}: `}expected ${describe(expected)}, got ${describe(got)}`;
}

function describe(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
