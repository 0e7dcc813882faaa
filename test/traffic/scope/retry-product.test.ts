import { DestinationRule } from '../../../imports/istio';
import { MeshService } from '../../../src';
import type { Finding } from '../../../src';
import { synthTo } from '../../../src/testing';
import { program } from '../../support/program';

/** The warnings of a program with services a to e, in which callers try what is called as often as `retries` says. */
function warnings(calls: Readonly<Record<string, string>>, retries: Readonly<Record<string, number>>, more: (services: Record<string, MeshService>, chart: ReturnType<typeof program>['chart']) => unknown = () => undefined): readonly Finding[] {
  const { chart, shop } = program();
  const services = Object.fromEntries([...'abcde'].map((name) => [name, shop.addService(name, { port: 8080 })]));
  const of = (name: string): MeshService => services[name] as MeshService;
  for (const [caller, called] of Object.entries(calls)) of(caller).calls(...[...called].map(of));
  for (const [name, attempts] of Object.entries(retries)) of(name).route(chart, `retries-${name}`, { retries: { attempts } });
  more(services, chart);
  return synthTo(chart).warnings;
}

const CHAIN = { a: 'b', b: 'c', c: 'd' };

test('tries that multiply along a chain are told, with the chain and the product', () => {
  expect(warnings(CHAIN, { b: 3, d: 2 })).toEqual([
    {
      code: 'retry-product',
      severity: 'warning',
      construct: 'shop/shop/services/a/mesh',
      property: 'calls',
      got: '4 tries of b × 3 tries of d: up to 12 requests to d for one of a',
      expected: '10 at most along a chain of calls',
      fix: 'try again at one place of the chain only, or give its last service a retryBudget in trafficPolicy',
    },
  ]);
});

test.each<[string, Record<string, string>, Record<string, number>]>([
  ['one place tries often', CHAIN, { d: 20 }],
  ['two places try twice more', CHAIN, { b: 2, d: 2 }],
  ['the chain is not one', { a: 'b', c: 'd' }, { b: 9, d: 9 }],
  ['services are called beside each other', { a: 'bc' }, { b: 9, c: 9 }],
  ['never again', CHAIN, { b: 9, c: 0, d: 0 }],
])('nothing is told where %s', (_name, calls, retries) => {
  expect(warnings(calls, retries)).toEqual([]);
});

test('of several ways the worst is told, and of one that is the end of another the longer', () => {
  const found = warnings({ a: 'bc', b: 'd', c: 'd', d: 'e' }, { b: 3, c: 4, d: 3, e: 4 });
  expect(found.map(({ got }) => got)).toEqual(['5 tries of c × 4 tries of d × 5 tries of e: up to 100 requests to e for one of a', ]);
});

test('services that call each other are no chain without an end', () => {
  const found = warnings({ a: 'b', b: 'a' }, { a: 3, b: 3 });
  expect(found.map(({ code }) => code)).toEqual([]);
  expect(warnings({ a: 'b', b: 'ac' }, { a: 3, b: 3, c: 3 }).map(({ got }) => got)).toEqual(['4 tries of b × 4 tries of c: up to 16 requests to c for one of a']);
});

test('a budget keeps tries to a share of the requests: they do not multiply', () => {
  expect(warnings(CHAIN, { b: 3, d: 3 }, ({ d }, chart) => d?.trafficPolicy(chart, { retryBudget: { percent: 20 } }))).toEqual([]);
  const written = { host: 'd', trafficPolicy: { retryBudget: { percent: 20, minRetryConcurrency: 3 } } };
  expect(warnings(CHAIN, { b: 3, d: 3 }, (_services, chart) => new DestinationRule(chart, 'budget', { metadata: { namespace: 'shop' }, spec: written }))).toEqual([]);
});

test('a chain longer than the call stack', () => {
  const { chart } = program();
  const services = Array.from({ length: 12_000 }, (_, index) => MeshService.fromName(chart, `s${index}`, { name: `s${index}`, ports: [{ port: 80, name: 'http' }] }));
  services.reduce((caller, called) => {
    caller.calls(called);
    return called;
  });
  for (const index of [6_000, 11_999]) services[index]?.route(chart, `retries-${index}`, { retries: { attempts: 3 } });
  expect(synthTo(chart).warnings.map(({ code, got }) => [code, got])).toEqual([['retry-product', '4 tries of s6000 × 4 tries of s11999: up to 16 requests to s11999 for one of s0']]);
}, 30_000);

test('whoever is let in is expected to call', () => {
  const found = warnings({ a: 'b' }, { b: 3, c: 3 }, ({ b, c }) => c?.allowFrom(b as MeshService));
  expect(found.map(({ code }) => code)).toEqual(['retry-product']);
});

test('the same is told whatever the order of construction', () => {
  const one = warnings({ a: 'bc', b: 'd', c: 'd' }, { b: 3, c: 3, d: 3 });
  const other = warnings({ c: 'd', b: 'd', a: 'cb' }, { d: 3, c: 3, b: 3 });
  expect(one).toEqual(other);
  expect(one).toHaveLength(1);
});
