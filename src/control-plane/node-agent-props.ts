import type { DaemonSetUpdateStrategy } from '../../imports/kubernetes/daemon-set';
import type { Toleration } from '../../imports/kubernetes/core-v1';
import type { ResourceQuotaSpec } from '../../imports/kubernetes/resource-quota';
import type { Check } from './prop-shape';
import { count, countOrPercent, oneOf, orFalse, props } from './prop-shape';

/** How the pods of a DaemonSet are replaced by those of a new version. A key that is not given keeps the component's default. */
export interface DaemonSetUpdateProps {
  /** With 'OnDelete' a pod is replaced when somebody deletes it; `null` leaves it to Kubernetes. @default 'RollingUpdate' */
  readonly type?: 'RollingUpdate' | 'OnDelete' | null;
  /** New pods beside the old ones, as a number or a percentage of all; `null` leaves it to Kubernetes. */
  readonly maxSurge?: number | string | null;
  /** Pods that may be away, as a number or a percentage of all; `null` leaves it to Kubernetes. */
  readonly maxUnavailable?: number | string | null;
}

/** A quota for pods of the class `system-node-critical`. */
export interface PodQuotaProps {
  /** A number, or a quantity of Kubernetes such as `10k`. @default 5000 */
  readonly pods?: number | string;
}

/** Pods on a quota that gives no number. */
export const DEFAULT_QUOTA_PODS = 5000;

/** An agent is on every node, whatever else may run there. */
export const EVERY_NODE: readonly Toleration[] = [
  { effect: 'NoSchedule', operator: 'Exists' },
  { key: 'CriticalAddonsOnly', operator: 'Exists' },
  { effect: 'NoExecute', operator: 'Exists' },
];

const orNull = (check: Check): Check => ({ ...check, expected: `${check.expected}, or null`, holds: (value) => value === null || check.holds(value) });

export const UPDATE_SHAPE = props({
  type: orNull(oneOf('RollingUpdate', 'OnDelete')),
  maxSurge: orNull(countOrPercent),
  maxUnavailable: orNull(countOrPercent),
});
export const QUOTA_SHAPE = orFalse(props({ pods: { expected: 'a whole number, 0 or more, or a quantity', holds: (value) => count.holds(value) || typeof value === 'string' } }));

/** The strategy as Kubernetes has it. */
export function daemonSetUpdateStrategy({ type, maxSurge, maxUnavailable }: DaemonSetUpdateProps): DaemonSetUpdateStrategy {
  const rollingUpdate = {
    ...(isGiven(maxSurge) && { maxSurge }),
    ...(isGiven(maxUnavailable) && { maxUnavailable }),
  };
  return { ...(Object.keys(rollingUpdate).length > 0 && { rollingUpdate }), ...(isGiven(type) && { type }) };
}

/** Room for that many pods of the class that node agents have. */
export function nodeCriticalQuota({ pods = DEFAULT_QUOTA_PODS }: PodQuotaProps): ResourceQuotaSpec {
  return {
    hard: { pods: String(pods) },
    scopeSelector: { matchExpressions: [{ operator: 'In', scopeName: 'PriorityClass', values: ['system-node-critical'] }] },
  };
}

function isGiven<T>(value: T): value is NonNullable<T> {
  return value !== null && value !== undefined;
}
