import { Chart } from 'cdk8s';
import { VirtualService } from '../../../imports/istio';
import { RouteDelegate, StringMatch } from '../../../src';
import type { RouteDelegateProps, RouteMatch } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

const { prefix, present, regex } = StringMatch;

/** A rule that leads to a delegate of another team, and the delegate's routes. */
function delegated(match: RouteMatch | undefined, routes: readonly (RouteMatch | undefined)[]) {
  const { app, chart, shop } = program();
  const [web, reports] = [shop.addService('web', { port: 8080 }), shop.addService('reports', { port: 8080 })];
  const other = new Chart(app, 'reports', { namespace: 'reports' });
  const delegate = new RouteDelegate(other, 'pages', { routes: routes.map((each) => ({ to: reports, ...(each === undefined ? {} : { match: each }) })) });
  web.route(chart, 'reports', { ...(match === undefined ? {} : { match }), delegate, timeout: '10s' });
  return { chart, other };
}

test('a rule leads to a VirtualService without hosts, in the namespace of its own team', () => {
  const { chart, other } = delegated({ uri: prefix('/reports/') }, [undefined, { uri: '/reports/all' }]);
  expect(synthTo(chart).one(VirtualService).spec?.http?.[0]).toEqual({
    name: 'reports',
    match: [{ uri: { prefix: '/reports/' } }],
    timeout: '10s',
    delegate: { name: 'pages', namespace: 'reports' },
  });
  const made = synthTo(other).one(VirtualService);
  expect(made.metadata).toMatchObject({ name: 'pages', namespace: 'reports' });
  const route = [{ destination: { host: 'reports.shop.svc.cluster.local', port: { number: 8080 } } }];
  expect(made.spec).toEqual({ http: [{ name: 'pages-1', match: [{ uri: { exact: '/reports/all' } }], route }, { name: 'pages-0', route }] });
});

test('one of another program is referred to by its name', () => {
  const { chart, shop } = program();
  const delegate = RouteDelegate.fromName(chart, 'theirs', { name: 'pages', namespace: 'reports' });
  shop.addService('web', { port: 8080 }).route(chart, 'reports', { match: { uri: '/a' }, delegate });
  expect(synthTo(chart).many(VirtualService)).toHaveLength(1);
  expect(synthTo(chart).one(VirtualService).spec?.http?.[0]?.delegate).toEqual({ name: 'pages', namespace: 'reports' });
});

test('a route of a delegate redirects or answers, too', () => {
  const { chart } = program();
  new RouteDelegate(chart, 'closed', { routes: [{ match: { uri: '/a' }, redirect: { uri: '/b' } }, { directResponse: { status: 410 } }] });
  expect(synthTo(chart).one(VirtualService).spec?.http).toMatchObject([{ redirect: { uri: '/b' } }, { directResponse: { status: 410 } }]);
});

test.each<[string, RouteMatch | undefined, RouteMatch | undefined]>([
  ['a longer prefix', { uri: prefix('/a') }, { uri: prefix('/a/b') }],
  ['the same text', { uri: '/a' }, { uri: '/a' }],
  ['another part of the request', { uri: prefix('/a') }, { headers: { x: '1' } }],
  ['the same sender', { sourceNamespace: 'ops' }, { sourceNamespace: 'ops', uri: '/a' }],
  ['anything, under any request', undefined, { uri: regex('.*') }],
])('%s is within the rule', (_name, root, leaf) => {
  expect(() => synthTo(delegated(root, [leaf]).chart)).not.toThrow();
});

test.each<[string, RouteMatch, RouteMatch, RegExp]>([
  ['a wider prefix', { uri: prefix('/a/b') }, { uri: prefix('/a') }, /which in uri is/],
  ['another path', { uri: '/a' }, { uri: '/b' }, /which in uri is/],
  ['a pattern, which Istio does not compare', { uri: prefix('/a') }, { uri: regex('/a/.*') }, /which in uri is/],
  ['a header whose presence the rule asks for', { headers: { x: present() } }, { headers: { x: '1' } }, /which in headers\.x is/],
  ['another cookie', { cookie: { name: 'a', value: '1' } }, { cookie: { name: 'b', value: '1' } }, /which in headers\.cookie is/],
  ['any sender, under a rule for one', { sourceNamespace: 'ops' }, { uri: '/a' }, /which in sourceNamespace is/],
  ['other capitals', { uri: prefix('/a'), ignoreUriCase: true }, { uri: prefix('/a/b') }, /which in ignoreUriCase is/],
])('%s is refused, as Istio would leave it out without a word', (_name, root, leaf, got) => {
  const [finding, ...more] = caught(() => synthTo(delegated(root, [leaf]).chart)).findings;
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ code: 'never-matches', construct: 'shop/reports', property: 'delegate', got: expect.stringMatching(got) as string });
  expect(finding?.got).toContain('routes[0] of reports/pages');
});

