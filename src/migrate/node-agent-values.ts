import { meshError } from '../errors/mesh-error';
import type { Json, JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { isSet, printed } from './go-values';
import { valueAt } from './props-from';
import type { ValueRule } from './value-rule';

/** What the values of the charts `cni` and `ztunnel` have in common. */

export const updateStrategyRules: readonly ValueRule[] = [
  { path: 'updateStrategy', prop: 'updateStrategy', convert: (strategy) => (strategy === null ? { type: null, maxSurge: null, maxUnavailable: null } : undefined) },
  { path: 'updateStrategy.type', prop: 'updateStrategy.type' },
  { path: 'updateStrategy.rollingUpdate', prop: 'updateStrategy', convert: (update) => (update === null ? { maxSurge: null, maxUnavailable: null } : undefined) },
  { path: 'updateStrategy.rollingUpdate.maxSurge', prop: 'updateStrategy.maxSurge' },
  { path: 'updateStrategy.rollingUpdate.maxUnavailable', prop: 'updateStrategy.maxUnavailable' },
];

export const resourceQuotaRules: readonly ValueRule[] = [
  { path: 'resourceQuotas.enabled', prop: 'resourceQuota', convert: (enabled) => (isSet(enabled) ? {} : false) },
  { path: 'resourceQuotas.pods', prop: 'resourceQuota.pods', convert: quotaPods },
];

/** A value that the chart reads and that makes no difference. */
export function indifferent(path: string, note: string): ValueRule {
  return { path, prop: '', convert: () => undefined, note };
}

/** A flag that the chart prints for the agent, so that a null is neither of its values. */
export function printedFlag(path: string, prop: string): ValueRule {
  return {
    path,
    prop,
    convert: (value) => {
      if (value !== null) return value;
      throw meshError({
        code: 'bad-value',
        property: path,
        got: 'null',
        expected: 'true or false',
        fix: 'leave it out for its default',
      });
    },
  };
}

/** A text that the chart prints. */
export const printedText = (value: Json): string | undefined => (isSet(value) ? printed(value) : undefined);

/** Environment variables, each printed in quotes; a null is an empty text. */
export function environmentValues(value: Json): Record<string, string> | undefined {
  if (!isJsonObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, printed(each)]));
}

/** From a million on, the chart prints an exponent, which is a quantity as well. */
function quotaPods(pods: Json, values: JsonObject): Json | undefined {
  if (pods === null || !isSet(valueAt(values, 'resourceQuotas.enabled'))) return undefined;
  const text = printed(pods);
  return text === String(pods) ? pods : text;
}
