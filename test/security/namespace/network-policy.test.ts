import { App, Chart } from 'cdk8s';
import { AuthorizationPolicy, VirtualService } from '../../../imports/istio';
import { NetworkPolicy } from '../../../imports/kubernetes';
import { Access, Cluster, EgressRoute, ExternalService, IngressRoute, IpBlock, Mesh, MeshNamespace, MeshServiceAccount, RequestPrincipal, StrictMtlsNamespace, Tls } from '../../../src';
import type { MeshProps, StrictMtlsNamespaceProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';

function world(props: Partial<StrictMtlsNamespaceProps>, meshProps: MeshProps = {}) {
  const app = new App({ outdir: 'unused' });
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh', { controlPlane: false, ...meshProps });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh, networkPolicy: true, ...props });
  const other = (name: string): StrictMtlsNamespace => new StrictMtlsNamespace(new Chart(app, name), name, { mesh });
  return { app, mesh, chart, shop, api: shop.addService('api', { port: 8080 }), other };
}

const policy = (chart: Chart, name = 'mesh-callers') => synthTo(chart).one(NetworkPolicy, name).spec;
const within = (name: string): object => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });
const own = { podSelector: {} };

test('none is made unless asked for', () => {
  for (const networkPolicy of [false, undefined]) {
    const { chart } = world({ networkPolicy: networkPolicy as never });
    expect(synthTo(chart).many(NetworkPolicy)).toEqual([]);
  }
});

test('by default the namespace alone connects, and pods connect anywhere', () => {
  expect(policy(world({}).chart)).toEqual({ podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [own] }] });
});

test('whoever is granted access connects, from wherever in the program it is said', () => {
  const { chart, shop, api, other, mesh } = world({});
  const edge = mesh.addIngressGateway('public');
  new IngressRoute(chart, 'in', { gateway: edge, host: 'a.example.com', tls: Tls.plainText(), routes: [{ path: '/', to: api }] });
  api.allowFrom(other('web').addService('page', { port: 80 }), { methods: ['GET'] });
  shop.allowFrom(MeshNamespace.fromName(chart, 'monitoring'));
  api.allowFrom(MeshServiceAccount.fromName(chart, 'robot', { namespace: 'tried' }), { dryRun: true });
  api.denyFrom(other('guests'));
  expect(policy(chart)?.ingress).toEqual([{ from: [own, within('istio-ingress'), within('monitoring'), within('web')] }]);
});

test('a grant of the mesh counts as well', () => {
  const { chart, mesh, other } = world({});
  Access.to(mesh).allowFrom(other('web'));
  expect(policy(chart)?.ingress).toEqual([{ from: [own, within('web')] }]);
});

test('where no grant is needed everybody connects, also from outside; isolated, those who use it', () => {
  expect(policy(world({ denyByDefault: false }).chart)?.ingress).toEqual([{}]);
  const { chart, shop, other } = world({ denyByDefault: false });
  shop.isolate({ usedBy: [other('web')] });
  expect(policy(chart)?.ingress).toEqual([{ from: [own, within('web')] }]);
});

test('pods that take addresses, or anyone, have policies of their own', () => {
  const { chart, shop, api } = world({});
  api.allowFrom(IpBlock.source('10.1.0.0/16'));
  api.allowFrom(IpBlock.source('10.9.9.9'));
  shop.addService('open', { port: 80 }).allowFrom(RequestPrincipal.of({ issuer: 'https://login.example.com' }), { tokensCheckedElsewhere: true });
  expect(policy(chart)?.ingress).toEqual([{ from: [own] }]);
  expect(policy(chart, 'api.callers')).toEqual({ podSelector: { matchLabels: { app: 'api' } }, policyTypes: ['Ingress'], ingress: [{ from: [{ ipBlock: { cidr: '10.1.0.0/16' } }, { ipBlock: { cidr: '10.9.9.9/32' } }] }] });
  expect(policy(chart, 'open.callers')).toEqual({ podSelector: { matchLabels: { app: 'open' } }, policyTypes: ['Ingress'], ingress: [{}] });
});

test('ambient pods are reached by the tunnel, and by probes of their node', () => {
  const { chart, api, other } = world({}, { dataPlane: 'ambient' });
  api.allowFrom(other('web'));
  expect(policy(chart)?.ingress).toEqual([
    // its own namespace by any port: not all of its pods need be captured
    { from: [own] },
    { from: [within('web')], ports: [{ protocol: 'TCP', port: 15008 }] },
    { from: [{ ipBlock: { cidr: '169.254.7.127/32' } }, { ipBlock: { cidr: 'fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128' } }] },
  ]);
});

