import { App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { AuthorizationPolicy, DestinationRule, ServiceEntry, Sidecar, VirtualService } from '../../../imports/istio';
import { Namespace, Service } from '../../../imports/kubernetes';
import { Cluster, EgressLockdown, EgressRoute, ExternalService, IngressRoute, Mesh, MeshNamespace, MeshService, NamespaceIsolation, SidecarScope, StrictMtlsNamespace, Tls } from '../../../src';
import type { StrictMtlsNamespaceProps } from '../../../src';
import { synthTo } from '../../../src/testing';

const TEAMS = ['web', 'orders', 'stock'] as const;
type Team = (typeof TEAMS)[number];

/** A mesh and three teams, each with a chart, a namespace and a service of one name. */
function world(props: Partial<StrictMtlsNamespaceProps> = {}, order: readonly Team[] = TEAMS) {
  const app = new App({ outdir: 'unused' });
  const platform = new Chart(app, 'platform');
  const mesh = new Mesh(platform, 'mesh', { controlPlane: false });
  const charts = {} as Record<Team, Chart>;
  const teams = {} as Record<Team, StrictMtlsNamespace>;
  const services = {} as Record<Team, MeshService>;
  for (const team of order) {
    charts[team] = new Chart(app, team, { namespace: team });
    teams[team] = new StrictMtlsNamespace(charts[team], team, { mesh, ...props });
    services[team] = teams[team].addService(`${team}-api`, { port: 8080 });
  }
  return { app, platform, mesh, charts, teams, services };
}

const EXPORT_TO = 'networking.istio.io/exportTo';
const exportsOf = (chart: Chart, name?: string): unknown => synthTo(chart).one(Service, name).metadata.annotations?.[EXPORT_TO];
const sidecarOf = (chart: Chart): unknown => synthTo(chart).one(Sidecar).spec?.egress?.[0]?.hosts;

describe('who sees it', () => {
  test('its services are shown to itself and those who use it', () => {
    const { charts, teams, platform, mesh } = world();
    teams.orders.isolate({ usedBy: [teams.web, mesh.addIngressGateway('public')] });
    expect(exportsOf(charts.orders)).toBe('.,istio-ingress,web');
    // nobody else's
    expect(exportsOf(charts.web)).toBeUndefined();
    expect(synthTo(platform).many(Service)).not.toHaveLength(0);
  });

  test('so are its routes, subsets and external services, whoever made them', () => {
    const { charts, teams } = world();
    const chart = charts.orders;
    teams.orders.isolate({ usedBy: [teams.web] });
    const versioned = teams.orders.addService('versioned', { port: 80, versions: ['v1', 'v2'] });
    versioned.split(chart, { v1: 50, v2: 50 });
    new ExternalService(chart, 'mail', { host: 'mail.example.com', timeout: '3s', ports: [{ port: 80, protocol: 'HTTP' }] });
    new DestinationRule(chart, 'by-hand', { spec: { host: 'orders-api', trafficPolicy: {} } });
    const shown = synthTo(chart);
    const objects = [...shown.many(VirtualService), ...shown.many(DestinationRule), ...shown.many(ServiceEntry)];
    expect(objects.map(({ spec }) => spec?.exportTo)).toEqual(Array(5).fill(['.', 'web']));
  });

  test('a Service of cdk8s-plus is no other', () => {
    const { charts, teams } = world();
    const service = new kplus.Service(charts.orders, 'ledger', { metadata: { name: 'ledger' }, ports: [{ port: 80 }] });
    service.selectLabel('app', 'ledger');
    MeshService.from(service);
    teams.orders.isolate();
    expect(exportsOf(charts.orders, 'ledger')).toBe('.');
  });

  test('what says itself that fewer see it is left as it is', () => {
    const { charts, teams } = world();
    new VirtualService(charts.orders, 'own', { spec: { hosts: ['a.example.com'], exportTo: ['.'], http: [{ route: [{ destination: { host: 'orders-api' } }] }] } });
    teams.orders.isolate({ usedBy: [teams.web] });
    expect(synthTo(charts.orders).one(VirtualService).spec?.exportTo).toEqual(['.']);
  });

  test('an egress gateway, and one between networks, see what they lead to', () => {
    const app = new App({ outdir: 'unused' });
    const cluster = new Cluster(app, 'east', { network: 'network1' });
    const mesh = new Mesh(new Chart(cluster, 'platform'), 'mesh', { controlPlane: false });
    mesh.addEastWestGateway('between');
    const chart = new Chart(cluster, 'orders', { namespace: 'orders' });
    const orders = new StrictMtlsNamespace(chart, 'orders', { mesh });
    const api = orders.addService('api', { port: 8080 });
    const mail = new ExternalService(chart, 'mail', { host: 'mail.example.com' });
    new EgressRoute(chart, 'out', { gateway: mesh.addEgressGateway('egress'), to: mail, allowFrom: [api] });
    orders.isolate();
    const shown = synthTo(chart);
    expect(shown.one(ServiceEntry).spec?.exportTo).toEqual(['.', 'istio-egress', 'istio-system']);
    expect(shown.one(VirtualService).spec?.exportTo).toEqual(['.', 'istio-egress', 'istio-system']);
    // its own pods have to see the gateway, too
    expect(shown.one(Sidecar).spec?.egress?.[0]?.hosts).toContain('istio-egress/egress.istio-egress.svc.cluster.local');
  });
});

describe('what it sees', () => {
  test('itself, the control plane, and whoever says that it uses them', () => {
    const { charts, teams } = world();
    teams.web.isolate();
    teams.orders.isolate({ usedBy: [teams.web] });
    expect(sidecarOf(charts.web)).toEqual(['./*', 'istio-system/*', 'orders/*']);
    expect(sidecarOf(charts.orders)).toEqual(['./*', 'istio-system/*']);
  });

  test('what it says itself: namespaces, and single services', () => {
    const { charts, teams, platform } = world();
    const mail = new ExternalService(platform, 'mail', { host: 'mail.example.com', namespace: 'outside' });
    teams.web.isolate({ uses: [MeshNamespace.fromName(platform, 'legacy'), mail] });
    expect(sidecarOf(charts.web)).toEqual(['./*', 'istio-system/*', 'legacy/*', 'outside/mail.example.com']);
  });

  test('a SidecarScope shows less, and is left the Sidecar', () => {
    const { charts, teams, services } = world();
    services.web.calls(services.orders);
    teams.orders.isolate({ usedBy: [teams.web] });
    teams.web.isolate();
    new SidecarScope(charts.web, 'scope', { namespace: teams.web });
    expect(sidecarOf(charts.web)).toEqual(['./*', 'istio-system/*', 'orders/orders-api.orders.svc.cluster.local']);
  });

  test('a scope of the mesh is for the others', () => {
    const { platform, charts, mesh, teams, services } = world();
    services.web.calls(services.orders);
    teams.orders.isolate({ usedBy: [teams.web] });
    teams.web.isolate();
    new SidecarScope(platform, 'scope', { mesh });
    expect(synthTo(charts.web).one(Sidecar).metadata.name).toBe('default');
    expect(synthTo(platform).many(Sidecar).map(({ metadata: { name, namespace } }) => `${namespace}/${name}`)).toEqual(['istio-system/default', 'web/web-api']);
  });

  test('a lockdown stays in force, and leaves open what both leave', () => {
    const { charts, teams, platform } = world();
    const mail = new ExternalService(charts.web, 'mail', { host: 'mail.example.com' });
    const far = new ExternalService(platform, 'far', { host: 'far.example.com', namespace: 'outside' });
    new EgressLockdown(charts.web, 'lockdown', { namespace: teams.web, allow: [mail, far] });
    teams.orders.isolate({ usedBy: [teams.web] });
    teams.web.isolate();
    expect(synthTo(charts.web).one(Sidecar).spec).toEqual({
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      egress: [{ hosts: ['./*.svc.cluster.local', 'istio-system/*.svc.cluster.local', 'orders/*.svc.cluster.local', 'web/mail.example.com'] }],
    });
  });

  test('a lockdown of the mesh does, too', () => {
    const { charts, teams, platform, mesh } = world();
    new EgressLockdown(platform, 'lockdown', { mesh });
    teams.web.isolate();
    expect(synthTo(charts.web).one(Sidecar).spec).toEqual({
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      egress: [{ hosts: ['./*.svc.cluster.local', 'istio-system/*.svc.cluster.local'] }],
    });
  });
});

describe('who calls it', () => {
  const denial = (chart: Chart): unknown => synthTo(chart).one(AuthorizationPolicy, 'namespace.deny').spec;

  test('all others are denied, whatever is granted', () => {
    const { charts, teams, mesh } = world();
    teams.orders.isolate({ usedBy: [teams.web, mesh.addIngressGateway('public')] });
    expect(denial(charts.orders)).toEqual({
      action: 'DENY',
      rules: [{ from: [{ source: { notNamespaces: ['orders', 'web'], notPrincipals: ['cluster.local/ns/istio-ingress/sa/public'] } }] }],
    });
  });

  test('namespaces that use it are granted access to services that do not say who calls them', () => {
    const { charts, teams, services } = world();
    teams.orders.isolate({ usedBy: [teams.web] });
    const ledger = teams.orders.addService('ledger', { port: 80 });
    ledger.allowFrom(services.orders);
    const shown = synthTo(charts.orders);
    expect(shown.one(AuthorizationPolicy, 'orders-api').spec?.rules).toEqual([{ from: [{ source: { namespaces: ['web'] } }] }]);
    expect(shown.one(AuthorizationPolicy, 'ledger').spec?.rules).toEqual([{ from: [{ source: { principals: ['cluster.local/ns/orders/sa/orders-api'] } }] }]);
  });

  test('what is said of some pods of a service alone is not widened either', () => {
    const { charts, teams, services } = world();
    const labels = { app: 'orders-api', version: 'v1' };
    const deployment = new kplus.Deployment(charts.orders, 'v1', { podMetadata: { labels }, select: false, containers: [{ image: 'example.com/a:1', securityContext: { user: 1000 } }] });
    deployment.select(kplus.LabelSelector.of({ labels }));
    teams.orders.isolate({ usedBy: [teams.web] });
    MeshService.fromName(charts.orders, 'v1-only', { name: 'v1-only', namespace: 'orders', ports: [8080], selector: labels }).allowFrom(services.orders);
    const rules = synthTo(charts.orders).many(AuthorizationPolicy).flatMap(({ spec }) => (spec?.action === 'DENY' ? [] : (spec?.rules ?? [])));
    expect(rules).toEqual([{ from: [{ source: { principals: ['cluster.local/ns/orders/sa/orders-api'] } }] }]);
  });

  test('grants: false lets nobody in', () => {
    const { charts, teams } = world();
    teams.orders.isolate({ usedBy: [teams.web], grants: false });
    expect(synthTo(charts.orders).many(AuthorizationPolicy).map(({ metadata }) => metadata.name).sort()).toEqual(['deny-by-default', 'namespace.deny']);
  });

  test('a namespace that takes every caller needs no grants, and takes those within', () => {
    const { charts, teams } = world({ denyByDefault: false });
    teams.orders.isolate({ usedBy: [teams.web] });
    expect(synthTo(charts.orders).many(AuthorizationPolicy).map(({ metadata }) => metadata.name)).toEqual(['namespace.deny']);
  });

  test('a route of a gateway that is named is a grant, as ever', () => {
    const { charts, teams, services, mesh } = world();
    const edge = mesh.addIngressGateway('public');
    teams.orders.isolate({ usedBy: [edge] });
    new IngressRoute(charts.orders, 'in', { gateway: edge, host: 'a.example.com', tls: Tls.plainText(), routes: [{ path: '/', to: services.orders }] });
    expect(synthTo(charts.orders).one(AuthorizationPolicy, 'orders-api').spec?.rules).toEqual([{ from: [{ source: { principals: ['cluster.local/ns/istio-ingress/sa/public'] } }] }]);
  });
});

describe('whatever the program is like', () => {
  test('a namespace that something else makes, of cdk8s-plus or another program', () => {
    const { platform, mesh } = world();
    const chart = new Chart(platform.node.root as App, 'more');
    const made = new kplus.Namespace(chart, 'made', { metadata: { name: 'made' } });
    const named = MeshNamespace.fromName(chart, 'named');
    new NamespaceIsolation(chart, 'of-made', { namespace: made as never, usedBy: [named] });
    new NamespaceIsolation(chart, 'of-named', { namespace: named });
    expect(mesh.namespace).toBe('istio-system');
    expect(synthTo(chart).many(AuthorizationPolicy).map(({ metadata: { namespace }, spec }) => [namespace, spec?.rules?.[0]?.from?.[0]?.source?.notNamespaces])).toEqual([['made', ['made', 'named']], ['named', ['named']]]);
    expect(synthTo(chart).many(Sidecar).map(({ spec }) => spec?.egress?.[0]?.hosts)).toEqual([['./*', 'istio-system/*'], ['./*', 'istio-system/*', 'made/*']]);
  });

  test('a mesh of another program, and its namespace', () => {
    const chart = new Chart(new App({ outdir: 'unused' }), 'shop', { namespace: 'shop' });
    const shop = new StrictMtlsNamespace(chart, 'shop', { mesh: Mesh.fromName(chart, 'mesh', { namespace: 'platform' }) });
    shop.isolate();
    expect(sidecarOf(chart)).toEqual(['./*', 'platform/*']);
  });

  test('the order of construction makes no difference', () => {
    const outcomes = [TEAMS, [...TEAMS].reverse()].map((order) => {
      const { app, charts, teams, services } = world({}, order);
      for (const team of order) teams[team].isolate({ usedBy: team === 'web' ? [] : order.filter((each) => each !== team && each !== 'stock').map((each) => teams[each]) });
      services.web.calls(services.orders);
      return [...TEAMS].map((team) => [app.charts.length, synthTo(charts[team]).all.map((each) => JSON.stringify(each)).sort()]);
    });
    expect(outcomes[1]).toEqual(outcomes[0]);
  });

  test('a second synthesis gives the same, and one after a change what has changed', () => {
    const { charts, teams, services } = world();
    teams.orders.isolate({ usedBy: [teams.web] });
    const first = synthTo(charts.orders).all;
    expect(synthTo(charts.orders).all).toEqual(first);
    services.orders.allowFrom(services.web, { methods: ['GET'] });
    expect(synthTo(charts.orders).one(AuthorizationPolicy, 'orders-api').spec?.rules).toEqual([{ from: [{ source: { principals: ['cluster.local/ns/web/sa/web-api'] } }], to: [{ operation: { methods: ['GET'] } }] }]);
  });

  test('clusters of one program have nothing to do with each other', () => {
    const app = new App({ outdir: 'unused' });
    const [east, west] = ['east', 'west'].map((name) => {
      const chart = new Chart(new Cluster(app, name), 'shop', { namespace: 'shop' });
      const shop = new StrictMtlsNamespace(chart, 'shop', { mesh: Mesh.fromName(chart, 'mesh') });
      shop.addService('api', { port: 8080 });
      return { chart, shop };
    }) as [{ chart: Chart; shop: StrictMtlsNamespace }, { chart: Chart; shop: StrictMtlsNamespace }];
    east.shop.isolate();
    expect(exportsOf(east.chart)).toBe('.');
    expect(exportsOf(west.chart)).toBeUndefined();
    expect(synthTo(west.chart).many(Sidecar)).toEqual([]);
    expect(synthTo(west.chart).one(Namespace).metadata.name).toBe('shop');
    expect(synthTo(west.chart).many(AuthorizationPolicy).map(({ metadata }) => metadata.name)).toEqual(['deny-by-default']);
  });
});
