import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');

/** A ```ts block of the README or of a page of docs/: each is a program of its own. */
export interface DocsProgram {
  /** Such as `docs-ingress-md-1`: the page, and which of its blocks. */
  readonly name: string;
  /** Such as `docs/ingress.md`. */
  readonly page: string;
  readonly program: string;
}

/** Stands in for Pulumi's engine, which is not there when a program is run by itself. */
const ENGINE = `import { runtime } from '@pulumi/pulumi';

void runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs });
`;

/** All of them, by page. */
export function docsPrograms(): DocsProgram[] {
  return pages().flatMap((page) => {
    const blocks = readFileSync(join(ROOT, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm);
    return [...blocks].map(([, program = ''], index) => ({ name: `${page.replace(/\W+/g, '-')}-${index + 1}`, page, program }));
  });
}

/**
 * Writes them as files named `NAME.ts` with a tsconfig.json, and gives their folder. It is below the project, so that imports
 * are found as in the project's own programs.
 *
 * @param use who reads them: two that run at a time need two folders
 */
export function writeDocsPrograms(programs: readonly DocsProgram[], use: string): string {
  const folder = join(ROOT, '.cache', `docs-${use}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, program } of programs) writeFileSync(join(folder, `${name}.ts`), program.includes('@pulumi/pulumi') ? `import './engine';\n${program}` : program);
  writeFileSync(join(folder, 'engine.ts'), ENGINE);
  const tsconfig = { extends: '../../examples/tsconfig.json', compilerOptions: { incremental: false }, include: ['*.ts'], exclude: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  return folder;
}

function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', ...docs.filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`)].sort();
}
