import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { MeshError } from '../errors/mesh-error';
import { meshError } from '../errors/mesh-error';

/** Names the files of the last synthesis; without an ending that kubectl would read. */
const LIST = '.mesh-constructs-files';
const STAGING = '.mesh-constructs-tmp-';

/**
 * Writes files into a folder as one step as far as a file system allows: all are written into a hidden folder in it first
 * and then moved to their places, so that an error leaves the folder as it was. Files that an earlier synthesis wrote and
 * this one does not are removed; files of others stay.
 *
 * @throws MeshError when two files have one path, or the folder cannot be written.
 */
export function writeOutputFolder(folder: string, files: readonly { path: string; text: string }[]): void {
  refuseClashes(files.map((file) => file.path));
  const target = resolve(folder);
  let made: string | undefined;
  try {
    made = mkdirSync(target, { recursive: true });
    writeAndMove(target, folder, files);
  } catch (error) {
    if (made !== undefined) removeMade(target, made);
    throw folderError(folder, error);
  }
}

/** In the folder and not beside it: the folder may be a mount, or a link to another disk, where nothing moves to. */
function writeAndMove(target: string, folder: string, files: readonly { path: string; text: string }[]): void {
  const paths = files.map((file) => file.path);
  const staging = mkdtempSync(join(target, STAGING));
  try {
    // numbers for names: should the program be killed, kubectl reads nothing of what is left
    files.forEach((file, index) => writeFileSync(join(staging, String(index)), file.text));
    const list = join(staging, 'list');
    writeFileSync(list, `${[...paths].sort().join('\n')}\n`);
    for (const path of [...paths, LIST]) refuseBlocked(target, folder, path);
    moveInto(target, staging, paths);
    renameSync(list, join(target, LIST));
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function moveInto(target: string, staging: string, paths: readonly string[]): void {
  const exact = new Set(paths);
  const anyCase = new Set(paths.map((path) => path.toLowerCase()));
  const stale = writtenBefore(target).filter((path) => !exact.has(path) && isFile(join(target, path)));
  const isRenamed = (path: string): boolean => anyCase.has(path.toLowerCase());
  // before its new name is written: where the disk does not tell capitals, both are one file
  for (const path of stale.filter(isRenamed)) rmSync(join(target, path), { force: true });
  paths.forEach((path, index) => {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    renameSync(join(staging, String(index)), join(target, path));
  });
  for (const path of stale.filter((gone) => !isRenamed(gone))) rmSync(join(target, path), { force: true });
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
}

/** What an earlier synthesis wrote here; a list that somebody edited cannot lead outside the folder. */
function writtenBefore(target: string): string[] {
  const list = join(target, LIST);
  if (!existsSync(list)) return [];
  const lines = readFileSync(list, 'utf8').split('\n');
  return lines.filter((path) => path !== '' && resolve(target, path).startsWith(target + sep));
}

/** Looks before anything is moved: a folder where a file is to go, or a file where a folder is to go. */
function refuseBlocked(target: string, folder: string, path: string): void {
  if (lstatSync(join(target, path), { throwIfNoEntry: false })?.isDirectory() === true) {
    throw cannotWrite(`${folder} (${path} is a folder there)`, 'a folder with room for the files', `remove ${join(folder, path)}`);
  }
  for (const parent of parentsOf(path)) {
    if (statSync(join(target, parent), { throwIfNoEntry: false })?.isDirectory() === false) {
      throw cannotWrite(`${folder} (${parent} is a file there)`, 'a folder with room for the files', `remove ${join(folder, parent)}`);
    }
  }
}

/** `a`, `a/b` for `a/b/c`. */
function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** The folder and, as far as they are empty, the folders around it that were made for it. */
function removeMade(target: string, made: string): void {
  rmSync(target, { recursive: true, force: true });
  for (let folder = target; folder !== made && folder !== dirname(folder); ) {
    folder = dirname(folder);
    try {
      rmdirSync(folder);
    } catch {
      // somebody else has put something there
      return;
    }
  }
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
  for (const path of paths) {
    const file = parentsOf(path).map((parent) => seen.get(parent.toLowerCase())).find((known) => known !== undefined);
    if (file === undefined) continue;
    throw meshError({
      code: 'file-clash',
      property: '',
      got: `a file named ${file}, and ${path} in a folder of that name`,
      expected: 'a file name of its own for every chart and resource',
      fix: 'rename one of the charts',
    });
  }
}

function folderError(folder: string, error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (code === undefined || !/^E[A-Z]+$/.test(code)) return error;
  return cannotWrite(`${folder} (${message ?? code})`, 'a folder that can be written');
}

function cannotWrite(got: string, expected: string, fix?: string): MeshError {
  return meshError({ code: 'cannot-write', property: 'outdir', got, expected, ...(fix === undefined ? {} : { fix }) });
}
