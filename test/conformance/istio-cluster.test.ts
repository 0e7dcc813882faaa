import { asInCluster } from '../../conformance/istio/cluster';
import type { KubeObject } from '../../conformance/istio/cluster';

function namespace(labels: Record<string, string>): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } };
}

function deployment(labels: Record<string, string>, containers: readonly unknown[] = [{ name: 'app', image: 'app' }]): KubeObject {
  const template = { metadata: { labels }, spec: { containers } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'cart', namespace: 'shop' }, spec: { template } };
}

function podOf(objects: readonly KubeObject[]): KubeObject | undefined {
  return asInCluster(objects).find(({ kind }) => kind === 'Pod');
}

const PROXY = { name: 'istio-proxy', image: expect.stringContaining('/proxyv2:') as string };

describe('a set of objects as a cluster would hold it', () => {
  test('a workload has a pod of its template, in its namespace', () => {
    expect(podOf([deployment({ app: 'cart' })])).toMatchObject({
      metadata: { name: 'cart-0', namespace: 'shop', labels: { app: 'cart' } },
      spec: { containers: [{ name: 'app' }] },
    });
  });

  test.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    ['the namespace is injected', { 'istio-injection': 'enabled' }, {}, true],
    ['the namespace is injected by a revision', { 'istio.io/rev': 'canary' }, {}, true],
    ['the namespace is not, whatever the revision', { 'istio-injection': 'disabled', 'istio.io/rev': 'canary' }, {}, false],
    ['the pod does not want it', { 'istio-injection': 'enabled' }, { 'sidecar.istio.io/inject': 'false' }, false],
    ['the pod alone wants it', {}, { 'sidecar.istio.io/inject': 'true' }, true],
    ['nobody asks for it', {}, {}, false],
  ])('the proxy: %s', (_what, namespaceLabels, podLabels, injected) => {
    const containers = [{ name: 'app', image: 'app' }, ...(injected ? [PROXY] : [])];
    expect(podOf([namespace(namespaceLabels), deployment(podLabels)])).toMatchObject({ spec: { containers } });
  });

  test('the image of a gateway is put in by the injector', () => {
    const gateway = deployment({ 'sidecar.istio.io/inject': 'true' }, [{ name: 'istio-proxy', image: 'auto' }]);
    expect(podOf([gateway])).toMatchObject({ spec: { containers: [PROXY] } });
  });

  test('a port of a Service is TCP unless it says otherwise; other objects stay as they are', () => {
    const ports = [{ port: 80 }, { port: 53, protocol: 'UDP' }];
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'cart' }, spec: { ports } };
    const [kept, first] = asInCluster([namespace({}), service]);
    expect(kept).toEqual(namespace({}));
    expect(first).toMatchObject({ spec: { ports: [{ port: 80, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }] } });
  });
});
