import { Chart } from 'cdk8s';
import { addWorkload } from '../../../examples/02-traffic/workload';
import { CanaryRelease, Cluster, IngressRoute, Mesh, StrictMtlsNamespace, StringMatch, TcpIngressRoute, Tls } from '../../../src';
import type { MeshService, RouteProps } from '../../../src';
import { asList, asRecord } from '../../kubernetes/status';
import { sidecarOf } from '../case';
import type { Case, Check, Outcome, Through } from '../case';
import { without } from '../json';
import type { JsonObject } from '../json';
import { change, drop, replace } from '../manifests';
import type { Edit, Program } from '../manifests';
import type { Request } from '../request';

/** Rules of services with `api: 'gateway'`: what istiod makes of HTTPRoutes, GRPCRoutes, TCPRoutes and TLSRoutes. */

const through = sidecarOf('caller', 'shop', 8080);
const host = 'web.shop.svc.cluster.local:8080';

/** A service with two versions and another one in another namespace, whose rules `add` makes. */
const shop = (add: (web: MeshService, other: MeshService, chart: Chart) => void, port: object = { port: 8080 }): Program => (app) => {
  const cluster = new Cluster(app, 'prod', { istio: '1.31.1', gatewayApi: '1.6.1', gatewayApiChannel: 'experimental' });
  const mesh = new Mesh(new Chart(cluster, 'platform'), 'mesh');
  const chart = new Chart(cluster, 'shop', { namespace: 'shop' });
  const others = new Chart(cluster, 'other', { namespace: 'other' });
  const namespace = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = namespace.addService('web', { ...(port as { port: number }), versions: ['v1', 'v2'], api: 'gateway' });
  const caller = namespace.addService('caller', { port: 8080 });
  const other = new StrictMtlsNamespace(others, 'other', { mesh }).addService('other', { port: 8080 });
  for (const service of [web, caller]) addWorkload(chart, service);
  addWorkload(others, other);
  add(web, other, chart);
};

/** With all requests that no rule is for at one version, so that a rule can be told from none. */
const ruled = (add: (web: MeshService, other: MeshService, chart: Chart) => void): Program =>
  shop((web, other, chart) => {
    web.split(chart, { v1: 100 });
    add(web, other, chart);
  });

const asked = (what: string, request: Partial<Request>, expect: Outcome, control?: Outcome): Check => ({
  what,
  request: { host, path: '/', ...request },
  expect,
  ...(control === undefined ? {} : { control }),
});
const from = (body: string): Outcome => ({ status: 200, body });
const [v1, v2, other] = [from('web-v1'), from('web-v2'), from('other-v1')];

/** Takes all rules out, and leaves the shares. */
const noRules: Edit = change('HTTPRoute', 'web-8080', (spec) => ({ ...spec, rules: asList(spec['rules']).slice(-1) }));

/** Changes every rule of the route. */
const everyRule = (edit: (rule: JsonObject) => JsonObject): Edit =>
  change('HTTPRoute', 'web-8080', (spec) => ({ ...spec, rules: asList(spec['rules']).map((rule) => edit(asRecord(rule))) }));

const matching = (name: string, match: NonNullable<RouteProps['match']>, fits: Partial<Request>, others: readonly Partial<Request>[]): Case => ({
  name: `gateway api: ${name}`,
  promise: 'requests that fit go to the new version, and no others',
  program: ruled((web, _other, chart) => web.route(chart, 'rule', { match, to: { version: 'v2' } })),
  through,
  checks: [asked('one that fits', fits, v2, v1), ...others.map((one, index) => asked(`one that does not (${index + 1})`, one, v1))],
  control: { what: 'no rule', edit: noRules },
});

const { prefix, suffix, regex, present } = StringMatch;

