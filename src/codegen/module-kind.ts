import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** True where the nearest package.json above a folder makes its TypeScript files ES modules. */
export function isEsModuleFolder(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const type = packageType(join(at, 'package.json'));
    if (type !== undefined) return type === 'module';
    if (dirname(at) === at) return false;
  }
}

/** The `type` of a package, `commonjs` where it says none, undefined where there is no package. */
function packageType(file: string): string | undefined {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as { type?: unknown };
    return typeof value.type === 'string' ? value.type : 'commonjs';
  } catch {
    return undefined;
  }
}
