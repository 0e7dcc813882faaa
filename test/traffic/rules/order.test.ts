import { App, Chart, Testing } from 'cdk8s';
import { VirtualService } from '../../../imports/istio';
import { CanaryRelease, Mesh, MeshService, RouteDelegate, StringMatch } from '../../../src';
import type { RouteProps } from '../../../src/traffic/rules/route-props';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';
import { Random } from '../../support/random';

const { prefix, regex, present } = StringMatch;
const timeout = '1s';

function ordered(rules: Readonly<Record<string, RouteProps>>): (string | undefined)[] {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080, versions: ['v1', 'v2'] });
  for (const [id, rule] of Object.entries(rules)) web.route(chart, id, rule);
  return (synthTo(chart).one(VirtualService).spec?.http ?? []).map(({ name }) => name);
}

/** What the first rule that fits is, whatever the order of construction. */
function inEitherOrder(rules: Readonly<Record<string, RouteProps>>): (string | undefined)[] {
  const forward = ordered(rules);
  expect(ordered(Object.fromEntries(Object.entries(rules).reverse()))).toEqual(forward);
  return forward;
}

test.each<[string, Record<string, RouteProps>, string[]]>([
  ['an exact path goes before a prefix, a longer prefix before a shorter', { a: { match: { uri: prefix('/a') }, timeout }, b: { match: { uri: prefix('/a/b') }, timeout }, c: { match: { uri: '/a/b/c' }, timeout } }, ['c', 'b', 'a']],
  ['an exact path goes before a pattern that it fits', { a: { match: { uri: regex('/a/.*') }, timeout }, b: { match: { uri: '/a/b' }, timeout } }, ['b', 'a']],
  ['what asks for more goes first', { a: { match: { uri: '/a' }, timeout }, b: { match: { uri: '/a', method: 'GET' }, timeout }, c: { match: { uri: '/a', method: 'GET', headers: { x: '1' } }, timeout } }, ['c', 'b', 'a']],
  ['a value goes before presence', { a: { match: { headers: { x: present() } }, timeout }, b: { match: { headers: { x: '1' } }, timeout } }, ['b', 'a']],
  ['a negation narrows', { a: { match: { uri: '/a' }, timeout }, b: { match: { uri: '/a', withoutHeaders: { x: present() } }, timeout } }, ['b', 'a']],
  ['these capitals go before any', { a: { match: { uri: '/a', ignoreUriCase: true }, timeout }, b: { match: { uri: '/A' }, timeout } }, ['b', 'a']],
  ['a prefix in any capitals covers paths in some', { a: { match: { uri: prefix('/Api/'), ignoreUriCase: true }, timeout }, b: { match: { uri: '/api/x', ignoreUriCase: true }, timeout } }, ['b', 'a']],
  ['a path of one capital is not that of another', { a: { match: { uri: '/A' }, timeout }, b: { match: { uri: '/a' }, timeout } }, ['a', 'b']],
  ['a method of gRPC goes before its service', { a: { match: { grpc: { service: 'shop.Orders' } }, timeout }, b: { match: { grpc: { service: 'shop.Orders', method: 'Get' } }, timeout } }, ['b', 'a']],
  ['a priority decides where neither is narrower', { a: { match: { uri: '/a' }, timeout }, b: { match: { headers: { x: '1' } }, timeout, priority: 1 } }, ['b', 'a']],
  ['narrower goes before wider whatever the priority', { a: { match: { uri: prefix('/a') }, timeout, priority: 9 }, b: { match: { uri: '/a/b' }, timeout } }, ['b', 'a']],
  ['what is narrower than a rule of priority goes before what that rule goes before', { wide: { match: { uri: prefix('/a') }, timeout, priority: 9 }, narrow: { match: { uri: '/a/b' }, timeout }, other: { match: { headers: { x: '1' } }, timeout, priority: 5 } }, ['narrow', 'wide', 'other']],
  ['what is kept apart needs no priority', { a: { match: { headers: { x: '2' } }, timeout }, b: { match: { headers: { x: '1' }, method: 'GET' }, timeout } }, ['b', 'a']],
  ['what one wants and the other refuses is kept apart', { a: { match: { uri: '/a', withoutHeaders: { x: '1' } }, timeout }, b: { match: { headers: { x: '1' } }, timeout } }, ['b', 'a']],
])('%s', (_name, rules, expected) => {
  const names = inEitherOrder(rules);
  expect(names.pop()).toBeUndefined();
  expect(names).toEqual(expected);
});

test.each<[string, Record<string, RouteProps>, string, RegExp]>([
  ['two rules for the same requests', { a: { match: { uri: '/a' }, timeout }, b: { match: { uri: '/a' }, timeout } }, 'rule-overlap', /the same requests fit shop\/a/],
  ['two rules that a request may fit both', { a: { match: { uri: '/a' }, timeout }, b: { match: { headers: { x: '1' } }, timeout } }, 'rule-overlap', /some of the same requests/],
  ['a path that another rule has in any capitals, at a higher priority', { a: { match: { uri: '/a', ignoreUriCase: true }, timeout, priority: 1 }, b: { match: { uri: '/A', ignoreUriCase: true }, timeout } }, 'never-matches', /shop\/a takes all of.*in any capitals/],
  ['a pattern beside a path in any capitals', { a: { match: { uri: '/a', ignoreUriCase: true }, timeout }, b: { match: { uri: regex('/[aA]') }, timeout } }, 'rule-overlap', /some of the same requests/],
  ['two patterns, which may overlap', { a: { match: { uri: regex('/a.*') }, timeout }, b: { match: { uri: regex('/.*b') }, timeout } }, 'rule-overlap', /some of the same/],
  ['a rule that one of higher priority takes all of', { a: { match: { uri: '/a' }, timeout, priority: 1 }, b: { match: { uri: '/a' }, timeout } }, 'never-matches', /shop\/a takes all of/],
  ['a match that another one of the rule covers', { a: { match: [{ uri: prefix('/a') }, { uri: prefix('/a') }], timeout } }, 'never-matches', /shop\/a takes all of/],
  ['two rules for all other requests', { a: { timeout }, b: { headers: { request: { remove: ['x'] } } } }, 'second-owner', /which shop\/a has, too/],
])('%s: refused', (_name, rules, code, got) => {
  for (const given of [rules, Object.fromEntries(Object.entries(rules).reverse())]) {
    const [finding, ...more] = caught(() => ordered(given)).findings;
    expect(finding).toMatchObject({ code, got: expect.stringMatching(got) as string });
    expect(more).toEqual([]);
  }
});