/** A gateway that istiod deploys, with a host whose services are in two namespaces. */
const edge: Program = (app) => {
  const cluster = new Cluster(app, 'prod', { istio: '1.31.1', gatewayApi: '1.6.1' });
  const mesh = new Mesh(new Chart(cluster, 'platform'), 'mesh');
  const public_ = mesh.addIngressGateway('public', { api: 'gateway' });
  const chart = new Chart(cluster, 'shop', { namespace: 'shop' });
  const others = new Chart(cluster, 'other', { namespace: 'other' });
  const namespace = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = namespace.addService('web', { port: 8080, versions: ['v1', 'v2'], api: 'gateway' });
  const elsewhere = new StrictMtlsNamespace(others, 'other', { mesh }).addService('other', { port: 8080 });
  addWorkload(chart, web);
  addWorkload(others, elsewhere);
  web.split(chart, { v1: 80, v2: 20 });
  const host = { gateway: public_, host: 'shop.example.com', tls: Tls.secret('shop-cert') };
  new IngressRoute(chart, 'web', { ...host, routes: [{ path: '/', to: { service: web, version: 'v1' } }, { exact: '/canary', to: web }] });
  new IngressRoute(chart, 'more', {
    ...host,
    routes: [
      { path: '/api', to: elsewhere, rewrite: { uri: '/v2' } },
      { exact: '/api/health', to: { service: web, version: 'v1' } },
      { exact: '/old', redirect: { uri: '/new' } },
    ],
  });
  new TcpIngressRoute(chart, 'bytes', { gateway: public_, port: 9000, to: elsewhere });
};

const gateway = (port: number): Through => ({
  first: { direction: 'gateway', name: 'public', namespace: 'istio-ingress', port, labels: { 'gateway.networking.k8s.io/gateway-name': 'public' }, serviceAccount: 'public-istio' },
});

const secure = (what: string, path: string, expect: Outcome, control?: Outcome): Check => ({
  ...asked(what, { host: 'shop.example.com', path }, expect, control),
  as: 'anonymous',
});

