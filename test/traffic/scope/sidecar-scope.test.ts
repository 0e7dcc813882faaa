import { ApiObject, Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { EnvoyFilter, ServiceEntry, Sidecar, VirtualService } from '../../../imports/istio';
import { Cluster, EgressGateway, EgressLockdown, EgressRoute, ExternalService, GlobalRateLimit, IngressRoute, Mesh, MeshApp, MeshService, RateLimitService, SidecarScope, Tls } from '../../../src';
import type { SidecarScopeProps } from '../../../src';
import { SynthSession } from '../../../src/core/synth-session';
import { synthTo } from '../../../src/testing';
import { allRefused, refused, WRONG_TYPES } from '../../core/refused';
import { hostsIn, specsIn, twoNamespaces } from './shop';

describe('a namespace', () => {
  test('sees itself, the control plane, and what its services call elsewhere', () => {
    const { chart, shop, web, orders, stock, mail } = twoNamespaces();
    web.calls(orders, mail);
    orders.calls(stock);
    new SidecarScope(chart, 'scope', { namespace: shop });
    expect(synthTo(chart).one(Sidecar)).toEqual({
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata: { name: 'default', namespace: 'shop' },
      spec: { egress: [{ hosts: ['./*', 'back/stock.back.svc.cluster.local', 'istio-system/*'] }] },
    });
  });

  test('sees of itself only what is called, where that is wanted', () => {
    const { chart, web, orders, stock } = twoNamespaces();
    web.calls(orders);
    orders.calls(stock);
    new SidecarScope(chart, 'scope', { namespace: 'shop', ownNamespace: false });
    expect(hostsIn(chart)).toEqual({ 'shop/default': ['back/stock.back.svc.cluster.local', 'istio-system/*', 'shop/orders.shop.svc.cluster.local'] });
  });

  test('whoever is let in by name is expected to call: a service, a namespace, an account that is no service', () => {
    const { chart, shop, web, stock, reports } = twoNamespaces();
    stock.allowFrom(web);
    reports.allowFrom(shop);
    new SidecarScope(chart, 'scope', { namespace: shop });
    expect(hostsIn(chart)).toEqual({ 'shop/default': ['./*', 'back/reports.back.svc.cluster.local', 'back/stock.back.svc.cluster.local', 'istio-system/*'] });
  });

  test('of a mesh whose control plane is elsewhere', () => {
    const { chart, web, stock } = twoNamespaces();
    Mesh.fromName(chart, 'other-mesh', { namespace: 'istio-canary', revision: 'canary' });
    web.calls(stock);
    new SidecarScope(chart, 'scope', { namespace: 'shop' });
    expect(hostsIn(chart)['shop/default']).toEqual(['./*', 'back/stock.back.svc.cluster.local', 'istio-canary/*', 'istio-system/*']);
  });
});

describe('each workload', () => {
  test('sees what it calls itself, and its own service; who says nothing is left as it is', () => {
    const { chart, shop, web, orders, stock } = twoNamespaces();
    web.calls(orders);
    stock.allowFrom(orders);
    shop.addService('silent', { port: 8080 });
    shop.addService('leaf', { port: 8080 }).calls();
    new SidecarScope(chart, 'scope', { namespace: shop, perWorkload: true });
    expect(specsIn(chart)).toEqual([
      ['shop/leaf', { workloadSelector: { labels: { app: 'leaf' } }, egress: [{ hosts: ['istio-system/*', 'shop/leaf.shop.svc.cluster.local'] }] }],
      ['shop/orders', { workloadSelector: { labels: { app: 'orders' } }, egress: [{ hosts: ['back/stock.back.svc.cluster.local', 'istio-system/*', 'shop/orders.shop.svc.cluster.local'] }] }],
      ['shop/web', { workloadSelector: { labels: { app: 'web' } }, egress: [{ hosts: ['istio-system/*', 'shop/orders.shop.svc.cluster.local', 'shop/web.shop.svc.cluster.local'] }] }],
    ]);
  });

  test('two services of the same pods share one Sidecar', () => {
    const { chart, shop, web, orders, stock } = twoNamespaces();
    const admin = shop.addService('admin', { port: 9090, selector: { app: 'web' } });
    web.calls(orders);
    admin.calls(stock);
    new SidecarScope(chart, 'scope', { namespace: shop, perWorkload: true });
    const hosts = hostsIn(chart);
    expect(Object.keys(hosts)).toEqual(['shop/admin']);
    expect(hosts['shop/admin']).toEqual([
      'back/stock.back.svc.cluster.local',
      'istio-system/*',
      'shop/admin.shop.svc.cluster.local',
      'shop/orders.shop.svc.cluster.local',
      'shop/web.shop.svc.cluster.local',
    ]);
  });
});

describe('the mesh', () => {
  test('pods see their own namespace and the control plane; namespaces that call others have a Sidecar of their own', () => {
    const { platform, chart, mesh, web, stock, reports } = twoNamespaces();
    web.calls(stock);
    reports.calls(stock);
    new SidecarScope(platform, 'scope', { mesh });
    expect(hostsIn(platform)).toEqual({
      'istio-system/default': ['*/*.istio-system.svc.cluster.local', './*'],
      'shop/default': ['./*', 'back/stock.back.svc.cluster.local', 'istio-system/*'],
    });
    expect(synthTo(chart).many(Sidecar)).toEqual([]);
  });

  test('gateways see everything: no Sidecar is for them', () => {
    const { platform, chart, mesh, web } = twoNamespaces();
    new IngressRoute(chart, 'route', { gateway: mesh.addIngressGateway('public'), host: 'a.example.com', tls: Tls.secret('cert'), routes: [{ path: '/', to: web }] });
    new SidecarScope(platform, 'scope', { mesh });
    expect(Object.keys(hostsIn(platform))).toEqual(['istio-system/default']);
  });

  test('a namespace with a scope of its own is left to it', () => {
    const { platform, chart, mesh, web, orders, stock } = twoNamespaces();
    web.calls(orders);
    stock.calls(orders);
    new SidecarScope(platform, 'scope', { mesh });
    new SidecarScope(chart, 'own', { namespace: 'shop', ownNamespace: false });
    expect(hostsIn(platform)).toEqual({ 'istio-system/default': ['*/*.istio-system.svc.cluster.local', './*'], 'back/default': ['./*', 'istio-system/*', 'shop/orders.shop.svc.cluster.local'] });
    expect(hostsIn(chart)).toEqual({ 'shop/default': ['istio-system/*', 'shop/orders.shop.svc.cluster.local'] });
  });

  test('what is in the namespace of the control plane has Sidecars for its pods: the one for all is the mesh\'s', () => {
    const { platform, mesh, stock } = twoNamespaces();
    MeshService.fromName(platform, 'dashboard', { name: 'dashboard', namespace: 'istio-system', ports: [{ port: 80, name: 'http' }] }).calls(stock);
    new SidecarScope(platform, 'scope', { mesh });
    expect(hostsIn(platform)).toEqual({ 'istio-system/dashboard': ['./*', 'back/stock.back.svc.cluster.local'], 'istio-system/default': ['*/*.istio-system.svc.cluster.local', './*'] });
  });
});

describe('a lockdown', () => {
  const LOCKED = { mode: 'REGISTRY_ONLY' };

  test('of the namespace keeps its Sidecar; pods that the scope is for stay locked, and see what it leaves open', () => {
    const { chart, shop, web, orders, stock, mail } = twoNamespaces();
    const open = new ExternalService(chart, 'open', { host: 'open.example.com' });
    web.calls(orders, stock, mail);
    new EgressLockdown(chart, 'lockdown', { namespace: shop, allow: [mail, open] });
    new SidecarScope(chart, 'scope', { namespace: shop });
    expect(Object.fromEntries(specsIn(chart))).toEqual({
      'shop/default': { outboundTrafficPolicy: LOCKED, egress: [{ hosts: ['*/*.svc.cluster.local', 'shop/mail.example.com', 'shop/open.example.com'] }] },
      'shop/web': {
        outboundTrafficPolicy: LOCKED,
        workloadSelector: { labels: { app: 'web' } },
        egress: [{ hosts: ['./*.svc.cluster.local', 'back/stock.back.svc.cluster.local', 'istio-system/*.svc.cluster.local', 'shop/mail.example.com', 'shop/open.example.com'] }],
      },
    });
  });

  test('that a program writes is opened by nothing: not by a provider of the mesh, nor by where a rule leads', () => {
    const { chart, web, stock, orders } = twoNamespaces();
    web.calls(stock);
    orders.calls();
    new ServiceEntry(chart, 'out', { spec: { hosts: ['out.example.com'], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }], resolution: 'DNS' } });
    new VirtualService(chart, 'leads-out', { metadata: { namespace: 'back' }, spec: { hosts: ['stock'], http: [{ route: [{ destination: { host: 'out.example.com' } }] }] } });
    new Sidecar(chart, 'lock', { spec: { outboundTrafficPolicy: LOCKED as never, egress: [{ hosts: ['back/*'] }] } });
    new SidecarScope(chart, 'scope', { namespace: 'shop' });
    const hosts = hostsIn(chart);
    expect(hosts['shop/web']).toEqual(['back/stock.back.svc.cluster.local']);
    expect(hosts['shop/orders']).toEqual(['~/*']);
  });

  test('of the mesh holds on where a scope makes a Sidecar that is closer', () => {
    const { platform, chart, shop, mesh, web, stock, mail } = twoNamespaces();
    web.calls(stock);
    new EgressLockdown(platform, 'lockdown', { mesh, allow: [mail] });
    new SidecarScope(chart, 'scope', { namespace: shop });
    expect(Object.fromEntries(specsIn(chart))).toEqual({
      'shop/default': {
        outboundTrafficPolicy: LOCKED,
        egress: [{ hosts: ['./*.svc.cluster.local', 'back/stock.back.svc.cluster.local', 'istio-system/*.svc.cluster.local', 'shop/mail.example.com'] }],
      },
    });
  });

  test('that hides what is called is named', () => {
    const { chart, shop, web, stock, mail } = twoNamespaces();
    const other = new ExternalService(chart, 'other', { host: 'other.example.com' });
    new EgressLockdown(chart, 'lockdown', { namespace: shop, allow: [mail] });
    new EgressLockdown(chart, 'back-lockdown', { namespace: 'back', allow: [other] });
    web.calls(stock, mail, other);
    expect(allRefused(() => synthTo(chart))).toEqual([
      {
        code: 'hidden-host',
        construct: 'shop/shop/services/web/mesh',
        property: 'calls',
        got: 'other.example.com, which shop/lockdown hides from pods of the namespace shop',
        expected: 'a host that its pods can see',
        fix: 'name it in allow of the EgressLockdown, or take the call out',
      },
    ]);
    new SidecarScope(chart, 'scope', { namespace: shop });
    expect(allRefused(() => synthTo(chart)).map(({ code }) => code)).toEqual(['hidden-host']);
  });
});

