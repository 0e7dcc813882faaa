import type { ResourceRequirements } from '../../imports/kubernetes/core-v1';
import type { ResourceProps } from './component';

type Amounts = NonNullable<ResourceProps['requests']>;

/**
 * The resources of a container: the component's defaults, with what was given over them. What is `null` is left out, and a
 * container without any has none.
 */
export function resourcesOf(defaults: ResourceProps, given: ResourceProps | undefined): ResourceRequirements {
  const limits = amountsOf(defaults.limits, given?.limits);
  const requests = amountsOf(defaults.requests, given?.requests);
  return { ...(limits !== undefined && { limits }), ...(requests !== undefined && { requests }) };
}

function amountsOf(defaults: Amounts | undefined, given: Amounts | undefined): Record<string, string | number> | undefined {
  const amounts = Object.entries({ ...defaults, ...given }).filter((entry): entry is [string, string | number] => isAmount(entry[1]));
  return amounts.length === 0 ? undefined : Object.fromEntries(amounts);
}

function isAmount(value: unknown): boolean {
  return value !== null && value !== undefined;
}
