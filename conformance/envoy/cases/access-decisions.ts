import { Deployment } from '../../../imports/kubernetes/deployment';
import { Access, IngressRoute, IpBlock, JwtAuthentication, RequestPrincipal, Tls } from '../../../src';
import { inFrontOf } from '../case';
import type { Case, Check, Outcome, Through } from '../case';
import { drop, replace } from '../manifests';
import type { Request } from '../request';
import { bearer, issuerOf, signer } from '../tokens';
import { program } from './access-more';

/** What decisions hang on beside what other cases are about: conditions by each of their keys, forms of paths, workloads, hops. */

const IN: Outcome = { status: 200, body: 'orders-v1' };
const OUT: Outcome = { status: 403, body: 'RBAC: access denied' };
const CUT: Outcome = { status: 'cut' };
const orders = inFrontOf('orders', 'shop', 8080);
const bytes = inFrontOf('orders', 'shop', 5432);
const gateway: Through = { first: { direction: 'gateway', name: 'public', namespace: 'istio-ingress', port: 80 } };
const login = signer('https://login.example.com');

const asks = (who: string, request: Partial<Request>, expect: Outcome, control?: Outcome): Check => ({
  what: `${who} ${request.method ?? 'GET'} ${request.path ?? '/'} ${Object.values(request.headers ?? {}).map((value) => value.slice(0, 20)).join()}`,
  request: { host: 'orders.shop.svc.cluster.local:8080', ...request },
  ...(who === 'plain text' ? {} : { as: `cluster.local/ns/shop/sa/${who}` }),
  expect,
  ...(control === undefined ? {} : { control }),
});
const letIn = (who: string, ...requests: readonly Partial<Request>[]): Check[] => requests.map((request) => asks(who, request, IN, OUT));
const refused = (who: string, ...requests: readonly Partial<Request>[]): Check[] => requests.map((request) => asks(who, request, OUT));
const paths = (...all: readonly string[]): Partial<Request>[] => all.map((path) => ({ path }));

const noGrant: Case['control'] = { what: 'no grant', edit: drop('AuthorizationPolicy', 'orders') };

