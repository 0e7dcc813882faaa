import { App, Chart } from 'cdk8s';
import { Gateway } from '../../../imports/gateway-api';
import { AuthorizationPolicy, DestinationRule, Sidecar, VirtualService } from '../../../imports/istio';
import { Cluster, ExternalService, GlobalRateLimit, IngressGateway, IngressRoute, Mesh, MeshNamespace, MeshServiceAccount, NamespaceIsolation, RateLimitKey, RateLimitService, StrictMtlsNamespace, Tls } from '../../../src';
import type { Finding } from '../../../src';
import { MeshError } from '../../../src/errors/mesh-error';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';

function world() {
  const app = new App({ outdir: 'unused' });
  const platform = new Chart(app, 'platform');
  const mesh = new Mesh(platform, 'mesh', { controlPlane: false });
  const chart = new Chart(app, 'teams', { namespace: 'orders' });
  const [web, orders, stock] = ['web', 'orders', 'stock'].map((name) => new StrictMtlsNamespace(chart, name, { mesh })) as [StrictMtlsNamespace, StrictMtlsNamespace, StrictMtlsNamespace];
  return { app, platform, mesh, chart, web, orders, stock, page: web.addService('page', { port: 80 }), api: orders.addService('api', { port: 80 }), counts: stock.addService('counts', { port: 80 }) };
}

/** What is refused of something that may be right; anything but a MeshError fails the test. */
function refused(body: () => unknown): readonly Finding[] {
  try {
    body();
    return [];
  } catch (error) {
    if (MeshError.isMeshError(error)) return error.findings;
    throw error;
  }
}

/** All that is found, without the rest of it. */
const found = (chart: Chart): unknown[] => caught(() => synthTo(chart)).findings.map(({ code, construct, property, fix }) => ({ code, construct, property, fix }));

