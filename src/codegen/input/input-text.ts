import { createHash } from 'node:crypto';
import type { SourceFile } from '../model';

/** A text that was read from somewhere. */
export interface InputText {
  /** Name for messages and the lock file: a base name, `stdin`, `cluster`. */
  readonly name: string;
  readonly text: string;
  /** True where a server gave the text: what the server adds to an object is then taken off. */
  readonly fromCluster?: boolean;
  /** True for a file of a folder, which need not hold a CRD. */
  readonly inFolder?: boolean;
}

/** What the lock file says of a text. */
export function sourceFileOf(input: InputText): SourceFile {
  return { name: input.name, sha256: createHash('sha256').update(input.text).digest('hex') };
}