export const accessDecisions: readonly Case[] = [
  {
    name: 'allowFrom: bytes beside requests',
    promise: 'who may connect to a port of bytes is let in, though others are let in by tokens, and the same caller for requests',
    program: program(({ chart, web, batch, orders: target }) => {
      new JwtAuthentication(chart, 'login', { target, issuers: [issuerOf(login)], optional: true });
      target.allowFrom(web, { ports: [5432] });
      target.allowFrom(web, { methods: ['GET'] });
      target.allowFrom(batch);
      target.allowFrom(RequestPrincipal.any());
    }),
    through: bytes,
    checks: [asks('web', { protocol: 'tcp' }, { status: 'open' }, CUT), asks('batch', { protocol: 'tcp' }, { status: 'open' }, CUT), asks('login', { protocol: 'tcp' }, CUT)],
    control: noGrant,
  },
  {
    name: 'allowFrom: conditions on addresses and tokens',
    promise: 'the original client, the address that is called, audience and presenter are conditions as well',
    program: program(({ chart, web, batch, login: reader, orders: target }) => {
      new JwtAuthentication(chart, 'login', { target, issuers: [issuerOf(login)], optional: true });
      target.allowFrom(web, { when: { 'remote.ip': ['203.0.113.0/24', '2001:db8::/32'] } });
      target.allowFrom(batch, { methods: ['GET'], when: { 'destination.ip': '127.0.0.0/8' } });
      target.allowFrom(batch, { methods: ['POST'], when: { 'destination.ip': { notValues: '127.0.0.1' } } });
      target.allowFrom(reader, { methods: ['GET'], when: { 'request.auth.audiences': ['store', 'sh*'], 'request.auth.presenter': '*' } });
      target.allowFrom(reader, { methods: ['POST'], when: { 'request.auth.principal': `${login.issuer}/*`, 'request.auth.claims[realm][roles]': { values: '*', notValues: 'guest' } } });
    }),
    through: orders,
    checks: [
      ...letIn('web', { headers: { 'x-forwarded-for': '203.0.113.9' } }, { headers: { 'x-forwarded-for': '192.0.2.1, 2001:db8::7' } }),
      ...refused('web', {}, { headers: { 'x-forwarded-for': '203.0.113.9, 192.0.2.1' } }),
      ...letIn('batch', { method: 'GET' }),
      ...refused('batch', { method: 'POST' }),
      ...letIn('login', bearer(login, { azp: 'app' }), bearer(login, { aud: ['bank', 'store'], azp: 'app' })),
      ...refused('login', {}, bearer(login), bearer(login, { aud: 'bank', azp: 'app' })),
      ...letIn('login', { method: 'POST', ...bearer(login, { realm: { roles: ['reader'] } }) }),
      ...refused('login', { method: 'POST', ...bearer(login, { realm: { roles: ['reader', 'guest'] } }) }, { method: 'POST', ...bearer(login, { realm: {} }) }),
    ],
    control: noGrant,
  },
  {
    name: 'allowFrom: the client of a connection',
    promise: 'on a port of bytes the original client is whoever holds the connection',
    program: program(({ web, batch, orders: target }) => {
      target.allowFrom(web, { ports: [5432], when: { 'remote.ip': '127.0.0.0/8' } });
      target.allowFrom(batch, { ports: [5432], when: { 'remote.ip': '203.0.113.0/24' } });
    }),
    through: bytes,
    checks: [asks('web', { protocol: 'tcp' }, { status: 'open' }, CUT), asks('batch', { protocol: 'tcp' }, CUT)],
    control: noGrant,
  },
  {
    name: 'allowFrom: claims that become headers',
    promise: 'rules see the header that a claim was written to, and nothing that a caller writes there',
    program: program(({ chart, web, orders: target }) => {
      new JwtAuthentication(chart, 'login', { target, issuers: [issuerOf(login, { outputClaimToHeaders: { 'x-user': 'sub' } })], optional: true });
      target.allowFrom(web, { when: { 'request.headers[x-user]': 'robot' } });
    }),
    through: orders,
    checks: [...letIn('web', bearer(login)), ...refused('web', bearer(login, { sub: 'guest' }), { headers: { 'x-user': 'robot' } })],
    control: noGrant,
  },
  {
    name: 'allowFrom: forms of paths',
    promise: 'a path is exact, begins or ends so, or fits a template segment by segment, without its query',
    program: program(({ web, batch, orders: target }) => {
      target.allowFrom(web, { paths: ['/exact', '/a%7Cb', '/files/{**}', '/users/{*}/orders/{*}', '/a/{**}/z'] });
      target.allowFrom(batch, { paths: ['*.css', '/static*'] });
    }),
    through: orders,
    checks: [
      ...letIn('web', ...paths('/exact', '/exact?a=/b', '/a|b', '/files/', '/files/a/b.c', '/users/7/orders/8', "/users/a=b*c;d'/orders/~x", '/a/b/c/z')),
      ...refused('web', ...paths('/exact/', '/Exact', '/files', '/users//orders/8', '/users/[7]/orders/8', '/users/7/orders/', '/users/7/8/orders/9', '/users/7/orders/8/9', '/a/b/c')),
      ...letIn('batch', ...paths('/x/y.css', '/static', '/statics/a', '/static/..%2Fadmin', '/x/../static/a')),
      ...refused('batch', ...paths('/y.css/', '/a/static', '/static/../admin')),
    ],
    control: noGrant,
  },
  {
    name: 'allowFrom: to and from workloads',
    promise: 'a Deployment is let in by the account of its pods, and what is said of a Deployment holds for its pods only',
    program: program(({ chart, web, orders: target }) => {
      const job = new Deployment(chart, 'job', { spec: { selector: { matchLabels: { app: 'job' } }, template: { metadata: { labels: { app: 'job' } }, spec: { serviceAccountName: 'job', containers: [{ name: 'job', image: 'registry.example.com/job:1' }] } } } });
      target.allowFrom(job, { methods: ['GET'] });
      Access.to(job).allowFrom(web, { methods: ['PUT'] });
    }),
    through: orders,
    checks: [...letIn('job', { method: 'GET' }), ...refused('job', { method: 'POST' }), ...refused('web', { method: 'PUT' }), ...refused('other', {})],
    control: noGrant,
  },
  {
    name: 'a gateway: whom the proxies before it tell of',
    promise: 'with trusted proxies the client is the entry that they wrote, and never what the client itself wrote',
    program: program(({ edge, chart, orders: target }) => {
      new IngressRoute(chart, 'route', { gateway: edge, host: 'shop.example.com', tls: Tls.plainText(), routes: [{ path: '/', to: { service: target, port: 8080 } }] });
      Access.to(edge).allowFrom(IpBlock.of('203.0.113.0/24'));
    }, { defaultConfig: { gatewayTopology: { numTrustedProxies: 1 } } }),
    through: gateway,
    checks: [
      asks('plain text', { host: 'shop.example.com', headers: { 'x-forwarded-for': '203.0.113.9' } }, IN, OUT),
      asks('plain text', { host: 'shop.example.com', headers: { 'x-forwarded-for': '192.0.2.1, 203.0.113.9' } }, IN, OUT),
      asks('plain text', { host: 'shop.example.com', headers: { 'x-forwarded-for': '203.0.113.9, 192.0.2.1' } }, OUT),
      asks('plain text', { host: 'shop.example.com' }, OUT),
    ],
    control: { what: 'no proxy is trusted', edit: replace('ConfigMap', 'istio', 'numTrustedProxies: 1', 'numTrustedProxies: 0') },
  },
];
