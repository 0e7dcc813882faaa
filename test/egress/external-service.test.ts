import { Chart } from 'cdk8s';
import { DestinationRule, ServiceEntry, VirtualService } from '../../imports/istio';
import { ExternalService, TlsOrigination } from '../../src';
import type { ExternalServiceProps } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

const HOST = 'api.example.com';
/** Callers speak HTTP, proxies TLS. */
const ORIGINATED = [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.simple() }] as const;

function made(props: Partial<ExternalServiceProps> = {}) {
  const { chart } = program();
  new ExternalService(chart, 'api', { host: HOST, ...props });
  return synthTo(chart);
}

function refused(props: Partial<ExternalServiceProps>): string {
  const { chart } = program();
  const [finding, ...more] = caught(() => new ExternalService(chart, 'api', { host: HOST, ...props })).findings;
  expect(more).toEqual([]);
  expect([undefined, 'shop/api']).toContain(finding?.construct);
  expect(finding?.fix).toBeTruthy();
  return `${finding?.code} ${finding?.property}: ${finding?.got}`;
}

describe('what is made', () => {
  test('a host alone is one whose callers speak TLS, and that the DNS knows', () => {
    const shown = made();
    expect(shown.one(ServiceEntry)).toMatchObject({
      metadata: { name: 'api', namespace: 'shop' },
      spec: { hosts: [HOST], location: 'MESH_EXTERNAL', resolution: 'DNS', ports: [{ number: 443, name: 'tls-443', protocol: 'TLS' }] },
    });
    expect(shown.many(DestinationRule)).toEqual([]);
    expect(shown.many(VirtualService)).toEqual([]);
  });

  test('TLS origination: callers use 80, the server is asked at 443 and has to prove its name', () => {
    const shown = made({ ports: ORIGINATED });
    expect(shown.one(ServiceEntry).spec.ports).toEqual([{ number: 80, name: 'http-80', protocol: 'HTTP', targetPort: 443 }]);
    expect(shown.one(DestinationRule).spec).toEqual({
      host: HOST,
      trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls: { mode: 'SIMPLE', caCertificates: 'system', sni: HOST, subjectAltNames: [HOST] } }] },
    });
  });

  test('mutual TLS shows a certificate from files', () => {
    const files = { clientCertificate: '/certs/tls.crt', privateKey: '/certs/tls.key', caCertificates: '/certs/ca.crt' };
    const shown = made({ ports: [{ port: 80, tls: TlsOrigination.mutual({ ...files, sni: 'other.example.com', subjectAltNames: ['ca.example.com'] }) }] });
    const [setting] = shown.one(DestinationRule).spec?.trafficPolicy?.portLevelSettings ?? [];
    expect(setting?.tls).toEqual({ mode: 'MUTUAL', ...files, sni: 'other.example.com', subjectAltNames: ['ca.example.com'] });
  });

  test('a server is always checked: without certificates of its own, by those of the system', () => {
    const tls = [TlsOrigination.simple(), TlsOrigination.simple({ caCertificates: '/ca.crt' }), TlsOrigination.mutual({ clientCertificate: '/c', privateKey: '/k' })];
    const checkedBy = tls.map((each) => made({ ports: [{ port: 80, tls: each }] }).one(DestinationRule).spec?.trafficPolicy?.portLevelSettings?.[0]?.tls?.caCertificates);
    expect(checkedBy).toEqual(['system', '/ca.crt', 'system']);
  });

  test('TLS of bytes goes to the same port, since databases have one', () => {
    const shown = made({ ports: [{ port: 5432, protocol: 'TCP', tls: TlsOrigination.simple() }] });
    expect(shown.one(ServiceEntry).spec.ports).toEqual([{ number: 5432, name: 'tcp-5432', protocol: 'TCP' }]);
  });

  test('limits hold for ports with TLS, too: those of a port take the place of all others', () => {
    const limits = { connectionPool: { tcp: { maxConnections: 10 } }, outlierDetection: { consecutive5xxErrors: 3 } };
    const policy = made({ ports: [...ORIGINATED, { port: 443 }], trafficPolicy: limits }).one(DestinationRule).spec?.trafficPolicy;
    expect(policy).toMatchObject(limits);
    expect(policy?.portLevelSettings).toEqual([expect.objectContaining({ port: { number: 80 }, ...limits })]);
  });

  test('timeout and retries are said by a route of the host, for the ports on which requests are seen', () => {
    const shown = made({ ports: [...ORIGINATED, { port: 443 }], timeout: '9s', retries: { attempts: 2, perTryTimeout: '3s', retryOn: ['5xx', 'connect-failure'] } });
    expect(shown.one(VirtualService).spec).toEqual({
      hosts: [HOST],
      http: [
        {
          match: [{ port: 80 }],
          timeout: '9s',
          retries: { attempts: 2, perTryTimeout: '3s', retryOn: '5xx,connect-failure' },
          route: [{ destination: { host: HOST, port: { number: 80 } } }],
        },
      ],
    });
  });

  test('presets and balancing are those of services of the mesh', () => {
    const endpoints = [{ address: '10.0.0.1', locality: 'eu/a' }, { address: '10.0.0.2', locality: 'us/a' }];
    const shown = made({ endpoints, trafficPolicy: { outlierDetection: 'gateway-errors', loadBalancer: { localityLbSetting: { failover: [{ from: 'eu', to: 'us' }] } } } });
    expect(shown.one(DestinationRule).spec?.trafficPolicy).toMatchObject({
      outlierDetection: { consecutiveGatewayErrors: 5, consecutive5xxErrors: 0 },
      loadBalancer: { localityLbSetting: { failover: [{ from: 'eu', to: 'us' }] } },
    });
  });

  test('a retry budget holds for ports on which callers speak plain HTTP', () => {
    expect(made({ ports: [{ port: 80 }], trafficPolicy: { retryBudget: { percent: 10 } } }).one(DestinationRule).spec?.trafficPolicy).toMatchObject({ retryBudget: { percent: 10 } });
  });

  test('requests to a wildcard with endpoints have a timeout, too, and ask for the name of each request', () => {
    const shown = made({ host: '*.example.com', endpoints: ['10.0.0.1'], ports: ORIGINATED, timeout: '3s' });
    expect(shown.one(VirtualService).spec).toMatchObject({ hosts: ['*.example.com'], http: [{ timeout: '3s', route: [{ destination: { host: '*.example.com' } }] }] });
    // Istio asks for and checks the host of each request only where neither is said
    expect(shown.one(DestinationRule).spec?.trafficPolicy?.portLevelSettings?.[0]?.tls).toEqual({ mode: 'SIMPLE', caCertificates: 'system' });
  });

  test('of a wildcard with one certificate, the name that is asked for is the one that is checked', () => {
    const shown = made({ host: '*.example.com', endpoints: ['10.0.0.1'], ports: [{ port: 80, tls: TlsOrigination.simple({ sni: 'all.example.com' }) }] });
    expect(shown.one(DestinationRule).spec?.trafficPolicy?.portLevelSettings?.[0]?.tls).toMatchObject({ sni: 'all.example.com', subjectAltNames: ['all.example.com'] });
  });

  test('no retries is said, and is not left out', () => {
    expect(made({ ports: ORIGINATED, retries: { attempts: 0 } }).one(VirtualService).spec?.http?.[0]?.retries).toEqual({ attempts: 0 });
  });

  test.each([
    [{ host: '*.example.com' }, 'NONE'],
    [{ host: '*.example.com', endpoints: ['10.0.0.1'] }, 'STATIC'],
    [{ host: '*.example.com', endpoints: ['one.example.com'] }, 'DNS'],
    [{ endpoints: ['10.0.0.1', { address: 'fd00::1', locality: 'eu/1', weight: 2 }] }, 'STATIC'],
    [{ endpoints: ['10.0.0.1', 'one.example.com'] }, 'DNS'],
    [{ resolution: 'DNS_ROUND_ROBIN' }, 'DNS_ROUND_ROBIN'],
  ] as const)('%j is found by %s', (props, resolution) => {
    expect(made(props).one(ServiceEntry).spec.resolution).toBe(resolution);
  });

  test('a place has labels, and ports of its own by the port that callers use', () => {
    const ports = [{ port: 443 }, { port: 5432, protocol: 'TCP' }] as const;
    const { spec } = made({ ports, endpoints: [{ address: '10.0.0.1', labels: { rack: 'b' }, ports: { 443: 8443, 5432: 15_432 } }] }).one(ServiceEntry);
    expect(spec.endpoints).toEqual([{ address: '10.0.0.1', labels: { rack: 'b' }, ports: { 'tls-443': 8443, 'tcp-5432': 15_432 } }]);
    expect(spec.ports?.map(({ name }) => name)).toEqual(['tls-443', 'tcp-5432']);
  });

  test('endpoints and addresses are written as they are', () => {
    const { spec } = made({ ports: [{ port: 5432, protocol: 'TCP' }], endpoints: [{ address: '10.0.0.1', locality: 'eu/1', weight: 2 }], addresses: ['10.0.0.0/24'] }).one(ServiceEntry);
    expect(spec).toMatchObject({ endpoints: [{ address: '10.0.0.1', locality: 'eu/1', weight: 2 }], addresses: ['10.0.0.0/24'] });
  });
});

