import type { IConstruct } from 'constructs';
import type {
  DestinationRuleTrafficPolicy,
  DestinationRuleTrafficPolicyConnectionPool,
  DestinationRuleTrafficPolicyOutlierDetection,
} from '../../../imports/istio/destination-rule';
import { Duration, ISTIO_DURATION } from '../../core/duration';
import { oneOf, percentage, placeOf, refuse, requireKeys, within, wholeNumber } from '../rules/refuse';
import type { Place } from '../rules/refuse';
import { checkedBalancer } from './load-balancer';
import type { ConnectionPoolProps, OutlierDetectionProps, OutlierPreset, RetryBudgetProps, TrafficPolicyProps } from './traffic-policy-props';

/** Istio's fields are of 32 bits with a sign. */
const HIGHEST = 2 ** 31 - 1;
const COUNTS = ['consecutiveGatewayErrors', 'consecutive5xxErrors', 'consecutiveLocalOriginFailures'] as const;
const COMMON = { interval: '10s', baseEjectionTime: '30s', maxEjectionPercent: 50 };

/** What the presets stand for; each turns off what it does not look at. */
const PRESETS: Readonly<Record<OutlierPreset, OutlierDetectionProps>> = {
  'gateway-errors': { consecutiveGatewayErrors: 5, consecutive5xxErrors: 0, ...COMMON },
  'server-errors': { consecutive5xxErrors: 5, ...COMMON },
  'connect-failures': { consecutiveLocalOriginFailures: 5, consecutive5xxErrors: 0, ...COMMON },
};

/** What a policy may say. */
export const POLICY_KEYS = ['connectionPool', 'outlierDetection', 'loadBalancer', 'retryBudget'] as const;

/** The policy as Istio has it. @throws MeshError when a value cannot be, or parts contradict each other. */
export function checkedPolicy(owner: IConstruct, props: TrafficPolicyProps): DestinationRuleTrafficPolicy {
  const place = within(placeOf(owner), 'trafficPolicy');
  requireKeys(place, props, POLICY_KEYS);
  if (POLICY_KEYS.every((key) => props[key] === undefined)) throw refuse(place, 'empty-policy', '{}', `some of ${POLICY_KEYS.join(', ')}`, 'say what to do');
  return checkedParts(props, place);
}

/**
 * Parts of a policy as Istio has them.
 *
 * @param seesFailures whether pods that fail are told
 * @throws MeshError when a value cannot be, or parts contradict each other.
 */
export function checkedParts(
  { connectionPool, outlierDetection, loadBalancer, retryBudget }: TrafficPolicyProps,
  place: Place,
  seesFailures = outlierDetection !== undefined,
): DestinationRuleTrafficPolicy {
  if (retryBudget !== undefined && connectionPool?.http?.maxRetries !== undefined) {
    throw refuse(within(place, 'retryBudget'), 'bad-retry-budget', 'a retry budget beside connectionPool.http.maxRetries', 'one of the two: with a budget, Envoy does not look at maxRetries', 'take maxRetries out');
  }
  return {
    ...(connectionPool === undefined ? {} : { connectionPool: pool(connectionPool, within(place, 'connectionPool')) }),
    ...(outlierDetection === undefined ? {} : { outlierDetection: outliers(outlierDetection, within(place, 'outlierDetection')) }),
    ...(loadBalancer === undefined ? {} : { loadBalancer: checkedBalancer(loadBalancer, seesFailures, within(place, 'loadBalancer')) }),
    ...(retryBudget === undefined ? {} : { retryBudget: budget(retryBudget, within(place, 'retryBudget')) }),
  };
}

function budget(given: RetryBudgetProps, place: Place): NonNullable<DestinationRuleTrafficPolicy['retryBudget']> {
  requireKeys(place, given, ['percent', 'minRetryConcurrency']);
  const { percent, minRetryConcurrency } = given;
  if (percent === undefined && minRetryConcurrency === undefined) throw refuse(place, 'empty-policy', '{}', 'percent, minRetryConcurrency or both', 'take it out');
  return {
    ...(percent === undefined ? {} : { percent: percentage(within(place, 'percent'), percent) }),
    ...(minRetryConcurrency === undefined ? {} : { minRetryConcurrency: wholeNumber(within(place, 'minRetryConcurrency'), minRetryConcurrency, 1, HIGHEST) }),
  };
}

function pool(given: ConnectionPoolProps, place: Place): DestinationRuleTrafficPolicyConnectionPool {
  requireKeys(place, given, ['tcp', 'http']);
  const { tcp, http } = given;
  if (tcp === undefined && http === undefined) throw refuse(place, 'empty-policy', '{}', 'tcp, http or both', 'take it out');
  return {
    ...(tcp === undefined ? {} : { tcp: numbersAndTimes(within(place, 'tcp'), tcp, ['maxConnections'], ['connectTimeout', 'maxConnectionDuration', 'idleTimeout']) }),
    ...(http === undefined ? {} : { http: numbersAndTimes(within(place, 'http'), http, ['http1MaxPendingRequests', 'http2MaxRequests', 'maxRequestsPerConnection', 'maxRetries'], ['idleTimeout']) }),
  };
}

/** Zero would mean Istio's own limit in each of these, and not none: it is refused. */
function numbersAndTimes(place: Place, given: object, numbers: readonly string[], times: readonly string[]): Record<string, string | number> {
  requireKeys(place, given, [...numbers, ...times]);
  const entries = Object.entries(given as Record<string, unknown>).filter(([, value]) => value !== undefined);
  if (entries.length === 0) throw refuse(place, 'empty-policy', '{}', `some of ${[...numbers, ...times].join(', ')}`, 'take it out');
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const at = within(place, key);
      return [key, numbers.includes(key) ? wholeNumber(at, value, 1, HIGHEST) : Duration.of(value as string, { ...ISTIO_DURATION, ...at }).value];
    }),
  );
}

function outliers(given: OutlierPreset | OutlierDetectionProps, place: Place): DestinationRuleTrafficPolicyOutlierDetection {
  if (typeof given === 'string') return outliers(PRESETS[oneOf(place, given, Object.keys(PRESETS) as OutlierPreset[])], place);
  requireKeys(place, given, [...COUNTS, 'interval', 'baseEjectionTime', 'maxEjectionPercent', 'minHealthPercent']);
  const counts = COUNTS.filter((key) => given[key] !== undefined).map((key) => [key, wholeNumber(within(place, key), given[key], 0, HIGHEST)] as const);
  // Istio counts 5xx by itself, unless it is told not to
  if (given.consecutive5xxErrors === 0 && counts.every(([, count]) => count === 0)) {
    throw refuse(place, 'bad-outliers', 'nothing that is looked at', 'one of the counts above 0', 'take outlierDetection out');
  }
  const times = (['interval', 'baseEjectionTime'] as const).filter((key) => given[key] !== undefined);
  const shares = (['maxEjectionPercent', 'minHealthPercent'] as const).filter((key) => given[key] !== undefined);
  return {
    ...(Number(given.consecutiveLocalOriginFailures ?? 0) > 0 ? { splitExternalLocalOriginErrors: true } : {}),
    ...Object.fromEntries(counts.filter(([key, count]) => count > 0 || key !== 'consecutiveLocalOriginFailures')),
    ...Object.fromEntries(times.map((key) => [key, Duration.of(given[key] as string, { ...ISTIO_DURATION, ...within(place, key) }).value])),
    ...Object.fromEntries(shares.map((key) => [key, wholeNumber(within(place, key), given[key], 0, 100)])),
  };
}
