import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { meshError } from '../errors/mesh-error';
import { isGenerated } from './emit/marker';

/** What writing did, by path from the out folder. */
export interface WriteReport {
  readonly written: readonly string[];
  readonly unchanged: number;
  readonly removed: readonly string[];
}

/**
 * Brings an out folder to `files`. Everything is first written to a temporary folder inside it and then renamed into
 * place, and put back if that fails: the folder is never half old and half new. In `folders`, generated files that
 * are no longer wanted go; a file without the marker is never touched.
 */
export function writeFiles(out: string, files: ReadonlyMap<string, string>, folders: readonly string[]): WriteReport {
  refuseForeignFiles(out, files);
  const changed = [...files].filter(([path, text]) => readText(join(out, path)) !== text).map(([path]) => path);
  const removed = folders.flatMap((folder) => staleFiles(out, folder, files));
  if (changed.length > 0 || removed.length > 0) replace(out, files, changed, removed);
  return { written: changed, unchanged: files.size - changed.length, removed };
}

function replace(out: string, files: ReadonlyMap<string, string>, changed: readonly string[], removed: readonly string[]): void {
  let staging: string | undefined;
  try {
    mkdirSync(out, { recursive: true });
    staging = mkdtempSync(join(out, '.mesh-constructs-'));
    for (const path of changed) writeInto(join(staging, 'new', path), files.get(path) as string);
    swap(out, staging, changed, removed);
  } catch (error) {
    throw meshError({
      code: 'import-cannot-write',
      property: '',
      got: error instanceof Error ? error.message : String(error),
      expected: 'a folder that can be written to',
      fix: 'nothing was changed; choose another folder with --out',
    });
  } finally {
    if (staging !== undefined) rmSync(staging, { recursive: true, force: true });
  }
}

function swap(out: string, staging: string, changed: readonly string[], removed: readonly string[]): void {
  const undo: (() => void)[] = [];
  const moveAway = (path: string): void => {
    const kept = join(staging, 'old', path);
    if (!existsSync(join(out, path))) return;
    mkdirSync(dirname(kept), { recursive: true });
    renameSync(join(out, path), kept);
    undo.push(() => renameSync(kept, join(out, path)));
  };
  try {
    for (const path of removed) moveAway(path);
    for (const path of changed) {
      moveAway(path);
      mkdirSync(dirname(join(out, path)), { recursive: true });
      renameSync(join(staging, 'new', path), join(out, path));
      undo.push(() => rmSync(join(out, path)));
    }
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  }
}

/** A file in the way that somebody wrote by hand stops the import before anything is written. */
function refuseForeignFiles(out: string, files: ReadonlyMap<string, string>): void {
  for (const path of files.keys()) {
    const text = readText(join(out, path));
    if (text === undefined || isGenerated(text)) continue;
    throw meshError({
      code: 'import-foreign-file',
      property: path,
      got: 'a file that the generator did not write',
      expected: 'no file, or one with the marker of the generator',
      fix: 'move the file, or choose another folder with --out',
    });
  }
}

function staleFiles(out: string, folder: string, files: ReadonlyMap<string, string>): string[] {
  const path = join(out, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .map((name) => `${folder}/${name}`)
    .filter((file) => file.endsWith('.ts') && !files.has(file) && isGenerated(readText(join(out, file)) ?? ''))
    .sort();
}

function writeInto(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
