import { Chart } from 'cdk8s';
import { Cluster, GlobalRateLimit, IngressGateway, LocalRateLimit, MeshError, MeshService, RateLimitKey, RateLimitService, StringMatch } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

type Program = ReturnType<typeof program>;
type Row = readonly [name: string, props: unknown, code: string, property: string];

const LIMIT = { requests: 1, per: '1s' };

function local(props: object, made: Program = program()): MeshError {
  const service = made.shop.addService('web', { port: 8080 });
  return caught(() => new LocalRateLimit(made.chart, 'limit', { service, ...props } as never));
}

function global(limits: unknown, more: object = {}): MeshError {
  const { chart, shop } = program();
  const service = shop.addService('web', { port: 8080 });
  const at = new RateLimitService(chart, 'ratelimit');
  return caught(() => new GlobalRateLimit(chart, 'limit', { service, at, limits, ...more } as never));
}

test.each<Row>([
  ['no limit at all', {}, 'no-limit', 'limit'],
  ['a misspelt key', { limits: LIMIT }, 'unknown-prop', 'limits'],
  ['none', { limit: { requests: 0, per: '1s' } }, 'bad-number', 'limit.requests'],
  ['a part of a request', { limit: { requests: 1.5, per: '1s' } }, 'bad-number', 'limit.requests'],
  ['a number in quotes', { limit: { requests: '10', per: '1s' } }, 'bad-number', 'limit.requests'],
  ['more than Envoy counts', { limit: { requests: 2 ** 32, per: '1s' } }, 'bad-number', 'limit.requests'],
  ['a length of time as a number', { limit: { requests: 1, per: 60 } }, 'bad-duration', 'limit.per'],
  ['an interval that Envoy refuses', { limit: { requests: 1, per: '10ms' } }, 'bad-duration', 'limit.per'],
  ['a unit of the other construct', { limit: { requests: 1, per: 'minute' } }, 'bad-duration', 'limit.per'],
  ['an empty bucket', { limit: { requests: 1, per: '1s', burst: 0 } }, 'bad-number', 'limit.burst'],
  ['no rules', { rules: [] }, 'empty-list', 'rules'],
  ['a rule for all requests', { rules: [{ match: {}, limit: LIMIT }] }, 'bad-match', 'rules[0].match'],
  ['a rule without a match', { rules: [{ limit: LIMIT }] }, 'bad-match', 'rules[0].match'],
  ['a rule without a limit', { rules: [{ match: { uri: '/a' } }] }, 'bad-props', 'rules[0].limit'],
  ['a misspelt match', { rules: [{ match: { url: '/a' }, limit: LIMIT }] }, 'unknown-prop', 'rules[0].match.url'],
  ['a match by what a pod cannot see', { rules: [{ match: { source: 'web' }, limit: LIMIT }] }, 'unknown-prop', 'rules[0].match.source'],
  ['a path without a slash', { rules: [{ match: { uri: 'a' }, limit: LIMIT }] }, 'bad-path', 'rules[0].match.uri'],
  ['a status that is no error', { limit: LIMIT, status: 200 }, 'bad-status', 'status'],
  ['a status that Envoy does not know', { limit: LIMIT, status: 418 }, 'bad-status', 'status'],
  ['a header over two lines', { limit: LIMIT, headers: { 'x-a': 'a\nb' } }, 'bad-header', 'headers.x-a'],
  ['a header twice', { limit: LIMIT, headers: { 'x-a': '1', 'X-A': '2' } }, 'bad-header', 'headers.X-A'],
  ['a text for yes', { limit: LIMIT, shadowMode: 'yes' }, 'bad-choice', 'shadowMode'],
  ['two targets', { limit: LIMIT, gateway: {} }, 'bad-props', 'service'],
  ['no target', { limit: LIMIT, service: undefined }, 'bad-props', 'service'],
  ['a port that is none', { limit: LIMIT, port: 70_000 }, 'bad-number', 'port'],
])('a local limit of %s: refused', (_name, props, code, property) => {
  expect(local(props as object).findings).toMatchObject([{ code, construct: 'shop/limit', property }]);
});

