import { ApiObject, Chart } from 'cdk8s';
import { Deployment as PlusDeployment, Probe } from 'cdk8s-plus-28';
import { AuthorizationPolicy, PeerAuthentication } from '../../../imports/istio';
import { Ingress } from '../../../imports/kubernetes';
import { Access, Mesh, MeshNamespace, MeshService, MeshServiceAccount } from '../../../src';
import type { MtlsRiskCode } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { addDeployment, codesOf, migrating } from './migrating';
import type { Migrating, More } from './migrating';

/** A program in which `orders` becomes strict, and something is in the way; or, with `mended`, the same without what is. */
interface Refusal {
  readonly what: string;
  readonly code: MtlsRiskCode;
  readonly program: (made: Migrating, orders: (more?: More) => MeshService, mended: boolean) => void;
  /** The finding, as far as it is told apart by it. */
  readonly construct: string;
  readonly property: string;
  readonly got: string;
  /** An exception for port 8080 of orders is not what mends it. @default - it does */
  readonly stays?: true;
  readonly mesh?: Parameters<typeof migrating>[0];
}

const outward = (annotations: Readonly<Record<string, string>>): Refusal['program'] => (made, orders, mended) => {
  made.namespace('web');
  made.service('web', { annotations: mended ? {} : annotations }).calls(orders());
};
const probe = { readinessProbe: { httpGet: { path: '/', port: 'web' } } };
const web = 'shop/pods-web-web';
const pods = 'shop/pods-orders-orders';
const annotations = 'spec.template.metadata.annotations';
const monitor = (made: Migrating, kind: string, spec: object): ApiObject => new ApiObject(made.chart, 'monitor', { apiVersion: 'monitoring.coreos.com/v1', kind, metadata: { name: 'orders', namespace: 'orders' }, spec } as never);
const ingress = (made: Migrating, ingressClassName: string | undefined): Ingress =>
  new Ingress(made.chart, 'ingress', {
    metadata: { name: 'web', namespace: 'orders' },
    spec: { ...(ingressClassName === undefined ? {} : { ingressClassName }), rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'orders', port: { name: 'http' } } } }] } }] },
  });

