import { AuthorizationPolicy, VirtualService } from '../../imports/istio';
import { RouteDelegate, StringMatch } from '../../src';
import type { IngressPath } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { found, HOST, setUp, specOf } from './setup';

describe('paths by segments', () => {
  test('a path is itself and what is below it, in one rule of two matches', () => {
    const { chart, web, add } = setUp();
    add('api', [{ path: '/api', to: web }]);
    expect(specOf(chart).http?.[0]?.match).toEqual([{ uri: { exact: '/api' } }, { uri: { prefix: '/api/' } }]);
  });

  test('a slash at the end says nothing', () => {
    const { chart, web, add } = setUp();
    add('a', [{ path: '/api/', to: web }]);
    add('b', [{ path: '/api', to: web }]);
    expect(found(chart)).toMatchObject({ code: 'rule-overlap', construct: 'shop/b', property: 'routes[0].path' });
  });

  // what the pattern makes of a path, as RE2 and JavaScript both read it
  const rewritten = (path: string, uri: string, asked: string): string => {
    const { chart, web, add } = setUp();
    add('api', [{ path, to: web, rewrite: { uri } }]);
    const { match = '', rewrite = '' } = specOf(chart).http?.[0]?.rewrite?.uriRegexRewrite ?? {};
    return asked.replace(new RegExp(match), rewrite);
  };
  test.each([
    ['/api', '/', '/api', '/'],
    ['/api', '/', '/api/', '/'],
    ['/api', '/', '/api/orders/7', '/orders/7'],
    ['/api', '/v2', '/api', '/v2'],
    ['/api', '/v2', '/api/', '/v2/'],
    ['/api', '/v2', '/api/orders', '/v2/orders'],
    ['/api', '/v2/', '/api', '/v2/'],
    ['/api', '/v2/', '/api/orders', '/v2/orders'],
    ['/', '/v2', '/', '/v2/'],
    ['/', '/v2', '/orders', '/v2/orders'],
    ['/', '/', '/orders', '/orders'],
    ['/a.b', '/v2', '/a.b/c', '/v2/c'],
  ])('a rewrite of %s to %s makes %s %s: no slash too many, none too few', (path, uri, asked, expected) => {
    expect(rewritten(path, uri, asked)).toBe(expected);
  });

  test('of a rule without a path, a rewrite goes in front of every path; an exact path is replaced as a whole', () => {
    const { chart, web, add } = setUp();
    add('a', [{ match: { headers: { 'x-beta': 'yes' } }, to: web, rewrite: { uri: '/beta' }, priority: 1 }, { exact: '/old', to: web, rewrite: { uri: '/new', authority: 'web' } }]);
    expect(specOf(chart).http?.map(({ rewrite }) => rewrite)).toEqual(
      expect.arrayContaining([{ uriRegexRewrite: { match: '^/', rewrite: '/beta/' } }, { uri: '/new', authority: 'web' }]),
    );
  });
});

test('a match adds to the path; several matches are each for both halves of it', () => {
  const { chart, web, add } = setUp();
  add('api', [{ path: '/api', match: [{ method: 'GET' }, { headers: { 'x-beta': StringMatch.present() } }], to: web }]);
  expect(specOf(chart).http?.flatMap(({ match }) => match)).toEqual(
    expect.arrayContaining([
      { uri: { exact: '/api' }, method: { exact: 'GET' } },
      { uri: { prefix: '/api/' }, method: { exact: 'GET' } },
      { uri: { exact: '/api' }, headers: { 'x-beta': {} } },
      { uri: { prefix: '/api/' }, headers: { 'x-beta': {} } },
    ]),
  );
});

