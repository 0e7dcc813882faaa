import { Chart } from 'cdk8s';
import { RouteDelegate, StringMatch } from '../../../src';
import type { ServicePolicyProps } from '../../../src';
import { asList, asRecord } from '../../kubernetes/status';
import type { Case, Check, Outcome } from '../case';
import { without } from '../json';
import { change, drop } from '../manifests';
import type { Edit } from '../manifests';
import { WEB, asked, callerAt, from, noPolicy, noRules, share, shop } from '../shop';
import { withoutField } from './routes';

/** Capitals, gRPC by name, several mirrors, delegates, rules for connections, policies by port and version, retry budgets. */

const { prefix } = StringMatch;
const [v1, v2, other] = [from('web-v1'), from('web-v2'), from('other-v1')];

const requests: readonly Case[] = [
  {
    name: 'rule: path in any capitals',
    promise: 'the path and the prefix fit in any capitals, and no other path does',
    program: shop(({ web, other: elsewhere, chart }) => {
      web.split(chart, { v1: 100 });
      web.route(chart, 'exact', { match: { uri: '/Cart', ignoreUriCase: true }, to: { version: 'v2' } });
      web.route(chart, 'below', { match: { uri: prefix('/api/'), ignoreUriCase: true }, to: elsewhere });
    }),
    through: callerAt(),
    checks: [
      asked('other capitals', { path: '/cART' }, v2, v1),
      asked('a prefix in other capitals', { path: '/API/x' }, other, v1),
      asked('these capitals', { path: '/Cart' }, v2),
      asked('another path', { path: '/carts' }, v1),
    ],
    control: {
      what: 'capitals count',
      edit: change('VirtualService', 'web', (spec) => ({
        ...spec,
        http: asList(spec['http']).map(asRecord).map((route) => ('match' in route ? { ...route, match: asList(route['match']).map((match) => without(asRecord(match), 'ignoreUriCase')) } : route)),
      })),
    },
  },
  {
    name: 'rule: gRPC by name',
    promise: 'a method goes before its service, and calls of others are left alone',
    program: shop(({ web, other: elsewhere, chart }) => {
      web.split(chart, { v1: 100 });
      web.route(chart, 'orders', { match: { grpc: { service: 'shop.Orders' } }, to: { version: 'v2' } });
      web.route(chart, 'place', { match: { grpc: { service: 'shop.Orders', method: 'Place' } }, to: elsewhere });
    }, [{ port: 9090, appProtocol: 'grpc' }]),
    through: callerAt(9090),
    checks: (
      [
        ['/shop.Orders/Place', other, v1],
        ['/shop.Orders/List', v2, v1],
        ['/shop.OrdersOfOld/List', v1, undefined],
      ] as const
    ).map(([path, expect, control]) => asked(path, { protocol: 'grpc', host: `${WEB}:9090`, path }, expect, control)),
    control: { what: 'no rules', edit: noRules },
  },
  {
    name: 'rule: two mirrors',
    promise: 'each gets a copy of every request, and the caller the answer of the first',
    program: shop(({ web, other: elsewhere, chart }) => {
      web.route(chart, 'copied', { match: { uri: '/copied' }, to: { version: 'v1' }, mirror: [{ version: 'v2' }, { service: elsewhere }] });
      web.split(chart, { v1: 100 });
    }),
    through: callerAt(),
    checks: [
      asked('a request that fits', { path: '/copied' }, { ...v1, arrived: { 'web-v1': 1, 'web-v2': 1, 'other-v1': 1 } }, { ...v1, arrived: { 'web-v1': 1, 'web-v2': 0, 'other-v1': 0 } }),
      asked('another', { path: '/' }, { ...v1, arrived: { 'web-v2': 0, 'other-v1': 0 } }),
    ],
    control: { what: 'no mirrors', edit: withoutField('web', 'copied', 'mirrors') },
  },
  {
    name: 'rule: delegate',
    promise: 'requests that fit the rule meet the routes of the delegate, with what the rule says beside; the others do not',
    program: shop(({ web, other: elsewhere, chart }) => {
      web.split(chart, { v1: 100 });
      const theirs = new Chart(chart, 'theirs', { namespace: 'reports' });
      const delegate = new RouteDelegate(theirs, 'pages', {
        routes: [
          { match: { uri: prefix('/reports/large/') }, to: elsewhere, timeout: '10s' },
          { match: { uri: '/reports/old' }, redirect: { uri: '/reports/' } },
          { match: { uri: prefix('/reports/small/') }, to: { service: web, version: 'v2' } },
        ],
      });
      web.route(chart, 'reports', { match: { uri: prefix('/reports/') }, delegate, timeout: '500ms', retries: { attempts: 0 } });
    }),
    through: callerAt(),
    checks: [
      asked('the narrower route', { path: '/reports/large/1' }, other, v1),
      asked('a redirect', { path: '/reports/old' }, { status: 301, location: `http://${WEB}:8080/reports/` }, v1),
      asked('another route', { path: '/reports/small/1' }, v2, v1),
      { ...asked('the timeout of the rule', { path: '/reports/small/1' }, { status: 504, milliseconds: [450, 1_500] }, v1), upstreams: { 'web-v2': () => ({ delayMs: 2_000 }) } },
      { ...asked('the timeout of the route', { path: '/reports/large/1' }, other, v1), upstreams: { 'other-v1': () => ({ delayMs: 1_000 }) } },
      asked('what no route is for goes on to the shares', { path: '/reports/1' }, v1),
      asked('what the rule is not for', { path: '/large/1' }, v1),
    ],
    control: { what: 'no delegate, which leaves the rule out', edit: drop('VirtualService', 'pages') },
  },
  {
    name: 'redirect: all others to one path',
    promise: 'the rule for all others sends callers to a path that has a rule of its own, and there they are answered',
    program: shop(({ web, chart }) => {
      web.route(chart, 'login', { match: { uri: '/login' }, to: { version: 'v2' } });
      web.route(chart, 'rest', { redirect: { uri: '/login', redirectCode: 307 } });
    }),
    through: callerAt(),
    checks: [
      asked('any path', { path: '/cart' }, { status: 307, location: `http://${WEB}:8080/login` }, { status: 200 }),
      asked('where it leads', { path: '/login' }, v2),
    ],
    control: { what: 'no redirect', edit: change('VirtualService', 'web', (spec) => ({ ...spec, http: asList(spec['http']).slice(0, 1).concat({ route: [{ destination: { host: WEB } }] } as never) })) },
  },
];

