import { HTTPRoute, ReferenceGrant } from '../../../imports/gateway-api';
import { VirtualService } from '../../../imports/istio';
import { MeshService, StringMatch } from '../../../src';
import type { RouteProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { rulesOf, setUp } from './service';

const { prefix, regex, suffix, present } = StringMatch;
const EXPERIMENTAL = { gatewayApiChannel: 'experimental' } as const;
const path = (type: string, value: string): object => ({ path: { type, value } });

test('rules are one HTTPRoute of the port, attached to the Service, and no VirtualService', () => {
  const { chart, web } = setUp();
  web.route(chart, 'testers', { match: { headers: { 'X-Tester': 'yes' } }, to: { version: 'v2' } });
  web.route(chart, 'rest', { timeout: '3s' });
  const shown = synthTo(chart);
  expect(shown.many(VirtualService)).toEqual([]);
  expect(shown.one(HTTPRoute)).toMatchObject({
    metadata: { name: 'web-8080', namespace: 'shop' },
    spec: {
      parentRefs: [{ group: '', kind: 'Service', name: 'web', port: 8080 }],
      rules: [
        { matches: [{ path: { type: 'PathPrefix', value: '/' }, headers: [{ name: 'x-tester', type: 'Exact', value: 'yes' }] }], backendRefs: [{ name: 'web-v2', port: 8080 }] },
        { matches: [path('PathPrefix', '/')], timeouts: { request: '3s' }, backendRefs: [{ name: 'web', port: 8080 }] },
      ],
    },
  });
});

describe('matches', () => {
  test.each<[string, RouteProps['match'], object]>([
    ['a path', { uri: '/a' }, path('Exact', '/a')],
    ['a prefix of text, which is no prefix by segments', { uri: prefix('/a.b/') }, path('RegularExpression', '/a\\.b/.*')],
    ['a path by its end', { uri: suffix('.js') }, path('RegularExpression', '.*\\.js')],
    ['a pattern', { uri: regex('/a/[0-9]+') }, path('RegularExpression', '/a/[0-9]+')],
    ['a path in any capitals', { uri: '/a', ignoreUriCase: true }, path('RegularExpression', '(?i)/a')],
    ['a method', { method: 'POST' }, { method: 'POST' }],
    ['a header', { headers: { 'X-A': '1' } }, { headers: [{ name: 'x-a', type: 'Exact', value: '1' }] }],
    ['a header by its beginning', { headers: { 'x-a': prefix('1.') } }, { headers: [{ name: 'x-a', type: 'RegularExpression', value: '1\\..*' }] }],
    ['a header that is there', { headers: { 'x-a': present() } }, { headers: [{ name: 'x-a', type: 'RegularExpression', value: '.*' }] }],
    ['a cookie', { cookie: { name: 'g', value: 'b' } }, { headers: [{ name: 'cookie', type: 'RegularExpression', value: '(.*; *)?g=b(;.*)?' }] }],
    ['a parameter', { queryParams: { q: 'a' } }, { queryParams: [{ name: 'q', type: 'Exact', value: 'a' }] }],
  ])('%s', (_name, match, expected) => {
    expect(rulesOf({ rule: { match: match ?? [], to: { version: 'v2' } } })[0]?.matches).toMatchObject([expected]);
  });

  test.each<[string, RouteProps['match'], string]>([
    ['a header that there is not', { withoutHeaders: { 'x-a': present() } }, 'match.withoutHeaders'],
    ['the scheme', { scheme: 'https' }, 'match.scheme'],
    ['the host', { authority: 'web' }, 'match.authority'],
    ['the namespace of the caller', { sourceNamespace: 'other' }, 'match.sourceNamespace'],
    ['methods by a pattern', { method: regex('GET|HEAD') }, 'match.method'],
  ])('refused: %s', (_name, match, property) => {
    const { findings } = caught(() => rulesOf({ rule: { match: match ?? [], to: { version: 'v2' } } }));
    expect(findings).toMatchObject([{ code: 'no-gateway-api-form', construct: 'prod/shop/rule', property, fix: expect.any(String) as string }]);
  });

  test('refused: who asks', () => {
    const { chart, web, shop } = setUp();
    web.route(chart, 'rule', { match: { source: shop.addService('caller', { port: 8080 }) }, to: { version: 'v2' } });
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'no-gateway-api-form', construct: 'prod/shop/rule', property: 'match.source' }]);
  });
});

