import { JsonPatch } from 'cdk8s';
import { AuthorizationPolicy, Gateway, VirtualService } from '../../imports/istio';
import { Namespace } from '../../imports/kubernetes';
import { CanaryRelease, IngressGateway, IngressRoute, MeshService, Tls } from '../../src';
import type { IngressPath, IngressRouteProps } from '../../src';
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
    metadata: { name: 'public-cert', namespace: 'istio-ingress' },
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
  expect(spec?.gateways).toEqual(['public-cert']);
  const [toApi, toWeb] = [{ host: 'api.shop.svc.cluster.local', port: { number: 9090 } }, { host: 'web.shop.svc.cluster.local', port: { number: 8080 } }];
  expect(spec?.http?.map(({ match, route }) => [match?.map(({ uri }) => uri), route?.[0]?.destination])).toEqual([
    [[{ exact: '/api/v2' }, { prefix: '/api/v2/' }], toWeb],
    [[{ exact: '/api' }, { prefix: '/api/' }], toApi],
    [[{ exact: '/health' }], toApi],
    [undefined, toWeb],
  ]);
});

test('a canary holds for what comes in at the gateway, whichever was made first', () => {
  const { chart, shop, add } = setUp();
  const reviews = shop.addService('reviews', { port: 9080, versions: ['v1', 'v2'] });
  add('reviews', [{ path: '/', to: reviews }]);
  new CanaryRelease(chart, 'canary', { service: reviews, stable: 'v1', canary: 'v2', weight: 10 });
  const host = 'reviews.shop.svc.cluster.local';
  expect(synthTo(chart).one(VirtualService, 'public-shop-example-com').spec?.http?.[0]?.route).toEqual([
    { destination: { host, subset: 'v1', port: { number: 9080 } }, weight: 90 },
    { destination: { host, subset: 'v2', port: { number: 9080 } }, weight: 10 },
  ]);
});

test('hosts of one certificate share a Gateway; a host on two gateways has its objects twice', () => {
  const { chart, mesh, web, add } = setUp();
  add('a', [{ path: '/', to: web }], { host: 'a.example.com' });
  add('b', [{ path: '/', to: web }], { host: 'b.example.com' });
  const internal = mesh.addIngressGateway('internal');
  new IngressRoute(chart, 'c', { gateway: internal, host: 'a.example.com', tls: Tls.secret('cert'), routes: [{ path: '/', to: web }] });
  const shown = synthTo(chart);
  expect(shown.one(Gateway, 'public-cert').spec?.servers?.map(({ hosts }) => hosts)).toEqual([
    ['a.example.com', 'b.example.com'],
    ['a.example.com', 'b.example.com'],
  ]);
  expect(shown.one(VirtualService, 'internal-a-example-com').spec?.gateways).toEqual(['internal-cert']);
});

test('a wildcard has a Gateway of its own: in one with a host that it covers, Istio would mix their routes', () => {
  const { chart, shop, web, add } = setUp();
  const tenants = shop.addService('tenants', { port: 80 });
  add('own', [{ path: '/', to: web }], { host: 'own.example.com' });
  add('all', [{ path: '/', to: tenants }], { host: '*.example.com' });
  const shown = synthTo(chart);
  const hosts = shown.many(Gateway).map(({ spec }) => spec?.servers?.[1]?.hosts);
  expect(hosts).toEqual(expect.arrayContaining([['own.example.com'], ['*.example.com']]));
  const bound = shown.many(VirtualService).map(({ spec }) => spec?.gateways?.[0]);
  expect(new Set(bound).size).toBe(2);
});

test('a route that is added after a synthesis counts, and a patch to what was made is kept', () => {
  const { chart, web, add } = setUp();
  const first = add('a', [{ path: '/', to: web }]);
  synthTo(chart);
  (first.node.findChild('route') as VirtualService).addJsonPatch(JsonPatch.add('/metadata/labels', { patched: 'yes' }));
  add('b', [{ path: '/b', to: web }]);
  const route = synthTo(chart).one(VirtualService);
  expect(route.metadata.labels).toEqual({ patched: 'yes' });
  expect(route.spec?.http?.map(({ match }) => match?.[0]?.uri)).toEqual([{ exact: '/b' }, undefined]);
});

