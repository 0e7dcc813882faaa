import type { LoadBalancerProps, TrafficPolicyProps } from '../../../src';
import type { Case, Check, Outcome } from '../case';
import { ORIGINAL_DST } from '../addresses';
import type { Request } from '../request';
import { asked, callerAt, noPolicy, share, shop } from '../shop';
import { at } from '../workloads';
import type { Pods } from '../workloads';

/** Which of the pods of one version gets a request. */

const PODS = ['a', 'b', 'c', 'd'];
const pods = (...names: readonly string[]): Pods => ({ 'web-v1': Object.fromEntries(names.map((name) => [name, {}])) });
const four = pods(...PODS);
const each = (range: readonly [number, number]): Outcome => ({ shares: Object.fromEntries(PODS.map((name) => [`web-v1-${name}`, range])) });

const balanced = (name: string, promise: string, policy: TrafficPolicyProps, rest: Pick<Case, 'checks'> & Partial<Case>): Case => ({
  name: `balancing: ${name}`,
  promise,
  program: shop(({ web, chart }) => {
    web.split(chart, { v1: 100 });
    web.trafficPolicy(chart, policy);
  }),
  through: callerAt(),
  pods: four,
  control: { what: 'no policy', edit: noPolicy },
  ...rest,
});

const many = (times: number, what: string, expect: Outcome, control?: Outcome, more: Partial<Check> = {}): Check => ({
  ...asked(what, {}, expect, control),
  times,
  ...more,
});

/** The same caller is led to one pod; the callers of `vary` are led to several. */
const sticky = (name: string, consistentHash: Extract<LoadBalancerProps, { consistentHash: object }>['consistentHash'], by: (value: string) => Partial<Request>): Case =>
  balanced(`consistent hash by ${name}`, 'the same caller comes to the same pod, others to others', { loadBalancer: { consistentHash } }, {
    checks: [
      many(40, 'one caller', { spread: [1, 1] }, { spread: [2, 4] }, { vary: () => by('1') }),
      many(60, 'sixty callers', { spread: [3, 4] }, undefined, { vary: (nth) => by(String(nth)) }),
    ],
  });

const near = at('eu', 'a');
const far = at('eu', 'b');
const abroad = at('us', 'a');
const places: Pods = { 'caller-v1': { here: near }, 'web-v1': { near, far, abroad } };
const failing = { status: 500 };

