import { join } from 'node:path';
import { formatReport } from '../src/codegen/report';
import { writeFiles } from '../src/codegen/write-files';
import { generateOwnImports } from './own-imports';

/**
 * Generates the committed imports of this project: `tsx tools/generate-imports.ts [FOLDER]`, where FOLDER holds the
 * published `crds/` and `schemas/`.
 */
async function main(): Promise<void> {
  const shared = process.argv[2] ?? join(__dirname, '../../shared');
  const generated = await generateOwnImports(shared);
  const names = Object.keys(generated.lock.sources);
  process.stdout.write(formatReport(generated, names, writeFiles(join(__dirname, '../imports'), generated.files, [...names, 'mesh-config'])));
}

void main();
