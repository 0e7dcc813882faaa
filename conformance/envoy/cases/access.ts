import { Chart } from 'cdk8s';
import { bookinfo } from '../../../examples/01-bookinfo/main';
import { addWorkload } from '../../../examples/02-traffic/workload';
import { Mesh, StrictMtlsNamespace } from '../../../src';
import { inFrontOf } from '../case';
import type { Case, Check, Outcome } from '../case';
import { drop, replace } from '../manifests';
import type { Program } from '../manifests';

/** Who is let in by the proxy in front of a pod: callers are known by the certificates that they show. */

const principal = (name: string, namespace = 'bookinfo'): string => `cluster.local/ns/${namespace}/sa/${name}`;
const letIn: Outcome = { status: 200, body: 'ratings-v1', arrived: { 'ratings-v1': 1 } };
const refused: Outcome = { status: 403, body: 'RBAC: access denied', arrived: { 'ratings-v1': 0 } };
const host = 'ratings.bookinfo.svc.cluster.local:9080';
const ratings = inFrontOf('ratings', 'bookinfo', 9080);

const by = (who: string, expect: Outcome, control?: Outcome): Check => ({
  what: `GET by ${who}`,
  request: { host, path: '/ratings/0' },
  as: who,
  expect,
  ...(control === undefined ? {} : { control }),
});

/** A namespace that is strict about TLS, and of which the test says whether it is about callers, too. */
const shop = (denyByDefault: boolean): Program => (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const namespace = new StrictMtlsNamespace(chart, 'shop', { mesh, denyByDefault });
  addWorkload(chart, namespace.addService('stock', { port: 8080 }));
};
const stock: Pick<Check, 'request'> = { request: { host: 'stock.shop.svc.cluster.local:8080' } };

/** Grants of every form, to two callers. */
const forms: Program = (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const namespace = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const [web, audit] = [namespace.addService('web', { port: 8080 }), namespace.addService('audit', { port: 8080 })];
  const orders = namespace.addService('orders', { port: 8080 });
  addWorkload(chart, orders);
  orders.allowFrom(web, { methods: ['GET', 'POST'], paths: ['/orders', '/orders/*', '*.json', '/users/{*}/orders'] });
  orders.allowFrom(audit, { hosts: ['orders.shop.example.com'], ports: [8080] });
};
const orderHost = 'orders.shop.svc.cluster.local:8080';
const ordered = (who: string, method: string, path: string, granted: boolean, control?: Outcome, host = orderHost): Check => ({
  what: `${method} ${path} by ${who}`,
  request: { host, path, method },
  as: principal(who, 'shop'),
  expect: granted ? { status: 200, body: 'orders-v1' } : { status: 403, body: 'RBAC: access denied' },
  ...(control === undefined ? {} : { control }),
});

export const access: readonly Case[] = [
  {
    name: 'allowFrom: the caller',
    promise: 'whoever was granted access is let in, by its identity; anybody else gets 403',
    program: bookinfo,
    through: ratings,
    checks: [
      by(principal('reviews'), letIn, refused),
      by(principal('productpage'), refused, letIn),
      by(principal('reviews', 'elsewhere'), refused),
      by(principal('reviews2'), refused),
      by('other.domain/ns/bookinfo/sa/reviews', { status: 'cut', arrived: { 'ratings-v1': 0 } }),
      { ...by('anonymous', { status: 'cut', arrived: { 'ratings-v1': 0 } }), what: 'GET over TLS without a certificate' },
    ],
    control: { what: 'the grant is for productpage', edit: replace('AuthorizationPolicy', 'ratings', '/sa/reviews"', '/sa/productpage"') },
  },
  {
    name: 'allowFrom: no grant',
    promise: 'without the grant the same caller is refused',
    program: bookinfo,
    through: ratings,
    checks: [by(principal('reviews'), letIn, refused)],
    control: { what: 'the grant is taken out', edit: drop('AuthorizationPolicy', 'ratings') },
  },
  {
    name: 'allowFrom: the method',
    promise: 'a caller may do what was granted, and nothing else',
    program: bookinfo,
    through: ratings,
    checks: [
      by(principal('reviews'), letIn, refused),
      { ...by(principal('reviews'), refused, letIn), what: 'POST by reviews', request: { host, path: '/ratings/0', method: 'POST' } },
      { ...by(principal('reviews'), refused), what: 'DELETE by reviews', request: { host, path: '/ratings/0', method: 'DELETE' } },
    ],
    control: { what: 'POST is granted instead', edit: replace('AuthorizationPolicy', 'ratings', '"GET"', '"POST"') },
  },
  {
    name: 'allowFrom: paths and hosts',
    promise: 'all that one grant says must hold, and what it says of one caller is not given to another',
    program: forms,
    through: inFrontOf('orders', 'shop', 8080),
    checks: [
      ordered('web', 'GET', '/orders', true, { status: 403 }),
      ordered('web', 'POST', '/orders/7', true, { status: 403 }),
      ordered('web', 'GET', '/stock.json', true, { status: 403 }),
      ordered('web', 'GET', '/users/7/orders', true, { status: 403 }),
      ordered('web', 'GET', '/users/7/8/orders', false),
      ordered('web', 'GET', '/orders2', false),
      ordered('web', 'DELETE', '/orders/7', false),
      ordered('web', 'DELETE', '/orders/7', false, undefined, 'orders.shop.example.com'),
      ordered('audit', 'DELETE', '/anything', true, { status: 403 }, 'orders.shop.example.com'),
      ordered('audit', 'GET', '/orders/7', false),
    ],
    control: { what: 'both grants are for others', edit: replace('AuthorizationPolicy', 'orders', /sa\/(web|audit)/g, 'sa/other') },
  },
  {
    name: 'StrictMtlsNamespace: plain text',
    promise: 'a connection that is not mutual TLS is cut before anything of it is read',
    program: shop(false),
    through: inFrontOf('stock', 'shop', 8080),
    checks: [
      {
        ...stock,
        what: 'plain text',
        expect: { status: 'cut', arrived: { 'stock-v1': 0 } },
        control: { status: 200, body: 'stock-v1' },
      },
      { ...stock, what: 'mutual TLS', as: principal('web', 'shop'), expect: { status: 200, body: 'stock-v1' } },
    ],
    control: { what: 'no PeerAuthentication in the mesh', edit: drop('PeerAuthentication') },
  },
  {
    name: 'StrictMtlsNamespace: deny by default',
    promise: 'where nothing was granted nobody is let in',
    program: shop(true),
    through: inFrontOf('stock', 'shop', 8080),
    checks: [
      {
        ...stock,
        what: 'a caller of the namespace',
        as: principal('web', 'shop'),
        expect: { status: 403, body: 'RBAC: access denied', arrived: { 'stock-v1': 0 } },
        control: { status: 200, body: 'stock-v1' },
      },
    ],
    control: { what: 'the policy is taken out', edit: drop('AuthorizationPolicy', 'deny-by-default') },
  },
  {
    name: 'allowFrom: through both proxies',
    promise: 'the sidecar of the caller shows the identity that the policy of the other side lets in',
    program: bookinfo,
    through: {
      first: { direction: 'outbound', app: 'reviews', namespace: 'bookinfo', port: 9080 },
      second: { direction: 'inbound', app: 'ratings', namespace: 'bookinfo', port: 9080 },
    },
    checks: [{ what: 'GET', request: { host, path: '/ratings/0' }, expect: letIn, control: refused }],
    control: { what: 'the grant is taken out', edit: drop('AuthorizationPolicy', 'ratings') },
  },
];