const REFUSALS: readonly Refusal[] = [
  {
    what: 'a client in a namespace that does not join the mesh',
    code: 'client-outside-mesh',
    program: (made, orders, mended) => {
      made.namespace('web', mended ? made.mesh.injectionLabels : {});
      made.service('web').calls(orders());
    },
    construct: web, property: 'metadata.namespace', got: 'pods of the namespace web, which does not join the mesh (Deployment web/web); the service web/web calls orders/orders',
  },
  {
    what: 'a client whose pods say that they are not injected',
    code: 'client-outside-mesh',
    program: (made, orders, mended) => {
      made.namespace('web');
      made.service('web', { labels: { 'sidecar.istio.io/inject': mended ? 'true' : 'false' } }).calls(orders());
    },
    construct: web, property: 'spec.template.metadata.labels', got: 'pods with sidecar.istio.io/inject: "false" (Deployment web/web); the service web/web calls orders/orders',
  },
  {
    what: 'a client in the network of its node',
    code: 'client-outside-mesh',
    program: (made, orders, mended) => {
      made.namespace('web');
      made.service('web', { pod: { hostNetwork: !mended } }).calls(orders());
    },
    construct: web, property: 'spec.template.spec.hostNetwork', got: 'pods in the network of their node (Deployment web/web); the service web/web calls orders/orders',
  },
  {
    what: 'a client that a pod of an ambient namespace is, and that opts out',
    code: 'client-outside-mesh',
    program: (made, orders, mended) => {
      made.namespace('web', { 'istio.io/dataplane-mode': 'ambient' });
      made.service('web', { labels: mended ? {} : { 'istio.io/dataplane-mode': 'none' } }).calls(orders());
    },
    construct: web, property: 'spec.template.metadata.labels', got: 'pods with istio.io/dataplane-mode: none (Deployment web/web); the service web/web calls orders/orders',
  },
  {
    what: 'a client of which only the namespace is known',
    code: 'client-outside-mesh',
    program: (made, orders, mended) => {
      made.namespace('web', mended ? made.mesh.injectionLabels : {});
      MeshService.fromName(made.chart, 'web', { name: 'web', namespace: 'web', ports: [80] }).calls(orders());
    },
    construct: 'shop/web', property: '', got: 'pods of the namespace web, which does not join the mesh; the service web/web calls orders/orders',
  },
  {
    what: 'an account that was granted access, of pods without a proxy',
    code: 'client-outside-mesh',
    program: (made, orders, mended) => {
      made.namespace('web');
      addDeployment(made.chart, 'web', { labels: { 'sidecar.istio.io/inject': mended ? 'true' : 'false' } });
      orders().allowFrom(MeshServiceAccount.fromName(made.chart, 'account', { name: 'web', namespace: 'web' }));
    },
    construct: web, property: 'spec.template.metadata.labels', got: 'pods with sidecar.istio.io/inject: "false" (Deployment web/web); the Deployment web/web calls orders/orders',
  },
  {
    what: 'a namespace that a policy lets in, and that does not join the mesh',
    code: 'client-outside-mesh',
    program: (made, orders, mended) => {
      made.namespace('web', mended ? made.mesh.injectionLabels : {});
      orders();
      new AuthorizationPolicy(made.chart, 'grant', { metadata: { namespace: 'orders' }, spec: { selector: { matchLabels: { app: 'orders' } }, rules: [{ from: [{ source: { namespaces: ['web'] } }] }] } });
    },
    construct: 'shop/ns-web', property: '', got: 'pods of the namespace web, which does not join the mesh; the namespace web calls orders/orders',
  },
  {
    what: 'a service that is let in to the whole namespace, and has no proxy',
    code: 'client-outside-mesh',
    program: (made, orders, mended) => {
      made.namespace('web');
      orders();
      Access.to(MeshNamespace.fromName(made.chart, 'orders-namespace', { name: 'orders' })).allowFrom(made.service('web', { labels: { 'sidecar.istio.io/inject': mended ? 'true' : 'false' } }));
    },
    construct: web, property: 'spec.template.metadata.labels', got: 'pods with sidecar.istio.io/inject: "false" (Deployment web/web); the service web/web calls orders/orders',
  },
  {
    what: 'a client of a mesh with another authority',
    code: 'client-of-other-mesh',
    program: (made, orders, mended) => {
      Mesh.fromName(made.chart, 'other', { namespace: mended ? 'istio-system' : 'istio-other', revision: 'other' });
      made.namespace('web', { 'istio.io/rev': 'other' });
      made.service('web').calls(orders());
    },
    construct: 'shop/web-web/mesh', property: '', got: 'calls of the service web/web to orders/orders, from the mesh of shop/other',
  },
  { what: 'a client that leaves the port out', code: 'client-past-its-proxy', program: outward({ 'traffic.sidecar.istio.io/excludeOutboundPorts': '443, 80' }), construct: web, property: annotations, got: 'traffic.sidecar.istio.io/excludeOutboundPorts: "443, 80", which has calls to orders/orders go past the proxy' },
  { what: 'a client that leaves all addresses out', code: 'client-past-its-proxy', program: outward({ 'traffic.sidecar.istio.io/excludeOutboundIPRanges': '0.0.0.0/0' }), construct: web, property: annotations, got: 'traffic.sidecar.istio.io/excludeOutboundIPRanges: "0.0.0.0/0", which has calls to orders/orders go past the proxy' },
  { what: 'a client that takes no addresses in', code: 'client-past-its-proxy', program: outward({ 'traffic.sidecar.istio.io/includeOutboundIPRanges': '' }), construct: web, property: annotations, got: 'traffic.sidecar.istio.io/includeOutboundIPRanges: "", which has calls to orders/orders go past the proxy' },
  { what: 'a client whose traffic is not intercepted', code: 'client-past-its-proxy', program: outward({ 'sidecar.istio.io/interceptionMode': 'NONE' }), construct: web, property: annotations, got: 'sidecar.istio.io/interceptionMode: "NONE", which has calls to orders/orders go past the proxy' },
  {
    what: 'a mesh that has all clients leave a port out',
    code: 'client-past-its-proxy',
    mesh: { controlPlane: true, istiod: { proxy: { trafficCapture: { outbound: { excludePorts: [80] } } } } },
    program: (made, orders, mended) => {
      made.namespace('web');
      made.service('web', { annotations: mended ? { 'traffic.sidecar.istio.io/excludeOutboundPorts': '' } : {} }).calls(orders());
    },
    construct: web, property: '', got: 'trafficCapture.outbound.excludePorts of the mesh, which has calls to orders/orders go past the proxy',
  },
  ...(['readinessProbe', 'livenessProbe', 'startupProbe'] as const).map((which): Refusal => ({
    what: `a ${which} that is not rewritten`,
    code: 'probe-not-rewritten',
    program: (_made, orders, mended) => void orders({ annotations: { 'sidecar.istio.io/rewriteAppHTTPProbers': mended ? 'true' : 'false' }, container: { [which]: { httpGet: { path: '/', port: 'web' } } } }),
    construct: pods, property: annotations, got: `a ${which} on port 8080, which sidecar.istio.io/rewriteAppHTTPProbers: "false" leaves to the kubelet`,
  })),
  {
    what: 'a gRPC probe that is not rewritten',
    code: 'probe-not-rewritten',
    program: (_made, orders, mended) => void orders({ annotations: mended ? {} : { 'sidecar.istio.io/rewriteAppHTTPProbers': '0' }, container: { livenessProbe: { grpc: { port: 8080 } } } }),
    construct: pods, property: annotations, got: 'a livenessProbe on port 8080, which sidecar.istio.io/rewriteAppHTTPProbers: "0" leaves to the kubelet',
  },
  {
    what: 'a probe in a mesh that rewrites none',
    code: 'probe-not-rewritten',
    mesh: { controlPlane: true, istiod: { injection: { rewriteAppHTTPProbe: false } } },
    program: (_made, orders, mended) => void orders({ container: mended ? { readinessProbe: { tcpSocket: { port: 8080 } } } : probe }),
    construct: pods, property: 'spec.template.spec.containers', got: 'a readinessProbe on port 8080, which the mesh (rewriteAppHTTPProbe: false) leaves to the kubelet',
  },
  {
    what: 'a headless service of pods with and without proxies',
    code: 'headless-without-proxies',
    program: (made, orders, mended) => {
      orders({ service: { clusterIP: mended ? '10.0.0.1' : 'None' } });
      new ApiObject(made.chart, 'old', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'old', namespace: 'orders', labels: { app: 'orders', 'sidecar.istio.io/inject': 'false' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } } as never);
    },
    construct: 'shop/orders-orders', property: 'spec.selector', got: 'pods of Pod old without a proxy beside those of Deployment orders with one, behind a headless service',
  },
  {
    what: 'a port of a service that the proxy does not take',
    code: 'port-not-captured',
    program: (_made, orders, mended) => void orders({ annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': mended ? '9090' : '8080' } }),
    construct: pods, property: annotations, got: 'traffic.sidecar.istio.io/excludeInboundPorts: "8080", which has calls to port 8080 go past the proxy',
  },
  {
    what: 'a port of a service that is not among those that the proxy takes',
    code: 'port-not-captured',
    program: (_made, orders, mended) => void orders({ annotations: { 'traffic.sidecar.istio.io/includeInboundPorts': mended ? '8080' : '9090' } }),
    construct: pods, property: annotations, got: 'traffic.sidecar.istio.io/includeInboundPorts: "9090", which has calls to port 8080 go past the proxy',
  },
  ...(['LoadBalancer', 'NodePort'] as const).map((type): Refusal => ({
    what: `a ${type}`,
    code: 'external-client',
    program: (_made, orders, mended) => void orders({ service: { type: mended ? 'ClusterIP' : type } }),
    construct: 'shop/orders-orders', property: 'spec.type', got: `type: ${type}, by which clients outside of the cluster call port 80 of orders/orders`,
  })),
  {
    what: 'an address outside of the cluster',
    code: 'external-client',
    program: (_made, orders, mended) => void orders({ service: mended ? {} : { externalIPs: ['192.0.2.1'] } }),
    construct: 'shop/orders-orders', property: 'spec.externalIPs', got: 'externalIPs, by which clients outside of the cluster call port 80 of orders/orders',
  },
  {
    what: 'an Ingress of another controller',
    code: 'external-client',
    program: (made, orders, mended) => {
      orders();
      ingress(made, mended ? 'istio' : 'nginx');
    },
    construct: 'shop/ingress', property: 'spec', got: 'the Ingress web of the class nginx, whose controller calls orders/orders',
  },
  {
    what: 'a route of a gateway of another class',
    code: 'external-client',
    program: (made, orders, mended) => {
      orders();
      const apiVersion = 'gateway.networking.k8s.io/v1';
      new ApiObject(made.chart, 'gateway', { apiVersion, kind: 'Gateway', metadata: { name: 'edge', namespace: 'edge' }, spec: { gatewayClassName: mended ? 'istio' : 'other', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] } } as never);
      new ApiObject(made.chart, 'route', { apiVersion, kind: 'HTTPRoute', metadata: { name: 'web', namespace: 'orders' }, spec: { parentRefs: [{ name: 'edge', namespace: 'edge' }], rules: [{ backendRefs: [{ name: 'orders', port: 80 }] }] } } as never);
    },
    construct: 'shop/route', property: 'spec.parentRefs', got: 'a route of a gateway of the class other, which calls orders/orders',
  },
  {
    what: 'metrics that the sidecar does not merge',
    code: 'scraped-directly',
    program: (_made, orders, mended) => void orders({ annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080', 'prometheus.istio.io/merge-metrics': mended ? 'true' : 'false' } }),
    construct: pods, property: annotations, got: 'prometheus.io/scrape: "true", and no proxy that merges metrics: Prometheus reads port 8080 itself',
  },
  {
    what: 'metrics in a mesh that merges none',
    code: 'scraped-directly',
    mesh: { controlPlane: true, meshConfig: { enablePrometheusMerge: false } },
    program: (_made, orders, mended) => void orders({ annotations: { 'prometheus.io/scrape': 'true', ...(mended ? { 'prometheus.istio.io/merge-metrics': 'true' } : {}) } }),
    construct: pods, property: annotations, got: 'prometheus.io/scrape: "true", and no proxy that merges metrics: Prometheus reads port 8080 itself',
  },
  {
    what: 'a PodMonitor',
    code: 'scraped-directly',
    program: (made, orders, mended) => {
      orders();
      monitor(made, 'PodMonitor', { selector: { matchLabels: { app: 'orders' } }, podMetricsEndpoints: [mended ? { targetPort: 15020 } : { port: 'web' }] });
    },
    construct: 'shop/monitor', property: 'spec.podMetricsEndpoints', got: 'port 8080 of Deployment orders/orders, which Prometheus reads itself',
  },
  {
    what: 'a ServiceMonitor',
    code: 'scraped-directly',
    program: (made, orders, mended) => {
      orders();
      monitor(made, 'ServiceMonitor', { namespaceSelector: { any: true }, selector: { matchLabels: {} }, endpoints: [{ port: 'http', ...(mended && { scheme: 'https', tlsConfig: { certFile: '/etc/prom-certs/cert-chain.pem' } }) }] });
    },
    construct: 'shop/monitor', property: 'spec.endpoints', got: 'port 8080 of Deployment orders/orders, which Prometheus reads itself',
  },
  {
    what: 'proxies that speak no TLS by themselves',
    code: 'auto-mtls-off',
    mesh: { controlPlane: true, meshConfig: { enableAutoMtls: false } },
    program: (_made, orders) => void orders(),
    construct: 'platform/mesh', property: 'meshConfig.enableAutoMtls', got: 'false: proxies send plain text wherever no DestinationRule says otherwise', stays: true,
  },
];

function programOf({ program, mesh }: Refusal, mended: boolean, exception = false): Migrating {
  const made = migrating(mesh);
  made.namespace('orders');
  program(made, (more) => made.service('orders', more), mended);
  if (exception) new PeerAuthentication(made.chart, 'exception', { metadata: { name: 'exception', namespace: 'orders' }, spec: { selector: { matchLabels: { app: 'orders' } }, portLevelMtls: { 8080: { mode: 'DISABLE' } } } });
  return made;
}

describe.each(REFUSALS)('$what', (refusal) => {
  const { code, construct, property, got, stays } = refusal;

  test('is refused, with the reason and a fix', () => {
    const made = programOf(refusal, false);
    made.migrate('orders');
    const { findings } = caught(() => synthTo(made.chart));
    expect(findings).toMatchObject([{ code, construct, property, got }]);
    expect(findings[0]?.expected).toMatch(/ \(stage \d, orders, of shop\/strict\)$/);
    expect(findings[0]?.fix).toBeTruthy();
  });

  test('is fine before the stage, which says what holds it up', () => {
    const made = programOf(refusal, false);
    const migration = made.migrate('start');
    expect(synthTo(made.chart).all.length).toBeGreaterThan(0);
    expect(codesOf(migration.stages.find(({ namespaces }) => namespaces.includes('orders') || stays === true && namespaces.length > 0))).toEqual([code]);
  });

  test('is no risk where it is mended', () => {
    if (stays === true) return expect(codesOf(programOf({ ...refusal, mesh: { controlPlane: true } }, true).migrate('orders').current)).toEqual([]);
    expect(codesOf(programOf(refusal, true).migrate('orders').current)).toEqual([]);
  });

  test('is no risk where the port goes on taking plain text, but for the mesh as a whole', () => {
    expect(codesOf(programOf(refusal, false, true).migrate('orders').current)).toEqual(stays === true ? [code] : []);
  });

  test('may be accepted, by what the refusal names', () => {
    const made = programOf(refusal, false);
    const named = made.app.node.findAll().find(({ node }) => node.path === construct);
    const migration = made.migrate('orders', { acceptedRisks: [{ code: code as never, construct: named as never, because: 'it is known' }] });
    expect(synthTo(made.chart).all.length).toBeGreaterThan(0);
    expect(codesOf(migration.current)).toEqual([]);
  });
});

test('with the mesh, what had no stage of its own is looked at as well', () => {
  const made = migrating();
  made.namespace('elsewhere', {});
  made.service('lone', { namespace: 'elsewhere', labels: { 'sidecar.istio.io/inject': 'true' }, service: { type: 'NodePort' } });
  const { stages } = made.migrate('start');
  expect(stages.map(({ name }) => [name, codesOf(stages.find((stage) => stage.name === name))])).toEqual([['start', []], ['mesh', ['external-client']], ['done', []]]);
});

test('a workload of another library is read by what it says, and rendered no more often than before', () => {
  const made = migrating();
  made.namespace('orders');
  const render = (migrate: boolean): unknown => {
    const own = migrating();
    const chart = new Chart(own.app, 'plus', { namespace: 'orders' });
    own.namespace('orders');
    const deployment = new PlusDeployment(chart, 'plus', { spread: true, podMetadata: { annotations: { 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' } }, containers: [{ image: 'a:1', portNumber: 8080, readiness: Probe.fromHttpGet('/', { port: 8080 }) }] });
    if (migrate) {
      const migration = own.migrate('start');
      expect(codesOf(migration.next)).toEqual(['probe-not-rewritten']);
      expect(migration.next?.risks[0]?.construct).toBe(`${deployment.node.path}/Resource`);
    }
    return synthTo(chart).all.find(({ kind }) => kind === 'Deployment');
  };
  expect(render(true)).toEqual(render(false));
});

describe('accepted risks', () => {
  const exposed = (): Migrating & { readonly orders: MeshService } => {
    const made = migrating();
    made.namespace('orders');
    return { ...made, orders: made.service('orders', { service: { type: 'LoadBalancer' } }) };
  };

  test('are told by the service that the object is known as', () => {
    const made = exposed();
    made.migrate('orders', { acceptedRisks: [{ code: 'external-client', construct: made.orders, because: 'only its health is looked at' }] });
    expect(synthTo(made.chart).many(PeerAuthentication).length).toBe(1);
  });

  test('that nothing has are refused: they would hide what comes later', () => {
    const made = exposed();
    made.migrate('start', { acceptedRisks: [{ code: 'external-client', construct: made.orders, because: 'a' }, { code: 'scraped-directly', construct: made.orders, because: 'b' }] });
    expect(caught(() => synthTo(made.chart)).findings).toMatchObject([{ code: 'nothing-accepted', property: 'acceptedRisks[1]', got: 'scraped-directly of shop/orders-orders/mesh' }]);
  });

  test('of one are not those of another', () => {
    const made = exposed();
    made.namespace('web');
    made.service('web', { service: { type: 'NodePort' } });
    made.migrate('web', { acceptedRisks: [{ code: 'external-client', construct: made.orders, because: 'a' }] });
    expect(caught(() => synthTo(made.chart)).findings).toMatchObject([{ code: 'external-client', construct: 'shop/web-web' }]);
  });
});
