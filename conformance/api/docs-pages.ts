import { docsPrograms, writeDocsPrograms } from '../../tools/docs-programs';
import { runAndRead } from './examples';
import type { ExampleOutput } from './examples';

/** The programs of one page of the documentation. */
export interface DocsPage {
  /** Such as `docs/ingress.md`. */
  readonly page: string;
  /** What each of its programs writes, by cluster; a program that writes no file is left out. */
  readonly outputs: () => Promise<ExampleOutput[]>;
}

/** @param use who asks: two that run at a time need files of their own */
export function docsPages(use: string): DocsPage[] {
  const programs = docsPrograms();
  const folder = writeDocsPrograms(programs, use);
  return [...new Set(programs.map(({ page }) => page))].map((page) => ({
    page,
    outputs: async () => {
      const outputs: ExampleOutput[] = [];
      for (const { name } of programs.filter((program) => program.page === page)) {
        const written = await runAndRead(folder, [`${name}.ts`]);
        for (const [cluster, objects] of written) outputs.push({ name: [name, cluster].filter(Boolean).join('/'), cluster, step: undefined, objects });
      }
      return outputs;
    },
  }));
}
