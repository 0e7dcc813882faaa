import { Chart } from 'cdk8s';
import { VirtualService } from '../../../imports/istio';
import { CanaryRelease, MeshService } from '../../../src';
import type { ServicePort, TcpRouteProps, TlsRouteProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

const HOST = 'db.shop.svc.cluster.local';
const DB: readonly ServicePort[] = [{ port: 5432, name: 'tcp-db' }, { port: 9000, name: 'tcp-admin' }];
const VAULT: readonly ServicePort[] = [{ port: 8443, name: 'tls' }];

function service(ports: readonly ServicePort[]) {
  const { app, chart } = program();
  const db = MeshService.fromName(chart, 'db', { name: 'db', ports, versions: ['v1', 'v2'] });
  return { app, chart, db, jobs: MeshService.fromName(chart, 'jobs', { name: 'jobs', namespace: 'ops', ports: [80] }) };
}

const subset = (name: string) => [{ destination: { host: HOST, subset: name } }];

describe('TCP', () => {
  test('the narrower rule goes first, then the higher priority; all other connections go on', () => {
    const { chart, db, jobs } = service(DB);
    db.tcpRoute(chart, 'wide', { match: { port: 5432 }, to: { version: 'v1' } });
    db.tcpRoute(chart, 'narrow', { match: { port: 5432, source: jobs }, to: { version: 'v2' } });
    db.tcpRoute(chart, 'staging', { match: { sourceNamespace: 'staging' }, to: [{ version: 'v1', weight: 75 }, { version: 'v2' }], priority: 1 });
    const { hosts, http, tcp } = synthTo(chart).one(VirtualService).spec ?? {};
    expect(hosts).toEqual([HOST]);
    expect(http).toBeUndefined();
    expect(tcp).toEqual([
      { match: [{ sourceNamespace: 'staging' }], route: [{ ...subset('v1')[0], weight: 75 }, { ...subset('v2')[0], weight: 25 }] },
      { match: [{ port: 5432, sourceNamespace: 'ops', sourceLabels: { app: 'jobs' } }], route: subset('v2') },
      { match: [{ port: 5432 }], route: subset('v1') },
      { match: [{ port: 5432 }, { port: 9000 }], route: [{ destination: { host: HOST } }] },
    ]);
  });

  test('a canary shares what no rule is for', () => {
    const { chart, db } = service(DB);
    db.tcpRoute(chart, 'admin', { match: { port: 9000 }, to: { version: 'v2' } });
    new CanaryRelease(chart, 'canary', { service: db, stable: 'v1', canary: 'v2', weight: 10 });
    const [first, rest] = synthTo(chart).one(VirtualService).spec?.tcp ?? [];
    expect(first).toEqual({ match: [{ port: 9000 }], route: subset('v2') });
    expect(rest?.route?.map(({ weight }) => weight)).toEqual([90, 10]);
  });

  test('networks, each by itself, in their one form', () => {
    const { chart, db } = service(DB);
    db.tcpRoute(chart, 'near', { match: { destinationSubnets: ['10.1.2.3/16', '10.2.0.1'] }, to: { version: 'v2' } });
    expect(synthTo(chart).one(VirtualService).spec?.tcp?.[0]?.match).toEqual([{ destinationSubnets: ['10.1.0.0/16'] }, { destinationSubnets: ['10.2.0.1/32'] }]);
  });

  test('requests and connections of one service have rules of their own', () => {
    const { chart, db } = service([...DB, { port: 80, name: 'http' }]);
    db.tcpRoute(chart, 'connections', { to: { version: 'v2' } });
    db.route(chart, 'requests', { timeout: '5s' });
    expect(synthTo(chart).one(VirtualService).spec).toMatchObject({
      http: [{ name: 'requests', route: [{ destination: { host: HOST } }] }],
      tcp: [{ match: [{ port: 5432 }, { port: 9000 }], route: subset('v2') }],
    });
  });
});

describe('TLS', () => {
  const names = (list: readonly { readonly match: readonly { readonly sniHosts: readonly string[] }[] }[] | undefined) =>
    list?.map(({ match }) => match.map(({ sniHosts }) => sniHosts.join(' ')));

  test('a rule for some callers; those of all others go on under every name of the service', () => {
    const { chart, db } = service(VAULT);
    db.tlsRoute(chart, 'staging', { match: { sourceNamespace: 'staging' }, to: { version: 'v2' } });
    const { hosts, tls } = synthTo(chart).one(VirtualService).spec ?? {};
    const own = ['db.shop', 'db.shop.svc', HOST];
    expect(hosts).toEqual([HOST, 'db.shop', 'db.shop.svc']);
    expect(names(tls)).toEqual([own, own]);
    expect(tls?.map(({ route }) => route)).toEqual([subset('v2'), [{ destination: { host: HOST } }]]);
    expect(tls?.[0]?.match[0]).toEqual({ sniHosts: ['db.shop'], sourceNamespace: 'staging' });
  });

  test('a name of its own is a host, and is led on for those whom no rule is for', () => {
    const { chart, db, jobs } = service(VAULT);
    db.tlsRoute(chart, 'admin', { match: { sniHosts: ['Admin.Example.com'], source: jobs }, to: { version: 'v2' } });
    const { hosts, tls } = synthTo(chart).one(VirtualService).spec ?? {};
    expect(hosts).toContain('admin.example.com');
    expect(names(tls)?.[0]).toEqual(['admin.example.com']);
    expect(names(tls)?.[1]).toContain('admin.example.com');
  });

  test('no name is led on that a rule takes all of', () => {
    const { chart, db } = service(VAULT);
    db.tlsRoute(chart, 'short', { match: { sniHosts: ['db.shop'] }, to: { version: 'v2' } });
    expect(names(synthTo(chart).one(VirtualService).spec?.tls)?.[1]).toEqual(['db.shop.svc', HOST]);
    db.tlsRoute(new Chart(chart, 'more'), 'all', { to: { version: 'v1' } });
    expect(synthTo(chart).one(VirtualService).spec?.tls?.map(({ route }) => route)).toEqual([subset('v2'), subset('v1')]);
  });
});

test.each<[string, readonly ServicePort[], TcpRouteProps, string, string]>([
  ['nowhere to go', DB, {} as never, 'no-destination', 'to'],
  ['a path, which connections have not', DB, { match: { uri: '/a' }, to: { version: 'v1' } } as never, 'unknown-prop', 'match.uri'],
  ['a network that is none', DB, { match: { destinationSubnets: ['10.1.0.0/33'] }, to: { version: 'v1' } }, 'bad-subnet', 'match.destinationSubnets[0]'],
  ['a version that there is not', DB, { match: { port: 5432 }, to: { version: 'v3' } }, 'unknown-subset', 'to.version'],
  ['a port that there is not', DB, { match: { port: 5433 }, to: { version: 'v1' } }, 'never-matches', 'match.port'],
  ['a match that all fit, beside others', DB, { match: [{ port: 5432 }, {}], to: { version: 'v1' } }, 'never-matches', 'match[1]'],
  ['a service of HTTP only', [{ port: 80, name: 'http' }], { to: { version: 'v1' } }, 'never-matches', 'service'],
  ['shares that do not add up', DB, { to: [{ version: 'v1', weight: 1 }, { version: 'v2', weight: 1 }] }, 'bad-split', 'to'],
  ['a source that has no pods', DB, { match: { source: 'jobs' as never }, to: { version: 'v1' } }, 'bad-reference', 'match.source'],
])('TCP, %s: refused', (_name, ports, props, code, property) => {
  const { chart, db } = service(ports);
  const error = caught(() => {
    db.tcpRoute(chart, 'rule', props);
    synthTo(chart);
  });
  expect(error.findings).toMatchObject([{ code, construct: 'shop/rule', property }]);
});

test.each<[string, readonly ServicePort[], TlsRouteProps, string, string]>([
  ['plain TCP', DB, { to: { version: 'v1' } }, 'never-matches', 'service'],
  ['a wildcard, which reaches over to others', VAULT, { match: { sniHosts: ['*.example.com'] }, to: { version: 'v1' } }, 'bad-host', 'match.sniHosts[0]'],
  ['a short name, which stands for the full one', VAULT, { match: { sniHosts: ['db'] }, to: { version: 'v1' } }, 'bad-host', 'match.sniHosts[0]'],
  ['the name of another service, whose connections it would take', VAULT, { match: { sniHosts: ['web.shop.svc.cluster.local'] }, to: { version: 'v1' } }, 'bad-host', 'match.sniHosts[0]'],
  ['no names', VAULT, { match: { sniHosts: [] }, to: { version: 'v1' } }, 'empty-list', 'match.sniHosts'],
])('TLS, %s: refused', (_name, ports, props, code, property) => {
  const { chart, db } = service(ports);
  const error = caught(() => {
    db.tlsRoute(chart, 'rule', props);
    synthTo(chart);
  });
  expect(error.findings).toMatchObject([{ code, construct: 'shop/rule', property }]);
});

test('rules for connections that no order can decide', () => {
  const { chart, db, jobs } = service(DB);
  db.tcpRoute(chart, 'a', { match: { port: 5432 }, to: { version: 'v1' } });
  db.tcpRoute(chart, 'b', { match: { source: jobs }, to: { version: 'v2' } });
  expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'rule-overlap', got: expect.stringContaining('some of the same') as string }]);
});

