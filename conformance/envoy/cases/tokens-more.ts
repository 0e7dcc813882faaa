import { Chart } from 'cdk8s';
import { addWorkload } from '../../../examples/02-traffic/workload';
import { EgressRoute, ExternalService, IngressRoute, JwtAuthentication, Mesh, MeshServiceAccount, RequestPrincipal, StrictMtlsNamespace, StringMatch, Tls, TlsOrigination } from '../../../src';
import type { IngressGateway, MeshProps, MeshService } from '../../../src';
import { asList, asRecord } from '../../kubernetes/status';
import { inFrontOf } from '../case';
import type { Case, Check, Outcome, Through } from '../case';
import { change, drop, replace } from '../manifests';
import type { Program } from '../manifests';
import type { Request } from '../request';
import { bearer, issuerOf, signer } from '../tokens';

/** Routes by what tokens say, headers that nobody but the proxy writes, and what several issuers of the same pods come to. */

const login = signer('https://login.example.com');
const partners = signer('https://partners.example.com', 'rsa');
const stranger = signer(login.issuer);

interface Shop {
  readonly chart: Chart;
  readonly shop: StrictMtlsNamespace;
  readonly web: MeshService;
  readonly caller: MeshService;
  readonly edge: IngressGateway;
}

const program = (add: (shop: Shop) => void, meshConfig?: NonNullable<MeshProps['meshConfig']>): Program => (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh', meshConfig === undefined ? {} : { meshConfig });
  const edge = mesh.addIngressGateway('public');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = shop.addService('web', { port: 8080 });
  addWorkload(chart, web);
  add({ chart, shop, web, caller: shop.addService('caller', { port: 8080 }), edge });
};

const HOST = 'shop.example.com';
const atGateway: Through = { first: { direction: 'gateway', name: 'public', namespace: 'istio-ingress', port: 80 } };
const answered = (body: string): Outcome => ({ status: 200, body });
const IN: Outcome = { status: 200, body: 'web-v1' };
const NO_TOKEN: Outcome = { status: 403, body: 'RBAC: access denied' };

const fromOutside = (what: string, request: Partial<Request>, expect: Outcome, control?: Outcome): Check => ({
  what,
  request: { host: HOST, ...request },
  expect,
  ...(control === undefined ? {} : { control }),
});

const inside = (what: string, request: Partial<Request>, expect: Outcome, control?: Outcome): Check => ({
  what,
  request: { host: 'web.shop.svc.cluster.local:8080', ...request },
  as: 'cluster.local/ns/shop/sa/caller',
  expect,
  ...(control === undefined ? {} : { control }),
});

const GATEWAY = 'cluster.local/ns/istio-ingress/sa/public';
const byGateway = (what: string, request: Partial<Request>, expect: Outcome, control?: Outcome): Check => ({ ...inside(what, request, expect, control), as: GATEWAY });

const notChecked: Case['control'] = { what: 'no token is looked at', edit: drop('RequestAuthentication', 'web') };
const FORGED = { 'x-partner': 'root', 'x-payload': 'e30' };
/** What the service sees of the headers that the caller wrote. */
const seen = (partner: 'root' | null): Outcome => ({ ...IN, asked: { 'web-v1': { headers: { 'x-partner': partner, 'x-payload': partner === null ? null : 'e30' } } } });

/** A gateway that leads to other services by what tokens say. */
const byClaims = program(({ chart, shop, web, edge }) => {
  const [beta, ops, plain] = ['beta', 'ops', 'plain'].map((name) => shop.addService(name, { port: 8080 })) as [MeshService, MeshService, MeshService];
  for (const service of [beta, ops, plain]) addWorkload(chart, service);
  new JwtAuthentication(chart, 'login', { target: edge, issuers: [issuerOf(login)], optional: true });
  new IngressRoute(chart, 'web', {
    gateway: edge,
    host: HOST,
    tls: Tls.plainText(),
    routes: [
      { path: '/', to: web },
      { path: '/', match: { claims: { groups: 'beta' } }, to: beta, priority: 1 },
      { path: '/', match: { claims: { 'realm.roles': StringMatch.prefix('op') } }, to: ops, priority: 2 },
      { path: '/named', match: { claims: { '[https://example.com/team]': StringMatch.present() } }, to: beta, priority: 3 },
      { path: '/public', match: { withoutClaims: { groups: 'staff' } }, to: plain, priority: 4 },
    ],
  });
});

