import { App, Chart } from 'cdk8s';
import { RequestAuthentication } from '../../imports/istio';
import { Cluster, IngressGateway, IngressRoute, JwtAuthentication, Mesh, StringMatch, StrictMtlsNamespace, Tls } from '../../src';
import type { IngressMatch } from '../../src';
import { synthTo } from '../../src/testing';
import { refused, WRONG_TYPES } from '../core/refused';
import { setUp, specOf } from './setup';

/** Routes by what tokens say, which only gateways can tell requests by. */

const LOGIN = { issuer: 'https://login.example.com' };

function checking(): ReturnType<typeof setUp> {
  const made = setUp();
  new JwtAuthentication(made.chart, 'login', { target: made.gateway, issuers: [LOGIN] });
  return made;
}

const matchesOf = (match: IngressMatch): unknown => {
  const { chart, web, add } = checking();
  add('web', [{ match, to: web, priority: 1 }]);
  return specOf(chart).http?.[0]?.match;
};

test('a claim is compared as headers are, each name in brackets, in the capitals it has', () => {
  expect(matchesOf({ claims: { 'groups': 'Beta', 'realm.roles': StringMatch.prefix('op'), '[https://example.com/Team]': StringMatch.suffix('-eu') } })).toEqual([
    { headers: { '@request.auth.claims[groups]': { exact: 'Beta' }, '@request.auth.claims[realm][roles]': { prefix: 'op' }, '@request.auth.claims[https://example.com/Team]': { regex: '.*-eu' } } },
  ]);
});

test('a claim that a token has not, or that is there at all', () => {
  expect(matchesOf({ headers: { 'x-a': 'b' }, claims: { sub: StringMatch.present() }, withoutClaims: { groups: 'guests' } })).toEqual([
    { headers: { 'x-a': { exact: 'b' }, '@request.auth.claims[sub]': { regex: '(?s).*' } }, withoutHeaders: { '@request.auth.claims[groups]': { exact: 'guests' } } },
  ]);
});

test('the narrower goes first: a claim beside a path before the path alone', () => {
  const { chart, web, add } = checking();
  add('all', [{ path: '/', to: web }]);
  add('beta', [{ path: '/', match: { claims: { groups: 'beta' } }, to: { service: web, version: 'v2' } }]);
  expect(specOf(chart).http?.map(({ name }) => name)).toEqual(['beta', 'all']);
});

test('a claim may be a list, so two values of it decide nothing: a priority does', () => {
  const both = (priority?: number): ReturnType<typeof setUp> => {
    const made = checking();
    made.add('a', [{ path: '/', match: { claims: { groups: 'a' } }, to: { service: made.web, version: 'v1' } }]);
    made.add('b', [{ path: '/', match: { claims: { groups: 'b' } }, to: { service: made.web, version: 'v2' }, ...(priority === undefined ? {} : { priority }) }]);
    made.add('all', [{ path: '/', to: made.web }]);
    return made;
  };
  expect(refused(() => synthTo(both().chart))).toMatchObject({ code: 'rule-overlap', fix: expect.stringContaining('priority') });
  expect(specOf(both(1).chart).http?.map(({ name }) => name)).toEqual(['b', 'a', 'all']);
});

test('what a token must not say and what it says cannot be the same; what covers it neither', () => {
  const { web, add } = checking();
  expect(refused(() => add('a', [{ match: { claims: { groups: 'a' }, withoutClaims: { groups: StringMatch.present() } }, to: web }]))).toMatchObject({ code: 'never-matches' });
});

describe('tokens that nobody checks', () => {
  test('a gateway without a JwtAuthentication is refused: nobody would have a claim', () => {
    const { chart, web, add } = setUp();
    add('web', [{ path: '/', match: { claims: { groups: 'beta' } }, to: web }]);
    expect(refused(() => synthTo(chart))).toMatchObject({
      code: 'token-never-checked',
      construct: 'shop/web',
      property: 'routes[0].match.claims',
      got: 'a route by what tokens say, at platform/mesh/public, which checks none',
      fix: expect.stringContaining('JwtAuthentication'),
    });
  });

  test('so is a match by what tokens do not say, which everybody would fit', () => {
    const { chart, web, add } = setUp();
    add('web', [{ path: '/', match: [{ headers: { 'x-a': 'b' } }, { withoutClaims: { groups: 'guests' } }], to: web }]);
    expect(refused(() => synthTo(chart))).toMatchObject({ code: 'token-never-checked', property: 'routes[0].match[1].withoutClaims' });
  });

  test('one for the service behind the gateway does not help; one for the mesh does, also of L1', () => {
    const behind = setUp();
    new JwtAuthentication(behind.chart, 'login', { target: behind.web, issuers: [LOGIN] });
    behind.add('web', [{ path: '/', match: { claims: { groups: 'beta' } }, to: behind.web }]);
    expect(refused(() => synthTo(behind.chart))).toMatchObject({ code: 'token-never-checked' });
    const wide = setUp();
    new RequestAuthentication(wide.chart, 'login', { metadata: { namespace: 'istio-system' }, spec: { jwtRules: [LOGIN] } });
    wide.add('web', [{ path: '/', match: { claims: { groups: 'beta' } }, to: wide.web }]);
    expect(() => synthTo(wide.chart)).not.toThrow();
  });

  test('where another program checks them, that is said', () => {
    const { chart, web, add } = setUp();
    add('web', [{ path: '/', match: { claims: { groups: 'beta' } }, to: web }], { tokensCheckedElsewhere: true });
    expect(() => synthTo(chart)).not.toThrow();
  });

  test('a gateway of another program is as good, with a JwtAuthentication of this one', () => {
    const { chart, web, add } = setUp();
    const gateway = IngressGateway.fromName(chart, 'edge', { name: 'edge' });
    add('web', [{ path: '/', match: { claims: { groups: 'beta' } }, to: web }], { gateway });
    expect(refused(() => synthTo(chart))).toMatchObject({ code: 'token-never-checked' });
    new JwtAuthentication(chart, 'login', { target: gateway, issuers: [LOGIN] });
    expect(() => synthTo(chart)).not.toThrow();
  });
});

