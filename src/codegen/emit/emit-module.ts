import type { NamedType } from '../name-types';
import { printTypes } from '../json-schema-to-typescript';
import { TYPE } from '../normalise/rule';
import { mapChildren } from '../schema-walk';
import type { JsonObject } from '../../rules/json';
import { compareText } from '../version-order';
import { withKnownFields } from './known-fields';
import { HEADER } from './marker';

/** A name that a module takes from another one. */
export interface ForeignType {
  readonly name: string;
  readonly from: string;
}

/** What one module of types holds. */
export interface TypeModule {
  /** Code that stands above the types. */
  readonly code?: string;
  readonly types: readonly NamedType[];
  /** Import lines that the code needs. */
  readonly imports?: readonly string[];
  readonly foreign: readonly ForeignType[];
}

/** The text of a module of types. */
export async function emitModule(module: TypeModule): Promise<string> {
  const byModule = new Map<string, string[]>();
  for (const { name, from } of module.foreign) byModule.set(from, [...(byModule.get(from) ?? []), name]);
  const foreign = [...byModule.entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([from, names]) => `import type { ${[...new Set(names)].sort().join(', ')} } from '${from}';`);
  const imports = [...(module.imports ?? []), ...foreign];
  const known = withKnownFields(module.types);
  const types = await printTypes(known.types);
  return [
    `${HEADER}/* eslint-disable */\n`,
    ...(imports.length === 0 ? [] : [`${imports.join('\n')}\n`]),
    ...[known.code, module.code].filter((code) => code !== undefined),
    ...(types === '' ? [] : [types]),
  ].join('\n');
}

/** Names of the types that a schema refers to. */
export function typeNamesIn(schema: JsonObject): string[] {
  const name = schema[TYPE];
  const names = typeof name === 'string' ? [name] : [];
  mapChildren(schema, (child) => {
    names.push(...typeNamesIn(child));
    return child;
  });
  return names;
}
