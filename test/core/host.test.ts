import { Host } from '../../src/core/host';
import { refused, WRONG_TYPES } from './refused';

const EXPECTED = 'a DNS name, perhaps with a wildcard in front: "shop.example.com", "*.example.com", "*"';
const host = (text: string) => Host.parse(text);

describe('services', () => {
  test('name, namespace and cluster domain make the host', () => {
    expect(Host.service('reviews', 'shop').value).toBe('reviews.shop.svc.cluster.local');
    expect(Host.service('reviews', 'shop', { clusterDomain: 'mesh.example' }).value).toBe('reviews.shop.svc.mesh.example');
  });

  test('and are read from it', () => {
    expect(host('reviews.shop.svc.cluster.local').toService()).toEqual({ name: 'reviews', namespace: 'shop' });
    expect(host('reviews.shop.svc.mesh.example').toService('mesh.example')).toEqual({ name: 'reviews', namespace: 'shop' });
    const others = ['reviews', 'reviews.shop', 'shop.svc.cluster.local', 'a.b.c.svc.cluster.local', '*.shop.svc.cluster.local', 'svc.cluster.local'];
    expect(others.map((text) => host(text).toService())).toEqual(others.map(() => undefined));
    expect(host('reviews.shop.svc.cluster.local').toService('mesh.example')).toBeUndefined();
  });

  test.each(['', 'a.b', 'A', '-a', '*', 'a'.repeat(64), undefined, 7])('%p is no name of a service or namespace', (name) => {
    expect(refused(() => Host.service(name as string, 'shop', { construct: 'shop/web' }))).toMatchObject({
      code: 'bad-host',
      construct: 'shop/web',
      property: 'service',
      expected: 'the name of a service: 1 to 63 of a-z, 0-9 and dashes within',
    });
    expect(refused(() => Host.service('reviews', name as string))).toMatchObject({ property: 'namespace' });
  });

  test('a short name is completed as istiod does it: only where it has no dot', () => {
    const context = { namespace: 'shop' };
    expect(Host.of('reviews', context).value).toBe('reviews.shop.svc.cluster.local');
    expect(Host.of('reviews', { ...context, clusterDomain: 'c.d' }).value).toBe('reviews.shop.svc.c.d');
    expect(Host.of('reviews.other', context).value).toBe('reviews.other');
    expect(Host.of('*', context).value).toBe('*');
    expect([Host.of('reviews').value, Host.of('reviews').isShort, Host.of('a.b').isShort, Host.any.isShort]).toEqual(['reviews', true, false, false]);
  });
});

describe('parse', () => {
  const label = 'a'.repeat(63);

  test.each(['a', 'a.b', 'shop.example.com', '*', '*.com', '*.example.com', '*-shop.example.com', '*shop.example.com', '1', '1.2.a', 'a--b.c', label, `${label}.com`])(
    '%s is a host',
    (text) => expect(host(text).value).toBe(text),
  );

  test('capitals become small letters', () => {
    expect(host('Shop.Example.COM').equals(host('shop.example.com'))).toBe(true);
  });

  test('253 characters', () => {
    const longest = `${`${'a'.repeat(62)}.`.repeat(4)}b`;
    expect(host(longest).value).toHaveLength(253);
    expect(refused(() => host(`${longest}c`)).fix).toBe('it has 254 characters, and 253 are the most');
  });

  test.each<[string, string]>([
    ['', 'a host cannot be empty; every host is "*"'],
    ['https://shop.example.com', 'leave out the scheme'],
    ['shop.example.com/cart', 'leave out the path, or the namespace before it'],
    ['shop/reviews', 'leave out the path, or the namespace before it'],
    ['shop.example.com:443', 'leave out the port; it has a field of its own'],
    ['shop.example.com.', 'leave out the last dot: no request has it'],
    ['10.0.0.1', 'an address is no host: it goes to "addresses" or "endpoints" of a ServiceEntry'],
    ['shop.*.com', 'a wildcard can only stand at the very beginning: "*.example.com"'],
    ['shop*.com', 'a wildcard can only stand at the very beginning: "*.example.com"'],
    ['**.com', 'a wildcard can only stand at the very beginning: "*.example.com"'],
    ['*-.com', 'a wildcard can only stand at the very beginning: "*.example.com"'],
    ['a..b', '"" is none of a-z, 0-9 and dashes within'],
    ['.a', '"" is none of a-z, 0-9 and dashes within'],
    ['-a.com', '"-a" is none of a-z, 0-9 and dashes within'],
    ['a-.com', '"a-" is none of a-z, 0-9 and dashes within'],
    ['my_shop.com', '"my_shop" is none of a-z, 0-9 and dashes within'],
    ['shöp.com', '"shöp" is none of a-z, 0-9 and dashes within'],
    ['a b', '"a b" is none of a-z, 0-9 and dashes within'],
    [`${label}a.com`, `"${label}a" has 64 characters, and 63 are the most between dots`],
    [`*${label}.com`, 'a wildcard can only stand at the very beginning: "*.example.com"'],
  ])('%j is none', (text, fix) => {
    const got = JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
    expect(refused(() => Host.parse(text, { property: 'hosts[0]' }))).toEqual({ code: 'bad-host', property: 'hosts[0]', got, expected: EXPECTED, fix });
  });

  test.each([...WRONG_TYPES, ['10.5', 10.5]] as const)('%s is none', (got, value) => {
    expect(refused(() => Host.of(value as string))).toMatchObject({ code: 'bad-host', property: 'host', got, expected: EXPECTED });
  });
});

// matches: the first stands for all that the second does; overlaps: for some
test.each<[string, string, boolean, boolean]>([
  ['a.com', 'a.com', true, true],
  ['a.com', 'b.com', false, false],
  ['*', 'a.com', true, true],
  ['*', '*', true, true],
  ['*', '*.com', true, true],
  ['*.com', '*', false, true],
  ['*.com', 'a.com', true, true],
  ['*.com', 'com', false, false],
  ['*.com', 'a.b.com', true, true],
  ['*.com', '*.a.com', true, true],
  ['*.a.com', '*.com', false, true],
  ['*.a.com', '*.b.com', false, false],
  ['*.a.com', 'a.com', false, false],
  ['a.com', '*.com', false, true],
  ['*-shop.com', 'my-shop.com', true, true],
  ['*-shop.com', '*.com', false, true],
])('%s and %s', (a, b, matches, overlaps) => {
  expect(host(a).matches(b)).toBe(matches);
  expect(host(a).overlaps(host(b))).toBe(overlaps);
  expect(host(b).overlaps(a)).toBe(overlaps);
});

test('Istio tries full names first, then wildcards, long ones before short ones', () => {
  const sorted = ['*', '*.com', 'b.com', '*.a.com', 'a.com', 'long.a.com'].map(host).sort(Host.compare);
  expect(sorted.map(String)).toEqual(['long.a.com', 'a.com', 'b.com', '*.a.com', '*.com', '*']);
  expect(host('a.com').isMoreSpecificThan('*.long.a.com')).toBe(true);
  expect(host('*.long.a.com').isMoreSpecificThan('a.com')).toBe(false);
  expect(host('*.a.com').isMoreSpecificThan(Host.any)).toBe(true);
  expect(host('a.com').isMoreSpecificThan('b.com')).toBe(false);
});

test('a host does not change, and is the same for any copy of the library', () => {
  expect(() => Object.assign(Host.any, { value: 'x' })).toThrow(TypeError);
  expect(Host.of(Host.any)).toBe(Host.any);
  expect(Host.isHost({ value: '*' })).toBe(false);
});
