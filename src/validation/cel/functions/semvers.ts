import { CelError, compareStrings, Opaque, toInt } from '../values';
import { fn } from './overload';
import type { FunctionEntry } from './overload';

class Semver extends Opaque {
  public readonly typeName = 'semver';

  public constructor(
    public readonly numbers: readonly bigint[],
    public readonly prerelease: readonly string[],
  ) {
    super();
  }

  public equals(other: Opaque): boolean {
    return other instanceof Semver && compareSemvers(this, other) === 0;
  }
}

/** Semantic versions (https://semver.org); build metadata does not count when two are compared. */
export const SEMVERS: readonly FunctionEntry[] = [
  fn('semver(string): semver', (text: string) => toSemver(text, false)),
  fn('semver(string, bool): semver', toSemver),
  fn('isSemver(string): bool', (text: string) => parseSemver(text) !== undefined),
  fn('isSemver(string, bool): bool', (text: string, isLoose: boolean) => parse(text, isLoose) !== undefined),
  fn('.major(semver): int', (version: Semver) => toInt(version.numbers[0] ?? 0n)),
  fn('.minor(semver): int', (version: Semver) => toInt(version.numbers[1] ?? 0n)),
  fn('.patch(semver): int', (version: Semver) => toInt(version.numbers[2] ?? 0n)),
  fn('.isGreaterThan(semver, semver): bool', (a: Semver, b: Semver) => compareSemvers(a, b) > 0),
  fn('.isLessThan(semver, semver): bool', (a: Semver, b: Semver) => compareSemvers(a, b) < 0),
  fn('.compareTo(semver, semver): int', compareSemvers),
];

const NUMBER = '(0|[1-9]\\d*)';
const PRERELEASE = '(?:0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)';
const FORM = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${PRERELEASE}(?:\\.${PRERELEASE})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);

function parseSemver(text: string): Semver | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, major = '', minor = '', patch = '', prerelease] = match;
  const numbers = [major, minor, patch].map(BigInt);
  if (numbers.some((number) => number >= 2n ** 64n)) return undefined;
  return new Semver(numbers, prerelease?.split('.') ?? []);
}

function parse(text: string, isLoose: boolean): Semver | undefined {
  return parseSemver(isLoose ? normalize(text) : text);
}

/** Drops a leading `v` and leading zeros, and adds the minor and patch numbers that are left out. */
function normalize(text: string): string {
  const [major = '', minor, ...rest] = text.replace(/^v/, '').split('.');
  const parts = [major, ...(minor === undefined ? [] : [minor]), ...(rest.length === 0 ? [] : [rest.join('.')])];
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) ?? '')) return '';
  const trimmed = parts.map((part) => part.replace(/^0+(?=\d)/, '').replace(/^0+(?=[^\d])/, '0'));
  return [...trimmed, '0', '0'].slice(0, 3).join('.');
}

function toSemver(text: string, isLoose: boolean): Semver {
  const version = parse(text, isLoose);
  if (version === undefined) throw new CelError(`semver parse error during conversion from string: "${text}"`);
  return version;
}

function compareSemvers(a: Semver, b: Semver): number {
  for (const [index, number] of a.numbers.entries()) {
    const other = b.numbers[index] ?? 0n;
    if (number !== other) return number < other ? -1 : 1;
  }
  // a version with a prerelease comes before the same version without
  if (a.prerelease.length === 0 || b.prerelease.length === 0) {
    return Math.sign(b.prerelease.length - a.prerelease.length);
  }
  for (let at = 0; at < Math.max(a.prerelease.length, b.prerelease.length); at += 1) {
    const order = compareIdentifiers(a.prerelease[at], b.prerelease[at]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const numeric = [a, b].map((text) => /^\d+$/.test(text));
  if (numeric[0] !== numeric[1]) return numeric[0] === true ? -1 : 1;
  if (numeric[0] === true) return BigInt(a) === BigInt(b) ? 0 : BigInt(a) < BigInt(b) ? -1 : 1;
  return compareStrings(a, b);
}
