import { VirtualService } from '../../../imports/istio';
import { StringMatch } from '../../../src';
import type { RouteProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

const { prefix } = StringMatch;

function made(rules: Readonly<Record<string, RouteProps>>) {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  for (const [id, rule] of Object.entries(rules)) web.route(chart, id, rule);
  return synthTo(chart).one(VirtualService);
}

test.each<[string, Record<string, RouteProps>, string]>([
  ['there and back', { a: { match: { uri: '/a' }, redirect: { uri: '/b' } }, b: { match: { uri: '/b' }, redirect: { uri: '/a' } } }, '"/b", from where callers are sent by shop/b on to "/a"'],
  [
    'over three',
    { a: { match: { uri: prefix('/a/') }, redirect: { uri: '/b/' } }, b: { match: { uri: prefix('/b/') }, redirect: { uri: '/c' } }, c: { match: { uri: '/c' }, redirect: { uri: '/a/x' } } },
    '"/b/", from where callers are sent by shop/b on to "/c", from where callers are sent by shop/c on to "/a/x"',
  ],
  ['to itself', { a: { match: { uri: prefix('/a') }, redirect: { uri: '/a/b' } } }, '"/a/b"'],
  ['all others to one of them', { a: { redirect: { uri: '/b' } } }, '"/b"'],
  ['back by the rule for all others', { a: { match: { uri: '/a' }, redirect: { uri: '/b' } }, rest: { redirect: { uri: '/a' } } }, '"/b", from where callers are sent by shop/rest on to "/a"'],
  ['by the name of the host itself', { a: { match: { uri: '/a' }, redirect: { uri: '/b', authority: 'web.shop.svc.cluster.local' } }, b: { match: { uri: '/b' }, redirect: { uri: '/a' } } }, '"/b", from where callers are sent by shop/b on to "/a"'],
])('%s: refused once, with the whole way', (_name, rules, got) => {
  for (const given of [rules, Object.fromEntries(Object.entries(rules).reverse())]) {
    expect(caught(() => made(given)).findings).toMatchObject([{ code: 'redirect-loop', construct: 'shop/a', property: 'redirect.uri', got }]);
  }
});

test.each<[string, Record<string, RouteProps>]>([
  ['all others to a path with a rule', { rest: { redirect: { uri: '/login' } }, login: { match: { uri: '/login' }, timeout: '1s' } }],
  ['a way that ends', { a: { match: { uri: '/a' }, redirect: { uri: '/b' } }, b: { match: { uri: '/b' }, redirect: { uri: '/c' } } }],
  ['another host', { a: { match: { uri: '/a' }, redirect: { uri: '/b', authority: 'other.example.com' } }, b: { match: { uri: '/b' }, redirect: { uri: '/a' } } }],
  ['a narrower rule that answers', { a: { match: { uri: '/a' }, redirect: { uri: '/b/x' } }, b: { match: { uri: prefix('/b/') }, redirect: { uri: '/a' } }, x: { match: { uri: '/b/x' }, timeout: '1s' } }],
  ['other senders', { a: { match: { uri: '/a', headers: { x: '1' } }, redirect: { uri: '/b' } }, b: { match: { uri: '/b', headers: { x: '2' } }, redirect: { uri: '/a' } } }],
])('%s is no circle', (_name, rules) => {
  expect(() => made(rules)).not.toThrow();
});
