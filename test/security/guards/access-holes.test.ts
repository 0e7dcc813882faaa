import { Chart } from 'cdk8s';
import { AuthorizationPolicy } from '../../../imports/istio';
import { Deployment } from '../../../imports/kubernetes';
import { Access, IngressRoute, IpBlock, JwtAuthentication, Mesh, MeshApp, MeshNamespace, MeshService, MeshServiceAccount, MtlsPolicy, RequestPrincipal, StrictMtlsNamespace, TcpIngressRoute, Tls } from '../../../src';
import type { AccessRule, MeshProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';

/** Programs that once let in more, or less, than they say. */
function shopOf(props: MeshProps = {}, denyByDefault = true) {
  const app = new MeshApp({ outdir: 'unused' });
  const platform = new Chart(app, 'platform');
  const mesh = new Mesh(platform, 'mesh', { crds: false, ...props });
  const edge = mesh.addIngressGateway('public');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh, denyByDefault });
  const [web, batch, orders] = ['web', 'batch', 'orders'].map((name) => shop.addService(name, { port: 8080 })) as [MeshService, MeshService, MeshService];
  return { platform, mesh, edge, chart, shop, web, batch, orders };
}

type Shop = ReturnType<typeof shopOf>;
const rules = (chart: Chart, name: string) => synthTo(chart).one(AuthorizationPolicy, name).spec?.rules;
const codes = (chart: Chart) => caught(() => synthTo(chart)).findings.map(({ code }) => code);

describe('what a program gives and goes on to change', () => {
  test('a rule is taken as it was when it was given', () => {
    const { chart, orders, web, batch } = shopOf();
    const rule = { paths: ['/a'] };
    orders.allowFrom(web, rule);
    rule.paths = ['/b'];
    orders.allowFrom(batch, rule);
    rule.paths.length = 0;
    expect(rules(chart, 'orders')?.map(({ to }) => to?.[0]?.operation?.paths)).toEqual([['/a'], ['/b']]);
  });

  test('a rule that only inherits what it asks for is refused', () => {
    const { orders, web } = shopOf();
    expect(caught(() => orders.allowFrom(web, Object.create({ methods: ['GET'] }) as AccessRule)).findings).toMatchObject([{ code: 'bad-access-rule' }]);
  });
});

describe('what has nothing in it that can be seen', () => {
  const hole = new Array<string>(1);

  test.each<[string, (shop: Shop) => unknown, string]>([
    ['a rule that nobody waited for', ({ orders, web }) => orders.allowFrom(web, Promise.resolve({ methods: ['GET'] }) as AccessRule), 'bad-access-rule'],
    ['a rule as a Map', ({ orders, web }) => orders.denyFrom(web, new Map([['methods', ['GET']]]) as AccessRule), 'bad-access-rule'],
    ['a question as a Map', ({ orders }) => orders.custom('a', new Map() as never), 'bad-access-rule'],
    ['claims as a Map', () => RequestPrincipal.of({ claims: new Map([['groups', 'admins']]) as never }), 'empty-condition'],
    ['no claims', () => RequestPrincipal.of({ issuer: 'https://login.example.com', claims: {} }), 'empty-condition'],
    ['a caller that was left out', ({ orders }) => orders.allowFrom(new Array(1) as never), 'bad-reference'],
    ['an exception that was left out', ({ orders }) => orders.allowFrom('anyone', { except: new Array(1) as never }), 'bad-reference'],
    ['an address that was left out', ({ orders, web }) => orders.allowFrom(web, { when: { 'source.ip': hole } }), 'bad-ip-block'],
    ['a port that was left out', ({ orders, web }) => orders.allowFrom(web, { when: { 'destination.port': hole as never } }), 'bad-number'],
    ['a value that was left out', ({ orders, web }) => orders.allowFrom(web, { when: { 'request.headers[a]': hole } }), 'bad-text'],
    ['an audience that was left out', ({ chart, orders }) => new JwtAuthentication(chart, 'j', { target: orders, issuers: [{ issuer: 'https://a.example.com', audiences: hole }] }), 'bad-text'],
    ['an issuer that was left out', ({ chart, orders }) => new JwtAuthentication(chart, 'j', { target: orders, issuers: new Array(1) as never }), 'bad-props'],
  ])('is refused: %s', (_what, wrong, code) => {
    expect(caught(() => wrong(shopOf())).findings).toMatchObject([{ code }]);
  });
});

