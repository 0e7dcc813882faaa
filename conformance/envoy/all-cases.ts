import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import type { Case } from './case';

const FOLDER = path.join(__dirname, 'cases');

/** A file of `cases/`. */
export interface CaseFile {
  readonly name: string;
  readonly cases: readonly Case[];
  /** Why it could not be loaded, which is a disagreement: what is not asked must not look like what agrees. */
  readonly error?: string;
}

/** All cases there are: whatever list a file of the folder exports. */
export function allCases(): readonly CaseFile[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts')).sort();
  return files.map((file) => {
    const name = path.basename(file, '.ts');
    try {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- which files there are is known only now
      const found = Object.values(require(path.join(FOLDER, file)) as Readonly<Record<string, unknown>>);
      const cases = found.filter((value): value is readonly Case[] => Array.isArray(value)).flat();
      return { name, cases, ...(cases.length === 0 ? { error: 'it exports no list of cases' } : {}) };
    } catch (error) {
      return { name, cases: [], error: (error as Error).message.split('\n')[0] ?? '' };
    }
  });
}
