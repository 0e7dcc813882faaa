import type {
  DestinationRuleTrafficPolicyLoadBalancer,
  DestinationRuleTrafficPolicyLoadBalancerConsistentHash,
  DestinationRuleTrafficPolicyLoadBalancerLocalityLbSetting,
  DestinationRuleTrafficPolicyLoadBalancerWarmup,
} from '../../../imports/istio/destination-rule';
import { Duration, ISTIO_DURATION } from '../../core/duration';
import { describeValue } from '../../core/refusal';
import { headerName, oneOf, refuse, requireKeys, requireNames, someList, someText, within, wholeNumber } from '../rules/refuse';
import type { Place } from '../rules/refuse';
import type { ConsistentHashProps, LoadBalancerProps, LocalitySettings, WarmupProps } from './traffic-policy-props';

const SIMPLE = ['ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM', 'PASSTHROUGH'] as const;
const HASHES = ['httpHeaderName', 'httpCookie', 'httpQueryParameterName', 'useSourceIp'] as const;
const PLACES = ['distribute', 'failover', 'failoverPriority'] as const;

/**
 * Which pod gets the next request.
 *
 * @param seesFailures whether pods that fail are told at all: without, nothing ever fails over
 * @throws MeshError when a value cannot be, or parts contradict each other.
 */
export function checkedBalancer(given: LoadBalancerProps, seesFailures: boolean, place: Place): DestinationRuleTrafficPolicyLoadBalancer {
  requireKeys(place, given, ['simple', 'consistentHash', 'warmup', 'localityLbSetting']);
  const { simple, consistentHash, warmup, localityLbSetting } = given;
  if (Object.values(given).every((value) => value === undefined)) throw refuse(place, 'empty-policy', '{}', 'simple, consistentHash or localityLbSetting', 'take it out');
  if (simple !== undefined && consistentHash !== undefined) throw refuse(place, 'bad-balancer', 'simple and consistentHash', 'one of the two', 'leave one out');
  const way = simple === undefined ? undefined : oneOf(within(place, 'simple'), simple, SIMPLE);
  const isSlow = consistentHash === undefined && (way === undefined || way === 'ROUND_ROBIN' || way === 'LEAST_REQUEST');
  if (warmup !== undefined && !isSlow) {
    throw refuse(within(place, 'warmup'), 'bad-balancer', `a slow start beside ${way ?? 'consistentHash'}`, 'ROUND_ROBIN or LEAST_REQUEST, the only ones that start slowly', 'take the warmup out');
  }
  const common = {
    ...(warmup === undefined ? {} : { warmup: checkedWarmup(warmup, within(place, 'warmup')) }),
    ...(localityLbSetting === undefined ? {} : { localityLbSetting: checkedPlaces(localityLbSetting, seesFailures, within(place, 'localityLbSetting')) }),
  };
  if (consistentHash !== undefined) return { ...common, consistentHash: checkedHash(consistentHash, within(place, 'consistentHash')) };
  return way === undefined ? common : { ...common, simple: way };
}

function checkedWarmup(given: WarmupProps, place: Place): DestinationRuleTrafficPolicyLoadBalancerWarmup {
  requireKeys(place, given, ['duration', 'minimumPercent', 'aggression']);
  const { duration, minimumPercent, aggression } = given;
  if (aggression !== undefined && !(typeof aggression === 'number' && aggression >= 1 && Number.isFinite(aggression))) {
    throw refuse(within(place, 'aggression'), 'bad-number', describeValue(aggression), 'a number, 1 or more', 'leave it out for even growth');
  }
  return {
    duration: Duration.of(duration, { ...ISTIO_DURATION, ...within(place, 'duration') }).value,
    ...(minimumPercent === undefined ? {} : { minimumPercent: wholeNumber(within(place, 'minimumPercent'), minimumPercent, 1, 100) }),
    ...(aggression === undefined ? {} : { aggression }),
  };
}