describe('what asks for nothing, or fits nothing', () => {
  test.each<[string, (shop: Shop) => void, string, string]>([
    ['no conditions', ({ orders }) => orders.denyFrom('anyone', { when: {} }), 'empty-condition', 'denyFrom.when'],
    ['a variable that is not set', ({ orders, web }) => orders.allowFrom(web, { when: { 'request.headers[a]': undefined as unknown as string } }), 'empty-condition', 'allowFrom.when["request.headers[a]"]'],
    ['a value with an asterisk at both ends', ({ orders }) => orders.denyFrom('anyone', { when: { 'request.headers[a]': '*b*' } }), 'bad-pattern', 'denyFrom.when["request.headers[a]"]'],
    ['a path with an asterisk at both ends', ({ orders }) => orders.denyFrom('anyone', { paths: ['*admin*'] }), 'bad-access-list', 'denyFrom.paths'],
    ['a path of two asterisks', ({ orders }) => orders.denyFrom('anyone', { paths: ['**'] }), 'bad-access-list', 'denyFrom.paths'],
    ['a host with an asterisk at both ends', ({ orders }) => orders.denyFrom('anyone', { hosts: ['*admin*'] }), 'bad-access-list', 'denyFrom.hosts'],
    ['an identity with its scheme', ({ orders }) => orders.denyFrom('anyone', { when: { 'source.principal': 'spiffe://cluster.local/ns/a/sa/b' } }), 'bad-principal', 'denyFrom.when["source.principal"]'],
    ['a claim whose name holds dots', () => RequestPrincipal.of({ claims: { 'https://example.com/groups': 'a' } }), 'bad-claim', 'claims.https://example.com/groups'],
    ['any trust domain', ({ chart }) => MeshServiceAccount.fromName(chart, 'x', { trustDomain: '*' }), 'bad-trust-domain', 'trustDomain'],
    ['every path', ({ orders }) => orders.denyFrom('anyone', { paths: ['/*'] }), 'denies-everything', 'denyFrom'],
    ['every method', ({ orders }) => orders.denyFrom('anyone', { methods: ['*'] }), 'denies-everything', 'denyFrom'],
    ['a denial that leaves out every path', ({ orders }) => orders.denyFrom('anyone', { notPaths: ['/*'] }), 'leaves-nothing', 'denyFrom.notPaths'],
    ['a denial that leaves out every path, as a template', ({ orders }) => orders.denyFrom('anyone', { notPaths: ['/{**}'] }), 'leaves-nothing', 'denyFrom.notPaths'],
    ['a grant that leaves out every method', ({ orders }) => orders.allowFrom('anyone', { notMethods: ['*'] }), 'leaves-nothing', 'allowFrom.notMethods'],
    ['a question that leaves out every host', ({ orders }) => orders.custom('a', { notHosts: ['a.example.com', '*'] }), 'leaves-nothing', 'custom.notHosts'],
    ['every address', ({ orders }) => orders.denyFrom(IpBlock.of('0.0.0.0/0')), 'denies-everything', 'denyFrom'],
    ['keys by http from outside', ({ chart, orders }) => new JwtAuthentication(chart, 'j', { target: orders, issuers: [{ issuer: 'a', jwksUri: 'http://keys.svc.example.com/k' }] }), 'bad-jwks-uri', 'issuers[0].jwksUri'],
  ])('%s is refused', (_name, wrong, code, property) => {
    expect(caught(() => wrong(shopOf())).findings).toMatchObject([{ code, property }]);
  });

  test('keys of a service of the cluster may come by http', () => {
    const { chart, orders } = shopOf();
    new JwtAuthentication(chart, 'j', { target: orders, issuers: [{ issuer: 'a', jwksUri: 'http://keys.login.svc.cluster.local/k' }] });
    expect(synthTo(chart).warnings).toEqual([]);
  });

  test('an identity of a strange trust domain is refused in conditions, too', () => {
    const { chart, orders } = shopOf();
    orders.denyFrom('anyone', { when: { 'source.principal': 'other/ns/a/sa/b' } });
    expect(codes(chart)).toEqual(['other-trust-domain']);
  });
});

