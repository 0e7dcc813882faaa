import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { AuthorizationPolicy, DestinationRule } from '../../imports/istio';
import { CanaryRelease, MeshApp, MeshNamespace, MeshService } from '../../src';
import type { NamedServiceProps } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

function references() {
  const base = program();
  const refer = (id: string, props: Partial<NamedServiceProps> = {}): MeshService =>
    MeshService.fromName(new Chart(base.app, id), 'billing', { name: 'billing', namespace: 'billing', ports: [443], ...props });
  return { ...base, refer };
}

test('two references to one service are one: each knows what the other says', () => {
  const { refer } = references();
  const one = refer('a', { ports: [{ port: 443, name: 'https' }], versions: ['v1'] });
  const other = refer('b', { ports: [443, 80], serviceAccount: 'robot' });
  for (const { versions, ports, principals } of [one, other]) {
    expect({ versions, ports, principals }).toEqual({
      versions: ['v1'],
      ports: [{ port: 80, protocol: 'TCP' }, { port: 443, protocol: 'TCP', name: 'https' }],
      principals: ['cluster.local/ns/billing/sa/robot'],
    });
  }
});

test('grants to both become one policy, and their versions one DestinationRule', () => {
  const { app, shop, refer } = references();
  const web = shop.addService('web', { port: 80 });
  refer('a', { versions: ['v1'] }).allowFrom(web, { methods: ['GET'] });
  refer('b', { versions: ['v1'] }).allowFrom(web, { methods: ['POST'] });
  const [a, b] = ['a', 'b'].map((id) => synthTo(app.node.findChild(id) as Chart));
  expect(a?.one(AuthorizationPolicy).spec?.rules?.map(({ to }) => to?.map(({ operation }) => operation?.methods))).toEqual([[['GET'], ['POST']]]);
  expect(a?.many(DestinationRule)).toHaveLength(1);
  expect([...(b?.many(AuthorizationPolicy) ?? []), ...(b?.many(DestinationRule) ?? [])]).toEqual([]);
});

test('a split by one reference holds for the other', () => {
  const { chart, refer } = references();
  refer('a', { ports: [80], versions: ['v1', 'v2'] }).split(chart, { v1: 90, v2: 10 });
  const other = refer('b', { ports: [80] });
  expect(other.destinations(80).map(({ weight }) => weight)).toEqual([90, 10]);
  expect(caught(() => other.split(other, { v1: 100 })).findings[0]).toMatchObject({ code: 'second-owner' });
});

test.each<[string, Partial<NamedServiceProps>, Partial<NamedServiceProps>]>([
  ['versions', { versions: ['v1'] }, { versions: ['v2'] }],
  ['serviceAccount', { serviceAccount: 'a' }, { serviceAccount: 'b' }],
  ['selector', { selector: { app: 'a' } }, { selector: { app: 'b' } }],
  ['ports', { ports: [{ port: 443, name: 'https' }] }, { ports: [{ port: 443, name: 'tcp' }] }],
])('two references that differ in %s are refused', (property, one, other) => {
  const { refer } = references();
  refer('a', one);
  expect(caught(() => refer('b', other)).findings[0]).toMatchObject({ code: 'reference-differs', property, construct: 'b/billing' });
});

test('labels in another order are the same', () => {
  const { refer } = references();
  refer('a', { selector: { app: 'a', tier: 'x' } });
  expect(refer('b', { selector: { tier: 'x', app: 'a' } }).host).toBe('billing.billing.svc.cluster.local');
});

test('a reference to a service that the program makes after all is refused, whichever came first', () => {
  const { app, chart, shop } = program();
  const name = (id: string, service: string): MeshService => MeshService.fromName(new Chart(app, id), 'ref', { name: service, namespace: 'shop', ports: [80] });
  shop.addService('web', { port: 80 });
  expect(caught(() => name('a', 'web')).findings[0]).toMatchObject({ code: 'second-owner', construct: 'a/ref' });
  name('b', 'orders');
  expect(caught(() => shop.addService('orders', { port: 80 })).findings[0]).toMatchObject({ code: 'second-owner', got: expect.stringContaining('b/ref') as string });
  expect(chart.node.id).toBe('shop');
});

test("a namespace of this program, or a reference to another's, is taken", () => {
  const { chart, shop } = program();
  const own = MeshService.fromName(chart, 'own', { name: 'own', namespace: shop, ports: [80] });
  const far = MeshService.fromName(chart, 'far', { name: 'far', namespace: MeshNamespace.fromName(chart, 'ops'), ports: [80] });
  expect([own.namespace, far.namespace]).toEqual(['shop', 'ops']);
});

test('the account may be a ServiceAccount, of its own namespace only', () => {
  const { chart } = program();
  const account = new kplus.ServiceAccount(chart, 'account', { metadata: { name: 'robot' } });
  const service = MeshService.fromName(chart, 'web', { name: 'web', ports: [80], serviceAccount: account });
  expect(service.principals).toEqual(['cluster.local/ns/shop/sa/robot']);
  const elsewhere = (): unknown => MeshService.fromName(chart, 'far', { name: 'far', namespace: 'far', ports: [80], serviceAccount: account });
  expect(caught(elsewhere).findings[0]).toMatchObject({ code: 'bad-reference', property: 'serviceAccount', fix: expect.stringContaining('shop') as string });
});

test.each([
  [null, 'bad-props'],
  [undefined, 'bad-props'],
  [{}, 'no-ports'],
  [{ name: 'x', ports: [] }, 'no-ports'],
  [{ name: 'x', ports: [null] }, 'bad-port'],
  [{ ports: [80] }, 'bad-host'],
  [{ name: 'x', ports: [80], namespace: '' }, 'bad-reference'],
  [{ name: 'x', ports: [80], selector: 'x' }, 'bad-selector'],
  [{ name: 'x', ports: [80], serviceAccount: '' }, 'bad-reference'],
  [{ name: 'x', ports: [80], versions: null }, 'bad-versions'],
  [{ name: 'x', ports: [80], versions: [1n] }, 'bad-versions'],
])('%p is refused', (props, code) => {
  const { chart } = program();
  expect(caught(() => MeshService.fromName(chart, 'x', props as never)).findings[0]).toMatchObject({ code });
});

test.each([
  ['both say the versions', { a: ['v1', 'v2'], b: ['v1', 'v2'] }],
  ['the later one, by path, says them', { a: undefined, b: ['v1', 'v2'] }],
  ['the earlier one says them', { a: ['v1', 'v2'], b: undefined }],
])('which reference is made first does not say which chart has the objects: %s', (_title, versions: Record<string, string[] | undefined>) => {
  const texts = [['a', 'b'], ['b', 'a']].map((order) => {
    const app = new MeshApp();
    const services = order.map((id) => {
      const props = { name: 'billing', ports: [80], ...(versions[id] !== undefined && { versions: versions[id] }) };
      return MeshService.fromName(new Chart(app, id, { namespace: 'shop' }), 'billing', props);
    });
    new CanaryRelease(new Chart(app, 'c'), 'canary', { service: services[0] as MeshService, stable: 'v1', canary: 'v2', weight: 10 });
    expect(synthTo(app.node.findChild('a') as Chart).many(DestinationRule)).toHaveLength(1);
    return app.synthYaml();
  });
  expect(texts[0]).toBe(texts[1]);
});
