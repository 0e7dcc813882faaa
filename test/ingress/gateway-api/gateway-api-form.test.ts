import { App, Chart } from 'cdk8s';
import { Gateway, HTTPRoute, ReferenceGrant, TCPRoute, TLSRoute } from '../../../imports/gateway-api';
import { AuthorizationPolicy, Gateway as IstioGateway, VirtualService } from '../../../imports/istio';
import { Deployment, Secret } from '../../../imports/kubernetes';
import { Cluster, IngressGateway, IngressRoute, Mesh, StrictMtlsNamespace, TcpIngressRoute, Tls } from '../../../src';
import type { IngressGatewayProps, IngressPath, IngressRouteProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';

const host = 'shop.example.com';

function setUp(props: IngressGatewayProps = {}) {
  const app = new App({ outdir: 'unused' });
  const prod = new Cluster(app, 'prod', { istio: '1.31.1', gatewayApi: '1.6.1' });
  const platform = new Chart(prod, 'platform');
  const mesh = new Mesh(platform, 'mesh', { controlPlane: false });
  const gateway = mesh.addIngressGateway('public', { api: 'gateway', ...props });
  const chart = new Chart(prod, 'shop', { namespace: 'shop' });
  const web = new StrictMtlsNamespace(chart, 'shop', { mesh }).addService('web', { port: 8080 });
  const db = new StrictMtlsNamespace(chart, 'data', { mesh }).addService('db', { ports: [8080, 5432, 8443] });
  const add = (id: string, routes: readonly IngressPath[], more: Partial<IngressRouteProps> = {}): IngressRoute =>
    new IngressRoute(chart, id, { gateway, host, tls: Tls.secret('cert'), routes, ...more });
  return { app, platform, prod, mesh, gateway, chart, web, db, add };
}

test('a gateway that istiod deploys, with listeners for the host, and routes where their chart is', () => {
  const { platform, chart, web, add } = setUp({ infrastructure: { serviceType: 'NodePort', annotations: { 'example.com/a': 'b' } } });
  add('web', [{ path: '/', to: web }]);
  const allowedRoutes = { namespaces: { from: 'Selector', selector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } } };
  expect(synthTo(platform).one(Gateway)).toMatchObject({
    metadata: { name: 'public', namespace: 'istio-ingress', annotations: { 'networking.istio.io/service-type': 'NodePort' } },
    spec: {
      gatewayClassName: 'istio',
      infrastructure: { annotations: { 'example.com/a': 'b' } },
      listeners: [
        { name: 'http-shop-example-com', hostname: host, port: 80, protocol: 'HTTP', allowedRoutes },
        { name: 'https-shop-example-com', hostname: host, port: 443, protocol: 'HTTPS', tls: { mode: 'Terminate', certificateRefs: [{ name: 'cert' }] }, allowedRoutes },
      ],
    },
  });
  expect(synthTo(platform).one(Gateway).spec.addresses).toBeUndefined();
  expect([platform, chart].flatMap((each) => [...synthTo(each).many(VirtualService), ...synthTo(each).many(IstioGateway), ...synthTo(each).many(Deployment)])).toEqual([]);
  const parent = { kind: 'Gateway', name: 'public', namespace: 'istio-ingress' };
  expect(synthTo(chart).one(HTTPRoute, 'public-shop-example-com')).toMatchObject({
    metadata: { namespace: 'shop' },
    spec: { hostnames: [host], parentRefs: [{ ...parent, sectionName: 'https-shop-example-com' }], rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: [{ name: 'web', port: 8080 }] }] },
  });
  expect(synthTo(chart).one(HTTPRoute, 'public-shop-example-com-https').spec).toMatchObject({
    parentRefs: [{ ...parent, sectionName: 'http-shop-example-com' }],
    rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }],
  });
});

test('services let in the account that istiod makes', () => {
  const { chart, web, add } = setUp();
  add('web', [{ path: '/', to: web }]);
  const [rule] = synthTo(chart).one(AuthorizationPolicy, 'web').spec?.rules ?? [];
  expect(rule?.from).toEqual([{ source: { principals: ['cluster.local/ns/istio-ingress/sa/public-istio'] } }]);
});

