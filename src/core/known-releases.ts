import { compareVersions } from '../validation/versions';

/**
 * The releases of a source whose rules come with this library, oldest first. It reads the rules of the source's kinds, so
 * it is for programs that name a version: validation will read them anyway.
 */
export function knownReleases(source: string): readonly string[] {
  const { catalog } = require('../../imports/catalog') as typeof import('../../imports/catalog');
  const releases = catalog.filter((entry) => entry.source === source).flatMap((entry) => entry.load().releases);
  return [...new Set(releases.map(({ release }) => release))].sort(compareVersions);
}

/** `1.31` of `1.31.3`. */
export function minorOf(version: string): string {
  return version.replace(/^v/, '').split('.').slice(0, 2).join('.');
}
