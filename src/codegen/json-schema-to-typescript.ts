import { compile } from 'json-schema-to-typescript';
import { meshError } from '../errors/mesh-error';
import type { NamedType } from './name-types';
import { tidyTypes } from './tidy-types';

/** The only module that knows json-schema-to-typescript. */

const PLACEHOLDER = 'UnusedRootOfTheDocument';
const EMPTY_ROOT = new RegExp(`export interface ${PLACEHOLDER} ?\\{\\s*\\}\\n?`);

/** TypeScript declarations of normalised types, in the given order. */
export async function printTypes(types: readonly NamedType[]): Promise<string> {
  if (types.length === 0) return '';
  const schema = {
    title: PLACEHOLDER,
    type: 'object',
    additionalProperties: false,
    definitions: Object.fromEntries(types.map(({ name, schema: type }) => [name, type])),
  };
  const printed = await compile(schema as unknown as Parameters<typeof compile>[0], PLACEHOLDER, {
    additionalProperties: false,
    bannerComment: '',
    // laying out with prettier takes ten times as long as everything else
    format: false,
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
  });
  const texts = tidyTypes(printed.replace(EMPTY_ROOT, ''));
  const declarations = types.map(({ name }) => {
    const text = texts.get(name);
    if (text === undefined) throw missing(name);
    return text;
  });
  return `${declarations.join('\n\n')}\n`;
}

function missing(name: string): Error {
  return meshError({
    code: 'import-type-lost',
    property: name,
    got: 'no declaration of this type',
    expected: 'one declaration for each type',
    fix: 'this is a fault of the generator: please report it with the CRD',
  });
}