/** A service with a port for bytes beside that for requests. */
const withBytes = (add: (shop: Omit<Shop, 'edge'>) => void): Program => (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = shop.addService('web', { ports: [8080, { port: 5432, appProtocol: 'tcp' }] });
  addWorkload(chart, web);
  new JwtAuthentication(chart, 'login', { target: web, issuers: [issuerOf(login)] });
  add({ chart, shop, web, caller: shop.addService('caller', { port: 8080 }) });
};

const bytes = (what: string, account: string, status: 'open' | 'cut', control?: 'open' | 'cut'): Check => ({
  what,
  request: { host: 'web.shop.svc.cluster.local', protocol: 'tcp' },
  as: `cluster.local/ns/shop/sa/${account}`,
  expect: { status },
  ...(control === undefined ? {} : { control: { status: control } }),
});

const [WEB, BETA, OPS, PLAIN] = ['web-v1', 'beta-v1', 'ops-v1', 'plain-v1'].map(answered) as [Outcome, Outcome, Outcome, Outcome];

export const tokensMore: readonly Case[] = [
  {
    name: 'claims: routes of a gateway',
    promise: 'requests are told by what their tokens say: texts, lists, claims within claims, names with dots, and what is not there',
    program: byClaims,
    through: atGateway,
    checks: [
      fromOutside('no token', {}, WEB),
      fromOutside('a text', bearer(login, { groups: 'beta' }), BETA, WEB),
      fromOutside('one of a list', bearer(login, { groups: ['a', 'beta'] }), BETA, WEB),
      fromOutside('other capitals', bearer(login, { groups: 'Beta' }), WEB),
      fromOutside('another value', bearer(login, { groups: ['betas'] }), WEB),
      fromOutside('a claim within another', bearer(login, { realm: { roles: ['a', 'ops'] } }), OPS, WEB),
      fromOutside('the same, with the lower priority', bearer(login, { realm: { roles: 'ops' }, groups: 'beta' }), OPS, WEB),
      fromOutside('its name with a dot is another claim', bearer(login, { 'realm.roles': 'ops' }), WEB),
      fromOutside('a name with dots', { ...bearer(login, { 'https://example.com/team': 'x' }), path: '/named' }, BETA, WEB),
      fromOutside('without it', { ...bearer(login), path: '/named' }, WEB),
      fromOutside('a number is no text', { ...bearer(login, { 'https://example.com/team': 7 }), path: '/named' }, WEB),
      fromOutside('somebody else', { ...bearer(login, { groups: 'a' }), path: '/public' }, PLAIN),
      fromOutside('nobody', { path: '/public' }, PLAIN),
      fromOutside('one who is left out', { ...bearer(login, { groups: ['a', 'staff'] }), path: '/public' }, WEB, PLAIN),
      fromOutside('a header of the like', { headers: { 'request.auth.claims.groups': 'beta' } }, WEB),
    ],
    control: { what: 'no token is looked at', edit: drop('RequestAuthentication', 'public') },
  },
  {
    name: 'claims: headers that only the proxy writes',
    promise: 'what a caller writes into headers of claims is taken out: with no token, with one of an issuer without such headers, and in preflight requests of browsers',
    program: program(({ chart, web }) => {
      const said = { outputClaimToHeaders: { 'x-partner': 'sub' }, outputPayloadToHeader: 'x-payload' };
      new JwtAuthentication(chart, 'login', { target: web, issuers: [issuerOf(login), issuerOf(partners, said)], optional: true });
      web.allowFrom('anyone');
    }),
    through: inFrontOf('web', 'shop', 8080),
    checks: [
      inside('no token', { headers: FORGED }, seen(null), seen('root')),
      inside('a token of the issuer without headers', bearer(login, {}, FORGED), seen(null), seen('root')),
      inside('a token of the other', bearer(partners, {}, FORGED), { ...IN, asked: { 'web-v1': { headers: { 'x-partner': 'robot', 'x-payload': /^[\w-]+=*$/ } } } }, seen('root')),
      inside('a token of the other, without the claim', bearer(partners, { sub: undefined }, { 'x-partner': 'root' }), { ...IN, asked: { 'web-v1': { headers: { 'x-partner': null } } } }),
      inside('a preflight request', { method: 'OPTIONS', headers: { ...FORGED, 'origin': 'https://a.example.com', 'access-control-request-method': 'GET' } }, seen(null), seen('root')),
      inside('other capitals', { headers: { 'X-Partner': 'root', 'X-PAYLOAD': 'e30' } }, seen(null), seen('root')),
    ],
    control: notChecked,
  },
  {
    name: 'tokens: what a grant leaves out',
    promise: 'a grant to all but those whose token says something wants a token: whoever is left out cannot leave it out',
    program: program(({ chart, web }) => {
      new JwtAuthentication(chart, 'login', { target: web, issuers: [issuerOf(login)], optional: true });
      web.allowFrom('anyone', { paths: ['/claim'], when: { 'request.auth.claims[groups]': { notValues: 'guests' } } });
      web.allowFrom('anyone', { paths: ['/subject'], except: RequestPrincipal.of({ issuer: login.issuer, subject: 'guest' }) });
      web.allowFrom('anyone', { paths: ['/none'], except: RequestPrincipal.any() });
    }),
    through: inFrontOf('web', 'shop', 8080),
    checks: [
      inside('by a claim, without a token', { path: '/claim' }, NO_TOKEN, IN),
      inside('by a claim, another value', { path: '/claim', ...bearer(login, { groups: ['staff'] }) }, IN),
      inside('by a claim, without the claim', { path: '/claim', ...bearer(login) }, IN),
      inside('by a claim, left out', { path: '/claim', ...bearer(login, { groups: ['staff', 'guests'] }) }, NO_TOKEN),
      inside('by subject, without a token', { path: '/subject' }, NO_TOKEN, IN),
      inside('by subject, another', { path: '/subject', ...bearer(login) }, IN),
      inside('by subject, none in the token', { path: '/subject', ...bearer(login, { sub: undefined }) }, IN),
      inside('by subject, left out', { path: '/subject', ...bearer(login, { sub: 'guest' }) }, NO_TOKEN),
      inside('those without a token', { path: '/none' }, IN),
      inside('those without a token, with one', { path: '/none', ...bearer(login) }, NO_TOKEN),
    ],
    control: {
      what: 'no token is wanted',
      edit: change('AuthorizationPolicy', 'web', (spec) => ({
        ...spec,
        rules: asList(spec['rules']).map((rule) => ({ ...asRecord(rule), when: asList(asRecord(rule)['when']).filter((each) => asRecord(each)['key'] !== 'request.auth.claims[iss]') })),
      })),
    },
  },
  {
    name: 'tokens: a token without a subject',
    promise: 'where a token is required, one without the claim sub counts as none',
    program: program(({ chart, web }) => {
      new JwtAuthentication(chart, 'login', { target: web, issuers: [issuerOf(login)] });
      web.allowFrom('anyone');
    }),
    through: inFrontOf('web', 'shop', 8080),
    checks: [inside('with one', bearer(login), IN), inside('without', bearer(login, { sub: undefined }), NO_TOKEN, IN)],
    control: { what: 'no token is required', edit: drop('AuthorizationPolicy', 'web.deny') },
  },
  {
    name: 'tokens: what is said at several places',
    promise: 'Istio puts together what a namespace and a service say: the service takes tokens of both, and names both',
    program: program(({ chart, shop, web }) => {
      new JwtAuthentication(chart, 'all', { target: shop, issuers: [issuerOf(login)] });
      new JwtAuthentication(chart, 'own', { target: web, issuers: [issuerOf(login), issuerOf(partners)] });
      web.allowFrom('anyone');
    }),
    through: inFrontOf('web', 'shop', 8080),
    checks: [
      inside('of the namespace', bearer(login), IN),
      inside('of the service', bearer(partners), IN, { status: 401 }),
      inside('of nobody', bearer(stranger), { status: 401 }),
      inside('none', {}, NO_TOKEN),
    ],
    control: { what: 'the service says nothing', edit: drop('RequestAuthentication', 'web') },
  },
  {
    name: 'tokens: audiences said at two places',
    promise: 'an issuer said in two ways is refused by us, because Istio takes a token that fits either',
    program: program(({ chart, shop, web }) => {
      new JwtAuthentication(chart, 'all', { target: shop, issuers: [issuerOf(login, { audiences: ['web'] })] });
      new JwtAuthentication(chart, 'own', { target: web, issuers: [issuerOf(login, { audiences: ['web'] })] });
      web.allowFrom('anyone');
    }),
    through: inFrontOf('web', 'shop', 8080),
    checks: [inside('for the service', bearer(login, { aud: 'web' }), IN), inside('for another', bearer(login, { aud: 'bank' }), { status: 403, arrived: { 'web-v1': 0 } }, IN)],
    control: {
      what: 'the namespace asks for no audience',
      edit: change('RequestAuthentication', 'namespace', (spec) => ({ ...spec, jwtRules: asList(spec['jwtRules']).map((rule) => ({ ...asRecord(rule), audiences: [] })) })),
    },
  },
  {
    name: 'allowFrom: a beginning that leads out of itself',
    promise: 'with DECODE_AND_MERGE_SLASHES, a beginning that is open to everybody fits nothing else',
    program: program(
      ({ web }) => web.allowFrom('anyone', { paths: ['/public/*'] }),
      { pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' } },
    ),
    through: inFrontOf('web', 'shop', 8080),
    checks: [
      inside('below it', { path: '/public/a' }, IN),
      inside('out of it', { path: '/public/..%2Fadmin' }, NO_TOKEN, IN),
      inside('out of it, further', { path: '/public/a/..%2f..%2fadmin' }, NO_TOKEN, IN),
      inside('out of it, by dots', { path: '/public/../admin' }, NO_TOKEN),
    ],
    control: { what: 'the mesh reads paths as by default', edit: replace('ConfigMap', 'istio', 'DECODE_AND_MERGE_SLASHES', 'BASE') },
  },
  {
    name: 'allowFrom: what the same caller may do',
    promise: 'in one rule, each thing that a caller may do stays what it is',
    program: program(({ web, caller }) => {
      web.allowFrom(caller, { methods: ['GET'], paths: ['/a'] });
      web.allowFrom(caller, { methods: ['POST'], paths: ['/b'] });
    }),
    through: inFrontOf('web', 'shop', 8080),
    checks: [
      inside('the first', { path: '/a' }, IN),
      inside('the second', { path: '/b', method: 'POST' }, IN),
      inside('half of each', { path: '/b' }, NO_TOKEN, IN),
      inside('the other half of each', { path: '/a', method: 'POST' }, NO_TOKEN, IN),
      { ...inside('somebody else', { path: '/a' }, NO_TOKEN), as: 'cluster.local/ns/shop/sa/stranger' },
    ],
    control: {
      what: 'methods and paths are put together',
      edit: change('AuthorizationPolicy', 'web', (spec) => ({ ...spec, rules: asList(spec['rules']).map((rule) => ({ ...asRecord(rule), to: [{ operation: { methods: ['GET', 'POST'], paths: ['/a', '/b'] } }] })) })),
    },
  },
  {
    name: 'allowFrom: bytes beside tokens',
    promise: 'a grant to whoever shows a token does not take bytes away from a caller that is let in by identity',
    program: withBytes(({ web, caller }) => {
      web.allowFrom(caller);
      web.allowFrom(RequestPrincipal.any());
    }),
    through: inFrontOf('web', 'shop', 5432),
    checks: [bytes('the caller', 'caller', 'open', 'cut'), bytes('somebody else', 'stranger', 'cut')],
    control: { what: 'both are in one rule', edit: change('AuthorizationPolicy', 'web', (spec) => ({ ...spec, rules: [{ from: asList(spec['rules']).flatMap((rule) => asList(asRecord(rule)['from'])) }] })) },
  },
  {
    name: 'denyFrom: bytes beside tokens',
    promise: 'a caller that is shut out by identity beside a token is shut out where there are no requests, too',
    program: withBytes(({ web, caller, shop }) => {
      web.allowFrom(shop);
      web.denyFrom([caller, RequestPrincipal.of({ issuer: login.issuer })]);
    }),
    through: inFrontOf('web', 'shop', 5432),
    checks: [bytes('the caller', 'caller', 'cut', 'open'), bytes('somebody else', 'other', 'open')],
    control: {
      what: 'the port is left out for both',
      edit: change('AuthorizationPolicy', 'web.deny', (spec) => ({ ...spec, rules: asList(spec['rules']).map((rule) => ({ ...asRecord(rule), to: [{ operation: { notPorts: ['5432'] } }] })) })),
    },
  },
  {
    name: 'allowFrom: more callers than a policy holds',
    promise: 'several policies say together what one would: each caller is let in, and nobody else',
    program: program(({ chart, web }) => {
      for (let index = 0; index < 6_000; index += 1) web.allowFrom(MeshServiceAccount.fromName(chart, `caller-${index}`, { namespace: 'callers' }));
    }),
    through: inFrontOf('web', 'shop', 8080),
    checks: [
      ...[0, 999].map((index) => ({ ...inside(`caller ${index}`, {}, IN), as: `cluster.local/ns/callers/sa/caller-${index}` })),
      { ...inside('the last', {}, IN, NO_TOKEN), as: 'cluster.local/ns/callers/sa/caller-999' },
      { ...inside('somebody else', {}, NO_TOKEN), as: 'cluster.local/ns/callers/sa/caller-6000' },
    ],
    control: { what: 'the second policy is not there', edit: drop('AuthorizationPolicy', 'web.2') },
  },
  {
    name: 'allowFrom: a gateway with a route',
    promise: 'a route lets its gateway do no more than the program grants it: some methods, and others to those whose token says so',
    program: program(({ chart, web, edge }) => {
      new IngressRoute(chart, 'web', { gateway: edge, host: HOST, tls: Tls.plainText(), routes: [{ path: '/', to: web }] });
      new JwtAuthentication(chart, 'login', { target: web, issuers: [issuerOf(login)] });
      web.allowFrom(edge, { methods: ['GET'] });
      web.allowFrom(edge, { methods: ['POST'], when: { 'request.auth.claims[groups]': 'editors' } });
    }),
    through: inFrontOf('web', 'shop', 8080),
    checks: [
      byGateway('what it was granted', bearer(login), IN),
      byGateway('what it was granted, with the claim', { ...bearer(login, { groups: 'editors' }), method: 'POST' }, IN),
      byGateway('without the claim', { ...bearer(login, { groups: 'readers' }), method: 'POST' }, NO_TOKEN, IN),
      byGateway('what was granted to nobody', { ...bearer(login, { groups: 'editors' }), method: 'DELETE' }, NO_TOKEN, IN),
      { ...inside('somebody else', bearer(login), NO_TOKEN), as: 'cluster.local/ns/shop/sa/stranger' },
    ],
    control: {
      what: 'the route lets it do anything beside',
      edit: change('AuthorizationPolicy', 'web', (spec) => ({ ...spec, rules: [...asList(spec['rules']), { from: [{ source: { principals: [GATEWAY] } }] }] })),
    },
  },
  {
    name: 'gateways: allowFrom and denyFrom',
    promise: 'a gateway lets in whom it was told to, and refuses whom it was told to',
    program: program(({ chart, web, edge }) => {
      new IngressRoute(chart, 'web', { gateway: edge, host: HOST, tls: Tls.plainText(), routes: [{ path: '/', to: web }] });
      new JwtAuthentication(chart, 'login', { target: edge, issuers: [issuerOf(login)], optional: true });
      edge.allowFrom(RequestPrincipal.of({ issuer: login.issuer, claims: { groups: 'staff' } }));
      edge.allowFrom('anyone', { paths: ['/healthz'] });
      edge.denyFrom('anyone', { methods: ['DELETE'] });
    }),
    through: atGateway,
    checks: [
      fromOutside('staff', bearer(login, { groups: 'staff' }), IN),
      fromOutside('somebody else', bearer(login, { groups: 'guests' }), NO_TOKEN, IN),
      fromOutside('nobody', {}, NO_TOKEN, IN),
      fromOutside('nobody, where everybody is let in', { path: '/healthz' }, IN),
      fromOutside('staff, by a method that is denied', { ...bearer(login, { groups: 'staff' }), method: 'DELETE' }, NO_TOKEN),
    ],
    control: { what: 'nothing is granted', edit: drop('AuthorizationPolicy', 'public') },
  },
  {
    name: 'gateways: denyFrom at an egress gateway',
    promise: 'a caller is told by its identity, and refused for the host that it is denied',
    program: (app) => {
      const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
      const gateway = mesh.addEgressGateway('egress');
      const chart = new Chart(app, 'shop', { namespace: 'shop' });
      const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
      const web = shop.addService('web', { port: 8080 });
      addWorkload(chart, web);
      for (const host of ['api.example.com', 'other.example.com']) {
        const to = new ExternalService(chart, host, { host, ports: [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.simple() }] });
        new EgressRoute(chart, `${host}-out`, { gateway, to, allowFrom: [shop] });
      }
      gateway.denyFrom(web, { hosts: ['api.example.com'] });
    },
    through: { first: { direction: 'outbound', app: 'web', namespace: 'shop', port: 80 }, second: { direction: 'gateway', name: 'egress', namespace: 'istio-egress', port: 80 } },
    checks: [
      { what: 'the host', request: { host: 'api.example.com' }, expect: { status: 403, arrived: { 'api.example.com': 0 } }, control: answered('api.example.com') },
      { what: 'another', request: { host: 'other.example.com' }, expect: answered('other.example.com') },
    ],
    control: { what: 'nothing is denied', edit: drop('AuthorizationPolicy', 'egress.deny') },
  },
];
