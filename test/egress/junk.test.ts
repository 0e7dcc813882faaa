import { EgressGateway, EgressLockdown, EgressRoute, ExternalService, TlsOrigination } from '../../src';
import { isConstruct } from '../../src/core/place';
import { MeshError } from '../../src/errors/mesh-error';
import { synthTo } from '../../src/testing';
import { program } from '../support/program';

/** Whatever a program in plain JavaScript gives: it is taken, or refused by a MeshError that says how to mend it; nothing else is thrown. */

const JUNK: readonly unknown[] = [null, 0, -1, 1.5, NaN, Infinity, 10n, '', 'x', '*', true, false, [], [null], [[]], {}, { a: null }, Symbol('s'), () => 1, new Date(0), new Map()];

const SERVICES: readonly object[] = [
  {
    host: 'api.example.com',
    name: 'api',
    namespace: 'shop',
    exportTo: ['.', 'ops'],
    ports: [{ port: 80, protocol: 'HTTP', targetPort: 8443, tls: TlsOrigination.simple() }, { port: 5432, protocol: 'TCP' }],
    endpoints: ['10.0.0.1', { address: 'fd00::1', locality: 'eu/a', weight: 2, labels: { rack: 'a' }, ports: { 80: 8080 } }],
    addresses: ['10.0.0.0/24'],
    resolution: 'STATIC',
    timeout: '6s',
    retries: { attempts: 1, perTryTimeout: '2s', retryOn: ['5xx', 503] },
    trafficPolicy: { outlierDetection: 'gateway-errors', loadBalancer: { simple: 'RANDOM' }, connectionPool: { tcp: { maxConnections: 1 } } },
  },
  { host: '*.example.com', ports: [{ port: 443 }] },
];
const TRUST: readonly object[] = [
  { sni: 'a.example.com', subjectAltNames: ['a.example.com'], caCertificates: '/ca' },
  { clientCertificate: '/c', privateKey: '/k', caCertificates: '/ca' },
  { secret: 'client' },
  { secret: 'ca', sni: 'a.example.com' },
];

/** The value with each of its parts replaced by junk, or taken out, one at a time. */
function* spoilt(value: unknown): Generator<unknown> {
  yield* JUNK;
  if (typeof value !== 'object' || value === null || isConstruct(value) || TlsOrigination.isTlsOrigination(value)) return;
  for (const [key, part] of Object.entries(value)) {
    for (const other of [undefined, ...spoilt(part)]) {
      yield Array.isArray(value) ? value.map((each: unknown, index) => (String(index) === key ? other : each)) : { ...value, [key]: other };
    }
  }
}

function tried(body: () => unknown): 'taken' | 'refused' {
  try {
    body();
    return 'taken';
  } catch (error) {
    if (!MeshError.isMeshError(error)) throw error;
    for (const finding of error.findings) expect([finding.code, finding.got, finding.expected].every((text) => text !== '' && !/TypeError|undefined is not/.test(text))).toBe(true);
    return 'refused';
  }
}

/** Each of them is judged, and both outcomes occur: a loop over nothing, or one that refuses all, shows nothing. */
function expectJudged(outcomes: readonly string[]): void {
  expect(outcomes.filter((each) => each === 'refused').length).toBeGreaterThan(JUNK.length);
}

test.each(SERVICES.map((props) => [props]))('an external service', (props) => {
  const outcomes = [...spoilt(props)].map((given) =>
    tried(() => {
      const { chart } = program();
      new ExternalService(chart, 'api', given as never);
      synthTo(chart);
    }),
  );
  expectJudged(outcomes);
  expect(outcomes).toContain('taken');
}, 60_000);

test('TLS', () => {
  expectJudged(TRUST.flatMap((options) => [...spoilt(options)].map((given) => tried(() => TlsOrigination.mutual(given as never)))));
  expectJudged(TRUST.flatMap((options) => [...spoilt(options)].map((given) => tried(() => TlsOrigination.simple(given as never)))));
});

test('a route, a lockdown and a gateway of another program', () => {
  const set = () => {
    const { chart, shop } = program();
    const gateway = EgressGateway.fromName(chart, 'egress', { name: 'egress' });
    return { chart, route: { gateway, to: new ExternalService(chart, 'api', { host: 'api.example.com' }), allowFrom: [shop] }, shop };
  };
  const { route, shop } = set();
  const keys = Object.keys(route) as (keyof typeof route)[];
  const spoiltRoutes = [...JUNK, ...keys.flatMap((key) => [undefined, ...JUNK, [undefined]].map((junk) => ({ [key]: junk })))];
  expectJudged(spoiltRoutes.map((given) => tried(() => {
    const { chart, route: right } = set();
    new EgressRoute(chart, 'out', (typeof given === 'object' && given !== null && Object.keys(given).some((key) => key in right) ? { ...right, ...given } : given) as never);
    synthTo(chart);
  })));
  expectJudged([...spoilt({ namespace: 'shop', allow: [route.to] }), ...spoilt({ mesh: shop, allow: [] })].map((given) => tried(() => {
    const { chart } = set();
    new EgressLockdown(chart, 'lockdown', given as never);
    synthTo(chart);
  })));
  expectJudged([...spoilt({ name: 'egress', namespace: 'edge', selector: { istio: 'egress' } })].map((given) => tried(() => EgressGateway.fromName(set().chart, 'other', given as never))));
  expectJudged([...spoilt({ host: 'api.example.com', namespace: 'edge' })].map((given) => tried(() => ExternalService.fromName(program().chart, 'other', given as never))));
}, 60_000);