export const gatewayApi: readonly Case[] = [
  matching('exact path', { uri: '/a' }, { path: '/a?x=1' }, [{ path: '/a/b' }, { path: '/' }]),
  matching('prefix of text', { uri: prefix('/a/') }, { path: '/a/b' }, [{ path: '/a' }, { path: '/b' }]),
  matching('pattern', { uri: regex('/a/[0-9]+') }, { path: '/a/7' }, [{ path: '/a/x' }, { path: '/a/7/b' }]),
  matching('method', { method: 'POST' }, { method: 'POST' }, [{}]),
  matching('header', { headers: { 'x-a': '1' } }, { headers: { 'x-a': '1' } }, [{ headers: { 'x-a': '12' } }, {}]),
  matching('header by its end', { headers: { 'x-a': suffix('.a') } }, { headers: { 'x-a': 'b.a' } }, [{ headers: { 'x-a': 'b-a' } }, {}]),
  matching('header that is there', { headers: { 'X-A': present() } }, { headers: { 'x-a': '1' } }, [{}]),
  matching('cookie', { cookie: { name: 'group', value: 'beta' } }, { headers: { cookie: 'id=1; group=beta; x=2' } }, [{ headers: { cookie: 'group=beta2' } }, {}]),
  matching('parameter', { queryParams: { q: 'a' } }, { path: '/?x=1&q=a' }, [{ path: '/?q=ab' }, {}]),
  matching('port', { port: 8080 }, { path: '/' }, []),
  {
    name: 'gateway api: order',
    promise: 'the narrower rule first, then the one of higher priority, then the shares; with patterns among them',
    program: ruled((web, elsewhere, chart) => {
      web.route(chart, 'wide', { match: { uri: prefix('/a') }, to: { service: elsewhere } });
      web.route(chart, 'narrow', { match: { uri: '/a/b' }, to: { version: 'v2' }, priority: 1 });
      web.route(chart, 'header', { match: { uri: prefix('/a'), headers: { 'x-a': '1' } }, to: { version: 'v2' } });
    }),
    through,
    checks: [
      asked('the narrow one', { path: '/a/b' }, v2, v1),
      asked('the wide one, in another namespace', { path: '/a/c' }, other, v1),
      asked('the one with a header', { path: '/a/c', headers: { 'x-a': '1' } }, v2, v1),
      asked('all others', { path: '/b' }, v1),
    ],
    control: { what: 'no rules', edit: noRules },
  },
  {
    name: 'gateway api: priority',
    promise: 'a rule of higher priority goes before a pattern',
    program: ruled((web, elsewhere, chart) => {
      web.route(chart, 'pattern', { match: { uri: prefix('/a') }, to: { service: elsewhere } });
      web.route(chart, 'header', { match: { headers: { 'x-a': '1' } }, to: { version: 'v2' }, priority: 1 });
    }),
    through,
    checks: [
      asked('both fit', { path: '/a', headers: { 'x-a': '1' } }, v2, v1),
      asked('the pattern', { path: '/a' }, other, v1),
      asked('the header', { headers: { 'x-a': '1' } }, v2, v1),
      asked('neither', {}, v1),
    ],
    control: { what: 'no rules', edit: noRules },
  },
  {
    name: 'gateway api: canary',
    promise: 'a canary has its share of requests, by Services of its versions',
    program: shop((web, _other, chart) => new CanaryRelease(chart, 'canary', { service: web, stable: 'v1', canary: 'v2', weight: 20 })),
    through,
    checks: [
      {
        what: '1000 requests',
        request: { host, path: '/' },
        times: 1000,
        expect: { shares: { 'web-v1': [735, 865], 'web-v2': [135, 265] } },
        control: { shares: { 'web-v1': [300, 700], 'web-v2': [300, 700] } },
      },
    ],
    control: { what: 'no route: any pod', edit: drop('HTTPRoute', 'web-8080') },
  },
  {
    name: 'gateway api: redirect',
    promise: 'a redirect comes from the proxy, and no pod is asked',
    program: ruled((web, _other, chart) => {
      web.route(chart, 'moved', { match: { uri: '/old' }, redirect: { uri: '/new', redirectCode: 308 } });
      web.route(chart, 'elsewhere', { match: { uri: '/away' }, redirect: { authority: 'shop.example.com' } });
    }),
    through,
    checks: [
      asked('another path', { path: '/old' }, { status: 308, location: `http://${host}/new`, arrived: { 'web-v1': 0 } }, v1),
      asked('another host, 301 where nothing is said', { path: '/away' }, { status: 301, location: 'http://shop.example.com/away', arrived: { 'web-v1': 0 } }, v1),
      asked('where it leads', { path: '/new' }, v1),
    ],
    control: { what: 'no rules', edit: noRules },
  },
  {
    name: 'gateway api: rewrite and headers',
    promise: 'a service is asked for another path, and headers are set',
    program: ruled((web, _other, chart) => {
      web.route(chart, 'old', { match: { uri: '/old' }, to: { version: 'v2' }, rewrite: { uri: '/new' } });
    }),
    through,
    checks: [asked('the old path', { path: '/old?x=1' }, { ...v2, paths: { 'web-v2': '/new?x=1' } }, { ...v2, paths: { 'web-v2': '/old?x=1' } }), asked('another path', { path: '/older' }, v1)],
    control: { what: 'no filters', edit: everyRule((rule) => without(rule, 'filters')) },
  },
  {
    name: 'gateway api: mirror',
    promise: 'a copy goes to the other version, and the first one answers',
    program: ruled((web, _other, chart) => {
      web.route(chart, 'copied', { match: { uri: '/copied' }, to: { version: 'v1' }, mirror: { version: 'v2' } });
    }),
    through,
    checks: [
      asked('a request with a copy', { path: '/copied' }, { ...v1, arrived: { 'web-v1': 1, 'web-v2': 1 } }, { ...v1, arrived: { 'web-v1': 1, 'web-v2': 0 } }),
      asked('one without', { path: '/' }, { ...v1, arrived: { 'web-v1': 1, 'web-v2': 0 } }),
    ],
    control: { what: 'no filters', edit: everyRule((rule) => without(rule, 'filters')) },
  },
  {
    name: 'gateway api: timeout',
    promise: 'a caller waits no longer than the rule says',
    program: ruled((web, _other, chart) => web.route(chart, 'rest', { timeout: '500ms' })),
    through,
    checks: [
      {
        what: 'an answer that takes 1.5 s',
        request: { host, path: '/' },
        upstreams: { 'web-v1': () => ({ delayMs: 1_500 }) },
        expect: { status: 504, milliseconds: [450, 1_400] },
        control: { ...v1, milliseconds: [1_400, 4_000] },
      },
      asked('one at once', {}, v1),
    ],
    control: { what: 'no timeout', edit: everyRule((rule) => without(rule, 'timeouts')) },
  },
  {
    name: 'gateway api: retries',
    promise: 'a status that the rule names is tried again, and others are not',
    program: ruled((web, _other, chart) => {
      web.route(chart, 'rest', { retries: { attempts: 2, retryOn: [503, 'connect-failure', 'refused-stream', 'unavailable', 'cancelled'] } });
    }),
    through,
    checks: [
      {
        what: '503 at first',
        request: { host, path: '/' },
        upstreams: { 'web-v1': (nth) => (nth === 1 ? { status: 503 } : {}) },
        expect: { status: 200, arrived: { 'web-v1': 2 } },
        control: { status: 503, arrived: { 'web-v1': 1 } },
      },
      {
        what: '500, which the rule does not name',
        request: { host, path: '/' },
        upstreams: { 'web-v1': (nth) => (nth === 1 ? { status: 500 } : {}) },
        expect: { status: 500, arrived: { 'web-v1': 1 } },
      },
    ],
    control: { what: 'no retries', edit: everyRule((rule) => without(rule, 'retry')) },
  },
  {
    name: 'gateway api: policy of versions',
    promise: 'a pod of a version that fails five times in a row is left alone, as DestinationRules of versions say',
    program: ruled((web, _other, chart) => {
      web.route(chart, 'both', { match: { uri: '/both' }, to: [{ version: 'v1', weight: 50 }, { version: 'v2', weight: 50 }] });
      web.trafficPolicy(chart, { outlierDetection: { consecutive5xxErrors: 5, interval: '1s', maxEjectionPercent: 100 } });
    }),
    through,
    checks: [
      {
        what: '200 requests, of which one version fails all',
        request: { host, path: '/both' },
        times: 200,
        upstreams: { 'web-v1': () => ({ status: 500 }) },
        expect: { shares: { '500 web-v1': [5, 25], 'web-v2': [60, 140] } },
        control: { shares: { '500 web-v1': [60, 140], 'web-v2': [60, 140] } },
      },
    ],
    control: { what: 'no policy of the version', edit: drop('DestinationRule', 'web-v1') },
  },
  {
    name: 'gateway api: gRPC',
    promise: 'a method, and a service, go to the new version; all others stay',
    program: shop((web, _other, chart) => {
      web.split(chart, { v1: 100 });
      web.route(chart, 'method', { match: { uri: '/shop.Cart/Add' }, to: { version: 'v2' } });
      web.route(chart, 'service', { match: { uri: prefix('/shop.Orders/') }, to: { version: 'v2' } });
    }, { port: 8080, appProtocol: 'grpc' }),
    through,
    checks: [
      asked('the method', { protocol: 'grpc', path: '/shop.Cart/Add' }, { body: 'web-v2' }, { body: 'web-v1' }),
      asked('the service', { protocol: 'grpc', path: '/shop.Orders/List' }, { body: 'web-v2' }, { body: 'web-v1' }),
      asked('another method', { protocol: 'grpc', path: '/shop.Cart/Remove' }, { body: 'web-v1' }),
    ],
    control: { what: 'no rules', edit: change('GRPCRoute', 'web-8080', (spec) => ({ ...spec, rules: asList(spec['rules']).slice(-1) })) },
  },
  {
    name: 'gateway api: TCP',
    promise: 'connections go by their shares',
    program: shop((web, _other, chart) => void web.split(chart, { v1: 80, v2: 20 }), { port: 8080, appProtocol: 'tcp' }),
    through: { first: { direction: 'outbound', app: 'caller', namespace: 'shop', port: 8080, to: 'web.shop.svc.cluster.local' } },
    checks: [
      {
        what: '400 connections',
        request: { host, protocol: 'tcp' },
        times: 400,
        expect: { shares: { 'web-v1': [280, 360], 'web-v2': [40, 120] } },
        control: { shares: { 'web-v1': [40, 120], 'web-v2': [280, 360] } },
      },
    ],
    control: { what: 'the shares the other way round', edit: replace('TCPRoute', 'web-8080', /"weight":80(.*)"weight":20/, '"weight":20$1"weight":80') },
  },
  {
    name: 'gateway api: TLS of the pods',
    promise: 'connections whose TLS the pods end go by their shares, under each name of the service',
    program: shop((web) => void web.split(web, { v1: 80, v2: 20 }), { port: 8443, portName: 'https' }),
    through: { first: { direction: 'outbound', app: 'caller', namespace: 'shop', port: 8443, to: 'web.shop.svc.cluster.local' } },
    checks: ['web.shop', 'web.shop.svc.cluster.local'].map((name) => ({
      what: `300 connections for ${name}`,
      request: { protocol: 'tcp', host: name, sni: name },
      as: 'anonymous',
      times: 300,
      expect: { shares: { 'web-v1': [200, 280], 'web-v2': [20, 100] } },
      control: { shares: { 'web-v1': [20, 100], 'web-v2': [200, 280] } },
    })),
    control: { what: 'the shares the other way round', edit: (manifests) => manifests.map((object) => (object['kind'] === 'TLSRoute' ? asRecord(JSON.parse(JSON.stringify(object).replace(/"weight":80(.*?)"weight":20/, '"weight":20$1"weight":80'))) : object)) },
  },
  {
    name: 'gateway api: HTTPS at the edge',
    promise: 'plain requests are sent to HTTPS, exact paths go before prefixes, a path by segments is replaced, and grants lead over namespaces',
    program: edge,
    through: gateway(443),
    checks: [
      secure('all other paths', '/', { status: 200, body: 'web-v1' }),
      secure('a prefix by segments, rewritten', '/api/orders?x=1', { ...other, paths: { 'other-v1': '/v2/orders?x=1' } }, { status: 500 }),
      secure('the segment itself', '/api', { ...other, paths: { 'other-v1': '/v2' } }, { status: 500 }),
      secure('what only begins alike', '/apiary', { status: 200, body: 'web-v1' }),
      secure('an exact path below it', '/api/health', { status: 200, body: 'web-v1' }),
      secure('a redirect', '/old', { status: 301, location: 'https://shop.example.com/new' }),
    ],
    control: { what: 'no ReferenceGrant', edit: drop('ReferenceGrant') },
  },
  {
    name: 'gateway api: HTTP to HTTPS',
    promise: 'plain requests get 301 to https, and hosts that there are not 404',
    program: edge,
    through: gateway(80),
    checks: [
      asked('the host', { host: 'shop.example.com', path: '/a?x=1' }, { status: 301, location: 'https://shop.example.com/a?x=1' }, { status: 404 }),
      asked('another host', { host: 'other.example.com' }, { status: 404 }),
    ],
    control: { what: 'no redirect', edit: drop('HTTPRoute', 'public-shop-example-com-https') },
  },
  {
    name: 'gateway api: shares at the edge',
    promise: 'the shares of a service hold for what comes in by the gateway, by Services of its versions',
    program: edge,
    through: gateway(443),
    checks: [
      {
        what: '400 requests for the canary',
        request: { host: 'shop.example.com', path: '/canary' },
        as: 'anonymous',
        times: 400,
        expect: { shares: { 'web-v1': [280, 360], 'web-v2': [40, 120] } },
        control: { shares: { 'web-v1': [40, 120], 'web-v2': [280, 360] } },
      },
    ],
    control: { what: 'the shares the other way round', edit: replace('HTTPRoute', 'public-shop-example-com', /"weight":80(.*?)"weight":20/g, '"weight":20$1"weight":80') },
  },
  {
    name: 'gateway api: TCP at the edge',
    promise: 'connections to a port of the gateway go to the service of its route',
    program: edge,
    through: gateway(9000),
    checks: [asked('a connection', { protocol: 'tcp', host: 'shop.example.com' }, { status: 'open', body: 'other-v1' }, { status: 'cut' })],
    control: { what: 'no ReferenceGrant', edit: drop('ReferenceGrant') },
  },
];
