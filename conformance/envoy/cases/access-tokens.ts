import { Chart } from 'cdk8s';
import { addWorkload } from '../../../examples/02-traffic/workload';
import { IngressRoute, JwtAuthentication, Mesh, RequestPrincipal, StrictMtlsNamespace, Tls } from '../../../src';
import type { IngressGateway, JwtAuthenticationProps, MeshService } from '../../../src';
import { asList, asRecord } from '../../kubernetes/status';
import { inFrontOf } from '../case';
import type { Case, Check, Outcome } from '../case';
import { change, drop } from '../manifests';
import type { Edit, Program } from '../manifests';
import type { Request } from '../request';
import { bearer, issuerOf, signer, token } from '../tokens';

/** Tokens that are signed in truth, by keys of this run. */

const login = signer('https://login.example.com');
const partners = signer('https://partners.example.com', 'rsa');
const stranger = signer(login.issuer);

interface Shop {
  readonly chart: Chart;
  readonly web: MeshService;
  readonly edge: IngressGateway;
}

const program = (add: (shop: Shop) => void): Program => (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const edge = mesh.addIngressGateway('public');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = shop.addService('web', { ports: [8080, { port: 5432, appProtocol: 'tcp' }] });
  addWorkload(chart, web);
  add({ chart, web, edge });
};

const checked = (props: Omit<JwtAuthenticationProps, 'target'>): Program =>
  program(({ chart, web }) => {
    new JwtAuthentication(chart, 'login', { target: web, ...props });
    web.allowFrom('anyone');
  });

const web = inFrontOf('web', 'shop', 8080);
const IN: Outcome = { status: 200, body: 'web-v1' };
const NO_TOKEN: Outcome = { status: 403, body: 'RBAC: access denied' };
const BAD_TOKEN: Outcome = { status: 401, arrived: { 'web-v1': 0 } };

const asks = (what: string, request: Partial<Request>, expect: Outcome, control?: Outcome): Check => ({
  what,
  request: { host: 'web.shop.svc.cluster.local:8080', ...request },
  as: 'cluster.local/ns/shop/sa/caller',
  expect,
  ...(control === undefined ? {} : { control }),
});

const notRequired: Case['control'] = { what: 'no token is required', edit: drop('AuthorizationPolicy', 'web.deny') };
const notChecked: Case['control'] = { what: 'no token is looked at', edit: drop('RequestAuthentication', 'web') };
const ruleWithout = (...keys: readonly string[]): Edit =>
  change('RequestAuthentication', 'web', (spec) => ({
    ...spec,
    jwtRules: asList(spec['jwtRules']).map((rule) => Object.fromEntries(Object.entries(asRecord(rule)).filter(([key]) => !keys.includes(key)))),
  }));

const past = Math.floor(Date.now() / 1000) - 600;