describe('actions', () => {
  const match = { uri: '/a' } as const;

  test.each<[string, RouteProps, object]>([
    ['shares', { match, to: [{ version: 'v1', weight: 30 }, { version: 'v2', weight: 70 }] }, { backendRefs: [{ name: 'web-v1', port: 8080, weight: 30 }, { name: 'web-v2', port: 8080, weight: 70 }] }],
    ['a rewrite of an exact path', { match, rewrite: { uri: '/b', authority: 'b.example.com' } }, { filters: [{ type: 'URLRewrite', urlRewrite: { hostname: 'b.example.com', path: { type: 'ReplaceFullPath', replaceFullPath: '/b' } } }] }],
    [
      'headers',
      { match, headers: { request: { set: { 'x-a': '1' }, remove: ['x-b'] }, response: { add: { 'x-c': '2' } } } },
      {
        filters: [
          { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-a', value: '1' }], remove: ['x-b'] } },
          { type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [{ name: 'x-c', value: '2' }] } },
        ],
      },
    ],
    ['a copy of all', { match, mirror: { version: 'v2' } }, { filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'web-v2', port: 8080 }, percent: 100 } }] }],
    ['copies of few', { match, mirror: { version: 'v2', percentage: 0.5 } }, { filters: [{ type: 'RequestMirror', requestMirror: { fraction: { numerator: 5000, denominator: 1_000_000 } } }] }],
    ['a redirect, 301 as in Istio', { match, redirect: { uri: '/b' } }, { filters: [{ type: 'RequestRedirect', requestRedirect: { path: { type: 'ReplaceFullPath', replaceFullPath: '/b' }, statusCode: 301 } }] }],
    ['a redirect to another host, at its usual port', { match, redirect: { authority: 'b.example.com' } }, { filters: [{ type: 'RequestRedirect', requestRedirect: { hostname: 'b.example.com', port: 80, statusCode: 301 } }] }],
    ['CORS', { match, corsPolicy: { allowOrigins: ['https://a.example.com'], maxAge: '1h' } }, { filters: [{ type: 'CORS', cors: { allowOrigins: ['https://a.example.com'], maxAge: 3600 } }] }],
  ])('%s', (_name, rule, expected) => {
    expect(rulesOf({ rule })[0]).toMatchObject(expected);
  });

  test('retries are in the experimental channel', () => {
    const retries = { attempts: 2, perTryTimeout: '1s', retryOn: ['gateway-error', 500, 'connect-failure', 'refused-stream', 'unavailable', 'cancelled'] } as const;
    expect(rulesOf({ rule: { match, timeout: '3s', retries } }, EXPERIMENTAL)[0]).toMatchObject({
      timeouts: { request: '3s', backendRequest: '1s' },
      retry: { attempts: 2, codes: [500, 502, 503, 504] },
    });
    const { findings } = caught(() => rulesOf({ rule: { match, retries } }));
    expect(findings).toMatchObject([{ code: 'no-gateway-api-form', property: 'retries', got: 'retries, with the CRDs of the standard channel' }]);
  });

  test.each<[string, RouteProps, string]>([
    ['a fault', { match: { headers: { 'x-a': '1' } }, fault: { abort: { httpStatus: 503, percentage: 100 } } }, 'fault'],
    ['an answer of the proxy', { match, directResponse: { status: 200 } }, 'directResponse'],
    ['a rewrite of a prefix of text', { match: { uri: prefix('/a/') }, rewrite: { uri: '/' } }, 'rewrite.uri'],
    ['a rewrite of no path', { match: { method: 'GET' }, rewrite: { uri: '/b' } }, 'rewrite.uri'],
    ['a rewrite by a pattern', { match, rewrite: { uriRegexRewrite: { match: '/a', rewrite: '/b' } } }, 'rewrite.uriRegexRewrite'],
    ['a variable of Envoy in a header', { match, headers: { request: { set: { 'x-a': '%REQ(x-b)%' } } } }, 'headers.request.x-a'],
    ['an origin by a pattern', { match, corsPolicy: { allowOrigins: [regex('https://.*')] } }, 'corsPolicy.allowOrigins'],
    ['no retries', { match, retries: { attempts: 0 } }, 'retries.attempts'],
    ['conditions that there are not', { match, retries: { attempts: 1, retryOn: ['5xx'] } }, 'retries.retryOn'],
    ['a status without the connections that are tried again always', { match, retries: { attempts: 1, retryOn: [503] } }, 'retries.retryOn'],
  ])('refused: %s', (_name, rule, property) => {
    const { findings } = caught(() => rulesOf({ rule }, EXPERIMENTAL));
    expect(findings).toMatchObject([{ code: 'no-gateway-api-form', construct: 'prod/shop/rule', property, expected: expect.any(String) as string, fix: expect.any(String) as string }]);
  });
});