describe('what is refused', () => {
  test.each<[string, Partial<ExternalServiceProps>, string]>([
    ['a wildcard in the DNS', { host: '*.example.com', resolution: 'DNS' }, 'bad-resolution resolution: DNS for *.example.com'],
    ['every host', { host: '*' }, 'bad-host host: "*"'],
    ['a part of a name', { host: '*-api.example.com' }, 'bad-host host: "*-api.example.com"'],
    ['a short name', { host: 'reviews' }, 'bad-host host: "reviews"'],
    ['a service of the cluster', { host: 'reviews.shop.svc.cluster.local' }, 'bad-host host: "reviews.shop.svc.cluster.local"'],
    ['a URL', { host: 'https://api.example.com' }, 'bad-host host: "https://api.example.com"'],
    ['no host', { host: undefined as never }, 'bad-host host: undefined'],
    ['TLS on a port that is TLS', { ports: [{ port: 443, tls: TlsOrigination.simple() }] }, 'tls-twice ports[0].tls: TLS origination on port 443, on which callers speak TLS'],
    ['plain HTTP on 443', { ports: [{ port: 443, protocol: 'HTTP' }] }, 'plain-on-tls-port ports[0].protocol: HTTP on port 443, without TLS'],
    ['TLS for a wildcard', { host: '*.example.com', ports: ORIGINATED }, 'bad-resolution ports[0].tls: TLS origination for *.example.com'],
    ['another port for a wildcard', { host: '*.example.com', ports: [{ port: 80, targetPort: 8080 }] }, 'bad-resolution ports[0].targetPort: the port 8080 for *.example.com'],
    ['bytes for a wildcard', { host: '*.example.com', ports: [{ port: 5432, protocol: 'TCP' }] }, 'bad-protocol ports[0].protocol: TCP for *.example.com'],
    ['a timeout of what is encrypted', { timeout: '5s' }, 'no-requests timeout: one, on ports that carry TLS'],
    ['retries of a wildcard', { host: '*.example.com', ports: [{ port: 80 }], retries: { attempts: 1 } }, 'no-requests retries: one for *.example.com'],
    ['a duration as a number', { ports: ORIGINATED, timeout: 5 as never }, 'bad-duration timeout: 5'],
    ['no time for all tries', { ports: ORIGINATED, timeout: '5s', retries: { attempts: 2, perTryTimeout: '2s' } }, 'retries-beyond-timeout retries.perTryTimeout: 2s for each of 3 tries (the first, and 2 more), together 6s'],
    ['attempts that are none', { ports: ORIGINATED, retries: { attempts: -1 } }, 'bad-number retries.attempts: -1'],
    ['conditions that are none', { ports: ORIGINATED, retries: { attempts: 1, retryOn: [] } }, 'empty-list retries.retryOn: []'],
    ['a protocol that is not known', { ports: [{ port: 8443 }] }, 'bad-protocol ports[0].protocol: none, for a port other than 80 and 443'],
    ['a protocol that there is not', { ports: [{ port: 1, protocol: 'toString' as never }] }, 'bad-protocol ports[0].protocol: "toString"'],
    ['no ports', { ports: [] }, 'bad-ports ports: []'],
    ['a port twice', { ports: [{ port: 80 }, { port: 80 }] }, 'bad-ports ports[1].port: a second port 80'],
    ['a port that cannot be', { ports: [{ port: 70_000, protocol: 'TCP' }] }, 'bad-port ports[0].port: 70000'],
    ['TLS that is none', { ports: [{ port: 80, tls: true as never }] }, 'bad-tls ports[0].tls: true'],
    ['ports that are no list', { ports: 443 as never }, 'bad-ports ports: 443'],
    ['a port that is no object', { ports: [null as never] }, 'bad-props ports[0]: null'],
    ['endpoints with NONE', { endpoints: ['10.0.0.1'], resolution: 'NONE' }, 'bad-resolution resolution: NONE with endpoints'],
    ['STATIC without addresses', { resolution: 'STATIC' }, 'bad-resolution resolution: STATIC without addresses'],
    ['two endpoints in turn', { resolution: 'DNS_ROUND_ROBIN', endpoints: ['a.example.com', 'b.example.com'] }, 'bad-resolution resolution: DNS_ROUND_ROBIN with 2 endpoints'],
    ['one that turns what may come in against what goes out', { host: '*.example.com', resolution: 'DYNAMIC_DNS' as never }, 'bad-choice resolution: "DYNAMIC_DNS"'],
    ['a resolution that is none', { resolution: 'dns' as never }, 'bad-choice resolution: "dns"'],
    ['a range in the DNS', { addresses: ['10.0.0.0/8'] }, 'bad-address addresses[0]: the range 10.0.0.0/8 with resolution DNS'],
    ['an address that is none', { addresses: ['10.0.0.0/33'] }, 'bad-address addresses[0]: "10.0.0.0/33"'],
    ['an endpoint that is a wildcard', { endpoints: ['*.example.com'] }, 'bad-host endpoints[0]: "*.example.com"'],
    ['an endpoint that is none', { endpoints: [5 as never] }, 'bad-props endpoints[0]: 5'],
    ['a socket', { endpoints: ['unix:///run/db.sock'] }, 'bad-host endpoints[0]: "unix:///run/db.sock"'],
    ['IPv6 in brackets', { endpoints: ['[fd00::1]'] }, 'bad-host endpoints[0]: "[fd00::1]"'],
    ['a locality that is none', { endpoints: [{ address: '10.0.0.1', locality: 'eu/*' }] }, 'bad-locality endpoints[0].locality: "eu/*"'],
    ['a weight that is none', { endpoints: [{ address: '10.0.0.1', weight: 0 }] }, 'bad-number endpoints[0].weight: 0'],
    ['a label that is none', { endpoints: [{ address: '10.0.0.1', labels: { rack: 'not a label' } }] }, 'bad-label endpoints[0].labels.rack: "not a label"'],
    ['a port of a place that nobody calls', { endpoints: [{ address: '10.0.0.1', ports: { 80: 8080 } }] }, 'unknown-port endpoints[0].ports.80: port 80, which callers do not use'],
    ['a port of a place that cannot be', { endpoints: [{ address: '10.0.0.1', ports: { 443: 0 } }] }, 'bad-port endpoints[0].ports.443: 0'],
    ['TLS of bytes to a wildcard, by no name', { host: '*.example.com', endpoints: ['10.0.0.1'], addresses: ['10.0.0.1'], ports: [{ port: 5432, protocol: 'TCP', tls: TlsOrigination.simple() }] }, 'bad-tls ports[0].tls: no server name, for bytes to *.example.com'],
    ['balancing where nothing is chosen', { host: '*.example.com', trafficPolicy: { loadBalancer: { simple: 'RANDOM' } } }, 'bad-balancer trafficPolicy.loadBalancer: one, with resolution NONE'],
    ['failover between places that nobody knows', { endpoints: ['10.0.0.1'], trafficPolicy: { outlierDetection: 'gateway-errors', loadBalancer: { localityLbSetting: { failover: [{ from: 'eu', to: 'us' }] } } } }, 'bad-locality trafficPolicy.loadBalancer.localityLbSetting: endpoints without a locality'],
    ['a retry budget that Istio would not look at', { ports: ORIGINATED, trafficPolicy: { retryBudget: { percent: 10 } } }, 'bad-retry-budget trafficPolicy.retryBudget: one beside TLS origination on port 80'],
    ['a policy of nothing', { trafficPolicy: {} }, 'empty-policy trafficPolicy: {}'],
    ['a key with a typo', { resolutoin: 'DNS' } as never, 'unknown-prop resolutoin: the key "resolutoin"'],
    ['a key of a port with a typo', { ports: [{ port: 80, protocl: 'HTTP' } as never] }, 'unknown-prop ports[0].protocl: the key "protocl"'],
    ['a key of a place with a typo', { endpoints: [{ address: '10.0.0.1', wieght: 1 } as never] }, 'unknown-prop endpoints[0].wieght: the key "wieght"'],
    ['all namespaces, and one', { exportTo: ['*', 'ops'] }, 'bad-visibility exportTo: "*" and others'],
    ['no namespaces', { exportTo: [] }, 'empty-list exportTo: []'],
    ['a namespace that is none', { exportTo: ['Not A Name'] }, 'bad-reference exportTo[0]: "Not A Name"'],
    ['a name that is none', { name: 5 as never }, 'bad-text name: 5'],
    ['endpoints that are no list', { endpoints: '10.0.0.1' as never }, 'bad-list endpoints: "10.0.0.1"'],
  ])('%s', (_what, props, expected) => {
    expect(refused(props)).toBe(expected);
  });

  test.each([
    [() => TlsOrigination.mutual({} as never), 'tls.clientCertificate'],
    [() => TlsOrigination.mutual({ secret: 'Not A Name' }), 'tls.secret'],
    [() => TlsOrigination.mutual({ secret: 'cert', clientCertificate: '/tls.crt' } as never), 'tls.clientCertificate'],
    [() => TlsOrigination.simple({ caCertificates: 'ca.crt' }), 'tls.caCertificates'],
    [() => TlsOrigination.simple({ secret: 'ca', caCertificates: '/ca.crt' } as never), 'tls.caCertificates'],
    [() => TlsOrigination.simple({ secret: '' }), 'tls.secret'],
    [() => TlsOrigination.simple({ subjectAltNames: [] }), 'tls.subjectAltNames'],
    [() => TlsOrigination.simple({ sni: '' }), 'tls.sni'],
  ])('TLS without what it needs: %#', (make, property) => {
    expect(caught(make).findings).toEqual([expect.objectContaining({ code: 'bad-tls', property })]);
  });

  test('TLS with a key that there is not', () => {
    expect(caught(() => TlsOrigination.simple({ insecureSkipVerify: true } as never)).findings).toEqual([
      expect.objectContaining({ code: 'unknown-prop', property: 'simple.insecureSkipVerify' }),
    ]);
  });

  test('a host has one owner', () => {
    const { chart } = program();
    new ExternalService(chart, 'one', { host: HOST });
    const error = caught(() => new ExternalService(chart, 'two', { host: 'API.example.com' }));
    expect(error.message).toContain('shop/two: host: got api.example.com, which shop/one stands for, too');
  });

  test('a namespace that nobody names', () => {
    const { app } = program();
    const error = caught(() => new ExternalService(new Chart(app, 'nowhere'), 'api', { host: HOST }));
    expect(error.findings).toEqual([expect.objectContaining({ code: 'no-namespace', construct: 'nowhere/api' })]);
  });

  test('props that are none', () => {
    const { chart } = program();
    expect(caught(() => new ExternalService(chart, 'api', undefined as never)).findings).toEqual([expect.objectContaining({ construct: 'shop/api', property: 'props' })]);
  });
});

