import { App, Chart } from 'cdk8s';
import { Cni } from '../../src/control-plane/cni/cni';
import { Istiod } from '../../src/control-plane/istiod/istiod';
import { RemoteIstiod } from '../../src/control-plane/remote-istiod/remote-istiod';
import { applyKubernetesSettings } from '../../src/migrate/overlay/kubernetes-settings';
import { synthTo } from '../../src/testing/synth-to';
import { Deployment } from '../../imports/kubernetes/deployment';
import { Service } from '../../imports/kubernetes/service';
import { caught } from '../support/caught';

function chart(): Chart {
  return new Chart(new App(), 'platform', { namespace: 'istio-system' });
}

test('settings change the objects of the component, beside its props', () => {
  const platform = chart();
  const istiod = new Istiod(platform, 'istiod', { nodeSelector: { pool: 'system' } });
  applyKubernetesSettings(istiod, {
    env: [{ name: 'REGION', valueFrom: { configMapKeyRef: { name: 'region', key: 'name' } } }, { name: 'CLUSTER_ID', value: 'east' }],
    replicaCount: 2,
    securityContext: { fsGroup: 1337 },
    service: { type: 'NodePort' },
    tolerations: [{ operator: 'Exists' }],
  });
  const synthesis = synthTo(platform);
  const { spec } = synthesis.one(Deployment) as unknown as { spec: { replicas: number; template: { spec: { containers: { env: { name: string }[] }[] } } } };
  expect(spec.replicas).toBe(2);
  expect(spec.template.spec).toMatchObject({ nodeSelector: { pool: 'system' }, securityContext: { fsGroup: 1337 }, tolerations: [{ operator: 'Exists' }] });
  const env = spec.template.spec.containers[0]?.env ?? [];
  expect(env[0]).toMatchObject({ name: 'REGION' });
  expect(env.filter(({ name }) => name === 'CLUSTER_ID')).toEqual([{ name: 'CLUSTER_ID', value: 'east' }]);
  expect(synthesis.one(Service)).toMatchObject({ spec: { type: 'NodePort' } });
});

test('what the component does not make stays unmade', () => {
  const platform = chart();
  const cni = new Cni(platform, 'cni');
  const before = synthTo(platform).all;
  applyKubernetesSettings(cni, { hpaSpec: { minReplicas: 2 }, service: { type: 'NodePort' } });
  expect(synthTo(platform).all).toEqual(before);
});

test('what is no setting is refused', () => {
  const cni = new Cni(chart(), 'cni');
  expect(caught(() => applyKubernetesSettings(cni, { toleration: [], env: {} } as never)).findings).toMatchObject([
    { code: 'bad-prop', property: 'env', construct: 'platform/cni' },
    { code: 'unknown-prop', property: 'toleration', fix: 'did you mean "tolerations"?' },
  ]);
});

test('so is a component without pods', () => {
  const remote = new RemoteIstiod(chart(), 'istiod', { address: '192.0.2.1' });
  expect(caught(() => applyKubernetesSettings(remote, { replicaCount: 2 })).findings).toMatchObject([{ code: 'no-workload', construct: 'platform/istiod' }]);
});
