import { Chart } from 'cdk8s';
import { addWorkload } from '../../../examples/05-egress/workload';
import { EgressLockdown, ExternalService, Mesh, StrictMtlsNamespace, TlsOrigination } from '../../../src';
import type { ExternalServiceProps, TlsOrigination as Origination } from '../../../src';
import { asList, asRecord } from '../../kubernetes/status';
import { sidecarOf } from '../case';
import type { Case, Check, Outcome } from '../case';
import { without } from '../json';
import { change, drop } from '../manifests';
import type { Edit, Program } from '../manifests';
import type { Request } from '../request';
import { at } from '../workloads';

/** External services and lockdowns, as the sidecar of a caller follows them. */

const HOST = 'api.example.com';
const ORIGINAL = 'original-dst';

interface Scene {
  readonly chart: Chart;
  readonly shop: StrictMtlsNamespace;
}

/** A namespace with a caller in it, and what `add` says of the world outside. */
const calling = (add: (scene: Scene) => void): Program => (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  addWorkload(chart, shop.addService('caller', { port: 8080 }));
  add({ chart, shop });
};
const external = (props: Partial<ExternalServiceProps>): Program => calling(({ chart }) => new ExternalService(chart, 'api', { host: HOST, ...props }));
const caller = (port: number, to?: string): Case['through'] => sidecarOf('caller', 'shop', port, to);

const from = (body: string): Outcome => ({ status: 200, body });
const asked = (what: string, request: Request, expect: Outcome, control?: Outcome): Check => ({ what, request, expect, ...(control === undefined ? {} : { control }) });
/** The caller encrypts by itself. */
const encrypted = (what: string, host: string, expect: Outcome, control?: Outcome): Check => ({ ...asked(what, { host }, expect, control), as: 'anonymous' });
const bytes = (what: string, to: string, expect: Outcome, control?: Outcome): Check => asked(what, { protocol: 'tcp', host: to, proxied: { to, port: 5432 } }, expect, control);

const originated = (tls: Origination): Partial<ExternalServiceProps> => ({ ports: [{ port: 80, protocol: 'HTTP', tls }] });
const FILES = { clientCertificate: '/certs/client.example.com', privateKey: '/certs/key', caCertificates: '/certs/ca' };

/** Changes what the DestinationRule says of TLS. */
const tlsOf = (edit: (tls: Readonly<Record<string, unknown>>) => object): Edit =>
  change('DestinationRule', 'api', (spec) => {
    const policy = asRecord(spec['trafficPolicy']);
    const portLevelSettings = asList(policy['portLevelSettings']).map(asRecord).map((one) => ({ ...one, tls: edit(asRecord(one['tls'])) }));
    return { ...spec, trafficPolicy: { ...policy, portLevelSettings } };
  });

const lockdown: readonly Case[] = [
  {
    name: 'egress: lockdown of requests',
    promise: 'what is listed is open, all else is refused by the sidecar',
    program: calling(({ chart, shop }) => {
      const ports = [{ port: 80 }];
      const open = new ExternalService(chart, 'open', { host: 'open.example.com', ports });
      const closed = new ExternalService(chart, 'closed', { host: 'closed.example.com', ports });
      new EgressLockdown(chart, 'lockdown', { namespace: shop, allow: [open] });
      new EgressLockdown(chart, 'other', { namespace: 'other', allow: [closed] });
    }),
    through: caller(80),
    checks: [
      asked('a host that is listed', { host: 'open.example.com' }, from('open.example.com')),
      asked('a host that others may call', { host: 'closed.example.com' }, { status: 502, arrived: { 'closed.example.com': 0 } }, from('closed.example.com')),
      asked('a host that nobody knows', { host: 'unknown.example.com' }, { status: 502, arrived: { [ORIGINAL]: 0 } }, from(ORIGINAL)),
    ],
    control: { what: 'no lockdown', edit: drop('Sidecar') },
  },
  {
    name: 'egress: lockdown of the mesh',
    promise: 'it holds where a namespace has no list of its own',
    program: (app) => {
      const platform = new Chart(app, 'platform', { namespace: 'istio-system' });
      const mesh = new Mesh(platform, 'mesh');
      const chart = new Chart(app, 'shop', { namespace: 'shop' });
      const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
      for (const name of ['caller', 'web']) addWorkload(chart, shop.addService(name, { port: 80 }));
      const open = new ExternalService(platform, 'open', { host: 'open.example.com', ports: [{ port: 80 }] });
      new EgressLockdown(platform, 'lockdown', { mesh, allow: [open] });
    },
    through: caller(80),
    checks: [
      asked('a host that is listed', { host: 'open.example.com' }, from('open.example.com')),
      asked('a service of the cluster', { host: 'web.shop.svc.cluster.local' }, from('web-v1')),
      asked('another host', { host: 'unknown.example.com' }, { status: 502, arrived: { [ORIGINAL]: 0 } }, from(ORIGINAL)),
    ],
    control: { what: 'no lockdown', edit: drop('Sidecar') },
  },
  {
    name: 'egress: lockdown of TLS',
    promise: 'names in TLS that are listed are open, one by one or below a wildcard, and no others',
    program: calling(({ chart, shop }) => {
      const open = new ExternalService(chart, 'open', { host: 'open.example.com' });
      const wild = new ExternalService(chart, 'wild', { host: '*.wild.example.com' });
      new EgressLockdown(chart, 'lockdown', { namespace: shop, allow: [open, wild] });
    }),
    through: caller(443),
    checks: [
      encrypted('a name that is listed', 'open.example.com', { ...from('open.example.com'), certificate: 'open.example.com' }),
      encrypted('a name below the wildcard goes where the caller wants', 'a.wild.example.com', from(ORIGINAL)),
      encrypted('the wildcard without a name', 'wild.example.com', { status: 'cut', arrived: { [ORIGINAL]: 0 } }, from(ORIGINAL)),
      encrypted('another name', 'unknown.example.com', { status: 'cut', arrived: { [ORIGINAL]: 0 } }, from(ORIGINAL)),
    ],
    control: { what: 'no lockdown', edit: drop('Sidecar') },
  },
  {
    name: 'egress: lockdown of ports that nobody declared',
    promise: 'a connection to a port that no service has is cut',
    program: calling(({ chart, shop }) => new EgressLockdown(chart, 'lockdown', { namespace: shop })),
    through: caller(15001),
    checks: [bytes('bytes to an address outside', '203.0.113.5', { status: 'cut' }, { status: 'open', body: ORIGINAL })],
    control: { what: 'no lockdown', edit: drop('Sidecar') },
  },
];

