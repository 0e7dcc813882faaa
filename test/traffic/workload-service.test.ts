import * as kplus from 'cdk8s-plus-28';
import { AuthorizationPolicy } from '../../imports/istio';
import { Deployment, Pod, Service } from '../../imports/kubernetes';
import { MeshService } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

const CONTAINER = { name: 'main', image: 'example.com/web:1', ports: [{ containerPort: 8080 }, { containerPort: 53, protocol: 'UDP' }] };
const LABELS = { app: 'web', version: 'v1' };

function deployment(base: ReturnType<typeof program>): Deployment {
  const template = { metadata: { labels: { ...LABELS, extra: 'yes' } }, spec: { serviceAccountName: 'robot', containers: [CONTAINER] } };
  return new Deployment(base.chart, 'web', { spec: { selector: { matchLabels: LABELS }, template } });
}

test('a workload gets a Service of its name, for its ports and the pods that it selects', () => {
  const base = program();
  const service = MeshService.from(deployment(base));
  expect(service).toMatchObject({ host: 'web.shop.svc.cluster.local', principals: ['cluster.local/ns/shop/sa/robot'] });
  expect(synthTo(base.chart).one(Service)).toMatchObject({
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      selector: LABELS,
      ports: [{ name: 'http', port: 8080, targetPort: 8080 }, { name: 'udp', port: 53, targetPort: 53, protocol: 'UDP' }],
    },
  });
});

test('asked again, it gives the same service, also of a workload without an account', () => {
  const { chart } = program();
  const pod = new Pod(chart, 'web', { metadata: { labels: LABELS }, spec: { containers: [CONTAINER] } });
  const service = MeshService.from(pod);
  expect(MeshService.from(pod)).toBe(service);
  expect(caught(() => MeshService.from(pod, { serviceAccount: 'robot' })).findings[0]).toMatchObject({ code: 'second-owner' });
});

test('policies select its pods', () => {
  const base = program();
  MeshService.from(deployment(base)).allowFrom(base.shop);
  expect(synthTo(base.chart).one(AuthorizationPolicy, 'web').spec?.selector).toEqual({ matchLabels: LABELS });
});

test('a Service that cdk8s-plus made of a workload is told whose pods it has', () => {
  const { chart, shop } = program();
  const serviceAccount = new kplus.ServiceAccount(chart, 'account', { metadata: { name: 'robot' } }) as kplus.IServiceAccount;
  const containers = [{ name: 'main', image: 'example.com/web:1', ports: [{ number: 8080 }], securityContext: { user: 1000 } }];
  const workload = new kplus.Deployment(chart, 'web', { serviceAccount, containers });
  const web = MeshService.from(workload.exposeViaService({ name: 'web' }), { workload });
  shop.addService('orders', { port: 80 }).allowFrom(web);
  const [rule] = synthTo(chart).one(AuthorizationPolicy, 'orders').spec?.rules ?? [];
  expect(rule?.from).toEqual([{ source: { principals: ['cluster.local/ns/shop/sa/robot'] } }]);
});

test.each([[undefined], [null], ['web'], [{}], [{ kind: 'Service', name: 'web' }]])('of %p there is no service', (object) => {
  expect(caught(() => MeshService.from(object as never)).findings[0]).toMatchObject({ code: 'bad-reference', property: 'from' });
});

test('nor of an object without pods, and options must be some', () => {
  const base = program();
  const config = new kplus.ConfigMap(base.chart, 'config');
  expect(caught(() => MeshService.from(config)).findings[0]).toMatchObject({ code: 'bad-reference', construct: 'shop/config' });
  expect(caught(() => MeshService.from(deployment(base), null as never)).findings[0]).toMatchObject({ code: 'bad-props' });
});
