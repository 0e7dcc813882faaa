import type { Construct } from 'constructs';
import { Cluster } from '../core/cluster';
import { describeValue } from '../core/refusal';
import { meshError } from '../errors/mesh-error';
import { NEWEST_ISTIO } from '../validation/known-releases';
import { newest } from '../validation/versions';

/** Minor releases of Istio whose control plane is known, oldest first. */
export const MINORS = ['1.29', '1.30', '1.31'] as const;
/** A minor release of Istio, such as `1.30`. */
export type Minor = (typeof MINORS)[number];

/** The patch of each minor release that is installed where only the newest is asked for. */
export const NEWEST: Readonly<Record<Minor, string>> = NEWEST_ISTIO;

/** The release that is meant where none is given. */
export const NEWEST_RELEASE = NEWEST['1.31'];

/** The Istio release that a component is of. */
export interface Release {
  /** Full version, such as `1.31.3`: the tag of its images. */
  readonly version: string;
  readonly minor: Minor;
}

/**
 * The release that a component of the control plane is of: what was asked for, else the newest that the cluster declares, else
 * the newest known.
 *
 * @throws MeshError for a release whose control plane is not known.
 */
export function releaseOf(construct: Construct, asked?: string): Release {
  return requireRelease(asked ?? newest(Cluster.factsOf(construct).istio) ?? NEWEST_RELEASE, construct.node.path);
}

/**
 * @param construct what the error names
 * @throws MeshError for a version of which the control plane is not known.
 */
export function requireRelease(version: unknown, construct?: string): Release {
  const minor = typeof version === 'string' ? MINORS.find((known) => version.startsWith(`${known}.`)) : undefined;
  if (minor !== undefined) return { version: version as string, minor };
  throw meshError({
    code: 'unknown-version',
    ...(construct === undefined ? {} : { construct }),
    property: 'istio',
    got: describeValue(version),
    expected: `a full version of Istio ${MINORS.join(', ')}`,
    fix: `give one such as ${NEWEST_RELEASE}`,
  });
}

/** Whether a release is of this minor release or of a later one: what changed, changed then. */
export function since(release: Release, minor: Minor): boolean {
  return MINORS.indexOf(release.minor) >= MINORS.indexOf(minor);
}
