import { compareText } from '../version-order';
import { HEADER } from './marker';
import type { Imports } from './imports';

/** The names that one module of a source has. */
export interface ModuleNames {
  /** Base name of the file. */
  readonly file: string;
  readonly classes: readonly string[];
  readonly types: readonly string[];
}

/**
 * The index of a source: explicit names, by module. Should two modules have a type of one name, the module whose
 * class starts the name longest keeps it here; the other one's is reached through its own module.
 */
export function emitIndex(modules: readonly ModuleNames[], imports: Imports): string {
  const owner = new Map<string, string>();
  const byLength = [...modules].sort(
    (a, b) => (b.classes[0]?.length ?? 0) - (a.classes[0]?.length ?? 0) || compareText(a.file, b.file),
  );
  for (const module of modules) for (const name of module.classes) owner.set(name, module.file);
  for (const module of byLength) for (const name of module.types) if (!owner.has(name)) owner.set(name, module.file);
  const lines = [...modules]
    .sort((a, b) => compareText(a.file, b.file))
    .flatMap((module) => {
      const from = `'./${module.file}${imports.extension}'`;
      const types = module.types.filter((name) => owner.get(name) === module.file).sort();
      return [
        ...(module.classes.length === 0 ? [] : [`export { ${[...module.classes].sort().join(', ')} } from ${from};`]),
        ...(types.length === 0 ? [] : [`export type { ${types.join(', ')} } from ${from};`]),
      ];
    });
  return [`${HEADER}/* eslint-disable */`, ...lines, ''].join('\n');
}
