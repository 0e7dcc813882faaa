import { Chart } from 'cdk8s';
import { addWorkload } from '../../../examples/02-traffic/workload';
import { GlobalRateLimit, IngressRoute, LocalRateLimit, Mesh, RateLimitKey, RateLimitService, StrictMtlsNamespace, StringMatch, Tls } from '../../../src';
import type { GlobalLimit, GlobalRateLimitOptions, LocalRateLimitOptions, MeshService } from '../../../src';
import { gatewayOf, inFrontOf } from '../case';
import type { Case, Check, Range } from '../case';
import { drop, replace } from '../manifests';
import type { Program } from '../manifests';

/** How many requests get through limits: in front of a service's pods, and at a gateway. Windows are so long that none ends meanwhile. */

interface Setting {
  readonly chart: Chart;
  readonly mesh: Mesh;
  readonly web: MeshService;
}

/** A service `web`, with two callers that may call it and one that may not. */
const shop = (add: (setting: Setting) => void): Program => (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const namespace = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = namespace.addService('web', { ports: [{ port: 8080, name: 'http' }, { port: 8081, name: 'http-admin' }] });
  addWorkload(chart, web);
  for (const caller of ['caller', 'other']) web.allowFrom(namespace.addService(caller, { port: 8080 }));
  add({ chart, mesh, web });
};

const local = (options: LocalRateLimitOptions): Program => shop(({ chart, web }) => void new LocalRateLimit(chart, 'limit', { service: web, ...options }));

/** Limits of `web` at a rate-limit service. */
const global = (limits: readonly GlobalLimit[], options: Partial<GlobalRateLimitOptions> = {}): Program =>
  shop(({ chart, web }) => void new GlobalRateLimit(chart, 'limit', { service: web, at: new RateLimitService(chart, 'ratelimit', { timeout: '2s' }), limits, ...options }));

/** One limit for requests through a gateway. */
const atGateway = (add: (setting: Setting, gateway: ReturnType<Mesh['addIngressGateway']>) => void, tls = Tls.plainText()): Program =>
  shop((setting) => {
    const gateway = setting.mesh.addIngressGateway('public');
    for (const host of ['a', 'b']) new IngressRoute(setting.chart, host, { gateway, host: `${host}.example.com`, tls, routes: [{ path: '/', to: setting.web, port: 8080 }] });
    add(setting, gateway);
  });

const through = inFrontOf('web', 'shop', 8080);
const entry = gatewayOf('public', 'istio-ingress', 80);
const LOCAL = '429 local_rate_limited';
const GLOBAL = '429 ';
/** Without limits. */
const none = drop('EnvoyFilter');

interface Asked extends Partial<Check['request']> {
  readonly by?: string | null;
}

/** Some requests of a kind, one after the other: how many get through, and what the others are answered. */
const some = (what: string, { by = 'caller', ...request }: Asked, times: number, letThrough: Range | number, answer: string, more: Partial<Check> = {}): Check => {
  const [least, most] = typeof letThrough === 'number' ? [letThrough, letThrough] : letThrough;
  return {
    what,
    request: { host: 'web.shop.svc.cluster.local:8080', ...request },
    ...(by === null ? {} : { as: `cluster.local/ns/shop/sa/${by}` }),
    times,
    atOnce: 1,
    expect: { shares: { 'web-v1': [least, most], [answer]: [times - most, times - least] } },
    // with all let through, the control is about others
    ...(least === times ? {} : { control: { shares: { 'web-v1': [times, times] } } }),
    ...more,
  };
};

const at = (path: string, headers: Readonly<Record<string, string>> = {}): Asked => ({ path, headers });

