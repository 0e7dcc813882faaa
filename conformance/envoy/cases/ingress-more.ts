import { IngressRoute, RouteDelegate, StringMatch, TcpIngressRoute, Tls } from '../../../src';
import type { IngressGatewayProps, IngressPath, IngressRouteProps } from '../../../src';
import { asList, asRecord } from '../../kubernetes/status';
import type { Case, Check, Outcome } from '../case';
import { gatewayOf } from '../case';
import { EDGE_HOST, edge, edgeAt, from, lastRules } from '../edge';
import type { Edge } from '../edge';
import { without } from '../json';
import { change, drop, replace } from '../manifests';
import type { Edit } from '../manifests';
import type { Request } from '../request';
import { share } from '../shop';

/** What routes of hosts do beyond paths, ports of gateways, and the addresses of clients. */

const nowhere: Outcome = { status: 404 };

const plain = (what: string, request: Partial<Request>, expect: Outcome, control?: Outcome): Check => ({
  what,
  request: { host: EDGE_HOST, ...request },
  expect,
  ...(control === undefined ? {} : { control }),
});

const secure = (what: string, request: Partial<Request>, expect: Outcome, control?: Outcome): Check => ({ ...plain(what, request, expect, control), as: 'anonymous' });

const routed = (routes: (edge: Edge) => readonly IngressPath[], props: Partial<IngressRouteProps> = {}, gateway: IngressGatewayProps = {}): Case['program'] =>
  edge((made) => void new IngressRoute(made.chart, 'route', { gateway: made.gateway, host: EDGE_HOST, tls: Tls.plainText(), routes: routes(made), ...props }), gateway);

const reached = (name: string, path: string): Outcome => ({ ...from(name), paths: { [name]: path } });