const places: readonly Case[] = [
  {
    name: 'egress: hosts are told by their name in TLS',
    promise: 'each goes to its own server, and what callers encrypted stays as it is',
    program: calling(({ chart }) => {
      new ExternalService(chart, 'one', { host: 'one.example.com' });
      new ExternalService(chart, 'two', { host: 'two.example.com', endpoints: ['two.cdn.example.com'] });
    }),
    through: caller(443),
    checks: [
      encrypted('one', 'one.example.com', { ...from('one.example.com'), certificate: 'one.example.com' }, from(ORIGINAL)),
      encrypted('two, whose endpoint has another name', 'two.example.com', { ...from('two.cdn.example.com'), asked: { 'two.cdn.example.com': { sni: 'two.example.com' } } }),
    ],
    control: { what: 'one is not declared', edit: drop('ServiceEntry', 'one') },
  },
  {
    name: 'egress: endpoints share by weight, each at its own port',
    promise: 'three quarters go to the heavier place',
    program: external({ ports: [{ port: 80, targetPort: 8080 }], endpoints: [{ address: '10.20.0.5', weight: 3 }, { address: 'fd00::6', weight: 1, ports: { 80: 9090 } }] }),
    through: caller(80),
    checks: [
      // five standard deviations round 750 are 69
      { ...asked('1,000 requests', { host: HOST }, { shares: { '10.20.0.5': [681, 819], 'fd00::6': [181, 319] } }, { shares: { '10.20.0.5': [421, 579] } }), times: 1_000, atOnce: 1 },
      { ...asked('the port of all', { host: HOST }, { asked: { '10.20.0.5': { port: 8080 }, 'fd00::6': { port: 9090 } } }), times: 50 },
    ],
    control: { what: 'no weights', edit: change('ServiceEntry', 'api', (spec) => ({ ...spec, endpoints: asList(spec['endpoints']).map((one) => without(asRecord(one), 'weight')) })) },
  },
  {
    name: 'egress: bytes are told by the address that callers connect to',
    promise: 'each address leads to its own database, a range to what is in it',
    program: calling(({ chart }) => {
      const ports = [{ port: 5432, protocol: 'TCP' }] as const;
      new ExternalService(chart, 'one', { host: 'one.db.example.com', ports, addresses: ['10.20.1.0/24'], endpoints: ['10.20.1.5'] });
      new ExternalService(chart, 'two', { host: 'two.db.example.com', ports, addresses: ['10.20.2.0/24'], resolution: 'NONE' });
    }),
    through: caller(5432),
    checks: [
      bytes('an address of the first range', '10.20.1.77', { status: 'open', body: '10.20.1.5' }, { status: 'open', body: ORIGINAL }),
      bytes('an address of the second, which goes on to where it was meant', '10.20.2.77', { status: 'open', body: ORIGINAL }),
    ],
    control: { what: 'the first is not declared', edit: drop('ServiceEntry', 'one') },
  },
  {
    name: 'egress: a host is declared to some namespaces only',
    promise: 'what is said of it does not hold elsewhere',
    program: calling(({ chart }) => {
      new ExternalService(chart, 'api', { host: HOST, ...originated(TlsOrigination.simple()), exportTo: ['other'] });
      new ExternalService(chart, 'plain', { host: 'plain.example.com', ports: [{ port: 80 }] });
    }),
    through: caller(80),
    checks: [asked('a caller of a namespace that does not know it', { host: HOST }, { ...from(ORIGINAL), asked: { [ORIGINAL]: { sni: null } } }, { ...from(HOST), asked: { [HOST]: { sni: HOST } } })],
    control: { what: 'declared to all', edit: (manifests) => ['ServiceEntry', 'DestinationRule'].reduce((all, kind) => change(kind, 'api', (spec) => without(spec, 'exportTo'))(all), manifests) },
  },
];