describe('hosts', () => {
  test('a host is meant with any port behind it: callers write one', () => {
    const { chart, orders } = shopOf();
    orders.denyFrom('anyone', { hosts: ['admin.example.com', 'b.example.com:81'] });
    expect(rules(chart, 'orders.deny')?.[0]?.to?.[0]?.operation?.hosts).toEqual(['admin.example.com', 'admin.example.com:*', 'b.example.com:81']);
  });

  test.each<[string, (shop: Shop) => void]>([
    ['a denial', ({ orders }) => orders.denyFrom('anyone', { hosts: ['*.example.com'] })],
    ['a grant that leaves some out', ({ orders }) => orders.allowFrom('anyone', { notHosts: ['*.example.com'] })],
  ])('%s by the end of a host is refused: a port behind it gets round', (_name, open) => {
    const shop = shopOf();
    open(shop);
    expect(codes(shop.chart)).toEqual(['open-host']);
  });

  test('a grant by the end of a host is not', () => {
    const { chart, orders } = shopOf();
    orders.allowFrom('anyone', { hosts: ['*.example.com'] });
    expect(synthTo(chart).warnings).toEqual([]);
  });
});

test('where paths are compared as they come, a beginning lets in what climbs out of it', () => {
  const { chart, orders } = shopOf({ meshConfig: { pathNormalization: { normalization: 'NONE' } } });
  orders.allowFrom('anyone', { paths: ['/public/*'] });
  expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'open-path', property: 'allowFrom.paths', got: expect.stringContaining('/public/../admin') as string }]);
});

describe('the root namespace', () => {
  test('a policy for its namespace would be for the mesh, and is refused', () => {
    const { chart, web } = shopOf();
    Access.to(MeshNamespace.fromName(chart, 'istio-system')).allowFrom(web);
    expect(codes(chart)).toEqual(['root-namespace']);
  });

  test('one for pods of it is a warning: it is for pods of such labels in all namespaces', () => {
    const { chart, web } = shopOf();
    MeshService.fromName(chart, 'kiali', { name: 'kiali', namespace: 'istio-system', ports: [80] }).allowFrom(web);
    expect(synthTo(chart).warnings).toMatchObject([{ code: 'root-namespace' }]);
  });

  test('what is for the mesh stands in the root namespace that the mesh is told', () => {
    const { platform, mesh, web } = shopOf({ meshConfig: { rootNamespace: 'istio-config' } });
    Access.to(mesh).denyFrom(web);
    expect(synthTo(platform).one(AuthorizationPolicy, 'mesh.deny').metadata.namespace).toBe('istio-config');
  });

  test('a mode for it is refused', () => {
    const { chart } = shopOf();
    new MtlsPolicy(chart, 'open', { target: MeshNamespace.fromName(chart, 'istio-system'), mode: 'DISABLE' });
    expect(codes(chart)).toContain('root-namespace');
  });
});

describe('plain text', () => {
  test('a port that no service has is open all the same: a denial by identity is refused', () => {
    const { chart, orders, batch } = shopOf();
    new MtlsPolicy(chart, 'scraped', { target: orders, ports: { 9090: 'PERMISSIVE' } });
    orders.denyFrom(batch);
    expect(codes(chart)).toEqual(['identity-with-plain-text']);
  });

  test('unless the denial leaves it out', () => {
    const { chart, orders, batch } = shopOf();
    new MtlsPolicy(chart, 'scraped', { target: orders, ports: { 9090: 'PERMISSIVE' } });
    orders.denyFrom(batch, { notPorts: [9090] });
    expect(synthTo(chart).warnings).toEqual([]);
  });

  test('a denial for a namespace warns of pods within that take plain text', () => {
    const { chart, shop, orders, batch } = shopOf();
    new MtlsPolicy(chart, 'open', { target: orders, mode: 'PERMISSIVE' });
    shop.denyFrom(batch);
    expect(synthTo(chart).warnings).toMatchObject([{ code: 'identity-with-plain-text', got: expect.stringContaining('shop/orders') as string }]);
  });
});

test('two authorizers are refused for a service and its namespace, too', () => {
  const provider = (name: string) => ({ name, envoyExtAuthzHttp: { service: `${name}.auth.svc.cluster.local`, port: 80 } });
  const { chart, shop, orders } = shopOf({ meshConfig: { extensionProviders: [provider('a'), provider('b')] } });
  orders.custom('a');
  Access.to(shop).custom('b');
  expect(codes(chart)).toEqual(['several-authorizers']);
});

test('a denial of addresses for the mesh is for clients of its gateways, too', () => {
  const { platform, mesh } = shopOf();
  Access.to(mesh).denyFrom(IpBlock.of('203.0.113.0/24'));
  expect(rules(platform, 'mesh.deny')).toEqual([{ from: [{ source: { ipBlocks: ['203.0.113.0/24'] } }, { source: { remoteIpBlocks: ['203.0.113.0/24'] } }] }]);
});

