import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { Namespace as PlusNamespace } from 'cdk8s-plus-28';
import { PeerAuthentication } from '../../../imports/istio';
import { Namespace } from '../../../imports/kubernetes';
import { Access, Cluster, Mesh, MeshApp, MeshNamespace, MeshService, MtlsMigration, MtlsPolicy, StrictMtlsNamespace } from '../../../src';
import type { MtlsMigrationProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { migrating, modes } from './migrating';
import type { Migrating } from './migrating';

/** web calls orders, orders calls billing and stock, which call each other. */
function shop(): Migrating & Record<'web' | 'orders' | 'billing' | 'stock', MeshService> {
  const made = migrating();
  const [web, orders, billing, stock] = ['web', 'orders', 'billing', 'stock'].map((name) => (made.namespace(name), made.service(name))) as [MeshService, MeshService, MeshService, MeshService];
  web.calls(orders);
  orders.calls(billing, stock);
  billing.calls(stock);
  stock.calls(billing);
  return { ...made, web, orders, billing, stock };
}

describe('stages', () => {
  test.each<[MtlsMigrationProps['stage'], Record<string, string>]>([
    ['start', { 'istio-system': 'PERMISSIVE' }],
    [0, { 'istio-system': 'PERMISSIVE' }],
    ['web', { 'istio-system': 'PERMISSIVE', web: 'STRICT' }],
    ['orders', { 'istio-system': 'PERMISSIVE', web: 'STRICT', orders: 'STRICT' }],
    [2, { 'istio-system': 'PERMISSIVE', web: 'STRICT', orders: 'STRICT' }],
    ['stock', { 'istio-system': 'PERMISSIVE', web: 'STRICT', orders: 'STRICT', billing: 'STRICT', stock: 'STRICT' }],
    ['billing+stock', { 'istio-system': 'PERMISSIVE', web: 'STRICT', orders: 'STRICT', billing: 'STRICT', stock: 'STRICT' }],
    ['mesh', { 'istio-system': 'STRICT', web: 'STRICT', orders: 'STRICT', billing: 'STRICT', stock: 'STRICT' }],
    ['done', { 'istio-system': 'STRICT' }],
  ])('at %j all up to it are strict, and nothing else', (stage, expected) => {
    const made = shop();
    made.migrate(stage);
    expect(modes(made)).toEqual(expected);
  });

  test('clients come before those whom they call, circles together, the mesh last', () => {
    const migration = shop().migrate('start');
    expect(migration.stages.map(({ number, name, of, namespaces }) => [number, name, of, namespaces])).toEqual([
      [0, 'start', 'start', []],
      [1, 'web', 'namespaces', ['web']],
      [2, 'orders', 'namespaces', ['orders']],
      [3, 'billing+stock', 'namespaces', ['billing', 'stock']],
      [4, 'mesh', 'mesh', []],
      [5, 'done', 'done', []],
    ]);
  });

  test('who is granted access comes before whoever grants it', () => {
    const made = migrating();
    const [a, z] = ['a', 'z'].map((name) => (made.namespace(name), made.service(name))) as [MeshService, MeshService];
    a.allowFrom(z);
    expect(made.migrate('start').stages.map(({ name }) => name)).toEqual(['start', 'z', 'a', 'mesh', 'done']);
  });

  test('so does who is granted access to a whole namespace', () => {
    const made = migrating();
    const [a, z] = ['a', 'z'].map((name) => ({ namespace: made.namespace(name), service: made.service(name) }));
    Access.to(a?.namespace as Namespace).allowFrom(z?.service as MeshService);
    expect(made.migrate('start').stages.map(({ name }) => name)).toEqual(['start', 'z', 'a', 'mesh', 'done']);
  });

  test('the current one and the next have names', () => {
    const migration = shop().migrate('mesh');
    expect([migration.current.name, migration.next?.name]).toEqual(['mesh', 'done']);
    expect(shop().migrate('done').next).toBeUndefined();
  });

  test('of the last, the mesh is what a strict mesh is', () => {
    const made = shop();
    made.migrate('done');
    const strict = migrating({ mtls: 'STRICT' });
    expect(policiesOf(made.app)).toEqual(policiesOf(strict.app));
  });

  test('a namespace is told by its construct as well, of whatever library', () => {
    const made = migrating();
    const plus = new PlusNamespace(made.chart, 'plus', { metadata: { name: 'plus', labels: { 'istio-injection': 'enabled' } } });
    made.migrate(plus);
    expect(modes(made)).toEqual({ 'istio-system': 'PERMISSIVE', plus: 'STRICT' });
  });
});

function policiesOf(app: App): unknown {
  return app.charts.flatMap((chart) => synthTo(chart).many(PeerAuthentication));
}

describe('who takes part', () => {
  test('namespaces whose labels have their pods join the mesh, by whatever label', () => {
    const made = migrating();
    made.namespace('sidecars', { 'istio-injection': 'enabled' });
    made.namespace('revision', { 'istio.io/rev': 'stable' });
    made.namespace('ambient', { 'istio.io/dataplane-mode': 'ambient' });
    made.namespace('off', { 'istio-injection': 'disabled', 'istio.io/rev': 'stable' });
    made.namespace('outside', { team: 'a' });
    expect(made.migrate('start').stages.map(({ name }) => name)).toEqual(['start', 'ambient', 'revision', 'sidecars', 'mesh', 'done']);
  });

  test('and those without a label, where the mesh injects them', () => {
    const made = migrating({ controlPlane: true, istiod: { injection: { enableNamespacesByDefault: true } } });
    made.namespace('bare', {});
    made.namespace('off', { 'istio-injection': 'disabled' });
    expect(made.migrate('start').stages.map(({ name }) => name)).toEqual(['start', 'bare', 'mesh', 'done']);
  });

  test('a namespace of another program that is to stay open is said with the mesh, and not asked for', () => {
    const made = migrating();
    new MtlsPolicy(made.chart, 'open', { target: MeshNamespace.fromName(made.chart, 'legacy'), mode: 'PERMISSIVE' });
    const stage = made.migrate('start').stages.find(({ of }) => of === 'mesh');
    expect(stage?.exceptions.map(({ namespace }) => namespace)).toEqual(['legacy']);
    expect(stage?.queries[0]?.promql).toContain('destination_workload_namespace!="legacy"');
  });

  test('and those of other programs that it is given', () => {
    const made = migrating();
    made.migrate('far', { namespaces: [MeshNamespace.fromName(made.chart, 'far'), 'other'] });
    expect(modes(made)).toEqual({ 'istio-system': 'PERMISSIVE', far: 'STRICT' });
  });

  test('not those of gateways, to which PeerAuthentications mean nothing', () => {
    const made = migrating();
    made.mesh.addIngressGateway('public');
    made.mesh.addIngressGateway('inner', { api: 'gateway', namespace: 'inner-gateway' });
    made.mesh.addEgressGateway('out');
    made.namespace('web');
    expect(made.migrate('start').stages.map(({ name }) => name)).toEqual(['start', 'web', 'mesh', 'done']);
  });

  test('not those that are strict already, nor those that say themselves what they take', () => {
    const made = migrating();
    new StrictMtlsNamespace(made.chart, 'strict-one', { mesh: made.mesh });
    new MtlsPolicy(made.chart, 'open', { target: made.namespace('legacy'), mode: 'PERMISSIVE' });
    made.namespace('hand');
    new PeerAuthentication(made.chart, 'hand-policy', { metadata: { name: 'mine', namespace: 'hand' }, spec: { mtls: { mode: 'STRICT' } } });
    made.namespace('follows');
    new PeerAuthentication(made.chart, 'follower', { metadata: { name: 'default', namespace: 'follows' }, spec: {} });
    made.namespace('web');
    const migration = made.migrate('mesh');
    expect(migration.stages.map(({ name }) => name)).toEqual(['start', 'web', 'mesh', 'done']);
    expect(modes(made)).toEqual({ 'istio-system': 'STRICT', web: 'STRICT', legacy: 'PERMISSIVE', hand: 'STRICT', 'strict-one': 'STRICT', follows: undefined });
    expect(migration.current).toMatchObject({ namespaces: ['follows'], exceptions: [{ namespace: 'legacy', mode: 'PERMISSIVE', ports: [], construct: 'shop/open/policy' }] });
  });

  test('a written order goes first, and what came later after it', () => {
    const { migrate, namespace } = shop();
    namespace('aa');
    const migration = migrate('start', { order: ['orders', ['web', 'stock']] });
    expect(migration.stages.map(({ name }) => name)).toEqual(['start', 'orders', 'stock+web', 'aa', 'billing', 'mesh', 'done']);
  });
});

describe('who judges by modes, and for the first time, sees those of the stage', () => {
  const program = (stage: string): Migrating => {
    const made = shop();
    made.orders.denyFrom(made.web, { paths: ['/admin', '/admin/*'], pathsAsWritten: true });
    made.migrate(stage);
    return made;
  };

  test.each(['start', 'web'])('before it is strict (%s): a denial by identity lets plain text in', (stage) => {
    expect(caught(() => synthTo(program(stage).chart)).findings).toMatchObject([{ code: 'identity-with-plain-text', construct: 'shop/orders-orders/mesh' }]);
  });

  test.each(['orders', 'mesh', 'done'])('afterwards (%s): it holds', (stage) => {
    expect(synthTo(program(stage).chart).warnings.map(({ code }) => code)).not.toContain('identity-with-plain-text');
  });
});

test('queries look back as far as they are told, at what becomes strict next', () => {
  const made = shop();
  const migration = made.migrate('web', { window: '1h30m' });
  expect(migration.next?.queries.map(({ promql }) => promql.slice(promql.indexOf('(increase('), promql.indexOf('{')))).toEqual(['(increase(istio_requests_total', '(increase(istio_tcp_connections_opened_total', '(increase(istio_tcp_received_bytes_total', '(increase(istio_tcp_sent_bytes_total']);
  for (const { promql } of migration.next?.queries ?? []) {
    expect(promql).toContain('destination_workload_namespace="orders"}[1h30m]');
    expect(promql).toContain('offset 1h30m');
  }
  expect(migration.stages.filter(({ queries }) => queries.length === 0).map(({ name }) => name)).toEqual(['start', 'done']);
});

describe('policies for some pods', () => {
  test.each([['known to the program', true], ['known by name only', false]])('have their callers shown apart where the pods are %s, and are named where that cannot be', (_what, isKnown) => {
    const made = migrating();
    made.namespace('orders');
    const target = isKnown ? made.service('orders') : MeshService.fromName(made.chart, 'named', { name: 'orders', namespace: 'orders', ports: [80] });
    new MtlsPolicy(made.chart, 'till', { target, ports: { 9090: 'PERMISSIVE' } });
    const shown = [...new Set(made.migrate('start').next?.queries.map(({ shows }) => shows.replace(/^.* in plain text/, '')))];
    expect(shown).toEqual(isKnown ? ['; nothing may be left', ' to workloads with exceptions; only those that the exceptions are for may be left'] : ['; nothing may be left, but for those that exceptions in orders are for']);
  });

  test('stay as they are, and are said with the stage of their namespace', () => {
    const made = shop();
    new MtlsPolicy(made.chart, 'till', { target: made.orders, ports: { 9090: 'PERMISSIVE', 8080: 'STRICT', 7070: 'DISABLE' } });
    new MtlsPolicy(made.chart, 'print', { target: made.web, mode: 'PERMISSIVE' });
    const { stages } = made.migrate('orders');
    expect(stages[1]?.exceptions).toEqual([{ namespace: 'web', pods: 'app=web', ports: [], mode: 'PERMISSIVE', construct: 'shop/print/policy' }]);
    expect(stages[2]?.exceptions.map(({ ports, mode }) => [ports, mode])).toEqual([[[7070], 'DISABLE'], [[9090], 'PERMISSIVE']]);
    const policy = synthTo(made.chart).one(PeerAuthentication, 'orders');
    expect(policy.spec?.portLevelMtls?.['9090']).toEqual({ mode: 'PERMISSIVE' });
    // the mode of the other ports is that of the namespace
    expect(policy.spec?.mtls).toBeUndefined();
  });
});

test('exceptions are applied before what they are excepted from', () => {
  const app = new MeshApp({ outdir: 'unused' });
  const chart = new Chart(app, 'shop');
  const mesh = new Mesh(chart, 'mesh', { mtls: 'PERMISSIVE', controlPlane: false });
  new Namespace(chart, 'orders', { metadata: { labels: mesh.injectionLabels } });
  new MtlsMigration(chart, 'strict', { mesh, stage: 'orders' });
  new MtlsPolicy(chart, 'till', { target: MeshService.fromName(chart, 'named', { name: 'orders', namespace: 'orders', ports: [80] }), ports: { 9090: 'PERMISSIVE' } });
  const policies = app.synthYaml().split('---').filter((object) => object.includes('kind: PeerAuthentication') && object.includes('namespace: orders'));
  expect(policies.map((object) => (object.includes('9090') ? 'exception' : 'strict'))).toEqual(['exception', 'strict']);
});

describe('programs', () => {
  test('that only know the mesh by name leave its policy to the program that makes it', () => {
    const app = new App({ outdir: 'unused' });
    const chart = new Chart(app, 'shop');
    const mesh = Mesh.fromName(chart, 'mesh', { revision: 'stable' });
    new Namespace(chart, 'web', { metadata: { labels: mesh.injectionLabels } });
    const migration = new MtlsMigration(chart, 'strict', { mesh, stage: 'web' });
    expect(migration.stages.map(({ name }) => name)).toEqual(['start', 'web']);
    expect(modes({ app })).toEqual({ web: 'STRICT' });
  });

  test('may make it all the same, in the root namespace', () => {
    const app = new App({ outdir: 'unused' });
    const chart = new Chart(app, 'shop');
    new MtlsMigration(chart, 'strict', { mesh: Mesh.fromName(chart, 'mesh', { namespace: 'istio-far' }), stage: 'mesh', meshWide: true });
    expect(modes({ app })).toEqual({ 'istio-far': 'STRICT' });
  });

  test("that install as Istio's own installers do get the policy that these do not make", () => {
    const app = new App({ outdir: 'unused' });
    const chart = new Chart(app, 'platform');
    new MtlsMigration(chart, 'strict', { mesh: Mesh.fromProfile(chart, 'mesh', 'minimal'), stage: 'done' });
    expect(modes({ app })).toEqual({ 'istio-system': 'STRICT' });
  });

  test('with a policy of the mesh of their own have that one made strict', () => {
    const app = new App({ outdir: 'unused' });
    const chart = new Chart(app, 'platform');
    const mesh = Mesh.fromProfile(chart, 'mesh', 'minimal');
    new PeerAuthentication(chart, 'mine', { metadata: { name: 'mine', namespace: 'istio-system' }, spec: { mtls: { mode: 'PERMISSIVE' } } });
    new MtlsMigration(chart, 'strict', { mesh, stage: 'mesh' });
    expect(synthTo(chart).many(PeerAuthentication).map(({ metadata, spec }) => [metadata.name, spec?.mtls?.mode])).toEqual([['mine', 'STRICT']]);
  });

  test('of two clusters have two migrations, which do not see each other', () => {
    const app = new App({ outdir: 'unused' });
    const [east, west] = ['east', 'west'].map((name) => {
      const chart = new Chart(new Cluster(app, name), 'shop');
      const mesh = new Mesh(chart, 'mesh', { mtls: 'PERMISSIVE', controlPlane: false });
      new Namespace(chart, `only-${name}`, { metadata: { labels: mesh.injectionLabels } });
      return { chart, migration: new MtlsMigration(chart, 'strict', { mesh, stage: name === 'east' ? 'mesh' : 'start' }) };
    });
    expect([east, west].map((each) => each?.migration.stages[1]?.name)).toEqual(['only-east', 'only-west']);
    const wide = [east, west].map((each) => synthTo(each?.chart as Chart).many(PeerAuthentication).map(({ spec }) => spec?.mtls?.mode));
    expect(wide).toEqual([['STRICT', 'STRICT'], ['PERMISSIVE']]);
  });

  test('give the same objects whatever the order of construction', () => {
    const program = (reverse: boolean): unknown => {
      const made = migrating();
      const steps = [
        () => made.migrate('c'),
        ...['c', 'b', 'a'].map((name) => () => made.namespace(name)),
        () => new MtlsPolicy(made.chart, 'exception', { target: MeshService.fromName(made.chart, 'named', { name: 'b', namespace: 'b', ports: [80] }), mode: 'PERMISSIVE' }),
        () => MeshService.fromName(made.chart, 'caller', { name: 'c', namespace: 'c', ports: [80] }).calls(MeshService.fromName(made.chart, 'called', { name: 'a', namespace: 'a', ports: [80] })),
      ];
      for (const step of reverse ? steps.reverse() : steps) step();
      const policies = synthTo(made.chart).many(PeerAuthentication);
      return policies.map((each) => JSON.stringify(each)).sort();
    };
    expect(program(true)).toEqual(program(false));
  });

  test('may be synthesized again, and looked at in between', () => {
    const made = shop();
    const migration = made.migrate('orders');
    const before = modes(made);
    expect(migration.current.name).toBe('orders');
    expect(modes(made)).toEqual(before);
    made.namespace('zz');
    expect(migration.stages.map(({ name }) => name)).toContain('zz');
    expect(modes(made)).toEqual(before);
  });
});

test('a mesh that is strict already is not migrated', () => {
  const made = migrating({ mtls: 'STRICT' });
  made.namespace('web');
  made.migrate('web');
  expect(caught(() => synthTo(made.chart)).findings).toMatchObject([
    { code: 'mesh-already-strict', construct: 'shop/strict', property: 'stage', got: '"web", in a mesh that platform/mesh/default makes STRICT', fix: expect.stringContaining("mtls: 'PERMISSIVE'") as string },
  ]);
});

test('the plan is a table', () => {
  const made = shop();
  made.namespace('lone', {});
  made.service('cron', { namespace: 'lone' }).calls(made.billing);
  new MtlsPolicy(made.chart, 'till', { target: made.orders, ports: { 9090: 'PERMISSIVE' } });
  expect(made.migrate('orders').describe().split('\n')).toEqual([
    'shop/strict: stage 2 of 5, orders',
    '',
    '   #  stage          becomes STRICT                 held up by',
    '   0  start          -                              -',
    '   1  web            web                            -',
    '>  2  orders         orders                         -',
    '   3  billing+stock  billing, stock                 client-outside-mesh',
    '   4  mesh           the mesh                       -',
    '   5  done           - (policies of namespaces go)  -',
    '',
    'held up:',
    '  3  shop/pods-lone-cron: pods of the namespace lone, which does not join the mesh (Deployment lone/cron); the service lone/cron calls billing/billing [client-outside-mesh]',
    '',
    'stays as it is:',
    '  orders/app=orders port 9090: PERMISSIVE, by shop/till/policy',
  ]);
});

test('the table of the documentation is what its program prints', () => {
  const page = readFileSync(join(__dirname, '../../../docs/mtls-migration.md'), 'utf8');
  const app = new App({ outdir: 'unused' });
  const platform = new Chart(app, 'platform');
  const mesh = new Mesh(platform, 'mesh', { mtls: 'PERMISSIVE' });
  const chart = new Chart(app, 'apps');
  const [web, orders, billing] = ['web', 'orders', 'billing'].map((name) => {
    const namespace = new Namespace(chart, name, { metadata: { labels: mesh.injectionLabels } });
    return MeshService.fromName(chart, `${name}-service`, { name, namespace, ports: [8080] });
  }) as [MeshService, MeshService, MeshService];
  web.calls(orders);
  orders.calls(billing);
  new MtlsPolicy(chart, 'till', { target: orders, ports: { 9090: 'PERMISSIVE' } });
  expect(/```text\n([\s\S]*?)\n```/.exec(page)?.[1]).toBe(new MtlsMigration(platform, 'strict', { mesh, stage: 'orders' }).describe());
});
