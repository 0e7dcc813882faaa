import { DestinationRule, PeerAuthentication } from '../../../imports/istio';
import { Service } from '../../../imports/kubernetes';
import { MtlsPolicy } from '../../../src';
import type { MtlsRiskCode } from '../../../src';
import { unknown } from '../../../src/core/unknown';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { codesOf, migrating } from './migrating';
import type { Migrating } from './migrating';

describe('a DestinationRule that turns TLS off', () => {
  const rule = (made: Migrating, host: string, namespace = 'orders', id = 'rule', mode: 'DISABLE' | 'SIMPLE' = 'DISABLE') => new DestinationRule(made.chart, id, { metadata: { name: id, namespace }, spec: { host, trafficPolicy: { tls: { mode } } } });

  test.each([['orders.orders.svc.cluster.local', 'orders'], ['orders', 'orders'], ['*.orders.svc.cluster.local', 'web'], ['*.local', 'istio-system'], ['*', 'istio-system']])('for %s is refused with the stage, and told before', (host, namespace) => {
    for (const stage of ['start', 'orders']) {
      const made = migrating();
      made.namespace('orders');
      new Service(made.chart, 'hand-written', { metadata: { name: 'orders', namespace: 'orders' }, spec: { selector: { app: 'orders' }, ports: [{ port: 80 }] } });
      rule(made, host, namespace);
      const migration = made.migrate(stage);
      if (stage === 'start') expect(codesOf(migration.next)).toEqual(['mtls-clash']);
      else expect(caught(() => synthTo(made.chart)).findings).toMatchObject([{ code: 'mtls-clash', construct: 'shop/rule', property: 'spec.trafficPolicy.tls.mode' }]);
    }
  });

  test('does not count where a narrower one beside it does, or one of the namespace before that of the mesh', () => {
    for (const [wide, namespace] of [['*.orders.svc.cluster.local', 'orders'], ['*.local', 'istio-system']] as const) {
      const made = migrating();
      made.namespace('orders');
      made.service('orders');
      rule(made, wide, namespace);
      new DestinationRule(made.chart, 'narrow', { metadata: { namespace: 'orders' }, spec: { host: 'orders.orders.svc.cluster.local', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } } });
      made.migrate('orders');
      expect(synthTo(made.chart).many(PeerAuthentication).length).toBe(1);
    }
  });

  test('counts in the namespace of callers, who follow it before that of the service', () => {
    const made = migrating();
    made.namespace('orders');
    made.service('orders');
    rule(made, '*.orders.svc.cluster.local', 'web');
    new DestinationRule(made.chart, 'narrow', { metadata: { namespace: 'orders' }, spec: { host: 'orders.orders.svc.cluster.local', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } } });
    made.migrate('orders');
    expect(caught(() => synthTo(made.chart)).findings).toMatchObject([{ code: 'mtls-clash', construct: 'shop/rule' }]);
  });

  test('is what pods without a proxy want', () => {
    const made = migrating();
    made.namespace('orders');
    made.service('orders', { labels: { 'sidecar.istio.io/inject': 'false' } });
    rule(made, 'orders.orders.svc.cluster.local');
    made.migrate('orders');
    expect(synthTo(made.chart).many(PeerAuthentication).length).toBe(1);
  });
});

describe('what is no risk', () => {
  test.each<[string, (made: Migrating) => void]>([
    ['a probe of a socket, which the proxy answers', (made) => made.service('orders', { annotations: { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' }, container: { readinessProbe: { tcpSocket: { port: 8080 } } } })],
    ['a probe on a port that goes past the proxy', (made) => made.service('orders', { annotations: { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false', 'traffic.sidecar.istio.io/excludeInboundPorts': '9000' }, container: { readinessProbe: { httpGet: { port: 9000 } } } })],
    ['a LoadBalancer before pods without a proxy', (made) => made.service('orders', { labels: { 'sidecar.istio.io/inject': 'false' }, service: { type: 'LoadBalancer' } })],
    ['a LoadBalancer before a gateway', (made) => made.service('orders', { annotations: { 'inject.istio.io/templates': 'gateway' }, service: { type: 'LoadBalancer' } })],
    ['a client with a proxy that was put there by hand', (made) => {
      made.namespace('web', {});
      made.service('web', { pod: { initContainers: [{ name: 'istio-proxy', image: 'proxy:1' }] } }).calls(made.service('orders'));
    }],
    ['a gateway that calls', (made) => made.service('orders').allowFrom(made.mesh.addIngressGateway('public'))],
    ['a probe of the sidecar itself', (made) => made.service('orders', { annotations: { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' }, container: { readinessProbe: { httpGet: { port: 15021 } } } })],
    ['what is known only later', (made) => made.service('orders', { annotations: { 'prometheus.io/port': unknown<string>('a port'), note: unknown<string>('a note') }, container: { image: unknown<string>('an image'), readinessProbe: { httpGet: { port: unknown<number>('a port') } } } })],
    ['metrics that the sidecar merges', (made) => made.service('orders', { annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' } })],
    ['a client that goes past its proxy to other ports', (made) => {
      made.namespace('web');
      made.service('web', { annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '443' } }).calls(made.service('orders'));
    }],
    ['whatever a namespace that stays permissive has', (made) => {
      new MtlsPolicy(made.chart, 'open', { target: made.namespace('legacy'), mode: 'PERMISSIVE' });
      made.service('legacy', { service: { type: 'LoadBalancer' } });
    }],
  ])('%s', (_what, program) => {
    const made = migrating();
    made.namespace('orders');
    program(made);
    expect(made.migrate('done').stages.flatMap(codesOf)).toEqual([]);
  });

  test('probes and annotations of sidecars, to pods of an ambient mesh', () => {
    const made = migrating();
    made.namespace('orders', { 'istio.io/dataplane-mode': 'ambient' });
    made.service('orders', { annotations: { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false', 'traffic.sidecar.istio.io/excludeInboundPorts': '8080' }, container: { readinessProbe: { httpGet: { path: '/', port: 'web' } } } });
    expect(made.migrate('orders').stages.flatMap(codesOf)).toEqual([]);
  });
});

describe('in an ambient namespace', () => {
  test.each<[MtlsRiskCode, Readonly<Record<string, string>>]>([
    ['scraped-directly', { 'prometheus.io/scrape': 'true' }],
    ['port-not-captured', { 'ambient.istio.io/bypass-inbound-capture': 'true' }],
  ])('%s is a risk', (code, annotated) => {
    const made = migrating();
    made.namespace('orders', { 'istio.io/dataplane-mode': 'ambient' });
    made.service('orders', { annotations: annotated });
    expect(codesOf(made.migrate('orders').current)).toEqual([code]);
  });
});
