import { AuthorizationPolicy } from '../../../imports/istio';
import { Access, JwtAuthentication, RequestPrincipal } from '../../../src';
import type { MeshService } from '../../../src';
import { synthTo } from '../../../src/testing';
import { program } from '../../support/program';

const LOGIN = 'https://login.example.com';
const GROUPS = 'request.auth.claims[groups]';
/** What asks for a token, whatever it says. */
const SHOWN = { key: 'request.auth.claims[iss]', values: ['*'] };

function checking(isOptional = true): ReturnType<typeof program> & { web: MeshService; caller: MeshService } {
  const made = program();
  const [web, caller] = [made.shop.addService('web', { port: 8080 }), made.shop.addService('caller', { port: 8080 })];
  new JwtAuthentication(made.chart, 'login', { target: web, issuers: [{ issuer: LOGIN }], ...(isOptional && { optional: true }) });
  return { ...made, web, caller };
}

describe('a grant to all but those whose token says something', () => {
  const conditions = (say: (made: ReturnType<typeof checking>) => void): unknown => {
    const made = checking();
    say(made);
    return synthTo(made.chart).one(AuthorizationPolicy, 'web').spec?.rules?.map(({ when }) => when);
  };

  test('wants a token: whoever is left out would leave it out', () => {
    expect(conditions(({ web }) => web.allowFrom('anyone', { when: { [GROUPS]: { notValues: 'guests' } } }))).toEqual([[SHOWN, { key: GROUPS, notValues: ['guests'] }].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))]);
    expect(conditions(({ web, caller }) => web.allowFrom(caller, { when: { 'request.auth.audiences': { notValues: 'bank' } } }))).toEqual([expect.arrayContaining([SHOWN])]);
    expect(conditions(({ web }) => web.allowFrom('anyone', { except: RequestPrincipal.of({ issuer: LOGIN, subject: 'guest' }) }))).toEqual([[SHOWN]]);
  });

  test('is left as it is where it wants a token already, or says that it wants none', () => {
    expect(conditions(({ web }) => web.allowFrom('anyone', { when: { [GROUPS]: { values: 'staff', notValues: 'guests' } } }))).toEqual([[{ key: GROUPS, values: ['staff'], notValues: ['guests'] }]]);
    expect(conditions(({ web }) => web.allowFrom(RequestPrincipal.any(), { when: { [GROUPS]: { notValues: 'guests' } } }))).toEqual([[{ key: GROUPS, notValues: ['guests'] }]]);
    expect(conditions(({ web }) => web.allowFrom('anyone', { except: RequestPrincipal.any() }))).toEqual([undefined]);
    expect(conditions(({ web }) => web.allowFrom('anyone', { when: { 'request.headers[x-a]': { notValues: 'b' } } }))).toEqual([[{ key: 'request.headers[x-a]', notValues: ['b'] }]]);
  });

  test('a denial of all but some needs none: it refuses those without a token as well', () => {
    const { chart, web } = checking();
    web.denyFrom('anyone', { when: { [GROUPS]: { notValues: 'staff' } } });
    expect(synthTo(chart).one(AuthorizationPolicy, 'web.deny').spec?.rules).toEqual([expect.objectContaining({ when: [{ key: GROUPS, notValues: ['staff'] }] })]);
  });
});

describe('a denial by what a token says', () => {
  const warned = (say: (made: ReturnType<typeof checking>) => void, isOptional = true): readonly string[] => {
    const made = checking(isOptional);
    say(made);
    return synthTo(made.chart).warnings.map(({ code }) => code);
  };
  const guests = { when: { [GROUPS]: 'guests' } } as const;

  test('is a warning where those without a token are let in: whoever is meant leaves it out', () => {
    expect(warned(({ web, caller }) => { web.allowFrom(caller); web.denyFrom('anyone', guests); })).toEqual(['token-left-out']);
    expect(warned(({ web }) => { web.allowFrom('anyone'); web.denyFrom(RequestPrincipal.of({ issuer: LOGIN, subject: 'guest' })); })).toEqual(['token-left-out']);
  });

  test('says so at the denial, and what to do', () => {
    const { chart, web } = checking();
    web.allowFrom('anyone');
    web.denyFrom('anyone', guests);
    expect(synthTo(chart).warnings).toMatchObject([{ code: 'token-left-out', construct: 'shop/shop/services/web/mesh', property: 'denyFrom', fix: expect.stringContaining('optional') }]);
  });

  test.each<[string, (made: ReturnType<typeof checking>) => void]>([
    ['nobody is let in without a token', ({ web }) => { web.allowFrom(RequestPrincipal.any()); web.denyFrom('anyone', guests); }],
    ['nothing is granted', ({ web }) => { web.denyFrom('anyone', guests); }],
    ['it is only tried out', ({ web }) => { web.allowFrom('anyone'); web.denyFrom('anyone', { ...guests, dryRun: true }); }],
    ['it says what a token must say', ({ web }) => { web.allowFrom('anyone'); web.denyFrom('anyone', { when: { [GROUPS]: { notValues: 'staff' } } }); }],
    ['the rule for tokens is of another program', ({ web }) => { web.allowFrom('anyone'); web.denyFrom('anyone', { ...guests, tokensCheckedElsewhere: true }); }],
    ['the namespace wants tokens', ({ web, shop, chart }) => { new JwtAuthentication(chart, 'all', { target: shop, issuers: [{ issuer: LOGIN }] }); web.allowFrom('anyone'); web.denyFrom('anyone', guests); }],
  ])('is none where %s', (_what, say) => {
    expect(warned(say)).toEqual([]);
  });

  test('is none where a token is required', () => {
    expect(warned(({ web, caller }) => { web.allowFrom(caller); web.denyFrom('anyone', guests); }, false)).toEqual([]);
  });

  test('of the mesh is one where a mesh takes every caller', () => {
    expect(warned(({ mesh, chart }) => { new JwtAuthentication(chart, 'all', { target: mesh, issuers: [{ issuer: LOGIN }], optional: true }); Access.to(mesh).denyFrom('anyone', guests); })).toEqual(['token-left-out']);
  });
});
