import { Chart } from 'cdk8s';
import { addWorkload } from '../../examples/02-traffic/workload';
import { IngressRoute, Mesh, StrictMtlsNamespace, Tls } from '../../src';
import type { PlainRequest } from '../../src/security/decisions/plain-policies';
import { gatewayOf, inFrontOf } from './case';
import type { Check, Through } from './case';
import { letsIn, refuses } from './check-response';
import type { JsonObject } from './json';
import { without } from './json';
import { manifestsOf } from './manifests';
import type { Request } from './request';
import { bearer, signer, token } from './tokens';
import type { React } from './upstream';

/**
 * Policies and requests drawn by a seed: many of the forms that values may have, in every combination, whether anybody would write
 * them or not.
 */
export interface RandomScene {
  readonly manifests: readonly JsonObject[];
  readonly through: Through;
  readonly checks: readonly RandomCheck[];
}

/** A request, and what external authorizers answer to it. */
export interface RandomCheck extends Check {
  readonly answers: PlainRequest['authorizers'];
}

/** Draws from 0 (included) to 1; the same again for the same seed. */
export type Draw = () => number;

export function drawing(seed: number): Draw {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const one = <T>(draw: Draw, values: readonly T[]): T => values[Math.floor(draw() * values.length)] as T;
const chance = (draw: Draw, percent: number): boolean => draw() * 100 < percent;
/** One or two of them. */
const few = <T>(draw: Draw, values: readonly T[]): readonly T[] => [...new Set(Array.from({ length: chance(draw, 40) ? 2 : 1 }, () => one(draw, values)))];
/** The key with a value, so often. */
const maybe = (draw: Draw, percent: number, key: string, value: () => unknown): JsonObject => (chance(draw, percent) ? { [key]: value() } : {});

const login = signer('https://login.example.com');
const partners = signer('https://partners.example.com/x');
const stranger = signer(login.issuer);

const IDENTITIES = ['cluster.local/ns/shop/sa/web', 'cluster.local/ns/shop/sa/batch', 'cluster.local/ns/ops/sa/robot', 'old.example.com/ns/shop/sa/web', 'cluster.local/ns/shop2/sa/web'];
const HOSTS = ['orders.shop.svc.cluster.local', 'orders.shop.svc.cluster.local:8080', 'shop.example.com', 'SHOP.example.com:8080', 'a.example.com'];
const PATHS = [
  '/', '/orders', '/orders/', '/orders/7', '/orders/7?a=/admin', '//orders', '/orders//7', '/ORDERS', '/x/../orders', '/x/%2e%2e/orders', '/orders/.', '/orders/..', '/%6frders', '/orders%2F7', '/orders%2f7', '/a\\b',
  '/a/x/b', '/a/x/y/b', '/a//b', '/a/%20/b', '/a/=/b', '/a/x;v=1/b', '/files/a.json', '/files/', '/files', '/files/a/b.json', '/orders%', '/orders%zz', '/../orders', '/orders/%5c7', '/or*ders', '/~u', '/%7Eu', "/a/'/b", '/a/"x/b', '/a/[x]/b', '/a/{x}/b', '/a/x|y/b', '/a/^`/b', '/a%7Cb', '/a|b',
];
const SEEN: Readonly<Record<string, readonly string[]>> = { 'x-tenant': ['a', 'beta', 'abc', 'A'], 'x-flag': ['1'], 'x-forwarded-for': ['203.0.113.9', '192.0.2.1, 203.0.113.9', '203.0.113.9, 192.0.2.1', '2001:db8::1'] };

const SOURCE: Readonly<Record<string, readonly string[]>> = {
  principals: [...IDENTITIES, '*', 'cluster.local/ns/shop/*', '*/sa/web', '*.example.com/ns/shop/sa/web', '*/ns/shop/sa/web', 'far.example.com/ns/shop/sa/web'],
  namespaces: ['shop', 'ops', 'sh*', '*op', '*', 's*p'],
  serviceAccounts: ['web', 'shop/web', 'ops/robot', 'we'],
  trustDomains: ['cluster.local', 'old.example.com', '*.example.com', '*', 'cluster*'],
  ipBlocks: ['127.0.0.1', '127.0.0.0/8', '10.0.0.0/8', '::1', '0.0.0.0/0', '127.0.0.0/31'],
  remoteIpBlocks: ['203.0.113.0/24', '127.0.0.1', '192.0.2.1', '2001:db8::/32', '::/0'],
  requestPrincipals: ['*', `${login.issuer}/robot`, `${login.issuer}/*`, `${login.issuer}/rob*`, '*/robot', 'https://*', '*robot', `*.example.com/robot`, `${partners.issuer}/robot`, `${partners.issuer}/*`, login.issuer],
};
const OPERATION: Readonly<Record<string, readonly string[]>> = {
  methods: ['GET', 'POST', '*', 'P*', '*T', 'DELETE', 'get'],
  paths: ['/orders', '/orders/*', '/orders*', '*.json', '*', '/', '/*', '/a/{*}/b', '/files/{**}', '/{**}', '/{*}', '/orders/{*}', '/a/{**}/b', '*/7', '/a%2Fb', '/~u', '/a/b', '/*/x', '/a%7Cb', '/a|b'],
  hosts: ['orders.shop.svc.cluster.local', '*.example.com', 'shop.*', 'SHOP.EXAMPLE.COM', 'shop.example.com:*', '*', '*:8080', 'a.example.com'],
  ports: ['8080', '5432', '9'],
};
const CONDITIONS: Readonly<Record<string, readonly string[]>> = {
  'request.headers[x-tenant]': ['a', 'b*', '*c', '*', 'abc'],
  'request.headers[X-Flag]': ['*', '1'],
  'request.headers[:method]': ['GET'],
  'source.ip': SOURCE['ipBlocks'] as readonly string[],
  'remote.ip': SOURCE['remoteIpBlocks'] as readonly string[],
  'source.namespace': SOURCE['namespaces'] as readonly string[],
  'source.principal': SOURCE['principals'] as readonly string[],
  'request.auth.principal': SOURCE['requestPrincipals'] as readonly string[],
  'request.auth.audiences': ['shop', 'st*', '*', 'bank'],
  'request.auth.presenter': ['app', '*'],
  'request.auth.claims[groups]': ['admins', 'ops*', '*s', '*'],
  'request.auth.claims[realm][roles]': ['reader', '*'],
  'request.auth.claims[scope]': ['write', 'read', '*', 'read write'],
  'request.auth.claims[admin]': ['true', '*'],
  'destination.ip': ['127.0.0.1', '10.0.0.0/8'],
  'destination.port': ['8080', '5432'],
  'connection.sni': ['orders.*', 'shop.example.com', '*', '*.local'],
};

/** The pods that policies are for, and how requests come to them. */
interface Place {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly through: Through;
}

const PODS = { namespace: 'shop', labels: { app: 'orders' } };
const AT_REQUESTS: Place = { ...PODS, through: inFrontOf('orders', 'shop', 8080) };
const AT_BYTES: Place = { ...PODS, through: inFrontOf('orders', 'shop', 5432) };
const AT_GATEWAY: Place = { namespace: 'istio-ingress', labels: { istio: 'public' }, through: gatewayOf('public', 'istio-ingress', 80) };

/** One set of policies, and requests to the pods that they are for. */
export function randomScene(draw: Draw, requests: number): RandomScene {
  const place = one(draw, [AT_REQUESTS, AT_REQUESTS, AT_REQUESTS, AT_BYTES, AT_GATEWAY]);
  // of several for the same pods, none is asked
  const providers = few(draw, ['login', 'check', 'login', 'check', 'nobody']);
  const policies = Array.from({ length: 1 + Math.floor(draw() * 4) }, (_, index) => authorization(draw, index, place, chance(draw, 30) ? providers : providers.slice(0, 1)));
  const manifests = [...program(draw), ...authentications(draw, place), ...peers(draw), ...policies];
  const names = Array.from({ length: requests }, (_, index) => `${index}`);
  return { manifests, through: place.through, checks: names.map((name) => check(draw, name, place)) };
}

/** The program, without its own policies; its mesh reads paths and trust domains in one way or another. */
function program(draw: Draw): readonly JsonObject[] {
  const normalization = one(draw, ['BASE', 'BASE', 'MERGE_SLASHES', 'DECODE_AND_MERGE_SLASHES', 'NONE'] as const);
  const isAliased = chance(draw, 50);
  const all = manifestsOf((app) => {
    const mesh = new Mesh(new Chart(app, 'platform'), 'mesh', { meshConfig: { pathNormalization: { normalization }, extensionProviders: AUTHORIZERS, ...(isAliased && { trustDomainAliases: ['old.example.com'] }) } });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    const shop = new StrictMtlsNamespace(chart, 'shop', { mesh, denyByDefault: false });
    const orders = shop.addService('orders', { ports: [8080, { port: 5432, appProtocol: 'tcp' }] });
    for (const service of [orders, shop.addService('auth', { ports: [8080, { port: 9000, appProtocol: 'grpc' }] })]) addWorkload(chart, service);
    const gateway = mesh.addIngressGateway('public');
    for (const host of ['shop.example.com', 'a.example.com']) new IngressRoute(chart, host, { gateway, host, tls: Tls.plainText(), routes: [{ path: '/', to: { service: orders, port: 8080 } }] });
  });
  return all.filter(({ apiVersion }) => !String(apiVersion).startsWith('security.istio.io/'));
}

const AUTH = 'auth.shop.svc.cluster.local';
/** One over HTTP, and one over gRPC. */
const AUTHORIZERS = [{ name: 'login', envoyExtAuthzHttp: { service: AUTH, port: 8080 } }, { name: 'check', envoyExtAuthzGrpc: { service: AUTH, port: 9000 } }];

/** What they answer, each to its own port. */
function answering({ login: http, check: grpc }: PlainRequest['authorizers']): React {
  return (_nth, { port }) => (port === 9000 ? { message: grpc === 'allows' ? letsIn() : refuses() } : { status: http === 'allows' ? 200 : 403 });
}

const selecting = ({ labels }: Place): JsonObject => ({ selector: { matchLabels: labels } });

function object(kind: string, name: string, namespace: string, spec: JsonObject, annotations?: JsonObject): JsonObject {
  return { apiVersion: 'security.istio.io/v1', kind, metadata: { name, namespace, ...(annotations !== undefined && { annotations }) }, spec };
}

function authorization(draw: Draw, index: number, place: Place, providers: readonly string[]): JsonObject {
  const action = one(draw, ['ALLOW', 'ALLOW', 'DENY', 'DENY', 'AUDIT', 'CUSTOM']);
  const provider = action === 'CUSTOM' ? { provider: { name: one(draw, providers) } } : {};
  const rules = Array.from({ length: Math.floor(draw() * 4) }, () => rule(draw));
  const namespace = one(draw, [place.namespace, place.namespace, place.namespace, 'istio-system', 'ops']);
  const spec = { ...(chance(draw, 20) && action === 'ALLOW' ? {} : { action }), ...provider, ...(rules.length === 0 && chance(draw, 50) ? {} : { rules }), ...(chance(draw, 50) ? selecting(place) : chance(draw, 20) ? { selector: { matchLabels: { app: 'other' } } } : {}) };
  // releases of Istio differ in what comes of a CUSTOM that is tried out
  return object('AuthorizationPolicy', `policy-${index}`, namespace, spec, chance(draw, 15) && action !== 'CUSTOM' ? { 'istio.io/dry-run': one(draw, ['true', 'false']) } : undefined);
}

function rule(draw: Draw): JsonObject {
  return {
    ...maybe(draw, 60, 'from', () => few(draw, [0, 1, 2]).map(() => ({ source: fields(draw, SOURCE) }))),
    ...maybe(draw, 60, 'to', () => few(draw, [0, 1, 2]).map(() => ({ operation: fields(draw, OPERATION) }))),
    ...maybe(draw, 40, 'when', () => few(draw, Object.keys(CONDITIONS)).map((key) => ({ key, ...valuesOf(draw, CONDITIONS[key] ?? [], 'values', 'notValues') }))),
  };
}

/** One or two fields, each with what is meant, what is not, or both. */
function fields(draw: Draw, known: Readonly<Record<string, readonly string[]>>): JsonObject {
  return Object.assign({}, ...few(draw, Object.keys(known)).map((key) => valuesOf(draw, known[key] ?? [], key, `not${key.charAt(0).toUpperCase()}${key.slice(1)}`))) as JsonObject;
}

function valuesOf(draw: Draw, values: readonly string[], key: string, negative: string): JsonObject {
  const isMeant = chance(draw, 75);
  return { ...(isMeant && { [key]: few(draw, values) }), ...((!isMeant || chance(draw, 15)) && { [negative]: few(draw, values) }) };
}

function peers(draw: Draw): readonly JsonObject[] {
  const mode = (): JsonObject => ({ mtls: { mode: one(draw, ['STRICT', 'PERMISSIVE', 'PERMISSIVE', 'UNSET', 'DISABLE']) } });
  return [
    ...(chance(draw, 40) ? [object('PeerAuthentication', 'default', 'istio-system', mode())] : []),
    ...(chance(draw, 40) ? [object('PeerAuthentication', 'default', 'shop', mode())] : []),
    ...(chance(draw, 30) ? [object('PeerAuthentication', 'orders', 'shop', { ...selecting(AT_REQUESTS), ...mode(), ...(chance(draw, 50) && { portLevelMtls: { [one(draw, ['8080', '5432'])]: mode()['mtls'] } }) })] : []),
  ];
}

function authentications(draw: Draw, place: Place): readonly JsonObject[] {
  const issuer = (by: typeof login): JsonObject => ({
    issuer: by.issuer,
    jwks: JSON.stringify(by.jwks),
    ...maybe(draw, 25, 'audiences', () => few(draw, ['shop', 'https://store/', 'bank'])),
    ...maybe(draw, 25, 'fromHeaders', () => [{ name: 'x-token', ...maybe(draw, 50, 'prefix', () => 'Token ') }]),
    ...maybe(draw, 15, 'fromParams', () => ['token']),
    ...maybe(draw, 15, 'fromCookies', () => ['session']),
    ...maybe(draw, 20, 'outputClaimToHeaders', () => [{ header: 'x-tenant', claim: 'tenant' }]),
    ...maybe(draw, 20, 'forwardOriginalToken', () => true),
  });
  const issuers = one(draw, [[], [login], [login], [login, partners], [login, partners], [partners]]);
  return issuers.map((by, index) => object('RequestAuthentication', `tokens-${index}`, one(draw, [place.namespace, 'istio-system']), { jwtRules: [issuer(by)], ...(chance(draw, 50) && selecting(place)) }));
}

function check(draw: Draw, name: string, { through }: Place): RandomCheck {
  const isGateway = through.first.direction === 'gateway';
  const drawn = one(draw, [undefined, 'anonymous', 'far.example.com/ns/shop/sa/web', ...IDENTITIES, ...IDENTITIES, ...IDENTITIES]);
  // the gateway listens for plain text
  const as = isGateway ? undefined : drawn;
  const headers = Object.assign({}, ...Object.entries(SEEN).map(([key, values]) => maybe(draw, 30, key, () => one(draw, values)))) as Readonly<Record<string, string>>;
  const shown = chance(draw, 50) ? shownToken(draw) : {};
  const bytes: Partial<Request> = through === AT_BYTES.through ? { protocol: 'tcp' } : {};
  const path = one(draw, PATHS);
  const request: Request = {
    host: one(draw, HOSTS),
    method: one(draw, ['GET', 'GET', 'POST', 'DELETE', 'PUT', 'OPTIONS']),
    ...maybe(draw, 20, 'sni', () => one(draw, ['', 'orders.shop', 'outbound.local'])),
    ...bytes,
    ...without({ ...shown }, 'query'),
    path: shown.query === undefined ? path : `${path.split('?')[0] ?? ''}?${shown.query}`,
    headers: { ...headers, ...shown.headers },
  };
  const answers = { login: answer(draw), check: answer(draw) };
  return {
    what: `${name}: ${as ?? 'plain text'} ${request.method ?? ''} ${request.path ?? ''} ${JSON.stringify(headers)} ${JSON.stringify(answers)}`,
    request,
    ...(as !== undefined && { as }),
    upstreams: { 'auth-v1': answering(answers) },
    expect: {},
    answers,
  };
}

const answer = (draw: Draw): 'allows' | 'refuses' => one(draw, ['allows', 'refuses']);

function shownToken(draw: Draw): { readonly headers?: Readonly<Record<string, string>>; readonly query?: string } {
  const claims = {
    ...maybe(draw, 50, 'groups', () => one<unknown>(draw, ['admins', ['ops-eu', 'x'], ['y'], 7])),
    ...maybe(draw, 40, 'realm', () => ({ roles: one<unknown>(draw, ['reader', ['reader', 'x'], []]) })),
    ...maybe(draw, 40, 'scope', () => one(draw, ['read write', 'read', 'write'])),
    ...maybe(draw, 30, 'azp', () => 'app'),
    ...maybe(draw, 30, 'tenant', () => one<unknown>(draw, ['a', 'beta', 7])),
    ...maybe(draw, 20, 'admin', () => true),
    ...maybe(draw, 40, 'aud', () => one<unknown>(draw, ['store', ['bank', 'shop'], 'http://store', undefined])),
    ...maybe(draw, 30, 'sub', () => one(draw, ['guest', 'robin', undefined])),
    ...maybe(draw, 8, 'exp', () => 1_000),
  };
  const by = one(draw, [login, login, login, partners, partners, stranger]);
  const text = chance(draw, 8) ? 'no.token' : token(by, claims);
  const more = chance(draw, 15) ? { 'x-token': `Token ${token(one(draw, [login, partners, stranger]))}` } : {};
  return one<() => { readonly headers?: Readonly<Record<string, string>>; readonly query?: string }>(draw, [
    () => ({ headers: { ...more, authorization: `Bearer ${text}` } }),
    () => ({ headers: { ...bearer(by, claims).headers, ...more } }),
    () => ({ headers: { 'x-token': one(draw, [`Token ${text}`, text]) } }),
    () => ({ headers: more, query: `${one(draw, ['access_token', 'token'])}=${text}` }),
    () => ({ headers: { ...more, cookie: `a=b; session=${text}` } }),
  ])();
}
