import { nameOfHost } from '../../src/ingress/host-name';

test.each([
  ['shop.example.com', 'shop-example-com'],
  ['my-shop.example.com', 'my--shop-example-com'],
  ['Shop.Example.com', 'shop-example-com'],
])('%s is named %s', (host, name) => {
  expect(nameOfHost(host)).toBe(name);
});

test('hosts that are alike have names that differ, and every name is a DNS label', () => {
  const long = (end: string): string => `${'a'.repeat(60)}.example.${end}`;
  const hosts = ['a-b.c', 'a.b-c', 'a--b.c', 'a.b.c', '*.b.c', 'any.b.c', '*', 'any', '*-b.c', long('com'), long('org')];
  const names = hosts.map(nameOfHost);
  expect(new Set(names).size).toBe(hosts.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
});
