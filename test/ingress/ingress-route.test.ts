import { AuthorizationPolicy, Gateway, VirtualService } from '../../imports/istio';
import { Namespace } from '../../imports/kubernetes';
import { CanaryRelease, IngressGateway, IngressRoute, MeshService, Tls } from '../../src';
import type { IngressPath } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

const HOST = 'shop.example.com';

function setUp() {
  const base = program();
  const gateway = base.mesh.addIngressGateway('public');
  const web = base.shop.addService('web', { port: 8080 });
  const add = (id: string, routes: readonly IngressPath[], props: { host?: string; tls?: Tls } = {}): IngressRoute =>
    new IngressRoute(base.chart, id, { gateway, host: HOST, tls: Tls.secret('cert'), routes, ...props });
  return { ...base, gateway, web, add };
}

test('HTTPS with the certificate, redirect of plain requests, TLS 1.2 and up', () => {
  const { chart, web, add } = setUp();
  add('web', [{ path: '/', to: web }]);
  expect(synthTo(chart).one(Gateway)).toMatchObject({
    metadata: { name: 'shop-example-com', namespace: 'istio-ingress' },
    spec: {
      selector: { istio: 'public' },
      servers: [
        { port: { number: 80, protocol: 'HTTP' }, hosts: [HOST], tls: { httpsRedirect: true } },
        { port: { number: 443, protocol: 'HTTPS' }, hosts: [HOST], tls: { mode: 'SIMPLE', credentialName: 'cert', minProtocolVersion: 'TLSV1_2' } },
      ],
    },
  });
});

test('plain text only when asked for', () => {
  const { chart, web, add } = setUp();
  add('web', [{ path: '/', to: web }], { tls: Tls.plainText() });
  expect(synthTo(chart).one(Gateway).spec?.servers).toEqual([{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [HOST] }]);
});

test('routes of several constructs become one VirtualService, most specific first', () => {
  const { chart, shop, web, add } = setUp();
  const api = shop.addService('api', { port: 9090 });
  add('web', [{ path: '/', to: web }]);
  add('api', [{ path: '/api', to: api }, { exact: '/health', to: api }, { path: '/api/v2', to: web }]);
  const { spec, metadata } = synthTo(chart).one(VirtualService);
  expect(metadata.namespace).toBe('istio-ingress');
  expect(spec?.gateways).toEqual(['shop-example-com']);
  expect(spec?.http?.map(({ match, route }) => [match?.[0]?.uri, route?.[0]?.destination])).toEqual([
    [{ exact: '/health' }, { host: 'api.shop.svc.cluster.local', port: { number: 9090 } }],
    [{ prefix: '/api/v2' }, { host: 'web.shop.svc.cluster.local', port: { number: 8080 } }],
    [{ prefix: '/api' }, { host: 'api.shop.svc.cluster.local', port: { number: 9090 } }],
    [{ prefix: '/' }, { host: 'web.shop.svc.cluster.local', port: { number: 8080 } }],
  ]);
});

test('a canary holds for what comes in at the gateway, whichever was made first', () => {
  const { chart, shop, add } = setUp();
  const reviews = shop.addService('reviews', { port: 9080, versions: ['v1', 'v2'] });
  add('reviews', [{ path: '/', to: reviews }]);
  new CanaryRelease(chart, 'canary', { service: reviews, stable: 'v1', canary: 'v2', weight: 10 });
  const host = 'reviews.shop.svc.cluster.local';
  expect(synthTo(chart).one(VirtualService, 'shop-example-com').spec?.http?.[0]?.route).toEqual([
    { destination: { host, subset: 'v1', port: { number: 9080 } }, weight: 90 },
    { destination: { host, subset: 'v2', port: { number: 9080 } }, weight: 10 },
  ]);
});

test('the gateway is let in where it leads to', () => {
  const { chart, web, add } = setUp();
  add('web', [{ path: '/', to: web }]);
  const rules = synthTo(chart).one(AuthorizationPolicy, 'web').spec?.rules;
  expect(rules).toEqual([{ from: [{ source: { principals: ['cluster.local/ns/istio-ingress/sa/public'] } }] }]);
});

test("the gateway's namespace is made once, and not for a gateway that is there already", () => {
  const { platform, mesh } = setUp();
  mesh.addIngressGateway('second');
  IngressGateway.fromName(platform, 'named', { name: 'named', namespace: 'edge' });
  const namespaces = synthTo(platform).many(Namespace).map(({ metadata }) => [metadata.name, metadata.labels?.['istio-injection']]);
  expect(namespaces.sort()).toEqual([['istio-ingress', 'enabled'], ['istio-system', undefined]]);
});

test('a wildcard host has objects of a name that Kubernetes takes', () => {
  const { chart, web, add } = setUp();
  add('web', [{ path: '/', to: web }], { host: '*.example.com' });
  expect(synthTo(chart).one(Gateway).metadata.name).toMatch(/^any-example-com-[0-9a-f]{6}$/);
});

describe('what is refused', () => {
  test('no routes, a path without a slash', () => {
    const { web, add } = setUp();
    expect(caught(() => add('none', [])).findings[0]).toMatchObject({ code: 'no-routes', property: 'routes' });
    expect(caught(() => add('bare', [{ path: 'api', to: web }])).findings[0]).toMatchObject({ code: 'bad-path', property: 'routes[0].path' });
  });

  test('two rules for one path, whoever wrote them: both places are named', () => {
    const { chart, web, add } = setUp();
    add('b', [{ path: '/', to: web }]);
    add('a', [{ path: '/', to: web }]);
    expect(caught(() => synthTo(chart)).findings[0]).toMatchObject({
      code: 'route-overlap',
      construct: 'shop/b',
      got: `path / of ${HOST}, which shop/a leads elsewhere`,
    });
  });

  test('two ways to serve one host', () => {
    const { chart, web, add } = setUp();
    add('a', [{ path: '/', to: web }]);
    add('b', [{ path: '/b', to: web }], { tls: Tls.plainText() });
    expect(caught(() => synthTo(chart)).findings[0]).toMatchObject({ code: 'host-differs', construct: 'shop/b', property: 'tls' });
  });

  test('a service of two ports, and none named', () => {
    const { chart, add } = setUp();
    const two = MeshService.fromName(chart, 'two', { name: 'two', ports: [80, 81] });
    add('route', [{ path: '/', to: two }]);
    expect(caught(() => synthTo(chart)).findings[0]).toMatchObject({ code: 'which-port', expected: 'one of 80, 81' });
  });

  test('a certificate without a name', () => {
    expect(caught(() => Tls.secret('')).findings[0]).toMatchObject({ code: 'bad-tls' });
    expect(caught(() => Tls.secret(undefined as never)).findings[0]).toMatchObject({ code: 'bad-tls', got: 'undefined' });
  });
});
