import type { Chart } from 'cdk8s';
import { parse } from 'yaml';
import { AuthorizationPolicy, EnvoyFilter } from '../../../imports/istio';
import { ConfigMap } from '../../../imports/kubernetes';
import { GlobalRateLimit, IngressGateway, RateLimitKey, RateLimitService } from '../../../src';
import type { GlobalLimit, MeshService, RateLimitServiceProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

type Program = ReturnType<typeof program>;
interface Level {
  readonly key: string;
  readonly value?: string;
  readonly descriptors?: readonly Level[];
  readonly rate_limit?: object;
  readonly shadow_mode?: boolean;
}

const setting = (props: RateLimitServiceProps = {}): Program & { readonly web: MeshService; readonly at: RateLimitService } => {
  const made = program();
  return { ...made, web: made.shop.addService('web', { port: 8080 }), at: new RateLimitService(made.chart, 'ratelimit', props) };
};

function configOf(scope: Chart): { readonly domain: string; readonly descriptors: readonly Level[] } {
  const { data } = synthTo(scope).one(ConfigMap);
  return parse(data?.['config.yaml'] ?? '') as { domain: string; descriptors: Level[] };
}

function filtersOf(scope: Chart): readonly Readonly<Record<string, unknown>>[] {
  const patches = synthTo(scope).one(EnvoyFilter).spec?.configPatches ?? [];
  return patches.map(({ patch }) => (patch?.value as { typed_config: Readonly<Record<string, unknown>> }).typed_config);
}

/** What a limit becomes, on both sides. */
function bothOf(limit: GlobalLimit): { readonly actions: readonly object[]; readonly levels: readonly Level[] } {
  const { chart, web, at } = setting();
  new GlobalRateLimit(chart, 'limit', { service: web, at, limits: [limit] });
  const levels: Level[] = [];
  for (let below: readonly Level[] | undefined = configOf(chart).descriptors; below !== undefined; below = levels[levels.length - 1]?.descriptors) {
    expect(below).toHaveLength(1);
    levels.push(below[0] as Level);
  }
  const [{ actions } = { actions: [] }] = (filtersOf(chart)[0]?.['rate_limits'] ?? []) as { actions: object[] }[];
  return { actions, levels };
}

test('proxies ask the rate-limit service, by the cluster that Istio gives them', () => {
  const { chart, web, at } = setting();
  new GlobalRateLimit(chart, 'limit', { service: web, at, limits: [{ requests: 10, per: 'minute' }] });
  expect(synthTo(chart).one(EnvoyFilter)).toMatchObject({ metadata: { name: 'web-global-rate-limit', namespace: 'shop' }, spec: { workloadSelector: { labels: { app: 'web' } } } });
  expect(filtersOf(chart)).toMatchObject([
    {
      domain: configOf(chart).domain,
      timeout: '0.1s',
      rate_limit_service: { grpc_service: { envoy_grpc: { cluster_name: 'outbound|8081||ratelimit.shop.svc.cluster.local', authority: 'ratelimit.shop.svc.cluster.local' } } },
      rate_limited_status: { code: 429 },
    },
  ]);
});

test('the limited workload is let in to the rate-limit service, and nobody else', () => {
  const { chart, web, at } = setting();
  const gateway = new IngressGateway(chart, 'public', { workload: false });
  new GlobalRateLimit(chart, 'limit', { service: web, at, limits: [{ requests: 10, per: 'minute' }] });
  new GlobalRateLimit(chart, 'edge', { gateway, at, limits: [{ requests: 10, per: 'minute' }] });
  expect(synthTo(chart).one(AuthorizationPolicy, 'ratelimit').spec?.rules).toEqual([
    { from: [{ source: { principals: ['cluster.local/ns/istio-ingress/sa/public', 'cluster.local/ns/shop/sa/web'] } }], to: [{ operation: { ports: ['8081'] } }] },
  ]);
});

test.each<[string, GlobalLimit['by'], readonly { readonly key: string }[]]>([
  ['nothing', undefined, []],
  ['a header', [RateLimitKey.header('X-API-Key')], [{ key: 'header.x-api-key' }]],
  ['an address', [RateLimitKey.remoteAddress()], [{ key: 'remote_address' }]],
  ['a network', [RateLimitKey.remoteAddress({ ipv4: 24 })], [{ key: 'masked_remote_address' }]],
  ['several, in one order', [RateLimitKey.path(), RateLimitKey.method(), RateLimitKey.clientIdentity()], [{ key: 'client_identity' }, { key: 'method' }, { key: 'path' }]],
])('told apart by %s: the service counts by what proxies say', (_name, by, keys) => {
  const { actions, levels } = bothOf({ ...(by === undefined ? {} : { by }), requests: 7, per: 'hour' });
  expect(levels.map(({ key }) => ({ key }))).toEqual([{ key: 'limit' }, ...keys]);
  expect(levels[levels.length - 1]).toMatchObject({ rate_limit: { unit: 'hour', requests_per_unit: 7 } });
  expect(actions).toHaveLength(levels.length);
  expect(actions[0]).toEqual({ generic_key: { descriptor_key: 'limit', descriptor_value: levels[0]?.value } });
});

test('a match is told by the first action, so that other requests are not asked for', () => {
  const { actions, levels } = bothOf({ match: { method: 'POST' }, by: [RateLimitKey.path()], requests: 1, per: 'day' });
  expect(actions[0]).toMatchObject({ header_value_match: { descriptor_key: 'limit', descriptor_value: levels[0]?.value, headers: [{ name: ':method' }] } });
});

test('a parameter of the query is a level of its own on both sides', () => {
  const { actions, levels } = bothOf({ match: { queryParams: { q: 'x' } }, requests: 1, per: 'day' });
  expect(levels).toMatchObject([{ key: 'limit' }, { key: 'query', value: 'fits' }]);
  expect(actions).toMatchObject([{ generic_key: {} }, { query_parameter_value_match: { descriptor_key: 'query', descriptor_value: 'fits' } }]);
});

test('who leaves a header out shares a counter, unless that is to be without limit', () => {
  const action = (key: RateLimitKey): object | undefined => bothOf({ by: [key], requests: 1, per: 'day' }).actions[1];
  expect(action(RateLimitKey.header('x-k'))).toMatchObject({ extension: { typed_config: { text: '"x-k" in request.headers ? request.headers["x-k"] : ""' } } });
  expect(action(RateLimitKey.header('x-k', { absent: 'unlimited' }))).toEqual({ request_headers: { header_name: 'x-k', descriptor_key: 'header.x-k' } });
});

test('limits of one workload at one service are one question', () => {
  const { chart, web, at } = setting();
  new GlobalRateLimit(chart, 'b', { service: web, at, limits: [{ requests: 1, per: 'day' }] });
  new GlobalRateLimit(chart, 'a', { service: web, at, limits: [{ requests: 2, per: 'day' }, { requests: 3, per: 'hour' }] });
  expect(filtersOf(chart)).toHaveLength(1);
  expect(filtersOf(chart)[0]?.['rate_limits']).toHaveLength(3);
  expect(configOf(chart).descriptors.map(({ value }) => value)).toEqual(['own/shop/a/limits[0]', 'own/shop/a/limits[1]', 'own/shop/b/limits[0]']);
});

test('limits that answer otherwise stay filters of their own', () => {
  const { chart, web, at } = setting();
  new GlobalRateLimit(chart, 'a', { service: web, at, limits: [{ requests: 1, per: 'day' }] });
  new GlobalRateLimit(chart, 'b', { service: web, at, limits: [{ requests: 1, per: 'day' }], onFailure: 'deny' });
  expect(filtersOf(chart).map((filter) => filter['failure_mode_deny'])).toEqual([undefined, true]);
});

test('without an answer: allowed, unless the service or the limit says otherwise', () => {
  const denies = (props: RateLimitServiceProps, onFailure?: 'allow' | 'deny'): unknown => {
    const { chart, web, at } = setting(props);
    new GlobalRateLimit(chart, 'a', { service: web, at, limits: [{ requests: 1, per: 'day' }], ...(onFailure === undefined ? {} : { onFailure }) });
    return filtersOf(chart)[0]?.['failure_mode_deny'] ?? false;
  };
  expect([denies({}), denies({ onFailure: 'deny' }), denies({ onFailure: 'deny' }, 'allow'), denies({}, 'deny')]).toEqual([false, true, false, true]);
});

test('shadow mode is said to the service', () => {
  expect(bothOf({ requests: 1, per: 'day', shadowMode: true }).levels).toMatchObject([{ shadow_mode: true }]);
});

describe('a generic key', () => {
  const twice = (second: Partial<GlobalLimit>): Program => {
    const made = setting();
    const other = made.shop.addService('other', { port: 8080 });
    const limit: GlobalLimit = { by: [RateLimitKey.genericKey('orders'), RateLimitKey.clientIdentity()], requests: 5, per: 'day' };
    new GlobalRateLimit(made.chart, 'a', { service: made.web, at: made.at, limits: [limit] });
    new GlobalRateLimit(made.chart, 'b', { service: other, at: made.at, limits: [{ ...limit, ...second }] });
    return made;
  };

  test('is one counter for several services', () => {
    expect(configOf(twice({}).chart).descriptors).toEqual([
      { key: 'limit', value: 'shared/orders', descriptors: [{ key: 'client_identity', rate_limit: { unit: 'day', requests_per_unit: 5 } }] },
    ]);
  });

  test('has one limit', () => {
    const { chart } = twice({ requests: 6 });
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'rate-limit-conflict', construct: 'shop/b', property: 'limits[0]', got: '6 per day, and 5 per day at shop/a for the same counters' }]);
  });

  test('may be told apart otherwise', () => {
    expect(configOf(twice({ by: [RateLimitKey.genericKey('orders')], requests: 9 }).chart).descriptors).toMatchObject([
      { value: 'shared/orders', rate_limit: { requests_per_unit: 9 }, descriptors: [{ key: 'client_identity', rate_limit: { requests_per_unit: 5 } }] },
    ]);
  });
});

test('all orders of construction give the same', () => {
  const made = (ids: readonly string[]): string => {
    const { chart, web, at } = setting();
    for (const id of ids) new GlobalRateLimit(chart, id, { service: web, at, limits: [{ requests: id.length, per: 'day' }] });
    return JSON.stringify([synthTo(chart).many(EnvoyFilter), configOf(chart)]);
  };
  expect(made(['bb', 'a', 'ccc'])).toBe(made(['ccc', 'bb', 'a']));
});

test('paths that Envoy or the service would read otherwise are written so that they stay apart', () => {
  const { chart, web, at } = setting();
  for (const id of ['a%b', 'a*', 'a~25~b']) new GlobalRateLimit(chart, id, { service: web, at, limits: [{ requests: 1, per: 'day' }] });
  const values = configOf(chart).descriptors.map(({ value }) => value ?? '');
  expect(new Set(values).size).toBe(3);
  for (const value of values) expect(value).not.toMatch(/[%*]/);
});
