import { Chart, Testing } from 'cdk8s';
import { Gateway, PeerAuthentication } from '../../imports/istio';
import { CustomResourceDefinition, Namespace } from '../../imports/kubernetes';
import { BaseCrds, Cluster, Mesh } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';

test('is strict mesh-wide, and makes no gateway', () => {
  const chart = Testing.chart();
  new Mesh(chart, 'mesh');
  const shown = synthTo(chart);
  expect(shown.one(PeerAuthentication)).toMatchObject({ metadata: { name: 'default', namespace: 'istio-system' }, spec: { mtls: { mode: 'STRICT' } } });
  expect(shown.one(Namespace).metadata.name).toBe('istio-system');
  expect(shown.many(Gateway)).toEqual([]);
});

test.each([
  ['1.29.6', 14],
  ['1.30.3', 15],
  ['1.31.1', 15],
  // the nearest release whose rules are known
  ['1.29.10', 14],
])('CRDs of Istio %s', (istio, count) => {
  const chart = new Chart(new Cluster(Testing.app(), 'prod', { istio }), 'chart');
  new Mesh(chart, 'mesh');
  expect(synthTo(chart).many(CustomResourceDefinition)).toHaveLength(count);
});

test('while a cluster is upgraded it has the CRDs of the newer version', () => {
  const chart = new Chart(new Cluster(Testing.app(), 'prod', { istio: ['1.30.3', '1.29.6'] }), 'chart');
  new BaseCrds(chart, 'crds');
  expect(synthTo(chart).many(CustomResourceDefinition)).toHaveLength(15);
});

test('a version that is none is refused with what is known', () => {
  expect(caught(() => new BaseCrds(Testing.chart(), 'crds', { istio: 'latest' })).findings[0]).toMatchObject({
    code: 'unknown-version',
    got: '"latest"',
    expected: expect.stringContaining('1.31.1') as string,
  });
});
