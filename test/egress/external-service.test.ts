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
    const policy = made({ ports: [...ORIGINATED, { port: 443 }], ...limits }).one(DestinationRule).spec?.trafficPolicy;
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
    ['no time for all tries', { ports: ORIGINATED, timeout: '5s', retries: { attempts: 2, perTryTimeout: '2s' } }, 'retries-beyond-timeout retries.perTryTimeout: 3 tries of 2s within 5s'],
    ['attempts that are none', { ports: ORIGINATED, retries: { attempts: -1 } }, 'bad-retries retries.attempts: -1'],
    ['conditions that are none', { ports: ORIGINATED, retries: { attempts: 1, retryOn: [] } }, 'bad-retries retries.retryOn: []'],
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
    ['a resolution that is none', { resolution: 'dns' as never }, 'bad-resolution resolution: "dns"'],
    ['a range in the DNS', { addresses: ['10.0.0.0/8'] }, 'bad-address addresses[0]: the range 10.0.0.0/8 with resolution DNS'],
    ['an address that is none', { addresses: ['10.0.0.0/33'] }, 'bad-address addresses[0]: "10.0.0.0/33"'],
    ['an endpoint that is a wildcard', { endpoints: ['*.example.com'] }, 'bad-host endpoints[0]: "*.example.com"'],
    ['an endpoint that is none', { endpoints: [5 as never] }, 'bad-props endpoints[0]: 5'],
    ['endpoints that are no list', { endpoints: '10.0.0.1' as never }, 'bad-list endpoints: "10.0.0.1"'],
  ])('%s', (_what, props, expected) => {
    expect(refused(props)).toBe(expected);
  });

  test.each([
    [() => TlsOrigination.mutual({} as never), 'tls.clientCertificate'],
    [() => TlsOrigination.mutual({ secret: 'Not A Name' }), 'tls.secret'],
    [() => TlsOrigination.mutual({ secret: 'cert', clientCertificate: '/tls.crt' } as never), 'tls.clientCertificate'],
    [() => TlsOrigination.simple({ caCertificates: 'ca.crt' }), 'tls.caCertificates'],
    [() => TlsOrigination.simple({ subjectAltNames: [] }), 'tls.subjectAltNames'],
    [() => TlsOrigination.simple({ sni: '' }), 'tls.sni'],
  ])('TLS without what it needs: %#', (make, property) => {
    expect(caught(make).findings).toEqual([expect.objectContaining({ code: 'bad-tls', property })]);
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

  test('a Secret that no gateway reads would leave the traffic in plain text', () => {
    const { chart } = program();
    new ExternalService(chart, 'api', { host: HOST, ports: [{ port: 80, tls: TlsOrigination.mutual({ secret: 'client' }) }] });
    expect(caught(() => synthTo(chart)).findings).toEqual([expect.objectContaining({ code: 'unread-secret', construct: 'shop/api' })]);
  });
});