test('networks that meet are refused, whatever the priority: a proxy takes the narrower, and none twice', () => {
  const { chart, db } = service(DB);
  db.tcpRoute(chart, 'a', { match: { destinationSubnets: ['10.0.0.0/8'] }, to: { version: 'v1' }, priority: 1 });
  db.tcpRoute(chart, 'b', { match: { destinationSubnets: ['10.1.0.0/16'] }, to: { version: 'v2' } });
  expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'rule-overlap', construct: 'shop/b', property: 'match.destinationSubnets', got: '10.1.0.0/16, which meets 10.0.0.0/8 of shop/a' }]);
});

test('a foreign name beside rules for requests would be a host of those, too', () => {
  const { chart, db } = service([...VAULT, { port: 80, name: 'http' }]);
  db.tlsRoute(chart, 'admin', { match: { sniHosts: ['admin.example.com'] }, to: { version: 'v2' } });
  expect(() => synthTo(chart)).not.toThrow();
  db.route(chart, 'slow', { timeout: '5s' });
  expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'bad-host', construct: 'shop/admin', property: 'match.sniHosts' }]);
});

test('a canary shares all connections, or a rule takes them, not both', () => {
  const { chart, db } = service(VAULT);
  db.tlsRoute(chart, 'all', { to: { version: 'v2' } });
  new CanaryRelease(chart, 'canary', { service: db, stable: 'v1', canary: 'v2', weight: 10 });
  expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'second-owner', construct: 'shop/all' }]);
});
