import { AuthorizationPolicy, DestinationRule, Gateway as IstioGateway, VirtualService } from '../../imports/istio';
import { Deployment, Secret } from '../../imports/kubernetes';
import { EgressGateway, EgressLockdown, EgressRoute, ExternalService, Gateway, MeshNamespace, MeshService, TlsOrigination } from '../../src';
import type { EgressRouteProps, ExternalServiceProps } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

const HOST = 'api.example.com';
const NAME = 'egress-api-example-com';
const TO_GATEWAY = { host: 'egress.istio-egress.svc.cluster.local', subset: 'api-example-com' };

function setUp(props: Partial<ExternalServiceProps> = {}) {
  const base = program();
  const gateway = EgressGateway.fromName(base.chart, 'egress', { name: 'egress' });
  const web = base.shop.addService('web', { port: 8080 });
  const api = new ExternalService(base.chart, 'api', { host: HOST, ...props });
  const route = (more: Partial<EgressRouteProps> = {}, id = 'out'): EgressRoute => new EgressRoute(base.chart, id, { gateway, to: api, allowFrom: [web], ...more });
  return { ...base, gateway, web, api, route };
}

const ORIGINATED = [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.mutual({ secret: 'client' }) }] as const;

test.each([
  ['shop', ["the Secret client, which shop/secret makes in the namespace shop"]],
  ['istio-egress', []],
])('a Secret of TLS origination that the program makes in %s', (namespace, warned) => {
  const { chart, route } = setUp({ ports: ORIGINATED });
  route();
  new Secret(chart, 'secret', { metadata: { name: 'client', namespace } });
  const { warnings } = synthTo(chart);
  expect(warnings.map(({ got }) => got)).toEqual(warned);
  for (const warning of warnings) expect(warning).toMatchObject({ code: 'unread-secret', construct: 'shop/api', property: 'ports', fix: expect.stringContaining('istio-egress') });
});

describe('what callers encrypt is passed on', () => {
  test('to the gateway in the mesh\'s own TLS, by the name of the host, and from there as it is', () => {
    const { chart, route } = setUp();
    route();
    const shown = synthTo(chart);
    expect(shown.one(VirtualService).spec).toEqual({
      hosts: [HOST],
      gateways: ['mesh', `istio-egress/${NAME}`],
      tls: [{ match: [{ gateways: ['mesh'], port: 443, sniHosts: [HOST] }], route: [{ destination: { ...TO_GATEWAY, port: { number: 443 } } }] }],
      tcp: [{ match: [{ gateways: [`istio-egress/${NAME}`], port: 443 }], route: [{ destination: { host: HOST, port: { number: 443 } } }] }],
    });
    expect(shown.one(IstioGateway)).toMatchObject({
      metadata: { name: NAME, namespace: 'istio-egress' },
      spec: { selector: { istio: 'egress' }, servers: [{ port: { number: 443, protocol: 'TLS' }, hosts: [HOST], tls: { mode: 'ISTIO_MUTUAL' } }] },
    });
    expect(shown.one(DestinationRule)).toMatchObject({
      metadata: { name: NAME, namespace: 'istio-egress' },
      spec: { host: TO_GATEWAY.host, subsets: [{ name: TO_GATEWAY.subset, trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: HOST } } }] },
    });
  });
});

test('bytes go to the gateway by their port, and are told there by the name of the host', () => {
  const { chart, route } = setUp({ ports: [{ port: 5432, protocol: 'TCP' }], addresses: ['10.20.0.5'], endpoints: ['10.20.0.5'] });
  route();
  const shown = synthTo(chart);
  expect(shown.one(VirtualService).spec?.tcp).toEqual([
    { match: [{ gateways: ['mesh'], port: 5432 }], route: [{ destination: { ...TO_GATEWAY, port: { number: 443 } } }] },
    { match: [{ gateways: [`istio-egress/${NAME}`], port: 443 }], route: [{ destination: { host: HOST, port: { number: 5432 } } }] },
  ]);
  expect(shown.one(IstioGateway).spec?.servers).toMatchObject([{ port: { number: 443, protocol: 'TLS' }, hosts: [HOST], tls: { mode: 'ISTIO_MUTUAL' } }]);
});