export const balancing: readonly Case[] = [
  balanced('round robin', 'each pod in its turn', { loadBalancer: { simple: 'ROUND_ROBIN' } }, {
    // one after another, so that no two requests are drawn at the same time
    checks: [many(400, '400 requests', each([100, 100]), each(share(25, 400)), { atOnce: 1 })],
  }),
  balanced('random', 'a slow pod gets its share all the same', { loadBalancer: { simple: 'RANDOM' } }, {
    checks: [
      many(300, '300 requests, of which one pod is slow', { load: { 'web-v1-a': share(25, 300) } }, { load: { 'web-v1-a': [1, 45] } }, {
        upstreams: { 'web-v1-a': () => ({ delayMs: 200 }) },
      }),
    ],
  }),
  balanced('least request', 'a slow pod gets less', { loadBalancer: { simple: 'LEAST_REQUEST' } }, {
    checks: [
      many(300, '300 requests, of which one pod is slow', { load: { 'web-v1-a': [1, 45] } }, { load: { 'web-v1-a': [75, 75] } }, {
        upstreams: { 'web-v1-a': () => ({ delayMs: 200 }) },
      }),
    ],
    control: {
      what: 'round robin',
      edit: (manifests) => manifests.map((object) => JSON.parse(JSON.stringify(object).replace('"LEAST_REQUEST"', '"ROUND_ROBIN"')) as typeof object),
    },
  }),
  balanced('passthrough', 'a request goes to the address that the caller chose', { loadBalancer: { simple: 'PASSTHROUGH' } }, {
    // Where a caller goes by address, it is a pod of the service: with its identity.
    serving: { [ORIGINAL_DST]: { certificate: 'cluster.local/ns/shop/sa/web' } },
    checks: [asked('a request', {}, { status: 200, body: ORIGINAL_DST }, { status: 200, arrived: { [ORIGINAL_DST]: 0 } })],
  }),
  sticky('header', { httpHeaderName: 'x-user' }, (value) => ({ headers: { 'x-user': value } })),
  sticky('parameter', { httpQueryParameterName: 'user' }, (value) => ({ path: `/?user=${value}` })),
  sticky('cookie of the service', { httpCookie: { name: 'user' } }, (value) => ({ headers: { cookie: `user=${value}` } })),
  sticky('address of the caller', { useSourceIp: true }, (value) => ({ proxied: { from: `10.1.1.${value}` } })),
  balanced(
    'consistent hash by a cookie of the proxy',
    'who has no cookie gets one, for as long as is said, and comes back to the pod',
    { loadBalancer: { consistentHash: { httpCookie: { name: 'pod', ttl: '1h', path: '/shop' } } } },
    {
      checks: [
        asked('a request without the cookie', {}, { status: 200, headers: { 'set-cookie': /^pod="?[0-9a-f]+"?; Max-Age=3600; Path=\/shop; HttpOnly/ } }, { status: 200, headers: { 'set-cookie': null } }),
        asked('a request with it', { headers: { cookie: 'pod=abc' } }, { status: 200, headers: { 'set-cookie': null } }),
        many(40, 'one caller', { spread: [1, 1] }, { spread: [2, 4] }, { vary: () => ({ headers: { cookie: 'pod=abc' } }) }),
      ],
    },
  ),
  balanced('its own zone first', 'pods of the zone of the caller are asked, as long as they do not fail; then those of its region', {
    outlierDetection: { consecutive5xxErrors: 3, interval: '1s', baseEjectionTime: '60s', maxEjectionPercent: 100 },
  }, {
    pods: places,
    checks: [
      many(60, 'all pods are well', { shares: { 'web-v1-near': [60, 60] } }, { spread: [3, 3] }),
      many(100, 'the near one fails', { shares: { 'web-v1-far': [60, 97], 'web-v1-abroad': [0, 0] } }, { spread: [2, 3] }, {
        upstreams: { 'web-v1-near': () => failing },
      }),
      many(100, 'the next one fails, too', { shares: { 'web-v1-abroad': [60, 97] } }, undefined, {
        upstreams: { 'web-v1-near': () => failing, 'web-v1-far': () => failing },
        // Envoy tells its workers of health once a second at most.
        pauseMs: 1_500,
      }),
    ],
  }),
  balanced('distribution', 'each zone gets what is said, whoever is near', {
    loadBalancer: { localityLbSetting: { distribute: [{ from: 'eu/a/*', to: { 'eu/a/*': 20, 'us/a/*': 80 } }] } },
  }, {
    pods: places,
    checks: [
      many(500, '500 requests', { shares: { 'web-v1-near': share(20, 500), 'web-v1-abroad': share(80, 500), 'web-v1-far': [0, 0] } }, { shares: { 'web-v1-near': share(33, 500) } }),
    ],
  }),
  balanced('failover to a region', 'the region that is named takes over, no other', {
    outlierDetection: { consecutive5xxErrors: 3, interval: '1s', baseEjectionTime: '60s', maxEjectionPercent: 100 },
    loadBalancer: { localityLbSetting: { failover: [{ from: 'eu', to: 'asia' }] } },
  }, {
    pods: { 'caller-v1': { here: near }, 'web-v1': { near, abroad, asia: at('asia', 'x') } },
    checks: [
      many(60, 'all pods are well', { shares: { 'web-v1-near': [60, 60] } }, { spread: [3, 3] }),
      many(100, 'the near one fails', { shares: { 'web-v1-asia': [60, 97], 'web-v1-abroad': [0, 0] } }, { spread: [2, 3] }, {
        upstreams: { 'web-v1-near': () => failing },
      }),
    ],
  }),
  balanced('failover by labels', 'pods that have the labels of the caller are asked first', {
    outlierDetection: { consecutive5xxErrors: 3, interval: '1s', baseEjectionTime: '60s', maxEjectionPercent: 100 },
    loadBalancer: { localityLbSetting: { failoverPriority: ['rack'] } },
  }, {
    pods: { 'caller-v1': { here: { rack: '7' } }, 'web-v1': { same: { rack: '7' }, other: { rack: '8' } } },
    checks: [
      many(60, 'all pods are well', { shares: { 'web-v1-same': [60, 60] } }, { spread: [2, 2] }),
      many(100, 'the near one fails', { shares: { 'web-v1-other': [60, 97] } }, undefined, { upstreams: { 'web-v1-same': () => failing } }),
    ],
  }),
];
