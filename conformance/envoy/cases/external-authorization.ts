import { Chart } from 'cdk8s';
import { addWorkload } from '../../../examples/02-traffic/workload';
import { Access, ExternalService, IngressRoute, JwtAuthentication, SidecarScope, StrictMtlsNamespace, Tls, TlsOrigination } from '../../../src';
import type { ExternalAuthorizer, GrpcAuthorizer, HttpAuthorizer, MeshService } from '../../../src';
import { inFrontOf } from '../case';
import type { Case, Check, Outcome, Through } from '../case';
import { letsIn, refuses } from '../check-response';
import { drop, replace } from '../manifests';
import type { Program } from '../manifests';
import type { Request } from '../request';
import { bearer, issuerOf, signer, token } from '../tokens';
import type { React } from '../upstream';
import { program as shopProgram } from './access-more';
import type { Shop } from './access-more';

/** Authorizers that are asked over HTTP and gRPC, in front of a pod and at a gateway. */

interface Guarded extends Shop {
  readonly authorizer: ExternalAuthorizer;
  /** The service that is asked: HTTP at 8080 unless said otherwise, gRPC at 9000. */
  readonly auth: MeshService;
}

const guarded = (of: { http: Partial<HttpAuthorizer> } | { grpc: Partial<GrpcAuthorizer> }, add: (shop: Guarded) => void = ({ orders, authorizer }) => orders.custom(authorizer, { notPaths: ['/healthz'] }), port = 8080): Program =>
  shopProgram((shop) => {
    const auth = shop.shop.addService('auth', { ports: [{ port, appProtocol: 'http' }, { port: 9000, appProtocol: 'grpc' }] });
    addWorkload(shop.chart, auth);
    shop.orders.allowFrom(shop.shop);
    const props = 'http' in of ? { http: { service: auth, port, ...of.http } } : { grpc: { service: auth, port: 9000, ...of.grpc } };
    add({ ...shop, auth, authorizer: shop.mesh.addExternalAuthorizer('login', props) });
  });

const orders = inFrontOf('orders', 'shop', 8080);
const bytes = inFrontOf('orders', 'shop', 5432);
const gateway: Through = { first: { direction: 'gateway', name: 'public', namespace: 'istio-ingress', port: 80 } };
const IN: Outcome = { status: 200, body: 'orders-v1' };
const UNASKED: Outcome = { ...IN, arrived: { 'auth-v1': 0 } };
const notAsked: Case['control'] = { what: 'nobody is asked', edit: drop('AuthorizationPolicy', 'orders.custom') };

const web = 'cluster.local/ns/shop/sa/web';
const asks = (what: string, request: Partial<Request>, react: React | undefined, expect: Outcome, control?: Outcome): Check => ({
  what,
  request: { host: 'orders.shop.svc.cluster.local:8080', ...request },
  as: web,
  ...(react !== undefined && { upstreams: { 'auth-v1': react } }),
  expect,
  ...(control !== undefined && { control }),
});

const provider = signer('https://login.example.com');
/** Of the same name, with another key. */
const stranger = signer(provider.issuer);

/** Knows whoever says so in a header. */
const byHeader: React = (_nth, { headers }) => (headers['x-user'] === 'ann' ? { status: 200, headers: { 'x-auth-user': 'ann' } } : { status: 401, headers: { 'x-reason': 'who?' } });
const always = (status: number, headers: Readonly<Record<string, string>> = {}): React => () => ({ status, headers });