test('all other requests are shared by a canary, or by a rule, not by both', () => {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080, versions: ['v1', 'v2'] });
  web.route(chart, 'all', { to: { version: 'v2' } });
  new CanaryRelease(chart, 'canary', { service: web, stable: 'v1', canary: 'v2', weight: 10 });
  expect(caught(() => synthTo(chart)).findings[0]).toMatchObject({ code: 'second-owner', construct: 'shop/all', got: expect.stringContaining('shop/canary') as string });
});

/** Steps of one program, in the order that `order` says: references, rules of three charts, a canary. */
function shuffled(order: readonly number[]): string {
  const app = new App({ outdir: 'unused' });
  const charts = ['a', 'b', 'c'].map((id) => new Chart(app, id, { namespace: 'shop' }));
  new Mesh(new Chart(app, 'platform'), 'mesh', { controlPlane: false });
  const chart = (index: number): Chart => charts[index % charts.length] as Chart;
  // each chart has a reference of its own, which all stand for one service
  const references = charts.map((each) => () => MeshService.fromName(each, 'web', { name: 'web', ports: [{ port: 80, name: 'http' }, { port: 5432, name: 'tcp' }, { port: 8443, name: 'tls' }], versions: ['v1', 'v2'] }));
  const made: MeshService[] = [];
  const answer = { directResponse: { status: 204 } };
  const delegates = [0, 1].map((index) => () => new RouteDelegate(chart(index), `delegate-${index}`, { routes: [answer, { match: { method: 'GET' }, ...answer }] }));
  const rules: RouteProps[] = [
    { match: { uri: prefix('/a') }, timeout: '1s' },
    { match: { uri: prefix('/a/b') }, to: { version: 'v2' } },
    { match: [{ uri: '/a/b' }, { headers: { x: '1' }, uri: '/c' }], timeout: '2s' },
    { match: { headers: { x: '1' } }, to: { version: 'v1' }, priority: 3 },
    { match: { headers: { x: '2' } }, to: { version: 'v1' }, priority: 4 },
    { retries: { attempts: 1 } },
  ];
  const steps = [
    ...rules.map((rule, index) => () => void webOf(index).route(chart(index), `rule-${index}`, rule)),
    () => void new CanaryRelease(chart(1), 'canary', { service: webOf(1), stable: 'v1', canary: 'v2', weight: 10 }),
    () => webOf(2).trafficPolicy(chart(2), { outlierDetection: 'gateway-errors', ports: { 80: { loadBalancer: { simple: 'RANDOM' } } }, versions: { v2: { loadBalancer: { simple: 'ROUND_ROBIN' } } } }),
    () => void webOf(0).tcpRoute(chart(0), 'tcp-a', { match: { sourceNamespace: 'a' }, to: { version: 'v1' } }),
    () => void webOf(1).tcpRoute(chart(1), 'tcp-b', { match: { sourceNamespace: 'b' }, to: { version: 'v2' } }),
    () => void webOf(1).tlsRoute(chart(1), 'tls-a', { match: { sourceNamespace: 'a' }, to: { version: 'v1' } }),
    () => void webOf(2).tlsRoute(chart(2), 'tls-b', { match: { sourceNamespace: 'b' }, to: { version: 'v2' } }),
    () => void webOf(0).route(chart(0), 'left', { match: { uri: '/left' }, delegate: delegates[0]?.() as RouteDelegate, priority: 5 }),
    () => void webOf(2).route(chart(2), 'right', { match: { uri: '/right' }, delegate: delegates[1]?.() as RouteDelegate, priority: 5 }),
  ];
  function webOf(index: number): MeshService {
    return (made[index % charts.length] ??= (references[index % charts.length] as () => MeshService)());
  }
  for (const step of order) steps[step]?.();
  // every program has all references in the end
  charts.forEach((_each, index) => webOf(index));
  return charts.map((each) => JSON.stringify(Testing.synth(each).sort((a: { kind: string }, b: { kind: string }) => (a.kind < b.kind ? -1 : 1)))).join('\n');
}

test('under every order of construction the same bytes come out', () => {
  const random = new Random(7);
  const numbers = Array.from({ length: 14 }, (_, index) => index);
  const expected = shuffled(numbers);
  expect(expected).toContain('"rule-4"');
  for (const part of ['"consecutiveGatewayErrors":5', '"tcp":[', '"tls":[', '"delegate":{', '"portLevelSettings":[']) expect(expected).toContain(part);
  for (let run = 0; run < 100; run += 1) {
    const left = [...numbers];
    const order = numbers.map(() => left.splice(random.below(left.length), 1)[0] as number);
    expect(shuffled(order)).toBe(expected);
  }
});
