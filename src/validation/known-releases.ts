import { compareVersions } from './versions';

/**
 * The newest patch of each minor release of Istio that this version of the library was made with. Patches of a minor release
 * have the same fields and rules, up to here as far as is known.
 */
export const NEWEST_ISTIO = { '1.29': '1.29.10', '1.30': '1.30.7', '1.31': '1.31.3' } as const;

/**
 * The releases of a source whose rules come with this library, oldest first. It reads the rules of the source's kinds, so
 * it is for programs that name a version: validation will read them anyway.
 */
export function knownReleases(source: string): readonly string[] {
  const { catalog } = require('../../imports/catalog') as typeof import('../../imports/catalog');
  const releases = catalog.filter((entry) => entry.source === source).flatMap((entry) => entry.load().releases);
  return [...new Set(releases.map(({ release }) => release))].sort(compareVersions);
}

/**
 * Whether the rules of another release may stand in for a version without a word: for a patch of a known minor release, up to
 * the newest patch that is known, and for any Kubernetes between the oldest and the newest whose rules are known.
 */
export function isCovered(source: string, version: string): boolean {
  const plain = version.replace(/^v/, '');
  const minor = minorOf(plain);
  const known = source === 'istio' ? Object.values(NEWEST_ISTIO) : knownReleases(source);
  if (source === 'kubernetes') {
    const minors = known.map(minorOf).sort(compareVersions);
    return compareVersions(minors[0] ?? minor, minor) <= 0 && compareVersions(minor, minors.at(-1) ?? minor) <= 0;
  }
  return known.some((release) => minorOf(release) === minor && compareVersions(plain, release) <= 0);
}

/** `1.31` of `1.31.3`. */
export function minorOf(version: string): string {
  return version.replace(/^v/, '').split('.').slice(0, 2).join('.');
}