describe('what proxies call themselves', () => {
  test('is seen by all: providers of the mesh, wherever they are', () => {
    const app = new MeshApp({ outdir: 'unused' });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    const providers = [
      { name: 'traces', opentelemetry: { service: 'collector.telemetry.svc.cluster.local', port: 4317 } },
      { name: 'authz', envoyExtAuthzGrpc: { service: 'policies/authz.policies.svc.cluster.local', port: 9000 } },
      { name: 'logs', envoyFileAccessLog: { path: '/dev/stdout' } },
    ];
    new Mesh(new Chart(app, 'platform'), 'mesh', { meshConfig: { extensionProviders: providers } });
    const service = (name: string): MeshService => MeshService.fromName(chart, name, { name, ports: [{ port: 80, name: 'http' }] });
    service('web').calls(service('orders'));
    new SidecarScope(chart, 'scope', { namespace: 'shop', perWorkload: true });
    expect(hostsIn(chart)['shop/web']).toEqual([
      'istio-system/*',
      'policies/authz.policies.svc.cluster.local',
      'shop/orders.shop.svc.cluster.local',
      'shop/web.shop.svc.cluster.local',
      'telemetry/collector.telemetry.svc.cluster.local',
    ]);
  });

  test('is seen by the pods that a filter is for, where it adds a call to a cluster', () => {
    const { chart, shop, web, orders } = twoNamespaces();
    const name = (host: string): string => `outbound|8081||${host}`;
    const limits = { rate_limit_service: { grpc_service: { envoy_grpc: { cluster_name: name('limits.platform.svc.cluster.local') } } } };
    new EnvoyFilter(chart, 'limits', {
      spec: {
        workloadSelector: { labels: { app: 'orders' } },
        configPatches: [{ applyTo: 'HTTP_FILTER', match: { cluster: { name: name('matched.platform.svc.cluster.local') } }, patch: { operation: 'ADD', value: limits } }],
      },
    });
    web.calls(orders);
    orders.calls();
    new SidecarScope(chart, 'scope', { namespace: shop, perWorkload: true });
    const { 'shop/orders': ofOrders, 'shop/web': ofWeb } = hostsIn(chart);
    expect(ofOrders).toEqual(['istio-system/*', 'platform/limits.platform.svc.cluster.local', 'shop/orders.shop.svc.cluster.local']);
    expect(ofWeb).toEqual(['istio-system/*', 'shop/orders.shop.svc.cluster.local', 'shop/web.shop.svc.cluster.local']);
  });
});

