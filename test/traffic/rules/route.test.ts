import { Chart } from 'cdk8s';
import { VirtualService } from '../../../imports/istio';
import type { VirtualServiceHttp } from '../../../imports/istio/virtual-service';
import { CanaryRelease, Duration, MeshService, StringMatch } from '../../../src';
import type { RouteProps } from '../../../src/traffic/rules/route-props';
import { synthTo } from '../../../src/testing';
import { program } from '../../support/program';

const { prefix, regex, present, suffix } = StringMatch;

/** The routes that rules of a service with two versions become, by name. */
function routesOf(rules: Readonly<Record<string, RouteProps>>): VirtualServiceHttp[] {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080, versions: ['v1', 'v2'] });
  for (const [id, rule] of Object.entries(rules)) web.route(chart, id, rule);
  return synthTo(chart).one(VirtualService).spec?.http ?? [];
}

function routeOf(rule: RouteProps): VirtualServiceHttp | undefined {
  return routesOf({ rule })[0];
}

test('rules of several charts are one VirtualService of the service, and all other requests go on as before', () => {
  const { app, chart, shop } = program();
  const web = shop.addService('web', { port: 8080, versions: ['v1', 'v2'] });
  const other = new Chart(app, 'other', { namespace: 'other' });
  web.route(chart, 'testers', { match: { headers: { 'X-Tester': 'yes' } }, to: { version: 'v2' } });
  web.route(other, 'slow', { match: { uri: '/report' }, timeout: Duration.seconds(30), priority: 1 });
  const host = 'web.shop.svc.cluster.local';
  expect(synthTo(other).many(VirtualService)).toEqual([]);
  expect(synthTo(chart).one(VirtualService)).toMatchObject({
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      hosts: [host],
      http: [
        { name: 'slow', match: [{ uri: { exact: '/report' } }], timeout: '30s', route: [{ destination: { host } }] },
        { name: 'testers', match: [{ headers: { 'x-tester': { exact: 'yes' } } }], route: [{ destination: { host, subset: 'v2' } }] },
        { route: [{ destination: { host } }] },
      ],
    },
  });
});

test('a service without versions has rules, too', () => {
  const { chart, shop } = program();
  shop.addService('web', { port: 8080 }).route(chart, 'patience', { timeout: '5s' });
  expect(synthTo(chart).one(VirtualService).spec?.http).toEqual([
    { name: 'patience', timeout: '5s', route: [{ destination: { host: 'web.shop.svc.cluster.local' } }] },
  ]);
});

describe('matches', () => {
  test.each<[string, RouteProps['match'], object]>([
    ['a path', { uri: '/a' }, { uri: { exact: '/a' } }],
    ['a prefix', { uri: prefix('/a') }, { uri: { prefix: '/a' } }],
    ['a pattern', { uri: regex('/a/[0-9]+') }, { uri: { regex: '/a/[0-9]+' } }],
    ['a path in any capitals', { uri: '/a', ignoreUriCase: true }, { uri: { exact: '/a' }, ignoreUriCase: true }],
    ['a path in these capitals', { uri: '/a', ignoreUriCase: false }, { uri: { exact: '/a' } }],
    ['calls of gRPC to a service', { grpc: { service: 'shop.v1.Orders' } }, { uri: { prefix: '/shop.v1.Orders/' } }],
    ['calls of one method', { grpc: { service: 'shop.v1.Orders', method: 'Get' }, headers: { x: '1' } }, { uri: { exact: '/shop.v1.Orders/Get' }, headers: { x: { exact: '1' } } }],
    ['a method', { method: 'POST' }, { method: { exact: 'POST' } }],
    ['a header that is there', { headers: { 'x-a': present() } }, { headers: { 'x-a': {} } }],
    ['a header that ends so', { headers: { 'x-a': suffix('.b') } }, { headers: { 'x-a': { regex: '.*\\.b' } } }],
    ['a header that is not there', { withoutHeaders: { 'x-a': present() } }, { withoutHeaders: { 'x-a': {} } }],
    ['a parameter', { queryParams: { q: prefix('a') } }, { queryParams: { q: { prefix: 'a' } } }],
    ['scheme and host', { scheme: 'https', authority: 'web' }, { scheme: { exact: 'https' }, authority: { exact: 'web' } }],
    ['a port', { port: 8080 }, { port: 8080 }],
    ['a namespace', { sourceNamespace: 'ops' }, { sourceNamespace: 'ops' }],
  ])('%s', (_name, match, expected) => {
    expect(routeOf({ match: match as never, timeout: '1s' })?.match).toEqual([expected]);
  });

  test('a cookie is found among others, and no other is taken for it', () => {
    const [match] = routeOf({ match: { cookie: { name: 'group', value: 'a.b' } }, timeout: '1s' })?.match ?? [];
    const pattern = new RegExp(`^(?:${match?.headers?.['cookie']?.regex ?? 'none'})$`);
    for (const header of ['group=a.b', 'id=1; group=a.b', 'group=a.b; id=1', 'x=1;group=a.b;y=2']) expect(header).toMatch(pattern);
    for (const header of ['group=axb', 'group=a.bc', 'mygroup=a.b', 'x=group=a.b', 'group=a']) expect(header).not.toMatch(pattern);
  });

  test('a source is told by its pods, with labels that they get later', () => {
    const { chart, shop } = program();
    const web = shop.addService('web', { port: 8080 });
    const caller = MeshService.fromName(chart, 'jobs', { name: 'jobs', namespace: 'ops', ports: [80], selector: { app: 'jobs', tier: 'back' } });
    web.route(chart, 'jobs-wait', { match: { source: caller }, timeout: '1m' });
    expect(synthTo(chart).one(VirtualService).spec?.http?.[0]?.match).toEqual([{ sourceNamespace: 'ops', sourceLabels: { app: 'jobs', tier: 'back' } }]);
  });

  test('of several matches one is enough', () => {
    expect(routeOf({ match: [{ uri: '/a' }, { uri: '/b' }], timeout: '1s' })?.match).toEqual([{ uri: { exact: '/a' } }, { uri: { exact: '/b' } }]);
  });
});

