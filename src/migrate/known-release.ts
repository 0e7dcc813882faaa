import type { Release } from '../control-plane/release';
import { MINORS, NEWEST as NEWEST_OF } from '../control-plane/release';
import { describeValue } from '../core/refusal';
import { meshError } from '../errors/mesh-error';

/** The release that is meant where none is given. */
export const NEWEST: string = NEWEST_OF[MINORS[MINORS.length - 1] ?? '1.31'];

/** @throws MeshError for a version of which the control plane is not known. */
export function requireRelease(version: unknown): Release {
  const minor = typeof version === 'string' ? MINORS.find((known) => version.startsWith(`${known}.`)) : undefined;
  if (minor !== undefined) return { version: version as string, minor };
  throw meshError({
    code: 'unknown-version',
    property: 'istio',
    got: describeValue(version),
    expected: `a full version of Istio ${MINORS.join(', ')}`,
    fix: `give one such as ${NEWEST}`,
  });
}
