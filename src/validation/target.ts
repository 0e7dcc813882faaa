import { closest } from '../errors/closest';
import type { Finding } from '../errors/finding';
import { describe } from './describe';
import { knownReleases, minorOf } from './known-releases';
import { badVersion, isVersion } from './versions';

const VERSIONS = ['istio', 'kubernetes', 'gatewayApi'];

/**
 * What is wrong with a ValidationTarget, which may come out of a file or of a program that is not type-checked.
 *
 * @param otherProps what the props may hold besides
 */
export function targetFindings(props: object, otherProps: readonly string[] = []): Finding[] {
  const given = props as Readonly<Record<string, unknown>>;
  const names = [...VERSIONS, 'gatewayApiChannel', ...otherProps];
  return [
    ...Object.keys(given).flatMap((name) => (names.includes(name) ? [] : [unknownProp(name, names)])),
    ...VERSIONS.flatMap((property) => versionFindings(property, given[property])),
    ...channelFindings(given['gatewayApiChannel']),
  ];
}

/** The versions that were given, one or several. */
export function listOfVersions<T>(given: T | readonly T[] | undefined): readonly T[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? (given as readonly T[]) : [given as T];
}

function unknownProp(name: string, names: readonly string[]): Finding {
  const meant = closest(name, names);
  return {
    code: 'unknown-prop',
    property: name,
    got: `the prop ${JSON.stringify(name)}`,
    expected: `one of ${names.join(', ')}`,
    fix: meant === undefined ? 'leave it out' : `did you mean "${meant}"?`,
  };
}

function versionFindings(property: string, given: unknown): Finding[] {
  const versions = listOfVersions(given);
  const wrong = versions.filter((version) => !isVersion(version));
  if (wrong.length > 0) return wrong.map((version) => badVersion(property, version));
  if (Array.isArray(given) && versions.length === 0) return [badVersion(property, given)];
  return property === 'istio' ? (versions as readonly string[]).flatMap(istioFindings) : [];
}

/** Another minor release has other fields, so the rules of one say nothing of the other. */
function istioFindings(version: string): Finding[] {
  const known = knownReleases('istio');
  const minors = [...new Set(known.map(minorOf))];
  if (minors.includes(minorOf(version))) return [];
  return [
    {
      code: 'unknown-version',
      property: 'istio',
      got: describe(version),
      expected: `a version of Istio ${minors.join(', ')}: the rules of ${known.join(', ')} are known`,
      fix: 'use a release of mesh-constructs that knows this version of Istio',
    },
  ];
}

function channelFindings(given: unknown): Finding[] {
  if (given === undefined || given === 'standard' || given === 'experimental') return [];
  return [
    {
      code: 'bad-channel',
      property: 'gatewayApiChannel',
      got: describe(given),
      expected: '"standard" or "experimental"',
      fix: 'name the channel whose CRDs are installed in the cluster',
    },
  ];
}
