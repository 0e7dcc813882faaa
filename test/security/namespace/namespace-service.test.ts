import * as kplus from 'cdk8s-plus-28';
import { AuthorizationPolicy, VirtualService } from '../../../imports/istio';
import { Pod, Service, ServiceAccount } from '../../../imports/kubernetes';
import { CanaryRelease, MeshNamespace, Selector } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

const IMAGE = { name: 'main', image: 'example.com/web:1' };
const CONTAINER = { ...IMAGE, securityContext: { user: 1000 } };

test('several ports', () => {
  const { chart, shop } = program();
  shop.addService('web', { ports: [8080, { port: 9090, appProtocol: 'grpc', targetPort: 'admin' }] });
  expect(synthTo(chart).one(Service).spec?.ports).toEqual([
    { name: 'http', port: 8080, targetPort: 8080 },
    { name: 'grpc', port: 9090, targetPort: 'admin', appProtocol: 'grpc' },
  ]);
});

test('a port of a number that says nothing is not called HTTP', () => {
  const { chart, shop } = program();
  shop.addService('cache', { port: 11211 });
  shop.addService('db', { port: 5432 });
  const shown = synthTo(chart);
  expect(shown.one(Service, 'cache').spec?.ports).toEqual([{ port: 11211, targetPort: 11211 }]);
  expect(shown.one(Service, 'db').spec?.ports?.[0]?.name).toBe('tcp-postgresql');
});

test('a Selector picks the pods', () => {
  const { chart, shop } = program();
  shop.addService('web', { port: 80, selector: Selector.labels({ tier: 'front' }) });
  expect(synthTo(chart).one(Service).spec?.selector).toEqual({ tier: 'front' });
});

test('a workload of cdk8s-plus tells labels, ports and identity, also those it is given later', () => {
  const { chart, shop } = program();
  const account = new kplus.ServiceAccount(chart, 'robot', { metadata: { name: 'robot' } }) as kplus.IServiceAccount;
  const deployment = new kplus.Deployment(chart, 'web-v1', { serviceAccount: account, select: false });
  const web = shop.addService('web', { workload: deployment });
  const orders = shop.addService('orders', { port: 80 });
  orders.allowFrom(web);
  deployment.select(kplus.LabelSelector.of({ labels: { app: 'web' } }));
  deployment.podMetadata.addLabel('app', 'web');
  deployment.addContainer({ ...CONTAINER, ports: [{ number: 8080 }, { number: 9000, name: 'admin' }] });
  const shown = synthTo(chart);
  expect(shown.one(Service, 'web').spec).toEqual({
    selector: { app: 'web' },
    ports: [{ name: 'http', port: 8080, targetPort: 8080 }, { name: 'admin', port: 9000, targetPort: 9000 }],
  });
  expect(shown.one(AuthorizationPolicy, 'orders').spec?.rules?.[0]?.from).toEqual([{ source: { principals: ['cluster.local/ns/shop/sa/robot'] } }]);
  // its pods run as they say: no account is made for them
  expect(shown.many(ServiceAccount).map(({ metadata }) => metadata.name).sort()).toEqual(['orders', 'robot']);
});

test('a service of versions has the pods of all of them', () => {
  const { chart, shop } = program();
  const workload = new Pod(chart, 'web', { metadata: { labels: { app: 'web', version: 'v1' } }, spec: { containers: [{ ...IMAGE, ports: [{ containerPort: 8080 }] }] } });
  const web = shop.addService('web', { workload, versions: ['v1', 'v2'] });
  new CanaryRelease(chart, 'canary', { service: web, stable: 'v1', canary: 'v2', weight: 10 });
  const shown = synthTo(chart);
  expect(shown.one(Service).spec?.selector).toEqual({ app: 'web' });
  expect(shown.one(VirtualService).spec?.http).toHaveLength(1);
});

describe('what is refused', () => {
  const pod = (labels: Record<string, string>, ports: readonly { containerPort: number }[], namespace = 'shop') => {
    const base = program();
    const workload = new Pod(base.chart, 'pod', { metadata: { labels, namespace }, spec: { containers: [{ ...IMAGE, ports: [...ports] }] } });
    return { ...base, workload };
  };

  test('a workload of another namespace, of no ports, or without labels', () => {
    const far = pod({ app: 'web' }, [{ containerPort: 80 }], 'far');
    expect(caught(() => far.shop.addService('web', { workload: far.workload })).findings[0]).toMatchObject({ code: 'bad-reference', fix: 'it is in far' });
    const mute = pod({ app: 'web' }, []);
    mute.shop.addService('web', { workload: mute.workload });
    expect(caught(() => synthTo(mute.chart)).findings[0]).toMatchObject({ code: 'no-ports', construct: 'shop/pod' });
    const bare = pod({}, [{ containerPort: 80 }]);
    bare.shop.addService('web', { workload: bare.workload });
    expect(caught(() => synthTo(bare.chart)).findings[0]).toMatchObject({ code: 'no-pods', construct: 'shop/pod' });
  });

  test('something that has no pods in place of a workload', () => {
    const { chart, shop } = program();
    for (const workload of [new kplus.ConfigMap(chart, 'config'), MeshNamespace.fromName(chart, 'ns'), 'web', null]) {
      const [finding] = caught(() => shop.addService('web', { workload: workload as never })).findings;
      expect(finding).toMatchObject({ code: 'bad-reference', property: 'addService.workload' });
    }
  });

  test.each([
    [null, 'bad-props'],
    [undefined, 'bad-props'],
    [{}, 'no-ports'],
    [{ port: null }, 'bad-port'],
    [{ port: 80, ports: [81] }, 'bad-props'],
    [{ ports: 80 }, 'no-ports'],
    [{ port: 80, selector: {} }, 'bad-selector'],
    [{ port: 80, selector: Selector.all() }, 'bad-props'],
    [{ port: 80, selector: 'web' }, 'bad-selector'],
    [{ port: 80, portName: 'a'.repeat(64) }, 'bad-port'],
    [{ port: 80, appProtocol: 5 }, 'bad-port'],
  ])('%j', (props, code) => {
    const { shop } = program();
    expect(caught(() => shop.addService('web', props as never)).findings[0]).toMatchObject({ code, construct: 'shop/shop' });
  });

  test('both a selector and a workload', () => {
    const { shop, workload } = pod({ app: 'web' }, [{ containerPort: 80 }]);
    expect(caught(() => shop.addService('web', { workload, selector: { app: 'web' } })).findings[0]).toMatchObject({ code: 'bad-props', property: 'addService.selector' });
  });

  test.each([[undefined], [null], [''], [5]])('a service named %p', (name) => {
    const { shop } = program();
    expect(caught(() => shop.addService(name as never, { port: 80 })).findings[0]).toMatchObject({ code: 'bad-reference', property: 'addService' });
  });
});