test('a wildcard with endpoints has a name of its own in the mesh\'s TLS', () => {
  const { chart, route } = setUp({ host: '*.example.com', endpoints: ['all.example.com'] });
  route();
  const shown = synthTo(chart);
  const [rule] = shown.many(DestinationRule);
  expect(rule?.spec?.subsets?.[0]?.trafficPolicy?.tls).toEqual({ mode: 'ISTIO_MUTUAL', sni: 'wildcard-egress.example.com' });
  expect(shown.one(AuthorizationPolicy, rule?.metadata.name as string).spec?.rules?.[0]?.when).toEqual([{ key: 'connection.sni', values: ['wildcard-egress.example.com'] }]);
  expect(shown.one(VirtualService).spec?.tls?.[0]?.match?.[0]?.sniHosts).toEqual(['*.example.com']);
  expect(shown.one(IstioGateway).spec?.servers?.[0]?.hosts).toEqual(['*.example.com']);
});

describe('requests', () => {
  test('are encrypted at the gateway, with the Secret that it reads', () => {
    const { chart, route } = setUp({ ports: ORIGINATED });
    route();
    const shown = synthTo(chart);
    expect(shown.one(IstioGateway).spec?.servers).toMatchObject([{ port: { number: 80, protocol: 'HTTPS' }, hosts: [HOST], tls: { mode: 'ISTIO_MUTUAL' } }]);
    expect(shown.one(DestinationRule, 'api-example-com')).toMatchObject({
      metadata: { namespace: 'istio-egress' },
      spec: {
        host: HOST,
        workloadSelector: { matchLabels: { istio: 'egress' } },
        trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls: { mode: 'MUTUAL', credentialName: 'client' } }] },
      },
    });
    expect(shown.one(VirtualService).spec?.http?.map(({ match, route: to }) => [match?.[0], to?.[0]?.destination])).toEqual([
      [{ gateways: ['mesh'], port: 80 }, { ...TO_GATEWAY, port: { number: 80 } }],
      [{ gateways: [`istio-egress/${NAME}`], port: 80 }, { host: HOST, port: { number: 80 } }],
    ]);
  });

  test('are sent to a server that the gateway checks by a Secret', () => {
    const { chart, route } = setUp({ ports: [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.simple({ secret: 'ca' }) }] });
    route();
    const [setting] = synthTo(chart).one(DestinationRule, 'api-example-com').spec?.trafficPolicy?.portLevelSettings ?? [];
    expect(setting?.tls).toEqual({ mode: 'SIMPLE', credentialName: 'ca', sni: HOST, subjectAltNames: [HOST] });
  });

  test('are tried again at the gateway only: tries at both would multiply', () => {
    const { chart, route } = setUp({ ports: ORIGINATED, timeout: '9s', retries: { attempts: 5, retryOn: ['5xx'] } });
    route();
    const [toGateway, onward] = synthTo(chart).one(VirtualService).spec?.http ?? [];
    expect([toGateway?.timeout, toGateway?.retries]).toEqual(['9s', { attempts: 2, retryOn: 'connect-failure,refused-stream' }]);
    expect([onward?.timeout, onward?.retries]).toEqual(['9s', { attempts: 5, retryOn: '5xx' }]);
  });
});

