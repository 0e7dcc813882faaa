import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import { filesUnder } from './files';

// a name in quotes, as in Pick<Props, 'from' | 'to'>, imports nothing
const SPECIFIER = /(?<!["'])(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*["']([^"']+)["']/g;

/** What the declarations of the package name, seen from its entries. */
export interface DeclarationGraph {
  /** Declaration files that a user's compiler may read, relative to `folder`. */
  readonly reachable: ReadonlySet<string>;
  /** Packages that these files import, with one file that does. */
  readonly packages: ReadonlyMap<string, string>;
}

/** Follows the imports of declarations from the entries; paths are relative to `folder`. */
export function declarationGraph(folder: string, entries: readonly string[]): DeclarationGraph {
  const reachable = new Set<string>();
  const packages = new Map<string, string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reachable.has(file)) continue;
    reachable.add(file);
    for (const [, specifier = ''] of readFileSync(join(folder, file), 'utf8').matchAll(SPECIFIER)) {
      if (specifier.startsWith('.')) waiting.push(declarationOf(folder, file, specifier));
      else packages.set(packageName(specifier), file);
    }
  }
  return { reachable, packages };
}

/** Removes the declarations that no entry leads to. Returns how many are left. */
export function pruneDeclarations(folder: string, entries: readonly string[]): number {
  const { reachable } = declarationGraph(folder, entries);
  for (const file of filesUnder(folder, '.').map((path) => path.replace(/^\.\//, ''))) {
    if (file.endsWith('.d.ts') && !reachable.has(file)) rmSync(join(folder, file));
  }
  return reachable.size;
}

function declarationOf(folder: string, from: string, specifier: string): string {
  const base = posix.join(posix.dirname(from), specifier);
  const found = [`${base}.d.ts`, `${base}/index.d.ts`].find((file) => existsSync(join(folder, file)));
  if (found === undefined) throw new Error(`${from} imports ${specifier}, of which there is no declaration`);
  return found;
}

function packageName(specifier: string): string {
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
