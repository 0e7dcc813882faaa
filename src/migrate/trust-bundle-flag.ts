import type { Json } from '../rules/json';
import { badValue } from './refused-values';

/** The one variable of `env` that the charts `istiod` and `ztunnel` read themselves. */
export const TRUST_BUNDLE_FLAG = 'ENABLE_CLUSTER_TRUST_BUNDLE_API';

/** The charts compare the variable with the truth value, and fail on a text. */
export function trustBundleFlag(value: Json): true | undefined {
  if (typeof value === 'boolean' || value === null) return value === true ? true : undefined;
  throw badValue(`env.${TRUST_BUNDLE_FLAG}`, value, 'true or false', 'leave out the quotes');
}
