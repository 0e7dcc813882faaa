import { Chart } from 'cdk8s';
import { bookinfo } from '../../../examples/01-bookinfo/main';
import { addWorkload } from '../../../examples/02-traffic/workload';
import { IngressRoute, Mesh, StrictMtlsNamespace, Tls } from '../../../src';
import { asList, asRecord } from '../../kubernetes/status';
import type { Case, Check, Through } from '../case';
import { without } from '../json';
import { change, drop, replace } from '../manifests';
import type { Program } from '../manifests';
import { reversed } from './routes';

/** Requests from outside, as a gateway takes them. */

const gateway = (port: number): Through => ({ first: { direction: 'gateway', name: 'public', namespace: 'istio-ingress', port } });
const host = 'bookinfo.example.com';

const secure = (path: string, expect: Check['expect'], control?: Check['control']): Check => ({
  what: `https ${path}`,
  request: { host, path },
  as: 'anonymous',
  expect,
  ...(control === undefined ? {} : { control }),
});

const found = { status: 200, body: 'productpage-v1' };
const nowhere = { status: 404 };

/** Routes given in the worst order: what is least specific first, and from two places. */
const overlapping: Program = (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const edge = mesh.addIngressGateway('public');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const [web, api, health] = [shop.addService('web', { port: 8080 }), shop.addService('api', { port: 8080 }), shop.addService('health', { port: 8080 })];
  for (const service of [web, api, health]) addWorkload(chart, service);
  const common = { gateway: edge, host: 'shop.example.com', tls: Tls.plainText() };
  new IngressRoute(chart, 'all', { ...common, routes: [{ path: '/', to: web }, { path: '/api', to: api }] });
  new IngressRoute(chart, 'more', { ...common, routes: [{ path: '/api/v2', to: web }, { exact: '/api/health', to: health }] });
};

/** A host of its own beside all other hosts of its domain. */
const wildcard: Program = (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const edge = mesh.addIngressGateway('public');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const [web, tenants] = [shop.addService('web', { port: 8080 }), shop.addService('tenants', { port: 8080 })];
  for (const service of [web, tenants]) addWorkload(chart, service);
  const common = { gateway: edge, tls: Tls.plainText() };
  new IngressRoute(chart, 'tenants', { ...common, host: '*.example.com', routes: [{ path: '/', to: tenants }] });
  new IngressRoute(chart, 'web', { ...common, host: 'shop.example.com', routes: [{ path: '/', to: web }] });
};

const plain = (path: string, from: string, instead?: string): Check => ({
  what: path,
  request: { host: 'shop.example.com', path },
  expect: { status: 200, body: from },
  ...(instead === undefined ? {} : { control: { status: 200, body: instead } }),
});

export const ingress: readonly Case[] = [
  {
    name: 'IngressRoute: HTTP to HTTPS',
    promise: 'a plain request is sent to the same address over HTTPS, and no service is asked',
    program: bookinfo,
    through: gateway(80),
    checks: [
      {
        what: 'http /productpage?u=normal',
        request: { host, path: '/productpage?u=normal' },
        expect: { status: 301, location: `https://${host}/productpage?u=normal`, arrived: { 'productpage-v1': 0 } },
        control: { ...found, arrived: { 'productpage-v1': 1 } },
      },
    ],
    control: { what: 'no redirect', edit: replace('Gateway', host, '"tls":{"httpsRedirect":true}', '"tls":{"httpsRedirect":false}') },
  },
  {
    name: 'IngressRoute: exact paths and prefixes',
    promise: 'over HTTPS an exact path is itself only, a prefix is whatever begins so, the rest is 404',
    program: bookinfo,
    through: gateway(443),
    checks: [
      secure('/productpage', found, nowhere),
      secure('/productpage/1', nowhere),
      secure('/login', found, nowhere),
      secure('/static/style.css', found, nowhere),
      secure('/api/v1/products/0', found, nowhere),
      secure('/other', nowhere),
      { what: 'another host', request: { host: 'other.example.com', path: '/productpage' }, as: 'anonymous', expect: { status: 'cut' } },
    ],
    control: { what: 'no routes', edit: drop('VirtualService', host) },
  },
  {
    name: 'IngressRoute: an exact path is exact',
    promise: 'what begins with an exact path is another path',
    program: bookinfo,
    through: gateway(443),
    checks: [secure('/login/now', nowhere, found)],
    control: { what: 'a prefix instead', edit: replace('VirtualService', host, '{"exact":"/login"}', '{"prefix":"/login"}') },
  },
  {
    name: 'IngressRoute: precedence',
    promise: 'exact paths come before prefixes, long prefixes before short ones, whatever the order in the program',
    program: overlapping,
    through: gateway(80),
    checks: [
      plain('/api/health', 'health-v1', 'web-v1'),
      plain('/api/orders', 'api-v1', 'web-v1'),
      plain('/api/v2/orders', 'web-v1'),
      plain('/', 'web-v1'),
    ],
    control: { what: 'the routes in reverse order', edit: change('VirtualService', 'shop.example.com', reversed) },
  },
  {
    name: 'IngressRoute: the longer prefix',
    promise: 'a longer prefix wins over the shorter one that another IngressRoute gave',
    program: overlapping,
    through: gateway(80),
    checks: [plain('/api/v2/orders', 'web-v1', 'api-v1'), plain('/api/orders', 'api-v1')],
    control: {
      what: 'the longer prefix is taken out',
      edit: change('VirtualService', 'shop.example.com', (spec) => ({
        ...without(spec, 'http'),
        http: asList(spec['http']).filter((route) => !JSON.stringify(asRecord(route)['match'] ?? []).includes('"/api/v2"')),
      })),
    },
  },
  {
    name: 'IngressRoute: hosts',
    promise: 'a host of its own wins over a wildcard, which takes the other hosts of its domain and no others',
    program: wildcard,
    through: gateway(80),
    checks: [
      plain('/', 'web-v1', 'tenants-v1'),
      { what: 'another host of the domain', request: { host: 'a.example.com' }, expect: { status: 200, body: 'tenants-v1' } },
      { what: 'another domain', request: { host: 'shop.example.org' }, expect: nowhere },
    ],
    control: { what: 'the host has no routes of its own', edit: drop('VirtualService', 'shop.example.com') },
  },
  {
    name: 'IngressRoute: lets the gateway in',
    promise: 'the gateway may call the service that it leads to: gateway and sidecar in a row, mutual TLS between them',
    program: bookinfo,
    through: { ...gateway(443), second: { direction: 'inbound', app: 'productpage', namespace: 'bookinfo', port: 9080 } },
    checks: [secure('/productpage', found, { status: 403, body: 'RBAC: access denied', arrived: { 'productpage-v1': 0 } })],
    control: { what: 'no grant', edit: drop('AuthorizationPolicy', 'productpage') },
  },
];
