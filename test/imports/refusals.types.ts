import { App, Chart } from 'cdk8s';
import { GRPCRoute } from '../../imports/gateway-api/grpc-route';
import { Gateway } from '../../imports/gateway-api/gateway';
import { HTTPRoute } from '../../imports/gateway-api/http-route';
import { AuthorizationPolicy } from '../../imports/istio/authorization-policy';
import { DestinationRule } from '../../imports/istio/destination-rule';
import { ServiceEntry } from '../../imports/istio/service-entry';
import { VirtualService } from '../../imports/istio/virtual-service';
import { Deployment } from '../../imports/kubernetes/deployment';

/**
 * What the compiler refuses in manifests, and what it takes. `compile-time.test.ts` proves that each line under a
 * directive is an error of its own.
 */
const scope = new Chart(new App(), 'refusals');

// a typo in a field
new VirtualService(scope, 'typo', {
  spec: {
    // @ts-expect-error: it is called hosts
    host: ['reviews'],
  },
});
new VirtualService(scope, 'typo-deep', {
  spec: {
    http: [
      {
        match: [
          {
            // @ts-expect-error: it is called uri
            url: { exact: '/login' },
          },
        ],
      },
    ],
  },
});
new HTTPRoute(scope, 'typo-gateway-api', {
  spec: {
    // @ts-expect-error: it is called hostnames
    hosts: ['example.com'],
  },
});
new VirtualService(scope, 'typo-at-the-top', {
  // @ts-expect-error: it is called spec
  specs: {},
});
new DestinationRule(scope, 'typo-beside-arms', {
  spec: {
    host: 'reviews',
    trafficPolicy: {
      loadBalancer: {
        simple: 'ROUND_ROBIN',
        // @ts-expect-error: it is called warmup
        warmUp: { duration: '1s' },
      },
    },
  },
});

// two arms of a oneOf
new VirtualService(scope, 'two-arms', {
  // @ts-expect-error: exact or prefix
  spec: { http: [{ match: [{ uri: { exact: '/a', prefix: '/b' } }] }] },
});
new DestinationRule(scope, 'two-arms-beside-other-fields', {
  // @ts-expect-error: simple or consistentHash
  spec: { host: 'reviews', trafficPolicy: { loadBalancer: { simple: 'RANDOM', consistentHash: { useSourceIp: true } } } },
});
new DestinationRule(scope, 'two-arms-of-the-second-group', {
  // @ts-expect-error: maglev or ringHash
  spec: { host: 'a', trafficPolicy: { loadBalancer: { consistentHash: { useSourceIp: true, maglev: {}, ringHash: {} } } } },
});
new AuthorizationPolicy(scope, 'two-arms-of-a-cel-rule', {
  // @ts-expect-error: selector or targetRefs
  spec: { selector: { matchLabels: { app: 'a' } }, targetRefs: [{ kind: 'Service', name: 'a' }] },
});
new ServiceEntry(scope, 'two-arms-of-another-cel-rule', {
  // @ts-expect-error: workloadSelector or endpoints
  spec: { hosts: ['a.example.com'], endpoints: [{ address: '10.0.0.1' }], workloadSelector: { labels: { app: 'a' } } },
});
new HTTPRoute(scope, 'two-arms-of-a-filter', {
  spec: {
    rules: [
      {
        filters: [
          // @ts-expect-error: a redirect has no rewrite
          { type: 'RequestRedirect', requestRedirect: { statusCode: 301 }, urlRewrite: { hostname: 'a' } },
        ],
      },
    ],
  },
});
new HTTPRoute(scope, 'an-arm-without-its-field', {
  spec: {
    rules: [
      {
        filters: [
          // @ts-expect-error: a redirect says where to
          { type: 'RequestRedirect' },
        ],
      },
    ],
  },
});

// a string weight
new VirtualService(scope, 'string-weight', {
  // @ts-expect-error: a number
  spec: { http: [{ route: [{ destination: { host: 'reviews' }, weight: '90' }] }] },
});
new HTTPRoute(scope, 'string-weight-gateway-api', {
  // @ts-expect-error: a number
  spec: { rules: [{ backendRefs: [{ name: 'reviews', port: 9080, weight: '90' }] }] },
});

