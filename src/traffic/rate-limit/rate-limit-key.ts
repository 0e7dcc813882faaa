import { describeValue } from '../../core/refusal';
import type { Known } from '../../core/unknown';
import type { JsonObject } from '../../rules/json';
import { headerName, oneOf, refuse, requireKeys, within, wholeNumber } from '../rules/refuse';
import type { Place } from '../rules/refuse';

const BRAND = Symbol.for('mesh-constructs.RateLimitKey');
const EXPRESSION = 'type.googleapis.com/envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor';
const IDENTITY = ['uri_san', 'dns_san', 'subject']
  .map((name) => `connection.${name}_peer_certificate`)
  .reduceRight((others, name) => `has(${name}) ? ${name} : ${others}`, '""');
const SHARED_NAME = /^[A-Za-z0-9._/-]{1,200}$/;

/** How requests without the header are counted. */
export interface HeaderKeyOptions {
  /**
   * `together`: all that lack the header share one counter, as if they had one value. `unlimited`: they are not counted, so that
   * whoever leaves the header out has no limit.
   * @default 'together'
   */
  readonly absent?: 'together' | 'unlimited';
}

/** Addresses of one network that count together, by the bits that they have in common. */
export interface AddressKeyOptions {
  /**
   * Bits of an IPv4 address, 0 to 32.
   * @default 32: each address
   */
  readonly ipv4?: Known<number>;
  /**
   * Bits of an IPv6 address, 0 to 128. Who has one of them mostly has all of a /64.
   * @default 128: each address
   */
  readonly ipv6?: Known<number>;
}

/** A key whose values are right. */
export interface CheckedKey {
  /** The key of its entry in descriptors. */
  readonly key: string;
  /** How Envoy makes the entry; undefined for a name that several limits share. */
  readonly action: JsonObject | undefined;
  readonly sharedName?: string;
}

/** What requests are told apart by: each value has a counter of its own. What it was given is checked where it is used. */
export class RateLimitKey {
  /** The value of a header, such as an API key. */
  public static header(name: Known<string>, options: HeaderKeyOptions = {}): RateLimitKey {
    return new RateLimitKey((place) => headerKey(place, name, options));
  }

  /** The path of the request, without its query. */
  public static path(): RateLimitKey {
    return new RateLimitKey(() => expression('path', 'request.url_path'));
  }

  /** The method of the request. */
  public static method(): RateLimitKey {
    return new RateLimitKey(() => expression('method', 'request.method'));
  }

  /**
   * The address of the client, as far as the proxy trusts what it is told: a gateway goes by its trusted hops. A sidecar goes by
   * `x-forwarded-for`, which callers in the mesh write themselves: tell those apart by `clientIdentity()`.
   *
   * @see https://istio.io/latest/docs/ops/configuration/traffic-management/network-topologies/
   */
  public static remoteAddress(options: AddressKeyOptions = {}): RateLimitKey {
    return new RateLimitKey((place) => addressKey(place, options));
  }

  /**
   * Who asks, as the caller's certificate proves it: at a service the identity of a workload of the mesh, such as
   * `spiffe://cluster.local/ns/shop/sa/web`; at a gateway with mutual TLS the first URI in the client's certificate, else the first
   * DNS name, else the subject. All without a certificate share a counter.
   */
  public static clientIdentity(): RateLimitKey {
    return new RateLimitKey(() => expression('client_identity', IDENTITY));
  }

  /**
   * A name that counts together with all other limits of the rate-limit service that have it, for other services as well. What
   * else they are told apart by, and how many requests they let through, has to be the same; a match by `queryParams` is none of
   * theirs.
   *
   * @param name 1 to 200 of a-z, A-Z, 0-9, dashes, dots, underscores and slashes
   */
  public static genericKey(name: Known<string>): RateLimitKey {
    return new RateLimitKey((place) => sharedKey(place, name));
  }

  /** True for a RateLimitKey of any copy of this library. */
  public static isRateLimitKey(value: unknown): value is RateLimitKey {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  private constructor(
    /** @throws MeshError when what it was given cannot be. @internal */
    public readonly check: (place: Place) => CheckedKey,
  ) {
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }
}

function headerKey(place: Place, name: unknown, options: HeaderKeyOptions): CheckedKey {
  const header = headerName(place, name);
  requireKeys(place, options, ['absent']);
  const absent = oneOf(within(place, 'absent'), options.absent ?? 'together', ['together', 'unlimited']);
  const key = `header.${header}`;
  if (absent === 'unlimited') return { key, action: { request_headers: { header_name: header, descriptor_key: key } } };
  // names of headers have neither quotes nor backslashes
  return expression(key, `"${header}" in request.headers ? request.headers["${header}"] : ""`);
}

function addressKey(place: Place, options: AddressKeyOptions): CheckedKey {
  requireKeys(place, options, ['ipv4', 'ipv6']);
  const { ipv4, ipv6 } = options;
  if (ipv4 === undefined && ipv6 === undefined) return { key: 'remote_address', action: { remote_address: {} } };
  const v4 = wholeNumber(within(place, 'ipv4'), ipv4 ?? 32, 0, 32);
  const v6 = wholeNumber(within(place, 'ipv6'), ipv6 ?? 128, 0, 128);
  return { key: 'masked_remote_address', action: { masked_remote_address: { v4_prefix_mask_len: v4, v6_prefix_mask_len: v6 } } };
}

function sharedKey(place: Place, name: unknown): CheckedKey {
  if (typeof name === 'string' && SHARED_NAME.test(name)) return { key: 'generic key', action: undefined, sharedName: name };
  throw refuse(place, 'bad-key', describeValue(name), 'a name: 1 to 200 of a-z, A-Z, 0-9, dashes, dots, underscores and slashes', "name what is counted, such as 'checkout'");
}

/** The expressions here never fail: where one did, Envoy would not count the request. */
function expression(key: string, text: string): CheckedKey {
  const config = { '@type': EXPRESSION, descriptor_key: key, text };
  return { key, action: { extension: { name: 'envoy.rate_limit_descriptors.expr', typed_config: config } } };
}