test('what a rule does is what rules of services do', () => {
  const { chart, web, add, service } = setUp();
  const copies = service('copies');
  add('api', [
    {
      path: '/api',
      to: [{ service: web, version: 'v1', weight: 90 }, { service: web, version: 'v2' }],
      timeout: '3s',
      retries: { attempts: 2, perTryTimeout: '1s' },
      mirror: { service: copies, percentage: 10 },
      headers: { request: { set: { 'x-edge': 'public' } } },
      corsPolicy: { allowOrigins: ['https://shop.example.com'] },
    },
    { exact: '/old', redirect: { uri: '/api', redirectCode: 308 } },
    { exact: '/gone', directResponse: { status: 410 } },
    { match: { headers: { 'x-rehearse': 'yes' } }, to: web, fault: { abort: { httpStatus: 503, percentage: 100 } }, priority: -1 },
  ]);
  const rules = specOf(chart).http ?? [];
  const byName = (index: number): object | undefined => rules.find(({ name }) => name === `api-${index}`);
  expect(byName(0)).toMatchObject({
    timeout: '3s',
    retries: { attempts: 2, perTryTimeout: '1s' },
    headers: { request: { set: { 'x-edge': 'public' } } },
    corsPolicy: { allowOrigins: [{ exact: 'https://shop.example.com' }] },
    mirrors: [{ destination: { host: 'copies.shop.svc.cluster.local' }, percentage: { value: 10 } }],
    route: [{ destination: { subset: 'v1' }, weight: 90 }, { destination: { subset: 'v2' }, weight: 10 }],
  });
  expect(byName(1)).toMatchObject({ redirect: { uri: '/api', redirectCode: 308 } });
  expect(byName(2)).toMatchObject({ directResponse: { status: 410 } });
  expect(byName(3)).toMatchObject({ fault: { abort: { httpStatus: 503 } } });
  // who gets copies is called as well
  expect(synthTo(chart).one(AuthorizationPolicy, 'copies').spec?.rules?.[0]?.from?.[0]?.source?.principals).toEqual(['cluster.local/ns/istio-ingress/sa/public']);
});

test('a delegate says more of a path, and the gateway is let in where it leads to', () => {
  const { chart, add, service } = setUp();
  const reports = service('reports');
  const delegate = new RouteDelegate(chart, 'reporting', { routes: [{ to: reports }] });
  add('reports', [{ path: '/reports', delegate }]);
  expect(specOf(chart).http?.[0]).toMatchObject({ delegate: { name: 'reporting', namespace: 'shop' }, match: [{ uri: { exact: '/reports' } }, { uri: { prefix: '/reports/' } }] });
  expect(specOf(chart).http?.[0]?.route).toBeUndefined();
  expect(synthTo(chart).one(AuthorizationPolicy, 'reports').spec?.rules).toHaveLength(1);
});

test('whatever the order of construction, the objects are the same', () => {
  const text = (order: readonly number[]): string => {
    const { chart, web, add, service } = setUp();
    const other = service('other');
    const routes: [string, IngressPath][] = [
      ['a', { path: '/', to: web }],
      ['b', { path: '/api', to: other }],
      ['c', { path: '/api/v2', match: { method: 'GET' }, to: web }],
      ['d', { match: { headers: { 'x-beta': 'yes' } }, to: other, priority: 1 }],
    ];
    for (const index of order) add(...([routes[index]?.[0] ?? '', [routes[index]?.[1] as IngressPath]] as const));
    return JSON.stringify(specOf(chart));
  };
  const first = text([0, 1, 2, 3]);
  expect([text([3, 2, 1, 0]), text([2, 0, 3, 1]), text([1, 3, 0, 2])]).toEqual([first, first, first]);
});

