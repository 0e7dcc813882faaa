import { Chart } from 'cdk8s';
import { addWorkload } from '../../../examples/02-traffic/workload';
import { EgressLockdown, Mesh, SidecarScope, StrictMtlsNamespace } from '../../../src';
import type { MeshService } from '../../../src';
import { asRecord } from '../../kubernetes/status';
import { sidecarOf } from '../case';
import type { Case, Check, Outcome } from '../case';
import { drop, replace } from '../manifests';
import type { Edit, Program } from '../manifests';

/** What services call, and what a SidecarScope lets their proxies see. */

interface Scene {
  readonly platform: Chart;
  readonly chart: Chart;
  readonly mesh: Mesh;
  readonly shop: StrictMtlsNamespace;
  readonly services: Readonly<Record<'web' | 'orders' | 'stock' | 'reports' | 'ledger', MeshService>>;
}

/** Two namespaces with pods; web calls stock, whose rule leads some requests to reports. */
const shop = (add: (scene: Scene) => void): Program => (app) => {
  const platform = new Chart(app, 'platform');
  const mesh = new Mesh(platform, 'mesh');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const [front, back] = ['shop', 'back'].map((name) => new StrictMtlsNamespace(chart, name, { mesh })) as [StrictMtlsNamespace, StrictMtlsNamespace];
  const [web, orders] = ['web', 'orders'].map((name) => front.addService(name, { port: 8080 })) as [MeshService, MeshService];
  const inBack = new Chart(app, 'back', { namespace: 'back' });
  const [stock, reports, ledger] = ['stock', 'reports', 'ledger'].map((name) => back.addService(name, { port: 8080 })) as [MeshService, MeshService, MeshService];
  for (const service of [web, orders]) addWorkload(chart, service);
  for (const service of [stock, reports, ledger]) addWorkload(inBack, service);
  web.calls(stock);
  stock.route(chart, 'reports', { match: { uri: '/reports' }, to: { service: reports } });
  add({ platform, chart, mesh, shop: front, services: { web, orders, stock, reports, ledger } });
};

const from = (body: string): Outcome => ({ status: 200, body });
/** Passed on as it is to where the caller wanted to go: no service of the mesh, for its proxy. */
const unknown = from('original-dst');
const refused: Outcome = { status: 502, arrived: { 'original-dst': 0 } };
const asked = (what: string, host: string, expect: Outcome, control?: Outcome, path = '/'): Check => ({
  what,
  request: { host: `${host}.svc.cluster.local:8080`, path },
  expect,
  ...(control === undefined ? {} : { control }),
});
const noScope = { what: 'no scope', edit: drop('Sidecar') };
const locked = ({ chart, shop: namespace }: Scene): unknown => new EgressLockdown(chart, 'lockdown', { namespace });
const withoutSidecarIn = (namespace: string): Edit => (manifests) => {
  const others = manifests.filter(({ kind, metadata }) => kind !== 'Sidecar' || asRecord(metadata)['namespace'] !== namespace);
  if (others.length === manifests.length) throw new Error(`there is no Sidecar in ${namespace} to take out`);
  return others;
};

export const scope: readonly Case[] = [
  {
    name: 'scope: of a namespace',
    promise: 'pods see their own namespace and what it calls, with its rules; of all else their proxies know nothing',
    program: shop(({ chart, shop: namespace }) => new SidecarScope(chart, 'scope', { namespace })),
    through: sidecarOf('web', 'shop', 8080),
    checks: [
      asked('what is called', 'stock.back', from('stock-v1')),
      asked('where a rule of it leads', 'stock.back', from('reports-v1'), undefined, '/reports'),
      asked('the own namespace', 'orders.shop', from('orders-v1')),
      asked('what nobody calls', 'ledger.back', unknown, from('ledger-v1')),
    ],
    control: noScope,
  },
  {
    name: 'scope: of the mesh',
    promise: 'pods of a namespace that calls nothing see that namespace alone',
    program: shop(({ platform, mesh }) => new SidecarScope(platform, 'scope', { mesh })),
    through: sidecarOf('ledger', 'back', 8080),
    checks: [
      asked('the own namespace', 'stock.back', from('stock-v1')),
      asked('another one', 'web.shop', unknown, from('web-v1')),
    ],
    control: noScope,
  },
  {
    name: 'scope: of the mesh, for a namespace that calls others',
    promise: 'pods see what their namespace calls elsewhere, too',
    program: shop(({ platform, mesh }) => new SidecarScope(platform, 'scope', { mesh })),
    through: sidecarOf('web', 'shop', 8080),
    checks: [
      asked('what is called', 'stock.back', from('stock-v1'), unknown),
      asked('what nobody calls', 'ledger.back', unknown),
    ],
    control: { what: 'only the Sidecar of the root namespace', edit: withoutSidecarIn('shop') },
  },
  {
    name: 'scope: of each workload',
    promise: 'pods see what their own service calls, and not what others of the namespace call',
    program: shop(({ chart, shop: namespace, services }) => {
      services.orders.calls();
      new SidecarScope(chart, 'scope', { namespace, perWorkload: true });
    }),
    through: sidecarOf('orders', 'shop', 8080),
    checks: [
      asked('what another service calls', 'stock.back', unknown, from('stock-v1')),
      asked('a neighbour', 'web.shop', unknown, from('web-v1')),
      asked('the service itself', 'orders.shop', from('orders-v1')),
    ],
    control: noScope,
  },
  {
    name: 'scope: under a lockdown',
    promise: 'the lockdown stays in force: what is not called is refused, be it in the cluster or not',
    program: shop((scene) => {
      locked(scene);
      new SidecarScope(scene.chart, 'scope', { namespace: scene.shop, perWorkload: true });
    }),
    through: sidecarOf('web', 'shop', 8080),
    checks: [
      asked('what is called', 'stock.back', from('stock-v1')),
      asked('where a rule of it leads', 'stock.back', from('reports-v1'), undefined, '/reports'),
      asked('what nobody calls', 'ledger.back', refused, from('ledger-v1')),
      { what: 'what is outside', request: { host: 'unknown.example.com:8080', path: '/' }, expect: refused },
    ],
    control: { what: 'the lockdown alone', edit: drop('Sidecar', 'web') },
  },
  {
    name: 'scope: a grant counts as a call',
    promise: 'who is let in by name reaches the service, though it does not say that it calls it',
    program: shop((scene) => {
      locked(scene);
      scene.services.ledger.allowFrom(scene.services.web);
      new SidecarScope(scene.chart, 'scope', { namespace: scene.shop, perWorkload: true });
    }),
    through: sidecarOf('web', 'shop', 8080),
    checks: [asked('who let it in', 'ledger.back', from('ledger-v1'), refused)],
    control: { what: 'the Sidecar names another host', edit: replace('Sidecar', 'web', 'back/ledger.back', 'back/nobody.back') },
  },
];
