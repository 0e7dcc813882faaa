/** Paths to fields of a custom resource, as its definition writes them: `.spec.name`, `.spec['odd.name']`. */
import type { Data } from '../schema/check';
import { objectIn } from './fields';

export interface FoundField {
  readonly schema: Data;
  readonly steps: readonly string[];
}

const STEP = /^(?:\.([^.[\]]+)|\['((?:[^'\\]|\\.)+)'\])/;

/** The field that a path leads to in a schema; undefined where there is none. */
export function fieldAt(path: string, schema: Data, hasBrackets: boolean): FoundField | undefined {
  const steps: string[] = [];
  let current = schema;
  let rest = path;
  while (rest !== '') {
    const match = STEP.exec(rest);
    const name = match?.[1] ?? (hasBrackets ? match?.[2]?.replace(/\\(.)/g, '$1') : undefined);
    const next = name === undefined ? undefined : childOf(current, name);
    if (match === null || name === undefined || next === undefined) return undefined;
    steps.push(name);
    current = next;
    rest = rest.slice(match[0].length);
  }
  return { schema: current, steps };
}

function childOf(schema: Data, name: string): Data | undefined {
  const properties = objectIn(schema, 'properties');
  if (properties !== undefined && Object.keys(properties).length > 0) return objectIn(properties, name);
  return objectIn(schema, 'additionalProperties');
}
