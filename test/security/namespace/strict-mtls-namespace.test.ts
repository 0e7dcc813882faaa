import { App, Chart, Testing } from 'cdk8s';
import { AuthorizationPolicy, PeerAuthentication } from '../../../imports/istio';
import { Namespace, Service, ServiceAccount } from '../../../imports/kubernetes';
import { Cluster, Mesh, StrictMtlsNamespace } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

test('joins the mesh, takes mutual TLS only, and lets nobody in', () => {
  const { chart } = program();
  const shown = synthTo(chart);
  expect(shown.one(Namespace)).toMatchObject({ metadata: { name: 'shop', labels: { 'istio-injection': 'enabled' } } });
  expect(shown.one(PeerAuthentication)).toMatchObject({ metadata: { name: 'default', namespace: 'shop' }, spec: { mtls: { mode: 'STRICT' } } });
  expect(shown.one(AuthorizationPolicy)).toMatchObject({ metadata: { name: 'deny-by-default', namespace: 'shop' } });
  expect(shown.one(AuthorizationPolicy).spec).toEqual({});
});

test('a mesh of a revision labels the namespace with it, and no label of the user overrides that', () => {
  const chart = Testing.chart();
  const mesh = new Mesh(chart, 'mesh', { controlPlane: false, revision: 'canary' });
  new StrictMtlsNamespace(chart, 'shop', { mesh, labels: { 'istio.io/rev': 'other', team: 'web' } });
  expect(synthTo(chart).one(Namespace, 'shop').metadata.labels).toEqual({ 'istio.io/rev': 'canary', team: 'web' });
});

test('denyByDefault: false leaves the policy out', () => {
  const chart = Testing.chart();
  new StrictMtlsNamespace(chart, 'shop', { mesh: new Mesh(chart, 'mesh', { controlPlane: false }), denyByDefault: false });
  expect(synthTo(chart).many(AuthorizationPolicy)).toEqual([]);
});

test('a service comes with the account that its pods run as', () => {
  const { chart, shop } = program();
  shop.addService('web', { port: 80, targetPort: 8080, portName: 'http-web' });
  const shown = synthTo(chart);
  expect(shown.one(ServiceAccount).metadata).toEqual({ name: 'web', namespace: 'shop' });
  expect(shown.one(Service).spec).toEqual({ selector: { app: 'web' }, ports: [{ name: 'http-web', port: 80, targetPort: 8080 }] });
});

test('a mesh of another cluster is refused', () => {
  const app = Testing.app();
  const mesh = new Mesh(new Chart(new Cluster(app, 'a'), 'chart'), 'mesh', { controlPlane: false });
  const chart = new Chart(new Cluster(app, 'b'), 'chart');
  expect(caught(() => new StrictMtlsNamespace(chart, 'shop', { mesh })).findings[0]).toMatchObject({ code: 'other-cluster', property: 'mesh' });
});

test('a name that Kubernetes would refuse is refused', () => {
  const { shop } = program();
  const [finding] = caught(() => shop.addService('Web_Shop', { port: 80 })).findings;
  expect(finding).toMatchObject({ code: 'bad-host', construct: 'shop/shop/services/Web_Shop/mesh', got: '"Web_Shop"' });
});

test.each<[unknown, string]>([
  [null, 'bad-props'],
  [undefined, 'bad-props'],
  [{}, 'bad-reference'],
  [{ mesh: 'mesh' }, 'bad-reference'],
  [{ mesh: { injectionLabels: {} } }, 'bad-reference'],
])('%j is refused, as plain JavaScript may give it', (props, code) => {
  expect(caught(() => new StrictMtlsNamespace(Testing.chart(), 'shop', props as never)).findings[0]).toMatchObject({ code });
});

test('something else in place of the mesh is named, and so is a name that is none', () => {
  const { chart, mesh } = program();
  expect(caught(() => new StrictMtlsNamespace(chart, 'a', { mesh: chart as never })).findings[0]).toMatchObject({ code: 'bad-reference', property: 'mesh', got: 'the construct shop' });
  expect(caught(() => new StrictMtlsNamespace(chart, 'b', { mesh, name: '' })).findings[0]).toMatchObject({ code: 'bad-reference', property: 'name' });
});

test('the namespace of the control plane is refused: what is said of it would hold for the whole mesh', () => {
  const chart = new Chart(new App({ outdir: 'unused' }), 'platform');
  const mesh = Mesh.fromName(chart, 'mesh', { namespace: 'mesh-system' });
  expect(caught(() => new StrictMtlsNamespace(chart, 'root', { mesh, name: 'mesh-system' })).findings).toMatchObject([{ code: 'root-namespace', construct: 'platform/root', property: 'name', got: '"mesh-system", where the control plane of platform/mesh is' }]);
});

test('a service may have the one name that no construct can have', () => {
  const chart = new Chart(new App({ outdir: 'unused' }), 'shop');
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh: Mesh.fromName(chart, 'mesh') });
  shop.addService('constructor', { port: 80 });
  expect(synthTo(chart).one(Service).metadata.name).toBe('constructor');
  expect(caught(() => shop.addService('constructor', { port: 80 })).findings).toMatchObject([{ code: 'second-owner', property: 'addService' }]);
});
