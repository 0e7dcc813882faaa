import type { Release } from '../rules/kind-rules';

const KUBERNETES_VERSION = /^v(\d+)(?:(alpha|beta)(\d+))?$/;
const STABILITY = { alpha: 0, beta: 1, stable: 2 } as const;

/**
 * Kubernetes' order of API versions: stable before beta before alpha, then the higher number first, then names that
 * are no versions in alphabetical order.
 */
export function compareApiVersions(a: string, b: string): number {
  const left = priority(a);
  const right = priority(b);
  for (let index = 0; index < left.length; index += 1) {
    const difference = (right[index] as number) - (left[index] as number);
    if (difference !== 0) return difference;
  }
  return compareText(a, b);
}

/** True for `v1`, `v2`, …: neither alpha nor beta. */
export function isStableVersion(version: string): boolean {
  return priority(version)[1] === STABILITY.stable;
}

/** Oldest release first; `standard` before `experimental` before other channels. */
export function compareReleases(a: Release, b: Release): number {
  return (
    compareReleaseNames(a.release, b.release) ||
    channelRank(a.channel) - channelRank(b.channel) ||
    compareText(a.channel ?? '', b.channel ?? '')
  );
}

/** `1.6.1 experimental`. */
export function formatRelease(release: Release): string {
  return release.channel === undefined ? release.release : `${release.release} ${release.channel}`;
}

/** Order of two strings by code unit, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareReleaseNames(a: string, b: string): number {
  const left = releaseParts(a);
  const right = releaseParts(b);
  for (let index = 0; index < 3; index += 1) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  // a pre-release comes before its release
  if ((left.suffix === '') !== (right.suffix === '')) return left.suffix === '' ? 1 : -1;
  return compareText(left.suffix, right.suffix) || compareText(a, b);
}

function releaseParts(name: string): { numbers: number[]; suffix: string } {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(.*)$/.exec(name);
  if (match === null) return { numbers: [], suffix: name };
  return { numbers: [match[1], match[2], match[3]].map((part) => Number(part ?? 0)), suffix: match[4] ?? '' };
}

function channelRank(channel: string | undefined): number {
  return channel === undefined || channel === 'standard' ? 0 : channel === 'experimental' ? 1 : 2;
}

function priority(version: string): readonly number[] {
  const match = KUBERNETES_VERSION.exec(version);
  if (match === null) return [0, 0, 0, 0];
  const stability = match[2] === undefined ? STABILITY.stable : STABILITY[match[2] as 'alpha' | 'beta'];
  return [1, stability, Number(match[1]), Number(match[3] ?? 0)];
}
