import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicy, DestinationRule, Gateway, PeerAuthentication, VirtualService } from 'mesh-constructs/istio';
import { accountOf, NAMESPACE, SERVICES } from './application';

const GATEWAY = 'bookinfo-gateway';
const HOST = 'bookinfo.example.com';
/** Who calls whom: all that is let through. */
const CALLS: readonly (readonly [caller: string, callee: string])[] = [
  ['productpage', 'details'],
  ['productpage', 'reviews'],
  ['reviews', 'ratings'],
];

/** What the mesh does with Bookinfo's traffic: an entry, a split of 90 to 10, mutual TLS and least privilege. */
export function addMesh(app: App): Chart {
  const chart = new Chart(app, 'bookinfo-mesh', { namespace: NAMESPACE });
  // an object is named for its id, so objects of one name stand in scopes of their own
  addEntry(new Construct(chart, 'entry'));
  addVersions(new Construct(chart, 'subsets'));
  addRoutes(new Construct(chart, 'routes'));
  addPolicies(new Construct(chart, 'access'));
  return chart;
}

function addEntry(scope: Construct): void {
  new Gateway(scope, GATEWAY, {
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [HOST] }],
    },
  });
  const paths = [{ exact: '/productpage' }, { prefix: '/static' }, { exact: '/login' }, { exact: '/logout' }];
  new VirtualService(scope, 'bookinfo', {
    spec: {
      hosts: [HOST],
      gateways: [GATEWAY],
      http: [
        {
          match: [...paths, { prefix: '/api/v1/products' }].map((uri) => ({ uri })),
          route: [{ destination: { host: fqdn('productpage'), port: { number: 9080 } } }],
        },
      ],
    },
  });
}

function addVersions(scope: Construct): void {
  for (const [service, versions] of Object.entries(SERVICES)) {
    new DestinationRule(scope, service, {
      spec: {
        host: fqdn(service),
        trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
        subsets: versions.map((version) => ({ name: version, labels: { version } })),
      },
    });
  }
}

function addRoutes(scope: Construct): void {
  new VirtualService(scope, 'reviews', {
    spec: {
      hosts: [fqdn('reviews')],
      http: [
        {
          route: [
            { destination: { host: fqdn('reviews'), subset: 'v1' }, weight: 90 },
            { destination: { host: fqdn('reviews'), subset: 'v2' }, weight: 10 },
          ],
          timeout: '5s',
          retries: { attempts: 2, perTryTimeout: '2s', retryOn: 'connect-failure,refused-stream,unavailable' },
        },
      ],
    },
  });
}

function addPolicies(scope: Construct): void {
  new PeerAuthentication(scope, 'default', { spec: { mtls: { mode: 'STRICT' } } });
  // an empty spec allows nothing: what is not allowed below is denied
  new AuthorizationPolicy(scope, 'allow-nothing', { spec: {} });
  allow(scope, 'productpage', 'cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account');
  for (const [caller, callee] of CALLS) {
    allow(scope, callee, `cluster.local/ns/${NAMESPACE}/sa/${accountOf(caller)}`);
  }
}

function allow(scope: Construct, service: string, principal: string): void {
  new AuthorizationPolicy(scope, service, {
    spec: {
      selector: { matchLabels: { app: service } },
      action: 'ALLOW',
      rules: [{ from: [{ source: { principals: [principal] } }], to: [{ operation: { methods: ['GET', 'POST'] } }] }],
    },
  });
}

function fqdn(service: string): string {
  return `${service}.${NAMESPACE}.svc.cluster.local`;
}