export const externalAuthorization: readonly Case[] = [
  {
    name: 'external authorization: headers of the check, over HTTP',
    promise: 'the authorizer gets method, path, host, authorization and the headers that are named, and no others; its refusal goes to the client',
    program: guarded({ http: { includeRequestHeadersInCheck: ['x-user', 'x-trace-*'], pathPrefix: '/check', includeAdditionalHeadersInCheck: { 'X-Tenant': 'shop', 'x-path': '%REQ(:path)%', 'x-share': '100%%' } } }),
    through: orders,
    checks: [
      asks('with the header', { path: '/a?b=c', method: 'PUT', headers: { 'x-user': 'ann', 'x-trace-id': '7', 'x-other': 'o', 'authorization': 'Bearer t', 'cookie': 'a=b', 'x-tenant': 'mine' } }, byHeader, { ...IN, paths: { 'auth-v1': '/check/a?b=c' }, asked: { 'auth-v1': { headers: { 'x-user': 'ann', 'x-trace-id': '7', 'x-other': null, 'authorization': 'Bearer t', 'cookie': null, 'x-tenant': 'shop', 'x-path': '/a?b=c', 'x-share': '100%', 'host': 'orders.shop.svc.cluster.local:8080', 'content-length': '0' }, body: '' } } }, UNASKED),
      asks('without', {}, byHeader, { status: 401, headers: { 'x-reason': 'who?' }, arrived: { 'auth-v1': 1, 'orders-v1': 0 } }, UNASKED),
      asks('by another', { headers: { 'x-user': 'bob' } }, byHeader, { status: 401 }, UNASKED),
      asks('what is exempt', { path: '/healthz' }, always(403), UNASKED),
      asks('a way of writing what is exempt', { path: '//healthz' }, always(403), { status: 403, arrived: { 'auth-v1': 1, 'orders-v1': 0 } }, UNASKED),
    ],
    control: notAsked,
  },
  {
    name: 'external authorization: headers of the answer, over HTTP',
    promise: 'the pods get the headers of the answer that are named, and clients cannot set them, whether they are checked or not',
    program: guarded({ http: { includeRequestHeadersInCheck: ['x-user'], headersToUpstreamOnAllow: ['X-Auth-User', 'x-group-*'], headersToDownstreamOnAllow: ['set-cookie'], headersToDownstreamOnDeny: ['x-reason'] } }),
    through: orders,
    checks: [
      asks('named', {}, always(200, { 'x-auth-user': 'ann', 'x-group-a': 'yes', 'x-secret': 's', 'set-cookie': 'seen=1' }), { ...IN, headers: { 'set-cookie': 'seen=1', 'x-auth-user': null }, asked: { 'orders-v1': { headers: { 'x-auth-user': 'ann', 'x-group-a': 'yes', 'x-secret': null } } } }),
      asks('set by the client and the authorizer', { headers: { 'x-auth-user': 'root' } }, always(200, { 'x-auth-user': 'ann' }), { ...IN, asked: { 'orders-v1': { headers: { 'x-auth-user': 'ann' } } } }),
      asks('set by the client alone', { headers: { 'x-auth-user': 'root', 'X-Group-Admins': 'yes', 'x-other': 'o' } }, always(200), { ...IN, asked: { 'orders-v1': { headers: { 'x-auth-user': null, 'x-group-admins': null, 'x-other': 'o' } } } }, { ...IN, asked: { 'orders-v1': { headers: { 'x-auth-user': 'root', 'x-group-admins': 'yes' } } } }),
      asks('set with another sign', { headers: { 'x_auth_user': 'root', 'x.auth-user': 'root', 'X-Group_Admins': 'yes' } }, always(200), { ...IN, asked: { 'orders-v1': { headers: { 'x_auth_user': null, 'x.auth-user': null, 'x-group_admins': null } } } }, { ...IN, asked: { 'orders-v1': { headers: { 'x_auth_user': 'root', 'x.auth-user': 'root', 'x-group_admins': 'yes' } } } }),
      asks('set by a client that is not checked', { path: '/healthz', headers: { 'x-auth-user': 'root' } }, always(403), { ...UNASKED, asked: { 'orders-v1': { headers: { 'x-auth-user': null } } } }, { ...UNASKED, asked: { 'orders-v1': { headers: { 'x-auth-user': 'root' } } } }),
      asks('of a refusal', {}, always(401, { 'x-reason': 'who?', 'x-secret': 's', 'www-authenticate': 'Basic' }), { status: 401, headers: { 'x-reason': 'who?', 'x-secret': null, 'www-authenticate': 'Basic' } }),
    ],
    control: { what: 'what clients send stays', edit: drop('EnvoyFilter', 'orders.authorizer-headers') },
  },
  {
    name: 'external authorization: headers that are not named',
    promise: 'the pods get no header of the answer that is not named; of a refusal the client gets all',
    program: guarded({ http: {} }),
    through: orders,
    checks: [
      asks('let in', { headers: { 'authorization': 'Bearer t', 'x-user': 'ann', 'cookie': 'a=b' } }, always(200, { 'x-auth-user': 'ann', 'set-cookie': 'a=b' }), { ...IN, headers: { 'set-cookie': null }, asked: { 'auth-v1': { headers: { 'authorization': 'Bearer t', 'x-user': null, 'cookie': null } }, 'orders-v1': { headers: { 'x-auth-user': null } } } }),
      asks('a login elsewhere', {}, always(302, { 'location': 'https://login.example.com/', 'set-cookie': 'a=b' }), { status: 302, location: 'https://login.example.com/', headers: { 'set-cookie': 'a=b' } }, UNASKED),
      asks('another answer that is no refusal', {}, always(202), { status: 202, body: 'auth-v1', arrived: { 'orders-v1': 0 } }, UNASKED),
    ],
    control: notAsked,
  },
  {
    name: 'external authorization: no answer',
    promise: 'requests are refused where the authorizer is not there, fails or takes too long',
    program: guarded({ http: { timeout: '400ms' } }),
    through: orders,
    checks: [
      { ...asks('not there', {}, undefined, { status: 403, arrived: { 'orders-v1': 0 } }, IN), down: ['auth-v1'] },
      asks('an answer of 503', {}, always(503), { status: 403, arrived: { 'orders-v1': 0 } }, IN),
      asks('too late', {}, () => ({ delayMs: 2_000 }), { status: 403, milliseconds: [350, 1_500], arrived: { 'orders-v1': 0 } }, IN),
      asks('a refusal', {}, always(401), { status: 401 }),
    ],
    control: { what: 'failOpen', edit: replace('ConfigMap', 'istio', 'failOpen: false', 'failOpen: true') },
  },
  {
    name: 'external authorization: failOpen',
    promise: 'requests are let in where there is no answer, and refused where there is one that refuses',
    program: guarded({ http: { failOpen: true } }),
    through: orders,
    checks: [
      { ...asks('not there', {}, undefined, IN, { status: 403 }), down: ['auth-v1'] },
      asks('an answer of 500', {}, always(500), IN, { status: 403 }),
      asks('a refusal', {}, always(403), { status: 403, body: 'auth-v1' }),
    ],
    control: { what: 'no failOpen', edit: replace('ConfigMap', 'istio', 'failOpen: true', 'failOpen: false') },
  },
  {
    name: 'external authorization: statusOnError and timeout',
    promise: 'without an answer the client gets the status that is said; the authorizer may take as long as is said',
    program: guarded({ http: { statusOnError: 503, timeout: '3s' } }),
    through: orders,
    checks: [{ ...asks('not there', {}, undefined, { status: 503, arrived: { 'orders-v1': 0 } }, { status: 403 }), down: ['auth-v1'] }, asks('slow', {}, () => ({ delayMs: 1_200 }), { ...IN, milliseconds: [1_150, 2_900] }, { status: 403 })],
    control: { what: 'neither', edit: replace('ConfigMap', 'istio', /statusOnError: \\"503\\"\\n( *)timeout: 3s/, 'timeout: 0.3s') },
  },
  {
    name: 'external authorization: the body, over HTTP',
    promise: 'the check has the body up to its limit; a longer one is answered with 413, and goes nowhere',
    program: guarded({ http: { includeRequestBodyInCheck: { maxRequestBytes: 8 } } }),
    through: orders,
    checks: [
      asks('short', { method: 'POST', body: 'abcdefg' }, always(200), { ...IN, asked: { 'auth-v1': { body: 'abcdefg' }, 'orders-v1': { body: 'abcdefg' } } }, { ...IN, asked: { 'auth-v1': { body: '' } } }),
      asks('too long', { method: 'POST', body: 'abcdefghijkl' }, always(200), { status: 413, arrived: { 'auth-v1': 0, 'orders-v1': 0 } }, IN),
    ],
    control: { what: 'no body', edit: replace('ConfigMap', 'istio', /includeRequestBodyInCheck:\\n *maxRequestBytes: 8\\n *(?=\w)/, '') },
  },
  {
    name: 'external authorization: the beginning of a body',
    promise: 'with allowPartialMessage the check has the beginning of a longer body, and the pods get all of it',
    program: guarded({ http: { includeRequestBodyInCheck: { maxRequestBytes: 8, allowPartialMessage: true } } }),
    through: orders,
    checks: [asks('too long', { method: 'POST', body: 'abcdefghijkl' }, always(200), { ...IN, asked: { 'auth-v1': { body: /^abcdefgh/ }, 'orders-v1': { body: 'abcdefghijkl' } } }, { status: 413 })],
    control: { what: 'not the beginning', edit: replace('ConfigMap', 'istio', 'allowPartialMessage: true', 'allowPartialMessage: false') },
  },
  {
    name: 'external authorization: over gRPC',
    promise: 'the authorizer gets all headers; its answer sets and takes out headers of requests, or says how the client is refused',
    program: guarded({ grpc: {} }),
    through: orders,
    checks: [
      asks('let in', { path: '/a', headers: { 'x-user': 'ann', 'x-old': 'o' } }, (_nth, { body }) => ({ message: /x-user[^]*ann/.test(body) ? letsIn({ headers: { 'x-auth-user': 'ann' }, headersToRemove: ['x-old'] }) : refuses() }), { ...IN, asked: { 'auth-v1': { protocol: 'h2', port: 9000, body: /\/a/ }, 'orders-v1': { headers: { 'x-auth-user': 'ann', 'x-old': null } } } }, { ...IN, asked: { 'orders-v1': { headers: { 'x-old': 'o' } } } }),
      asks('refused', {}, (_nth, { body }) => ({ message: body.includes('x-user') ? letsIn() : refuses({ status: 401, headers: { 'x-reason': 'who?' }, body: 'no' }) }), { status: 401, body: 'no', headers: { 'x-reason': 'who?' }, arrived: { 'orders-v1': 0 } }, UNASKED),
      asks('what is exempt', { path: '/healthz' }, () => ({ message: refuses() }), UNASKED),
      { ...asks('not there', {}, undefined, { status: 403, arrived: { 'orders-v1': 0 } }, IN), down: ['auth-v1'] },
      asks('a failure', {}, () => ({ grpcStatus: 13 }), { status: 403, arrived: { 'orders-v1': 0 } }, IN),
    ],
    control: notAsked,
  },
  {
    name: 'external authorization: the body, failOpen and own headers, over gRPC',
    promise: 'the check has the body; without an answer requests are let in where that is said, without the headers that only the authorizer sets',
    program: shopProgram((shop) => {
      const auth = shop.shop.addService('auth', { port: 9000, appProtocol: 'grpc' });
      addWorkload(shop.chart, auth);
      shop.orders.allowFrom(shop.shop);
      shop.orders.custom(shop.mesh.addExternalAuthorizer('login', { grpc: { service: auth, failOpen: true, includeRequestBodyInCheck: { maxRequestBytes: 64, packAsBytes: true } }, ownHeaders: ['x-auth-*', '*-verified'] }));
    }),
    through: orders,
    checks: [
      asks('a body', { method: 'POST', body: 'seventeen bytes !' }, (_nth, { body }) => ({ message: body.includes('seventeen bytes !') ? letsIn({ headers: { 'x-auth-user': 'ann' } }) : refuses() }), { ...IN, asked: { 'orders-v1': { headers: { 'x-auth-user': 'ann' } } } }),
      { ...asks('not there', { headers: { 'x-auth-user': 'root', 'x-mail-verified': 'yes', 'x-verified-mail': 'm' } }, undefined, { ...IN, asked: { 'orders-v1': { headers: { 'x-auth-user': null, 'x-mail-verified': null, 'x-verified-mail': 'm' } } } }, { ...IN, asked: { 'orders-v1': { headers: { 'x-auth-user': 'root', 'x-mail-verified': 'yes' } } } }), down: ['auth-v1'] },
      asks('a refusal', {}, () => ({ message: refuses() }), { status: 403, arrived: { 'orders-v1': 0 } }),
    ],
    control: { what: 'what clients send stays', edit: drop('EnvoyFilter', 'orders.authorizer-headers') },
  },
  {
    name: 'external authorization: bytes, over gRPC',
    promise: 'connections that carry no requests are let in and refused as well',
    program: guarded({ grpc: {} }, ({ orders: target, authorizer }) => target.custom(authorizer)),
    through: bytes,
    checks: [
      asks('let in', { protocol: 'tcp' }, () => ({ message: letsIn() }), { status: 'open', arrived: { 'auth-v1': 1 } }, { status: 'open', arrived: { 'auth-v1': 0 } }),
      asks('refused', { protocol: 'tcp' }, () => ({ message: refuses() }), { status: 'cut', arrived: { 'orders-v1': 0 } }, { status: 'open' }),
      { ...asks('not there', { protocol: 'tcp' }, undefined, { status: 'cut', arrived: { 'orders-v1': 0 } }, { status: 'open' }), down: ['auth-v1'] },
    ],
    control: notAsked,
  },
  {
    name: 'external authorization: at a gateway',
    promise: 'clients are checked where they come in, for one host, and cannot set the headers of the authorizer',
    program: guarded({ http: { includeRequestHeadersInCheck: ['x-user'], headersToUpstreamOnAllow: ['x-auth-user'] } }, ({ chart, edge, orders: target, login, authorizer }) => {
      const tls = Tls.plainText();
      new IngressRoute(chart, 'shop-route', { gateway: edge, host: 'shop.example.com', tls, routes: [{ path: '/', to: { service: target, port: 8080 } }] });
      new IngressRoute(chart, 'open-route', { gateway: edge, host: 'open.example.com', tls, routes: [{ path: '/', to: login }] });
      Access.to(edge).custom(authorizer, { hosts: ['shop.example.com'], notPaths: ['/healthz'] });
    }),
    through: gateway,
    checks: [
      asks('known', { host: 'shop.example.com', headers: { 'x-user': 'ann', 'x-auth-user': 'root' } }, byHeader, { ...IN, asked: { 'orders-v1': { headers: { 'x-auth-user': 'ann' } } } }, { ...IN, arrived: { 'auth-v1': 0 } }),
      asks('unknown', { host: 'shop.example.com' }, byHeader, { status: 401, arrived: { 'orders-v1': 0 } }, UNASKED),
      asks('with a port behind the host', { host: 'shop.example.com:80' }, byHeader, { status: 401, arrived: { 'orders-v1': 0 } }, UNASKED),
      ...['SHOP.Example.com', 'shop.example.com.', 'shop.example.com.:80', 'shop.example.com:', 'shop.example.com:080', 'shop.example.com:8443'].map((host) => asks(`the host as ${host}`, { host }, byHeader, { arrived: { 'orders-v1': 0 } })),
      asks('of what is exempt', { host: 'shop.example.com', path: '/healthz', headers: { 'x-auth-user': 'root' } }, byHeader, { ...UNASKED, asked: { 'orders-v1': { headers: { 'x-auth-user': null } } } }),
      asks('another host', { host: 'open.example.com' }, byHeader, { status: 200, body: 'login-v1', arrived: { 'auth-v1': 0 } }),
    ].map(({ as: _as, ...check }) => check),
    control: { what: 'nobody is asked', edit: drop('AuthorizationPolicy', 'public.custom') },
  },
  {
    name: 'external authorization: who may ask',
    promise: 'where nobody is let in by default, the proxies of the pods that are protected reach the authorizer, by their identity and mutual TLS',
    program: guarded({ http: { includeRequestHeadersInCheck: ['x-user'] } }),
    through: { ...orders, second: { direction: 'inbound', app: 'auth', namespace: 'shop', port: 8080 } },
    checks: [
      asks('known', { headers: { 'x-user': 'ann' } }, byHeader, IN, { status: 403, body: 'RBAC: access denied', arrived: { 'auth-v1': 0, 'orders-v1': 0 } }),
      asks('unknown', {}, byHeader, { status: 401, arrived: { 'auth-v1': 1 } }, { status: 403, arrived: { 'auth-v1': 0 } }),
    ],
    control: { what: 'the grant is for others', edit: replace('AuthorizationPolicy', 'auth', '/ns/shop/sa/orders', '/ns/shop/sa/web') },
  },
  {
    name: 'external authorization: outside of the mesh',
    promise: 'an authorizer outside is asked over TLS that the proxy adds',
    program: shopProgram(({ chart, mesh, shop, orders: target }) => {
      const outside = new ExternalService(chart, 'outside', { host: 'auth.example.com', ports: [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.simple() }] });
      target.allowFrom(shop);
      target.custom(mesh.addExternalAuthorizer('login', { http: { service: outside } }));
    }),
    through: orders,
    checks: [
      { ...asks('let in', {}, undefined, { ...IN, arrived: { 'auth.example.com': 1 }, asked: { 'auth.example.com': { sni: 'auth.example.com' } } }, { ...IN, arrived: { 'auth.example.com': 0 } }) },
      { ...asks('refused', {}, undefined, { status: 403, body: 'auth.example.com', arrived: { 'orders-v1': 0 } }, { ...IN, arrived: { 'auth.example.com': 0 } }), upstreams: { 'auth.example.com': () => ({ status: 403 }) } },
    ],
    control: { what: 'nobody is asked', edit: drop('AuthorizationPolicy', 'orders.custom') },
  },
  {
    name: 'external authorization: the whole mesh',
    promise: 'with its own port left out, an authorizer of the mesh is asked about all else, by whoever is of the mesh',
    program: guarded({ http: { includeRequestHeadersInCheck: ['x-user'] } }, ({ mesh, authorizer }) => Access.to(mesh).custom(authorizer, { notPorts: [8081], notPaths: ['/healthz'] }), 8081),
    through: { ...orders, second: { direction: 'inbound', app: 'auth', namespace: 'shop', port: 8081 } },
    checks: [
      asks('known', { headers: { 'x-user': 'ann' } }, byHeader, { ...IN, arrived: { 'auth-v1': 1 } }, { status: 403, arrived: { 'auth-v1': 0 } }),
      asks('unknown', {}, byHeader, { status: 401, arrived: { 'auth-v1': 1, 'orders-v1': 0 } }, { status: 403, arrived: { 'auth-v1': 0 } }),
      asks('what is exempt', { path: '/healthz' }, always(403), UNASKED),
    ],
    control: { what: 'who is of another trust domain may ask', edit: replace('AuthorizationPolicy', 'auth', '"*"', '"far.example.com/*"') },
  },
  {
    name: 'external authorization: a token that the authorizer sets',
    promise: 'the token of the answer is checked, and counts in grants; what the client itself shows does not',
    program: guarded({ http: { headersToUpstreamOnAllow: ['authorization'] } }, ({ chart, orders: target, authorizer }) => {
      new JwtAuthentication(chart, 'tokens', { target, issuers: [issuerOf(provider)] });
      target.custom(authorizer);
    }),
    through: orders,
    checks: [
      asks('of the authorizer', {}, always(200, { authorization: `Bearer ${token(provider)}` }), IN, { status: 403 }),
      asks('of the authorizer, in the place of the client\'s', bearer(stranger), always(200, { authorization: `Bearer ${token(provider)}` }), IN, { status: 401 }),
      asks('of a stranger', {}, always(200, { authorization: `Bearer ${token(stranger)}` }), { status: 401, arrived: { 'orders-v1': 0 } }, { status: 403 }),
      asks('none', {}, always(200), { status: 403, arrived: { 'orders-v1': 0 } }),
    ],
    control: { what: 'nobody is asked', edit: drop('AuthorizationPolicy', 'orders.custom') },
  },
  {
    name: 'external authorization: conditions about tokens',
    promise: 'what a CUSTOM rule says of tokens fits no request, as the refusal says: they are checked after it',
    program: guarded({ http: {} }, ({ chart, orders: target, authorizer }) => {
      new JwtAuthentication(chart, 'tokens', { target, issuers: [issuerOf(provider)] });
      target.custom(authorizer, { when: { 'request.headers[x-tenant]': 'a' } });
    }),
    through: orders,
    checks: [asks('a tenant', bearer(provider, { tenant: 'a' }, { 'x-tenant': 'a' }), always(401), { status: 401, arrived: { 'orders-v1': 0 } }, UNASKED)],
    control: { what: 'the same by a claim', edit: replace('AuthorizationPolicy', 'orders.custom', 'request.headers[x-tenant]', 'request.auth.claims[tenant]') },
  },
  {
    name: 'external authorization: from a namespace with a Sidecar',
    promise: 'proxies that see only what their services call see the authorizer as well',
    program: shopProgram(({ chart, mesh, shop, web: caller, orders: target }) => {
      const security = new Chart(chart, 'security', { namespace: 'security' });
      const auth = new StrictMtlsNamespace(security, 'security', { mesh }).addService('auth', { port: 8080 });
      addWorkload(security, auth);
      target.allowFrom(shop);
      caller.calls(target);
      target.calls();
      new SidecarScope(chart, 'scope', { namespace: shop });
      target.custom(mesh.addExternalAuthorizer('login', { http: { service: auth } }));
    }),
    through: orders,
    checks: [asks('let in', {}, always(200), { ...IN, arrived: { 'auth-v1': 1 } }, { status: 403, arrived: { 'auth-v1': 0 } })],
    control: { what: 'the Sidecar has not the authorizer', edit: replace('Sidecar', 'default', /"[a-z.*]+\/auth\.security\.svc\.cluster\.local"/, '"istio-system/*"') },
  },
  {
    name: 'external authorization: a beginning that is exempt',
    promise: 'nothing leads out of it in a mesh that decodes paths; in another one something does, as the warning says',
    program: shopProgram(
      ({ mesh, shop, orders: target, login }) => {
        target.allowFrom(shop);
        target.custom(mesh.addExternalAuthorizer('login', { http: { service: login } }), { notPaths: ['/public/*'] });
      },
      { pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' } },
    ),
    through: orders,
    checks: [
      ...['/public/..%2Fadmin', '/public/%2e%2e%2fadmin'].map((path) => ({ ...asks(path, { path }, undefined, { status: 403, arrived: { 'orders-v1': 0 } }, IN), upstreams: { 'login-v1': always(403) } })),
      ...['/public/../admin', '//admin', '/public'].map((path) => ({ ...asks(path, { path }, undefined, { status: 403, arrived: { 'orders-v1': 0 } }), upstreams: { 'login-v1': always(403) } })),
      { ...asks('what is exempt', { path: '/public/a' }, undefined, IN), upstreams: { 'login-v1': always(403) } },
    ],
    control: { what: 'the mesh reads paths as by default', edit: replace('ConfigMap', 'istio', 'DECODE_AND_MERGE_SLASHES', 'BASE') },
  },
  {
    name: 'external authorization: a host that the caller names',
    promise: 'a rule for the pods of a service that is about a host is left by naming another, as the warning says; without the host it is not',
    program: guarded({ http: {} }, ({ orders: target, authorizer }) => target.custom(authorizer, { hosts: ['orders.shop.svc.cluster.local'] })),
    through: orders,
    checks: [asks('the host', {}, always(401), { status: 401, arrived: { 'orders-v1': 0 } }), asks('another', { host: 'shop.example.com' }, always(401), UNASKED, { status: 401, arrived: { 'orders-v1': 0 } })],
    control: { what: 'a rule for any host', edit: replace('AuthorizationPolicy', 'orders.custom', /"hosts":\[[^\]]*\],/, '') },
  },
  {
    name: 'external authorization: a port of which the proxy guesses',
    promise: 'an authorizer over HTTP is asked about what looks like HTTP, and not about bytes, as the warning says; a port that says that it carries HTTP takes no bytes',
    program: shopProgram(({ chart, mesh, shop, login }) => {
      const target = shop.addService('guessed', { ports: [{ port: 8085, name: 'main' }] });
      addWorkload(chart, target);
      target.allowFrom(shop);
      target.custom(mesh.addExternalAuthorizer('login', { http: { service: login } }));
    }),
    through: inFrontOf('guessed', 'shop', 8085),
    checks: [
      { ...asks('bytes', { protocol: 'tcp' }, undefined, { status: 'open', body: 'guessed-v1', arrived: { 'login-v1': 0 } }, { arrived: { 'guessed-v1': 0 } }), upstreams: { 'login-v1': always(401) } },
      { ...asks('a request', {}, undefined, { status: 401, arrived: { 'guessed-v1': 0 } }), upstreams: { 'login-v1': always(401) } },
    ],
    control: { what: 'the port says that it carries HTTP', edit: replace('Service', 'guessed', '"name":"main"', '"name":"http-main"') },
  },
  {
    name: 'external authorization: routes by a header of the authorizer',
    promise: 'the gateway chooses a route by what the client wrote, before the authorizer is asked: such routes are refused where only the authorizer sets the header',
    program: guarded({ http: { headersToUpstreamOnAllow: ['x-tier'] } }, ({ chart, edge, orders: target, login, authorizer }) => {
      const routes = [{ path: '/', match: { headers: { 'x-plan': 'gold' } }, to: login }, { path: '/', to: { service: target, port: 8080 } }];
      new IngressRoute(chart, 'shop-route', { gateway: edge, host: 'shop.example.com', tls: Tls.plainText(), routes });
      Access.to(edge).custom(authorizer);
    }),
    through: gateway,
    checks: [
      asks('the client says so', { host: 'shop.example.com', headers: { 'x-tier': 'gold' } }, always(200), { ...IN, asked: { 'orders-v1': { headers: { 'x-tier': null } } } }, { status: 200, body: 'login-v1' }),
      asks('the authorizer says so', { host: 'shop.example.com' }, always(200, { 'x-tier': 'gold' }), { ...IN, asked: { 'orders-v1': { headers: { 'x-tier': 'gold' } } } }),
      asks('a preflight of a browser', { host: 'shop.example.com', method: 'OPTIONS', headers: { 'origin': 'https://other.example.com', 'access-control-request-method': 'POST' } }, always(401), { status: 401, arrived: { 'auth-v1': 1, 'orders-v1': 0 } }),
    ].map(({ as: _as, ...check }) => check),
    control: { what: 'routes by the header that only the authorizer sets', edit: (manifests) => manifests.map((each) => JSON.parse(JSON.stringify(each).replaceAll('"x-plan"', '"x-tier"')) as typeof each) },
  },
];
