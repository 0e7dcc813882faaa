import { ApiObject } from 'cdk8s';
import { DestinationRule, PeerAuthentication } from '../../../imports/istio';
import { Mesh, MtlsPolicy } from '../../../src';
import type { MtlsRiskCode } from '../../../src';
import { unknown } from '../../../src/core/unknown';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { addDeployment, codesOf, migrating } from './migrating';
import type { Migrating } from './migrating';

/** What would be cut off by a stage although nothing of it speaks of mutual TLS; with `mended`, the same as it works. */
interface Outage {
  readonly what: string;
  readonly code: MtlsRiskCode;
  readonly program: (made: Migrating, mended: boolean) => void;
  readonly construct: string;
  readonly got: string;
}

const pods = 'shop/pods-orders-orders';
const hand = ({ chart }: Migrating, apiVersion: string, kind: string, rest: object): ApiObject => new ApiObject(chart, 'hand', { apiVersion, kind, metadata: { name: 'hand' }, ...rest } as never);
const service = (mended: boolean): object => ({ name: 'orders', namespace: 'orders', port: mended ? 81 : 80 });
const openPort = (made: Migrating): PeerAuthentication => new PeerAuthentication(made.chart, 'open', { metadata: { name: 'open', namespace: 'orders' }, spec: { selector: { matchLabels: { app: 'orders' } }, portLevelMtls: { 8081: { mode: 'PERMISSIVE' } } } });
const twoPorts = { service: { ports: [{ name: 'http', port: 80, targetPort: 8080 }, { name: 'hook', port: 81, targetPort: 8081 }] } };

