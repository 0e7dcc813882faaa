import type { Construct } from 'constructs';
import { Duration } from '../../core/duration';
import { isDnsLabel } from '../../core/kubernetes-names';
import { chartNamespace, namespaceName } from '../../core/references';
import { describeValue } from '../../core/refusal';
import { oneOf, placeOf, refuse, requireKeys, someText, wholeNumber, within } from '../rules/refuse';
import type { Place } from '../rules/refuse';
import { checkedResources } from './container-settings';
import type { CheckedResources } from './container-settings';
import type { RateLimitFailure, RateLimitServiceProps } from './rate-limit-service-props';
import { checkedRedis } from './redis-settings';
import type { KnownRedis, MadeRedis } from './redis-settings';

/**
 * The version that conformance/ratelimit builds from source and judges; images are tagged with the commit.
 *
 * @see https://hub.docker.com/r/envoyproxy/ratelimit/tags
 */
const IMAGE = 'docker.io/envoyproxy/ratelimit:3fb70258';
const MOST_REPLICAS = 1_000;
/** What is added to the name for Redis has to fit into a label, too. */
const LONGEST_NAME = 63 - '-redis'.length;

/** A rate-limit service with all defaults filled in. */
export interface RateLimitSettings {
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  readonly redis: KnownRedis | MadeRedis;
  readonly onFailure: RateLimitFailure;
  readonly timeout: Duration;
  readonly domain: string;
  readonly image: string;
  readonly resources: CheckedResources;
}

export const FAILURES: readonly RateLimitFailure[] = ['allow', 'deny'];
const KEYS: readonly (keyof RateLimitServiceProps)[] = ['name', 'namespace', 'replicas', 'redis', 'onFailure', 'timeout', 'domain', 'image', 'resources'];

/** @throws MeshError when a prop cannot be, or there is no namespace. */
export function rateLimitSettings(construct: Construct, props: RateLimitServiceProps): RateLimitSettings {
  const place = placeOf(construct);
  requireKeys(place, props, KEYS);
  const name = checkedName(within(place, 'name'), props.name ?? construct.node.id);
  const namespace = checkedNamespace(construct, within(place, 'namespace'), props);
  return {
    name,
    namespace,
    replicas: props.replicas === undefined ? 2 : wholeNumber(within(place, 'replicas'), props.replicas, 1, MOST_REPLICAS),
    redis: checkedRedis(within(place, 'redis'), props.redis ?? {}),
    onFailure: oneOf(within(place, 'onFailure'), props.onFailure ?? 'allow', FAILURES),
    timeout: Duration.of(props.timeout ?? '100ms', { ...within(place, 'timeout'), atLeast: Duration.millis(1), multipleOf: Duration.millis(1) }),
    domain: props.domain === undefined ? `${namespace}/${name}` : someText(within(place, 'domain'), props.domain),
    image: props.image === undefined ? IMAGE : someText(within(place, 'image'), props.image),
    resources: checkedResources(within(place, 'resources'), props.resources),
  };
}

function checkedName(place: Place, name: unknown): string {
  if (isDnsLabel(name) && (name as string).length <= LONGEST_NAME && /^[a-z]/.test(name as string)) return name as string;
  throw refuse(place, 'bad-name', describeValue(name), `the name of a Service: 1 to ${LONGEST_NAME} of a-z, 0-9 and dashes within, a letter first`, 'give a name where the id is none');
}

function checkedNamespace(construct: Construct, place: Place, { namespace }: RateLimitServiceProps): string {
  const found = namespace === undefined ? chartNamespace(construct) : namespaceName(construct, namespace);
  if (found !== undefined) return found;
  throw refuse(place, 'no-namespace', 'none', 'the namespace of its pods', 'give the rate-limit service or its chart a namespace');
}