describe('the whole program', () => {
  test('two services of bytes on one port are told apart by address', () => {
    const two = (addresses: readonly string[]): (() => unknown) => {
      const { chart } = program();
      const ports = [{ port: 5432, protocol: 'TCP' }] as const;
      new ExternalService(chart, 'b', { host: 'b.example.com', ports, addresses });
      new ExternalService(chart, 'a', { host: 'a.example.com', ports });
      return () => synthTo(chart);
    };
    expect(caught(two([])).findings).toEqual([
      expect.objectContaining({ code: 'port-not-told-apart', construct: 'shop/b', property: 'ports[0]', got: 'TCP on port 5432, on which shop/a is, too' }),
    ]);
    expect(two(['10.0.0.1'])).not.toThrow();
  });

  test('two services of bytes at one address are not', () => {
    const { chart } = program();
    for (const [name, addresses] of [['a', ['10.0.0.1', '10.0.0.2']], ['b', ['10.0.0.2']], ['c', ['10.0.0.3']]] as const) {
      new ExternalService(chart, name, { host: `${name}.example.com`, ports: [{ port: 5432, protocol: 'TCP' }], addresses });
    }
    expect(caught(() => synthTo(chart)).findings).toEqual([expect.objectContaining({ code: 'port-not-told-apart', construct: 'shop/b', got: 'TCP on port 5432, on which shop/a is, too' })]);
  });

  test('a Secret that no gateway reads would leave the traffic in plain text', () => {
    const { chart } = program();
    new ExternalService(chart, 'api', { host: HOST, ports: [{ port: 80, tls: TlsOrigination.mutual({ secret: 'client' }) }] });
    expect(caught(() => synthTo(chart)).findings).toEqual([expect.objectContaining({ code: 'unread-secret', construct: 'shop/api' })]);
  });
});
