import type { Lock, LockedKind } from '../lock';
import { compareText } from '../version-order';
import { HEADER } from './marker';
import type { Imports } from './imports';

/** The module that lists every kind of an out folder, and loads its rules when they are first asked for. */
export function emitCatalog(lock: Lock, imports: Imports): string {
  const sources = Object.entries(lock.sources).sort(([a], [b]) => compareText(a, b));
  const entries = sources.flatMap(([source, locked]) =>
    locked.kinds.map((kind) => emitEntry(source, kind, locked.definitions, imports)),
  );
  const isModule = imports.extension !== '';
  return [
    `${HEADER}/* eslint-disable */`,
    ...(isModule ? ["import { createRequire } from 'node:module';"] : []),
    `import type { KindEntry } from '${imports.catalogTypes}';`,
    '',
    ...(isModule ? ['const require = createRequire(import.meta.url);', ''] : []),
    '/** Every kind of this folder. The rules of a kind are loaded at its first use. */',
    'export const catalog: readonly KindEntry[] = [',
    ...entries,
    '];',
    '',
  ].join('\n');
}

function emitEntry(source: string, kind: LockedKind, hasDefinitions: boolean, imports: Imports): string {
  const facts = [
    ['source', source],
    ['group', kind.group],
    ['kind', kind.kind],
    ['plural', kind.plural],
    ['scope', kind.scope],
    ['versions', kind.versions],
  ].map(([name, value]) => `${name as string}: ${literal(value as string | readonly string[])}`);
  return [
    '  {',
    `    ${facts.slice(0, 3).join(', ')},`,
    `    ${facts.slice(3).join(', ')},`,
    `    load: () => ${load(`./${source}/${kind.file}.rules${imports.extension}`)}.rules,`,
    ...(hasDefinitions ? [`    loadShared: () => ${load(`./${source}/definitions.rules${imports.extension}`)}.shared,`] : []),
    '  },',
  ].join('\n');
}

/** A static `require`: bundlers follow it, and the compiler checks that the module has what is taken from it. */
function load(path: string): string {
  return `(require('${path}') as typeof import('${path}'))`;
}

function literal(value: string | readonly string[]): string {
  return typeof value === 'string' ? quote(value) : `[${value.map(quote).join(', ')}]`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
