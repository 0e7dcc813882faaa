import { Chart } from 'cdk8s';
import { DaemonSet } from '../../imports/kubernetes/daemon-set';
import { Deployment } from '../../imports/kubernetes/deployment';
import { HorizontalPodAutoscaler } from '../../imports/kubernetes/horizontal-pod-autoscaler';
import { NetworkPolicy } from '../../imports/kubernetes/network-policy';
import { PodDisruptionBudget } from '../../imports/kubernetes/pod-disruption-budget';
import { Role } from '../../imports/kubernetes/role';
import { Service } from '../../imports/kubernetes/service';
import { ServiceAccount } from '../../imports/kubernetes/service-account';
import { Gateway } from '../../src/control-plane/gateway/gateway';
import type { GatewayProps } from '../../src/control-plane/gateway/gateway-props';
import { MeshApp } from '../../src/core/mesh-app';
import { unknown } from '../../src/core/unknown';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';

function synthesized(props: GatewayProps = {}, id = 'istio-ingress'): ReturnType<typeof synthTo> {
  const chart = new Chart(new MeshApp(), 'edge');
  new Gateway(chart, id, { istio: '1.31.3', ...props });
  return synthTo(chart);
}

test('a gateway that is injected, reachable, scaled and may read its certificates', () => {
  const objects = synthesized();
  const template = objects.one(Deployment).spec?.template;
  expect(template?.metadata?.labels).toMatchObject({ 'sidecar.istio.io/inject': 'true', app: 'istio-ingress', istio: 'ingress' });
  expect(template?.metadata?.annotations).toMatchObject({ 'inject.istio.io/templates': 'gateway' });
  expect(template?.spec?.containers[0]).toMatchObject({
    image: 'auto',
    securityContext: { runAsNonRoot: true, privileged: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  });
  expect(objects.one(Service).spec?.ports?.map(({ port }) => port)).toEqual([15021, 80, 443]);
  expect(objects.one(HorizontalPodAutoscaler).spec).toMatchObject({ minReplicas: 1, maxReplicas: 5 });
  expect(objects.one(Role).rules).toEqual([{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }]);
  expect(objects.one(ServiceAccount).metadata?.name).toBe('istio-ingress');
  expect(objects.many(NetworkPolicy)).toEqual([]);
});

test('everything is in one namespace, the chart\'s before the default', () => {
  const chart = new Chart(new MeshApp(), 'edge', { namespace: 'edge' });
  new Gateway(chart, 'public');
  expect(synthTo(chart).one(Deployment).metadata?.namespace).toBe('edge');
});

test('a DaemonSet is not scaled and gives its strategy the name that its kind has', () => {
  const objects = synthesized({ kind: 'DaemonSet', replicas: 3, strategy: { rollingUpdate: { maxUnavailable: 1 } } });
  expect(objects.one(DaemonSet).spec).toMatchObject({ updateStrategy: { rollingUpdate: { maxUnavailable: 1 } } });
  expect(objects.one(DaemonSet).spec).not.toHaveProperty('replicas');
  expect(objects.many(HorizontalPodAutoscaler)).toEqual([]);
});

test('a budget for one pod would keep it from being moved, so it is made for more only', () => {
  const disruptionBudget = { minAvailable: 1 };
  expect(synthesized({ disruptionBudget }).many(PodDisruptionBudget)).toEqual([]);
  expect(synthesized({ disruptionBudget, autoscaling: false, replicas: 2 }).one(PodDisruptionBudget).spec).toMatchObject({
    minAvailable: 1,
    selector: { matchLabels: { app: 'istio-ingress', istio: 'ingress' } },
  });
});

test('an east-west gateway asks for the other networks\' view and serves the ports between networks', () => {
  const objects = synthesized({ networkGateway: { network: 'network1', ports: { tls: { port: 16443 } } }, networkPolicy: true });
  expect(objects.one(Service).metadata?.labels).toMatchObject({ 'topology.istio.io/network': 'network1' });
  expect(objects.one(Service).spec?.ports?.map(({ name, port, targetPort }) => [name, port, targetPort])).toEqual([
    ['status-port', 15021, 15021],
    ['tls', 16443, 15443],
    ['tls-istiod', 15012, 15012],
    ['tls-webhook', 15017, 15017],
  ]);
  expect(objects.one(Deployment).spec?.template.spec?.containers[0]?.env).toContainEqual({ name: 'ISTIO_META_REQUESTED_NETWORK_VIEW', value: 'network1' });
  const opened = objects.one(NetworkPolicy).spec?.ingress?.flatMap(({ ports }) => (ports ?? []).map(({ port }) => port));
  expect(opened).toEqual(expect.arrayContaining([15443, 15012, 15017]));
});

test('null takes a default annotation, label or limit away', () => {
  const template = synthesized({
    podAnnotations: { 'prometheus.io/scrape': null },
    labels: { 'istio.io/dataplane-mode': null },
    resources: { limits: { cpu: null } },
  }).one(Deployment).spec?.template;
  expect(template?.metadata?.annotations).not.toHaveProperty(['prometheus.io/scrape']);
  expect(template?.metadata?.labels).not.toHaveProperty(['istio.io/dataplane-mode']);
  expect(template?.spec?.containers[0]?.resources).toEqual({ requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1024Mi' } });
});

describe('refuses', () => {
  const cases: [string, GatewayProps, string][] = [
    ['a Service without ports', { service: { ports: [] } }, 'no-port'],
    ['a minimum over the default maximum', { autoscaling: { minReplicas: 6 } }, 'bad-replicas'],
    ['a release that is not known', { istio: '1.20.0' }, 'unknown-version'],
    ['a minor release without a patch', { istio: '1.31' }, 'unknown-version'],
    ['a budget that says two things', { replicas: 2, autoscaling: false, disruptionBudget: { minAvailable: 1, maxUnavailable: 1 } }, 'bad-disruption-budget'],
  ];
  test.each(cases)('%s', (_title, props, code) => {
    expect(caught(() => synthesized(props)).findings.map((finding) => finding.code)).toEqual([code]);
  });
});

test('props of another type, from programs that are not type-checked, are refused all at once', () => {
  const props = { kind: 'StatefulSet', replicas: '2', service: { type: 'None' }, lables: {} } as unknown as GatewayProps;
  expect(caught(() => synthesized(props)).findings).toMatchObject([
    { code: 'bad-prop', property: 'kind' },
    { code: 'unknown-prop', property: 'lables', fix: 'did you mean "labels"?' },
    { code: 'bad-prop', property: 'replicas' },
    { code: 'bad-prop', property: 'service.type' },
  ]);
});

test('what only the deployment knows is no other type', () => {
  const address = unknown<string>('the address that is allocated');
  const chart = new Chart(new MeshApp(), 'edge');
  expect(() => new Gateway(chart, 'public', { service: { loadBalancerIP: address, annotations: { owner: address } } })).not.toThrow();
});