describe('what is refused', () => {
  test.each<[string, (given: IngressPath) => unknown, string, string]>([
    ['a misspelt key', (given) => ({ ...given, timout: '5s' }), 'unknown-prop', 'routes[0].timout'],
    ['a misspelt key of a match', (given) => ({ ...given, match: { header: {} } }), 'unknown-prop', 'routes[0].match.header'],
    ['a source: callers from outside have none', (given) => ({ ...given, match: { sourceNamespace: 'shop' } }), 'unknown-prop', 'routes[0].match.sourceNamespace'],
    ['two paths', (given) => ({ ...given, exact: '/a' }), 'bad-path', 'routes[0].exact'],
    ['a path beside a uri', (given) => ({ ...given, match: { uri: '/a' } }), 'bad-path', 'routes[0].match.uri'],
    ['a query in a path', (given) => ({ ...given, path: '/a?b=c' }), 'bad-path', 'routes[0].path'],
    ['two slashes', (given) => ({ ...given, path: '//a' }), 'bad-path', 'routes[0].path'],
    ['an empty path', (given) => ({ ...given, path: '' }), 'bad-path', 'routes[0].path'],
    ['a pattern that is no RE2', (given) => ({ to: given.to, match: [{ method: 'GET' }, { uri: { regex: '(' } }] }), 'bad-match', 'routes[0].match[1].uri'],
    ['no matches', (given) => ({ ...given, match: [] }), 'empty-list', 'routes[0].match'],
    ['a port beside shares', (given) => ({ ...given, port: 80, to: [{ service: given.to, weight: 100 }] }), 'bad-port', 'routes[0].port'],
    ['a port that is none', (given) => ({ ...given, port: '80' }), 'bad-number', 'routes[0].to.port'],
    ['a duration as a number', (given) => ({ ...given, timeout: 5 }), 'bad-duration', 'routes[0].timeout'],
    ['a fault for everybody', (given) => ({ ...given, fault: { abort: { httpStatus: 500, percentage: 1 } } }), 'fault-for-everyone', 'routes[0].fault'],
    ['two answers', (given) => ({ ...given, redirect: { uri: '/b' } }), 'two-actions', 'routes[0].to'],
    ['a gateway in a match that the route is not for', (given) => ({ ...given, match: { gateways: 'public' } }), 'bad-reference', 'routes[0].match.gateways'],
  ])('%s', (_name, change, code, property) => {
    const { web, add } = setUp();
    const routes = [change({ path: '/api', to: web })] as never;
    expect(caught(() => add('web', routes)).findings[0]).toMatchObject({ code, property, construct: 'shop/web' });
  });

  test.each<[string, (given: IngressPath) => IngressPath, string]>([
    ['an unknown version', ({ to }) => ({ path: '/', to: { service: to as never, version: 'v9' } }), 'unknown-subset'],
    ['shares that do not add up', ({ to }) => ({ path: '/', to: [{ service: to as never, version: 'v1', weight: 60 }, { service: to as never, version: 'v2', weight: 60 }] }), 'bad-split'],
  ])('%s, at synthesis', (_name, change, code) => {
    const { chart, web, add } = setUp();
    add('web', [change({ path: '/', to: web })]);
    expect(found(chart)).toMatchObject({ code, construct: 'shop/web' });
  });

  test('an overlap that nothing decides: both are named, and a priority decides it', () => {
    const make = (priority?: number) => {
      const made = setUp();
      made.add('a', [{ path: '/api', to: made.web }]);
      made.add('b', [{ match: { headers: { 'x-beta': 'yes' } }, to: made.web, ...(priority === undefined ? {} : { priority }) }]);
      return made.chart;
    };
    expect(found(make())).toMatchObject({ code: 'rule-overlap', got: expect.stringContaining('routes[0] of shop/') as string });
    expect(specOf(make(1)).http?.map(({ name }) => name)).toEqual(['b', 'a']);
  });

  test('a rule that another takes all of', () => {
    const { chart, web, add } = setUp();
    add('a', [{ path: '/api', to: web, priority: 5 }, { path: '/api', match: { method: 'GET' }, to: web }, { path: '/api', match: { method: 'GET', headers: { 'x-a': 'b' } }, to: web }]);
    expect(specOf(chart).http).toHaveLength(3);
    add('b', [{ path: '/api', to: web, priority: 1 }]);
    expect(found(chart)).toMatchObject({ code: 'never-matches', construct: 'shop/b', got: expect.stringContaining('routes[0] of shop/a') as string });
  });
});

test('requests to a port that carries no HTTP are refused', () => {
  const { chart, shop, add } = setUp();
  const db = shop.addService('db', { port: 5432 });
  add('db', [{ path: '/', to: db }]);
  expect(found(chart)).toMatchObject({ code: 'port-protocol', construct: 'shop/db', got: 'port 5432 of db.shop.svc.cluster.local, which carries TCP', fix: expect.stringContaining('TcpIngressRoute') as string });
});

test('a host without any rule for a path answers 404 there: no rule is made up', () => {
  const { chart, web, add } = setUp();
  add('api', [{ exact: '/api', to: web }]);
  expect(synthTo(chart).one(VirtualService, `public-${HOST.replaceAll('.', '-')}`).spec?.http).toHaveLength(1);
});
