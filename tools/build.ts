import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle, redirectToVendor } from './build/bundle';
import { BUNDLED_PACKAGES } from './build/bundled-packages';
import { lazyIndex } from './build/lazy-index';
import { thirdPartyLicences } from './build/licences';
import { pruneDeclarations } from './build/prune-declarations';
import { OUT_DIR, compiled, entryPoints } from './surface';

/**
 * Makes `lib/` of `src/` and `imports/`. All is made in a folder beside it first, so that a build which fails
 * leaves the last one as it was.
 */
function build(root: string): void {
  const cache = join(root, '.cache');
  const next = join(cache, 'lib-next');
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true });

  compile(root, next);
  const loaded = redirectToVendor(next, BUNDLED_PACKAGES);
  const vendorSources = BUNDLED_PACKAGES.filter(({ name }) => loaded.includes(name)).flatMap((bundled) => bundle(root, bundled, next));
  writeFileSync(join(next, 'THIRD-PARTY-LICENSES.txt'), thirdPartyLicences(root, vendorSources));

  const entries = entryPoints(root);
  const inNext = (path: string): string => path.slice(OUT_DIR.length + 1);
  for (const entry of entries) {
    const script = join(next, inNext(compiled(entry).script));
    writeFileSync(script, lazyIndex(join(root, entry.source), script));
  }
  pruneDeclarations(next, entries.map((entry) => inNext(compiled(entry).types)));

  const command = join(next, 'src/cli/main.js');
  if (existsSync(command)) chmodSync(command, 0o755);

  const previous = join(cache, 'lib-previous');
  rmSync(previous, { recursive: true, force: true });
  if (existsSync(join(root, OUT_DIR))) renameSync(join(root, OUT_DIR), previous);
  renameSync(next, join(root, OUT_DIR));
  rmSync(previous, { recursive: true, force: true });
}

function compile(root: string, outDir: string): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json', '--outDir', outDir], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

build(resolve(__dirname, '..'));
