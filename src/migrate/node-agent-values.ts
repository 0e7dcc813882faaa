import type { Json, JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { entriesBetweenQuotes, isSet, printed } from './go-values';
import { valueAt } from './props-from';
import { badValue } from './refused-values';
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

/** A flag that the chart prints for the agent, so that what is empty is neither of its values. */
export function printedFlag(path: string, prop: string): ValueRule {
  return {
    path,
    prop,
    convert: (value) => {
      const said = printed(value);
      if (said === 'true' || said === 'false') return said === 'true';
      throw badValue(path, value, 'true or false', 'leave it out for its default');
    },
  };
}

/** A flag that the chart prints, and asks as well, where a text is as good as true: "false" would be both. */
export function askedFlag(path: string, prop: string): ValueRule {
  const { convert, ...rule } = printedFlag(path, prop);
  return {
    ...rule,
    convert: (value, values) => {
      if (value !== 'false') return convert?.(value, values);
      throw badValue(path, value, 'true or false', 'leave out the quotes: the chart takes the text for true, and tells the agent that it is false');
    },
  };
}

/** Environment variables; a null is an empty text. */
export function environmentValues(value: Json, path: string): Record<string, string> | undefined {
  return isJsonObject(value) ? entriesBetweenQuotes(value, path) : undefined;
}

/** From a million on, the chart prints an exponent, which is a quantity as well. */
function quotaPods(pods: Json, values: JsonObject): Json | undefined {
  if (pods === null || !isSet(valueAt(values, 'resourceQuotas.enabled'))) return undefined;
  const text = printed(pods);
  return text === String(pods) ? pods : text;
}