const bytes = { protocol: 'tcp', host: WEB } as const;
const open = (body: string): Outcome => ({ status: 'open', body });
/** Takes all rules for connections out, and leaves the shares, which come last. */
const noConnectionRules = (kind: 'tcp' | 'tls'): Edit => change('VirtualService', 'web', (spec) => ({ ...spec, [kind]: asList(spec[kind]).slice(-1) }));
const DATABASE = [{ port: 5432, appProtocol: 'tcp' }, { port: 9000, appProtocol: 'tcp' }];
const ENDS_TLS = [{ port: 8443, appProtocol: 'tls' }];
const named = (what: string, sni: string, expect: Outcome, control?: Outcome): Check => ({ ...asked(what, { host: `${WEB}:8443`, sni }, expect, control), as: 'anonymous' });

/** Each request by a connection of its own: shares are of connections. */
const anew = (check: Check): Check => ({ ...check, request: { ...check.request, headers: { connection: 'close' } } });

/** Who answers at the address itself: no service that Istio knows. */
const passedBy = from('original-dst');

const connections: readonly Case[] = [
  {
    name: 'TCP rule: source and port',
    promise: 'connections of the source go to the new version, on the port of the rule',
    program: shop(({ web, caller, other: elsewhere, chart }) => {
      web.split(chart, { v1: 100 });
      web.tcpRoute(chart, 'own', { match: { source: caller, port: 5432 }, to: { version: 'v2' } });
      web.tcpRoute(chart, 'foreign', { match: { source: elsewhere }, to: elsewhere, priority: 1 });
    }, DATABASE.slice(0, 1)),
    through: callerAt(5432, WEB),
    checks: [asked('a connection', bytes, open('web-v2'), open('web-v1'))],
    control: { what: 'no rules', edit: noConnectionRules('tcp') },
  },
  {
    name: 'TCP rule: another port',
    promise: 'a port that the rule is not for keeps its shares',
    program: shop(({ web, chart }) => {
      web.split(chart, { v1: 100 });
      web.tcpRoute(chart, 'database', { match: { port: 5432 }, to: { version: 'v2' } });
    }, DATABASE),
    through: callerAt(9000, WEB),
    checks: [asked('a connection', bytes, open('web-v1'), open('web-v2'))],
    control: { what: 'the rule is for any port', edit: change('VirtualService', 'web', (spec) => ({ ...spec, tcp: asList(spec['tcp']).map((route) => without(asRecord(route), 'match')) })) },
  },
  {
    name: 'TCP rule: shares',
    promise: 'connections are shared as the rule says, and not as the service is',
    program: shop(({ web, chart }) => {
      web.split(chart, { v1: 100 });
      web.tcpRoute(chart, 'some', { match: { sourceNamespace: 'shop' }, to: [{ version: 'v1', weight: 70 }, { version: 'v2' }] });
    }, DATABASE.slice(0, 1)),
    through: callerAt(5432, WEB),
    checks: [{ ...asked('400 connections', bytes, { shares: { 'web-v1': share(70, 400), 'web-v2': share(30, 400) } }, { shares: { 'web-v1': [400, 400] } }), times: 400 }],
    control: { what: 'no rules', edit: noConnectionRules('tcp') },
  },
  {
    name: 'TLS rule: names',
    promise: 'connections go by the name that they ask for; those for unknown names pass the rules by, to the address that was asked',
    program: shop(({ web, chart }) => {
      web.split(chart, { v1: 100 });
      web.tlsRoute(chart, 'admin', { match: { sniHosts: ['admin.example.com'] }, to: { version: 'v2' } });
    }, ENDS_TLS),
    through: callerAt(8443, WEB),
    checks: [
      named('the name of the rule', 'admin.example.com', v2, passedBy),
      named('the full name of the service', WEB, v1),
      named('its name alone', 'web', passedBy),
      named('its name with the namespace', 'web.shop', v1),
      named('an unknown name', 'other.example.com', passedBy),
    ],
    control: { what: 'no rule', edit: noConnectionRules('tls') },
  },
  {
    name: 'TLS rule: source',
    promise: 'the rule is for callers of the namespace, under every name of the service',
    program: shop(({ web, chart }) => {
      web.tlsRoute(chart, 'ours', { match: { sourceNamespace: 'shop' }, to: { version: 'v2' } });
      web.tlsRoute(chart, 'theirs', { match: { sourceNamespace: 'ops' }, to: { version: 'v1' } });
    }, ENDS_TLS),
    through: callerAt(8443, WEB),
    checks: ['web.shop', 'web.shop.svc', WEB].map((name) => ({ ...named(`20 as ${name}`, name, { shares: { 'web-v2': [20, 20] } }, { shares: { 'web-v1': [20, 20] } }), times: 20 })),
    control: { what: 'the rule of the other namespace', edit: (manifests) => manifests.map((object) => JSON.parse(JSON.stringify(object).replaceAll('"sourceNamespace":"shop"', '"sourceNamespace":"x"').replaceAll('"sourceNamespace":"ops"', '"sourceNamespace":"shop"')) as typeof object) },
  },
  {
    name: 'TLS: shares',
    promise: 'a canary shares connections whose TLS the pods end, under the names of the service',
    program: shop(({ web, chart }) => web.split(chart, { v1: 80, v2: 20 }), ENDS_TLS),
    through: callerAt(8443, WEB),
    checks: [{ ...anew(named('300 connections', 'web.shop', { shares: { 'web-v1': share(80, 300), 'web-v2': share(20, 300) } }, { shares: { 'web-v1': share(50, 300), 'web-v2': share(50, 300) } })), times: 300 }],
    control: { what: 'no shares: whichever pod answers', edit: drop('VirtualService', 'web') },
  },
];

