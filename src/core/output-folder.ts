import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { meshError } from '../errors/mesh-error';

/** Names the files of the last synthesis; without an ending that kubectl would read. */
const LIST = '.mesh-constructs-files';

/**
 * Writes files into a folder as one step as far as a file system allows: all are written beside the folder first and
 * then moved in, so that an error leaves the folder as it was. Files that an earlier synthesis wrote and this one does
 * not are removed; files of others stay.
 *
 * @throws MeshError when two files have one path, or the folder cannot be written.
 */
export function writeOutputFolder(folder: string, files: readonly { path: string; text: string }[]): void {
  refuseClashes(files.map((file) => file.path));
  const target = resolve(folder);
  try {
    mkdirSync(dirname(target), { recursive: true });
    const staging = mkdtempSync(`${target}.tmp-`);
    try {
      for (const file of files) writeIn(staging, file.path, file.text);
      moveInto(target, staging, files.map((file) => file.path));
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  } catch (error) {
    throw folderError(folder, error);
  }
}

function moveInto(target: string, staging: string, paths: readonly string[]): void {
  mkdirSync(target, { recursive: true });
  const stale = writtenBefore(target).filter((path) => !paths.includes(path));
  for (const path of paths) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    renameSync(join(staging, path), join(target, path));
  }
  for (const path of stale) rmSync(join(target, path), { force: true });
  writeFileSync(join(target, LIST), `${[...paths].sort().join('\n')}\n`);
}

/** What an earlier synthesis wrote here; a list that somebody edited cannot lead outside the folder. */
function writtenBefore(target: string): string[] {
  const list = join(target, LIST);
  if (!existsSync(list)) return [];
  const lines = readFileSync(list, 'utf8').split('\n');
  return lines.filter((path) => path !== '' && resolve(target, path).startsWith(target + sep));
}

function writeIn(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Compared without case: on many machines `Gateway.a.yaml` and `gateway.a.yaml` are one file. */
function refuseClashes(paths: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const known = seen.get(path.toLowerCase());
    if (known !== undefined) {
      throw meshError({
        code: 'file-clash',
        property: '',
        got: `two files named ${path}`,
        expected: 'a file name of its own for every chart and resource',
        fix: known === path ? 'rename one of the charts' : `rename one: ${known} and ${path} differ in case only`,
      });
    }
    seen.set(path.toLowerCase(), path);
  }
}

function folderError(folder: string, error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (code === undefined || !/^E[A-Z]+$/.test(code)) return error;
  return meshError({
    code: 'cannot-write',
    property: 'outdir',
    got: `${folder} (${message ?? code})`,
    expected: 'a folder that can be written',
  });
}
