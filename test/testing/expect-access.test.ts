import { accessOf } from '../../src';
import { expectAccess } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

function shop() {
  const made = program();
  const [web, orders] = [made.shop.addService('web', { port: 8080 }), made.shop.addService('orders', { port: 8080 })];
  orders.allowFrom(web, { methods: ['GET'] });
  return { ...made, web, orders };
}

test('what holds says nothing', () => {
  const { chart, shop: namespace, web, orders } = shop();
  const db = namespace.addService('db', { port: 5432 });
  const access = expectAccess(chart);
  access.from(web).to(orders).get('/orders').toBeAllowed();
  access.from(web).to(orders).post('/orders').toBeDenied();
  access.from(web).to(orders, 8080).request({ method: 'PATCH' }).toBeDenied({ status: 403 });
  access.from('outside').to(orders).get().toBeDenied({ status: 'cut' });
  access.from(web).to(db).connect().toBeDenied({ status: 'cut' });
  for (const method of ['put', 'patch', 'delete', 'options', 'head'] as const) access.from(web).to(orders)[method]('/').toBeDenied();
});

test('what does not hold names the rule, its construct and the line of the program', () => {
  const { chart, web, orders } = shop();
  const error = caught(() => expectAccess(chart).from(web).to(orders).get('/admin').toBeDenied());
  expect(error.findings).toEqual([
    {
      code: 'access',
      construct: 'shop/shop/services/orders/mesh',
      property: '',
      got: expect.stringMatching(/^GET \/admin .* is allowed: it is granted; AuthorizationPolicy shop\/orders, rule 0: ALLOW cluster\.local\/ns\/shop\/sa\/web, methods GET \(test\/testing\/expect-access\.test\.ts:9, shop\/shop\/services\/orders\/mesh\)$/) as string,
      expected: 'a request that is refused',
      fix: 'see what grants it, or what would have to deny it',
    },
  ]);
});

test('a refusal of another kind is none of the expected', () => {
  const { chart, orders } = shop();
  const asked = expectAccess(chart).from('outside').to(orders).get();
  expect(caught(() => asked.toBeDenied({ status: 403 })).findings[0]).toMatchObject({ expected: 'a request that is refused (403)' });
  expect(caught(() => asked.toBeAllowed()).findings[0]?.got).toContain('these pods take mutual TLS only');
});

test('the line of the test is the first of the stack, so that frameworks show it', () => {
  const { chart, web, orders } = shop();
  const asked = expectAccess(chart).from(web).to(orders).get();
  const first = (check: () => void): string | undefined => caught(check).stack?.split('\n').find((line) => line.startsWith('    at '));
  expect([first(() => asked.toBeDenied()), first(() => asked.toBeDenied({ status: 401 })), first(() => expectAccess(chart).from(web).to(orders).put().toBeAllowed())]).toEqual(Array.from({ length: 3 }, () => expect.stringContaining('expect-access.test.ts') as string));
});

test('it decides as accessOf does, and gives the decision', () => {
  const { chart, web, orders } = shop();
  const expected = expectAccess(chart).from(web).to(orders);
  const calls = accessOf(chart).from(web).to(orders);
  for (const method of ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'] as const) {
    expect(String(expected[method]('/x').decision)).toBe(String(calls[method]('/x')));
  }
  expect(String(calls.head('/x'))).toMatch(/^HEAD \/x /);
});

test.each<[object | string, object]>([
  [{ stauts: 403 }, { code: 'unknown-prop', fix: 'did you mean "status"?' }],
  [{ status: 404 }, { code: 'bad-choice', expected: "401, 403 or 'cut'" }],
  ['403', { property: 'toBeDenied' }],
])('toBeDenied(%j) is refused', (refusal, finding) => {
  const { chart, web, orders } = shop();
  expect(caught(() => expectAccess(chart).from(web).to(orders).post().toBeDenied(refusal as never)).findings[0]).toMatchObject(finding);
});