const origination: readonly Case[] = [
  {
    name: 'egress: TLS that the sidecar adds',
    promise: 'callers speak HTTP, the server sees TLS for its own name',
    program: external(originated(TlsOrigination.simple())),
    through: caller(80),
    checks: [asked('a request', { host: HOST }, { ...from(HOST), asked: { [HOST]: { sni: HOST, port: 443, client: null } } }, { asked: { [HOST]: { sni: null } } })],
    control: { what: 'no DestinationRule', edit: drop('DestinationRule', 'api') },
  },
  {
    name: 'egress: a server with another name',
    promise: 'its certificate is refused, and no request is sent',
    program: external(originated(TlsOrigination.simple())),
    serving: { [HOST]: { certificate: 'evil.example.com' } },
    through: caller(80),
    checks: [asked('a request', { host: HOST }, { status: 503, arrived: { [HOST]: 0 } }, from(HOST))],
    control: { what: 'the other name is taken', edit: tlsOf((tls) => ({ ...tls, subjectAltNames: ['evil.example.com'] })) },
  },
  {
    name: 'egress: a server whose certificate nobody trusts',
    promise: 'it is refused, and no request is sent',
    program: external(originated(TlsOrigination.simple({ caCertificates: '/certs/ca' }))),
    strangers: [HOST],
    through: caller(80),
    checks: [asked('a request', { host: HOST }, { status: 503, arrived: { [HOST]: 0 } }, from(HOST))],
    control: { what: 'nothing is checked', edit: tlsOf((tls) => ({ ...without(tls, 'caCertificates', 'subjectAltNames'), insecureSkipVerify: true })) },
  },
  {
    name: 'egress: mutual TLS that the sidecar adds',
    promise: 'the server sees the certificate from the files',
    program: external(originated(TlsOrigination.mutual(FILES))),
    serving: { [HOST]: { mutual: true } },
    through: caller(80),
    checks: [asked('a request', { host: HOST }, { ...from(HOST), asked: { [HOST]: { sni: HOST, client: 'client.example.com' } } }, { status: 503, arrived: { [HOST]: 0 } })],
    control: { what: 'no certificate of the client', edit: tlsOf((tls) => ({ ...without(tls, 'clientCertificate', 'privateKey'), mode: 'SIMPLE' })) },
  },
  {
    name: 'egress: TLS to a wildcard',
    promise: 'the server is asked for, and checked by, the host of each request',
    program: external({ host: '*.example.com', endpoints: ['cdn.example.com'], ...originated(TlsOrigination.simple()) }),
    serving: { 'cdn.example.com': { certificate: 'a.example.com' } },
    through: caller(80),
    checks: [
      asked('a host of which the server has a certificate', { host: 'a.example.com' }, { ...from('cdn.example.com'), asked: { 'cdn.example.com': { sni: 'a.example.com' } } }),
      asked('a host of which it has none', { host: 'b.example.com' }, { status: 503, arrived: { 'cdn.example.com': 0 } }, from('cdn.example.com')),
    ],
    control: { what: 'one name for all', edit: tlsOf((tls) => ({ ...tls, sni: 'a.example.com', subjectAltNames: ['a.example.com'] })) },
  },
  {
    name: 'egress: gRPC in TLS that the sidecar adds',
    promise: 'callers speak plain gRPC, the server gets HTTP/2 in TLS',
    program: external({ ports: [{ port: 50_051, protocol: 'GRPC', targetPort: 443, tls: TlsOrigination.simple() }] }),
    through: caller(50_051),
    checks: [
      asked('a call', { protocol: 'grpc', host: HOST }, { body: HOST, grpcStatus: 0, asked: { [HOST]: { protocol: 'h2', sni: HOST, port: 443 } } }, { asked: { [HOST]: { sni: null } } }),
    ],
    control: { what: 'no DestinationRule', edit: drop('DestinationRule', 'api') },
  },
  {
    name: 'egress: TLS of bytes',
    promise: 'a database is spoken to in TLS by callers that know nothing of it',
    program: external({ ports: [{ port: 5432, protocol: 'TCP', tls: TlsOrigination.simple() }], addresses: ['10.20.0.5'] }),
    through: caller(5432, HOST),
    checks: [bytes('bytes', '10.20.0.5', { status: 'open', body: HOST, asked: { [HOST]: { sni: HOST } } }, { asked: { [HOST]: { sni: null } } })],
    control: { what: 'no DestinationRule', edit: drop('DestinationRule', 'api') },
  },
];

