import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { compiled, entryPoints } from './surface';

/**
 * Adds or removes the folders that stand for our subpaths while the package is packed: `istio/package.json` and so
 * on. Whatever resolves as Node did before `exports` finds `mesh-constructs/istio` through them, scripts and types.
 */
function main(root: string, action: string | undefined): void {
  for (const entry of entryPoints(root).filter(({ name }) => name !== '')) {
    const folder = join(root, entry.name);
    if (existsSync(folder) && readdirSync(folder).some((file) => file !== 'package.json')) {
      throw new Error(`${folder} is in the way: this name is a subpath of the package`);
    }
    if (action === 'remove') {
      rmSync(folder, { recursive: true, force: true });
      continue;
    }
    const { script, types } = compiled(entry);
    const content = { main: relative(folder, join(root, script)), types: relative(folder, join(root, types)) };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(content, undefined, 2)}\n`);
  }
}

main(resolve(__dirname, '..'), process.argv[2]);
