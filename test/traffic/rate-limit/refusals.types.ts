import type { GlobalLimit, GlobalRateLimitProps, IngressGateway, LocalRateLimitProps, MeshService, RateLimitService, RateLimitServiceProps } from '../../../src';

/** What the compiler refuses: a directive without an error below it fails the type check. */

declare const service: MeshService;
declare const gateway: IngressGateway;
declare const at: RateLimitService;
const limit = { requests: 1, per: '1s' };

export const locals: readonly LocalRateLimitProps[] = [
  { service, port: 8080, limit },
  { gateway, limit },
  // @ts-expect-error: one of the two
  { service, gateway, limit },
  // @ts-expect-error: hosts of a gateway are told apart by authority
  { gateway, port: 443, limit },
  // @ts-expect-error: a length of time is a text with a unit
  { service, limit: { requests: 1, per: 60 } },
  // @ts-expect-error: a pod sees no source
  { service, rules: [{ match: { source: service }, limit }] },
];

export const globals: readonly GlobalRateLimitProps[] = [
  { service, at, limits: [{ requests: 1, per: 'day' }] },
  // @ts-expect-error: who counts is a construct
  { service, at: 'ratelimit', limits: [{ requests: 1, per: 'day' }] },
];

export const limits: readonly GlobalLimit[] = [
  // @ts-expect-error: windows of a unit, not of any length
  { requests: 1, per: '1m' },
  // @ts-expect-error: keys are values, not texts
  { requests: 1, per: 'day', by: ['x-api-key'] },
];

export const services: readonly RateLimitServiceProps[] = [
  { redis: { url: 'redis:6379', secret: { name: 'redis' } } },
  // @ts-expect-error: a Redis that is there has an image already
  { redis: { url: 'redis:6379', image: 'redis' } },
];
