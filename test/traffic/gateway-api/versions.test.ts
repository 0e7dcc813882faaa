import { Deployment } from 'cdk8s-plus-28';
import { GRPCRoute, HTTPRoute, TCPRoute, TLSRoute } from '../../../imports/gateway-api';
import { DestinationRule, VirtualService } from '../../../imports/istio';
import { Service } from '../../../imports/kubernetes';
import { CanaryRelease, MeshService, StringMatch } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { setUp } from './service';

test('each version has a Service: the ports of the whole, and the pods of its label', () => {
  const { chart } = setUp({}, { ports: [{ port: 8080, targetPort: 'web', appProtocol: 'http' }, 9000] });
  expect(synthTo(chart).one(Service, 'web-v2')).toMatchObject({
    metadata: { namespace: 'shop' },
    spec: {
      selector: { app: 'web', version: 'v2' },
      ports: [{ port: 8080, targetPort: 'web', appProtocol: 'http' }, { port: 9000, targetPort: 9000 }],
    },
  });
  expect(synthTo(chart).many(DestinationRule)).toEqual([]);
});

test('a workload tells labels and ports as late as ever', () => {
  const { chart } = setUp();
  const deployment = new Deployment(chart, 'late', { metadata: { name: 'late' }, podMetadata: { labels: { app: 'late' } } });
  MeshService.from(deployment, { versions: ['v1'], api: 'gateway' });
  deployment.addContainer({ image: 'registry.example.com/late', portNumber: 8080 });
  expect(synthTo(chart).one(Service, 'late-v1').spec).toMatchObject({ selector: { version: 'v1' }, ports: [{ port: 8080 }] });
});

test('the service of another program has its Services there', () => {
  const { chart } = setUp();
  const far = MeshService.fromName(chart, 'far', { name: 'far', ports: [{ port: 80, name: 'http' }], versions: ['v1', 'v2'], api: 'gateway' });
  new CanaryRelease(chart, 'canary', { service: far, stable: 'v1', canary: 'v2', weight: 10 });
  expect(synthTo(chart).many(Service, 'far-v1')).toEqual([]);
  expect(synthTo(chart).one(HTTPRoute).spec.rules).toMatchObject([{ backendRefs: [{ name: 'far-v1', port: 80, weight: 90 }, { name: 'far-v2', port: 80, weight: 10 }] }]);
});

test('a canary is unchanged on top of it', () => {
  const { chart, web } = setUp();
  new CanaryRelease(chart, 'canary', { service: web, stable: 'v1', canary: 'v2', weight: 10 });
  const shown = synthTo(chart);
  expect(shown.many(VirtualService)).toEqual([]);
  expect(shown.one(HTTPRoute).spec.rules).toMatchObject([{ backendRefs: [{ name: 'web-v1', weight: 90 }, { name: 'web-v2', weight: 10 }] }]);
});

test('a policy holds for each version, which has a host of its own', () => {
  const { chart, web } = setUp();
  web.trafficPolicy(chart, { outlierDetection: 'gateway-errors', versions: { v2: { loadBalancer: { simple: 'RANDOM' } } } });
  const rules = synthTo(chart).many(DestinationRule).map(({ spec }) => [spec?.host, Object.keys(spec?.trafficPolicy ?? {}).sort(), spec?.subsets]);
  expect(rules).toEqual([
    ['web-v1.shop.svc.cluster.local', ['outlierDetection'], undefined],
    ['web-v2.shop.svc.cluster.local', ['loadBalancer', 'outlierDetection'], undefined],
    ['web.shop.svc.cluster.local', ['outlierDetection'], undefined],
  ]);
});

test('a VirtualService of the program for the same host is refused', () => {
  const { chart, web } = setUp();
  web.split(chart, { v1: 100 });
  new VirtualService(chart, 'own', { spec: { hosts: ['web'], http: [{ route: [{ destination: { host: 'web' } }] }] } });
  expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'second-owner', construct: 'prod/shop/own' }]);
});