describe('actions', () => {
  const match = { headers: { 'x-tester': 'yes' } };

  test.each<[string, RouteProps, object]>([
    ['rewrite', { match, rewrite: { uri: '/new', authority: 'other' } }, { rewrite: { uri: '/new', authority: 'other' } }],
    ['rewrite by pattern', { match, rewrite: { uriRegexRewrite: { match: '/a/(.*)', rewrite: '/b/\\1' } } }, { rewrite: { uriRegexRewrite: { match: '/a/(.*)', rewrite: '/b/\\1' } } }],
    ['redirect', { match, redirect: { authority: 'new.example.com', redirectCode: 308 } }, { redirect: { authority: 'new.example.com', redirectCode: 308 } }],
    ['direct response', { match, directResponse: { status: 503, body: 'closed' } }, { directResponse: { status: 503, body: { string: 'closed' } } }],
    ['headers', { match, headers: { request: { set: { 'X-A': '1' } }, response: { remove: ['Server'] } } }, { headers: { request: { set: { 'x-a': '1' } }, response: { remove: ['server'] } } }],
    [
      'CORS',
      { match, corsPolicy: { allowOrigins: ['https://a.example.com'], allowMethods: ['GET'], maxAge: '1h', allowCredentials: true } },
      { corsPolicy: { allowOrigins: [{ exact: 'https://a.example.com' }], allowMethods: ['GET'], maxAge: '1h', allowCredentials: true } },
    ],
    ['mirror', { match, mirror: { version: 'v2', percentage: 12.5 } }, { mirrors: [{ destination: { host: 'web.shop.svc.cluster.local', subset: 'v2' }, percentage: { value: 12.5 } }] }],
    [
      'two mirrors',
      { match, mirror: [{ version: 'v1' }, { version: 'v2', percentage: 5 }] },
      { mirrors: [{ destination: { subset: 'v1' }, percentage: { value: 100 } }, { destination: { subset: 'v2' }, percentage: { value: 5 } }] },
    ],
    ['timeout and retries', { match, timeout: '6s', retries: { attempts: 2, perTryTimeout: '2s', retryOn: ['5xx', 429] } }, { timeout: '6s', retries: { attempts: 2, perTryTimeout: '2s', retryOn: '5xx,429' } }],
    ['no retries', { match, retries: { attempts: 0 } }, { retries: { attempts: 0 } }],
    ['fault for a cohort', { match, fault: { abort: { httpStatus: 503, percentage: 50 } } }, { fault: { abort: { httpStatus: 503, percentage: { value: 50 } } } }],
    ['fault for everyone', { fault: { everyone: true, delay: { fixedDelay: '2s', percentage: 1 } } }, { fault: { delay: { fixedDelay: '2s', percentage: { value: 1 } } } }],
    ['fault of gRPC', { match, fault: { abort: { grpcStatus: 'UNAVAILABLE', percentage: 100 } } }, { fault: { abort: { grpcStatus: 'UNAVAILABLE', percentage: { value: 100 } } } }],
  ])('%s', (_name, rule, expected) => {
    expect(routeOf(rule)).toMatchObject(expected);
  });

  test('what the proxy answers itself has no destination', () => {
    expect(routeOf({ match, directResponse: { status: 404 } })).not.toHaveProperty('route');
  });
});