test('of several matches of a rule one is enough', () => {
  const { app, chart, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  const delegate = new RouteDelegate(new Chart(app, 'other', { namespace: 'other' }), 'd', { routes: [{ match: { uri: '/b/c' }, to: web }] });
  web.route(chart, 'either', { match: [{ uri: prefix('/a') }, { uri: prefix('/b') }], delegate });
  expect(() => synthTo(chart)).not.toThrow();
});

test.each<[string, object, string, string]>([
  ['no routes', {}, 'empty-list', 'routes'],
  ['an empty list of them', { routes: [] }, 'empty-list', 'routes'],
  ['a route that leads nowhere', { routes: [{ timeout: '5s' }] }, 'no-destination', 'routes[0].to'],
  ['a destination without a service', { routes: [{ to: { version: 'v1' } }] }, 'no-destination', 'routes[0].to.service'],
  ['a delegate of a delegate', { routes: [{ delegate: {} }] }, 'unknown-prop', 'routes[0].delegate'],
  ['a misspelt prop', { rotues: [] }, 'unknown-prop', 'rotues'],
  ['a name that is none', { name: 'Pages!', routes: [{ directResponse: { status: 200 } }] }, 'bad-name', 'name'],
  ['props that are none', null as never, 'bad-props', 'props'],
])('%s: refused', (_name, props, code, property) => {
  const { chart } = program();
  expect(caught(() => new RouteDelegate(chart, 'd', props as RouteDelegateProps)).findings).toMatchObject([{ code, construct: 'shop/d', property }]);
});

test('routes of a delegate that no order can decide', () => {
  const { chart, shop } = program();
  const to = shop.addService('web', { port: 8080 });
  new RouteDelegate(chart, 'd', { routes: [{ match: { uri: '/a' }, to }, { match: { headers: { x: '1' } }, to }] });
  expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'rule-overlap', construct: 'shop/d', got: expect.stringContaining('routes[') as string }]);
});

test('a delegate and what it would overrule', () => {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  const delegate = RouteDelegate.fromName(chart, 'd', { name: 'd' });
  for (const [id, beside, property] of [['a', { to: web }, 'to'], ['b', { redirect: { uri: '/b' } }, 'delegate'], ['c', { directResponse: { status: 404 } }, 'delegate']] as const) {
    expect(caught(() => web.route(chart, id, { match: { uri: '/a' }, delegate, ...beside } as never)).findings).toMatchObject([{ code: 'two-actions', property }]);
  }
  expect(caught(() => RouteDelegate.fromName(chart, 'nameless', { name: '' })).findings).toMatchObject([{ code: 'bad-name', property: 'name' }]);
});

test('tries of the one that do not fit into the timeout of the other', () => {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  const retries = { attempts: 2, perTryTimeout: '5s' };
  const delegate = new RouteDelegate(chart, 'd', { routes: [{ to: web, retries }, { match: { uri: '/a/own' }, to: web, retries, timeout: '15s' }] });
  web.route(chart, 'rule', { match: { uri: prefix('/a/') }, delegate, timeout: '10s' });
  expect(caught(() => synthTo(chart)).findings).toMatchObject([
    { code: 'retries-beyond-timeout', construct: 'shop/d', property: 'routes[0].retries.perTryTimeout', expected: expect.stringContaining('of which shop/rule has a part') as string },
  ]);
});

test('a part of a host may send all its callers to another part, and none to itself', () => {
  const { chart } = program();
  new RouteDelegate(chart, 'moved', { routes: [{ redirect: { uri: '/new/' } }] });
  expect(() => synthTo(chart)).not.toThrow();
  new RouteDelegate(chart, 'circle', { routes: [{ match: { uri: prefix('/a') }, redirect: { uri: '/a/b' } }] });
  expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'redirect-loop', construct: 'shop/circle', property: 'routes[0].redirect.uri' }]);
});

test('what the types can tell does not compile', () => {
  const { chart } = program();
  const delegate = RouteDelegate.fromName(chart, 'theirs', { name: 'd' });
  const wrong: readonly RouteDelegateProps[] = [
    // @ts-expect-error a route that leads nowhere
    { routes: [{ timeout: '5s' }] },
    // @ts-expect-error a delegate of a delegate
    { routes: [{ delegate }] },
  ];
  wrong.forEach((props, index) => expect(caught(() => new RouteDelegate(chart, `d-${index}`, props)).findings).toHaveLength(1));
});