describe('addresses at the mesh, of which gateways are a part', () => {
  test('what is let in has to be told by both addresses: everybody comes to a gateway from some of the cluster', () => {
    const { platform, mesh } = shopOf();
    Access.to(mesh).allowFrom([IpBlock.of('192.168.0.0/16'), IpBlock.of('10.0.0.0/8')]);
    expect(rules(platform, 'mesh.allow')).toEqual([{ from: [{ source: { ipBlocks: ['10.0.0.0/8', '192.168.0.0/16'] } }], when: [{ key: 'remote.ip', values: ['10.0.0.0/8', '192.168.0.0/16'] }] }]);
  });

  test('what a denial leaves out, too: in one source, either of them would do', () => {
    const { platform, mesh } = shopOf();
    Access.to(mesh).denyFrom('anyone', { except: IpBlock.of('10.0.0.0/8') });
    expect(rules(platform, 'mesh.deny')).toEqual([{ from: [{ source: { notIpBlocks: ['10.0.0.0/8'] } }] }, { from: [{ source: { notRemoteIpBlocks: ['10.0.0.0/8'] } }] }]);
  });

  test('in so many words, one of them is meant', () => {
    const { platform, mesh } = shopOf();
    Access.to(mesh).allowFrom(IpBlock.source('10.0.0.0/8'));
    Access.to(mesh).denyFrom('anyone', { except: IpBlock.remote('10.0.0.0/8') });
    expect(rules(platform, 'mesh.allow')).toEqual([{ from: [{ source: { ipBlocks: ['10.0.0.0/8'] } }] }]);
    expect(rules(platform, 'mesh.deny')).toEqual([{ from: [{ source: { notRemoteIpBlocks: ['10.0.0.0/8'] } }] }]);
  });
});

describe('a denial about requests for a whole mesh or namespace', () => {
  test.each<[string, (shop: Shop) => Parameters<typeof Access.to>[0], 'platform' | 'chart', string]>([
    ['the mesh', ({ mesh }) => mesh, 'platform', 'mesh.deny'],
    ['the namespace of the gateway', ({ chart }) => MeshNamespace.fromName(chart, 'istio-ingress'), 'chart', 'namespace.deny'],
  ])('leaves out what gateways pass on as bytes: %s', (_what, subject, place, name) => {
    const shop = shopOf();
    new TcpIngressRoute(shop.chart, 'db', { gateway: shop.edge, port: 5432, to: shop.orders });
    Access.to(subject(shop)).denyFrom('anyone', { methods: ['TRACE'] });
    expect(rules(shop[place], name)).toEqual([{ to: [{ operation: { methods: ['TRACE'], notPorts: ['5432'] } }] }]);
  });

  test('of another namespace, gateways do not matter', () => {
    const { chart, edge, shop, orders } = shopOf();
    new TcpIngressRoute(chart, 'db', { gateway: edge, port: 5432, to: orders });
    shop.denyFrom('anyone', { methods: ['TRACE'] });
    expect(JSON.stringify(rules(chart, 'namespace.deny'))).not.toContain('5432');
  });
});

describe('gateways with routes', () => {
  const route = ({ chart, edge, orders }: Shop) => new IngressRoute(chart, 'r', { gateway: edge, host: 'a.example.com', tls: Tls.plainText(), routes: [{ path: '/', to: orders }] });

  test('are let in to pods that a grant closes by other labels than the service has', () => {
    const shop = shopOf({}, false);
    route(shop);
    const labels = { app: 'orders', version: 'v1' };
    const v1 = new Deployment(shop.chart, 'orders-v1', { spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { serviceAccountName: 'orders', containers: [{ name: 'a', image: 'b' }] } } } });
    Access.to(v1).allowFrom(shop.batch);
    const policies = synthTo(shop.chart).many(AuthorizationPolicy);
    // a policy for the service would close its other versions
    expect(policies.map(({ metadata }) => metadata.name)).toEqual(['orders-v1.deployment']);
    expect(policies[0]?.spec?.rules?.[0]?.from?.[0]?.source?.principals).toEqual(['cluster.local/ns/istio-ingress/sa/public', 'cluster.local/ns/shop/sa/batch']);
  });

  test('are a warning where the mesh closes them to whoever comes from outside', () => {
    const shop = shopOf();
    route(shop);
    Access.to(shop.mesh).denyByDefault();
    expect(synthTo(shop.chart).warnings).toMatchObject([{ code: 'gateway-closed' }]);
    Access.to(shop.edge).allowFrom('anyone');
    expect(synthTo(shop.chart).warnings).toEqual([]);
  });
});
