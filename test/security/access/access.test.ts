import { AuthorizationPolicy } from '../../../imports/istio';
import { Cluster, MeshService, StrictMtlsNamespace, Mesh } from '../../../src';
import { Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

test('grants to one service become one policy, with a rule for each kind of access', () => {
  const { chart, shop } = program();
  const [web, batch, orders] = ['web', 'batch', 'orders'].map((name) => shop.addService(name, { port: 80 })) as [MeshService, MeshService, MeshService];
  orders.allowFrom(web, { methods: ['POST', 'GET'] });
  orders.allowFrom(batch, { methods: ['GET', 'POST', 'GET'] });
  orders.allowFrom(batch, { ports: [9090], paths: ['/metrics'] });
  expect(synthTo(chart).one(AuthorizationPolicy, 'orders').spec).toEqual({
    action: 'ALLOW',
    selector: { matchLabels: { app: 'orders' } },
    rules: [
      {
        from: [{ source: { principals: ['cluster.local/ns/shop/sa/batch', 'cluster.local/ns/shop/sa/web'] } }],
        to: [{ operation: { methods: ['GET', 'POST'] } }],
      },
      {
        from: [{ source: { principals: ['cluster.local/ns/shop/sa/batch'] } }],
        to: [{ operation: { paths: ['/metrics'], ports: ['9090'] } }],
      },
    ],
  });
});

test('a grant of any access has no "to", and stays a rule of its own', () => {
  const { chart, shop } = program();
  const [web, orders] = [shop.addService('web', { port: 80 }), shop.addService('orders', { port: 80 })];
  orders.allowFrom(web);
  const rules = synthTo(chart).one(AuthorizationPolicy, 'orders').spec?.rules;
  expect(rules).toEqual([{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/web'] } }] }]);
});

test('two services in front of the same pods share one policy', () => {
  const { chart, shop } = program();
  const selector = { app: 'orders' };
  const web = shop.addService('web', { port: 80 });
  shop.addService('orders', { port: 80, selector }).allowFrom(web, { methods: ['GET'] });
  shop.addService('orders-headless', { port: 81, selector }).allowFrom(web, { methods: ['POST'] });
  const policies = synthTo(chart).many(AuthorizationPolicy).filter(({ spec }) => spec?.selector !== undefined);
  expect(policies.map(({ metadata, spec }) => [metadata.name, spec?.rules?.map(({ to }) => to?.map(({ operation }) => operation?.methods))])).toEqual([['orders', [[['GET'], ['POST']]]]]);
});

test('an empty list is refused: to Istio it would allow anything', () => {
  const { shop } = program();
  const [web, orders] = [shop.addService('web', { port: 80 }), shop.addService('orders', { port: 80 })];
  const [finding] = caught(() => orders.allowFrom(web, { methods: [] })).findings;
  expect(finding).toMatchObject({ code: 'empty-access-list', property: 'allowFrom.methods', got: '[]' });
});

test.each([
  [{ method: ['GET'] }, 'unknown-access-key', 'allowFrom.method'],
  [{ methods: 'GET' }, 'bad-access-list', 'allowFrom.methods'],
  [{ methods: ['get'] }, 'bad-access-list', 'allowFrom.methods'],
  [{ methods: null }, 'bad-access-list', 'allowFrom.methods'],
  [{ paths: ['orders'] }, 'bad-access-list', 'allowFrom.paths'],
  [{ ports: [70000] }, 'bad-access-list', 'allowFrom.ports'],
  [{ hosts: [''] }, 'bad-access-list', 'allowFrom.hosts'],
])('%j is refused: it would allow something else than it says', (rule, code, property) => {
  const { shop } = program();
  const [web, orders] = [shop.addService('web', { port: 80 }), shop.addService('orders', { port: 80 })];
  expect(caught(() => orders.allowFrom(web, rule as never)).findings[0]).toMatchObject({ code, property });
});

test('a service that selects no pods is refused: the policy would hold for the whole namespace', () => {
  const { chart, shop } = program();
  const empty = MeshService.fromName(chart, 'empty', { name: 'empty', ports: [80], selector: {} });
  empty.allowFrom(shop.addService('web', { port: 80 }));
  expect(caught(() => synthTo(chart)).findings[0]).toMatchObject({ code: 'no-pods' });
});

test('what has no identity in the mesh cannot be let in', () => {
  const { chart, shop } = program();
  const orders = shop.addService('orders', { port: 80 });
  expect(caught(() => orders.allowFrom(chart as never)).findings[0]).toMatchObject({ code: 'no-identity' });
});

test('a plain App writes grants, too, also where no object of ours is in it', () => {
  const chart = Testing.chart();
  const service = new kplus.Service(chart, 'stock', { metadata: { name: 'stock', namespace: 'a' }, ports: [{ port: 80 }] });
  service.selectLabel('app', 'stock');
  MeshService.from(service).allowFrom(MeshService.fromName(chart, 'web', { name: 'web', namespace: 'a', ports: [80] }));
  expect(Testing.synth(chart).map(({ kind }: { kind: string }) => kind)).toEqual(['Service', 'AuthorizationPolicy']);
});

test('an identity of another cluster means nothing here', () => {
  const { app, shop } = program();
  const other = new Cluster(app, 'other');
  const chart = new Chart(other, 'chart');
  const foreign = new StrictMtlsNamespace(chart, 'shop', { mesh: new Mesh(chart, 'mesh', { controlPlane: false }) });
  const orders = shop.addService('orders', { port: 80 });
  const [finding] = caught(() => orders.allowFrom(foreign.addService('web', { port: 80 }))).findings;
  expect(finding).toMatchObject({ code: 'other-cluster', got: expect.stringContaining('cluster other') as string });
});

test('principals are of the trust domain and the service account', () => {
  const { app } = program();
  const chart = new Chart(new Cluster(app, 'prod', { trustDomain: 'mesh.example.com' }), 'chart', { namespace: 'a' });
  const service = MeshService.fromName(chart, 'web', { name: 'web', ports: [80], serviceAccount: 'robot' });
  expect(service.principals).toEqual(['mesh.example.com/ns/a/sa/robot']);
});
