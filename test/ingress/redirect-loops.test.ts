import { Tls } from '../../src';
import type { IngressPath } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { found, setUp } from './setup';

/** Hosts of one gateway and their routes. */
function hosts(given: Readonly<Record<string, readonly IngressPath[]>>, tls = Tls.secret('cert')) {
  const { chart, add } = setUp();
  for (const [host, routes] of Object.entries(given)) add(host.split('.')[0] ?? '', routes, { host, tls });
  return chart;
}

test.each<[string, Readonly<Record<string, readonly IngressPath[]>>]>([
  ['a path to itself', { 'a.example.com': [{ path: '/a', redirect: { uri: '/a/b' } }] }],
  ['every path to one', { 'a.example.com': [{ path: '/', redirect: { uri: '/new' } }] }],
  ['two paths to each other', { 'a.example.com': [{ exact: '/a', redirect: { uri: '/b' } }, { path: '/b', redirect: { uri: '/a' } }] }],
  ['two hosts to each other', { 'a.example.com': [{ path: '/', redirect: { authority: 'b.example.com' } }], 'b.example.com': [{ path: '/', redirect: { authority: 'a.example.com' } }] }],
  ['a host to itself', { 'a.example.com': [{ path: '/', redirect: { authority: 'A.example.com' } }] }],
  ['HTTPS to plain text, which is sent back', { 'a.example.com': [{ path: '/', redirect: { scheme: 'http' } }] }],
  ['over a wildcard host', { 'a.example.com': [{ path: '/', redirect: { authority: 'x.example.org' } }], '*.example.org': [{ path: '/', redirect: { authority: 'a.example.com' } }] }],
])('%s is a circle', (_name, given) => {
  expect(found(hosts(given))).toMatchObject({ code: 'redirect-loop', construct: 'shop/a' });
});

test.each<[string, Readonly<Record<string, readonly IngressPath[]>>]>([
  ['a path to another', { 'a.example.com': [{ path: '/a', redirect: { uri: '/b' } }] }],
  ['a host to another', { 'a.example.com': [{ path: '/', redirect: { authority: 'b.example.com' } }], 'b.example.com': [{ exact: '/', redirect: { uri: '/home' } }] }],
  ['a host that nobody serves here', { 'a.example.com': [{ path: '/', redirect: { authority: 'b.example.org' } }] }],
  ['back only for who has a header', { 'a.example.com': [{ exact: '/a', redirect: { uri: '/b' } }, { exact: '/b', match: { headers: { 'x-old': 'yes' } }, redirect: { uri: '/a' } }] }],
])('%s is none', (_name, given) => {
  expect(() => synthTo(hosts(given))).not.toThrow();
});

test('plain text to HTTPS is none: another gateway may serve that', () => {
  expect(() => synthTo(hosts({ 'a.example.com': [{ path: '/', redirect: { scheme: 'https' } }] }, Tls.plainText()))).not.toThrow();
});

test('a circle is found once, at the first of its rules', () => {
  const chart = hosts({ 'b.example.com': [{ path: '/', redirect: { authority: 'a.example.com' } }], 'a.example.com': [{ path: '/', redirect: { authority: 'b.example.com' } }] });
  expect(caught(() => synthTo(chart)).findings.map(({ construct, code }) => [construct, code])).toEqual([['shop/a', 'redirect-loop']]);
});

test('the way is shown', () => {
  const chart = hosts({ 'a.example.com': [{ path: '/', redirect: { scheme: 'http' } }] });
  expect(found(chart)?.got).toBe('https://a.example.com/ => http://a.example.com/ => https://a.example.com/');
});