test.each<Row>([
  ['no limits', [], 'empty-list', 'limits'],
  ['none', [{ requests: 0, per: 'day' }], 'bad-number', 'limits[0].requests'],
  ['a length of time in place of a unit', [{ requests: 1, per: '1m' }], 'bad-choice', 'limits[0].per'],
  ['a unit that there is not', [{ requests: 1, per: 'minutes' }], 'bad-choice', 'limits[0].per'],
  ['a key as text', [{ requests: 1, per: 'day', by: ['x-api-key'] }], 'bad-key', 'limits[0].by[0]'],
  ['a key twice', [{ requests: 1, per: 'day', by: [RateLimitKey.header('x-a'), RateLimitKey.header('X-A')] }], 'bad-key', 'limits[0].by[1]'],
  ['no keys', [{ requests: 1, per: 'day', by: [] }], 'empty-list', 'limits[0].by'],
  ['a header that is none', [{ requests: 1, per: 'day', by: [RateLimitKey.header('x a')] }], 'bad-header', 'limits[0].by[0]'],
  ['a misspelt option of a key', [{ requests: 1, per: 'day', by: [RateLimitKey.header('x', { absnt: 'unlimited' } as never)] }], 'unknown-prop', 'limits[0].by[0].absnt'],
  ['too many bits', [{ requests: 1, per: 'day', by: [RateLimitKey.remoteAddress({ ipv4: 64 })] }], 'bad-number', 'limits[0].by[0].ipv4'],
  ['a name that the service would read as any', [{ requests: 1, per: 'day', by: [RateLimitKey.genericKey('a*')] }], 'bad-key', 'limits[0].by[0]'],
  ['a shared counter that would not be shared', [{ requests: 1, per: 'day', by: [RateLimitKey.genericKey('a')], match: { queryParams: { q: '1' } } }], 'bad-key', 'limits[0].match.queryParams'],
  ['a misspelt key', [{ requests: 1, per: 'day', shadow: true }], 'unknown-prop', 'limits[0].shadow'],
])('a global limit with %s: refused', (_name, limits, code, property) => {
  expect(global(limits).findings).toMatchObject([{ code, construct: 'shop/limit', property }]);
});

test('what is asked has to be a RateLimitService, of the same cluster', () => {
  const limits = [{ requests: 1, per: 'day' }];
  expect(global(limits, { at: 'ratelimit' }).findings).toMatchObject([{ code: 'bad-reference', construct: 'shop/limit', property: 'at', got: '"ratelimit"' }]);
  expect(global(limits, { onFailure: 'open' }).findings).toMatchObject([{ code: 'bad-choice', construct: 'shop/limit', property: 'onFailure' }]);
});

test('a rate-limit service of another cluster is refused', () => {
  const { app, chart, shop } = program();
  const at = new RateLimitService(new Chart(new Cluster(app, 'other'), 'limits', { namespace: 'limits' }), 'ratelimit');
  const made = caught(() => new GlobalRateLimit(chart, 'limit', { service: shop.addService('web', { port: 8080 }), at, limits: [{ requests: 1, per: 'day' }] }));
  expect(made.findings).toMatchObject([{ code: 'other-cluster', construct: 'shop/limit', property: 'at' }]);
});

test.each<Row>([
  ['a name that is none', { name: 'Rate_Limit' }, 'bad-name', 'name'],
  ['a namespace that is none', { namespace: 'A B' }, 'bad-reference', 'namespace'],
  ['no replicas', { replicas: 0 }, 'bad-number', 'replicas'],
  ['a Redis with a scheme', { redis: { url: 'rediss://redis:6379' } }, 'bad-address', 'redis.url'],
  ['a Redis without a port', { redis: { url: 'redis' } }, 'bad-address', 'redis.url'],
  ['a password in the program', { redis: { url: 'redis:6379', password: 'secret' } }, 'unknown-prop', 'redis.password'],
  ['a Secret by its name only', { redis: { url: 'redis:6379', secret: 'redis' } }, 'bad-props', 'redis.secret'],
  ['an image for a Redis that is there', { redis: { url: 'redis:6379', image: 'redis' } }, 'unknown-prop', 'redis.image'],
  ['a timeout as a number', { timeout: 20 }, 'bad-duration', 'timeout'],
  ['an amount that is none', { resources: { limits: { memory: '1 GB' } } }, 'bad-amount', 'resources.limits.memory'],
  ['a failure mode that there is not', { onFailure: 'closed' }, 'bad-choice', 'onFailure'],
  ['a misspelt key', { replica: 3 }, 'unknown-prop', 'replica'],
])('a rate-limit service with %s: refused', (_name, props, code, property) => {
  const { chart } = program();
  expect(caught(() => new RateLimitService(chart, 'ratelimit', props as never)).findings).toMatchObject([{ code, construct: 'shop/ratelimit', property }]);
});

test('a rate-limit service without a namespace says so', () => {
  const { app } = program();
  expect(caught(() => new RateLimitService(new Chart(app, 'other'), 'ratelimit')).findings).toMatchObject([{ code: 'no-namespace', construct: 'other/ratelimit' }]);
});