test('anyone, in an isolated namespace, is anyone of those who use it', () => {
  const { chart, shop, api, other } = world({});
  api.allowFrom('anyone', { methods: ['GET'] });
  shop.isolate({ usedBy: [other('web')] });
  expect(synthTo(chart).many(NetworkPolicy).map(({ spec }) => spec?.ingress)).toEqual([[{ from: [own, within('web')] }]]);
});

test('a gateway between networks brings callers of other clusters', () => {
  const app = new App({ outdir: 'unused' });
  const cluster = new Cluster(app, 'east', { network: 'network1' });
  const mesh = new Mesh(new Chart(cluster, 'platform'), 'mesh', { controlPlane: false });
  mesh.addEastWestGateway('between');
  const chart = new Chart(cluster, 'shop');
  new StrictMtlsNamespace(chart, 'shop', { mesh, networkPolicy: true });
  expect(policy(chart)?.ingress).toEqual([{ from: [own, within('istio-system')] }]);
});

describe('policies that are written by hand', () => {
  const write = (chart: Chart, source: object, spec: object = {}): object => new AuthorizationPolicy(chart, 'by-hand', { spec: { ...spec, rules: [{ from: [{ source }] }] } });

  test('let in callers as grants do', () => {
    for (const source of [{ namespaces: ['web'] }, { principals: ['cluster.local/ns/web/sa/page'] }, { serviceAccounts: ['web/page'] }]) {
      const { chart } = world({});
      write(chart, source);
      expect(policy(chart)?.ingress).toEqual([{ from: [own, within('web')] }]);
    }
  });

  test('that name nobody who is known open their pods', () => {
    for (const source of [{ principals: ['*'] }, { namespaces: ['we*'] }, { notNamespaces: ['guests'] }]) {
      const { chart } = world({});
      write(chart, source, { selector: { matchLabels: { app: 'api' } } });
      expect(policy(chart, 'by-hand.callers')).toMatchObject({ podSelector: { matchLabels: { app: 'api' } }, ingress: [{}] });
    }
  });

  test('and only try it out, or refuse, let nobody in', () => {
    for (const spec of [{ action: 'DENY' }, { action: 'AUDIT' }]) {
      const { chart } = world({});
      write(chart, { namespaces: ['web'] }, spec);
      expect(policy(chart)?.ingress).toEqual([{ from: [own] }]);
    }
    const { chart } = world({});
    new AuthorizationPolicy(chart, 'by-hand', { metadata: { annotations: { 'istio.io/dry-run': 'true' } }, spec: { rules: [{ from: [{ source: { namespaces: ['web'] } }] }] } });
    expect(policy(chart)?.ingress).toEqual([{ from: [own] }]);
  });
});

test('services may be called as anything, and pods of one name be several', () => {
  const { chart, shop } = world({});
  for (const name of ['mesh', 'namespace', 'mesh-callers', 'a'.repeat(63)]) shop.addService(name, { port: 80 }).allowFrom('anyone');
  shop.allowFrom(IpBlock.source('10.0.0.0/8'));
  new AuthorizationPolicy(chart, 'mesh', { metadata: { name: 'mesh', namespace: 'istio-system' }, spec: { selector: { matchLabels: { app: 'other' } }, rules: [{}] } });
  const shown = synthTo(chart).many(NetworkPolicy);
  expect(shown.map(({ metadata }) => metadata.name).sort()).toEqual([`${'a'.repeat(63)}.callers`, 'mesh-callers', 'mesh-callers.callers', 'mesh.callers', 'mesh.callers.2', 'namespace.callers'].sort());
  expect(policy(chart)?.ingress).toEqual([{ from: [own] }, { from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }]);
});

test('more of them are named: namespaces, gateways and addresses', () => {
  const app = new App({ outdir: 'unused' });
  const chart = new Chart(app, 'shop');
  const mesh = new Mesh(chart, 'mesh', { controlPlane: false });
  new StrictMtlsNamespace(chart, 'shop', { mesh, networkPolicy: { from: [MeshNamespace.fromName(chart, 'monitoring'), mesh.addIngressGateway('public'), IpBlock.of('192.0.2.0/24')] } });
  expect(synthTo(chart).one(NetworkPolicy, 'mesh-callers').spec?.ingress).toEqual([{ from: [own] }, { from: [within('istio-ingress'), within('monitoring'), { ipBlock: { cidr: '192.0.2.0/24' } }] }]);
});

