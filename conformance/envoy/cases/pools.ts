import type { TrafficPolicyProps } from '../../../src';
import type { Case, Check, Outcome } from '../case';
import { replace } from '../manifests';
import { WEB, asked, callerAt, noPolicy, shop } from '../shop';

/** Limits for connections and requests, and pods that are left alone because they fail. */

const limited = (name: string, promise: string, policy: TrafficPolicyProps, checks: readonly Check[], rest: Partial<Case> = {}): Case => ({
  name,
  promise,
  program: shop(({ web, chart }) => {
    web.split(chart, { v1: 100 });
    // what fails is not tried again, so that each request counts once
    web.route(chart, 'once', { retries: { attempts: 0 } });
    web.trafficPolicy(chart, policy);
  }),
  through: callerAt(),
  checks,
  control: { what: 'no policy', edit: noPolicy },
  ...rest,
});

const slow = { 'web-v1': () => ({ delayMs: 300 }) };
const many = (times: number, what: string, expect: Outcome, control?: Outcome, more: Partial<Check> = {}): Check => ({ ...asked(what, {}, expect, control), times, ...more });
const overflow = '503 upstream connect error or disconnect/reset before headers. reset reason: overflow';
// Envoy takes a pod out in another thread than the one that answers: on a busy machine that one must get its turn
const unhurried: Partial<Check> = { atOnce: 1, gapMs: 25 };
const two = { 'web-v1': { a: {}, b: {} } };