function checkedHash(given: ConsistentHashProps, place: Place): DestinationRuleTrafficPolicyLoadBalancerConsistentHash {
  requireKeys(place, given, HASHES);
  const said = HASHES.filter((key) => given[key] !== undefined);
  if (said.length !== 1) throw refuse(place, 'bad-balancer', said.length === 0 ? '{}' : said.join(' and '), `one of ${HASHES.join(', ')}`, 'say what tells callers apart');
  const { httpHeaderName, httpQueryParameterName, httpCookie } = given;
  if (httpHeaderName !== undefined) return { httpHeaderName: headerName(within(place, 'httpHeaderName'), httpHeaderName) };
  if (httpQueryParameterName !== undefined) return { httpQueryParameterName: someText(within(place, 'httpQueryParameterName'), httpQueryParameterName) };
  if (httpCookie === undefined) return { useSourceIp: oneOf<string>(within(place, 'useSourceIp'), String(given.useSourceIp), ['true']) === 'true' };
  const at = within(place, 'httpCookie');
  requireKeys(at, httpCookie, ['name', 'ttl', 'path']);
  const { name, ttl, path } = httpCookie;
  return {
    httpCookie: {
      name: someText(within(at, 'name'), name),
      ...(ttl === undefined ? {} : { ttl: Duration.of(ttl, { multipleOf: Duration.seconds(1), ...within(at, 'ttl') }).value }),
      ...(path === undefined ? {} : { path: someText(within(at, 'path'), path) }),
    },
  };
}

function checkedPlaces(given: LocalitySettings, seesFailures: boolean, place: Place): DestinationRuleTrafficPolicyLoadBalancerLocalityLbSetting {
  requireKeys(place, given, PLACES);
  const said = PLACES.filter((key) => given[key] !== undefined);
  if (said.length !== 1) throw refuse(place, 'bad-locality', said.length === 0 ? '{}' : said.join(' and '), `one of ${PLACES.join(', ')}`, 'leave out the others');
  const { distribute, failover, failoverPriority } = given;
  if (distribute === undefined && !seesFailures) {
    throw refuse(place, 'bad-locality', 'a failover without outlierDetection', 'both: Istio fails over only from pods that it sees fail', "add outlierDetection: 'gateway-errors'");
  }
  if (distribute !== undefined) return { distribute: someList(within(place, 'distribute'), distribute).map((one, index) => checkedShares(one, within(place, `distribute[${index}]`))) };
  if (failoverPriority !== undefined) {
    const at = within(place, 'failoverPriority');
    return { failoverPriority: someList(at, failoverPriority).map((label) => someText(at, label)) };
  }
  return { failover: someList(within(place, 'failover'), failover ?? []).map((one, index) => checkedFailover(one, within(place, `failover[${index}]`))) };
}

function checkedShares(given: { readonly from: string; readonly to: Readonly<Record<string, number>> }, place: Place): { from: string; to: Record<string, number> } {
  requireKeys(place, given, ['from', 'to']);
  const at = within(place, 'to');
  requireNames(at, given.to);
  const to = Object.fromEntries(Object.entries(given.to).map(([name, share]) => [name, wholeNumber(within(at, name), share, 1, 100)]));
  const sum = Object.values(to).reduce((total, share) => total + share, 0);
  if (sum !== 100) throw refuse(at, 'bad-split', `shares that are ${sum} together`, 'shares that add up to 100', 'change one of them');
  return { from: someText(within(place, 'from'), given.from), to };
}

function checkedFailover(given: { readonly from: string; readonly to: string }, place: Place): { from: string; to: string } {
  requireKeys(place, given, ['from', 'to']);
  const [from, to] = [someText(within(place, 'from'), given.from), someText(within(place, 'to'), given.to)];
  if (from === to || /[/*]/.test(from + to)) throw refuse(place, 'bad-locality', `from "${from}" to "${to}"`, 'two different regions, without zones and wildcards', 'use failoverPriority for zones');
  return { from, to };
}