// a missing required field
new DestinationRule(scope, 'missing-host', {
  // @ts-expect-error: host is required
  spec: { trafficPolicy: {} },
});
new VirtualService(scope, 'missing-destination', {
  // @ts-expect-error: destination is required
  spec: { http: [{ route: [{ weight: 90 }] }] },
});
// @ts-expect-error: a Gateway of the Gateway API has a spec
new Gateway(scope, 'missing-spec', {});
new GRPCRoute(scope, 'missing-name', {
  // @ts-expect-error: name is required
  spec: { rules: [{ backendRefs: [{ port: 9080 }] }] },
});

// an unknown enum value
new DestinationRule(scope, 'unknown-mode', {
  // @ts-expect-error: ISTIO_MUTUAL
  spec: { host: 'reviews', trafficPolicy: { tls: { mode: 'ISTIO' } } },
});
new HTTPRoute(scope, 'unknown-match-type', {
  // @ts-expect-error: PathPrefix
  spec: { rules: [{ matches: [{ path: { type: 'Prefix', value: '/' } }] }] },
});
new VirtualService(scope, 'unknown-version', {
  // @ts-expect-error: v1, v1beta1 or v1alpha3
  apiVersion: 'networking.istio.io/v2',
});

// a field that only a server writes
new VirtualService(scope, 'status', {
  // @ts-expect-error: status is no input
  status: {},
});

// what is taken
new VirtualService(scope, 'whole', {
  apiVersion: 'networking.istio.io/v1beta1',
  metadata: { namespace: 'shop', labels: { app: 'reviews' } },
  spec: {
    hosts: ['reviews'],
    http: [
      {
        match: [{ uri: { prefix: '/v2' }, headers: { 'end-user': { exact: 'jason' } }, withoutHeaders: { 'x-internal': {} } }],
        fault: { abort: { httpStatus: 500, percentage: { value: 50 } } },
        redirect: { uri: '/new', port: 443 },
        retries: { attempts: 3, perTryTimeout: '2s', retryRemoteLocalities: null },
        route: [
          { destination: { host: 'reviews', subset: 'v1' }, weight: 90 },
          { destination: { host: 'reviews', subset: 'v2' }, weight: 10 },
        ],
      },
    ],
  },
});
new DestinationRule(scope, 'arms', {
  spec: {
    host: 'reviews',
    trafficPolicy: {
      loadBalancer: { localityLbSetting: { enabled: true }, consistentHash: { httpHeaderName: 'x-user', ringHash: { minimumRingSize: 1024 } } },
      tls: { mode: 'ISTIO_MUTUAL' },
    },
    subsets: [{ name: 'v1', labels: { version: 'v1' } }],
  },
});
new AuthorizationPolicy(scope, 'deny-all', { spec: {} });
new AuthorizationPolicy(scope, 'allow-all', { spec: { rules: [{}] } });
new HTTPRoute(scope, 'filters', {
  spec: {
    parentRefs: [{ name: 'public' }],
    hostnames: ['shop.example.com'],
    rules: [
      {
        matches: [{ path: { type: 'PathPrefix', value: '/' } }, { method: 'GET' }],
        filters: [
          { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-a', value: 'b' }] } },
          { type: 'ExtensionRef', extensionRef: { group: 'example.com', kind: 'Filter', name: 'a' } },
        ],
        backendRefs: [{ name: 'productpage', port: 9080, weight: 1 }],
      },
    ],
  },
});
new Gateway(scope, 'gateway', {
  spec: { gatewayClassName: 'istio', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
});
new Deployment(scope, 'reviews', {
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'reviews' } },
    strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
    template: {
      metadata: { labels: { app: 'reviews' } },
      spec: { containers: [{ name: 'reviews', image: 'reviews:1', resources: { requests: { cpu: 0.5, memory: '64Mi' } } }] },
    },
  },
});
