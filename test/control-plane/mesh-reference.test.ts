import { Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Namespace } from '../../imports/kubernetes';
import { Cluster, Mesh, MeshNamespace, StrictMtlsNamespace } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';

test('a mesh of another program makes no objects, and its revision injects the pods of a namespace', () => {
  const chart = Testing.chart();
  const mesh = Mesh.fromName(chart, 'mesh', { revision: 'stable', namespace: 'mesh-system' });
  expect(Testing.synth(chart)).toEqual([]);
  expect(mesh).toMatchObject({ namespace: 'mesh-system', revision: 'stable' });
  new StrictMtlsNamespace(chart, 'shop', { mesh });
  expect(synthTo(chart).one(Namespace).metadata).toMatchObject({ name: 'shop', labels: { 'istio.io/rev': 'stable' } });
});

test('without a revision, as a mesh that the program makes', () => {
  const chart = Testing.chart();
  const made = new Mesh(chart, 'made', { controlPlane: false });
  const { namespace, revision, injectionLabels } = Mesh.fromName(chart, 'named');
  expect({ namespace, revision, injectionLabels }).toEqual({ namespace: made.namespace, revision: made.revision, injectionLabels: made.injectionLabels });
});

test.each([
  ['a Namespace of cdk8s-plus', (chart: Chart) => new kplus.Namespace(chart, 'ns', { metadata: { name: 'mesh-system' } })],
  ['an L1 Namespace', (chart: Chart) => new Namespace(chart, 'ns', { metadata: { name: 'mesh-system' } })],
])('%s is taken for the namespace, and made once', (_name, make) => {
  const chart = Testing.chart();
  const mesh = new Mesh(chart, 'mesh', { controlPlane: false, namespace: make(chart) });
  expect(mesh.namespace).toBe('mesh-system');
  expect(synthTo(chart).many(Namespace).map(({ metadata }) => metadata.name)).toEqual(['mesh-system']);
});

test("a reference to another program's namespace is not made", () => {
  const chart = Testing.chart();
  new Mesh(chart, 'mesh', { controlPlane: false, namespace: MeshNamespace.fromName(chart, 'mesh-system') });
  expect(synthTo(chart).many(Namespace)).toEqual([]);
});

test.each([
  [{ namespace: '' }, 'bad-reference', 'namespace'],
  [{ namespace: 'Mesh_System' }, 'bad-reference', 'namespace'],
  [{ namespace: 5 }, 'bad-reference', 'namespace'],
  [{ revision: '' }, 'bad-revision', 'revision'],
  [{ revision: '1.31.1' }, 'bad-revision', 'revision'],
  [{ revision: null }, 'bad-revision', 'revision'],
  [null, 'bad-props', 'props'],
  ['istio-system', 'bad-props', 'props'],
])('%j is refused, of a mesh and of a reference to one', (props, code, property) => {
  const chart = Testing.chart();
  expect(caught(() => new Mesh(chart, 'made', props as never)).findings[0]).toMatchObject({ code, property, construct: expect.stringMatching(/made$/) as string });
  expect(caught(() => Mesh.fromName(chart, 'named', props as never)).findings[0]).toMatchObject({ code, property });
});

test('a namespace of another cluster is refused', () => {
  const app = Testing.app();
  const other = MeshNamespace.fromName(new Chart(new Cluster(app, 'other'), 'chart'), 'mesh-system');
  const make = (): unknown => new Mesh(new Chart(new Cluster(app, 'own'), 'chart'), 'mesh', { namespace: other });
  expect(caught(make).findings[0]).toMatchObject({ code: 'other-cluster', property: 'namespace' });
});

test('something else than a Namespace is refused, and named', () => {
  const chart = Testing.chart();
  const account = new kplus.ServiceAccount(chart, 'account');
  const [finding] = caught(() => new Mesh(chart, 'mesh', { namespace: account })).findings;
  expect(finding).toMatchObject({ code: 'bad-reference', got: expect.stringContaining('account, which is a ServiceAccount') as string });
});
