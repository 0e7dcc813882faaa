import type { ResourceRequirements, SecurityContext } from '../../../imports/kubernetes/core-v1';
import { describeValue } from '../../core/refusal';
import { refuse, requireKeys, requireNames, within } from '../rules/refuse';
import type { Place } from '../rules/refuse';
import type { RateLimitResources } from './rate-limit-service-props';

export type CheckedResources = ResourceRequirements;

const DEFAULTS = { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } };
const UNITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(['k', 'M', 'G', 'T', 'P', 'E'].map((unit, index) => [unit, 1000 ** (index + 1)])),
  ...Object.fromEntries(['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((unit, index) => [unit, 1024 ** (index + 1)])),
  m: 0.001,
};
/** What Kubernetes reads as an amount. */
const AMOUNT = /^[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+|m|k|[MGTPE]|[KMGTPE]i)?$/;

/**
 * What was given over the defaults. Where only a limit is given, Kubernetes takes it for the request, too: the default might be
 * above it.
 *
 * @throws MeshError when it is no amount.
 */
export function checkedResources(place: Place, given: RateLimitResources = {}): CheckedResources {
  requireKeys(place, given, ['requests', 'limits']);
  const limits = amounts(within(place, 'limits'), given.limits);
  const requests = Object.entries(DEFAULTS.requests).filter(([name]) => !(name in limits));
  return {
    requests: { ...Object.fromEntries(requests), ...amounts(within(place, 'requests'), given.requests) },
    limits: { ...DEFAULTS.limits, ...limits },
  };
}

/** Half of what a container may have of memory, in bytes: what a program in it may fill, as its other half has uses of its own. */
export function halfOfMemory({ limits }: CheckedResources): number {
  const [, digits = '0', unit = ''] = /^([0-9.]+)(.*)$/.exec(String(limits?.['memory'])) ?? [];
  const factor = UNITS[unit] ?? (/^[eE]/.test(unit) ? Number(`1${unit}`) : 1);
  return Math.floor((Number(digits) * factor) / 2);
}

/** A container that may nothing: no privileges, no file system of its own, no root. */
export function lockedDown(user: number): SecurityContext {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

function amounts(place: Place, given: RateLimitResources['requests']): Record<string, string | number> {
  if (given === undefined) return {};
  requireNames(place, given);
  return Object.fromEntries(
    Object.entries(given).map(([name, amount]) => {
      const isAmount = typeof amount === 'number' ? Number.isFinite(amount) && amount >= 0 : typeof amount === 'string' && AMOUNT.test(amount);
      if (isAmount) return [name, amount];
      throw refuse(within(place, name), 'bad-amount', describeValue(amount), 'an amount of Kubernetes, such as "100m" or "128Mi"', 'see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/');
    }),
  );
}