test('paths by segments are prefixes, and what takes their place is, too', () => {
  const { chart, web, add } = setUp();
  add('web', [{ path: '/api', to: web, rewrite: { uri: '/v2' } }, { exact: '/api/health', to: web }, { path: '/', to: web, timeout: '3s' }]);
  expect(synthTo(chart).one(HTTPRoute, 'public-shop-example-com').spec.rules).toMatchObject([
    { matches: [{ path: { type: 'Exact', value: '/api/health' } }] },
    { matches: [{ path: { type: 'PathPrefix', value: '/api' } }], filters: [{ urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/v2' } } }] },
    { matches: [{ path: { type: 'PathPrefix', value: '/' } }], timeouts: { request: '3s' } },
  ]);
});

test('a workload of its own is told by its Service', () => {
  const { platform, web, add } = setUp({ workload: {} });
  add('web', [{ path: '/', to: web }]);
  const shown = synthTo(platform);
  expect(shown.many(Deployment)).toHaveLength(1);
  expect(shown.one(Gateway).spec.addresses).toEqual([{ type: 'Hostname', value: 'public.istio-ingress.svc.cluster.local' }]);
});

test('a gateway of another program keeps its listeners, and routes find them by their ports', () => {
  const { platform, chart, web } = setUp();
  const gateway = IngressGateway.fromName(chart, 'edge', { name: 'edge', namespace: 'edge', api: 'gateway' });
  new IngressRoute(chart, 'web', { gateway, host, tls: Tls.secret('cert'), routes: [{ path: '/', to: web }] });
  expect([...synthTo(platform).many(Gateway), ...synthTo(chart).many(Gateway)]).toEqual([]);
  const parents = synthTo(chart).many(HTTPRoute).map(({ spec }) => spec.parentRefs?.[0]);
  expect(parents).toEqual([80, 443].map((port) => ({ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge', namespace: 'edge', port })));
});

test('Services and Secrets of other namespaces are let out by name', () => {
  const { platform, chart, db, add } = setUp();
  const secret = new Secret(chart, 'cert', { metadata: { name: 'cert' }, type: 'kubernetes.io/tls', data: { 'tls.crt': 'YQ==', 'tls.key': 'YQ==' } });
  add('db', [{ path: '/', to: db, port: 8080 }], { tls: Tls.secret(secret) });
  const grants = [...synthTo(platform).many(ReferenceGrant), ...synthTo(chart).many(ReferenceGrant)];
  expect(grants.map(({ metadata, spec }) => [metadata.namespace, spec?.from[0]?.kind, spec?.from[0]?.namespace, spec?.to])).toEqual([
    ['shop', 'Gateway', 'istio-ingress', [{ group: '', kind: 'Secret', name: 'cert' }]],
    ['data', 'HTTPRoute', 'shop', [{ group: '', kind: 'Service', name: 'db' }]],
  ]);
});

test('connections: TLS of the pods, and plain TCP', () => {
  const { platform, chart, gateway, db, add } = setUp();
  add('pass', [{ to: db, port: 8443 } as never], { tls: Tls.passthrough(), host: 'db.example.com' });
  new TcpIngressRoute(chart, 'bytes', { gateway, port: 5432, to: { service: db, port: 5432 } });
  expect(synthTo(platform).one(Gateway).spec.listeners).toMatchObject([
    { protocol: 'HTTP' },
    { name: 'tls-db-example-com', hostname: 'db.example.com', protocol: 'TLS', tls: { mode: 'Passthrough' } },
    { name: 'tcp-5432', port: 5432, protocol: 'TCP' },
  ]);
  expect(synthTo(chart).one(TLSRoute).spec).toMatchObject({ hostnames: ['db.example.com'], parentRefs: [{ sectionName: 'tls-db-example-com' }], rules: [{ backendRefs: [{ name: 'db', namespace: 'data', port: 8443 }] }] });
  expect(synthTo(chart).one(TCPRoute).spec).toMatchObject({ parentRefs: [{ sectionName: 'tcp-5432' }], rules: [{ backendRefs: [{ name: 'db', port: 5432 }] }] });
});

test.each<[string, Tls, object]>([
  ['mutual', Tls.mutual('cert'), { options: { 'gateway.istio.io/tls-terminate-mode': 'MUTUAL' } }],
  ['optionally mutual, with authorities of the usual name', Tls.optionalMutual('cert', { clientCa: 'cert-cacert' }), { options: { 'gateway.istio.io/tls-terminate-mode': 'OPTIONAL_MUTUAL' } }],
  ['ciphers', Tls.secret('cert', { cipherSuites: ['ECDHE-RSA-AES128-GCM-SHA256'] }), { options: { 'gateway.istio.io/tls-cipher-suites': 'ECDHE-RSA-AES128-GCM-SHA256' } }],
])('TLS: %s', (_name, tls, expected) => {
  const { platform, web, add } = setUp();
  add('web', [{ path: '/', to: web }], { tls });
  expect(synthTo(platform).one(Gateway).spec.listeners[1]?.tls).toMatchObject({ certificateRefs: [{ name: 'cert' }], ...expected });
});

describe('refused', () => {
  test.each<[string, Partial<IngressRouteProps>, string]>([
    ['a version of TLS', { tls: Tls.secret('cert', { minProtocolVersion: 'TLSV1_3' }) }, 'tls.minProtocolVersion'],
    ['a certificate in files', { tls: Tls.files({ certificate: '/etc/a/tls.crt', privateKey: '/etc/a/tls.key' }) }, 'tls'],
    ['authorities of another name', { tls: Tls.mutual('cert', { clientCa: 'partners' }) }, 'tls.clientCa'],
    ['an answer of the proxy', { routes: [{ path: '/', directResponse: { status: 200 } } as never] }, 'routes[0].directResponse'],
  ])('%s', (_name, props, property) => {
    const { chart, web, add } = setUp();
    add('web', [{ path: '/', to: web }], props);
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'no-gateway-api-form', construct: 'prod/shop/web', property, fix: expect.any(String) as string }]);
  });

  test('more listeners than a Gateway takes', () => {
    const { chart, web, add } = setUp();
    for (let nth = 0; nth < 33; nth += 1) add(`web-${nth}`, [{ path: '/', to: web }], { host: `h${nth}.example.com` });
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'too-many-listeners', construct: 'prod/platform/mesh/public', got: '66 listeners, two for each host with TLS' }]);
  });

  test.each<[string, object, string]>([
    ['another API', { api: 'gatway' }, 'api'],
    ['what istiod is to make, where it makes nothing', { workload: {}, infrastructure: { serviceType: 'ClusterIP' } }, 'infrastructure'],
    ['a misspelt key', { infrastructure: { servicetype: 'ClusterIP' } }, 'infrastructure.servicetype'],
    ['a type that there is not', { infrastructure: { serviceType: 'Cluster' } }, 'infrastructure.serviceType'],
    ['no object', { infrastructure: 'NodePort' }, 'infrastructure'],
    ['labels that are none', { infrastructure: { labels: 7 } }, 'infrastructure.labels'],
  ])('%s', (_name, props, property) => {
    expect(caught(() => setUp(props)).findings).toMatchObject([{ construct: 'prod/platform/mesh/public', property }]);
  });
});

test('authorities of clients are where the certificate is: istiod looks for them there', () => {
  const make = (namespace: string): (() => unknown) => {
    const { chart, platform, web, add } = setUp();
    const clientCa = new Secret(platform, 'ca', { metadata: { name: 'cert-cacert', namespace } });
    add('web', [{ path: '/', to: web }], { tls: Tls.mutual('cert', { clientCa }) });
    return () => synthTo(chart);
  };
  expect(caught(make('shop')).findings[0]).toMatchObject({ code: 'unread-secret', construct: 'prod/shop/web', property: 'tls.clientCa', fix: "make it there: metadata: { namespace: 'istio-ingress' }" });
  expect(make('istio-ingress')).not.toThrow();
});