test('pods whose requests are counted by a rate-limit service see it', () => {
  const { platform, chart, shop, web, orders } = twoNamespaces();
  const limits = new Chart(platform.node.root as App, 'limits', { namespace: 'limits' });
  const at = new RateLimitService(limits, 'counters', { namespace: 'limits' });
  new GlobalRateLimit(chart, 'limit', { service: orders, at, limits: [{ requests: 5, per: 'minute' }] });
  web.calls(orders);
  orders.calls();
  new SidecarScope(chart, 'scope', { namespace: shop, perWorkload: true });
  const { 'shop/orders': ofOrders, 'shop/web': ofWeb } = hostsIn(chart);
  expect(ofOrders).toEqual(['istio-system/*', 'limits/counters.limits.svc.cluster.local', 'shop/orders.shop.svc.cluster.local']);
  expect(ofWeb).toEqual(['istio-system/*', 'shop/orders.shop.svc.cluster.local', 'shop/web.shop.svc.cluster.local']);
});

test('who may leave through an egress gateway sees the host, and the gateway', () => {
  const { platform, chart, shop, web, orders, mail } = twoNamespaces();
  const gateway = EgressGateway.fromName(platform, 'egress', { name: 'egress' });
  new EgressRoute(chart, 'way-out', { gateway, to: mail, allowFrom: [orders] });
  web.calls();
  new SidecarScope(chart, 'scope', { namespace: shop, perWorkload: true });
  const { 'shop/orders': ofOrders, 'shop/web': ofWeb } = hostsIn(chart);
  expect(ofOrders).toEqual(['istio-egress/egress.istio-egress.svc.cluster.local', 'istio-system/*', 'shop/mail.example.com', 'shop/orders.shop.svc.cluster.local']);
  expect(ofWeb).toEqual(['istio-system/*', 'shop/web.shop.svc.cluster.local']);
});