test('a service that takes every caller stays open: a route to it is no grant', () => {
  const { chart, add } = setUp();
  const legacy = MeshService.fromName(chart, 'legacy', { name: 'legacy', namespace: 'legacy', ports: [80] });
  add('route', [{ path: '/', to: legacy }]);
  const names = (): string[] => synthTo(chart).many(AuthorizationPolicy).map(({ metadata }) => metadata.name);
  expect(names()).not.toContain('legacy');
  legacy.allowFrom(MeshService.fromName(chart, 'caller', { name: 'caller', ports: [80] }));
  expect(synthTo(chart).one(AuthorizationPolicy, 'legacy').spec?.rules?.[0]?.from?.[0]?.source?.principals).toEqual([
    'cluster.local/ns/istio-ingress/sa/public',
    'cluster.local/ns/shop/sa/caller',
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
  expect(synthTo(chart).one(VirtualService).metadata.name).toMatch(/^public-any-example-com-[0-9a-f]{6}$/);
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
      code: 'second-owner',
      construct: 'shop/b',
      property: 'routes[0]',
      got: `all other requests for ${HOST}, which routes[0] of shop/a has, too`,
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

  test.each(['shop', '10.0.0.1', 'http://x.example.com', 'x.example.com:80', ''])('the host %p', (host) => {
    const { web, add } = setUp();
    expect(caught(() => add('web', [{ path: '/', to: web }], { host })).findings[0]).toMatchObject({ code: 'bad-host', construct: 'shop/web', property: 'host' });
  });

  test('tls that is none, as plain JavaScript may give it', () => {
    const { web, gateway } = setUp();
    for (const [index, tls] of ['cert', undefined, { secretName: undefined }].entries()) {
      const make = (): unknown => new IngressRoute(web, `r${index}`, { gateway, host: HOST, tls: tls as never, routes: [{ path: '/', to: web }] });
      expect(caught(make).findings[0]?.code).toBe('bad-tls');
    }
  });

  test.each<[string, (valid: IngressRouteProps) => unknown, string]>([
    ['no props', () => null, 'bad-props'],
    ['no gateway', (valid) => ({ ...valid, gateway: undefined }), 'bad-reference'],
    ['a name in place of a gateway', (valid) => ({ ...valid, gateway: 'public' }), 'bad-reference'],
    ['a service in place of a gateway', (valid) => ({ ...valid, gateway: valid.routes[0]?.to }), 'bad-reference'],
    ['no routes', (valid) => ({ ...valid, routes: undefined }), 'no-routes'],
    ['a service in place of routes', (valid) => ({ ...valid, routes: valid.routes[0]?.to }), 'no-routes'],
    ['a route that is none', (valid) => ({ ...valid, routes: [null] }), 'bad-props'],
    ['a route to nowhere', (valid) => ({ ...valid, routes: [{ path: '/' }] }), 'no-destination'],
    ['a route to a gateway', (valid) => ({ ...valid, routes: [{ path: '/', to: valid.gateway }] }), 'bad-reference'],
    ['a path that is no text', (valid) => ({ ...valid, routes: [{ ...valid.routes[0], path: 5n }] }), 'bad-path'],
    ['no host', (valid) => ({ ...valid, host: undefined }), 'bad-host'],
  ])('%s, as plain JavaScript may give it', (_name, change, code) => {
    const { chart, web, gateway } = setUp();
    const props = change({ gateway, host: HOST, tls: Tls.plainText(), routes: [{ path: '/', to: web }] });
    expect(caught(() => new IngressRoute(chart, 'route', props as never)).findings[0]).toMatchObject({ code, construct: 'shop/route' });
  });

  test('a port that the service does not have', () => {
    const { chart, web, add } = setUp();
    add('web', [{ path: '/', to: web, port: 9999 }]);
    expect(caught(() => synthTo(chart)).findings[0]).toMatchObject({ code: 'which-port', got: expect.stringContaining('9999') as string });
  });

  test('a certificate without a name', () => {
    expect(caught(() => Tls.secret('')).findings[0]).toMatchObject({ code: 'bad-tls' });
    expect(caught(() => Tls.secret(undefined as never)).findings[0]).toMatchObject({ code: 'bad-tls', got: 'undefined' });
  });
});
