import { Chart } from 'cdk8s';
import { Deployment } from '../../imports/kubernetes/deployment';
import { NetworkPolicy } from '../../imports/kubernetes/network-policy';
import { PodDisruptionBudget } from '../../imports/kubernetes/pod-disruption-budget';
import { Service } from '../../imports/kubernetes/service';
import { StandaloneGateway } from '../../src/control-plane/standalone-gateway/standalone-gateway';
import type { StandaloneGatewayProps } from '../../src/control-plane/standalone-gateway/standalone-gateway-props';
import { MeshApp } from '../../src/core/mesh-app';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';

function synthesized(props: StandaloneGatewayProps = {}): ReturnType<typeof synthTo> {
  const chart = new Chart(new MeshApp(), 'edge');
  new StandaloneGateway(chart, 'gateway', { istio: '1.31.3', ...props });
  return synthTo(chart);
}

function proxyOf(props: StandaloneGatewayProps): Readonly<Record<string, unknown>> {
  return synthesized(props).one(Deployment).spec?.template.spec?.containers[0] as unknown as Record<string, unknown>;
}

test('the pods bring their proxy themselves, with the address of their istiod', () => {
  const proxy = proxyOf({ revision: 'canary', image: { hub: 'registry.example.com/istio', variant: 'distroless' } });
  expect(proxy['image']).toBe('registry.example.com/istio/proxyv2:1.31.3-distroless');
  expect(proxy['env']).toContainEqual({ name: 'CA_ADDR', value: 'istiod-canary.istio-system.svc:15012' });
  expect(synthesized().one(Deployment).spec?.template.metadata?.labels).toMatchObject({ 'sidecar.istio.io/inject': 'false' });
});

test('ingress is reachable from outside, egress from inside', () => {
  const kinds = (['ingress', 'egress'] as const).map((direction) => synthesized({ direction }).one(Service));
  expect(kinds.map(({ metadata, spec }) => [metadata?.name, spec?.type, spec?.ports?.map(({ port }) => port)])).toEqual([
    ['istio-ingressgateway', 'LoadBalancer', [15021, 80, 443]],
    ['istio-egressgateway', 'ClusterIP', [80, 443]],
  ]);
});

test('with a template of the injector, only what is its own is in the pod', () => {
  const proxy = proxyOf({ injectionTemplate: 'gateway', secretVolumes: [], env: { A: 'b' } });
  expect(proxy).toMatchObject({ image: 'auto', env: [{ name: 'ISTIO_META_UNPRIVILEGED_POD', value: 'true' }, { name: 'A', value: 'b' }] });
  expect(proxy).not.toHaveProperty('args');
  expect(proxy).not.toHaveProperty('volumeMounts');
});

test('nodes are chosen by affinity, labels and architectures together', () => {
  const { spec } = synthesized({ nodeSelector: { role: 'edge' }, architectures: { amd64: 2, arm64: 0 } }).one(Deployment).spec?.template ?? {};
  expect(spec?.affinity?.nodeAffinity).toMatchObject({
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/arch', values: ['amd64'] }, { key: 'role', values: ['edge'] }] }],
    },
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 2 }],
  });
});

test('one of several pods is kept while nodes are drained, and a policy lets in what is served', () => {
  const objects = synthesized({ autoscaling: { minReplicas: 2 }, networkPolicy: true });
  expect(objects.one(PodDisruptionBudget).spec).toMatchObject({ minAvailable: 1 });
  expect(objects.one(NetworkPolicy).spec?.ingress?.flatMap(({ ports }) => ports ?? []).map(({ port }) => port)).toEqual([15021, 15020, 15090, 15021, 8080, 8443]);
  expect(synthesized().many(PodDisruptionBudget)).toEqual([]);
});

test('refuses what contradicts itself', () => {
  expect(caught(() => synthesized({ ports: [] })).findings[0]).toMatchObject({ code: 'no-port', construct: 'edge/gateway', property: 'ports' });
  expect(caught(() => synthesized({ autoscaling: { minReplicas: 3, maxReplicas: 2 } })).findings[0]).toMatchObject({ code: 'bad-replicas' });
});

test('props of another type, from programs that are not type-checked, are refused all at once', () => {
  const props = { direction: 'inwards', runAsRoot: 'yes', proxy: { stsPort: 'x' } } as unknown as StandaloneGatewayProps;
  expect(caught(() => synthesized(props)).findings).toMatchObject([
    { code: 'bad-prop', property: 'direction' },
    { code: 'bad-prop', property: 'proxy.stsPort' },
    { code: 'bad-prop', property: 'runAsRoot' },
  ]);
});
