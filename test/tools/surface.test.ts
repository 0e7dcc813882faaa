import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { entryPoints, packageSurface, subpathFolders } from '../../tools/surface';

const ROOT = resolve(__dirname, '../..');

test('package.json says what the folders say; if not, run "npx projen"', () => {
  const entries = entryPoints(ROOT);
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
  expect(manifest).toMatchObject(packageSurface(entries));
  expect(Object.keys(manifest['exports'] as object)).toHaveLength(entries.length + 1);
  expect(manifest['files']).toEqual(['lib', 'API.md', 'CHANGELOG.md', ...subpathFolders(entries)]);
});

test('a folder with an index.ts is a subpath, and no other is', () => {
  const root = mkdtempSync(join(tmpdir(), 'surface-'));
  try {
    for (const file of ['src/index.ts', 'src/core/app.ts', 'src/testing/index.ts', 'imports/istio/index.ts', 'imports/other/a.ts', 'imports/catalog.ts']) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), '');
    }
    expect(packageSurface(entryPoints(root))).toEqual({
      main: 'lib/src/index.js',
      types: 'lib/src/index.d.ts',
      exports: {
        '.': { types: './lib/src/index.d.ts', default: './lib/src/index.js' },
        './istio': { types: './lib/imports/istio/index.d.ts', default: './lib/imports/istio/index.js' },
        './testing': { types: './lib/src/testing/index.d.ts', default: './lib/src/testing/index.js' },
        './package.json': './package.json',
      },
      typesVersions: { '*': { istio: ['lib/imports/istio/index.d.ts'], testing: ['lib/src/testing/index.d.ts'] } },
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
