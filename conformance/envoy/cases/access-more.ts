import { Chart } from 'cdk8s';
import { addWorkload } from '../../../examples/02-traffic/workload';
import { Access, IngressRoute, IpBlock, Mesh, MeshNamespace, MeshServiceAccount, StrictMtlsNamespace, Tls } from '../../../src';
import type { IngressGateway, MeshConfig, MeshService } from '../../../src';
import { inFrontOf } from '../case';
import type { Case, Check, Outcome, Through } from '../case';
import { drop, replace } from '../manifests';
import type { Edit, Program } from '../manifests';
import type { Request } from '../request';

/** Grants and denials of every kind, in front of a pod and at a gateway. */

/** The small program that these cases are about. */
export interface Shop {
  readonly chart: Chart;
  readonly mesh: Mesh;
  readonly edge: IngressGateway;
  readonly shop: StrictMtlsNamespace;
  readonly web: MeshService;
  readonly batch: MeshService;
  /** One port of HTTP, and one of bytes. */
  readonly orders: MeshService;
  readonly login: MeshService;
}

/** `orders` is what is called; nobody is let in unless the case says so. */
export const program = (add: (shop: Shop) => void, meshConfig?: MeshConfig): Program => (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh', { ...(meshConfig === undefined ? {} : { meshConfig }) });
  const edge = mesh.addIngressGateway('public');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const [web, batch, login] = ['web', 'batch', 'login'].map((name) => shop.addService(name, { port: 8080 })) as [MeshService, MeshService, MeshService];
  const orders = shop.addService('orders', { ports: [8080, { port: 5432, appProtocol: 'tcp' }] });
  for (const service of [orders, login]) addWorkload(chart, service);
  add({ chart, mesh, edge, shop, web, batch, orders, login });
};

const orders = inFrontOf('orders', 'shop', 8080);
const bytes = inFrontOf('orders', 'shop', 5432);
const gateway: Through = { first: { direction: 'gateway', name: 'public', namespace: 'istio-ingress', port: 80 } };
const host = 'orders.shop.svc.cluster.local:8080';
const IN: Outcome = { status: 200, body: 'orders-v1' };
const OUT: Outcome = { status: 403, body: 'RBAC: access denied' };
const CUT: Outcome = { status: 'cut' };

const identity = (name: string, namespace = 'shop', domain = 'cluster.local'): string => `${domain}/ns/${namespace}/sa/${name}`;

/** A request of a caller; `control` is what comes of it with the control, where it is about this request. */
const asks = (who: string, what: Partial<Request>, expect: Outcome, control?: Outcome): Check => ({
  what: `${who} ${what.method ?? 'GET'} ${what.path ?? '/'} ${JSON.stringify(what.headers ?? {})}`,
  request: { host, ...what },
  as: who.includes('/') ? who : identity(who),
  expect,
  ...(control === undefined ? {} : { control }),
});

/** Each of the requests is let in, and refused with the control. */
const letIn = (who: string, ...requests: readonly Partial<Request>[]): Check[] => requests.map((request) => asks(who, request, IN, OUT));
/** Each of the requests is refused, whatever the control. */
const refused = (who: string, ...requests: readonly Partial<Request>[]): Check[] => requests.map((request) => asks(who, request, OUT));
/** Each of the requests is refused, and let in with the control. */
const shutOut = (who: string, ...requests: readonly Partial<Request>[]): Check[] => requests.map((request) => asks(who, request, OUT, IN));
/** Each of the requests is let in, whatever the control. */
const through = (who: string, ...requests: readonly Partial<Request>[]): Check[] => requests.map((request) => asks(who, request, IN));

const paths = (...all: readonly string[]): Partial<Request>[] => all.map((path) => ({ path }));
const methods = (...all: readonly string[]): Partial<Request>[] => all.map((method) => ({ method }));
const header = (name: string, ...values: readonly string[]): Partial<Request>[] => values.map((value) => ({ headers: { [name]: value } }));

const noGrant: Case['control'] = { what: 'no grant', edit: drop('AuthorizationPolicy', 'orders') };
const noDenial: Case['control'] = { what: 'no denial', edit: drop('AuthorizationPolicy', 'orders.deny') };
const authorizers: MeshConfig = { extensionProviders: [{ name: 'login', envoyExtAuthzHttp: { service: 'login.shop.svc.cluster.local', port: 8080 } }] };
const said = (status: number): NonNullable<Check['upstreams']> => ({ 'login-v1': () => ({ status }) });

