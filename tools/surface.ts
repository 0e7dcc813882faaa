import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One way into the package: `mesh-constructs` itself or one of its subpaths. */
export interface EntryPoint {
  /** Subpath after the package name; empty for the main entry. */
  readonly name: string;
  /** Source file, relative to the project. */
  readonly source: string;
}

/** What package.json says about the entries, for Node, for TypeScript, and for readers of neither `exports`. */
export interface Surface {
  readonly main: string;
  readonly types: string;
  readonly exports: Record<string, string | { readonly types: string; readonly default: string }>;
  readonly typesVersions: { readonly '*': Record<string, readonly string[]> };
}

/** Folders whose children become subpaths where they hold an `index.ts`. */
const PARENTS = ['imports', 'src'];

/** Where the compiler puts what it made of `src/` and `imports/`. */
export const OUT_DIR = 'lib';

/**
 * The entries of the package, read off the folders: `src/index.ts`, and each `imports/<name>/index.ts` and
 * `src/<name>/index.ts` as `<name>`. A folder of `src/` that is no entry has no `index.ts`.
 */
export function entryPoints(root: string): EntryPoint[] {
  const subpaths = PARENTS.flatMap((parent) =>
    folders(join(root, parent)).map((name) => ({ name, source: `${parent}/${name}/index.ts` })),
  );
  return [{ name: '', source: 'src/index.ts' }, ...subpaths]
    .filter((entry) => existsSync(join(root, entry.source)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The fields of package.json that follow from the entries. */
export function packageSurface(entries: readonly EntryPoint[]): Surface {
  const exports: Surface['exports'] = {};
  const typesOf: Record<string, readonly string[]> = {};
  for (const entry of entries) {
    const { types, script } = compiled(entry);
    exports[entry.name === '' ? '.' : `./${entry.name}`] = { types: `./${types}`, default: `./${script}` };
    if (entry.name !== '') typesOf[entry.name] = [types];
  }
  exports['./package.json'] = './package.json';
  const main = compiled({ name: '', source: 'src/index.ts' });
  return { main: main.script, types: main.types, exports, typesVersions: { '*': typesOf } };
}

/** What the compiler makes of the source of an entry. */
export function compiled(entry: EntryPoint): { readonly script: string; readonly types: string } {
  const base = `${OUT_DIR}/${entry.source.replace(/\.ts$/, '')}`;
  return { script: `${base}.js`, types: `${base}.d.ts` };
}

function folders(parent: string): string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

/** The folders that stand for the subpaths for readers that know no `exports`; see subpath-folders.ts. */
export function subpathFolders(entries: readonly EntryPoint[]): string[] {
  return entries.map((entry) => entry.name).filter((name) => name !== '');
}