const OUTAGES: readonly Outage[] = [
  ...(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const).map((kind): Outage => ({
    what: `a ${kind}, which the API server asks`,
    code: 'called-by-api-server',
    program: (made, mended) => {
      made.service('orders', twoPorts);
      openPort(made);
      hand(made, 'admissionregistration.k8s.io/v1', kind, { webhooks: [{ url: 'https://a.example.com' }, { service: service(mended) }].map((clientConfig, index) => ({ name: `w${index}.example.com`, clientConfig, sideEffects: 'None', admissionReviewVersions: ['v1'] })) });
    },
    construct: 'shop/hand', got: 'orders/orders, whose port 80 the API server calls',
  })),
  {
    what: 'an API that the API server hands on',
    code: 'called-by-api-server',
    program: (made, mended) => {
      made.service('orders', twoPorts);
      openPort(made);
      hand(made, 'apiregistration.k8s.io/v1', 'APIService', { spec: { service: service(mended) } });
    },
    construct: 'shop/hand', got: 'orders/orders, whose port 80 the API server calls',
  },
  {
    what: 'a conversion of a CRD, at the port that is meant where none is said',
    code: 'called-by-api-server',
    program: (made, mended) => {
      made.service('orders', { service: { ports: [{ name: 'https', port: 443, targetPort: mended ? 8081 : 8080 }] } });
      openPort(made);
      hand(made, 'apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
        metadata: { name: 'tills.example.com' },
        spec: {
          group: 'example.com', scope: 'Namespaced', names: { plural: 'tills', kind: 'Till', listKind: 'TillList', singular: 'till' },
          versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
          conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: { service: { name: 'orders', namespace: 'orders' } } } },
        },
      });
    },
    construct: 'shop/hand', got: 'orders/orders, whose port 443 the API server calls',
  },
  {
    what: 'a port of the node',
    code: 'external-client',
    program: (made, mended) => void made.service('orders', { container: { ports: [{ name: 'web', containerPort: 8080, ...(!mended && { hostPort: 80 }) }] } }),
    construct: pods, got: 'hostPort: 80, by which clients outside of the cluster call Deployment orders/orders',
  },
  {
    what: 'a label by which callers send plain text',
    code: 'told-plain-text',
    program: (made, mended) => void made.service('orders', { labels: { 'security.istio.io/tlsMode': mended ? 'istio' : 'disabled' } }),
    construct: pods, got: 'security.istio.io/tlsMode: "disabled", by which callers of orders/orders send plain text',
  },
  {
    what: 'gRPC without a proxy, which no DestinationRule tells to speak TLS',
    code: 'client-past-its-proxy',
    program: (made, mended) => {
      made.namespace('web');
      made.service('web', { annotations: { 'inject.istio.io/templates': 'grpc-agent' } }).calls(made.service('orders'));
      if (mended) new DestinationRule(made.chart, 'tls', { metadata: { namespace: 'orders' }, spec: { host: 'orders', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } } });
    },
    construct: 'shop/pods-web-web', got: 'inject.istio.io/templates: "grpc-agent", by which calls to orders/orders are made without a proxy, in plain text',
  },
  {
    what: 'a client whose wish for a sidecar is an annotation, where the injector goes by labels',
    code: 'client-outside-mesh',
    program: (made, mended) => {
      made.namespace('web', {});
      made.service('web', mended ? { labels: { 'sidecar.istio.io/inject': 'true' } } : { annotations: { 'sidecar.istio.io/inject': 'true' } }).calls(made.service('orders'));
    },
    construct: 'shop/pods-web-web', got: 'pods with sidecar.istio.io/inject: "true" as an annotation, where the injector goes by labels (Deployment web/web); the service web/web calls orders/orders',
  },
  {
    what: 'a client whose namespace turns injection off, whatever its pods say',
    code: 'client-outside-mesh',
    program: (made, mended) => {
      made.namespace('web', { 'istio-injection': mended ? 'enabled' : 'disabled' });
      made.service('web', { labels: { 'sidecar.istio.io/inject': 'true' } }).calls(made.service('orders'));
    },
    construct: 'shop/pods-web-web', got: 'pods of the namespace web, which does not join the mesh (Deployment web/web); the service web/web calls orders/orders',
  },
  {
    what: 'a client in a namespace that the injector leaves alone',
    code: 'client-outside-mesh',
    program: (made, mended) => {
      const namespace = mended ? 'web' : 'kube-system';
      made.namespace(namespace);
      made.service('web', { namespace }).calls(made.service('orders'));
    },
    construct: 'shop/pods-kube-system-web', got: 'pods of the namespace kube-system, which does not join the mesh (Deployment kube-system/web); the service kube-system/web calls orders/orders',
  },
  {
    what: 'a client without a proxy, beside an exception for a port to which the service does not lead',
    code: 'client-outside-mesh',
    program: (made, mended) => {
      made.namespace('web', {});
      const orders = made.service('orders');
      made.service('web').calls(orders);
      new MtlsPolicy(made.chart, 'open', { target: orders, ports: { [mended ? 8080 : 9090]: 'PERMISSIVE' } });
    },
    construct: 'shop/pods-web-web', got: 'pods of the namespace web, which does not join the mesh (Deployment web/web); the service web/web calls orders/orders',
  },
  {
    what: 'a client without a proxy, of gRPC without a proxy',
    code: 'client-outside-mesh',
    program: (made, mended) => {
      made.namespace('web', mended ? made.mesh.injectionLabels : {});
      made.service('web').calls(made.service('orders', { annotations: { 'inject.istio.io/templates': 'grpc-agent' } }));
    },
    construct: 'shop/pods-web-web', got: 'pods of the namespace web, which does not join the mesh (Deployment web/web); the service web/web calls orders/orders',
  },
  ...([{ key: 'tier', operator: 'DoesNotExist' }, { key: 'app', operator: 'In', values: ['orders'] }, { key: 'app', operator: 'Exists' }, { key: 'app', operator: 'NotIn', values: ['web'] }] as const).map((expression): Outage => ({
    what: `Prometheus at a port of which the application ends TLS, picked by ${expression.operator}`,
    code: 'scraped-directly',
    program: (made, mended) => {
      made.service('orders');
      const mending = { key: 'app', operator: expression.operator === 'In' ? 'NotIn' : 'In', values: expression.operator === 'In' ? ['orders'] : ['web'] };
      hand(made, 'monitoring.coreos.com/v1', 'PodMonitor', { metadata: { name: 'hand', namespace: 'orders' }, spec: { selector: { matchExpressions: [mended ? mending : expression] }, podMetricsEndpoints: [{ port: 'web', scheme: 'https', tlsConfig: { insecureSkipVerify: true } }] } });
    },
    construct: 'shop/hand', got: 'port 8080 of Deployment orders/orders, which Prometheus reads itself',
  })),
  {
    what: 'a DestinationRule with certificates of its own',
    code: 'other-certificates',
    program: (made, mended) => {
      made.service('orders');
      new DestinationRule(made.chart, 'tls', { metadata: { namespace: 'orders' }, spec: { host: 'orders', trafficPolicy: { tls: mended ? { mode: 'ISTIO_MUTUAL' } : { mode: 'MUTUAL', clientCertificate: '/own/a', privateKey: '/own/b', caCertificates: '/own/c' } } } });
    },
    construct: 'shop/tls', got: 'MUTUAL, for orders.orders.svc.cluster.local, whose pods are STRICT',
  },
];

describe.each(OUTAGES)('$what', ({ code, program, construct, got }) => {
  const made = (mended: boolean): Migrating => {
    const fresh = migrating();
    fresh.namespace('orders');
    program(fresh, mended);
    return fresh;
  };

  test('is refused with the stage, and told before', () => {
    const refused = made(false);
    refused.migrate('orders');
    expect(caught(() => synthTo(refused.chart)).findings).toMatchObject([{ code, construct, got }]);
    expect(codesOf(made(false).migrate('start').stages.find(({ name }) => name === 'orders'))).toEqual([code]);
  });

  test('is no risk where it is mended', () => {
    expect(made(true).migrate('done').stages.flatMap(codesOf)).toEqual([]);
  });

  test('may be accepted', () => {
    const accepting = made(false);
    const named = accepting.app.node.findAll().find(({ node }) => node.path === construct);
    accepting.migrate('orders', { acceptedRisks: [{ code: code as never, construct: named as never, because: 'it is known' }] });
    expect(synthTo(accepting.chart).all.length).toBeGreaterThan(0);
  });
});

