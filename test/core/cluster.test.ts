import { Chart, Testing } from 'cdk8s';
import { DestinationRule } from '../../imports/istio';
import { Cluster } from '../../src/core/cluster';
import { synthTo } from '../../src/testing/synth-to';
import { caught } from '../support/caught';

test('defaults: the trust domain does not follow the DNS domain, as in istiod', () => {
  expect(new Cluster(Testing.app(), 'prod').facts).toEqual({
    istio: [],
    kubernetes: [],
    gatewayApi: [],
    gatewayApiChannel: 'standard',
    clusterDomain: 'cluster.local',
    trustDomain: 'cluster.local',
    network: undefined,
  });
  expect(new Cluster(Testing.app(), 'prod', { clusterDomain: 'prod.example' }).facts.trustDomain).toBe('cluster.local');
});

test('a chart in no Cluster has one implied, the same for the whole app', () => {
  const app = Testing.app();
  const facts = ['a', 'b'].map((id) => Cluster.factsOf(new Chart(app, id)));
  expect(facts[0]).toBe(facts[1]);
  expect(Cluster.pathOf(app)).toBe('');
});

test.each([
  ['latest', '"latest"'],
  ['', '""'],
  [[], 'an empty list'],
  [['1.31.1', '1.x'], '"1.x"'],
  [131, '131'],
])('the version %p is refused with the construct', (istio, got) => {
  const make = (): Cluster => new Cluster(Testing.app(), 'prod', { istio: istio as never });
  expect(caught(make).findings[0]).toMatchObject({ code: 'bad-version', construct: 'prod', property: 'istio', got });
});

test('objects must suit every version that the cluster names, and the finding says which one they do not', () => {
  const add = (istio: string | string[]): Chart => {
    const chart = new Chart(new Cluster(Testing.app(), 'prod', { istio }), 'chart', { namespace: 'x' });
    new DestinationRule(chart, 'web', { spec: { host: 'web', trafficPolicy: { retryBudget: { percent: 20, budgetInterval: '10s' } } } });
    return chart;
  };
  expect(synthTo(add('1.31.1')).many(DestinationRule)).toHaveLength(1);
  const [finding] = caught(() => synthTo(add(['1.30.3', '1.31.1']))).findings;
  expect(finding).toMatchObject({ code: 'unknown-field', property: 'spec.trafficPolicy.retryBudget.budgetInterval' });
  expect(JSON.stringify(finding)).toContain('1.31.1');
});