describe('what goes against an isolation is refused, once, with the fix', () => {
  test('a call from a namespace that does not use it', () => {
    const { chart, orders, page, api } = world();
    orders.isolate();
    page.calls(api);
    expect(found(chart)).toEqual([{ code: 'outside-isolation', construct: 'teams/web/services/page/mesh', property: 'calls', fix: 'name the namespace web in usedBy of teams/orders/isolation, or take the call out' }]);
  });

  test('a call of what the caller does not say that it uses', () => {
    const { chart, web, page, api } = world();
    web.isolate();
    page.calls(api);
    expect(found(chart)).toEqual([{ code: 'outside-isolation', construct: 'teams/web/services/page/mesh', property: 'calls', fix: 'name the namespace orders, or the service, in uses of teams/web/isolation, or take the call out' }]);
  });

  test('of a call that is named by its service nothing is said', () => {
    const { chart, web, page, api, orders } = world();
    const mail = new ExternalService(chart, 'mail', { host: 'mail.example.com' });
    web.isolate({ uses: [api, mail] });
    page.calls(api, mail);
    api.allowFrom(page);
    expect(orders.name).toBe('orders');
    expect(synthTo(chart).one(Sidecar).spec?.egress?.[0]?.hosts).toEqual(['./*', 'istio-system/*', 'orders/api.orders.svc.cluster.local', 'orders/mail.example.com']);
  });

  test('a grant for a caller from outside, be it a service, a namespace or an account', () => {
    const { chart, orders, stock, page, api } = world();
    orders.isolate({ usedBy: [stock] });
    api.allowFrom([page, MeshNamespace.fromName(chart, 'far'), MeshServiceAccount.fromName(chart, 'robot', { namespace: 'near' })]);
    const at = { code: 'outside-isolation', construct: 'teams/orders/services/api/mesh', property: 'allowFrom' };
    expect(found(chart)).toEqual(expect.arrayContaining(['far', 'near', 'web'].map((namespace) => ({ ...at, fix: `name the namespace ${namespace} in usedBy of teams/orders/isolation` }))));
    expect(found(chart)).toHaveLength(3);
  });

  test('a grant for those who are within is none of it', () => {
    const { chart, orders, stock, counts, api } = world();
    orders.isolate({ usedBy: [stock], grants: false });
    api.allowFrom([counts, orders], { methods: ['GET'] });
    api.allowFrom('anyone', { paths: ['/public'] });
    expect(() => synthTo(chart)).not.toThrow();
  });

  test('a grant for a caller who cannot see the service', () => {
    const { chart, web, page, api } = world();
    web.isolate();
    api.allowFrom(page);
    expect(found(chart)).toEqual([{ code: 'outside-isolation', construct: 'teams/orders/services/api/mesh', property: 'allowFrom', fix: 'name the namespace orders, or the service, in uses of teams/web/isolation' }]);
  });

  test('a route of a gateway that is not named', () => {
    const { chart, mesh, orders, api } = world();
    const edge = mesh.addIngressGateway('public');
    orders.isolate();
    new IngressRoute(chart, 'in', { gateway: edge, host: 'a.example.com', tls: Tls.plainText(), routes: [{ path: '/', to: api }] });
    expect(found(chart)).toEqual([{ code: 'outside-isolation', construct: 'teams/orders/services/api/mesh', property: 'allowFrom', fix: 'name the gateway in usedBy of teams/orders/isolation' }]);
  });

  test('uses of a namespace that does not say so', () => {
    const { chart, web, orders } = world();
    orders.isolate();
    web.isolate({ uses: [orders] });
    expect(found(chart)).toEqual([{ code: 'outside-isolation', construct: 'teams/web/isolation', property: 'uses', fix: 'name the namespace web in usedBy of teams/orders/isolation' }]);
  });

  test.each([
    ['a route', (chart: Chart) => new VirtualService(chart, 'own', { spec: { hosts: ['api'], exportTo: ['*'], http: [{ route: [{ destination: { host: 'api' } }] }] } })],
    ['a policy', (chart: Chart) => new DestinationRule(chart, 'own', { spec: { host: 'api', exportTo: ['.', 'web'] } })],
  ])('%s that says itself that others see it', (_what, make) => {
    const { chart, orders, stock } = world();
    orders.isolate({ usedBy: [stock] });
    make(chart);
    expect(found(chart)).toEqual([{ code: 'outside-isolation', construct: 'teams/own', property: 'exportTo', fix: 'leave it out, or name the namespace in usedBy of teams/orders/isolation' }]);
  });

  test('a service that proxies of others call on their own account', () => {
    const { chart, mesh, orders, page } = world();
    const quotas = new RateLimitService(chart, 'quotas', { namespace: orders });
    new GlobalRateLimit(chart, 'customers', { service: page, at: quotas, limits: [{ by: [RateLimitKey.header('x-key')], requests: 10, per: 'hour' }] });
    orders.isolate();
    expect(mesh.namespace).toBe('istio-system');
    expect(found(chart)).toContainEqual({ code: 'outside-isolation', construct: 'teams/orders/isolation', property: 'usedBy', fix: 'name the namespace web, or its gateway, in usedBy' });
  });

  test('a provider of the mesh that nobody reaches is a warning', () => {
    const app = new App({ outdir: 'unused' });
    const platform = new Chart(app, 'platform');
    const mesh = new Mesh(platform, 'mesh', { meshConfig: { extensionProviders: [{ name: 'login', envoyExtAuthzHttp: { service: 'login.auth.svc.cluster.local', port: 8000 } }] } });
    const auth = new StrictMtlsNamespace(platform, 'auth', { mesh });
    auth.addService('login', { port: 8000 });
    auth.isolate();
    expect(synthTo(platform).warnings.filter(({ code }) => code === 'outside-isolation')).toMatchObject([{ construct: 'platform/auth/isolation', property: 'usedBy' }]);
  });

  test('a gateway of the Gateway API, written by hand, for clients from outside', () => {
    const { chart, orders } = world();
    orders.isolate();
    new Gateway(chart, 'own', { spec: { gatewayClassName: 'istio', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] } });
    expect(found(chart)).toEqual([{ code: 'isolated-gateway', construct: 'teams/orders/isolation', property: 'namespace', fix: 'put the gateway into a namespace of its own, and name it in usedBy' }]);
  });

  test('a waypoint is a warning, until it refuses the same callers', () => {
    const { chart, orders, web } = world();
    orders.isolate({ usedBy: [web] });
    new Gateway(chart, 'waypoint', { metadata: { name: 'waypoint' }, spec: { gatewayClassName: 'istio-waypoint', listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE' }] } });
    const warned = (): unknown => synthTo(chart).warnings.filter(({ code }) => code === 'waypoint-not-isolated').map(({ construct, fix }) => ({ construct, fix }));
    expect(warned()).toEqual([{ construct: 'teams/orders/isolation', fix: 'write an AuthorizationPolicy of action DENY with targetRefs of the waypoint, for notNamespaces orders, web' }]);
    new AuthorizationPolicy(chart, 'at-waypoint', { spec: { action: 'DENY', targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'waypoint' }], rules: [{ from: [{ source: { notNamespaces: ['orders', 'web'] } }] }] } });
    expect(warned()).toEqual([]);
  });

  test('a Sidecar that the program writes', () => {
    const { chart, orders } = world();
    new Sidecar(chart, 'default', { spec: { egress: [{ hosts: ['*/*'] }] } });
    orders.isolate();
    expect(found(chart)).toMatchObject([{ code: 'second-owner', construct: 'teams/orders/isolation', property: 'namespace' }]);
  });

  test('a Sidecar for some pods that shows them more; less is right', () => {
    const { chart, orders } = world();
    orders.isolate();
    const own = (id: string, hosts: string[]): unknown => new Sidecar(chart, id, { spec: { workloadSelector: { labels: { app: id } }, egress: [{ hosts }] } });
    own('narrow', ['./*', 'istio-system/*']);
    own('nothing', ['~/*']);
    own('wide', ['./*', 'stock/*']);
    expect(found(chart)).toEqual([{ code: 'outside-isolation', construct: 'teams/wide', property: 'spec.egress.hosts', fix: 'take them out, or name the namespaces in uses of teams/orders/isolation' }]);
  });

  test('the namespace of a gateway, and that of the control plane', () => {
    const { chart, platform, orders } = world();
    const gateway = new IngressGateway(platform, 'edge', { namespace: orders, workload: false });
    orders.isolate();
    new NamespaceIsolation(platform, 'root', { namespace: MeshNamespace.fromName(platform, 'istio-system') });
    expect(gateway.namespace).toBe('orders');
    expect(found(chart)).toMatchObject([{ code: 'root-namespace', construct: 'platform/root' }, { code: 'isolated-gateway', construct: 'teams/orders/isolation' }]);
  });
});

