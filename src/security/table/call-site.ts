import { isAbsolute, relative } from 'node:path';

/** A line of a program. */
export interface CallSite {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Asks for lines: `mesh-constructs access` sets it, and every other synthesis is spared the cost. */
export const SITES_ASKED = 'MESH_CONSTRUCTS_ACCESS_TABLE';

const FRAME = /\(?((?:file:\/\/)?(?:\/|[A-Za-z]:\\)[^()]*?):(\d+):\d+\)?$/;

/** The line of the program that called, told by the first frame that is not of this library; undefined unless asked for. */
export function callSite(): CallSite | undefined {
  if (process.env[SITES_ASKED] === undefined) return undefined;
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, callSite);
  const lines = (holder.stack ?? '').split('\n').slice(1);
  for (const line of lines) {
    const [, file, number] = FRAME.exec(line.trim()) ?? [];
    if (file === undefined || number === undefined || isOurs(file)) continue;
    const plain = file.replace(/^file:\/\//, '');
    const near = relative(process.cwd(), plain);
    return { file: near.startsWith('..') || isAbsolute(near) ? plain : near, line: Number(number) };
  }
  return undefined;
}

/** Of this library: below the folder that this file is in, two levels up. */
function isOurs(file: string): boolean {
  const own = __dirname.replace(/[\\/]security$/, '');
  return file.replace(/^file:\/\//, '').startsWith(own) || file.includes('node:internal');
}
