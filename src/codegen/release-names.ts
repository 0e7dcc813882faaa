import type { Lock } from './lock';

/** What stands for a release whose version nobody named. */
const UNNAMED = '0';

/**
 * The release that a file is of, where the user does not say: a version in the file's name, else the one release that
 * the lock has for the source, else `0`.
 */
export function guessRelease(fileNames: readonly string[], lock: Lock, source: string | undefined): string {
  const versions = new Set(fileNames.flatMap((name) => /(?:^|[^0-9.])v?(\d+\.\d+\.\d+(?:-(?:rc|alpha|beta)\.?\d+)?)/.exec(name)?.[1] ?? []));
  const [only] = versions;
  if (versions.size === 1 && only !== undefined) return only;
  const locked = source === undefined ? undefined : lock.sources[source]?.releases;
  return locked?.length === 1 ? (locked[0]?.release ?? UNNAMED) : UNNAMED;
}