describe('at synthesis', () => {
  const refused = (service: (made: Program) => MeshService, port?: number): readonly object[] => {
    const made = program();
    new LocalRateLimit(made.chart, 'limit', { service: service(made), limit: LIMIT, ...(port === undefined ? {} : { port }) });
    return caught(() => synthTo(made.chart)).findings;
  };

  test('a port that the service has not', () => {
    expect(refused(({ shop }) => shop.addService('web', { port: 8080 }), 80)).toMatchObject([{ code: 'unknown-port', construct: 'shop/limit', property: 'port', expected: 'one of 8080' }]);
  });

  test('a port that pods know by name', () => {
    const service = ({ shop }: Program): MeshService => shop.addService('web', { port: 80, targetPort: 'web' });
    expect(refused(service, 80)).toMatchObject([{ code: 'named-target-port', construct: 'shop/limit', property: 'port' }]);
  });

  test('a service without requests', () => {
    expect(refused(({ shop }) => shop.addService('db', { port: 5432, portName: 'tcp-db' }))).toMatchObject([{ code: 'no-http', construct: 'shop/limit', property: 'service' }]);
  });

  test('a service without pods: its filter would be for all of the namespace', () => {
    const service = ({ chart }: Program): MeshService => MeshService.fromName(chart, 'none', { name: 'none', ports: [{ port: 80, name: 'http' }], selector: {} });
    expect(refused(service)).toMatchObject([{ code: 'no-pods', construct: 'shop/limit', property: 'service' }]);
  });
});

test('a port of a gateway is refused: its hosts are told apart by authority', () => {
  const { chart } = program();
  const gateway = new IngressGateway(chart, 'public', { workload: false });
  const made = caught(() => new LocalRateLimit(chart, 'limit', { gateway, port: 443, limit: LIMIT } as never));
  expect(made.findings).toMatchObject([{ code: 'bad-props', construct: 'shop/limit', property: 'port' }]);
});

/** Whatever a program without types gives: a MeshError, or nothing wrong. */
describe('junk', () => {
  const JUNK: readonly unknown[] = [undefined, null, true, 0, -1, NaN, Infinity, 1n, '', 'x', Symbol('s'), () => 1, [], [null], {}, { a: null }, new Date(0), new Map(), StringMatch.present(), RateLimitKey.path(), Object.create(null)];
  const quiet = (body: () => unknown): void => {
    try {
      body();
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
    }
  };

  test.each(['service', 'gateway', 'port', 'limit', 'rules', 'status', 'headers', 'rateLimitHeaders', 'shadowMode'])('%s of a local limit', (key) => {
    for (const junk of JUNK) {
      const { chart, shop } = program();
      const service = shop.addService('web', { port: 8080 });
      quiet(() => new LocalRateLimit(chart, 'limit', { service, limit: LIMIT, [key]: junk } as never));
      quiet(() => new LocalRateLimit(chart, 'rule', { service, rules: [{ match: { uri: '/' }, limit: LIMIT, [key]: junk }] } as never));
      quiet(() => new LocalRateLimit(chart, 'bucket', { service, limit: { requests: junk, per: junk, burst: junk } } as never));
      quiet(() => new LocalRateLimit(chart, 'match', { service, rules: [{ match: junk, limit: junk }, junk] } as never));
    }
  });

  test.each(['at', 'limits', 'onFailure', 'requests', 'per', 'by', 'match', 'shadowMode'])('%s of a global limit', (key) => {
    for (const junk of JUNK) {
      const { chart, shop } = program();
      const service = shop.addService('web', { port: 8080 });
      const at = new RateLimitService(chart, 'ratelimit');
      const limit = { requests: 1, per: 'day' };
      quiet(() => new GlobalRateLimit(chart, 'limit', { service, at, limits: [limit], [key]: junk } as never));
      quiet(() => new GlobalRateLimit(chart, 'each', { service, at, limits: [{ ...limit, [key]: junk }, junk] } as never));
      for (const by of [RateLimitKey.header(junk as never, junk as never), RateLimitKey.remoteAddress(junk as never), RateLimitKey.genericKey(junk as never)]) {
        quiet(() => new GlobalRateLimit(chart, `by`, { service, at, limits: [{ ...limit, by: [by] }] } as never));
      }
    }
  });

  test.each(['name', 'namespace', 'replicas', 'redis', 'onFailure', 'timeout', 'domain', 'image', 'resources'])('%s of a rate-limit service', (key) => {
    for (const junk of JUNK) {
      const { chart } = program();
      quiet(() => new RateLimitService(chart, 'a', { [key]: junk } as never));
      quiet(() => new RateLimitService(chart, 'b', { redis: { url: 'redis:1', [key]: junk } } as never));
      quiet(() => new RateLimitService(chart, 'c', { redis: { url: junk, secret: junk, tls: junk } } as never));
      quiet(() => new RateLimitService(chart, 'd', { resources: { requests: junk, limits: { [String(key)]: junk } } } as never));
    }
  });

  test.each([LocalRateLimit, GlobalRateLimit, RateLimitService])('scope, id and props of %p', (kind) => {
    for (const junk of JUNK) {
      const { chart } = program();
      const Any = kind as unknown as new (...args: unknown[]) => unknown;
      quiet(() => new Any(junk, 'id', {}));
      quiet(() => new Any(chart, junk, {}));
      quiet(() => new Any(chart, 'id', junk));
    }
  });
});
