import { Chart, Testing } from 'cdk8s';
import { Gateway } from '../../imports/istio';
import { CustomResourceDefinition, DaemonSet, Deployment, Namespace, Service } from '../../imports/kubernetes';
import { PeerAuthentication } from '../../imports/istio';
import { Cluster, IngressRoute, Mesh, StrictMtlsNamespace, Tls } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';

test('a profile is what Istio makes of it: no namespace, no policy', () => {
  const chart = Testing.chart();
  const mesh = Mesh.fromProfile(chart, 'mesh', 'default', { istio: '1.30.3', hub: 'registry.example.com/istio' });
  const shown = synthTo(chart);
  expect(shown.many(Deployment).map(({ metadata }) => metadata.name).sort()).toEqual(['istio-ingressgateway', 'istiod']);
  expect([...shown.many(Namespace), ...shown.many(PeerAuthentication)]).toEqual([]);
  expect(shown.many(CustomResourceDefinition)).toHaveLength(15);
  expect(shown.one(Deployment, 'istiod').spec?.template.spec?.containers[0]?.image).toBe('registry.example.com/istio/pilot:1.30.3');
  expect(mesh).toMatchObject({ namespace: 'istio-system', revision: undefined });
});

test('is of the cluster\'s release where none is asked for', () => {
  const chart = new Chart(new Cluster(Testing.app(), 'prod', { istio: '1.29.6' }), 'platform');
  Mesh.fromProfile(chart, 'mesh', 'ambient');
  expect(synthTo(chart).many(DaemonSet).map(({ spec }) => spec?.template.spec?.containers[0]?.image)).toEqual([
    'docker.io/istio/install-cni:1.29.6-distroless',
    'docker.io/istio/ztunnel:1.29.6-distroless',
  ]);
});

test('an IstioOperator, and values of Helm charts', () => {
  const chart = Testing.chart();
  const operator = { apiVersion: 'install.istio.io/v1alpha1', kind: 'IstioOperator', spec: { profile: 'minimal', revision: 'canary' } };
  expect(Mesh.fromOperator(chart, 'one', operator).injectionLabels).toEqual({ 'istio.io/rev': 'canary' });
  const two = Mesh.fromHelmValues(chart, 'two', { istiod: { revision: 'stable', autoscaleMin: 2 }, gateway: { name: 'edge' } }, { istio: '1.31.1' });
  expect(two.revision).toBe('stable');
  expect(synthTo(chart).many(Service).map(({ metadata }) => metadata.name).sort()).toEqual(['edge', 'istiod-canary', 'istiod-stable']);
});

test('namespaces join it, and routes go through its gateways', () => {
  const chart = Testing.chart();
  const mesh = Mesh.fromProfile(chart, 'mesh', 'default');
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = shop.addService('web', { port: 80 });
  new IngressRoute(chart, 'route', { gateway: mesh.gateway('istio-ingressgateway'), host: 'shop.example.com', tls: Tls.secret('cert'), routes: [{ path: '/', to: web }] });
  expect(synthTo(chart).one(Gateway).spec?.selector).toEqual({ app: 'istio-ingressgateway', istio: 'ingressgateway' });
});

describe('refuses', () => {
  const chart = (): Chart => Testing.chart();
  test.each([
    ['a gateway that is not there', () => Mesh.fromProfile(chart(), 'mesh', 'default').gateway('istio-ingresgateway'), { code: 'unknown-gateway', fix: 'did you mean "istio-ingressgateway"?' }],
    ['a profile that is none', () => Mesh.fromProfile(chart(), 'mesh', 'defualt' as never), { code: 'unknown-profile' }],
    ['another API version', () => Mesh.fromOperator(chart(), 'mesh', { apiVersion: 'install.istio.io/v1', kind: 'IstioOperator' }), { property: 'apiVersion' }],
    ['a value that no chart knows', () => Mesh.fromHelmValues(chart(), 'mesh', { istiod: { autoscaleMinn: 2 } }), { construct: 'test/mesh/istiod', property: 'autoscaleMinn' }],
    ['a chart that is none', () => Mesh.fromHelmValues(chart(), 'mesh', { istoid: {} } as never), { code: 'unknown-chart' }],
    ['a release that is not known', () => Mesh.fromProfile(chart(), 'mesh', 'demo', { istio: '1.20.0' }), { code: 'unknown-version' }],
  ])('%s', (_title, body, finding) => {
    expect(caught(body).findings[0]).toMatchObject({ construct: expect.stringContaining('test/mesh') as string, ...finding });
  });
});