export const accessTokens: readonly Case[] = [
  {
    name: 'JwtAuthentication: a token is required',
    promise: 'without a token a request is refused (pain 14), with one that is right it is let in',
    program: checked({ issuers: [issuerOf(login)] }),
    through: web,
    checks: [
      asks('no token', {}, NO_TOKEN, IN),
      asks('another scheme', { headers: { authorization: 'Basic YTpi' } }, NO_TOKEN, IN),
      asks('no token, POST', { method: 'POST', path: '/a' }, NO_TOKEN, IN),
      asks('a token', bearer(login), IN),
      asks('a token, POST', { ...bearer(login), method: 'POST', path: '/a' }, IN),
      asks('a token in the parameter', { path: `/a?access_token=${token(login)}` }, IN),
    ],
    control: notRequired,
  },
  {
    name: 'JwtAuthentication: a token that is wrong',
    promise: 'a token that is out of date, of another issuer, signed by another key or changed is refused',
    program: checked({ issuers: [issuerOf(login)], optional: true }),
    through: web,
    checks: [
      asks('out of date', bearer(login, { exp: past }), BAD_TOKEN, IN),
      asks('not yet good', bearer(login, { nbf: past + 7_200 }), BAD_TOKEN, IN),
      asks('of another issuer', bearer(partners), BAD_TOKEN, IN),
      asks('of another issuer by its claim', bearer(login, { iss: partners.issuer }), BAD_TOKEN, IN),
      asks('signed by another key', bearer(stranger), BAD_TOKEN, IN),
      asks('changed', { headers: { authorization: `Bearer ${token(login).replace(/\.[^.]*\./, `.${Buffer.from(JSON.stringify({ iss: login.issuer, sub: 'root', exp: past + 9_999 })).toString('base64url')}.`)}` } }, BAD_TOKEN, IN),
      asks('no token at all', { headers: { authorization: 'Bearer abc' } }, BAD_TOKEN, IN),
      asks('right', bearer(login), IN),
      asks('none: it is optional', {}, IN),
    ],
    control: notChecked,
  },
  {
    name: 'JwtAuthentication: audiences',
    promise: 'a token for somebody else is refused',
    program: checked({ issuers: [issuerOf(login, { audiences: ['shop', 'store'] })] }),
    through: web,
    checks: [
      asks('for the shop', bearer(login), IN),
      asks('for several', bearer(login, { aud: ['bank', 'store'] }), IN),
      asks('for another', bearer(login, { aud: 'bank' }), { status: 403, arrived: { 'web-v1': 0 } }, IN),
      asks('for nobody', bearer(login, { aud: undefined }), { status: 403, arrived: { 'web-v1': 0 } }, IN),
    ],
    control: { what: 'for anybody', edit: ruleWithout('audiences') },
  },
  {
    name: 'JwtAuthentication: where the token is',
    promise: 'a token is found in the headers, parameters and cookies that were named, and in no others',
    program: checked({ issuers: [issuerOf(login, { fromHeaders: [{ name: 'x-token', prefix: 'Token ' }], fromParams: ['token'], fromCookies: ['session'] })] }),
    through: web,
    checks: [
      asks('the header', { headers: { 'x-token': `Token ${token(login)}` } }, IN, NO_TOKEN),
      asks('the parameter', { path: `/a?token=${token(login)}` }, IN, NO_TOKEN),
      asks('the cookie', { headers: { cookie: `a=b; session=${token(login)}` } }, IN, NO_TOKEN),
      asks('the usual header', bearer(login), NO_TOKEN, IN),
    ],
    control: { what: 'the usual places', edit: ruleWithout('fromHeaders', 'fromParams', 'fromCookies') },
  },
  {
    name: 'JwtAuthentication: exemptions',
    promise: 'exempt paths and methods need no token; written otherwise they do',
    program: checked({ issuers: [issuerOf(login)], exemptPaths: ['/healthz', '/public/*'], exemptMethods: ['OPTIONS'] }),
    through: web,
    checks: [
      ...['/healthz', '/public/a', '/public/a/b'].map((path) => asks(`no token, ${path}`, { path }, IN)),
      ...['/', '/healthz/', '//healthz', '/public', '/Public/a', '/public%2Fa', '/public/../admin'].map((path) => asks(`no token, ${path}`, { path }, NO_TOKEN, IN)),
      asks('no token, OPTIONS', { method: 'OPTIONS', path: '/a' }, IN),
      asks('no token, POST', { method: 'POST', path: '/a' }, NO_TOKEN, IN),
      asks('a wrong token on an exempt path', { ...bearer(stranger), path: '/healthz' }, BAD_TOKEN),
    ],
    control: notRequired,
  },
  {
    name: 'JwtAuthentication: what the service sees',
    promise: 'the service gets claims in headers and not the token; what a caller writes into these headers is taken out',
    program: checked({ issuers: [issuerOf(login, { outputClaimToHeaders: { 'x-user': 'sub', 'x-mail': 'mail' }, outputPayloadToHeader: 'x-payload' })], optional: true }),
    through: web,
    checks: [
      asks(
        'a token',
        bearer(login, { mail: 'a@example.com' }),
        { ...IN, asked: { 'web-v1': { headers: { 'x-user': 'robot', 'x-mail': 'a@example.com', 'x-payload': /^[\w-]+=*$/, 'authorization': null } } } },
        { ...IN, asked: { 'web-v1': { headers: { 'x-user': null, 'x-payload': null, 'authorization': /^Bearer/ } } } },
      ),
      asks('no token, and headers of the caller', { headers: { 'x-user': 'root' } }, { ...IN, asked: { 'web-v1': { headers: { 'x-user': null } } } }, { ...IN, asked: { 'web-v1': { headers: { 'x-user': 'root' } } } }),
    ],
    control: notChecked,
  },
  {
    name: 'JwtAuthentication: forwarding',
    promise: 'the service sees the token where it is asked for',
    program: checked({ issuers: [issuerOf(login, { forwardOriginalToken: true })] }),
    through: web,
    checks: [asks('a token', bearer(login), { ...IN, asked: { 'web-v1': { headers: { authorization: /^Bearer / } } } }, { ...IN, asked: { 'web-v1': { headers: { authorization: null } } } })],
    control: { what: 'it is not forwarded', edit: ruleWithout('forwardOriginalToken') },
  },
  {
    name: 'JwtAuthentication: several issuers',
    promise: 'a token of any of them will do, and each is checked by its own keys',
    program: checked({ issuers: [issuerOf(login), issuerOf(partners)] }),
    through: web,
    checks: [
      asks('of the first', bearer(login), IN),
      asks('of the second', bearer(partners), IN, BAD_TOKEN),
      asks('of the first, signed by the second', bearer({ ...partners, issuer: login.issuer }), BAD_TOKEN),
      asks('none', {}, NO_TOKEN),
    ],
    control: { what: 'the second is none', edit: change('RequestAuthentication', 'web', (spec) => ({ ...spec, jwtRules: asList(spec['jwtRules']).slice(0, 1) })) },
  },
  {
    name: 'JwtAuthentication: bytes',
    promise: 'a port that carries no requests is left alone',
    program: checked({ issuers: [issuerOf(login)] }),
    through: inFrontOf('web', 'shop', 5432),
    checks: [asks('bytes', { protocol: 'tcp' }, { status: 'open' }, { status: 'cut' })],
    control: { what: 'the requirement names no ports', edit: change('AuthorizationPolicy', 'web.deny', (spec) => ({ ...spec, rules: asList(spec['rules']).map((rule) => ({ from: asRecord(rule)['from'] })) })) },
  },
  {
    name: 'JwtAuthentication: at a gateway',
    promise: 'what comes in needs a token, but for exempt paths',
    program: program(({ chart, web: target, edge }) => {
      new IngressRoute(chart, 'route', { gateway: edge, host: 'shop.example.com', tls: Tls.plainText(), routes: [{ path: '/', to: { service: target, port: 8080 } }] });
      new JwtAuthentication(chart, 'login', { target: edge, issuers: [issuerOf(login)], exemptPaths: ['/healthz'] });
    }),
    through: { first: { direction: 'gateway', name: 'public', namespace: 'istio-ingress', port: 80 } },
    checks: [
      asks('no token', { host: 'shop.example.com' }, NO_TOKEN, IN),
      asks('a token', { host: 'shop.example.com', ...bearer(login) }, IN),
      asks('a wrong token', { host: 'shop.example.com', ...bearer(stranger) }, BAD_TOKEN),
      asks('no token, exempt', { host: 'shop.example.com', path: '/healthz' }, IN),
    ].map(({ as: _as, ...check }) => check),
    control: { what: 'no token is required', edit: drop('AuthorizationPolicy', 'public.deny') },
  },
  {
    name: 'allowFrom: tokens',
    promise: 'whoever shows a token is let in by issuer, subject, audience, presenter and claims; all that is asked has to hold',
    program: program(({ chart, web: target }) => {
      new JwtAuthentication(chart, 'login', { target, issuers: [issuerOf(login), issuerOf(partners)], optional: true });
      target.allowFrom(RequestPrincipal.any(), { paths: ['/any'] });
      target.allowFrom(RequestPrincipal.of({ issuer: partners.issuer }), { paths: ['/issuer'] });
      target.allowFrom(RequestPrincipal.of({ subject: 'rob*' }), { paths: ['/subject'] });
      target.allowFrom(RequestPrincipal.of({ issuer: login.issuer, subject: 'robot' }), { paths: ['/both'] });
      target.allowFrom(RequestPrincipal.of({ audiences: 'store', presenter: 'app' }), { paths: ['/audience'] });
      target.allowFrom(RequestPrincipal.of({ claims: { 'groups': ['admins', 'ops*'], 'realm.roles': 'reader' } }), { paths: ['/claims'] });
      target.allowFrom('anyone', { paths: ['/when'], when: { 'request.auth.claims[scope]': 'write', 'request.auth.principal': { notValues: `${login.issuer}/guest` } } });
      target.allowFrom('anyone', { except: RequestPrincipal.any(), paths: ['/login'] });
    }),
    through: web,
    checks: [
      asks('any', { path: '/any', ...bearer(login) }, IN, NO_TOKEN),
      asks('any, of another issuer', { path: '/any', ...bearer(partners) }, IN, NO_TOKEN),
      asks('any: none', { path: '/any' }, NO_TOKEN),
      asks('issuer', { path: '/issuer', ...bearer(partners) }, IN, NO_TOKEN),
      asks('issuer: another', { path: '/issuer', ...bearer(login) }, NO_TOKEN),
      asks('subject', { path: '/subject', ...bearer(login) }, IN, NO_TOKEN),
      asks('subject: another', { path: '/subject', ...bearer(login, { sub: 'bob' }) }, NO_TOKEN),
      asks('both', { path: '/both', ...bearer(login) }, IN, NO_TOKEN),
      asks('both: another issuer', { path: '/both', ...bearer(partners) }, NO_TOKEN),
      asks('both: another subject', { path: '/both', ...bearer(login, { sub: 'robot2' }) }, NO_TOKEN),
      asks('audience', { path: '/audience', ...bearer(login, { aud: ['shop', 'store'], azp: 'app' }) }, IN, NO_TOKEN),
      asks('audience: another', { path: '/audience', ...bearer(login, { azp: 'app' }) }, NO_TOKEN),
      asks('audience: another presenter', { path: '/audience', ...bearer(login, { aud: 'store', azp: 'web' }) }, NO_TOKEN),
      asks('claims', { path: '/claims', ...bearer(login, { groups: ['a', 'admins'], realm: { roles: ['reader'] } }) }, IN, NO_TOKEN),
      asks('claims: by a beginning', { path: '/claims', ...bearer(login, { groups: 'ops-eu', realm: { roles: ['reader', 'x'] } }) }, IN, NO_TOKEN),
      asks('claims: one is missing', { path: '/claims', ...bearer(login, { groups: ['admins'] }) }, NO_TOKEN),
      asks('claims: another value', { path: '/claims', ...bearer(login, { groups: ['users'], realm: { roles: ['reader'] } }) }, NO_TOKEN),
      asks('when', { path: '/when', ...bearer(login, { scope: 'read write' }) }, IN, NO_TOKEN),
      asks('when: the scope is missing', { path: '/when', ...bearer(login, { scope: 'read' }) }, NO_TOKEN),
      asks('when: somebody who is left out', { path: '/when', ...bearer(login, { scope: 'write', sub: 'guest' }) }, NO_TOKEN),
      asks('without a token', { path: '/login' }, IN),
      asks('without a token: with one', { path: '/login', ...bearer(login) }, NO_TOKEN),
    ],
    control: notChecked,
  },
];
