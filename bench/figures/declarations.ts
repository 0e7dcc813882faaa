import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from '../figure';
import { binOf, hasShared, ISTIO_CRDS, NO_SHARED, node, ROOT, withProject } from '../processes';

/** Declarations as the package ships them, without descriptions. */
export const declarations: Figure = {
  name: 'declarations',
  what: 'declarations of DestinationRule, without docs',
  unit: 'kB',
  target: 25,
  measure: () => kilobytes(join(ROOT, 'lib', 'imports', 'istio', 'destination-rule.d.ts')),
};

/** Declarations as a user gets them who imports the CRDs, with descriptions. */
export const declarationsWithDocs: Figure = {
  name: 'declarations with docs',
  what: 'declarations of DestinationRule from `mesh-constructs import`, with docs',
  unit: 'kB',
  target: 70,
  measure: () => {
    if (!hasShared()) return { skipped: NO_SHARED };
    return withProject((folder) => {
      node([join(ROOT, 'lib', 'src', 'cli', 'main.js'), 'import', ISTIO_CRDS, '--out', 'imports'], folder);
      const source = findFile(join(folder, 'imports'), 'destination-rule.ts');
      const out = join(folder, 'out');
      mkdirSync(out);
      const config = { compilerOptions: { module: 'commonjs', target: 'es2022', declaration: true, emitDeclarationOnly: true, outDir: out, skipLibCheck: true, types: ['node'] }, files: [source] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
      node([binOf('tsc'), '-p', folder], folder);
      return kilobytes(findFile(out, 'destination-rule.d.ts'));
    });
  },
};

function findFile(folder: string, name: string): string {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith(name));
  if (found === undefined) throw new Error(`no ${name} below ${folder}`);
  return join(folder, found);
}

function kilobytes(file: string): number {
  if (!existsSync(file)) throw new Error(`${file} is not there: run npm run build first`);
  return statSync(file).size / 1000;
}