describe('what it saves', () => {
  test('is counted, and printed as one note for each scope, which is no warning', () => {
    const { chart, shop, web, orders, mail } = twoNamespaces();
    web.calls(orders, mail);
    orders.calls();
    const scope = new SidecarScope(chart, 'scope', { namespace: shop, perWorkload: true });
    expect(scope.savings()).toEqual([
      { namespace: 'shop', service: 'orders', before: 5, after: 1 },
      { namespace: 'shop', service: 'web', before: 5, after: 3 },
    ]);
    expect(synthTo(chart).warnings).toEqual([]);
    expect(SynthSession.of(chart).synthesize().notes).toEqual([
      {
        code: 'scope-savings',
        severity: 'note',
        construct: 'shop/scope',
        property: 'savings',
        got: '5 services that each proxy of shop would be told of without it',
        expected: '1 to 3, which it is told of with it',
      },
    ]);
  });

  test('is counted for namespaces that only the mesh\'s scope is for, too', () => {
    const { platform, mesh, web, stock } = twoNamespaces();
    web.calls(stock);
    const scope = new SidecarScope(platform, 'scope', { mesh });
    expect(scope.savings()).toEqual([
      { namespace: 'shop', before: 5, after: 4 },
      { namespace: 'back', before: 5, after: 2 },
    ]);
  });
});