const allOf = (...edits: readonly Edit[]): Edit => (manifests) => edits.reduce((left, edit) => edit(left), manifests);

export const accessMore: readonly Case[] = [
  {
    name: 'allowFrom: several callers',
    promise: 'each of a list is let in, as far as the rule says, and nobody else',
    program: program(({ chart, web, batch, orders: target }) => target.allowFrom([web, batch, MeshNamespace.fromName(chart, 'ops')], { methods: ['GET', 'HEAD'] })),
    through: orders,
    checks: [...['web', 'batch', identity('robot', 'ops'), identity('other', 'ops')].flatMap((who) => [...letIn(who, ...methods('GET')), ...refused(who, ...methods('POST', 'DELETE'))]), ...refused('login', {}), ...refused(identity('web', 'ops2'), {})],
    control: noGrant,
  },
  {
    name: 'allowFrom: all but some',
    promise: 'who is left out is refused, though it is among those who are let in',
    program: program(({ shop, batch, orders: target }) => target.allowFrom(shop, { except: batch })),
    through: orders,
    checks: [...through('web', {}), ...through('login', {}), ...shutOut('batch', {}, { path: '/a', method: 'POST' }), ...refused(identity('web', 'other'), {})],
    control: { what: 'nobody is left out', edit: replace('AuthorizationPolicy', 'orders', /,"notPrincipals":\[[^\]]*\]/, '') },
  },
  {
    name: 'allowFrom: addresses',
    promise: 'whoever holds the connection is let in by its address',
    program: program(({ orders: target }) => {
      target.allowFrom([IpBlock.of('127.0.0.0/8'), IpBlock.of('fd00::/8')], { methods: ['GET', 'HEAD'] });
      target.allowFrom([IpBlock.of('10.0.0.0/8'), IpBlock.of('127.0.0.2')], { methods: ['POST', 'PUT'] });
    }),
    through: orders,
    checks: [...letIn('web', ...methods('GET'), ...paths('/a')), ...shutOut('web', ...methods('POST', 'PUT')), ...refused('web', ...methods('DELETE'))],
    control: {
      what: 'the addresses are of others',
      edit: allOf(replace('AuthorizationPolicy', 'orders', '127.0.0.0/8', '127.9.0.0/16'), replace('AuthorizationPolicy', 'orders', '"127.0.0.2"', '"127.0.0.1"')),
    },
  },
  {
    name: 'allowFrom: addresses of clients',
    promise: 'the client is known by what the proxy before says of it',
    program: program(({ orders: target }) => target.allowFrom(IpBlock.remote('203.0.113.0/24'))),
    through: orders,
    checks: [...letIn('web', ...header('x-forwarded-for', '203.0.113.9', '192.0.2.1, 203.0.113.9')), ...refused('web', {}, ...header('x-forwarded-for', '192.0.2.1', '203.0.113.9, 192.0.2.1'))],
    control: { what: 'the address of whoever holds the connection', edit: replace('AuthorizationPolicy', 'orders', 'remoteIpBlocks', 'ipBlocks') },
  },
  {
    name: 'allowFrom: anyone',
    promise: 'every caller is let in, as far as the rule says',
    program: program(({ orders: target }) => target.allowFrom('anyone', { paths: ['/public/*', '/healthz'] })),
    through: orders,
    checks: [...['web', identity('x', 'far')].flatMap((who) => [...letIn(who, ...paths('/public/a', '/public/a/b', '/healthz')), ...refused(who, ...paths('/public', '/private', '/healthz/', '//healthz'))])],
    control: noGrant,
  },
  {
    name: 'allowFrom: what is not meant',
    promise: 'methods, paths and hosts that the rule is not for are refused',
    program: program(({ web, batch, login, orders: target }) => {
      target.allowFrom(web, { notMethods: ['DELETE', 'PUT'] });
      target.allowFrom(batch, { notPaths: ['/admin/*'], pathsAsWritten: true });
      target.allowFrom(login, { notHosts: ['internal.example.com'] });
    }),
    through: orders,
    checks: [
      ...through('web', ...methods('GET', 'POST', 'PATCH')),
      ...shutOut('web', ...methods('DELETE', 'PUT')),
      ...through('batch', ...paths('/', '/admin', '/orders')),
      ...shutOut('batch', ...paths('/admin/', '/admin/users')),
      ...through('login', {}, { host: 'orders.example.com' }),
      ...shutOut('login', { host: 'internal.example.com' }),
    ],
    control: { what: 'everything is meant', edit: replace('AuthorizationPolicy', 'orders', /,"to":\[\{"operation":\{"not[A-Z][^}]*\}\}\]/g, '') },
  },
  {
    name: 'allowFrom: ports',
    promise: 'a port is let in by its number, another is not',
    program: program(({ web, orders: target }) => target.allowFrom(web, { ports: [8080] })),
    through: orders,
    checks: letIn('web', {}, ...paths('/a'), ...methods('POST')),
    control: { what: 'the grant is for the other port', edit: replace('AuthorizationPolicy', 'orders', '"8080"', '"5432"') },
  },
  {
    name: 'allowFrom: all ports but one',
    promise: 'a port that the rule is not for is refused',
    program: program(({ web, orders: target }) => target.allowFrom(web, { notPorts: [5432] })),
    through: bytes,
    checks: [{ ...asks('web', { protocol: 'tcp' }, CUT, { status: 'open' }), what: 'bytes to the port that is not meant' }],
    control: { what: 'all ports', edit: replace('AuthorizationPolicy', 'orders', '"notPorts":["5432"]', '"notPorts":["9"]') },
  },
  {
    name: 'allowFrom: bytes',
    promise: 'a caller is let in to a port that carries bytes, and another is not',
    program: program(({ web, orders: target }) => target.allowFrom(web)),
    through: bytes,
    checks: [
      { ...asks('web', { protocol: 'tcp' }, { status: 'open' }, CUT), what: 'bytes of web' },
      { ...asks('batch', { protocol: 'tcp' }, CUT), what: 'bytes of batch' },
    ],
    control: noGrant,
  },
  {
    name: 'allowFrom: headers',
    promise: 'what a header says has to fit, exactly or by its end or beginning, and all conditions have to hold',
    program: program(({ web, orders: target }) =>
      target.allowFrom(web, { methods: ['GET'], when: { 'request.headers[x-tenant]': ['a', 'b*', '*c'], 'request.headers[x-blocked]': { notValues: '*' } } }),
    ),
    through: orders,
    checks: [
      ...letIn('web', ...header('x-tenant', 'a', 'b', 'beta', 'abc')),
      ...refused('web', {}, ...header('x-tenant', 'd', 'A', 'cab'), { headers: { 'x-tenant': 'a', 'x-blocked': 'yes' } }, { method: 'POST', headers: { 'x-tenant': 'a' } }),
    ],
    control: noGrant,
  },
  {
    name: 'allowFrom: other conditions',
    promise: 'addresses, namespaces, identities, ports and names in TLS are conditions as well',
    program: program(({ web, batch, login, orders: target }) => {
      target.allowFrom(web, { methods: ['GET'], when: { 'source.ip': ['127.0.0.0/16', '10.2.0.7'] } });
      target.allowFrom(web, { methods: ['POST'], when: { 'source.ip': '10.0.0.0/8' } });
      target.allowFrom(batch, { when: { 'connection.sni': 'orders.*', 'destination.port': 8080 } });
      target.allowFrom('anyone', { when: { 'source.namespace': 'ops', 'source.principal': { notValues: identity('bad', 'ops') } } });
      target.allowFrom(login, { methods: ['GET'], when: { 'source.ip': { notValues: IpBlock.of('10.9.0.0/16') } } });
      target.allowFrom(login, { methods: ['POST'], when: { 'source.ip': { notValues: IpBlock.of('127.0.0.1') } } });
    }),
    through: orders,
    checks: [
      ...letIn('web', ...methods('GET')),
      ...refused('web', ...methods('POST')),
      ...letIn('batch', { sni: 'orders.shop' }),
      ...refused('batch', { sni: 'other.shop' }),
      ...letIn(identity('robot', 'ops'), {}),
      ...refused(identity('bad', 'ops'), {}),
      ...letIn('login', ...methods('GET')),
      ...refused('login', ...methods('POST')),
    ],
    control: noGrant,
  },
  {
    name: 'denyFrom: before what is granted',
    promise: 'who is denied is refused, whatever is granted, and only as far as the rule says',
    program: program(({ shop, batch, orders: target }) => {
      target.allowFrom(shop);
      target.denyFrom(batch, { methods: ['POST', 'DELETE'] });
      target.denyFrom(IpBlock.of('127.0.0.0/8'), { methods: ['PATCH'] });
      target.denyFrom(IpBlock.of('10.0.0.0/8'), { methods: ['PUT'] });
    }),
    through: orders,
    checks: [
      ...shutOut('batch', ...methods('POST', 'DELETE', 'PATCH')),
      ...shutOut('web', ...methods('PATCH')),
      ...through('batch', ...methods('GET', 'PUT')),
      ...through('web', ...methods('POST', 'PUT')),
    ],
    control: noDenial,
  },
  {
    name: 'denyFrom: a rule about requests leaves bytes alone',
    promise: 'a denial of a method does not close the port that carries bytes (pain 6)',
    program: program(({ shop, orders: target }) => {
      target.allowFrom(shop);
      target.denyFrom('anyone', { methods: ['DELETE'] });
    }),
    through: bytes,
    checks: [{ ...asks('web', { protocol: 'tcp' }, { status: 'open' }, CUT), what: 'bytes' }],
    control: { what: 'the denial names no ports', edit: replace('AuthorizationPolicy', 'orders.deny', ',"notPorts":["5432"]', '') },
  },
  {
    name: 'denyFrom: what is not said to be meant',
    promise: 'with notPaths, what is written in an unforeseen way is refused',
    program: program(({ web, orders: target }) => {
      target.allowFrom(web);
      target.denyFrom('anyone', { notPaths: ['/orders', '/orders/*'] });
    }),
    through: orders,
    checks: [...through('web', ...paths('/orders', '/orders/7', '/x/../orders')), ...shutOut('web', ...paths('/admin', '//admin', '//orders', '/admin%2Fx', '/ADMIN', '/Orders'))],
    control: noDenial,
  },
  {
    name: 'denyFrom: paths as they are written',
    promise: 'a denied path is got round as the refusal says, where the mesh does not read such paths as one',
    program: program(({ web, orders: target }) => {
      target.allowFrom(web);
      target.denyFrom('anyone', { paths: ['/admin/users'], pathsAsWritten: true });
    }),
    through: orders,
    checks: [...shutOut('web', ...paths('/admin/users', '/x/../admin/users', '/admin/./users')), ...through('web', ...paths('//admin/users', '/admin%2Fusers', '/admin/users/', '/ADMIN/USERS'))],
    control: noDenial,
  },
  {
    name: 'denyFrom: paths that the mesh reads as one',
    promise: 'with DECODE_AND_MERGE_SLASHES, slashes and escapes do not get round a denied path',
    program: program(
      ({ web, orders: target }) => {
        target.allowFrom(web);
        target.denyFrom('anyone', { paths: ['/admin*'], pathsAsWritten: true });
      },
      { pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' } },
    ),
    through: orders,
    checks: [...shutOut('web', ...paths('//admin/users', '///admin', '/%2Fadmin')), ...refused('web', ...paths('/admin', '/admin/', '/admin%2Fusers')), ...through('web', ...paths('/ADMIN', '/orders'))],
    control: { what: 'the mesh reads paths as by default', edit: replace('ConfigMap', 'istio', 'DECODE_AND_MERGE_SLASHES', 'BASE') },
  },
  {
    name: 'auditFrom',
    promise: 'nobody is refused by it',
    program: program(({ shop, orders: target }) => {
      target.allowFrom(shop);
      target.auditFrom('anyone', { methods: ['DELETE'] });
    }),
    through: orders,
    checks: [...letIn('web', ...methods('DELETE')), ...letIn('batch', ...methods('DELETE')), ...through('web', ...methods('GET'))],
    control: { what: 'it denies', edit: replace('AuthorizationPolicy', 'orders.audit', '"AUDIT"', '"DENY"') },
  },
  {
    name: 'dryRun: a denial',
    promise: 'what is only tried out refuses nobody',
    program: program(({ shop, batch, orders: target }) => {
      target.allowFrom(shop);
      target.denyFrom(batch, { dryRun: true });
    }),
    through: orders,
    checks: [...letIn('batch', {}, ...methods('POST')), ...through('web', {})],
    control: { what: 'it is in force', edit: replace('AuthorizationPolicy', 'orders.deny.dry-run', '"istio.io/dry-run":"true"', '"istio.io/dry-run":"false"') },
  },
  {
    name: 'dryRun: a grant',
    promise: 'what is only tried out lets nobody in',
    program: program(({ web, batch, orders: target }) => {
      target.allowFrom(web);
      target.allowFrom(batch, { dryRun: true });
    }),
    through: orders,
    checks: [...shutOut('batch', {}, ...methods('POST')), ...through('web', {}), ...refused('login', {})],
    control: { what: 'it is in force', edit: replace('AuthorizationPolicy', 'orders.dry-run', '"istio.io/dry-run":"true"', '"istio.io/dry-run":"false"') },
  },
  {
    name: 'custom: an external authorizer',
    promise: 'the authorizer is asked about the requests of the rule, and no others; what it refuses is refused',
    program: program(({ shop, orders: target }) => {
      target.allowFrom(shop);
      target.custom('login', { notPaths: ['/healthz'] });
    }, authorizers),
    through: orders,
    checks: [
      { ...asks('web', { path: '/a' }, { status: 403, arrived: { 'login-v1': 1, 'orders-v1': 0 } }, { ...IN, arrived: { 'login-v1': 0 } }), upstreams: said(403) },
      { ...asks('web', { path: '/b' }, { ...IN, arrived: { 'login-v1': 1 } }, { ...IN, arrived: { 'login-v1': 0 } }), upstreams: said(200) },
      { ...asks('web', { path: '/healthz' }, { ...IN, arrived: { 'login-v1': 0 } }), upstreams: said(403) },
      { ...asks(identity('x', 'far'), { path: '/b' }, OUT), upstreams: said(200) },
    ],
    control: { what: 'nobody is asked', edit: drop('AuthorizationPolicy', 'orders.custom') },
  },
  {
    name: 'a namespace: grants and denials',
    promise: 'what is said of a namespace holds for its pods',
    program: program(({ shop, web, batch }) => {
      shop.allowFrom([web, batch], { paths: ['/metrics'] });
      shop.denyFrom(batch, { methods: ['POST'] });
    }),
    through: orders,
    checks: [...letIn('web', { path: '/metrics' }, { path: '/metrics', method: 'POST' }), ...letIn('batch', { path: '/metrics' }), ...refused('web', { path: '/' }), ...refused('batch', { path: '/metrics', method: 'POST' }), ...refused('login', { path: '/metrics' })],
    control: { what: 'no grant', edit: drop('AuthorizationPolicy', 'namespace.allow') },
  },
  {
    name: 'a mesh: denials',
    promise: 'what the mesh denies is refused everywhere',
    program: program(({ mesh, chart, orders: target }) => {
      target.allowFrom('anyone');
      Access.to(mesh).denyFrom(MeshNamespace.fromName(chart, 'guests'));
    }),
    through: orders,
    checks: [...shutOut(identity('a', 'guests'), {}, { method: 'POST', path: '/a' }), ...through('web', {}), ...through(identity('a', 'guests2'), {})],
    control: { what: 'no denial', edit: drop('AuthorizationPolicy', 'mesh.deny') },
  },
  {
    name: 'a gateway: denials',
    promise: 'what a gateway denies does not come in: by address of the client, by path, by method',
    program: program(({ edge, chart, orders: target }) => {
      new IngressRoute(chart, 'route', { gateway: edge, host: 'shop.example.com', tls: Tls.plainText(), routes: [{ path: '/', to: { service: target, port: 8080 } }] });
      Access.to(edge).denyFrom(IpBlock.of('127.0.0.0/8'), { methods: ['DELETE'] });
      Access.to(edge).denyFrom('anyone', { hosts: ['shop.example.com'], notPaths: ['/', '/orders*'] });
    }),
    through: gateway,
    checks: [
      ...[{ method: 'DELETE' }, { path: '/admin' }, { path: '//orders' }].map((request) => asks('web', { host: 'shop.example.com', ...request }, OUT, IN)),
      ...[{}, { path: '/orders/7' }, { path: '/orders', method: 'POST' }].map((request) => asks('web', { host: 'shop.example.com', ...request }, IN)),
    ].map(({ as: _as, ...check }) => check),
    control: { what: 'no denial', edit: drop('AuthorizationPolicy', 'public.deny') },
  },
  {
    name: 'another trust domain',
    promise: 'an identity of an alias is that of the mesh, and is let in; of another domain none is',
    program: program(
      ({ chart, web, orders: target }) => {
        target.allowFrom(web);
        target.allowFrom(MeshServiceAccount.fromName(chart, 'robot', { trustDomain: 'old.example.com' }));
      },
      { trustDomainAliases: ['old.example.com'] },
    ),
    through: orders,
    checks: [
      asks(identity('web', 'shop', 'old.example.com'), {}, IN, CUT),
      asks(identity('robot', 'shop', 'old.example.com'), {}, IN, CUT),
      ...through('web', {}),
      asks(identity('web', 'shop', 'far.example.com'), {}, CUT),
      asks(identity('batch', 'shop', 'old.example.com'), {}, OUT),
    ],
    control: { what: 'the mesh has no alias', edit: replace('ConfigMap', 'istio', /trustDomainAliases:\\n\s*- old\.example\.com\\n/, '') },
  },
];
