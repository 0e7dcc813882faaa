import { clientsFirst } from '../../../src/security/migration/client-order';

const calls = (pairs: Readonly<Record<string, readonly string[]>>): Map<string, Set<string>> => new Map(Object.entries(pairs).map(([caller, called]) => [caller, new Set(called)]));

test('clients come before those whom they call', () => {
  expect(clientsFirst(['a', 'b', 'c'], calls({ c: ['b'], b: ['a'] }))).toEqual([['c'], ['b'], ['a']]);
});

test('those that nothing is known of come by name', () => {
  expect(clientsFirst(['c', 'a', 'b'], calls({ c: ['a'] }))).toEqual([['b'], ['c'], ['a']]);
});

test('a circle goes together, and what calls it or is called by it does not', () => {
  expect(clientsFirst(['a', 'b', 'c', 'd', 'e'], calls({ a: ['b'], b: ['c'], c: ['d', 'b'], d: ['c', 'e'] }))).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
});

test('whoever calls itself, or what is not asked for, is no circle', () => {
  expect(clientsFirst(['a', 'b'], calls({ a: ['a', 'gone'], gone: ['a'], b: [] }))).toEqual([['a'], ['b']]);
});

test('the order of what is given does not matter', () => {
  const names = ['web', 'orders', 'stock', 'mail', 'billing'];
  const called = { web: ['orders', 'mail'], orders: ['stock', 'billing'], billing: ['mail'] };
  const expected = clientsFirst(names, calls(called));
  expect(expected).toEqual([['web'], ['orders'], ['billing'], ['mail'], ['stock']]);
  expect(clientsFirst([...names].reverse(), calls(Object.fromEntries(Object.entries(called).reverse())))).toEqual(expected);
});

test('a chain and a circle of thousands are put in order at once, and not walked again for each', () => {
  const names = Array.from({ length: 3000 }, (_, index) => `n${String(index).padStart(4, '0')}`);
  const chain = calls(Object.fromEntries(names.slice(1).map((name, index) => [name, [names[index] ?? '']])));
  const before = performance.now();
  expect(clientsFirst(names, chain).flat()).toEqual([...names].reverse());
  expect(clientsFirst(names, new Map([...chain, [names[0] ?? '', new Set([names.at(-1) ?? ''])]]))).toEqual([names]);
  expect(performance.now() - before).toBeLessThan(5_000);
});
