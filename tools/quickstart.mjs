// From a fresh clone to manifests in two minutes; `npm run quickstart`. Starts with nothing installed.
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './run/prepare.mjs';
import { run, steps } from './run/step.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const example = join(root, 'examples/01-bookinfo');
const output = join(example, 'dist');
const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
const command = join(root, 'lib/src/cli/main.js');

async function quickstart() {
  if (!(await prepare(root))) return false;
  if (!(await step('build', root, tsx, 'tools/build.ts'))) return false;

  rmSync(output, { recursive: true, force: true });
  // the tsconfig of the project, not that of the examples: the example is to run on what was just built
  const synthesize = [tsx, '--tsconfig', join(root, 'tsconfig.json'), 'main.ts'];
  if (!(await step('synthesize examples/01-bookinfo', example, ...synthesize))) return false;
  if (!(await step('validate what was made', root, command, 'validate', output))) return false;
  await report();
  return true;
}

async function step(name, cwd, ...args) {
  const [result] = await steps([{ name, start: () => run(process.execPath, args, { cwd }) }]);
  return result.ok;
}

async function report() {
  const files = manifests(output);
  const kinds = await countKinds(files);
  const total = [...kinds.values()].reduce((sum, count) => sum + count, 0);
  const width = Math.max(...[...kinds.keys()].map((kind) => kind.length));
  console.log(`\nMade ${total === 1 ? 'one object' : `${total} objects`}:\n`);
  for (const [kind, count] of [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(`  ${kind.padEnd(width)}  ${count}`);
  console.log(`\nin ${files.length === 1 ? 'one file' : `${files.length} files`}:\n`);
  for (const file of files) console.log(`  ${relative(root, file)}  (${Math.ceil(statSync(file).size / 1000)} kB)`);
  console.log(`
Next:
  read the program      examples/01-bookinfo/main.ts
  change it, then       npm run quickstart
  check your own YAML   node ${relative(root, command)} validate FILE
  try it on a cluster   kubectl apply --server-side -f '${relative(root, output)}/*-crds.k8s.yaml'
                        kubectl wait --for=condition=Established crd --all --timeout=60s
                        kubectl apply --server-side -f ${relative(root, output)}
  work on the library   npm run verify, and CONTRIBUTING.md`);
}

async function countKinds(files) {
  // only now are packages there to load
  const { parseAllDocuments } = await import('yaml');
  const kinds = new Map();
  for (const document of files.flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')))) {
    const kind = document.get?.('kind');
    if (kind) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return kinds;
}

function manifests(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? manifests(join(folder, entry.name)) : [join(folder, entry.name)]))
    .filter((file) => /\.ya?ml$/.test(file))
    .sort();
}

process.exitCode = (await quickstart()) ? 0 : 1;