const withTls: readonly Case[] = [
  {
    name: 'TLS: shares beside HTTP',
    promise: 'requests for the service are shared under each of its names, though TLS made hosts of them',
    program: shop(({ web, chart }) => web.split(chart, { v1: 100 }), [{ port: 8080, name: 'http' }, ...ENDS_TLS]),
    through: callerAt(),
    checks: ['web', 'web.shop', 'web.shop.svc', WEB].map((name) => ({ ...asked(`20 for ${name}`, { host: `${name}:8080` }, { shares: { 'web-v1': [20, 20] } }, { shares: { 'web-v2': [20, 20] } }), times: 20 })),
    control: { what: 'all for the new version', edit: (manifests) => manifests.map((object) => JSON.parse(JSON.stringify(object).replaceAll('"subset":"v1"', '"subset":"v2"')) as typeof object) },
  },
];

const overflow = '503 upstream connect error or disconnect/reset before headers. reset reason: overflow';
const slow = { 'web-v1': () => ({ delayMs: 300 }), 'web-v2': () => ({ delayMs: 300 }) };
const few = { connectionPool: { http: { http2MaxRequests: 4 } } };
const allAtOnce = (request: { readonly host: string; readonly path?: string }, expect: Outcome, control?: Outcome): Check => ({ ...asked('16 slow requests at once', request, expect, control), times: 16, upstreams: slow });
const limited = (pod: string): Outcome => ({ shares: { [pod]: [4, 6], [overflow]: [10, 12] } });
const free = (pod: string): Outcome => ({ shares: { [pod]: [16, 16] } });