describe('destinations', () => {
  const shares = (routes: VirtualServiceHttp | undefined) => routes?.route?.map(({ destination, weight }) => [destination.host.split('.')[0], destination.subset, destination.port?.number, weight]);

  test('a split of a rule, of which one share is what the others leave', () => {
    expect(shares(routeOf({ match: { uri: '/a' }, to: [{ version: 'v1' }, { version: 'v2', weight: 20 }] }))).toEqual([['web', 'v1', undefined, 80], ['web', 'v2', undefined, 20]]);
  });

  test('a rule that names no version follows the canary, whose shares stay the last route', () => {
    const { chart, shop } = program();
    const web = shop.addService('web', { port: 8080, versions: ['v1', 'v2'] });
    web.route(chart, 'testers', { match: { headers: { 'x-tester': 'yes' } }, to: { version: 'v2' } });
    web.route(chart, 'rest', { timeout: '5s' });
    web.route(chart, 'slow', { match: { uri: '/report' }, timeout: '1m', priority: 1 });
    new CanaryRelease(chart, 'canary', { service: web, stable: 'v1', canary: 'v2', weight: 10 });
    const { http, tcp } = synthTo(chart).one(VirtualService).spec ?? {};
    const canary = [['web', 'v1', undefined, 90], ['web', 'v2', undefined, 10]];
    expect(http?.map((route) => [route.name, shares(route)])).toEqual([['slow', canary], ['testers', [['web', 'v2', undefined, undefined]]], ['rest', canary]]);
    expect(tcp).toBeUndefined();
  });

  test('connections of ports that carry no HTTP are shared as before', () => {
    const { chart, shop } = program();
    const web = shop.addService('web', { ports: [{ port: 80, name: 'http' }, { port: 5432, name: 'tcp-db' }], versions: ['v1', 'v2'] });
    web.split(chart, { v1: 100 });
    web.route(chart, 'slow', { match: { uri: '/report' }, timeout: '1m' });
    expect(synthTo(chart).one(VirtualService).spec).toMatchObject({ http: [{ name: 'slow' }, {}], tcp: [{ match: [{ port: 5432 }] }] });
  });

  test('a service alone is a destination', () => {
    const { chart, shop } = program();
    const orders = shop.addService('orders', { port: 9090 });
    shop.addService('web', { port: 8080 }).route(chart, 'orders', { match: { uri: '/orders' }, to: orders });
    expect(shares(synthTo(chart).one(VirtualService).spec?.http?.[0])).toEqual([['orders', undefined, 9090, undefined]]);
  });

  test('rules of one id in two charts have two names', () => {
    const { app, chart, shop } = program();
    const web = shop.addService('web', { port: 8080 });
    web.route(chart, 'slow', { match: { uri: '/a' }, timeout: '1m' });
    web.route(new Chart(app, 'other', { namespace: 'other' }), 'slow', { match: { uri: '/b' }, timeout: '2m' });
    expect(synthTo(chart).one(VirtualService).spec?.http?.map(({ name }) => name)).toEqual(['shop/slow', 'other/slow', undefined]);
  });

  test('another service is asked at its only port, and by its own canary', () => {
    const { chart, shop } = program();
    const web = shop.addService('web', { port: 8080 });
    const orders = shop.addService('orders', { port: 9090, versions: ['v1', 'v2'], portName: 'http' });
    web.route(chart, 'orders', { match: { uri: prefix('/orders') }, to: [{ service: orders, weight: 50 }, { weight: 50 }] });
    orders.split(chart, { v1: 80, v2: 20 });
    expect(shares(synthTo(chart).one(VirtualService, 'web').spec?.http?.[0])).toEqual([['orders', 'v1', 9090, 40], ['orders', 'v2', 9090, 10], ['web', undefined, undefined, 50]]);
  });
});