test('HTTPRoutes read no tokens: a gateway of the Gateway API refuses claims, and says where', () => {
  const { chart, mesh, web, add } = setUp();
  const gateway = mesh.addIngressGateway('new', { api: 'gateway' });
  new JwtAuthentication(chart, 'login', { target: gateway, issuers: [LOGIN] });
  add('web', [{ path: '/', match: { claims: { groups: 'beta' } }, to: web }], { gateway });
  expect(refused(() => synthTo(chart))).toMatchObject({ construct: 'shop/web', property: 'routes[0].match.claims', got: 'a match by what a token says', fix: "give the gateway api: 'istio'" });
});

test('rules of services look at no claims: sidecars could not', () => {
  const { chart, web } = setUp();
  expect(refused(() => web.route(chart, 'beta', { match: { claims: { groups: 'beta' } } as never, to: { version: 'v2' } }))).toMatchObject({ code: 'unknown-prop', property: 'match.claims' });
});

test.each([
  ['', 'bad-claim'],
  ['a..b', 'bad-claim'],
  ['a]', 'bad-claim'],
  ['[a', 'bad-claim'],
  ['[]', 'bad-claim'],
  ['https://example.com/groups', 'bad-claim'],
])('%j is the name of no claim', (name, code) => {
  const { web, add } = checking();
  expect(refused(() => add('web', [{ match: { claims: { [name]: 'a' } }, to: web }]))).toMatchObject({ code, construct: 'shop/web', property: `routes[0].match.claims.${name}` });
});

test('one claim in two forms, none at all, and an empty text are refused', () => {
  const { web, add } = checking();
  expect(refused(() => add('a', [{ match: { claims: { 'a.b': 'x', '[a][b]': 'y' } }, to: web }]))).toMatchObject({ code: 'bad-claim' });
  expect(refused(() => add('b', [{ match: { claims: {} }, to: web }]))).toMatchObject({ code: 'empty-list' });
  expect(refused(() => add('c', [{ match: { withoutClaims: { a: '' } }, to: web }]))).toMatchObject({ code: 'bad-match' });
});

test.each(WRONG_TYPES.filter(([what]) => what !== 'undefined'))('a claim that is %s is refused with its place, and so are claims that are', (_what, value) => {
  const { web, add } = checking();
  expect(refused(() => add('a', [{ match: { claims: { groups: value as never } }, to: web }]))).toMatchObject({ construct: 'shop/a', property: expect.stringContaining('routes[0].match.claims.groups') });
  expect(refused(() => add('b', [{ match: { claims: value as never }, to: web }]))).toMatchObject({ construct: 'shop/b', property: expect.stringContaining('routes[0].match.claims') });
});

test('the rules are the same whatever was said first', () => {
  const [one, other] = [false, true].map((turned) => {
    const { chart, web, add } = checking();
    const ids = ['a', 'b', 'c'];
    for (const id of turned ? [...ids].reverse() : ids) add(id, [{ path: `/${id}`, match: { claims: { groups: id } }, to: web }]);
    return specOf(chart);
  });
  expect(one).toEqual(other);
});

test('in two clusters each gateway needs its own', () => {
  const app = new App({ outdir: 'unused' });
  const made = ['staging', 'prod'].map((name) => {
    const cluster = new Cluster(app, name);
    const mesh = new Mesh(new Chart(cluster, 'platform'), 'mesh', { controlPlane: false });
    const gateway = mesh.addIngressGateway('public');
    const chart = new Chart(cluster, 'shop', { namespace: 'shop' });
    const web = new StrictMtlsNamespace(chart, 'shop', { mesh }).addService('web', { port: 8080 });
    new IngressRoute(chart, 'web', { gateway, host: 'shop.example.com', tls: Tls.plainText(), routes: [{ path: '/', match: { claims: { groups: 'beta' } }, to: web }] });
    return { chart, gateway };
  });
  const [staging, prod] = made as [(typeof made)[0], (typeof made)[0]];
  new JwtAuthentication(prod.chart, 'login', { target: prod.gateway, issuers: [LOGIN] });
  expect(refused(() => synthTo(prod.chart))).toMatchObject({ code: 'token-never-checked', construct: 'staging/shop/web' });
  new JwtAuthentication(staging.chart, 'login', { target: staging.gateway, issuers: [LOGIN] });
  expect(() => synthTo(prod.chart)).not.toThrow();
});