describe('who may leave', () => {
  test('callers by their identity, to this host only', () => {
    const { chart, route, web, shop } = setUp();
    route({ allowFrom: [MeshNamespace.fromName(chart, 'batch'), web, shop, web] });
    expect(synthTo(chart).one(AuthorizationPolicy, NAME)).toMatchObject({
      metadata: { namespace: 'istio-egress' },
      spec: {
        action: 'ALLOW',
        selector: { matchLabels: { istio: 'egress' } },
        rules: [
          {
            from: [{ source: { principals: ['cluster.local/ns/shop/sa/web'] } }, { source: { namespaces: ['batch', 'shop'] } }],
            when: [{ key: 'connection.sni', values: [HOST] }],
          },
        ],
      },
    });
  });

  test('everyone who has an identity', () => {
    const { chart, route } = setUp();
    route({ allowFrom: 'everyone' });
    expect(synthTo(chart).one(AuthorizationPolicy, NAME).spec?.rules?.[0]?.from).toEqual([{ source: { principals: ['*'] } }]);
  });

  test('a Service stands for the pods behind it', () => {
    const { chart, route, shop } = setUp();
    shop.addService('orders', { port: 8080 });
    const service = chart.node.findAll().find((each) => (each as { kind?: string; name?: string }).kind === 'Service' && (each as { name?: string }).name === 'orders');
    route({ allowFrom: [service as never] });
    expect(synthTo(chart).one(AuthorizationPolicy, NAME).spec?.rules?.[0]?.from).toEqual([{ source: { principals: ['cluster.local/ns/shop/sa/orders'] } }]);
  });
});

test('gateways of this program are known by what they are made of', () => {
  const { platform, chart, api, web } = setUp();
  const proxies = new Gateway(platform, 'way-out', { namespace: 'edge' });
  const gateway = EgressGateway.from(proxies);
  expect(EgressGateway.from(proxies)).toBe(gateway);
  new EgressRoute(chart, 'out', { gateway, to: api, allowFrom: [web] });
  const pods = synthTo(platform).one(Deployment).spec?.template.metadata?.labels;
  const { spec, metadata } = synthTo(chart).one(IstioGateway);
  expect(metadata.namespace).toBe('edge');
  expect(pods).toMatchObject(spec?.selector ?? { none: 'given' });
  expect(synthTo(chart).one(DestinationRule).spec?.host).toBe('way-out.edge.svc.cluster.local');
});

test('the order of construction changes nothing', () => {
  const render = (order: readonly number[]): readonly string[] => {
    const { platform, chart, shop, gateway, web, api } = setUp();
    const names = ['one', 'two', 'three'];
    const services = new Map<string, ExternalService>();
    for (const index of order) {
      const name = names[index] as string;
      services.set(name, new ExternalService(index === 0 ? platform : chart, name, { host: `${name}.example.com`, namespace: 'shop', ports: ORIGINATED, exportTo: ['.', 'ops', 'batch'] }));
    }
    const [one, two, three] = names.map((name) => services.get(name)) as [ExternalService, ExternalService, ExternalService];
    const lockdown = new EgressLockdown(chart, 'lockdown', { namespace: shop, allow: [api] });
    const steps = [
      () => new EgressRoute(chart, 'one-out', { gateway, to: one, allowFrom: [web, shop] }),
      () => new EgressRoute(platform, 'two-out', { gateway, to: two, allowFrom: [web] }),
      () => {
        lockdown.allow(...order.map((index) => [one, two, three][index] as ExternalService));
        new EgressRoute(chart, 'three-out', { gateway, to: three, allowFrom: 'everyone' });
      },
    ];
    for (const index of order) steps[index]?.();
    return [...synthTo(platform).all, ...synthTo(chart).all].map((manifest) => JSON.stringify(manifest)).sort();
  };
  const [first, ...others] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].map(render);
  expect(first?.length).toBeGreaterThan(12);
  for (const other of others) expect(other).toEqual(first);
});