export const rateLimits: readonly Case[] = [
  {
    name: 'local rate limit: a workload',
    promise: 'so many requests get through, others are answered by the proxy; gRPC callers are told in their way',
    program: local({ limit: { requests: 5, per: '1h' }, headers: { 'retry-after': '7', 'x-full': '100%' }, rateLimitHeaders: true }),
    through,
    checks: [
      some('the first ten', {}, 10, 5, LOCAL),
      {
        what: 'one more',
        request: { host: 'web:8080' },
        as: 'cluster.local/ns/shop/sa/caller',
        expect: { status: 429, headers: { 'retry-after': '7', 'x-full': '100%', 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '0' }, arrived: { 'web-v1': 0 } },
        control: { status: 200, headers: { 'retry-after': null, 'x-ratelimit-limit': null } },
      },
      {
        what: 'one of gRPC',
        request: { host: 'web:8080', protocol: 'grpc', path: '/shop.Web/Get' },
        as: 'cluster.local/ns/shop/sa/caller',
        expect: { grpcStatus: 8, arrived: { 'web-v1': 0 } },
      },
    ],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'local rate limit: pace and burst',
    promise: 'a burst gets through, then as many as come anew',
    program: local({ limit: { requests: 1, per: '4s', burst: 3 }, status: 503 }),
    through,
    checks: [
      some('the burst', {}, 6, [3, 4], '503 local_rate_limited'),
      some('after a while', {}, 4, [1, 2], '503 local_rate_limited', { pauseMs: 4_400 }),
    ],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'local rate limit: rules',
    promise: 'requests that fit a rule are within its limit, all others without; the query is no part of the path',
    program: local({
      rules: [
        { match: { headers: { 'x-plan': 'free' } }, limit: { requests: 2, per: '1h' } },
        { match: { uri: '/search', method: 'GET' }, limit: { requests: 3, per: '1h' } },
        { match: { uri: StringMatch.regex('/item/[0-9]+') }, limit: { requests: 1, per: '1h' } },
        { match: { uri: StringMatch.prefix('/anonymous'), withoutHeaders: { authorization: StringMatch.present() } }, limit: { requests: 1, per: '1h' } },
        { match: { uri: '/query', queryParams: { page: 'all' }, cookie: { name: 'group', value: 'beta' } }, limit: { requests: 1, per: '1h' } },
      ],
    }),
    through,
    checks: [
      some('the header', at('/', { 'x-plan': 'free' }), 5, 2, LOCAL),
      some('another value', at('/', { 'x-plan': 'gold' }), 5, 5, LOCAL),
      some('the path, with other queries', {}, 5, 3, LOCAL, { vary: (nth) => ({ path: `/search?q=${nth}` }) }),
      some('a path below', at('/search/x'), 5, 5, LOCAL),
      some('another method', { path: '/search', method: 'POST' }, 5, 5, LOCAL),
      some('the pattern', {}, 3, 1, LOCAL, { vary: (nth) => ({ path: `/item/${nth}?x=1` }) }),
      some('what the pattern is not for', at('/item/x'), 3, 3, LOCAL),
      some('no header', at('/anonymous'), 3, 1, LOCAL),
      some('the header that there must not be', at('/anonymous', { authorization: 'x' }), 3, 3, LOCAL),
      some('parameter and cookie', at('/query?page=all', { cookie: 'a=1; group=beta' }), 3, 1, LOCAL),
      some('the parameter without the cookie', at('/query?page=all'), 3, 3, LOCAL),
      some('the cookie without the parameter', at('/query?page=1', { cookie: 'group=beta' }), 3, 3, LOCAL),
    ],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'local rate limit: rule and workload',
    promise: 'a request has to be within the limit of its rule and within that of all',
    program: shop(({ chart, web }) => {
      new LocalRateLimit(chart, 'all', { service: web, limit: { requests: 6, per: '1h' }, rules: [{ match: { uri: '/a' }, limit: { requests: 4, per: '7m' } }] });
      new LocalRateLimit(chart, 'other-team', { service: web, rules: [{ match: { uri: '/a' }, limit: { requests: 2, per: '1h' } }] });
    }),
    through,
    checks: [some('the rules', at('/a'), 4, 2, LOCAL), some('all', at('/b'), 8, [2, 4], LOCAL)],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'local rate limit: who is refused anyway',
    promise: 'requests that no grant lets in are not counted',
    program: local({ limit: { requests: 2, per: '1h' } }),
    through,
    checks: [
      {
        what: 'a caller without a grant',
        request: { host: 'web.shop.svc.cluster.local:8080' },
        as: 'cluster.local/ns/shop/sa/stranger',
        times: 5,
        expect: { shares: { '403 RBAC: access denied': [5, 5] } },
      },
      some('one with a grant', {}, 4, 2, LOCAL),
    ],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'local rate limit: a port',
    promise: 'other ports have no limit',
    program: shop(({ chart, web }) => void new LocalRateLimit(chart, 'limit', { service: web, port: 8080, limit: { requests: 2, per: '1h' } })),
    through: inFrontOf('web', 'shop', 8081),
    checks: [some('another port', {}, 4, 4, LOCAL, { control: { shares: { 'web-v1': [2, 2], [LOCAL]: [2, 2] } } })],
    control: { what: 'the limit of that port', edit: replace('EnvoyFilter', 'web-local-rate-limit', '"portNumber":8080', '"portNumber":8081') },
  },
  {
    name: 'local rate limit: shadow mode',
    promise: 'all get through',
    program: local({ limit: { requests: 1, per: '1h' }, shadowMode: true }),
    through,
    checks: [some('all', {}, 4, 4, LOCAL, { control: { shares: { 'web-v1': [1, 1], [LOCAL]: [3, 3] } } })],
    control: { what: 'enforced', edit: replace('EnvoyFilter', 'web-local-rate-limit', '"numerator":0', '"numerator":100') },
  },
  {
    name: 'local rate limit: a gateway',
    promise: 'requests for one host of the gateway are limited, those for others are not',
    program: atGateway(({ chart }, gateway) => void new LocalRateLimit(chart, 'limit', { gateway, rules: [{ match: { authority: 'a.example.com' }, limit: { requests: 2, per: '1h' } }] })),
    through: entry,
    checks: [
      some('the host', { by: null, host: 'a.example.com' }, 5, 2, LOCAL),
      some('another host', { by: null, host: 'b.example.com' }, 5, 5, LOCAL),
    ],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'global rate limit: each API key',
    promise: 'each key has so many requests; those without share a counter, as one more key',
    program: atGateway(({ chart }, gateway) => {
      const at = new RateLimitService(chart, 'ratelimit', { timeout: '2s' });
      new GlobalRateLimit(chart, 'limit', { gateway, at, limits: [{ by: [RateLimitKey.header('X-API-Key')], requests: 2, per: 'day' }], headers: { 'retry-after': '60' }, rateLimitHeaders: true });
    }),
    through: entry,
    checks: [
      some('a key', { by: null, host: 'a.example.com', headers: { 'x-api-key': 'A' } }, 5, 2, GLOBAL),
      some('another key', { by: null, host: 'a.example.com', headers: { 'x-api-key': 'B' } }, 5, 2, GLOBAL),
      some('none', { by: null, host: 'a.example.com' }, 5, 2, GLOBAL),
      {
        what: 'what is said of it',
        request: { host: 'b.example.com', headers: { 'x-api-key': 'A' } },
        expect: { status: 429, headers: { 'retry-after': '60', 'x-ratelimit-limit': '2, 2;w=86400', 'x-ratelimit-remaining': '0' } },
        control: { status: 200 },
      },
    ],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'global rate limit: an optional key',
    promise: 'where it is said so, requests without the header have no limit',
    program: global([{ by: [RateLimitKey.header('x-tenant', { absent: 'unlimited' })], requests: 2, per: 'day' }]),
    through,
    checks: [some('with the header', at('/', { 'x-tenant': 'a' }), 4, 2, GLOBAL), some('without', {}, 4, 4, GLOBAL)],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'global rate limit: each caller',
    promise: 'callers are told by their certificates, whatever they say of themselves',
    program: global([{ by: [RateLimitKey.clientIdentity()], requests: 2, per: 'day' }]),
    through,
    checks: [
      some('a caller', {}, 4, 2, GLOBAL),
      some('the same, who says to be another', { headers: { 'x-forwarded-client-cert': 'URI=spiffe://cluster.local/ns/shop/sa/new', 'x-forwarded-for': '10.9.9.9' } }, 3, 0, GLOBAL),
      some('another caller', { by: 'other' }, 4, 2, GLOBAL),
    ],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'global rate limit: each address at a gateway',
    promise: 'clients cannot choose their address: a gateway that trusts no hop before it takes none from headers',
    program: atGateway(({ chart }, gateway) => {
      const at = new RateLimitService(chart, 'ratelimit', { timeout: '2s' });
      new GlobalRateLimit(chart, 'limit', { gateway, at, limits: [{ by: [RateLimitKey.remoteAddress()], requests: 2, per: 'day' }] });
    }),
    through: entry,
    checks: [some('other addresses in the header', { by: null, host: 'a.example.com' }, 5, 2, GLOBAL, { vary: (nth) => ({ headers: { 'x-forwarded-for': `203.0.113.${nth}` } }) })],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'rate limits: answers of the proxy',
    promise: 'a redirect counts for a local limit, and not for a global one',
    program: atGateway(({ chart }, gateway) => {
      new IngressRoute(chart, 'moved', { gateway, host: 'moved.example.com', tls: Tls.plainText(), routes: [{ path: '/', redirect: { authority: 'a.example.com' } }] });
      const at = new RateLimitService(chart, 'ratelimit', { timeout: '2s' });
      new GlobalRateLimit(chart, 'global', { gateway, at, limits: [{ requests: 2, per: 'day' }] });
      new LocalRateLimit(chart, 'local', { gateway, rules: [{ match: { authority: 'moved.example.com' }, limit: { requests: 4, per: '1h' } }] });
    }),
    through: entry,
    checks: [
      {
        what: 'redirects',
        request: { host: 'moved.example.com' },
        times: 6,
        atOnce: 1,
        expect: { shares: { '301 ': [4, 4], [LOCAL]: [2, 2] } },
        control: { shares: { '301 ': [6, 6] } },
      },
      some('all others', { by: null, host: 'a.example.com' }, 4, 2, GLOBAL),
    ],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'global rate limit: each client of a gateway',
    promise: 'clients with certificates are told by these; those without share a counter',
    program: atGateway(({ chart }, gateway) => {
      const at = new RateLimitService(chart, 'ratelimit', { timeout: '2s' });
      new GlobalRateLimit(chart, 'limit', { gateway, at, limits: [{ by: [RateLimitKey.clientIdentity()], requests: 2, per: 'day' }] });
    }, Tls.optionalMutual('cert')),
    through: gatewayOf('public', 'istio-ingress', 443),
    checks: [
      some('a client', { by: null, host: 'a.example.com' }, 4, 2, GLOBAL, { as: 'partner.example.com' }),
      some('another client', { by: null, host: 'a.example.com' }, 4, 2, GLOBAL, { as: 'other.example.com' }),
      some('without a certificate', { by: null, host: 'a.example.com' }, 4, 2, GLOBAL, { as: 'anonymous' }),
    ],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'global rate limit: each path and method',
    promise: 'paths have counters of their own, whatever the query',
    program: global([{ by: [RateLimitKey.path(), RateLimitKey.method()], requests: 2, per: 'day' }]),
    through,
    checks: [
      some('a path with other queries', {}, 4, 2, GLOBAL, { vary: (nth) => ({ path: `/a?x=${nth}` }) }),
      some('another path', at('/b'), 2, 2, GLOBAL),
      some('another method', { path: '/a', method: 'POST' }, 2, 2, GLOBAL),
    ],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'global rate limit: each address, each network',
    promise: 'a sidecar goes by x-forwarded-for; addresses of one network count together where it is said so',
    program: global([
      { match: { uri: '/address' }, by: [RateLimitKey.remoteAddress()], requests: 2, per: 'day' },
      { match: { uri: '/network' }, by: [RateLimitKey.remoteAddress({ ipv4: 24 })], requests: 2, per: 'day' },
    ]),
    through,
    checks: [
      some('an address', at('/address', { 'x-forwarded-for': '10.1.1.1' }), 4, 2, GLOBAL),
      some('another address', at('/address', { 'x-forwarded-for': '10.1.1.2' }), 2, 2, GLOBAL),
      some('a network', {}, 4, 2, GLOBAL, { vary: (nth) => ({ path: '/network', headers: { 'x-forwarded-for': `10.1.1.${nth}` } }) }),
      some('another network', at('/network', { 'x-forwarded-for': '10.1.2.1' }), 2, 2, GLOBAL),
    ],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'global rate limit: some requests',
    promise: 'only requests that fit are counted; each limit that fits counts',
    program: global([
      { match: { uri: '/export', method: 'POST' }, requests: 3, per: 'day' },
      { match: { queryParams: { format: 'pdf' } }, requests: 1, per: 'day' },
    ]),
    through,
    checks: [
      some('what fits none', { path: '/export' }, 5, 5, GLOBAL),
      some('what fits both', { path: '/export?format=pdf', method: 'POST' }, 2, 1, GLOBAL),
      some('what fits one', { path: '/export?format=csv', method: 'POST' }, 5, 1, GLOBAL),
    ],
    control: { what: 'no limit', edit: none },
  },
  {
    name: 'global rate limit: a shared counter',
    promise: 'limits of one generic key count together',
    program: shop(({ chart, web }) => {
      const at = new RateLimitService(chart, 'ratelimit', { timeout: '2s' });
      const by = [RateLimitKey.genericKey('orders')];
      for (const id of ['a', 'b']) new GlobalRateLimit(chart, id, { service: web, at, limits: [{ match: { uri: `/${id}` }, by, requests: 3, per: 'day' }] });
    }),
    through,
    checks: [
      some('one', at('/a'), 2, 2, GLOBAL),
      some('the other', at('/b'), 4, 1, GLOBAL, { control: { shares: { 'web-v1': [3, 3], [GLOBAL]: [1, 1] } } }),
    ],
    control: {
      what: 'counters of their own',
      edit: (manifests) => {
        const own = replace('ConfigMap', 'ratelimit-limits', 'descriptors:', 'descriptors:\\n- key: limit\\n  value: own/b\\n  rate_limit: {unit: day, requests_per_unit: 3}');
        return replace('EnvoyFilter', 'web-global-rate-limit', /shared\/orders(?!.*shared\/orders)/, 'own/b')(own(manifests));
      },
    },
  },
  {
    name: 'global rate limit: shadow mode',
    promise: 'all get through',
    program: global([{ requests: 1, per: 'day', shadowMode: true }]),
    through,
    checks: [some('all', {}, 4, 4, GLOBAL, { control: { shares: { 'web-v1': [1, 1], [GLOBAL]: [3, 3] } } })],
    control: { what: 'enforced', edit: replace('ConfigMap', 'ratelimit-limits', 'shadow_mode: true', 'shadow_mode: false') },
  },
  {
    name: 'global rate limit: who may ask',
    promise: 'proxies ask the sidecar of the rate-limit service by mutual TLS, which lets in those that have a limit',
    program: global([{ requests: 1, per: 'day' }], { onFailure: 'deny' }),
    through: { ...through, second: { direction: 'inbound', app: 'ratelimit', namespace: 'shop', port: 8081 } },
    checks: [some('a limit', {}, 3, 1, GLOBAL, { control: { shares: { '503 ': [3, 3] } } })],
    control: { what: 'no grant', edit: drop('AuthorizationPolicy', 'ratelimit') },
  },
  {
    name: 'global rate limit: no answer, allowed',
    promise: 'without the rate-limit service all requests get through',
    program: global([{ requests: 1, per: 'day' }]),
    through,
    checks: [some('with it', {}, 3, 1, GLOBAL)],
    control: { what: 'no rate-limit service', edit: drop('Deployment', 'ratelimit') },
  },
  {
    name: 'global rate limit: no answer, denied',
    promise: 'where it is said so, no request gets through uncounted',
    program: global([{ requests: 1, per: 'day' }], { onFailure: 'deny' }),
    through,
    checks: [some('with it', {}, 3, 1, GLOBAL, { control: { shares: { '503 ': [3, 3] } } })],
    control: { what: 'no rate-limit service', edit: drop('Deployment', 'ratelimit') },
  },
];
