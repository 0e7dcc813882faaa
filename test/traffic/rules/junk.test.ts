import { RouteDelegate, StringMatch } from '../../../src';
import { MeshError } from '../../../src/errors/mesh-error';
import { synthTo } from '../../../src/testing';
import { program } from '../../support/program';

/** Whatever a program in plain JavaScript gives: it is taken, or refused by a MeshError; nothing else is ever thrown. */

const JUNK: readonly unknown[] = [null, 0, -1, 1.5, NaN, Infinity, 10n, '', 'x', true, false, [], [null], [[]], {}, { a: null }, Symbol('s'), () => 1, new Date(0), new Map()];

const match = {
  uri: StringMatch.prefix('/a'),
  ignoreUriCase: true,
  method: 'OPTIONS',
  headers: { x: '1' },
  withoutHeaders: { y: StringMatch.present() },
  cookie: { name: 'a', value: 'b' },
  queryParams: { q: '1' },
  scheme: 'http',
  authority: 'web',
  source: undefined,
  sourceNamespace: 'ops',
  port: 8080,
};
const RULES: readonly object[] = [
  {
    match: [match],
    priority: 1,
    headers: { request: { set: { a: 'b' }, add: { c: 'd' }, remove: ['e'] }, response: { set: { a: 'b' } } },
    corsPolicy: { allowOrigins: ['https://a.example'], allowMethods: ['GET'], allowHeaders: ['x'], exposeHeaders: ['y'], maxAge: '1h', allowCredentials: true },
    to: [{ version: 'v1', weight: 50 }, { service: undefined, version: 'v2', port: 8080, weight: 50 }],
    rewrite: { uri: '/b', authority: 'c' },
    mirror: [{ version: 'v2', percentage: 5, port: 8080 }],
    timeout: '6s',
    retries: { attempts: 1, perTryTimeout: '2s', retryOn: ['5xx'] },
    fault: { abort: { httpStatus: 500, percentage: 1 }, delay: { fixedDelay: '1s', percentage: 1 }, everyone: true },
  },
  { match, rewrite: { uriRegexRewrite: { match: '/a', rewrite: '/b' } } },
  { match, redirect: { uri: '/b', authority: 'c', scheme: 'https', port: 443, redirectCode: 302 } },
  { match, directResponse: { status: 404, body: 'none' } },
  { match: { grpc: { service: 'a.B', method: 'C' } }, mirror: { version: 'v2' }, to: { version: 'v1' } },
];
const TCP: readonly object[] = [{ match: [{ port: 5432, sourceNamespace: 'ops', destinationSubnets: ['10.0.0.0/8'] }], to: [{ version: 'v1', weight: 100 }], priority: 1 }];
const TLS: readonly object[] = [{ match: { port: 8443, sourceNamespace: 'ops', sniHosts: ['a.example.com'] }, to: { version: 'v1' }, priority: 1 }];
const DELEGATES: readonly object[] = [{ name: 'd', namespace: 'ops', routes: [{ match: { uri: '/a' }, directResponse: { status: 200 } }] }];
const POLICIES: readonly object[] = [
  {
    connectionPool: { tcp: { maxConnections: 1, connectTimeout: '1s' }, http: { http2MaxRequests: 1, idleTimeout: '1h' } },
    outlierDetection: { consecutive5xxErrors: 5, consecutiveLocalOriginFailures: 5, interval: '1s', maxEjectionPercent: 50 },
    loadBalancer: { simple: 'ROUND_ROBIN', warmup: { duration: '1m', minimumPercent: 10, aggression: 2 }, localityLbSetting: { failover: [{ from: 'eu', to: 'us' }] } },
  },
  { retryBudget: { percent: 20, minRetryConcurrency: 3 }, versions: { v1: { connectionPool: { http: { maxRequestsPerConnection: 1 } } } } },
  { connectionPool: { tcp: { maxConnections: 1 }, http: { maxRetries: 1 } }, ports: { 8080: { connectionPool: { tcp: { maxConnections: 2 } }, outlierDetection: 'gateway-errors', loadBalancer: { simple: 'RANDOM' } } } },
  { loadBalancer: { consistentHash: { httpCookie: { name: 'a', ttl: '1h', path: '/' } }, localityLbSetting: { distribute: [{ from: 'eu', to: { eu: 100 } }] } } },
];

/** The value with each of its parts replaced by junk, one at a time. */
function* spoilt(value: unknown): Generator<unknown> {
  yield* JUNK;
  if (typeof value !== 'object' || value === null || StringMatch.isStringMatch(value)) return;
  for (const [key, part] of Object.entries(value)) {
    for (const other of spoilt(part)) {
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
    for (const finding of error.findings) expect(finding).toMatchObject({ construct: expect.stringMatching(/^shop/) as string, expected: expect.stringMatching(/./) as string });
    return 'refused';
  }
}

/** Many in one program: what they do is known without synthesis, but for what the rules say together. */
function outcomes(values: readonly object[], give: (value: never) => () => unknown): Record<string, number> {
  const counts: Record<string, number> = { taken: 0, refused: 0 };
  for (const value of values.flatMap((each) => [...spoilt(each)])) {
    const outcome = tried(give(value as never));
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

test('what the examples are made from is right', () => {
  for (const [index, rule] of RULES.entries()) {
    const { chart, shop } = program();
    const web = shop.addService('web', { port: 8080, versions: ['v1', 'v2'] });
    web.route(chart, 'rule', rule);
    const policy = POLICIES[index];
    if (policy !== undefined) web.trafficPolicy(chart, policy);
    expect(() => synthTo(chart)).not.toThrow();
  }
  const { chart, shop } = program();
  const db = shop.addService('db', { ports: [{ port: 5432, name: 'tcp' }, { port: 8443, name: 'tls' }], versions: ['v1'] });
  db.tcpRoute(chart, 'tcp', TCP[0] as never);
  db.tlsRoute(chart, 'tls', TLS[0] as never);
  new RouteDelegate(chart, 'delegate', DELEGATES[0] as never);
  expect(() => synthTo(chart)).not.toThrow();
});

test('rules', () => {
  let id = 0;
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080, versions: ['v1', 'v2'] });
  const counts = outcomes(RULES, (rule) => () => web.route(chart, `rule-${id++}`, rule));
  expect(counts['refused']).toBeGreaterThan(500);
  // those that were taken are seen together
  expect(tried(() => synthTo(chart))).toBe('refused');
}, 60_000);

test('rules for connections, and delegates', () => {
  let id = 0;
  const { chart, shop } = program();
  const db = shop.addService('db', { ports: [{ port: 5432, name: 'tcp' }, { port: 8443, name: 'tls' }], versions: ['v1'] });
  const tcp = outcomes(TCP, (rule) => () => db.tcpRoute(chart, `tcp-${id++}`, rule));
  const tls = outcomes(TLS, (rule) => () => db.tlsRoute(chart, `tls-${id++}`, rule));
  const delegates = outcomes(DELEGATES, (props) => () => new RouteDelegate(chart, `d-${id++}`, props));
  for (const counts of [tcp, tls, delegates]) expect(counts['refused']).toBeGreaterThan(60);
  expect(tried(() => synthTo(chart))).toBe('refused');
}, 60_000);

test('policies', () => {
  let id = 0;
  const { chart, shop } = program();
  const counts = outcomes(POLICIES, (policy) => () => shop.addService(`web-${id++}`, { port: 8080, versions: ['v1'] }).trafficPolicy(chart, policy));
  expect(counts['refused']).toBeGreaterThan(400);
  expect(tried(() => synthTo(chart))).toBe('taken');
}, 60_000);