test('the same objects, whatever the order of construction', () => {
  type Step = (shop: ReturnType<typeof twoNamespaces>) => unknown;
  const steps: Step[] = [
    ({ web, orders, stock }) => web.calls(stock, orders),
    ({ orders, mail, reports }) => orders.calls(mail, reports),
    ({ reports, web }) => reports.allowFrom(web),
    ({ stock, chart, reports }) => stock.route(chart, 'r', { match: { uri: '/r' }, to: { service: reports } }),
    ({ chart, shop }) => new SidecarScope(chart, 'scope', { namespace: shop, perWorkload: true }),
    ({ platform, mesh }) => new SidecarScope(platform, 'scope', { mesh }),
  ];
  const texts = [0, 1, 2, 3, 4, 5].map((turn) => {
    const made = twoNamespaces();
    for (const step of [...steps.slice(turn), ...steps.slice(0, turn)]) step(made);
    return JSON.stringify([specsIn(made.chart).sort(([a], [b]) => (a < b ? -1 : 1)), specsIn(made.platform)]);
  });
  expect(new Set(texts).size).toBe(1);
  expect(texts[0]).toContain('reports.back.svc.cluster.local');
});

test('a program that goes on after a synthesis has it in the next one', () => {
  const { chart, shop, web, orders, stock } = twoNamespaces();
  web.calls(orders);
  new SidecarScope(chart, 'scope', { namespace: shop, perWorkload: true });
  expect(Object.keys(hostsIn(chart))).toEqual(['shop/web']);
  web.calls(stock);
  orders.calls();
  expect(hostsIn(chart)).toMatchObject({ 'shop/web': expect.arrayContaining(['back/stock.back.svc.cluster.local']), 'shop/orders': expect.anything() });
});

test('clusters are scoped apart', () => {
  const app = new MeshApp({ outdir: 'unused' });
  const charts = ['one', 'two'].map((name) => {
    const chart = new Chart(new Cluster(app, name, { clusterDomain: `${name}.internal` }), 'shop', { namespace: 'shop' });
    const web = MeshService.fromName(chart, 'web', { name: 'web', ports: [{ port: 80, name: 'http' }] });
    web.calls(MeshService.fromName(chart, name, { name, namespace: name, ports: [{ port: 80, name: 'http' }] }));
    new SidecarScope(chart, 'scope', { namespace: 'shop' });
    return chart;
  });
  expect(charts.map((chart) => hostsIn(chart)['shop/default'])).toEqual([
    ['./*', 'istio-system/*', 'one/one.one.svc.one.internal'],
    ['./*', 'istio-system/*', 'two/two.two.svc.two.internal'],
  ]);
});

