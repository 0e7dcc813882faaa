import { admits, fewestEntries, isExported } from '../../../src/traffic/scope/sidecar-hosts';

const REVIEWS = { namespace: 'shop', host: 'reviews.shop.svc.cluster.local' };

test.each([
  ['*/*', true],
  ['shop/*', true],
  ['./*', true],
  ['*/reviews.shop.svc.cluster.local', true],
  ['shop/*.svc.cluster.local', true],
  ['./reviews.shop.svc.cluster.local', true],
  ['back/*', false],
  ['shop/ratings.shop.svc.cluster.local', false],
  ['shop/*.example.com', false],
  ['~/*', false],
  ['shop', false],
])('%s shows pods of the same namespace a service: %p', (entry, isSeen) => {
  expect(admits([entry], 'shop', REVIEWS)).toBe(isSeen);
});

test('a namespace of its own is that of the pods, not of the service', () => {
  expect(admits(['./*'], 'back', REVIEWS)).toBe(false);
});

test('a wildcard is seen where all of it is', () => {
  const wild = { namespace: 'shop', host: '*.example.com' };
  expect(admits(['shop/*.example.com'], 'shop', wild)).toBe(true);
  expect(admits(['shop/*.com'], 'shop', wild)).toBe(true);
  expect(admits(['shop/*.api.example.com'], 'shop', wild)).toBe(false);
  expect(admits(['shop/api.example.com'], 'shop', wild)).toBe(false);
});

test('what is not known to be elsewhere is seen', () => {
  expect(admits(['back/*'], 'back', { namespace: '*', host: 'somewhere.example.com' })).toBe(true);
});

test.each([
  [['./*', 'shop/a', 'back/a'], ['./*', 'back/a']],
  [['back/a.x', 'back/*', 'back/*.x'], ['back/*']],
  [['./*.svc.cluster.local', 'shop/a.shop.svc.cluster.local', 'shop/out.example.com'], ['./*.svc.cluster.local', 'shop/out.example.com']],
  [['b/2', 'a/1', 'b/2'], ['a/1', 'b/2']],
  [['./a', 'shop/a', './b'], ['shop/a', 'shop/b']],
  [['*/a', '*/*'], ['*/*', '*/a']],
])('of %j pods of shop need %j', (entries, fewest) => {
  expect(fewestEntries(entries, 'shop')).toEqual(fewest);
});

test.each([
  [[], true],
  [['*'], true],
  [['shop'], true],
  [['.'], false],
  [['back', 'edge'], false],
  [['~'], false],
])('what namespace back exports to %j is seen in shop: %p', (exportTo, isSeen) => {
  expect(isExported(exportTo, 'back', 'shop')).toBe(isSeen);
  expect(isExported(['.'], 'shop', 'shop')).toBe(true);
});