describe('ports that carry gRPC', () => {
  const grpc = { port: 8080, appProtocol: 'grpc' };

  test('have a GRPCRoute', () => {
    const { chart, web } = setUp({}, grpc);
    web.route(chart, 'method', { match: { uri: '/shop.Cart/Add' }, to: { version: 'v2' } });
    web.route(chart, 'service', { match: { uri: StringMatch.prefix('/shop.Orders/'), headers: { 'x-a': '1' } }, to: { version: 'v2' } });
    expect(synthTo(chart).many(HTTPRoute)).toEqual([]);
    expect(synthTo(chart).one(GRPCRoute).spec.rules).toMatchObject([
      { matches: [{ method: { type: 'Exact', service: 'shop.Orders' }, headers: [{ name: 'x-a', value: '1' }] }] },
      { matches: [{ method: { type: 'Exact', service: 'shop.Cart', method: 'Add' } }], backendRefs: [{ name: 'web-v2' }] },
      { backendRefs: [{ name: 'web' }] },
    ]);
  });

  test.each([
    ['a timeout', { timeout: '3s' }],
    ['a path that is no method', { match: { uri: '/healthz' }, to: { version: 'v2' } }],
    ['a method in any capitals', { match: { uri: '/shop.Cart/Add', ignoreUriCase: true }, to: { version: 'v2' } }],
  ])('have an HTTPRoute for %s', (_name, rule) => {
    const { chart, web } = setUp({}, grpc);
    web.route(chart, 'rule', rule);
    expect(synthTo(chart).many(GRPCRoute)).toEqual([]);
    expect(synthTo(chart).one(HTTPRoute).spec.rules).toHaveLength('timeout' in rule ? 1 : 2);
  });
});

describe('ports that carry connections', () => {
  const tcp = { port: 5432 };
  const tls = { port: 8443 };

  test('have a TCPRoute of the shares', () => {
    const { chart, web } = setUp({}, tcp);
    web.split(chart, { v1: 80, v2: 20 });
    expect(synthTo(chart).one(TCPRoute)).toMatchObject({
      apiVersion: 'gateway.networking.k8s.io/v1',
      spec: { parentRefs: [{ kind: 'Service', name: 'web', port: 5432 }], rules: [{ backendRefs: [{ name: 'web-v1', weight: 80 }, { name: 'web-v2', weight: 20 }] }] },
    });
  });

  test.each<[string, object, string | undefined]>([
    ['Istio 1.31 and the Gateway API 1.5', { gatewayApi: '1.5.1' }, undefined],
    ['Istio 1.30 and the standard channel', { istio: '1.30.3' }, undefined],
    ['Istio 1.30 and the experimental channel', { istio: '1.30.3', gatewayApi: '1.5.1', gatewayApiChannel: 'experimental' }, 'gateway.networking.k8s.io/v1alpha2'],
    ['both with the experimental channel of 1.6', { istio: ['1.30.3', '1.31.1'], gatewayApiChannel: 'experimental' }, 'gateway.networking.k8s.io/v1'],
  ])('%s', (_name, cluster, apiVersion) => {
    const { chart, web } = setUp(cluster, tcp);
    web.split(chart, { v1: 80, v2: 20 });
    if (apiVersion === undefined) expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'no-gateway-api-form', construct: 'prod/shop' }]);
    else expect(synthTo(chart).one(TCPRoute).apiVersion).toBe(apiVersion);
  });

  test('have a TLSRoute for each name', () => {
    const { chart, web } = setUp({}, tls);
    web.split(chart, { v1: 100 });
    const names = synthTo(chart).many(TLSRoute).map(({ spec }) => spec.hostnames);
    expect(names).toContainEqual(['web.shop.svc.cluster.local']);
    expect(names.every((each) => each?.length === 1)).toBe(true);
    expect(caught(() => {
      const old = setUp({ istio: '1.29.6' }, tls);
      old.web.split(old.chart, { v1: 100 });
      return synthTo(old.chart);
    }).findings).toMatchObject([{ code: 'no-gateway-api-form' }]);
  });
});
