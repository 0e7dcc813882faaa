import type { ResourceProps } from '../control-plane/component';
import type { Json } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { isSet, unquoted } from './go-values';

type Amounts = Record<string, string | number | null>;

/** CPU and memory as charts print them: without quotes, and only what is set. A null takes away what the default has. */
export function resourceValues(value: Json, defaults: ResourceProps): ResourceProps | undefined {
  if (!isJsonObject(value)) return undefined;
  const limits = amounts(value['limits'], defaults.limits);
  const requests = amounts(value['requests'], defaults.requests);
  return { ...(limits !== undefined && { limits }), ...(requests !== undefined && { requests }) };
}

/** The same for a container whose defaults are of CPU and memory on both sides; a null takes all of them away. */
export function cpuAndMemory(value: Json): ResourceProps | undefined {
  const both = { cpu: null, memory: null };
  return resourceValues(value ?? { limits: null, requests: null }, { limits: both, requests: both });
}

function amounts(value: Json | undefined, defaults: ResourceProps['limits'] = {}): Amounts | undefined {
  if (value === null) return Object.fromEntries(Object.keys(defaults).map((name) => [name, null]));
  if (!isJsonObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, amount]) => [name, isSet(amount) ? (unquoted(amount) as string | number) : null]));
}
