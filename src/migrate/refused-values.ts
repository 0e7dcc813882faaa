import { describeValue } from '../core/refusal';
import { MeshError, meshError } from '../errors/mesh-error';
import type { Json } from '../rules/json';

/** Values that no prop can stand for, and with which a chart fails or makes what nothing can run. */

/** An error for a value, by its path; {@link inConstruct} says whose it is. */
export function badValue(path: string, got: Json, expected: string, fix: string): MeshError {
  return meshError({ code: 'bad-value', property: path, got: describeValue(got), expected, fix });
}

/** For a value that a chart compares with texts, and fails on anything else. */
export function textOnly(path: string): (value: Json) => string {
  return (value) => {
    if (typeof value === 'string') return value;
    throw badValue(path, value, 'a text: the chart compares it with texts', value === null ? 'leave it out for its default' : 'put it in quotes');
  };
}

/** Does what may refuse values, and names the construct in what it refuses. */
export function inConstruct<T>(construct: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!MeshError.isMeshError(error)) throw error;
    throw new MeshError(error.findings.map((finding) => ({ construct, ...finding })));
  }
}