test('with the mesh, pods beside the control plane become strict as well', () => {
  const made = migrating();
  made.mesh.addIngressGateway('public', { namespace: 'istio-system' });
  made.service('console', { namespace: 'istio-system', labels: { 'sidecar.istio.io/inject': 'true' }, service: { type: 'NodePort' } });
  const { stages } = made.migrate('start');
  expect(stages.map(({ name, risks }) => [name, risks.map(({ code, construct }) => `${code} ${construct}`)])).toEqual([['start', []], ['mesh', ['external-client shop/istio-system-console']], ['done', []]]);
});

test('a DestinationRule that turns TLS off is refused for pods that are injected although nothing says so', () => {
  const made = migrating({ controlPlane: true, istiod: { injection: { enableNamespacesByDefault: true } } });
  made.namespace('orders', {});
  made.service('orders');
  new DestinationRule(made.chart, 'plain', { metadata: { namespace: 'orders' }, spec: { host: 'orders', trafficPolicy: { tls: { mode: 'DISABLE' } } } });
  made.migrate('orders');
  expect(caught(() => synthTo(made.chart)).findings).toMatchObject([{ code: 'mtls-clash', construct: 'shop/plain' }]);
});

test('a rule for one service goes before one with an asterisk that is as long', () => {
  const made = migrating();
  addDeployment(made.chart, 'a', { namespace: 'orders' });
  made.namespace('orders');
  made.service('b', { namespace: 'orders' });
  hand(made, 'v1', 'Service', { metadata: { name: 'a', namespace: 'orders' }, spec: { selector: { app: 'a' }, ports: [{ port: 80, targetPort: 8080 }] } });
  new PeerAuthentication(made.chart, 'b-stays', { metadata: { name: 'b', namespace: 'orders' }, spec: { selector: { matchLabels: { app: 'b' } }, mtls: { mode: 'PERMISSIVE' } } });
  new DestinationRule(made.chart, 'wide', { metadata: { namespace: 'orders' }, spec: { host: '*.orders.svc.cluster.local', trafficPolicy: { tls: { mode: 'DISABLE' } } } });
  new DestinationRule(made.chart, 'narrow', { metadata: { namespace: 'orders' }, spec: { host: 'a.orders.svc.cluster.local', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } } });
  made.migrate('orders');
  expect(synthTo(made.chart).many(PeerAuthentication).length).toBe(2);
});

test('a namespace of which only deployment tells whether it joins is looked at with the mesh, and its clients are not taken for outsiders', () => {
  const made = migrating();
  made.namespace('orders');
  made.namespace('later', { 'istio-injection': unknown<string>('a label') });
  made.service('later', { service: { type: 'NodePort' } }).calls(made.service('orders'));
  expect(made.migrate('start').stages.map(({ name, risks }) => [name, risks.map(({ code, construct }) => `${code} ${construct}`)])).toEqual([
    ['start', []], ['orders', []], ['mesh', ['external-client shop/later-later']], ['done', []],
  ]);
});

test('a namespace of a mesh of another authority has no stage', () => {
  const made = migrating();
  Mesh.fromName(made.chart, 'other', { namespace: 'istio-other', revision: 'other' });
  made.namespace('orders');
  made.namespace('theirs', { 'istio.io/rev': 'other' });
  expect(made.migrate('start').stages.map(({ name }) => name)).toEqual(['start', 'orders', 'mesh', 'done']);
});

test('a client without a proxy may call a gateway, which takes what its listeners say', () => {
  const made = migrating();
  made.namespace('web', {});
  made.namespace('orders');
  const gateway = made.service('edge', { namespace: 'orders', annotations: { 'inject.istio.io/templates': 'gateway' } });
  made.service('orders');
  made.service('web').calls(gateway);
  expect(made.migrate('done').stages.flatMap(codesOf)).toEqual([]);
});

test('what clashes whatever the migration does is refused by itself, and holds no stage up', () => {
  const made = migrating();
  made.namespace('orders');
  made.namespace('web');
  made.service('orders');
  new PeerAuthentication(made.chart, 'strict-already', { metadata: { name: 'strict', namespace: 'orders' }, spec: { mtls: { mode: 'STRICT' } } });
  new DestinationRule(made.chart, 'plain', { metadata: { namespace: 'orders' }, spec: { host: 'orders', trafficPolicy: { tls: { mode: 'DISABLE' } } } });
  expect(made.migrate('web').stages.flatMap(codesOf)).toEqual([]);
  expect(caught(() => synthTo(made.chart)).findings).toMatchObject([{ code: 'mtls-clash', construct: 'shop/plain' }]);
});