describe('what is refused', () => {
  test('callers from whom a lockdown hides the host', () => {
    const { chart, route, api } = setUp();
    route({ allowFrom: [MeshNamespace.fromName(chart, 'batch')] });
    new EgressLockdown(chart, 'batch-lockdown', { namespace: 'batch' });
    new EgressLockdown(chart, 'shop-lockdown', { namespace: 'shop', allow: [api] });
    expect(caught(() => synthTo(chart)).findings).toEqual([
      expect.objectContaining({ code: 'hidden-host', construct: 'shop/out', property: 'allowFrom', got: `callers in the namespace batch, from which shop/batch-lockdown hides ${HOST}` }),
    ]);
  });

  test('a second way out for a host', () => {
    const { route } = setUp();
    route();
    const error = caught(() => route({}, 'again'));
    expect(error.message).toContain(`shop/again: to: got ${HOST}, which shop/out leads through a gateway`);
  });

  test.each<[string, Partial<ExternalServiceProps>, string]>([
    ['a wildcard', { host: '*.example.com' }, 'unknown-to-gateway'],
    ['a host that only the caller finds', { resolution: 'NONE' }, 'unknown-to-gateway'],
    ['TLS and bytes', { ports: [{ port: 443 }, { port: 5432, protocol: 'TCP' }] }, 'ports-through-gateway'],
    ['two ports of requests', { ports: [{ port: 80 }, { port: 8080, protocol: 'HTTP' }] }, 'ports-through-gateway'],
    ['two ports of TLS', { ports: [{ port: 443 }, { port: 8443, protocol: 'TLS' }] }, 'ports-through-gateway'],
  ])('%s', (_what, props, code) => {
    const { route } = setUp(props);
    expect(caught(() => route()).findings).toEqual([expect.objectContaining({ code, construct: 'shop/out', property: 'to' })]);
  });

  test('a host of another program', () => {
    const { chart, route } = setUp();
    const named = ExternalService.fromName(chart, 'named', { host: 'named.example.com' });
    expect(caught(() => route({ to: named })).findings).toEqual([expect.objectContaining({ code: 'second-owner', property: 'to' })]);
  });

  test.each<[Partial<Record<keyof EgressRouteProps, unknown>>, string, string]>([
    [{ gateway: undefined }, 'bad-reference', 'gateway'],
    [{ gateway: 'egress' }, 'bad-reference', 'gateway'],
    [{ to: HOST }, 'bad-reference', 'to'],
    [{ allowFrom: undefined }, 'no-callers', 'allowFrom'],
    [{ allowFrom: [] }, 'no-callers', 'allowFrom'],
    [{ allowFrom: 'all' }, 'no-callers', 'allowFrom'],
    [{ allowFrom: ['web'] }, 'bad-reference', 'allowFrom'],
  ])('%j', (props, code, property) => {
    const { route } = setUp();
    expect(caught(() => route(props as Partial<EgressRouteProps>)).findings).toEqual([expect.objectContaining({ code, construct: 'shop/out', property })]);
  });

  test('a caller without an identity of its own', () => {
    const { chart, route } = setUp();
    const labels = { app: 'job' };
    const job = new Deployment(chart, 'job', {
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'job', image: 'job:1' }] } } },
    });
    route({ allowFrom: [job] });
    expect(caught(() => synthTo(chart)).findings).toEqual([expect.objectContaining({ code: 'default-account', construct: 'shop/out' })]);
  });

  test('proxies that are none, and names that cannot be', () => {
    const { chart } = program();
    const service = MeshService.fromName(chart, 'web', { name: 'web', ports: [80] });
    expect(caught(() => EgressGateway.from(service as never)).findings).toEqual([expect.objectContaining({ code: 'bad-reference', property: 'from' })]);
    expect(caught(() => EgressGateway.fromName(chart, 'bad', { name: 'Not A Name' })).findings).toEqual([expect.objectContaining({ construct: 'shop/bad', property: 'name' })]);
    expect(caught(() => EgressGateway.fromName(chart, 'none', undefined as never)).findings).toEqual([expect.objectContaining({ construct: 'shop/none' })]);
  });
});