describe('the way out', () => {
  const dns = { to: [{ namespaceSelector: {} }, { ipBlock: { cidr: '169.254.0.0/16' } }], ports: [{ protocol: 'UDP', port: 53 }, { protocol: 'TCP', port: 53 }, { protocol: 'UDP', port: 5353 }, { protocol: 'TCP', port: 5353 }] };
  const istiod = { to: [{ ...within('istio-system'), podSelector: { matchLabels: { app: 'istiod' } } }], ports: [{ protocol: 'TCP', port: 15012 }] };

  test('restricted, pods reach DNS, istiod, and what services call', () => {
    const { chart, api, other, shop } = world({ networkPolicy: { to: [IpBlock.of('198.51.100.7')] } });
    const stock = other('stock');
    const counts = stock.addService('counts', { port: 80 });
    api.calls(counts);
    const billing = other('billing');
    billing.isolate({ usedBy: [shop] });
    const { policyTypes, egress } = policy(chart) ?? {};
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(egress).toEqual([{ to: [own, within('billing'), within('stock'), { ipBlock: { cidr: '198.51.100.7/32' } }] }, dns, istiod]);
  });

  test('ambient pods reach istiod as well: a waypoint of theirs asks it as any proxy does', () => {
    expect(policy(world({ networkPolicy: { to: [] } }, { dataPlane: 'ambient' }).chart)?.egress).toEqual([{ to: [own] }, dns, istiod]);
  });

  const reached = (chart: Chart): unknown => policy(chart)?.egress?.[0]?.to;

  test('what is called by an egress gateway is reached by way of its namespace', () => {
    const { chart, api, mesh } = world({ networkPolicy: { to: [] } });
    const mail = new ExternalService(chart, 'mail', { host: 'mail.example.com' });
    new EgressRoute(chart, 'out', { gateway: mesh.addEgressGateway('egress'), to: mail, allowFrom: [api] });
    api.calls(mail);
    expect(reached(chart)).toEqual([own, within('istio-egress')]);
  });

  test('where a route of what is called leads is reached, too', () => {
    const { chart, api, other } = world({ networkPolicy: { to: [] } });
    const [stock, archive] = [other('stock'), other('archive')];
    const counts = stock.addService('counts', { port: 80 });
    api.calls(counts);
    new VirtualService(chart, 'by-hand', { metadata: { namespace: 'stock' }, spec: { hosts: [counts.host], http: [{ route: [{ destination: { host: archive.addService('old', { port: 80 }).host } }] }] } });
    expect(reached(chart)).toEqual([own, within('archive'), within('stock')]);
  });

  test('what proxies call on their own account is: authorizers, rate limits, traces', () => {
    const extensionProviders = [{ name: 'authz', envoyExtAuthzGrpc: { service: 'authz.auth.svc.cluster.local', port: 9000 } }, { name: 'traces', zipkin: { service: 'istio-system/zipkin.istio-system.svc.cluster.local', port: 9411 } }];
    const { chart } = world({ networkPolicy: { to: [] } }, { controlPlane: true, meshConfig: { extensionProviders } });
    expect(reached(chart)).toEqual([own, within('auth'), within('istio-system')]);
  });

  test('whoever signs the certificates in place of istiod is', () => {
    const { chart } = world({ networkPolicy: { to: [] } }, { controlPlane: true, istiod: { proxy: { caAddress: 'cert-manager-istio-csr.cert-manager.svc:443' } } });
    expect(reached(chart)).toEqual([own, within('cert-manager')]);
  });

  test('a single service that the isolation uses is, and a host outside is told by its address alone', () => {
    const { chart, shop, other } = world({ networkPolicy: { to: [] } });
    const mail = new ExternalService(chart, 'mail', { host: 'mail.example.com', namespace: 'outside' });
    shop.isolate({ uses: [other('stock').addService('counts', { port: 80 }), mail] });
    expect(reached(chart)).toEqual([own, within('stock')]);
  });
});

test.each<[unknown, string, string]>([
  ['yes', 'bad-props', 'networkPolicy'],
  [null, 'bad-props', 'networkPolicy'],
  [1, 'bad-props', 'networkPolicy'],
  [{ ingress: [] }, 'unknown-prop', 'networkPolicy.ingress'],
  [{ from: {} }, 'bad-props', 'networkPolicy.from'],
  [{ from: null }, 'bad-props', 'networkPolicy.from'],
  [{ from: ['monitoring'] }, 'bad-reference', 'networkPolicy.from.0'],
  [{ from: [null] }, 'bad-reference', 'networkPolicy.from.0'],
  [{ to: ['10.0.0.0/8'] }, 'bad-reference', 'networkPolicy.to.0'],
])('%j is refused', (networkPolicy, code, property) => {
  expect(caught(() => world({ networkPolicy: networkPolicy as never })).findings[0]).toMatchObject({ code, property, construct: 'shop/shop' });
});

test('a service in place of its namespace is refused', () => {
  const { chart, mesh, api } = world({});
  expect(caught(() => new StrictMtlsNamespace(chart, 'again', { mesh, networkPolicy: { from: [api as never] } })).findings[0]).toMatchObject({ code: 'bad-reference', fix: 'name the namespace that its pods are in' });
});
