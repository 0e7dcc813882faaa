import { readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import * as esbuild from 'esbuild';
import type { BundledPackage } from './bundled-packages';
import { filesUnder } from './files';

const FOLDER = 'vendor';

/** Where a bundled package lies in the compiled library. */
export function vendorFile(name: string): string {
  return `${FOLDER}/${name.replace('@', '').replace('/', '-')}.js`;
}

/**
 * Writes the package as one CommonJS file into `outDir`, with all that it needs. Returns the files that went into it,
 * relative to the project.
 */
export function bundle(root: string, { name, stubs = {} }: BundledPackage, outDir: string): string[] {
  const result = esbuild.buildSync({
    absWorkingDir: root,
    entryPoints: [name],
    outfile: join(outDir, vendorFile(name)),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // names stay, for error messages and stack traces
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    banner: { js: `/* ${name} and what it needs; for the licences see ../THIRD-PARTY-LICENSES.txt. */` },
    alias: Object.fromEntries(Object.entries(stubs).map(([module, file]) => [module, join(root, file)])),
    metafile: true,
    logLevel: 'error',
  });
  return Object.keys(result.metafile.inputs);
}

/** Makes every script of `outDir` load the packages from `vendor/`. Returns the packages that any script loads. */
export function redirectToVendor(outDir: string, packages: readonly BundledPackage[]): string[] {
  const loaded = new Set<string>();
  const names = packages.map(({ name }) => name.replace(/[/\-.]/g, '\\$&')).join('|');
  const call = new RegExp(`\\b(require|import)\\((["'])(${names})\\2\\)`, 'g');
  for (const file of filesUnder(outDir, '.').filter((path) => path.endsWith('.js') && !path.startsWith(`./${FOLDER}/`))) {
    const text = readFileSync(join(outDir, file), 'utf8');
    const redirected = text.replace(call, (_, how: string, _quote: string, name: string) => {
      loaded.add(name);
      const path = posix.relative(posix.dirname(file), vendorFile(name));
      return `${how}(${JSON.stringify(path.startsWith('.') ? path : `./${path}`)})`;
    });
    if (redirected !== text) writeFileSync(join(outDir, file), redirected);
  }
  return [...loaded].sort();
}
