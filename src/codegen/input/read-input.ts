import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { meshError } from '../../errors/mesh-error';
import { fetchText } from './fetch-text';
import type { InputText } from './input-text';

/** Where inputs are read from, other than by their name. */
export interface InputContext {
  readonly cwd: string;
  readonly stdin: AsyncIterable<Uint8Array | string> | undefined;
}

const ENDINGS = /\.(ya?ml|json)$/i;

/** Reads an input as the user named it: a file, a folder, an address, or `-` for standard input. */
export async function readInput(spec: string, context: InputContext): Promise<InputText[]> {
  if (spec === '-') return [{ name: 'stdin', text: await readStdin(context) }];
  if (/^[a-z]+:\/\//i.test(spec)) return [{ name: basename(new URL(spec).pathname) || spec, text: await fetchText(spec) }];
  const path = resolve(context.cwd, spec);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw unreadable(spec, 'no such file or folder');
  if (!stat.isDirectory()) return [{ name: basename(path), text: readText(path, spec) }];
  return listFolder(path).map((file) => ({
    name: basename(file),
    text: readText(file, join(spec, file.slice(path.length + 1))),
    inFolder: true,
  }));
}

/** YAML and JSON files of a folder and the folders in it, in an order that no machine changes. */
function listFolder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name.startsWith('.') || entry.name === 'node_modules' ? [] : listFolder(path);
      return ENDINGS.test(entry.name) ? [path] : [];
    });
}

function readText(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(shown, error instanceof Error ? (error.message.split(',')[0] ?? '') : String(error));
  }
}

async function readStdin(context: InputContext): Promise<string> {
  if (context.stdin === undefined) throw unreadable('-', 'no standard input');
  const chunks: Buffer[] = [];
  for await (const chunk of context.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function unreadable(spec: string, got: string): Error {
  return meshError({ code: 'import-unreadable', property: spec, got, expected: 'a file, a folder, an https address or -' });
}
