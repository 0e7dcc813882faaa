import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** All files under a folder of the project, relative to the project with `/` between, sorted; none if it is missing. */
export function filesUnder(root: string, folder: string): string[] {
  const absolute = join(root, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesUnder(root, path) : [path];
    })
    .sort();
}

/** The TypeScript sources under a folder of the project. */
export function sourceFiles(root: string, folder: string): string[] {
  return filesUnder(root, folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
}