/** Each `path` as Istio's prefix by text. */
const prefixOnly: Edit = change('VirtualService', EDGE_HOST, (spec) => ({
  ...spec,
  http: asList(spec['http']).map((route) => JSON.parse(JSON.stringify(route).replaceAll(/\{"uri":\{"exact":"[^"]*"\}\},\{"uri":\{"prefix":"([^"]*)\/"\}\}/g, '{"uri":{"prefix":"$1"}}')) as unknown),
}));

export const ingressMore: readonly Case[] = [
  {
    name: 'IngressRoute: paths by segments',
    promise: 'a path is itself and what is below it, and no beginning of another word',
    program: routed(({ web, other }) => [{ path: '/', to: web }, { path: '/api', to: other }]),
    through: edgeAt(80),
    checks: [
      plain('itself', { path: '/api' }, from('other-v1')),
      plain('with a query', { path: '/api?a=b' }, from('other-v1')),
      plain('below', { path: '/api/orders' }, from('other-v1')),
      plain('another word', { path: '/apiary' }, from('web-v1'), from('other-v1')),
    ],
    control: { what: 'a prefix by text', edit: prefixOnly },
  },
  {
    name: 'IngressRoute: rewrite below a path',
    promise: 'the path is replaced, what is below it stays, with one slash between them',
    program: routed(({ web, other }) => [{ path: '/api', to: other, rewrite: { uri: '/' } }, { path: '/shop', to: other, rewrite: { uri: '/v2' } }, { path: '/', to: web, rewrite: { uri: '/site' } }]),
    through: edgeAt(80),
    checks: [
      plain('the path itself', { path: '/api' }, reached('other-v1', '/'), reached('other-v1', '/api')),
      plain('below it', { path: '/api/orders?a=/api' }, reached('other-v1', '/orders?a=/api'), reached('other-v1', '/api/orders?a=/api')),
      plain('to another path', { path: '/shop/7' }, reached('other-v1', '/v2/7'), reached('other-v1', '/shop/7')),
      plain('that path itself', { path: '/shop' }, reached('other-v1', '/v2'), reached('other-v1', '/shop')),
      plain('every path', { path: '/about' }, reached('web-v1', '/site/about'), reached('web-v1', '/about')),
    ],
    control: { what: 'no rewrite', edit: change('VirtualService', EDGE_HOST, (spec) => ({ ...spec, http: asList(spec['http']).map((route) => without(asRecord(route), 'rewrite')) })) },
  },
  {
    name: 'IngressRoute: matches',
    promise: 'requests are told by header, method, cookie, query, pattern and what they have not',
    program: routed(({ web, other }) => [
      { path: '/', to: web },
      { match: { headers: { 'x-beta': StringMatch.present() } }, to: { service: web, version: 'v2' }, priority: 2 },
      { path: '/orders', match: { method: 'POST' }, to: other },
      { path: '/search', match: { queryParams: { q: StringMatch.regex('.*shoes.*') } }, to: other },
      { path: '/me', match: { cookie: { name: 'user', value: 'jane' } }, to: other },
      { match: { uri: StringMatch.regex('/[a-z]{2}/help') }, to: other, priority: 1 },
      { path: '/open', match: { withoutHeaders: { authorization: StringMatch.present() } }, to: other },
    ]),
    through: edgeAt(80),
    checks: [
      plain('a header', { path: '/orders', method: 'POST', headers: { 'x-beta': '1' } }, from('web-v2'), from('web-v1')),
      plain('a method', { path: '/orders', method: 'POST' }, from('other-v1'), from('web-v1')),
      plain('another method', { path: '/orders' }, from('web-v1')),
      plain('a parameter', { path: '/search?q=red+shoes' }, from('other-v1'), from('web-v1')),
      plain('another value', { path: '/search?q=hats' }, from('web-v1')),
      plain('a cookie', { path: '/me', headers: { cookie: 'a=b; user=jane' } }, from('other-v1'), from('web-v1')),
      plain('none', { path: '/me' }, from('web-v1')),
      plain('a pattern', { path: '/de/help' }, from('other-v1'), from('web-v1')),
      plain('no fit', { path: '/deu/help' }, from('web-v1')),
      plain('without a header', { path: '/open' }, from('other-v1'), from('web-v1')),
      plain('with it', { path: '/open', headers: { authorization: 'x' } }, from('web-v1')),
    ],
    control: { what: 'the last rule only', edit: lastRules(EDGE_HOST) },
  },
  {
    name: 'IngressRoute: shares',
    promise: 'requests are shared among services and versions by the weights of the route',
    program: routed(({ web, other }) => [{ path: '/', to: [{ service: web, version: 'v1', weight: 50 }, { service: web, version: 'v2', weight: 20 }, { service: other, weight: 30 }] }]),
    through: edgeAt(80),
    checks: [
      {
        ...plain('2000 requests', {}, { shares: { 'web-v1': share(50, 2000), 'web-v2': share(20, 2000), 'other-v1': share(30, 2000) } }, { shares: { 'web-v1': [2000, 2000] } }),
        times: 2000,
      },
    ],
    control: {
      what: 'the first place only',
      edit: change('VirtualService', EDGE_HOST, (spec) => ({ ...spec, http: asList(spec['http']).map((route) => ({ ...asRecord(route), route: [without(asRecord(asList(asRecord(route)['route'])[0]), 'weight')] })) })),
    },
  },
  {
    name: "IngressRoute: the service's own shares",
    promise: 'a service that shares its traffic does so for what a gateway leads to it',
    program: routed(({ web }) => [{ path: '/', to: web }]),
    through: edgeAt(80),
    checks: [{ ...plain('50 requests', {}, { shares: { 'web-v1': [50, 50] } }, { shares: { 'web-v1': [0, 0], 'web-v2': [50, 50] } }), times: 50 }],
    control: { what: 'the other version', edit: replace('VirtualService', EDGE_HOST, '"subset":"v1"', '"subset":"v2"') },
  },
  {
    name: 'IngressRoute: what is done on the way',
    promise: 'headers change, copies are sent, browsers are told, attempts are made again and time runs out',
    program: routed(({ web, other }) => [
      { path: '/', to: web, headers: { request: { set: { 'x-edge': 'yes' } }, response: { add: { 'x-seen': 'edge' } } }, mirror: { service: other } },
      { path: '/cors', to: web, corsPolicy: { allowOrigins: ['https://shop.example.com'] } },
      { path: '/slow', to: web, timeout: '300ms' },
      { path: '/flaky', to: web, retries: { attempts: 2, retryOn: ['5xx'] } },
      { match: { headers: { 'x-rehearse': 'yes' } }, to: web, fault: { abort: { httpStatus: 503, percentage: 100 } }, priority: 1 },
    ]),
    through: edgeAt(80),
    checks: [
      plain('headers and a copy', {}, { ...from('web-v1'), headers: { 'x-seen': 'edge' }, asked: { 'web-v1': { headers: { 'x-edge': 'yes' } } }, arrived: { 'other-v1': 1 } }, { ...from('web-v1'), headers: { 'x-seen': null }, arrived: { 'other-v1': 0 } }),
      plain('a page of that origin', { path: '/cors', headers: { origin: 'https://shop.example.com' } }, { ...from('web-v1'), headers: { 'access-control-allow-origin': 'https://shop.example.com' } }, { headers: { 'access-control-allow-origin': null } }),
      plain('a page of another', { path: '/cors', headers: { origin: 'https://evil.example.com' } }, { headers: { 'access-control-allow-origin': null } }),
      { ...plain('too late', { path: '/slow' }, { status: 504, milliseconds: [250, 1500] }, from('web-v1')), upstreams: { 'web-v1': () => ({ delayMs: 2000 }) } },
      { ...plain('two failures', { path: '/flaky' }, { ...from('web-v1'), arrived: { 'web-v1': 3 } }, { status: 500, arrived: { 'web-v1': 1 } }), upstreams: { 'web-v1': (nth) => ({ status: nth < 3 ? 500 : 200 }) } },
      plain('a rehearsal', { headers: { 'x-rehearse': 'yes' } }, { status: 503, arrived: { 'web-v1': 0 } }, from('web-v1')),
      plain('no rehearsal', { headers: { 'x-rehearse': 'no' } }, from('web-v1')),
    ],
    control: {
      what: 'where it goes, and nothing else',
      edit: change('VirtualService', EDGE_HOST, (spec) => ({ ...spec, http: asList(spec['http']).map((route) => without(asRecord(route), 'headers', 'mirrors', 'mirror', 'corsPolicy', 'timeout', 'retries', 'fault')) })),
    },
  },
  {
    name: 'IngressRoute: answers of the gateway',
    promise: 'redirects and answers come from the gateway itself',
    program: routed(({ web }) => [{ path: '/', to: web }, { exact: '/old', redirect: { uri: '/new', redirectCode: 308 } }, { path: '/gone', directResponse: { status: 410, body: 'gone' } }]),
    through: edgeAt(80),
    checks: [
      plain('a redirect', { path: '/old' }, { status: 308, location: `http://${EDGE_HOST}/new`, arrived: { 'web-v1': 0 } }, from('web-v1')),
      plain('an answer', { path: '/gone/since' }, { status: 410, body: 'gone' }, from('web-v1')),
      plain('none of them', { path: '/old/7' }, from('web-v1')),
    ],
    control: { what: 'the last rule only', edit: lastRules(EDGE_HOST) },
  },
  {
    name: 'IngressRoute: delegate',
    promise: 'a part of the host is routed by a VirtualService of another team, and nothing else is',
    program: edge(({ chart, gateway, web, other }) => {
      const delegate = new RouteDelegate(chart, 'reporting', { routes: [{ match: { uri: '/reports/yearly' }, directResponse: { status: 410 } }, { to: other }] });
      new IngressRoute(chart, 'route', { gateway, host: EDGE_HOST, tls: Tls.plainText(), routes: [{ path: '/', to: web }, { path: '/reports', delegate }] });
    }),
    through: edgeAt(80),
    checks: [
      plain('the part', { path: '/reports' }, from('other-v1'), from('web-v1')),
      plain('below it', { path: '/reports/7' }, from('other-v1'), from('web-v1')),
      plain('a rule of the delegate', { path: '/reports/yearly' }, { status: 410 }, from('web-v1')),
      plain('all else', { path: '/' }, from('web-v1')),
    ],
    control: { what: 'no delegate', edit: drop('VirtualService', 'reporting') },
  },
  {
    name: 'IngressRoute: rules of one of several gateways',
    promise: 'a rule for one gateway is met by what comes in there, and not elsewhere',
    program: edge(({ chart, gateway, mesh, web, other }) => {
      const internal = mesh.addIngressGateway('internal');
      new IngressRoute(chart, 'route', { gateway: [gateway, internal], host: EDGE_HOST, tls: Tls.plainText(), routes: [{ path: '/', to: web }, { path: '/admin', match: { gateways: gateway }, to: other }] });
    }),
    through: edgeAt(80),
    checks: [plain('there', { path: '/admin' }, from('other-v1'), from('web-v1')), plain('all else', {}, from('web-v1'))],
    control: { what: 'the rules of the other gateway', edit: lastRules('edge-edge-example-com') },
  },
  {
    name: 'IngressRoute: rules of another gateway',
    promise: 'a rule for one gateway is not met by what comes in at another',
    program: edge(({ chart, gateway, mesh, web, other }) => {
      const internal = mesh.addIngressGateway('internal');
      new IngressRoute(chart, 'route', { gateway: [gateway, internal], host: EDGE_HOST, tls: Tls.plainText(), routes: [{ path: '/', to: web }, { path: '/admin', match: { gateways: gateway }, to: other }] });
    }),
    through: gatewayOf('internal', 'istio-ingress', 80),
    checks: [plain('elsewhere', { path: '/admin' }, from('web-v1'), nowhere)],
    control: { what: 'no routes there', edit: drop('VirtualService', 'internal-edge-example-com') },
  },
  {
    name: 'IngressRoute: hsts',
    promise: 'browsers are told on every answer over TLS, also on those of the gateway itself',
    program: routed(({ web }) => [{ path: '/', to: web }, { exact: '/old', redirect: { uri: '/new' } }, { path: '/gone', directResponse: { status: 410 } }], { tls: Tls.secret('cert'), hsts: { maxAge: '1h', includeSubDomains: true } }),
    through: edgeAt(443),
    checks: (['/', '/old', '/gone'] as const).map((path) =>
      secure(path, { path }, { headers: { 'strict-transport-security': 'max-age=3600; includeSubDomains' } }, { headers: { 'strict-transport-security': null } }),
    ),
    control: { what: 'no headers', edit: change('VirtualService', EDGE_HOST, (spec) => ({ ...spec, http: asList(spec['http']).map((route) => without(asRecord(route), 'headers')) })) },
  },
  {
    name: 'IngressRoute: hsts and plain requests',
    promise: 'plain requests are redirected and told nothing: browsers heed it over TLS only',
    program: routed(({ web }) => [{ path: '/', to: web }], { tls: Tls.secret('cert'), hsts: true }),
    through: edgeAt(80),
    checks: [plain('http', { path: '/a' }, { status: 301, location: `https://${EDGE_HOST}/a`, headers: { 'strict-transport-security': null } }, { ...from('web-v1'), headers: { 'strict-transport-security': 'max-age=31536000' } })],
    control: { what: 'no redirect', edit: replace('Gateway', EDGE_HOST, '"httpsRedirect":true', '"httpsRedirect":false') },
  },
  {
    name: 'IngressRoute: other ports',
    promise: 'a gateway without 80 and 443 serves at its own ports, and redirects to the one for TLS',
    program: routed(({ web }) => [{ path: '/', to: web }], { tls: Tls.secret('cert') }, { workload: { service: { ports: [{ name: 'http', port: 8080 }, { name: 'https', port: 8443 }] } } }),
    through: edgeAt(8080),
    checks: [
      plain('http', { host: `${EDGE_HOST}:8080`, path: '/a' }, { status: 301, location: `https://${EDGE_HOST}:8443/a`, arrived: { 'web-v1': 0 } }, from('web-v1')),
    ],
    control: { what: 'no redirect', edit: change('VirtualService', EDGE_HOST, (spec) => ({ ...spec, http: asList(spec['http']).slice(1) })) },
  },
  {
    name: 'IngressRoute: other ports, over TLS',
    promise: 'at the port for TLS the rules hold, and nothing is redirected',
    program: routed(({ web }) => [{ path: '/', to: web }], { tls: Tls.secret('cert') }, { workload: { service: { ports: [{ name: 'http', port: 8080 }, { name: 'https', port: 8443 }] } } }),
    through: edgeAt(8443),
    checks: [secure('https', { host: `${EDGE_HOST}:8443` }, from('web-v1'), nowhere)],
    control: { what: 'only the redirect', edit: change('VirtualService', EDGE_HOST, (spec) => ({ ...spec, http: asList(spec['http']).slice(0, 1) })) },
  },
  {
    name: 'TcpIngressRoute',
    promise: 'connections to the port go to the service, whatever is spoken on them, by the shares of the route',
    program: edge(({ chart, gateway, db }) => void new TcpIngressRoute(chart, 'db', { gateway, port: 6000, to: [{ service: db, version: 'v1', weight: 80 }, { service: db, version: 'v2', weight: 20 }] })),
    through: edgeAt(6000),
    checks: [
      { what: 'a connection', request: { protocol: 'tcp', host: EDGE_HOST }, expect: { status: 'open' } },
      { what: '400 connections', request: { protocol: 'tcp', host: EDGE_HOST }, times: 400, expect: { shares: { 'db-v1': share(80, 400), 'db-v2': share(20, 400) } }, control: { shares: { 'db-v1': [0, 0], 'db-v2': [400, 400] } } },
    ],
    control: { what: 'the other share', edit: change('VirtualService', 'edge-tcp-6000', (spec) => ({ ...spec, tcp: asList(spec['tcp']).map((route) => ({ ...asRecord(route), route: [without(asRecord(asList(asRecord(route)['route'])[1]), 'weight')] })) })) },
  },
  {
    name: 'IngressRoute: gRPC and WebSocket',
    promise: 'both come through a gateway without a word of the program',
    program: routed(({ web, other }) => [{ path: '/', to: web }, { path: '/live', to: other }]),
    through: edgeAt(80),
    checks: [
      plain('a WebSocket', { path: '/live/7', protocol: 'websocket' }, { status: 101, body: 'other-v1' }, { status: 101, body: 'web-v1' }),
      plain('HTTP/2', { path: '/live', protocol: 'h2' }, from('other-v1'), from('web-v1')),
    ],
    control: { what: 'the last rule only', edit: lastRules(EDGE_HOST) },
  },
  {
    name: 'IngressGateway: trusted proxies',
    promise: "the client's address is what the proxy in front says, and not what clients say",
    program: routed(({ web }) => [{ path: '/', to: web }], {}, { clientIp: { numTrustedProxies: 1 } }),
    through: edgeAt(80),
    checks: [
      plain('behind a proxy', { headers: { 'x-forwarded-for': '192.0.2.66, 203.0.113.7' } }, { ...from('web-v1'), asked: { 'web-v1': { headers: { 'x-envoy-external-address': '203.0.113.7' } } } }, { ...from('web-v1'), asked: { 'web-v1': { headers: { 'x-envoy-external-address': '127.0.0.1' } } } }),
    ],
    control: { what: 'none is trusted', edit: replace('Deployment', 'edge', '\\"numTrustedProxies\\":1', '\\"numTrustedProxies\\":0') },
  },
  {
    name: 'IngressGateway: PROXY protocol',
    promise: "the client's address is what the load balancer says in front of the connection",
    program: routed(({ web }) => [{ path: '/', to: web }], {}, { clientIp: { proxyProtocol: true } }),
    through: edgeAt(80),
    checks: [plain('a connection', { proxied: { from: '203.0.113.7' } }, { ...from('web-v1'), asked: { 'web-v1': { headers: { 'x-forwarded-for': /^203\.0\.113\.7/ } } } }, { status: 400 })],
    control: { what: 'no PROXY protocol', edit: replace('Deployment', 'edge', '\\"proxyProtocol\\":{}', '') },
  },
];

