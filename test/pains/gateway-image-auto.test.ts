import { Chart } from 'cdk8s';
import { Gateway, IngressGateway, Mesh, StandaloneGateway } from '../../src';
import type { MeshApp } from '../../src';
import { Deployment, Namespace } from '../../imports/kubernetes';
import { synthTo } from '../../src/testing';
import { program } from '../support/program';
import { applied } from './written';

/**
 * Pain 3: pods of a gateway have the image `auto`, which the injector replaces when they are made. Made before istiod and its
 * webhook are there, or in a namespace that no webhook looks at, they stay so and never start.
 */

const edge = (app: MeshApp): void => {
  const mesh = new Mesh(new Chart(app, 'z-platform'), 'mesh');
  mesh.addIngressGateway('public');
  mesh.addEgressGateway('way-out');
  // in a chart that comes first by its name
  new IngressGateway(new Chart(app, 'a-edge'), 'partners', { mesh, namespace: 'partners' });
};
const injector = ['Deployment istiod', 'MutatingWebhookConfiguration istio-sidecar-injector'];
const ofMesh = ['Deployment public', 'Deployment way-out'];

test('gateways come after istiod and its webhook, whatever chart they are in', async () => {
  const { order } = await applied(edge);
  const gateways = [...ofMesh, 'Deployment partners'];
  for (const before of injector) {
    for (const gateway of gateways) {
      expect(order).toEqual(expect.arrayContaining([before, gateway]));
      expect(order.indexOf(before)).toBeLessThan(order.indexOf(gateway));
    }
  }
});

test('by sync waves all gateways do, whatever chart they are in', async () => {
  const { waves } = await applied(edge, { layout: 'argocd' });
  for (const before of injector) {
    for (const gateway of [...ofMesh, 'Deployment partners']) expect(waves.get(before)).toBeLessThan(waves.get(gateway) ?? 0);
  }
});

test('they are deleted before what injects them', async () => {
  const { deleted } = await applied(edge);
  expect(deleted.indexOf('Deployment public')).toBeLessThan(deleted.indexOf('MutatingWebhookConfiguration istio-sidecar-injector'));
  expect(deleted.indexOf('MutatingWebhookConfiguration istio-sidecar-injector')).toBeLessThan(deleted.indexOf('Deployment istiod'));
});

test('the namespace that a mesh makes for its gateway is one that the injector looks at, by its revision', () => {
  const { platform, mesh } = program();
  mesh.addIngressGateway('public');
  expect(synthTo(platform).one(Namespace, 'istio-ingress').metadata.labels).toMatchObject({ 'istio-injection': 'enabled' });

  const { platform: other } = program();
  const canary = new Mesh(other, 'canary', { controlPlane: false, revision: 'canary' });
  canary.addIngressGateway('public');
  expect(synthTo(other).one(Namespace, 'istio-ingress').metadata.labels).toMatchObject({ 'istio.io/rev': 'canary' });
});

test('a StandaloneGateway brings its proxy itself', () => {
  const { platform, chart } = program();
  const images = (of: Chart): unknown[] => synthTo(of).many(Deployment).map(({ spec }) => spec?.template.spec?.containers[0]?.image);
  new StandaloneGateway(platform, 'standalone');
  new Gateway(chart, 'injected');
  expect(images(platform)).toEqual([expect.stringMatching(/proxyv2:/)]);
  expect(images(chart)).toEqual(['auto']);
});