const policed = (name: string, promise: string, policy: ServicePolicyProps, port: number, checks: readonly Check[], control: Case['control']): Case => ({
  name,
  promise,
  program: shop(({ web, chart }) => {
    web.split(chart, { v1: 100 });
    web.route(chart, 'new', { match: { uri: '/new' }, to: { version: 'v2' }, retries: { attempts: 0 } });
    web.route(chart, 'once', { retries: { attempts: 0 } });
    web.trafficPolicy(chart, policy);
  }, [{ port: 8080, name: 'http' }, { port: 9090, name: 'http-more' }]),
  through: callerAt(port),
  checks,
  control,
});
const at = (port: number, path = '/'): { readonly host: string; readonly path: string } => ({ host: `${WEB}:${port}`, path });

/** What Istio makes of a port's settings when nobody fills in what they do not say. */
const portsAlone: Edit = change('DestinationRule', 'web', (spec) => {
  const policy = asRecord(spec['trafficPolicy']);
  return { ...spec, trafficPolicy: { ...policy, portLevelSettings: asList(policy['portLevelSettings']).map((one) => ({ port: asRecord(one)['port'], loadBalancer: asRecord(one)['loadBalancer'] })) } };
});

const policies: readonly Case[] = [
  policed('policy: port', 'a limit of one port holds there', { ports: { 9090: few } }, 9090, [allAtOnce(at(9090), limited('web-v1'), free('web-v1'))], { what: 'no policy', edit: noPolicy }),
  policed('policy: another port', 'a limit of one port does not hold for another', { ports: { 9090: few } }, 8080, [allAtOnce(at(8080), free('web-v1'), limited('web-v1'))], {
    what: 'the limit is for all ports',
    edit: change('DestinationRule', 'web', (spec) => ({ ...spec, trafficPolicy: few as never })),
  }),
  policed('policy: what a port does not say', 'a port with settings of its own keeps the limit of all', { ...few, ports: { 9090: { loadBalancer: { simple: 'ROUND_ROBIN' } } } }, 9090, [allAtOnce(at(9090), limited('web-v1'), free('web-v1'))], {
    what: 'the port says its own only',
    edit: portsAlone,
  }),
  policed('policy: version', 'a limit of one version holds for its pods, and not for those of another', { versions: { v2: few } }, 8080, [allAtOnce(at(8080, '/new'), limited('web-v2'), free('web-v2')), allAtOnce(at(8080), free('web-v1'))], {
    what: 'no policy of the version',
    edit: change('DestinationRule', 'web', (spec) => ({ ...spec, subsets: asList(spec['subsets']).map((subset) => without(asRecord(subset), 'trafficPolicy')) })),
  }),
  policed('policy: version on a port', 'a version keeps its limit on a port that has settings of its own', { ports: { 9090: { loadBalancer: { simple: 'ROUND_ROBIN' } } }, versions: { v2: few } }, 9090, [allAtOnce(at(9090, '/new'), limited('web-v2'), free('web-v2'))], {
    what: 'no policy of the version',
    edit: change('DestinationRule', 'web', (spec) => ({ ...spec, subsets: asList(spec['subsets']).map((subset) => without(asRecord(subset), 'trafficPolicy')) })),
  }),
  {
    name: 'policy: retry budget',
    promise: 'what fails is not tried again beyond the budget, so that a service that is down is not asked thrice as much',
    program: shop(({ web, chart }) => {
      web.split(chart, { v1: 100 });
      web.route(chart, 'again', { retries: { attempts: 2, retryOn: ['5xx'] } });
      web.trafficPolicy(chart, { retryBudget: { percent: 0, minRetryConcurrency: 1 } });
    }),
    through: callerAt(),
    checks: [
      {
        ...asked('64 requests, 16 at once, that all fail', {}, { load: { 'web-v1': [64, 130] } }, { load: { 'web-v1': [192, 192] } }),
        times: 64,
        upstreams: { 'web-v1': () => ({ status: 503, delayMs: 200 }) },
      },
      { ...asked('a failure that is alone', {}, { ...v1, arrived: { 'web-v1': 2 } }), upstreams: { 'web-v1': (nth) => (nth === 1 ? { status: 503 } : {}) } },
    ],
    control: { what: 'no policy', edit: noPolicy },
  },
];

export const rulesMore: readonly Case[] = [...requests, ...connections, ...withTls, ...policies];
