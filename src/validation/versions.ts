import type { Finding } from '../errors/finding';
import { meshError } from '../errors/mesh-error';
import type { Release } from '../rules/kind-rules';
import { describe } from './describe';

/** A full version such as `1.31.3`, or several that an object must all suit. */
export type Versions = string | readonly string[];

/**
 * What runs where the objects will go.
 */
export interface ValidationTarget {
  /** @default - the newest version whose rules are known */
  readonly istio?: Versions | undefined;
  /** @default - the newest version whose rules are known */
  readonly kubernetes?: Versions | undefined;
  /** @default - the newest version whose rules are known */
  readonly gatewayApi?: Versions | undefined;
  /** @default 'standard' */
  readonly gatewayApiChannel?: 'standard' | 'experimental' | undefined;
}

const FORM = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-+].*)?$/;

/** True for a version such as `1.31.1`, or `1.31` for short. */
export function isVersion(text: unknown): text is string {
  return typeof text === 'string' && FORM.test(text);
}

/** The versions that a target names for a source; empty where it names none, so that the newest known one counts. */
export function wantedVersions(target: ValidationTarget, source: string): readonly string[] {
  const given = SOURCES[source]?.(target);
  if (given === undefined) return [];
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  for (const version of list) checkVersion(source, version);
  return list as readonly string[];
}

const SOURCES: Readonly<Record<string, (target: ValidationTarget) => Versions | undefined>> = {
  istio: (target) => target.istio,
  kubernetes: (target) => target.kubernetes,
  'gateway-api': (target) => target.gatewayApi,
};

function checkVersion(source: string, version: unknown): void {
  if (!isVersion(version)) throw meshError(badVersion(`target.${source}`, version));
}

/** For what is no version. */
export function badVersion(property: string, got: unknown): Finding {
  const fix = typeof got === 'number' ? 'put it in quotes: as a number, 1.30 is 1.3' : 'versions are pinned: there is no "latest"';
  return { code: 'bad-version', property, got: describe(got), expected: 'a version such as 1.31.1', fix };
}

/**
 * The known release that stands for a wanted version: itself, else the nearest of the same minor version, else the
 * nearest lower one, else the lowest. Undefined where no release is known, or `wanted` is no version.
 */
export function nearestRelease(wanted: string, known: readonly string[]): string | undefined {
  if (!isVersion(wanted)) return undefined;
  const sorted = [...known].sort(compareVersions);
  const same = sorted.filter((release) => minorOf(release) === minorOf(wanted));
  if (same.length > 0) {
    const patch = parts(wanted)[2];
    return same.reduce((best, release) => (distance(release, patch) < distance(best, patch) ? release : best));
  }
  return sorted.filter((release) => compareVersions(release, wanted) < 0).at(-1) ?? sorted[0];
}

function distance(release: string, patch: number): number {
  return Math.abs(parts(release)[2] - patch);
}

/** The newest of some versions. */
export function newest(versions: readonly string[]): string | undefined {
  return [...versions].sort(compareVersions).at(-1);
}

/** Numbers by value: 1.9 comes before 1.31. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  const at = left.findIndex((number, index) => number !== right[index]);
  if (at >= 0) return (left[at] ?? 0) - (right[at] ?? 0);
  return a < b ? -1 : a > b ? 1 : 0;
}

function parts(version: string): readonly [number, number, number] {
  const [, major = '0', minor = '0', patch = '0'] = FORM.exec(version) ?? [];
  return [Number(major), Number(minor), Number(patch)];
}

function minorOf(version: string): string {
  return parts(version).slice(0, 2).join('.');
}

/** `1.31.1`, or `1.6.1 (experimental)`. */
export function releaseText({ release, channel }: Release): string {
  return channel === undefined ? release : `${release} (${channel})`;
}

const TITLES: Readonly<Record<string, string>> = { istio: 'Istio', kubernetes: 'Kubernetes', 'gateway-api': 'Gateway API' };

/** The name of a source in messages. */
export function sourceTitle(source: string): string {
  return TITLES[source] ?? source;
}
