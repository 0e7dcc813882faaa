import type { Duration } from '../../core/duration';
import type { NamespaceReference } from '../../core/references';
import type { Known } from '../../core/unknown';

/** What proxies do when the rate-limit service does not answer in time. */
export type RateLimitFailure = 'allow' | 'deny';

/** CPU and memory of a container. */
export interface RateLimitResources {
  /** @default - that of the component, but for what has a limit given here, which is the request as well */
  readonly requests?: Readonly<Record<string, Known<string> | Known<number>>>;
  /** @default - that of the component */
  readonly limits?: Readonly<Record<string, Known<string> | Known<number>>>;
}

/** Props of a {@link RateLimitService}. */
export interface RateLimitServiceProps {
  /**
   * Name of the service and of what belongs to it.
   * @default - the construct's id
   */
  readonly name?: Known<string>;
  /**
   * The namespace of its pods, best one of the mesh: only then callers are checked, and what they say is encrypted.
   * @default - the chart's
   */
  readonly namespace?: NamespaceReference;
  /**
   * How many pods answer; they count together, in Redis.
   * @default 2
   */
  readonly replicas?: Known<number>;
  /**
   * Where the counters are: the connection to a Redis that there is already.
   * @default - a Redis of its own: one pod that keeps counters in memory only, so that all begin anew when it restarts
   */
  readonly redis?: RedisConnection | OwnRedis;
  /**
   * What proxies do when no answer comes in time: `allow` lets requests through uncounted, `deny` answers 503.
   * @default 'allow': a failure of the rate-limit service is none of the services that it protects
   */
  readonly onFailure?: RateLimitFailure;
  /**
   * How long proxies wait for an answer, in whole milliseconds: each request that is counted waits for it.
   * @default '100ms'
   */
  readonly timeout?: Duration | Known<string>;
  /**
   * What tells its counters from others in the same Redis. Changed, all counters begin anew.
   * @default - its namespace and name
   */
  readonly domain?: Known<string>;
  /**
   * Image of Envoy's rate-limit service.
   * @default - a version that the library was judged with, from docker.io/envoyproxy
   */
  readonly image?: Known<string>;
  /**
   * CPU and memory of each pod.
   * @default - requests of 50m and 64Mi, a limit of 256Mi
   */
  readonly resources?: RateLimitResources;
}

/** A Redis that there is already. */
export interface RedisConnection {
  /** Its host and port, such as `redis.example.com:6379`. */
  readonly url: Known<string>;
  /**
   * The Secret with its password, in the rate-limit service's namespace.
   * @default - no password
   */
  readonly secret?: RedisSecret;
  /**
   * Whether the connection is encrypted by TLS.
   * @default false
   */
  readonly tls?: boolean;
}

/** Where a password is. */
export interface RedisSecret {
  /** Name of the Secret. */
  readonly name: Known<string>;
  /**
   * The key in it.
   * @default 'password'
   */
  readonly key?: Known<string>;
}

/** The Redis that the rate-limit service brings along. */
export interface OwnRedis {
  readonly url?: never;
  /**
   * Its image: Valkey or Redis, with the program `valkey-server` or `redis-server` in it.
   * @default - a version of Valkey, from docker.io/valkey
   */
  readonly image?: Known<string>;
  /**
   * CPU and memory of its pod; counters fill half of the memory at most, then those go that end first.
   * @default - requests of 50m and 64Mi, a limit of 256Mi
   */
  readonly resources?: RateLimitResources;
}
