import { Chart } from 'cdk8s';
import { ConfigMap, Deployment, EndpointSlice, MutatingWebhookConfiguration, Namespace, Service } from '../../imports/kubernetes';
import { Cluster, Mesh, MeshApp } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';

/** Two clusters of one mesh on two networks: the first has istiod, the second asks it. */
function primaryRemote(): Readonly<Record<'west' | 'east', ReturnType<typeof synthTo>>> {
  const app = new MeshApp();
  const west = new Chart(new Cluster(app, 'west', { istio: '1.31.1', network: 'network1' }), 'platform');
  const east = new Chart(new Cluster(app, 'east', { istio: '1.31.1', network: 'network2' }), 'platform');
  const primary = new Mesh(west, 'mesh', { meshId: 'mesh1', clusterName: 'west', istiod: { externalIstiod: true } });
  primary.addEastWestGateway('istio-eastwestgateway', { exposeControlPlane: primary });
  const remote = new Mesh(east, 'mesh', { meshId: 'mesh1', clusterName: 'east', primary: { address: '203.0.113.7', clusterName: 'west' } });
  remote.addEastWestGateway('istio-eastwestgateway');
  return { west: synthTo(west), east: synthTo(east) };
}

test('the remote cluster runs no istiod; its Service and webhooks lead to the primary\'s', () => {
  const { east } = primaryRemote();
  expect(east.many(Deployment).map(({ metadata }) => metadata.name)).toEqual(['istio-eastwestgateway']);
  expect(east.one(EndpointSlice).endpoints).toEqual([{ addresses: ['203.0.113.7'] }]);
  const paths = east.one(MutatingWebhookConfiguration).webhooks?.map(({ clientConfig }) => clientConfig.service?.path);
  expect(new Set(paths)).toEqual(new Set(['/inject/cluster/east/net/network2']));
});

test('namespaces say which network they are of, and whose istiod may speak', () => {
  const { west, east } = primaryRemote();
  expect([west, east].map((shown) => shown.one(Namespace, 'istio-system').metadata.labels?.['topology.istio.io/network'])).toEqual(['network1', 'network2']);
  expect(east.one(Namespace, 'istio-system').metadata.annotations).toEqual({ 'topology.istio.io/controlPlaneClusters': 'west' });
});

test('each network has its gateway, and the primary knows its own name', () => {
  const { west, east } = primaryRemote();
  const networks = [west, east].map((shown) => shown.one(Service, 'istio-eastwestgateway').metadata.labels?.['topology.istio.io/network']);
  expect(networks).toEqual(['network1', 'network2']);
  expect(west.one(Deployment, 'istiod').spec?.template.spec?.containers[0]?.env).toContainEqual({ name: 'CLUSTER_ID', value: 'west' });
  const config = west.many(ConfigMap).find(({ metadata }) => metadata.name === 'istio')?.data?.['mesh'];
  expect(config).toContain('meshId: mesh1');
});

test('a primary without an address is refused', () => {
  const chart = new Chart(new MeshApp(), 'platform');
  const [finding] = caught(() => new Mesh(chart, 'mesh', { primary: { clusterName: 'west' } as never })).findings;
  expect(finding).toMatchObject({ code: 'no-address', construct: 'platform/mesh/istiod', property: 'address' });
});