describe('what is no isolation is refused where it is said', () => {
  test('a second one', () => {
    const { chart, orders } = world();
    orders.isolate();
    expect(caught(() => orders.isolate()).findings[0]).toMatchObject({ code: 'second-owner', construct: 'teams/orders', property: 'isolate' });
    expect(caught(() => new NamespaceIsolation(chart, 'again', { namespace: orders })).findings[0]).toMatchObject({ code: 'second-owner', construct: 'teams/again', property: 'namespace', got: expect.stringContaining('teams/orders/isolation') as string });
  });

  test('a namespace of another cluster', () => {
    const app = new App({ outdir: 'unused' });
    const [east, west] = ['east', 'west'].map((name) => {
      const chart = new Chart(new Cluster(app, name), 'shop', { namespace: 'shop' });
      return new StrictMtlsNamespace(chart, 'shop', { mesh: Mesh.fromName(chart, 'mesh') });
    }) as [StrictMtlsNamespace, StrictMtlsNamespace];
    expect(caught(() => east.isolate({ usedBy: [west] })).findings[0]).toMatchObject({ code: 'other-cluster', property: 'usedBy.0' });
  });

  test('a name in place of a namespace: the one that was meant is told', () => {
    const { orders } = world();
    expect(caught(() => orders.isolate({ usedBy: ['webb' as never] })).findings[0]).toMatchObject({ code: 'bad-reference', property: 'usedBy.0', got: '"webb"', fix: 'did you mean teams/web? Hand it on' });
    expect(caught(() => world().orders.isolate({ uses: ['payments' as never] })).findings[0]).toMatchObject({ code: 'bad-reference', property: 'uses.0', fix: expect.stringContaining('MeshNamespace.fromName') as string });
  });

  test('a service in place of its namespace', () => {
    const { orders, page } = world();
    expect(caught(() => orders.isolate({ usedBy: [page as never] })).findings[0]).toMatchObject({ code: 'bad-reference', property: 'usedBy.0', fix: expect.stringContaining('name its namespace') as string });
  });

  const GARBAGE = [null, undefined, 0, '', 'x', [], {}, [null], [undefined], [0], [{}], [[]], () => 0, Symbol('x'), new Date(0)];
  test.each(GARBAGE)('%p is no options, no list and no flag: never anything but a MeshError', (value) => {
    const attempts: ((each: ReturnType<typeof world>) => unknown)[] = [
      ({ orders }) => orders.isolate(value as never),
      ({ orders }) => orders.isolate({ usedBy: value as never }),
      ({ orders }) => orders.isolate({ uses: value as never }),
      ({ orders }) => orders.isolate({ grants: value as never }),
      ({ chart }) => new NamespaceIsolation(chart, 'x', value as never),
      ({ chart }) => new NamespaceIsolation(chart, 'x', { namespace: value as never }),
    ];
    for (const attempt of attempts) {
      const each = world();
      const findings = refused(() => attempt(each));
      for (const finding of findings) expect(finding).toMatchObject({ construct: expect.stringMatching(/^teams/) as string, got: expect.any(String) as string, expected: expect.any(String) as string, fix: expect.any(String) as string });
    }
  });

  test('a misspelt key', () => {
    const { orders } = world();
    expect(caught(() => orders.isolate({ usedby: [] } as never)).findings[0]).toMatchObject({ code: 'unknown-prop', property: 'isolate.usedby', fix: 'did you mean "usedBy"?' });
  });
});
