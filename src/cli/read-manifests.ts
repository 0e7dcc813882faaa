import { closeSync, fstatSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Finding } from '../errors/finding';
import type { CommandIo } from './command';
import { readDocuments } from './manifest-text';
import type { TextDocument } from './manifest-text';

/** One object of the input, and how to find its fields there. */
export interface Manifest {
  readonly file: string;
  readonly value: unknown;
  readonly document: TextDocument;
  /** Path of the object in its document: empty, or `items[3]` of a List. */
  readonly base: readonly (string | number)[];
}

/** What was read. A problem is bad input; a misuse is an input that cannot be read at all. */
export interface Manifests {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Finding[];
  readonly misuses: readonly string[];
}

/** More than this in one file is refused: reading takes some hundred times as much memory. */
export const LARGEST_FILE = 32 * 1024 * 1024;
/** API servers take no request larger than this (`--max-request-bytes` of etcd is smaller still). */
const LARGEST_OBJECT = 3 * 1024 * 1024;
const MANIFEST_FILE = /\.(?:ya?ml|json)$/i;

/** Reads files, folders and standard input (`-`), in the order given; folders by name. */
export async function readManifests(inputs: readonly string[], io: CommandIo): Promise<Manifests> {
  const manifests: Manifest[] = [];
  const problems: Finding[] = [];
  const misuses: string[] = [];
  for (const input of inputs) {
    for (const source of await sourcesOf(input, io)) {
      if ('misuse' in source) misuses.push(source.misuse);
      else if ('problem' in source) problems.push(source.problem);
      else collect(source.name, source.text, manifests, problems);
    }
  }
  return { manifests, problems, misuses };
}

type Source = { readonly name: string; readonly text: string } | { readonly problem: Finding } | { readonly misuse: string };

async function sourcesOf(input: string, io: CommandIo): Promise<readonly Source[]> {
  if (input === '-') return [await readStandardInput(io)];
  const path = resolve(io.cwd, input);
  try {
    if (!statSync(path).isDirectory()) return [readFile(path, input)];
    const files = filesBelow(path);
    if (files.length === 0) return [{ misuse: `${input}: no .yaml, .yml or .json file in this folder` }];
    return files.map((file) => readFile(file, join(input, relative(path, file))));
  } catch (error) {
    return [{ misuse: `${input}: ${reason(error)}` }];
  }
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    if (entry.isDirectory()) return filesBelow(path);
    return MANIFEST_FILE.test(entry.name) ? [path] : [];
  });
}

function readFile(path: string, name: string): Source {
  try {
    const handle = openSync(path, 'r');
    try {
      const { size } = fstatSync(handle);
      return size > LARGEST_FILE ? { problem: tooLarge(name, size) } : decode(name, readFileSync(handle));
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    return { misuse: `${name}: ${reason(error)}` };
  }
}

async function readStandardInput(io: CommandIo): Promise<Source> {
  if (io.stdin === undefined) return { misuse: '-: there is no standard input' };
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of io.stdin) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > LARGEST_FILE) return { problem: tooLarge('-', size) };
    chunks.push(bytes);
  }
  return decode('-', Buffer.concat(chunks));
}

function decode(name: string, bytes: Buffer): Source {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\u0000')) return { name, text };
  } catch {
    // said below
  }
  return {
    problem: { code: 'binary-file', property: '', got: 'a file that is no UTF-8 text', expected: 'YAML or JSON', source: { file: name, line: 1 } },
  };
}

function tooLarge(name: string, size: number): Finding {
  return {
    code: 'file-too-large',
    property: '',
    got: `${Math.round(size / 1024 / 1024)} MiB or more`,
    expected: `at most ${LARGEST_FILE / 1024 / 1024} MiB in a file`,
    fix: 'split it into several files',
    source: { file: name, line: 1 },
  };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  EISDIR: 'it is a folder',
  ELOOP: 'its links go round in a circle',
};

function reason(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === 'string' ? (REASONS[code] ?? `cannot be read (${code})`) : 'cannot be read';
}

function collect(file: string, text: string, manifests: Manifest[], problems: Finding[]): void {
  for (const document of readDocuments(text)) {
    for (const { place, ...problem } of document.problems) problems.push({ ...problem, property: '', source: { file, ...place } });
    if (document.problems.length > 0) continue;
    for (const manifest of objectsOf(file, document)) {
      const problem = sizeProblem(manifest, text);
      if (problem === undefined) manifests.push(manifest);
      else problems.push(problem);
    }
  }
}

/** The items of a List, each with its own place; any other document is one object. */
function objectsOf(file: string, document: TextDocument): readonly Manifest[] {
  const value = document.value as { readonly kind?: unknown; readonly items?: unknown };
  const isList = typeof value === 'object' && !Array.isArray(value) && typeof value.kind === 'string' && value.kind.endsWith('List');
  if (!isList || !Array.isArray(value.items)) return [{ file, value, document, base: [] }];
  return value.items.map((item: unknown, index) => ({ file, value: item, document, base: ['items', index] }));
}

function sizeProblem(manifest: Manifest, text: string): Finding | undefined {
  if (text.length <= LARGEST_OBJECT) return undefined;
  const size = Buffer.byteLength(JSON.stringify(manifest.value) ?? '');
  if (size <= LARGEST_OBJECT) return undefined;
  return {
    code: 'object-too-large',
    property: '',
    got: `${(size / 1024 / 1024).toFixed(1)} MiB`,
    expected: `at most ${LARGEST_OBJECT / 1024 / 1024} MiB in an object, as API servers take them`,
    source: { file: manifest.file, ...manifest.document.placeOf(manifest.base) },
  };
}
