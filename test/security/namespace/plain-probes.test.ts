import { App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Deployment } from '../../../imports/kubernetes';
import { Mesh, MtlsPolicy, StrictMtlsNamespace } from '../../../src';
import type { MeshProps } from '../../../src';
import { synthTo } from '../../../src/testing';

const OFF = { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' };
const GET = { readinessProbe: { httpGet: { path: '/ready', port: 8080 } } };

/** Warnings about a workload with such annotations and probes. */
function warned(annotations: Readonly<Record<string, string>>, probes: object = GET, { more, ...mesh }: MeshProps & { more?: (chart: Chart, shop: StrictMtlsNamespace, web: Deployment) => void } = { controlPlane: false }): unknown[] {
  const app = new App({ outdir: 'unused' });
  const made = new Mesh(new Chart(app, 'platform'), 'mesh', mesh);
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh: made });
  const labels = { app: 'web' };
  const web = new Deployment(chart, 'web', { spec: { selector: { matchLabels: labels }, template: { metadata: { labels, annotations }, spec: { containers: [{ name: 'main', image: 'example.com/web:1', ...probes }] } } } });
  more?.(chart, shop, web);
  return synthTo(chart).warnings.filter(({ code }) => code === 'probe-not-rewritten');
}

test('a probe that the kubelet makes in plain text is told', () => {
  expect(warned(OFF)).toMatchObject([{ construct: 'shop/web', property: 'spec.template.metadata.annotations', got: 'a readinessProbe on port 8080 that the kubelet makes in plain text' }]);
  expect(warned(OFF, { livenessProbe: { grpc: { port: 9090 } } })).toHaveLength(1);
});

test('one that is rewritten is not, nor one that only opens a socket, nor pods without a proxy', () => {
  expect(warned({})).toEqual([]);
  expect(warned({ 'sidecar.istio.io/rewriteAppHTTPProbers': 'true' })).toEqual([]);
  expect(warned(OFF, { livenessProbe: { tcpSocket: { port: 8080 } } })).toEqual([]);
  expect(warned({ ...OFF, 'sidecar.istio.io/inject': 'false' })).toEqual([]);
  expect(warned(OFF, GET, { dataPlane: 'ambient', controlPlane: false })).toEqual([]);
});

test('where the mesh rewrites none, all are', () => {
  expect(warned({}, GET, { istiod: { injection: { rewriteAppHTTPProbe: false } } })).toMatchObject([{ property: 'spec.template.spec.containers' }]);
});

test('a port that takes plain text, or is not captured, is right', () => {
  expect(warned({ ...OFF, 'traffic.sidecar.istio.io/excludeInboundPorts': '9090, 8080' })).toEqual([]);
  expect(warned(OFF, GET, { controlPlane: false, more: (chart, _shop, target) => new MtlsPolicy(chart, 'open', { target, ports: { 8080: 'PERMISSIVE' } }) })).toEqual([]);
});

test('a workload of cdk8s-plus is no other', () => {
  const more = (chart: Chart): void => {
    const container = { image: 'example.com/api:1', portNumber: 8080, securityContext: { user: 1000 }, readiness: kplus.Probe.fromHttpGet('/ready') };
    new kplus.Deployment(chart, 'api', { podMetadata: { annotations: OFF }, containers: [container] });
  };
  expect(warned({}, {}, { controlPlane: false, more })).toHaveLength(1);
});
