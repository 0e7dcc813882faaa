import { labelOf } from '../../src/ingress/object-names';

test.each([
  [['shop.example.com'], 'shop-example-com'],
  [['my-shop.example.com'], 'my--shop-example-com'],
  [['public', 'Shop.Example.com'], 'public-shop-example-com'],
])('%p is named %s', (texts, name) => {
  expect(labelOf(...texts)).toBe(name);
});

test('hosts that are alike have names that differ, and every name is a DNS label', () => {
  const long = (end: string): string => `${'a'.repeat(60)}.example.${end}`;
  const hosts = ['a-b.c', 'a.b-c', 'a--b.c', 'a.b.c', '*.b.c', 'any.b.c', '*', 'any', '*-b.c', long('com'), long('org')];
  const names = hosts.map((host) => labelOf('public', host));
  expect(new Set(names).size).toBe(hosts.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
});
