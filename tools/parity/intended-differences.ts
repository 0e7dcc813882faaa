import type { Difference } from './compare';

/** A difference from Istio's own installers that is meant. */
export interface IntendedDifference {
  /** Kind of the object. */
  readonly kind: string;
  /** The path, exactly as it is printed; empty for a whole object. */
  readonly path: string;
  readonly reason: string;
}

/** At most {@link MOST}; whoever adds one says why. */
export const INTENDED_DIFFERENCES: readonly IntendedDifference[] = [
  { kind: 'Service', path: 'metadata.annotations.x', reason: 'YAML reads `y` as true, and an API server refuses annotations that are no texts: we write "true"' },
  ...[3, 4].map((index) => ({
    kind: 'ValidatingAdmissionPolicy',
    path: `spec.validations[${index}].expression`,
    reason: "istioctl cuts the line feed at the end of a chart's file, here that of the last expression; Helm keeps it, and so do we",
  })),
];

export const MOST = 20;

/** The entry that allows a difference, or undefined. */
export function intended(difference: Difference, list: readonly IntendedDifference[] = INTENDED_DIFFERENCES): IntendedDifference | undefined {
  const kind = difference.object.split(' ')[0]?.split('/').pop();
  return list.find((entry) => entry.kind === kind && entry.path === difference.path);
}
