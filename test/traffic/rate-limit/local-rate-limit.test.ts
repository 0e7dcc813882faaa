import { JsonPatch } from 'cdk8s';
import type { Chart } from 'cdk8s';
import { EnvoyFilter } from '../../../imports/istio';
import type { EnvoyFilterConfigPatches } from '../../../imports/istio/envoy-filter';
import { IngressGateway, LocalRateLimit, MeshService, StringMatch } from '../../../src';
import type { LocalRateLimitProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { program } from '../../support/program';

interface Filter {
  readonly name: string;
  readonly typed_config: Readonly<Record<string, unknown>>;
}

/** The filters that one EnvoyFilter adds. */
function filtersOf(scope: Chart): Filter[] {
  return patchesOf(scope).map(({ patch }) => patch?.value as unknown as Filter);
}

function patchesOf(scope: Chart): readonly EnvoyFilterConfigPatches[] {
  return synthTo(scope).one(EnvoyFilter).spec?.configPatches ?? [];
}

/** What a limit of a service says to Envoy. */
function configOf(limit: Partial<LocalRateLimitProps>): Readonly<Record<string, unknown>> {
  const { chart, shop } = program();
  new LocalRateLimit(chart, 'limit', { service: shop.addService('web', { port: 8080 }), ...limit } as LocalRateLimitProps);
  return filtersOf(chart)[0]?.typed_config ?? {};
}

test('a service: its pods count what comes in, in a filter before the router', () => {
  const { chart, shop } = program();
  new LocalRateLimit(chart, 'limit', { service: shop.addService('web', { port: 8080 }), limit: { requests: 100, per: '1m' } });
  expect(synthTo(chart).one(EnvoyFilter)).toMatchObject({
    metadata: { name: 'web-local-rate-limit', namespace: 'shop' },
    spec: { workloadSelector: { labels: { app: 'web' } } },
  });
  expect(patchesOf(chart)).toMatchObject([
    {
      applyTo: 'HTTP_FILTER',
      match: { context: 'SIDECAR_INBOUND', listener: { filterChain: { filter: { subFilter: { name: 'envoy.filters.http.router' } } } } },
      patch: { operation: 'INSERT_BEFORE' },
    },
  ]);
  expect(patchesOf(chart)[0]?.match?.listener).not.toHaveProperty('portNumber');
  expect(filtersOf(chart)[0]?.typed_config).toMatchObject({
    token_bucket: { max_tokens: 100, tokens_per_fill: 100, fill_interval: '60s' },
    filter_enabled: { default_value: { numerator: 100 } },
    filter_enforced: { default_value: { numerator: 100 } },
    status: { code: 429 },
  });
});

test('the filter has a priority: without one, its place would hang on the age of other EnvoyFilters', () => {
  const { chart, shop } = program();
  new LocalRateLimit(chart, 'limit', { service: shop.addService('web', { port: 8080 }), limit: { requests: 1, per: '1s' } });
  expect(synthTo(chart).one(EnvoyFilter).spec?.priority).toBeGreaterThan(0);
});

test('a gateway: its proxies count', () => {
  const { chart } = program();
  const gateway = new IngressGateway(chart, 'public', { workload: false });
  new LocalRateLimit(chart, 'limit', { gateway, limit: { requests: 5, per: '1s' } });
  expect(synthTo(chart).one(EnvoyFilter)).toMatchObject({
    metadata: { name: 'public-gateway-local-rate-limit', namespace: 'istio-ingress' },
    spec: { workloadSelector: { labels: { istio: 'public' } } },
  });
  expect(patchesOf(chart)).toMatchObject([{ match: { context: 'GATEWAY' } }]);
});

test('a port of the service is that of its pods to their sidecars', () => {
  const { chart, shop } = program();
  const web = shop.addService('web', { ports: [{ port: 80, targetPort: 8080, name: 'http' }, { port: 90, name: 'http-admin' }] });
  new LocalRateLimit(chart, 'a', { service: web, port: 80, limit: { requests: 1, per: '1s' } });
  new LocalRateLimit(chart, 'b', { service: web, port: 90, limit: { requests: 1, per: '1s' } });
  expect(patchesOf(chart)).toMatchObject([{ match: { listener: { portNumber: 8080 } } }, { match: { listener: { portNumber: 90 } } }]);
});

test('a burst is the size of the bucket, and changes nothing of its pace', () => {
  expect(configOf({ limit: { requests: 10, per: '500ms', burst: 30 } })).toMatchObject({
    token_bucket: { max_tokens: 30, tokens_per_fill: 10, fill_interval: '0.5s' },
  });
});

test('rules have buckets of their own, found by what their requests look like', () => {
  const config = configOf({
    rules: [
      { match: { uri: '/a', method: 'POST' }, limit: { requests: 1, per: '1s' } },
      { match: { uri: StringMatch.prefix('/b'), queryParams: { q: 'x' } }, limit: { requests: 2, per: '1s' } },
    ],
  });
  expect(config).not.toHaveProperty('token_bucket');
  expect(config['descriptors']).toMatchObject([
    { entries: [{ key: 'rule', value: '0' }], token_bucket: { max_tokens: 1 } },
    { entries: [{ key: 'rule', value: '1' }, { key: 'query', value: 'fits' }], token_bucket: { max_tokens: 2 } },
  ]);
  expect(config['rate_limits']).toMatchObject([
    { actions: [{ header_value_match: { descriptor_key: 'rule', descriptor_value: '0', headers: [{ name: ':path' }, { name: ':method', string_match: { exact: 'POST' } }] } }] },
    { actions: [{ header_value_match: { headers: [{ name: ':path', string_match: { prefix: '/b' } }] } }, { query_parameter_value_match: { query_parameters: [{ name: 'q', string_match: { exact: 'x' } }] } }] },
  ]);
});

test.each<[string, object, object]>([
  ['an exact path, with or without a query', { uri: '/a.b' }, { name: ':path', string_match: { safe_regex: { regex: '/a\\.b(?:\\?.*)?' } } }],
  ['a pattern, with or without a query', { uri: StringMatch.regex('/a|/b') }, { name: ':path', string_match: { safe_regex: { regex: '(?:/a|/b)(?:\\?.*)?' } } }],
  ['a header that is there', { headers: { 'X-A': StringMatch.present() } }, { name: 'x-a', present_match: true }],
  ['a host', { authority: 'shop.example.com' }, { name: ':authority', string_match: { exact: 'shop.example.com' } }],
  ['a header that is not there', { withoutHeaders: { 'x-a': StringMatch.present() } }, { name: 'x-a', present_match: true, invert_match: true }],
  ['another value of a header, or none', { withoutHeaders: { 'x-a': '1' } }, { name: 'x-a', string_match: { exact: '1' }, invert_match: true, treat_missing_header_as_empty: true }],
])('%s', (_name, match, header) => {
  const config = configOf({ rules: [{ match, limit: { requests: 1, per: '1s' } }] });
  expect(config['rate_limits']).toEqual([{ actions: [{ header_value_match: { descriptor_key: 'rule', descriptor_value: '0', headers: [header] } }] }]);
});

test('what callers see: status, headers as they were given, and how much is left', () => {
  expect(configOf({ limit: { requests: 1, per: '1s' }, status: 503, headers: { 'Retry-After': '1', 'x-full': '100%' }, rateLimitHeaders: true })).toMatchObject({
    status: { code: 503 },
    response_headers_to_add: [{ header: { key: 'retry-after', value: '1' } }, { header: { key: 'x-full', value: '100%%' } }],
    enable_x_ratelimit_headers: 'DRAFT_VERSION_03',
  });
});

test('in shadow mode requests are counted, and none is refused', () => {
  expect(configOf({ limit: { requests: 1, per: '1s' }, shadowMode: true })).toMatchObject({
    filter_enabled: { default_value: { numerator: 100 } },
    filter_enforced: { default_value: { numerator: 0 } },
  });
});

describe('several limits of a workload', () => {
  const limits = (ids: readonly string[]): string[] => {
    const { chart, shop } = program();
    const web = shop.addService('web', { port: 8080 });
    for (const id of ids) new LocalRateLimit(chart, id, { service: web, limit: { requests: 1, per: '1s' } });
    return filtersOf(chart).map(({ name }) => name);
  };

  test('are one EnvoyFilter, whatever the order of construction', () => {
    expect(limits(['b', 'c', 'a'])).toEqual(limits(['a', 'b', 'c']));
    expect(limits(['b', 'a'])).toEqual(['local-rate-limit/shop/a', 'local-rate-limit/shop/b']);
  });

  test('stay one at the next synthesis, with what came in between', () => {
    const { chart, shop } = program();
    const web = shop.addService('web', { port: 8080 });
    new LocalRateLimit(chart, 'a', { service: web, limit: { requests: 1, per: '1s' } });
    expect(filtersOf(chart)).toHaveLength(1);
    new LocalRateLimit(chart, 'b', { service: web, limit: { requests: 2, per: '1s' } });
    expect(filtersOf(chart)).toHaveLength(2);
  });

  test('of two names for the same pods are one as well', () => {
    const { chart, shop } = program();
    const web = shop.addService('web', { port: 8080 });
    const admin = shop.addService('admin', { port: 8081, portName: 'http', selector: { app: 'web' } });
    for (const service of [web, admin]) new LocalRateLimit(chart, service.name, { service, limit: { requests: 1, per: '1s' } });
    expect(synthTo(chart).one(EnvoyFilter).metadata?.name).toBe('admin-local-rate-limit');
    expect(filtersOf(chart)).toHaveLength(2);
  });
});

test('patches of all limits that are in the EnvoyFilter are kept, synthesis after synthesis', () => {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  const [a, b] = ['a', 'b'].map((id) => new LocalRateLimit(chart, id, { service: web, limit: { requests: 1, per: '1s' } })) as [LocalRateLimit, LocalRateLimit];
  a.envoyFilterObject.addJsonPatch(JsonPatch.replace('/spec/priority', 5));
  b.envoyFilterObject.addJsonPatch(JsonPatch.add('/metadata/labels', { team: 'b' }));
  for (let round = 0; round < 2; round += 1) {
    expect(synthTo(chart).one(EnvoyFilter)).toMatchObject({ metadata: { labels: { team: 'b' } }, spec: { priority: 5 } });
  }
});

test('a service of another program is limited where its pods are', () => {
  const { chart } = program();
  const service = MeshService.fromName(chart, 'other', { name: 'other', namespace: 'team', ports: [{ port: 80, name: 'http' }], selector: { run: 'other' } });
  new LocalRateLimit(chart, 'limit', { service, port: 80, limit: { requests: 1, per: '1s' } });
  expect(synthTo(chart).one(EnvoyFilter)).toMatchObject({
    metadata: { name: 'other-local-rate-limit', namespace: 'team' },
    spec: { workloadSelector: { labels: { run: 'other' } }, configPatches: [{ match: { listener: { portNumber: 80 } } }] },
  });
});
