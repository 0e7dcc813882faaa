import { CanaryRelease, GlobalRateLimit, IngressRoute, LocalRateLimit, RateLimitKey, SidecarScope, StringMatch, Tls } from 'mesh-constructs';
import type { World } from './world';

const HOST = 'shop.example.com';
const TLS = Tls.secret('shop-cert');

/** Who comes in, and what they meet. Each is said by itself, in any order. */
export function storefront({ charts: { storefront: chart }, namespaces, edge, internal, quotas, services }: World): (() => void)[] {
  const { web, search, assets, reviews, orders } = services;
  return [
    () => new IngressRoute(chart, 'web-in', { gateway: [edge, internal], host: HOST, tls: TLS, hsts: true, routes: [{ path: '/', to: web, timeout: '10s' }] }),
    () =>
      new IngressRoute(chart, 'search-in', {
        gateway: edge,
        host: HOST,
        tls: TLS,
        hsts: true,
        routes: [
          { path: '/search', to: search, rewrite: { uri: '/' }, retries: { attempts: 2, perTryTimeout: '1s' } },
          { exact: '/find', redirect: { uri: '/search', redirectCode: 308 } },
          { match: { uri: '/robots.txt', method: 'GET' }, directResponse: { status: 200, body: 'User-agent: *' } },
        ],
      }),
    () => new IngressRoute(chart, 'assets-in', { gateway: edge, host: 'assets.example.com', tls: Tls.secret('assets-cert', { minProtocolVersion: 'TLSV1_3' }), routes: [{ path: '/', to: assets }] }),
    () => new CanaryRelease(chart, 'web-canary', { service: web, stable: 'v1', canary: 'v2', weight: 20 }),
    // three versions side by side; testers choose, and what they write goes to the newest, too
    () => reviews.split(chart, { v1: 70, v2: 20, v3: 10 }),
    () => reviews.route(chart, 'reviews-testers', { match: { headers: { 'x-reviews': StringMatch.prefix('v3') } }, to: { version: 'v3' }, priority: 1 }),
    () => reviews.route(chart, 'reviews-writes', { match: { grpc: { service: 'shop.Reviews', method: 'Write' } }, mirror: { version: 'v3', percentage: 10 }, timeout: '2s' }),
    () => reviews.trafficPolicy(chart, { outlierDetection: 'gateway-errors', versions: { v3: { connectionPool: { http: { http2MaxRequests: 20 } } } } }),
    () => search.trafficPolicy(chart, { loadBalancer: { consistentHash: { httpHeaderName: 'x-user' } }, connectionPool: { tcp: { maxConnections: 200 } } }),
    () => new LocalRateLimit(chart, 'search-load', { service: search, limit: { requests: 100, per: '1s', burst: 200 } }),
    () => new GlobalRateLimit(chart, 'customers', { gateway: edge, at: quotas, limits: [{ by: [RateLimitKey.header('x-api-key')], requests: 10_000, per: 'hour' }] }),
    () => reviews.allowFrom(web),
    () => assets.allowFrom(web, { methods: ['GET', 'HEAD'] }),
    () => search.allowFrom(web, { methods: ['GET'], paths: ['/query*'] }),
    () => web.calls(search, assets, reviews, orders),
    // customers and staff come by the gateways; nobody else sees or calls what is here
    () => namespaces.storefront.isolate({ usedBy: [edge, internal] }),
    () => new SidecarScope(chart, 'scope', { namespace: namespaces.storefront }),
  ];
}
