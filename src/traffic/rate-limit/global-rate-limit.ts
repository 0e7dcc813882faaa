import { Construct } from 'constructs';
import { requirePlace } from '../../core/place';
import { PlannedObject } from '../../core/planned-object';
import { badReference, requireSameCluster } from '../../core/references';
import { requireProps } from '../../core/required-props';
import type { JsonObject } from '../../rules/json';
import { oneOf, placeOf, requireKeys, within } from '../rules/refuse';
import { checkedLimits } from './global-limits';
import type { GlobalLimit } from './global-limits';
import { ANSWER_KEYS, checkedAnswer } from './limit-answer';
import type { CheckedAnswer, RateLimitAnswer } from './limit-answer';
import { RateLimitService } from './rate-limit-service';
import type { RateLimitFailure } from './rate-limit-service-props';
import { FAILURES } from './rate-limit-settings';
import { checkedTarget, TARGET_KEYS } from './rate-limit-target';
import type { RateLimitTarget } from './rate-limit-target';
import { GRPC_PORT } from './rate-limit-workload';
import { envoyDuration } from './token-bucket';
import { addLimitFilter } from './workload-filters';
import type { LimitKind } from './workload-filters';

/** What a {@link GlobalRateLimit} says, whatever it is for. */
export interface GlobalRateLimitOptions extends RateLimitAnswer {
  /** Who counts. */
  readonly at: RateLimitService;
  /** The limits; a request has to be within each that it fits. */
  readonly limits: readonly GlobalLimit[];
  /**
   * What proxies do when no answer comes in time: `allow` lets requests through uncounted, `deny` answers 503.
   * @default - that of the rate-limit service, `allow` if it says nothing
   */
  readonly onFailure?: RateLimitFailure;
}

/** Props of a {@link GlobalRateLimit}. */
export type GlobalRateLimitProps = GlobalRateLimitOptions & RateLimitTarget;

const KIND: LimitKind = {
  name: 'global-rate-limit',
  priority: 20,
  typeUrl: 'type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit',
};

/**
 * Limits that all replicas of a workload keep together: each request is asked for at a `RateLimitService`, which counts.
 *
 * It becomes the HTTP filter `envoy.filters.http.ratelimit`, in the one EnvoyFilter of the workload for such limits,
 * `<name>-global-rate-limit`, and a part of the rate-limit service's configuration; both come from the same keys. The workload is
 * let in to the rate-limit service. Requests that the proxy answers itself, such as redirects, are not counted.
 *
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/rate_limit_filter
 * @example
 * new GlobalRateLimit(chart, 'keys', { gateway, at: counters, limits: [{ by: [RateLimitKey.header('x-api-key')], requests: 1000, per: 'hour' }] });
 */
export class GlobalRateLimit extends Construct {
  /** The workload's EnvoyFilter, to be patched: other limits of the workload may be in it as well. */
  public readonly envoyFilterObject = new PlannedObject();

  /**
   * @throws MeshError when there is no limit, or a number, a match or a key cannot be; at synthesis, when limits with one generic
   * key count otherwise, or the service has no such port or none with HTTP, or selects no pods.
   */
  public constructor(scope: Construct, id: string, props: GlobalRateLimitProps) {
    requireProps(requirePlace(scope, id), props);
    super(scope, id);
    const place = placeOf(this);
    requireKeys(place, props, [...TARGET_KEYS, ...ANSWER_KEYS, 'at', 'limits', 'onFailure']);
    const target = checkedTarget(this, place, props);
    const { at } = props;
    if (!RateLimitService.isRateLimitService(at)) throw badReference(this, at, 'at', 'a RateLimitService', 'make one: new RateLimitService(chart, "ratelimit")');
    requireSameCluster(this, at, 'at');
    const limits = checkedLimits(this, within(place, 'limits'), props.limits);
    const onFailure = oneOf(within(place, 'onFailure'), props.onFailure ?? at.settings.onFailure, FAILURES);
    addLimitFilter({
      owner: this,
      object: this.envoyFilterObject,
      target,
      kind: KIND,
      filter: `global-rate-limit/${at.namespace}/${at.name}`,
      settings: { ...question(at, onFailure), ...answer(checkedAnswer(place, props)) },
      rateLimits: limits.map(({ actions }) => ({ actions: [...actions] })),
    });
    at.addLimits(limits);
    at.service.allowFrom(target.caller, { ports: [GRPC_PORT] });
  }
}

function question({ settings, cluster, service }: RateLimitService, onFailure: RateLimitFailure): JsonObject {
  // without it the name of the cluster would be the host that is asked for, which the other sidecar refuses as none
  const authority = service.host;
  return {
    domain: settings.domain,
    timeout: envoyDuration(settings.timeout),
    rate_limit_service: { transport_api_version: 'V3', grpc_service: { envoy_grpc: { cluster_name: cluster, authority } } },
    ...(onFailure === 'deny' ? { failure_mode_deny: true, status_on_error: { code: 503 } } : {}),
  };
}

function answer({ status, headers, rateLimitHeaders }: CheckedAnswer): JsonObject {
  return {
    rate_limited_status: { code: status },
    ...(headers.length === 0 ? {} : { response_headers_to_add: headers }),
    ...(rateLimitHeaders ? { enable_x_ratelimit_headers: 'DRAFT_VERSION_03' } : {}),
    rate_limited_as_resource_exhausted: true,
  };
}
