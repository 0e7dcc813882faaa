import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { meshError } from '../errors/mesh-error';
import { isJsonObject } from '../rules/json';
import type { Json } from '../rules/json';
import type { Release } from '../rules/kind-rules';
import { MARKER } from './emit/marker';
import type { SourceFile } from './model';
import { compareText } from './version-order';

/** Raised when the same input would give other files. */
export const GENERATOR_VERSION = 1;

export const LOCK_FILE = 'lock.json';

/** What an out folder was generated from. Everything that the catalog says stands here too. */
export interface Lock {
  readonly generator: number;
  readonly sources: { readonly [name: string]: LockedSource };
}

export interface LockedSource {
  /** Whether the types carry the descriptions of the input. */
  readonly docs: boolean;
  readonly releases: readonly LockedRelease[];
  readonly counts: LockedCounts;
  /** True where the source has a file of definitions that its kinds share. */
  readonly definitions: boolean;
  readonly kinds: readonly LockedKind[];
}

export interface LockedRelease extends Release {
  readonly files: readonly SourceFile[];
  /** CEL rules in all versions of this release. */
  readonly rules: number;
  readonly kinds: number;
}

export interface LockedCounts {
  readonly kinds: number;
  /** CEL rules in all versions of all releases; each of them compiled. */
  readonly rules: number;
  readonly transitionRules: number;
}

export interface LockedKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly versions: readonly string[];
  readonly file: string;
  readonly className: string;
}

/** The lock of an out folder; an empty one where there is none yet. */
export function readLock(out: string): Lock {
  const file = join(out, LOCK_FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { generator: GENERATOR_VERSION, sources: {} };
  }
  const lock = parseLock(text);
  if (lock !== undefined) return lock;
  throw meshError({
    code: 'import-malformed-lock',
    property: '',
    got: 'a file that the generator did not write',
    expected: 'a lock file of mesh-constructs import',
    fix: 'remove the file, or choose another folder with --out',
    source: { file: LOCK_FILE, line: 1 },
  });
}

/** The text of the lock file; sources in alphabetical order. */
export function formatLock(lock: Lock): string {
  const sources = Object.fromEntries(Object.entries(lock.sources).sort(([a], [b]) => compareText(a, b)));
  return `${JSON.stringify({ '//': MARKER, generator: lock.generator, sources }, undefined, 2)}\n`;
}

function parseLock(text: string): Lock | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (!isJsonObject(value) || value['//'] !== MARKER || !isJsonObject(value['sources'])) return undefined;
  return { generator: GENERATOR_VERSION, sources: value['sources'] as unknown as Lock['sources'] };
}