describe('refused', () => {
  test.each<[string, (mesh: ReturnType<typeof twoNamespaces>) => unknown, string, string]>([
    ['neither', () => ({}), 'bad-props', 'namespace'],
    ['both', ({ mesh }) => ({ mesh, namespace: 'shop' }), 'bad-props', 'namespace'],
    ['no mesh', ({ chart }) => ({ mesh: chart }), 'bad-reference', 'mesh'],
    ['a namespace that is none', () => ({ namespace: 'Shop!' }), 'bad-reference', 'namespace'],
    ['a misspelt key', () => ({ namespace: 'shop', perWorkloads: true }), 'unknown-prop', 'perWorkloads'],
    ['no boolean', () => ({ namespace: 'shop', perWorkload: 'yes' }), 'bad-props', 'perWorkload'],
    ['null', () => ({ namespace: 'shop', ownNamespace: null }), 'bad-props', 'ownNamespace'],
  ])('%s', (_name, propsOf, code, property) => {
    const made = twoNamespaces();
    expect(refused(() => new SidecarScope(made.chart, 'scope', propsOf(made) as SidecarScopeProps))).toMatchObject({ code, construct: 'shop/scope', property });
  });

  test.each(WRONG_TYPES.filter(([got]) => got !== 'an object'))('props that are %s', (_got, props) => {
    const { chart } = twoNamespaces();
    expect(refused(() => new SidecarScope(chart, 'scope', props as never)).code).toBe('bad-props');
  });

  test('two for one namespace, two for the mesh', () => {
    const { chart, mesh } = twoNamespaces();
    new SidecarScope(chart, 'one', { namespace: 'shop' });
    new SidecarScope(chart, 'mesh-one', { mesh });
    expect(refused(() => new SidecarScope(chart, 'two', { namespace: 'shop' }))).toMatchObject({ code: 'second-owner', construct: 'shop/two', property: 'namespace', got: 'the namespace shop, which shop/one scopes' });
    expect(refused(() => new SidecarScope(chart, 'mesh-two', { mesh }))).toMatchObject({ code: 'second-owner', property: 'mesh', got: 'the mesh, which shop/mesh-one scopes' });
  });

  test('a namespace where nobody says what is called, and one that is not known', () => {
    const { chart } = twoNamespaces();
    new SidecarScope(chart, 'silent', { namespace: 'back' });
    new SidecarScope(chart, 'unknown', { namespace: 'shpo' });
    const [silent, unknown] = allRefused(() => synthTo(chart));
    expect(silent).toMatchObject({ code: 'nothing-declared', construct: 'shop/silent', property: 'namespace', got: '"back", where no service says what it calls', fix: expect.stringContaining('calls()') });
    expect(unknown).toMatchObject({ code: 'nothing-declared', construct: 'shop/unknown', got: '"shpo", of which the program knows no service', fix: 'did you mean "shop"?' });
  });

  test('the namespace of the control plane: its Sidecar would hold for all', () => {
    const { chart } = twoNamespaces();
    new SidecarScope(chart, 'scope', { namespace: 'istio-system' });
    expect(refused(() => synthTo(chart))).toMatchObject({ code: 'root-namespace', construct: 'shop/scope', property: 'namespace', fix: expect.stringContaining('mesh') });
  });

  test('pods that have a Sidecar of their own', () => {
    const { chart, web, stock } = twoNamespaces();
    web.calls(stock);
    new Sidecar(chart, 'own', { spec: { workloadSelector: { labels: { app: 'web' } }, egress: [{ hosts: ['*/*'] }] } });
    new SidecarScope(chart, 'scope', { namespace: 'shop', perWorkload: true });
    expect(refused(() => synthTo(chart))).toMatchObject({ code: 'second-owner', construct: 'shop/scope', property: 'perWorkload', got: 'the pods of shop/web, which shop/own is the Sidecar of' });
  });

  test('a scope of the mesh beside a lockdown of the mesh', () => {
    const { platform, mesh, mail } = twoNamespaces();
    new EgressLockdown(platform, 'lockdown', { mesh, allow: [mail] });
    new SidecarScope(platform, 'scope', { mesh });
    expect(refused(() => synthTo(platform))).toMatchObject({ code: 'second-owner', construct: 'platform/scope', property: 'mesh', got: expect.stringContaining('platform/lockdown/sidecar') });
  });
});

test('Sidecars that a program writes are read whatever is in them', () => {
  const { chart, shop, web, orders } = twoNamespaces();
  web.calls(orders);
  new SidecarScope(chart, 'scope', { namespace: shop });
  for (const [index, spec] of [undefined, 7, { egress: 7 }, { egress: [7, { hosts: [7] }] }, { workloadSelector: [] }].entries()) {
    new ApiObject(chart, `junk-${index}`, { apiVersion: 'networking.istio.io/v1', kind: 'Sidecar', metadata: { namespace: 'junk' }, spec } as never);
  }
  expect(allRefused(() => synthTo(chart)).every(({ construct }) => construct?.startsWith('shop/junk'))).toBe(true);
});
