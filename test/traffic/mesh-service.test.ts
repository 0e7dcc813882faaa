import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { AuthorizationPolicy, DestinationRule, VirtualService } from '../../imports/istio';
import { Cluster, MeshService } from '../../src';
import { Weight } from '../../src/core/weight';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

test('versions become subsets of one DestinationRule', () => {
  const { chart, shop } = program();
  shop.addService('web', { port: 80, versions: ['v1', 'v2'] });
  expect(synthTo(chart).one(DestinationRule)).toMatchObject({
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      host: 'web.shop.svc.cluster.local',
      subsets: [{ name: 'v1', labels: { version: 'v1' } }, { name: 'v2', labels: { version: 'v2' } }],
    },
  });
});

test('a service without versions has neither DestinationRule nor VirtualService', () => {
  const { chart, shop } = program();
  shop.addService('web', { port: 80 });
  const shown = synthTo(chart);
  expect([...shown.many(DestinationRule), ...shown.many(VirtualService)]).toEqual([]);
});

test('a Service of cdk8s-plus is taken as it is, with what is added to it later', () => {
  const { chart, shop } = program();
  const service = new kplus.Service(chart, 'stock', { metadata: { name: 'stock' }, ports: [{ port: 9090 }] });
  const stock = MeshService.from(service);
  stock.allowFrom(shop.addService('web', { port: 80 }));
  service.selectLabel('app', 'stock');
  expect(stock.host).toBe('stock.shop.svc.cluster.local');
  expect(synthTo(chart).one(AuthorizationPolicy, 'stock').spec?.selector).toEqual({ matchLabels: { app: 'stock' } });
  expect(MeshService.from(service)).toBe(stock);
});

test('asked again with other options, the same service is refused', () => {
  const { chart } = program();
  const service = new kplus.Service(chart, 'stock', { metadata: { name: 'stock' }, ports: [{ port: 9090 }] });
  MeshService.from(service);
  expect(caught(() => MeshService.from(service, { versions: ['v1'] })).findings[0]).toMatchObject({ code: 'second-owner' });
});

test('the host is of the cluster domain', () => {
  const { app } = program();
  const chart = new Chart(new Cluster(app, 'prod', { clusterDomain: 'prod.example' }), 'chart', { namespace: 'a' });
  expect(MeshService.fromName(chart, 'web', { name: 'web', ports: [80] }).host).toBe('web.a.svc.prod.example');
});

test('shares may be weights, and one may be left open', () => {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 80, versions: ['v1', 'v2', 'v3'] });
  web.split(chart, { v2: Weight.percent(25), v1: undefined });
  const [http] = synthTo(chart).one(VirtualService).spec?.http ?? [];
  expect(http?.route?.map(({ destination, weight }) => [destination?.subset, weight])).toEqual([['v1', 75], ['v2', 25]]);
});

describe('what is refused', () => {
  test.each([
    ['no version', () => [], '[]'],
    ['a version twice', () => ['v1', 'v1'], '["v1","v1"]'],
    ['a version that names no subset', () => ['1.20.3'], '"1.20.3"'],
    ['a text in place of a list', () => 'v1' as never, '"v1"'],
  ])('%s', (_name, versions, got) => {
    const { shop } = program();
    expect(caught(() => shop.addService('web', { port: 80, versions: versions() })).findings[0]).toMatchObject({ code: 'bad-versions', got });
  });

  test.each([
    ['shares that do not add up', { v1: 60, v2: 60 }, 'bad-split'],
    ['a share that is no percentage', { v1: 100.5, v2: -0.5 }, 'bad-weight'],
    ['a version that there is not', { v1: 90, v22: 10 }, 'unknown-subset'],
  ])('%s', (_name, shares, code) => {
    const { chart, shop } = program();
    const web = shop.addService('web', { port: 80, versions: ['v1', 'v2'] });
    expect(caught(() => web.split(chart, shares)).findings[0]).toMatchObject({ code, construct: 'shop' });
  });

  test('a typo in a version names the one that was meant', () => {
    const { chart, shop } = program();
    const web = shop.addService('web', { port: 80, versions: ['stable', 'canary'] });
    expect(caught(() => web.split(chart, { stable: 90, cannary: 10 })).findings[0]?.fix).toBe('did you mean "canary"?');
  });

  test('a second owner of the traffic, or of the host', () => {
    const { chart, shop } = program();
    const web = shop.addService('web', { port: 80, versions: ['v1', 'v2'] });
    web.split(chart, { v1: 100 });
    expect(caught(() => web.split(shop, { v2: 100 })).findings[0]).toMatchObject({ code: 'second-owner', construct: 'shop/shop' });
    const again = (): MeshService => MeshService.fromName(chart, 'again', { name: 'web', ports: [80] });
    expect(caught(again).findings[0]).toMatchObject({ code: 'second-owner', got: expect.stringContaining('shop/shop/services/web/mesh') as string });
  });

  test('a split of a service without versions, a port out of range, a service without namespace', () => {
    const { app, chart, shop } = program();
    const web = shop.addService('web', { port: 80 });
    expect(caught(() => web.split(chart, { v1: 100 })).findings[0]).toMatchObject({ code: 'no-versions' });
    expect(caught(() => MeshService.fromName(chart, 'far', { name: 'far', ports: [65536] })).findings[0]).toMatchObject({ code: 'bad-port', construct: 'shop/far' });
    const bare = new Chart(app, 'bare');
    expect(caught(() => MeshService.fromName(bare, 'x', { name: 'x', ports: [80] })).findings[0]).toMatchObject({ code: 'no-namespace' });
  });
});
