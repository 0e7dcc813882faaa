import { isDnsLabel, isQualifiedName } from '../../core/kubernetes-names';
import { describeValue } from '../../core/refusal';
import { oneOf, refuse, requireKeys, someText, within } from '../rules/refuse';
import type { Place } from '../rules/refuse';
import { checkedResources } from './container-settings';
import type { CheckedResources } from './container-settings';
import type { OwnRedis, RedisConnection } from './rate-limit-service-props';

/** The version that programs get who name none. */
const IMAGE = 'docker.io/valkey/valkey:8.1.4-alpine';

/** A Redis that there is already, with what is known of it. */
export interface KnownRedis {
  readonly isOwn: false;
  readonly url: string;
  readonly secret: { readonly name: string; readonly key: string } | undefined;
  readonly tls: boolean;
}

/** The Redis that is made. */
export interface MadeRedis {
  readonly isOwn: true;
  readonly image: string;
  readonly resources: CheckedResources;
}

/** @throws MeshError when the address or the Secret cannot be. */
export function checkedRedis(place: Place, redis: RedisConnection | OwnRedis): KnownRedis | MadeRedis {
  requireKeys(place, redis, redis?.url === undefined ? ['image', 'resources'] : ['url', 'secret', 'tls']);
  if (redis.url === undefined) {
    const image = redis.image === undefined ? IMAGE : someText(within(place, 'image'), redis.image);
    return { isOwn: true, image, resources: checkedResources(within(place, 'resources'), redis.resources) };
  }
  return {
    isOwn: false,
    url: address(within(place, 'url'), redis.url),
    secret: redis.secret === undefined ? undefined : secret(within(place, 'secret'), redis.secret),
    tls: oneOf(within(place, 'tls'), redis.tls ?? false, [true, false]),
  };
}

function address(place: Place, url: unknown): string {
  if (typeof url === 'string' && /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}$/.test(url)) return url;
  const fix = typeof url === 'string' && url.includes('://') ? `leave out "${url.slice(0, url.indexOf('://') + 3)}"; tls: true encrypts` : 'such as "redis.example.com:6379"';
  throw refuse(place, 'bad-address', describeValue(url), 'a host and a port', fix);
}

function secret(place: Place, given: NonNullable<RedisConnection['secret']>): { readonly name: string; readonly key: string } {
  requireKeys(place, given, ['name', 'key']);
  const { name, key = 'password' } = given;
  if (typeof name !== 'string' || !name.split('.').every(isDnsLabel)) {
    throw refuse(within(place, 'name'), 'bad-name', describeValue(name), 'the name of a Secret', 'it is in the namespace of the rate-limit service');
  }
  if (!isQualifiedName(key)) throw refuse(within(place, 'key'), 'bad-name', describeValue(key), 'a key of the Secret', 'leave it out for "password"');
  return { name, key };
}