describe('destinations', () => {
  test('a Service of another namespace is let out by name', () => {
    const { chart, others, web, other } = setUp();
    web.route(chart, 'one', { match: { uri: '/a' }, to: { service: other } });
    web.route(others, 'two', { match: { uri: '/b' }, to: { service: other } });
    const grants = [chart, others].flatMap((each) => synthTo(each).many(ReferenceGrant));
    expect(grants).toMatchObject([
      {
        metadata: { name: 'httproute-from-shop', namespace: 'others' },
        spec: { from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'shop' }], to: [{ group: '', kind: 'Service', name: 'other' }] },
      },
    ]);
  });

  test('a version that is a subset has no form', () => {
    const { chart, web, shop } = setUp();
    const subsets = shop.addService('subsets', { port: 8080, versions: ['v1'] });
    web.route(chart, 'rule', { match: { uri: '/a' }, to: { service: subsets, version: 'v1' } });
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'no-gateway-api-form', construct: 'prod/shop/rule', property: 'to', fix: "give subsets api: 'gateway' where it is made" }]);
  });

  test("a rule in Istio's API leads to the Service of a version", () => {
    const { chart, web, shop } = setUp();
    shop.addService('other', { port: 8080 }).route(chart, 'rule', { match: { uri: '/a' }, to: { service: web, version: 'v2' } });
    const [route] = synthTo(chart).one(VirtualService).spec?.http ?? [];
    expect(route?.route).toEqual([{ destination: { host: 'web-v2.shop.svc.cluster.local', port: { number: 8080 } } }]);
  });
});

describe('the API', () => {
  test('there is no other', () => {
    const { chart } = setUp();
    const props = { name: 'x', ports: [80], api: 'gatway' } as never;
    expect(caught(() => MeshService.fromName(chart, 'x', props)).findings).toMatchObject([{ construct: 'prod/shop/x', property: 'api', fix: 'did you mean "gateway"?' }]);
  });

  test('is said by one of several references', () => {
    const { chart, others } = setUp();
    const props = { name: 'far', namespace: 'far', ports: [{ port: 80, name: 'http' }] } as const;
    const first = MeshService.fromName(chart, 'first', props);
    first.route(chart, 'rule', { timeout: '3s' });
    MeshService.fromName(others, 'second', { ...props, api: 'gateway' });
    // in the first of the two by path
    expect(synthTo(others).one(HTTPRoute)).toMatchObject({ metadata: { name: 'far-80', namespace: 'far' } });
    expect([chart, others].flatMap((each) => synthTo(each).many(VirtualService))).toEqual([]);
  });
});