const resilience: readonly Case[] = [
  {
    name: 'egress: retries of an external service',
    promise: 'what failed is tried again as often as is said',
    program: external({ ports: [{ port: 80 }], retries: { attempts: 2, retryOn: [500] } }),
    through: caller(80),
    checks: [
      {
        ...asked('the first two fail', { host: HOST }, { status: 200, arrived: { [HOST]: 3 } }, { status: 500, arrived: { [HOST]: 1 } }),
        upstreams: { [HOST]: (nth) => (nth < 3 ? { status: 500 } : {}) },
      },
    ],
    control: { what: 'no VirtualService', edit: drop('VirtualService', 'api') },
  },
  {
    name: 'egress: timeout of an external service',
    promise: 'a request that takes too long is given up',
    program: external({ ports: [{ port: 80 }], timeout: '1s' }),
    through: caller(80),
    checks: [
      { ...asked('an answer after 2.5 s', { host: HOST }, { status: 504, milliseconds: [900, 2_000] }, { status: 200, milliseconds: [2_400, 5_000] }), upstreams: { [HOST]: () => ({ delayMs: 2_500 }) } },
    ],
    control: { what: 'no VirtualService', edit: drop('VirtualService', 'api') },
  },
  {
    name: 'egress: endpoints that fail are left alone',
    promise: 'after five failures the other place gets all requests',
    program: external({ ports: [{ port: 80 }], endpoints: ['10.20.0.5', '10.20.0.6'], trafficPolicy: { outlierDetection: 'gateway-errors' } }),
    through: caller(80),
    checks: [
      {
        ...asked('200 requests, one after the other', { host: HOST }, { load: { '10.20.0.5': [5, 5] } }, { load: { '10.20.0.5': [50, 150] } }),
        times: 200,
        atOnce: 1,
        upstreams: { '10.20.0.5': () => ({ status: 502 }) },
      },
    ],
    control: { what: 'no DestinationRule', edit: drop('DestinationRule', 'api') },
  },
  {
    name: 'egress: the nearer place, and the other one when it fails',
    promise: 'all go to the place of the own region, until it fails',
    program: external({
      ports: [{ port: 80 }],
      endpoints: [{ address: '10.20.0.5', locality: 'eu/a' }, { address: '10.20.0.6', locality: 'us/a' }, { address: '10.20.0.7', locality: 'asia/a' }],
      trafficPolicy: { outlierDetection: 'gateway-errors', loadBalancer: { localityLbSetting: { failover: [{ from: 'eu', to: 'us' }] } } },
    }),
    pods: { 'caller-v1': { eu: at('eu', 'a') } },
    through: caller(80),
    checks: [
      { ...asked('20 requests', { host: HOST }, { shares: { '10.20.0.5': [20, 20] } }, { shares: { '10.20.0.5': [0, 19] } }), times: 20, atOnce: 1 },
      {
        ...asked('60 requests while it fails', { host: HOST }, { shares: { '10.20.0.6': [50, 60], '10.20.0.7': [0, 0] } }, { shares: { '10.20.0.7': [1, 60] } }),
        times: 60,
        atOnce: 1,
        upstreams: { '10.20.0.5': () => ({ status: 502 }) },
      },
    ],
    control: { what: 'no DestinationRule', edit: drop('DestinationRule', 'api') },
  },
  {
    name: 'egress: limits of an external service',
    promise: 'what is beyond them is refused at once, and does not wait for the slow server',
    program: external({ ports: [{ port: 80 }], trafficPolicy: { connectionPool: { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1 } } } }),
    through: caller(80),
    checks: [
      {
        ...asked('20 requests at once', { host: HOST }, { shares: { [HOST]: [1, 6] } }, { shares: { [HOST]: [20, 20] } }),
        times: 20,
        atOnce: 20,
        upstreams: { [HOST]: () => ({ delayMs: 300 }) },
      },
    ],
    control: { what: 'no DestinationRule', edit: drop('DestinationRule', 'api') },
  },
];

export const egress: readonly Case[] = [...lockdown, ...places, ...origination, ...resilience];
