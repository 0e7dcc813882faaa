'use strict';

/** Plain manifests of `count` services: a VirtualService, a DestinationRule and an AuthorizationPolicy each. */
function objectsOf(count) {
  return Array.from({ length: count }, (_, index) => objectsOfService(index)).flat();
}

function objectsOfService(index) {
  const name = `service-${index}`;
  const host = `${name}.shop.svc.cluster.local`;
  const metadata = { name, namespace: 'shop', labels: { app: name } };
  return [
    { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata, spec: virtualService(host) },
    { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata, spec: destinationRule(host) },
    { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata, spec: authorizationPolicy(name, index) },
  ];
}

function virtualService(host) {
  return {
    hosts: [host],
    http: [
      {
        match: [{ headers: { 'x-cohort': { exact: 'canary' } }, uri: { prefix: '/api' } }],
        route: [{ destination: { host, subset: 'v2', port: { number: 8080 } } }],
      },
      {
        route: [
          { destination: { host, subset: 'v1' }, weight: 90 },
          { destination: { host, subset: 'v2' }, weight: 10 },
        ],
        timeout: '5s',
        retries: { attempts: 2, perTryTimeout: '2s', retryOn: 'connect-failure,refused-stream' },
      },
    ],
  };
}

function destinationRule(host) {
  return {
    host,
    trafficPolicy: {
      connectionPool: { tcp: { maxConnections: 100, connectTimeout: '1s' }, http: { http2MaxRequests: 1000 } },
      outlierDetection: { consecutive5xxErrors: 5, interval: '10s', baseEjectionTime: '30s' },
    },
    subsets: [
      { name: 'v1', labels: { version: 'v1' } },
      { name: 'v2', labels: { version: 'v2' } },
    ],
  };
}

function authorizationPolicy(name, index) {
  return {
    action: 'ALLOW',
    selector: { matchLabels: { app: name } },
    rules: [
      {
        from: [{ source: { principals: [`cluster.local/ns/shop/sa/service-${index + 1}`] } }],
        to: [{ operation: { methods: ['GET', 'POST'], paths: ['/api/*'] } }],
      },
    ],
  };
}

module.exports = { objectsOf };