export const pools: readonly Case[] = [
  limited('pool: requests', 'no more requests than the limit are under way; what is beyond is answered with 503 at once', { connectionPool: { http: { http2MaxRequests: 4 } } }, [
    many(16, '16 slow requests at once', { shares: { 'web-v1': [4, 6], [overflow]: [10, 12] } }, { shares: { 'web-v1': [16, 16] } }, { upstreams: slow }),
    many(20, '20 requests, two at once', { shares: { 'web-v1': [20, 20] } }, undefined, { atOnce: 2 }),
  ]),
  limited('pool: connections', 'requests share the connections that there may be, and wait for them', { connectionPool: { tcp: { maxConnections: 2 } } }, [
    many(16, '16 slow requests at once', { shares: { 'web-v1': [16, 16] }, connections: { 'web-v1': [1, 2] } }, { shares: { 'web-v1': [16, 16] }, connections: { 'web-v1': [5, 16] } }, { upstreams: slow }),
  ]),
  limited('pool: waiting requests', 'no more requests than the limit wait for a connection', { connectionPool: { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 2 } } }, [
    many(12, '12 slow requests at once', { shares: { 'web-v1': [2, 5], [overflow]: [7, 10] } }, { shares: { 'web-v1': [12, 12] } }, { upstreams: slow, atOnce: 12 }),
  ]),
  limited('pool: requests of a connection', 'a connection ends after so many requests', { connectionPool: { http: { maxRequestsPerConnection: 2 } } }, [
    many(20, '20 requests, one after another', { shares: { 'web-v1': [20, 20] }, connections: { 'web-v1': [10, 10] } }, { connections: { 'web-v1': [1, 1] } }, { atOnce: 1 }),
  ]),
  limited('pool: idle connections', 'a connection that nobody uses ends', { connectionPool: { http: { idleTimeout: '1s' } } }, [
    many(2, 'two requests, 2 s apart', { shares: { 'web-v1': [2, 2] }, connections: { 'web-v1': [2, 2] } }, { connections: { 'web-v1': [1, 1] } }, { atOnce: 1, gapMs: 2_000 }),
    many(4, 'four requests, one right after another', { connections: { 'web-v1': [0, 1] } }, undefined, { atOnce: 1 }),
  ]),
  limited('pool: life of connections', 'a connection ends after its time, used or not', { connectionPool: { tcp: { maxConnectionDuration: '1s' } } }, [
    many(2, 'two requests, 2 s apart', { shares: { 'web-v1': [2, 2] }, connections: { 'web-v1': [2, 2] } }, { connections: { 'web-v1': [1, 1] } }, { atOnce: 1, gapMs: 2_000 }),
    many(4, 'four requests, one right after another', { connections: { 'web-v1': [0, 1] } }, undefined, { atOnce: 1 }),
  ]),
  limited(
    'pool: idle connections of bytes',
    'a connection over which nothing goes ends',
    { connectionPool: { tcp: { idleTimeout: '1s' } } },
    [
      {
        ...asked('a server that is silent for 3 s', { protocol: 'tcp', host: WEB }, { status: 'cut' }, { status: 'open', body: 'web-v1' }),
        upstreams: { 'web-v1': () => ({ delayMs: 3_000 }) },
      },
      asked('one that answers', { protocol: 'tcp', host: WEB }, { status: 'open', body: 'web-v1' }),
    ],
    {
      program: shop(({ web, chart }) => {
        web.split(chart, { v1: 100 });
        web.trafficPolicy(chart, { connectionPool: { tcp: { idleTimeout: '1s' } } });
      }, [{ port: 5432, appProtocol: 'tcp' }]),
      through: callerAt(5432, WEB),
    },
  ),
  {
    ...limited('pool: retries', 'no more retries than the limit are under way', {}, []),
    program: shop(({ web, chart }) => {
      web.split(chart, { v1: 100 });
      web.route(chart, 'again', { retries: { attempts: 1, retryOn: ['5xx'] } });
      web.trafficPolicy(chart, { connectionPool: { http: { maxRetries: 1 } } });
    }),
    checks: [
      many(16, '16 failures at once', { load: { 'web-v1': [17, 24] } }, { load: { 'web-v1': [32, 32] } }, { upstreams: { 'web-v1': () => ({ status: 500, delayMs: 200 }) } }),
    ],
  },
  limited(
    'outliers: and back',
    'a pod that fails is left alone for its time, and then asked again',
    { outlierDetection: { consecutive5xxErrors: 3, interval: '1s', baseEjectionTime: '6s', maxEjectionPercent: 100 } },
    [
      many(60, 'one pod fails', { shares: { 'web-v1-b': [50, 57], '500 web-v1-a': [3, 10] } }, { shares: { '500 web-v1-a': [15, 45] } }, { ...unhurried, upstreams: { 'web-v1-a': () => ({ status: 500 }) } }),
      many(40, 'right after, though it is well again', { shares: { 'web-v1-b': [40, 40] } }, { spread: [2, 2] }, { atOnce: 1 }),
      many(40, 'after its time', { spread: [2, 2] }, undefined, { atOnce: 1, pauseMs: 9_000 }),
    ],
    { pods: two },
  ),
  limited('outliers: gateway errors', 'answers of 502 to 504 count, others of 5xx do not', { outlierDetection: 'gateway-errors' }, [
    many(60, 'one pod answers 500', { shares: { '500 web-v1-a': [15, 45] } }, undefined, { atOnce: 1, upstreams: { 'web-v1-a': () => ({ status: 500 }) } }),
    many(60, 'one pod answers 503', { shares: { '503 web-v1-a': [5, 8] } }, { shares: { '503 web-v1-a': [15, 45] } }, { ...unhurried, upstreams: { 'web-v1-a': () => ({ status: 503 }) } }),
  ], { pods: two }),
  limited('outliers: server errors', 'any 5xx counts, answers of 4xx do not', { outlierDetection: 'server-errors' }, [
    many(60, 'one pod answers 404', { shares: { '404 web-v1-a': [15, 45] } }, undefined, { atOnce: 1, upstreams: { 'web-v1-a': () => ({ status: 404 }) } }),
    many(60, 'one pod answers 500', { shares: { '500 web-v1-a': [5, 8] } }, { shares: { '500 web-v1-a': [15, 45] } }, { ...unhurried, upstreams: { 'web-v1-a': () => ({ status: 500 }) } }),
  ], { pods: two }),
  limited('outliers: connections', 'connections that fail count, answers do not', { outlierDetection: 'connect-failures' }, [
    many(60, 'one pod answers 503', { shares: { '503 web-v1-a': [15, 45] } }, undefined, { atOnce: 1, upstreams: { 'web-v1-a': () => ({ status: 503 }) } }),
    many(60, 'one pod takes no connections', { shares: { 'web-v1-b': [50, 55] } }, { shares: { 'web-v1-b': [15, 45] } }, { ...unhurried, down: ['web-v1-a'] }),
  ], { pods: two }),
  limited('outliers: at most half', 'where more fail than may be left alone, the rest is asked all the same', { outlierDetection: { consecutive5xxErrors: 3, interval: '1s', baseEjectionTime: '60s', maxEjectionPercent: 50 } }, [
    many(60, 'both pods fail', { load: { 'web-v1-a': [3, 60], 'web-v1-b': [3, 60] }, shares: { 'web-v1-a': [0, 0] } }, undefined, { atOnce: 1, upstreams: { 'web-v1-a': () => ({ status: 500 }), 'web-v1-b': () => ({ status: 500 }) } }),
    many(40, 'right after, though both are well again', { spread: [1, 1] }, { spread: [2, 2] }, { atOnce: 1 }),
  ], { pods: two }),
  limited('outliers: enough healthy pods', 'with fewer healthy pods than this, all of them are asked', { outlierDetection: { consecutive5xxErrors: 3, interval: '1s', baseEjectionTime: '60s', maxEjectionPercent: 100, minHealthPercent: 60 } }, [
    many(60, 'one of two pods fails', { shares: { '500 web-v1-a': [15, 45] } }, { shares: { '500 web-v1-a': [3, 10] } }, { ...unhurried, upstreams: { 'web-v1-a': () => ({ status: 500 }) } }),
  ], { pods: two, control: { what: 'no such share', edit: replace('DestinationRule', 'web', '"minHealthPercent":60', '"minHealthPercent":0') } }),
];
