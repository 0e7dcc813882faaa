import { isJsonObject } from '../rules/json';
import type { JsonObject } from '../rules/json';
import { GROUPS, TYPE, propertiesOf } from './normalise/rule';
import { pascalCase } from './names';
import { mapChildren } from './schema-walk';
import { stripDescriptions } from './strip-descriptions';
import { compareText } from './version-order';

/** A type that gets a name of its own in a module. */
export interface NamedType {
  readonly name: string;
  readonly schema: JsonObject;
}

/** A kind's own fields with references to its named types. */
export interface NamedTypes {
  readonly root: JsonObject;
  readonly types: readonly NamedType[];
}

interface Shape {
  readonly text: string;
  /** Shortest path of all. */
  readonly path: readonly string[];
  /** Last parts of all its paths. */
  readonly ends: ReadonlySet<string>;
  readonly schema: JsonObject;
}

/**
 * Shapes that stand under many names in one kind, by their fields: any one of those names would mislead. The name
 * follows the kind's, as in `VirtualServiceStringMatch`.
 */
const WELL_KNOWN: readonly { readonly name: string; readonly fields: string }[] = [
  { name: 'StringMatch', fields: 'exact,prefix,regex' },
  { name: 'Destination', fields: 'host,port,subset' },
];

/**
 * Pass "names": every object below the root becomes a named type, and equal shapes share one. The name is the kind
 * and the shortest path at which the shape stands, without `spec`: `VirtualServiceHttpMatch`. It does not depend on
 * what else the kind has, unless two paths would read the same.
 */
export function nameTypes(kind: string, root: JsonObject, taken: ReadonlySet<string>): NamedTypes {
  const texts = new Map<JsonObject, string>();
  const shapes = new Map<string, Shape>();
  collectShapes(root, [], shapes, texts);
  const ordered = [...shapes.values()].sort((a, b) => comparePaths(a.path, b.path));
  const names = new Map<string, string>();
  const used = new Set(taken);
  for (const shape of ordered) {
    const name = freeName(kind, shape, used);
    used.add(name);
    names.set(shape.text, name);
  }
  const link = (node: JsonObject): JsonObject => {
    const text = texts.get(node);
    const name = text === undefined ? undefined : names.get(text);
    return name === undefined ? mapChildren(node, link) : { ...usage(node), [TYPE]: name };
  };
  return {
    root: mapChildren(root, link),
    types: ordered.map((shape) => ({ name: names.get(shape.text) as string, schema: mapChildren(own(shape.schema), link) })),
  };
}

function collectShapes(
  node: JsonObject,
  path: readonly string[],
  shapes: Map<string, Shape>,
  texts: Map<JsonObject, string>,
): void {
  if (path.length > 0 && isNamed(node)) {
    const text = JSON.stringify(stripDescriptions(own(node)));
    texts.set(node, text);
    const known = shapes.get(text);
    const ends = new Set([...(known?.ends ?? []), path[path.length - 1] as string]);
    const isShorter = known === undefined || comparePaths(path, known.path) < 0;
    shapes.set(text, isShorter ? { text, path, ends, schema: node } : { ...known, ends });
  }
  mapChildren(node, (child, step) => {
    collectShapes(child, step === '[]' || step === '{}' || step === '' ? path : [...path, step], shapes, texts);
    return child;
  });
}

/** Objects with fields of their own; maps and empty objects are as short as a name would be. */
function isNamed(node: JsonObject): boolean {
  if (node['type'] !== 'object') return false;
  const properties = node['properties'];
  return (isJsonObject(properties) && Object.keys(properties).length > 0) || node[GROUPS] !== undefined;
}

/** What belongs to a shape wherever it stands. */
function own(node: JsonObject): JsonObject {
  const { description: _description, nullable: _nullable, ...rest } = node;
  return typeof _description === 'string' ? { description: _description, ...rest } : rest;
}

/** What belongs to the place where a shape stands. */
function usage(node: JsonObject): JsonObject {
  const { description, nullable } = node;
  return {
    ...(description === undefined ? {} : { description }),
    ...(nullable === undefined ? {} : { nullable }),
  };
}

function freeName(kind: string, { path, ends, schema }: Shape, used: ReadonlySet<string>): string {
  const fields = Object.keys(propertiesOf(schema)).sort().join();
  const wellKnown = ends.size > 1 ? WELL_KNOWN.filter((shape) => shape.fields === fields) : [];
  const long = `${kind}${path.map(pascalCase).join('')}`;
  const short = path.length > 1 && path[0] === 'spec' ? `${kind}${path.slice(1).map(pascalCase).join('')}` : long;
  const candidates = [...wellKnown.map(({ name }) => `${kind}${name}`), short, long];
  for (let number = 2; ; number += 1) {
    const free = candidates.find((name) => !used.has(name));
    if (free !== undefined) return free;
    candidates.push(`${long}${number}`);
  }
}

function comparePaths(a: readonly string[], b: readonly string[]): number {
  return a.length - b.length || compareText(a.join('.'), b.join('.'));
}
