import { Chart } from 'cdk8s';
import { Deployment, Service } from 'cdk8s-plus-28';
import { AuthorizationPolicy } from '../../../imports/istio';
import { Cluster, MeshService, SidecarScope } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { refused, WRONG_TYPES } from '../../core/refused';
import { program } from '../../support/program';
import { hostsIn, twoNamespaces } from './shop';

test('services and what is outside are called; a Service of cdk8s-plus is one, too', () => {
  const { chart, shop, web, orders, mail } = twoNamespaces();
  const plus = new Service(chart, 'plus', { metadata: { name: 'plus', namespace: 'back' }, ports: [{ port: 80, name: 'http' }] });
  plus.selectLabel('app', 'plus');
  web.calls(orders, mail, plus);
  new SidecarScope(chart, 'scope', { namespace: shop, perWorkload: true });
  expect(hostsIn(chart)['shop/web']).toEqual([
    'back/plus.back.svc.cluster.local',
    'istio-system/*',
    'shop/mail.example.com',
    'shop/orders.shop.svc.cluster.local',
    'shop/web.shop.svc.cluster.local',
  ]);
});

test('said again, it adds to what was said, and says nothing twice', () => {
  const { chart, shop, web, orders, stock } = twoNamespaces();
  web.calls(stock, orders);
  web.calls(stock);
  web.calls();
  new SidecarScope(chart, 'scope', { namespace: shop, perWorkload: true });
  expect(hostsIn(chart)['shop/web']?.filter((host) => !host.includes('web') && !host.endsWith('/*'))).toEqual(['back/stock.back.svc.cluster.local', 'shop/orders.shop.svc.cluster.local']);
});

test('it lets nobody in', () => {
  const { chart, web, orders } = twoNamespaces();
  web.calls(orders);
  expect(synthTo(chart).many(AuthorizationPolicy).map(({ metadata }) => metadata?.name)).toEqual(['deny-by-default', 'deny-by-default']);
});

test('references to one service of another program say it together', () => {
  const { chart, shop, orders, stock } = twoNamespaces();
  const props = { name: 'audit', namespace: 'shop', ports: [{ port: 8080, name: 'http' }] };
  MeshService.fromName(chart, 'one', props).calls(orders);
  MeshService.fromName(chart, 'two', props).calls(stock);
  new SidecarScope(chart, 'scope', { namespace: shop, perWorkload: true });
  expect(hostsIn(chart)['shop/audit']).toEqual([
    'back/stock.back.svc.cluster.local',
    'istio-system/*',
    'shop/audit.shop.svc.cluster.local',
    'shop/orders.shop.svc.cluster.local',
  ]);
});

describe('refused', () => {
  test('a service that calls itself', () => {
    const { web } = twoNamespaces();
    expect(refused(() => web.calls(web))).toEqual({
      code: 'calls-itself',
      construct: 'shop/shop/services/web/mesh',
      property: 'calls',
      got: 'web.shop.svc.cluster.local',
      expected: 'other services: pods of one service reach each other without being told',
      fix: 'take it out',
    });
  });

  test.each(WRONG_TYPES)('%s', (got, value) => {
    const { web, orders } = twoNamespaces();
    expect(refused(() => web.calls(orders, value as never))).toMatchObject({ code: 'bad-reference', construct: 'shop/shop/services/web/mesh', property: 'calls', got });
  });

  test('what has no Service: a workload, a namespace, a chart', () => {
    const { chart, shop, web } = twoNamespaces();
    const workload = new Deployment(chart, 'workload', { containers: [{ image: 'x' }] });
    for (const given of [workload, shop, chart]) {
      expect(refused(() => web.calls(given as never))).toMatchObject({ code: 'bad-reference', property: 'calls', fix: expect.stringContaining('MeshService.from(workload)') });
    }
  });

  test('a list, as allowFrom takes one', () => {
    const { web, orders } = twoNamespaces();
    expect(refused(() => web.calls([orders] as never))).toMatchObject({ code: 'bad-reference', got: 'a list', fix: 'leave the brackets out: web.calls(orders, stock)' });
  });

  test('a name, with the service that it is like', () => {
    const { web } = twoNamespaces();
    expect(refused(() => web.calls('order.shop.svc.cluster.local' as never))).toMatchObject({ got: '"order.shop.svc.cluster.local"', fix: 'did you mean shop/shop/services/orders/mesh? Hand it on' });
    expect(refused(() => web.calls('order' as never))).toMatchObject({ fix: 'did you mean shop/shop/services/orders/mesh? Hand it on' });
    expect(refused(() => web.calls('api.example.com' as never))).toMatchObject({ fix: expect.stringContaining('ExternalService') });
  });

  test('a service of another cluster', () => {
    const { app, web } = program2();
    const other = new Chart(new Cluster(app, 'other'), 'chart', { namespace: 'shop' });
    const far = MeshService.fromName(other, 'far', { name: 'far', ports: [80] });
    expect(caught(() => web.calls(far)).findings).toEqual([expect.objectContaining({ code: 'other-cluster', property: 'calls' })]);
  });
});

function program2(): { app: ReturnType<typeof program>['app']; web: MeshService } {
  const { app, shop } = program();
  return { app, web: shop.addService('web', { port: 8080 }) };
}
