import { HTTPRoute } from '../../../imports/gateway-api';
import { StringMatch } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { rulesOf, setUp } from './service';

const { prefix } = StringMatch;

/** Path and number of headers of each rule's match, in the order of the route. */
function orderOf(rules: ReturnType<typeof rulesOf>): string[] {
  return rules.flatMap(({ matches = [] }) => matches.map(({ path, headers = [] }) => `${path?.type ?? ''} ${path?.value ?? ''} ${headers.length}`));
}

test('where there are patterns, all other requests are one as well, and come last', () => {
  const order = orderOf(rulesOf({ rule: { match: { uri: prefix('/a/') }, to: { version: 'v2' } } }));
  expect(order).toEqual(['RegularExpression /a/.* 0', 'RegularExpression .* 0']);
});

test('what goes before a pattern is tried before patterns', () => {
  const order = orderOf(
    rulesOf({
      pattern: { match: { uri: prefix('/a/') }, to: { version: 'v1' } },
      header: { match: { headers: { 'x-a': '1' } }, to: { version: 'v2' }, priority: 1 },
    }),
  );
  expect(order).toEqual(['PathPrefix / 1', 'RegularExpression /a/.* 0', 'RegularExpression .* 0']);
});

test('what goes behind a pattern is tried behind it', () => {
  const order = orderOf(
    rulesOf({
      pattern: { match: { uri: prefix('/a/') }, to: { version: 'v1' }, priority: 1 },
      header: { match: { headers: { 'x-a': '1' } }, to: { version: 'v2' } },
    }),
  );
  expect(order).toEqual(['RegularExpression /a/.* 0', 'RegularExpression .* 1', 'RegularExpression .* 0']);
});

test('an order that HTTPRoutes do not have is refused, and names both rules', () => {
  const { findings } = caught(() =>
    rulesOf({
      exact: { match: { uri: '/a' }, to: { version: 'v1' } },
      header: { match: { headers: { 'x-a': '1' } }, to: { version: 'v2' }, priority: 1 },
    }),
  );
  expect(findings).toMatchObject([
    {
      code: 'gateway-api-order',
      construct: 'prod/shop/header',
      property: 'match',
      got: 'PathPrefix "/", header x-a, which HTTPRoutes try after Exact "/a" of prod/shop/exact',
      fix: expect.any(String) as string,
    },
  ]);
});

test('rules that no request can fit both have any order', () => {
  const order = orderOf(
    rulesOf({
      exact: { match: { uri: '/a', headers: { 'x-a': '2' } }, to: { version: 'v1' } },
      header: { match: { headers: { 'x-a': '1' } }, to: { version: 'v2' }, priority: 1 },
    }),
  );
  expect(order).toEqual(['PathPrefix / 1', 'Exact /a 1', 'PathPrefix / 0']);
});

test('more rules than one route takes become several, where paths put them in order', () => {
  const { chart, web } = setUp();
  for (let nth = 10; nth < 30; nth += 1) web.route(chart, `rule-${nth}`, { match: { uri: `/${nth}` }, to: { version: 'v2' }, timeout: `${nth}s` });
  const routes = synthTo(chart).many(HTTPRoute);
  expect(routes.map(({ metadata, spec }) => [metadata.name, spec.rules?.length])).toEqual([['web-8080', 16], ['web-8080-2', 5]]);
});

test('more rules than one route takes are refused, where only their place in it puts them in order', () => {
  const { chart, web } = setUp();
  for (let nth = 10; nth < 30; nth += 1) {
    web.route(chart, `rule-${nth}`, { match: { headers: { [`x-${nth}`]: '1' } }, to: { version: 'v2' }, timeout: `${nth}s`, priority: nth });
  }
  const { findings } = caught(() => synthTo(chart));
  expect(findings[0]).toMatchObject({ code: 'gateway-api-order', property: 'match', fix: expect.any(String) as string });
  expect(findings[0]?.got).toContain('beyond the 16 of one route');
});

test('nothing hangs on the order of construction', () => {
  const made = (ids: readonly string[]): unknown => {
    const { chart, web } = setUp();
    for (const id of ids) web.route(chart, id, { match: { uri: `/${id}` }, to: { version: id === 'a' ? 'v1' : 'v2' } });
    return synthTo(chart).all;
  };
  const sorted = (all: unknown): string[] => (all as object[]).map((one) => JSON.stringify(one)).sort();
  expect(sorted(made(['c', 'a', 'b']))).toEqual(sorted(made(['a', 'b', 'c'])));
});
