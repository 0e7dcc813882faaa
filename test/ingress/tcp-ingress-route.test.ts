import { JsonPatch } from 'cdk8s';
import { AuthorizationPolicy, Gateway, VirtualService } from '../../imports/istio';
import { NetworkPolicy, Service } from '../../imports/kubernetes';
import { IngressGateway, MeshService, TcpIngressRoute } from '../../src';
import type { TcpIngressRouteProps } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { found, setUp } from './setup';

function database() {
  const made = setUp();
  const db = made.shop.addService('db', { port: 5432, versions: ['v1', 'v2'] });
  const tcp = (id: string, props: Partial<TcpIngressRouteProps> = {}): TcpIngressRoute => new TcpIngressRoute(made.chart, id, { gateway: made.gateway, port: 5432, to: db, ...props });
  return { ...made, db, tcp };
}

test('connections to a port go to the service, whose Service of the gateway gets the port', () => {
  const { platform, chart, tcp } = database();
  tcp('db');
  const shown = synthTo(chart);
  expect(shown.one(Gateway, 'public-tcp-5432')).toMatchObject({
    metadata: { namespace: 'istio-ingress' },
    spec: { selector: { istio: 'public' }, servers: [{ port: { number: 5432, name: 'tcp-5432', protocol: 'TCP' }, hosts: ['*'] }] },
  });
  expect(shown.one(VirtualService, 'public-tcp-5432').spec).toEqual({
    hosts: ['*'],
    gateways: ['public-tcp-5432'],
    tcp: [{ match: [{ port: 5432 }], route: [{ destination: { host: 'db.shop.svc.cluster.local', port: { number: 5432 } } }] }],
  });
  expect(synthTo(platform).one(Service, 'public').spec?.ports).toContainEqual({ name: 'tcp-5432', port: 5432, targetPort: 5432, protocol: 'TCP' });
  expect(shown.one(AuthorizationPolicy, 'db').spec?.rules?.[0]?.from?.[0]?.source?.principals).toEqual(['cluster.local/ns/istio-ingress/sa/public']);
});

test('the port is added once, however often the program is synthesized, and let in by the NetworkPolicy', () => {
  const { platform, mesh, tcp } = database();
  const gateway = mesh.addIngressGateway('guarded', { workload: { networkPolicy: true } });
  tcp('db', { gateway, port: 6000 });
  const ports = (): readonly number[] => synthTo(platform).one(Service, 'guarded').spec?.ports?.map(({ port }) => port) ?? [];
  expect([ports(), ports()]).toEqual([[15021, 80, 443, 6000], [15021, 80, 443, 6000]]);
  expect(synthTo(platform).one(NetworkPolicy, 'guarded').spec?.ingress).toContainEqual({ ports: [{ protocol: 'TCP', port: 6000 }] });
});

test('shares of its own, or those of the service', () => {
  const { chart, db, tcp } = database();
  tcp('own', { to: [{ service: db, version: 'v1', weight: 80 }, { service: db, version: 'v2' }] });
  tcp('shared', { port: 5433 });
  db.split(chart, { v1: 50, v2: 50 });
  const weights = (name: string): unknown => synthTo(chart).one(VirtualService, name).spec?.tcp?.[0]?.route?.map(({ weight }) => weight);
  expect([weights('public-tcp-5432'), weights('public-tcp-5433')]).toEqual([[80, 20], [50, 50]]);
});

test('several gateways, and one of another program', () => {
  const { chart, gateway, tcp } = database();
  const other = IngressGateway.fromName(chart, 'other', { name: 'other', namespace: 'edge' });
  tcp('db', { gateway: [gateway, other] }).gatewayObject.addJsonPatch(JsonPatch.add('/metadata/labels', { patched: 'yes' }));
  const objects = synthTo(chart).many(Gateway).map(({ metadata }) => [metadata.namespace, metadata.name, metadata.labels?.['patched']]);
  expect(objects).toEqual(expect.arrayContaining([['istio-ingress', 'public-tcp-5432', 'yes'], ['shop', 'other-tcp-5432', 'yes']]));
});

describe('what is refused', () => {
  test.each<[string, unknown, string, string]>([
    ['no port', { port: undefined }, 'bad-number', 'port'],
    ['a port as a text', { port: '5432' }, 'bad-number', 'port'],
    ['no gateway', { gateway: undefined }, 'bad-reference', 'gateway'],
    ['nowhere to go', { to: undefined }, 'no-destination', 'to'],
    ['a name in place of a service', { to: 'db' }, 'bad-props', 'to'],
    ['a path: connections have none', { path: '/' }, 'unknown-prop', 'path'],
  ])('%s', (_name, props, code, property) => {
    const { tcp } = database();
    expect(caught(() => tcp('db', props as never)).findings[0]).toMatchObject({ code, property, construct: 'shop/db-route'.replace('-route', '') });
  });

  test('no props', () => {
    const { chart } = database();
    expect(caught(() => new TcpIngressRoute(chart, 'none', undefined as never)).findings[0]).toMatchObject({ code: 'bad-props', construct: 'shop/none' });
  });

  test('two routes of one port', () => {
    const { chart, tcp } = database();
    tcp('b');
    tcp('a');
    expect(found(chart)).toMatchObject({ code: 'taken-port', construct: 'shop/b', property: 'port', got: '5432, which shop/a is served at' });
  });

  test('a port that hosts are served at, or that the proxy has itself', () => {
    const { chart, web, add, tcp } = database();
    add('host', [{ path: '/', to: web }]);
    tcp('tls', { port: 443 });
    expect(found(chart)).toMatchObject({ code: 'taken-port', construct: 'shop/tls', got: '443, which shop/host is served at' });
    const other = database();
    other.tcp('status', { port: 15021 });
    expect(found(other.chart)).toMatchObject({ code: 'taken-port', got: "15021, which is the proxy's own" });
  });

  test('a service of two ports, and none named', () => {
    const { chart, tcp } = database();
    tcp('db', { to: MeshService.fromName(chart, 'two', { name: 'two', ports: [80, 81] }) });
    expect(found(chart)).toMatchObject({ code: 'which-port', construct: 'shop/db', property: 'to.port' });
  });
});
