import { Construct } from 'constructs';
import { requirePlace } from '../../core/place';
import { PlannedObject } from '../../core/planned-object';
import { requireProps } from '../../core/required-props';
import type { JsonObject } from '../../rules/json';
import { oneOf, placeOf, refuse, requireKeys, someList, within } from '../rules/refuse';
import type { Place } from '../rules/refuse';
import { ANSWER_KEYS, checkedAnswer } from './limit-answer';
import type { CheckedAnswer, RateLimitAnswer } from './limit-answer';
import { descriptorOf } from './rate-limit-match';
import type { Descriptor, RateLimitMatch } from './rate-limit-match';
import { checkedTarget, TARGET_KEYS } from './rate-limit-target';
import type { RateLimitTarget } from './rate-limit-target';
import { tokenBucket } from './token-bucket';
import type { TokenBucketLimit } from './token-bucket';
import { addLimitFilter } from './workload-filters';
import type { LimitKind } from './workload-filters';

/** A limit for some of the requests. */
export interface LocalRateLimitRule {
  /** The requests that it is for. */
  readonly match: RateLimitMatch;
  readonly limit: TokenBucketLimit;
}

/** What a {@link LocalRateLimit} says, whatever it is for. */
export interface LocalRateLimitOptions extends RateLimitAnswer {
  /**
   * The limit for all requests together.
   * @default - none: only `rules` limit
   */
  readonly limit?: TokenBucketLimit;
  /**
   * Limits for some of the requests. A request has to be within each limit that it fits, and within `limit` as well.
   * @default - none: only `limit` limits
   */
  readonly rules?: readonly LocalRateLimitRule[];
  /**
   * Counts, but lets all requests through: to see in the proxies' statistics what a limit would do.
   * @default false
   */
  readonly shadowMode?: boolean;
}

/** Props of a {@link LocalRateLimit}. */
export type LocalRateLimitProps = LocalRateLimitOptions & RateLimitTarget;

const KIND: LimitKind = {
  name: 'local-rate-limit',
  // before the global one: a request that is refused here costs no question
  priority: 10,
  typeUrl: 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
};

/**
 * A limit that each proxy of a workload keeps for itself, in its own memory: nothing is asked, and nothing can fail. With several
 * replicas the workload lets through as many times more; `GlobalRateLimit` counts for all of them together.
 *
 * It becomes the HTTP filter `envoy.filters.http.local_ratelimit`, in the one EnvoyFilter of the workload for such limits,
 * `<name>-local-rate-limit`. Each port of a proxy, and each TLS server of a gateway, counts for itself.
 *
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/local_rate_limit_filter
 * @example
 * new LocalRateLimit(chart, 'limit', { service: search, limit: { requests: 100, per: '1s', burst: 200 } });
 */
export class LocalRateLimit extends Construct {
  /** The workload's EnvoyFilter, to be patched: other limits of the workload may be in it as well. */
  public readonly envoyFilterObject = new PlannedObject();

  /**
   * @throws MeshError when neither a limit nor a rule is said, or a number, a length of time or a match cannot be; at synthesis,
   * when the service has no such port or none with HTTP, or selects no pods.
   */
  public constructor(scope: Construct, id: string, props: LocalRateLimitProps) {
    requireProps(requirePlace(scope, id), props);
    super(scope, id);
    const place = placeOf(this);
    requireKeys(place, props, [...TARGET_KEYS, ...ANSWER_KEYS, 'limit', 'rules', 'shadowMode']);
    const target = checkedTarget(this, place, props);
    const isShadow = oneOf(within(place, 'shadowMode'), props.shadowMode ?? false, [true, false]);
    const bucket = props.limit === undefined ? undefined : tokenBucket(within(place, 'limit'), props.limit);
    const rules = props.rules === undefined ? [] : someList(within(place, 'rules'), props.rules).map((rule, index) => this.checkedRule(place, rule, index));
    if (bucket === undefined && rules.length === 0) {
      throw refuse(within(place, 'limit'), 'no-limit', 'neither "limit" nor "rules"', 'a limit', "add limit: { requests: 100, per: '1s' }");
    }
    addLimitFilter({
      owner: this,
      object: this.envoyFilterObject,
      target,
      kind: KIND,
      filter: `local-rate-limit/${this.node.path}`,
      settings: {
        stat_prefix: this.node.path.replace(/[^A-Za-z0-9]+/g, '_'),
        ...(bucket === undefined ? {} : { token_bucket: bucket }),
        ...(rules.length === 0 ? {} : { descriptors: rules.map(({ descriptor, bucket: own }) => ({ entries: descriptor.entries.map((entry) => ({ ...entry })), token_bucket: own })) }),
        filter_enabled: share(100),
        filter_enforced: share(isShadow ? 0 : 100),
        ...answer(checkedAnswer(place, props)),
      },
      rateLimits: rules.map(({ descriptor }) => ({ actions: [...descriptor.actions] })),
    });
  }

  private checkedRule(place: Place, rule: LocalRateLimitRule, index: number): { readonly descriptor: Descriptor; readonly bucket: JsonObject } {
    const at = within(place, `rules[${index}]`);
    requireKeys(at, rule, ['match', 'limit']);
    const descriptor = descriptorOf(this, rule.match ?? {}, within(at, 'match'), { key: 'rule', value: String(index) });
    return { descriptor, bucket: tokenBucket(within(at, 'limit'), rule.limit) };
  }
}

function answer({ status, headers, rateLimitHeaders }: CheckedAnswer): JsonObject {
  return {
    status: { code: status },
    ...(headers.length === 0 ? {} : { response_headers_to_add: headers }),
    ...(rateLimitHeaders ? { enable_x_ratelimit_headers: 'DRAFT_VERSION_03' } : {}),
    rate_limited_as_resource_exhausted: true,
  };
}

function share(percent: number): JsonObject {
  return { default_value: { numerator: percent, denominator: 'HUNDRED' } };
}
