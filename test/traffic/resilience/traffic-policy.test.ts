import { DestinationRule } from '../../../imports/istio';
import type { TrafficPolicyProps } from '../../../src/traffic/resilience/traffic-policy-props';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

function policyOf(policy: TrafficPolicyProps): unknown {
  const { chart, shop } = program();
  shop.addService('web', { port: 8080 }).trafficPolicy(chart, policy);
  return synthTo(chart).one(DestinationRule).spec?.trafficPolicy;
}

test('a service without versions gets a DestinationRule for its policy', () => {
  const { chart, shop } = program();
  shop.addService('web', { port: 8080 }).trafficPolicy(chart, { outlierDetection: 'server-errors' });
  expect(synthTo(chart).one(DestinationRule)).toMatchObject({ metadata: { name: 'web', namespace: 'shop' } });
  expect(synthTo(chart).one(DestinationRule).spec).toEqual({
    host: 'web.shop.svc.cluster.local',
    trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5, interval: '10s', baseEjectionTime: '30s', maxEjectionPercent: 50 } },
  });
});

test('a service with versions keeps its subsets, and stays one DestinationRule', () => {
  const { chart, shop } = program();
  shop.addService('web', { port: 8080, versions: ['v1', 'v2'] }).trafficPolicy(chart, { loadBalancer: { simple: 'RANDOM' } });
  expect(synthTo(chart).one(DestinationRule).spec).toMatchObject({ subsets: [{ name: 'v1' }, { name: 'v2' }], trafficPolicy: { loadBalancer: { simple: 'RANDOM' } } });
});

test.each<[string, TrafficPolicyProps, object]>([
  ['gateway errors', { outlierDetection: 'gateway-errors' }, { outlierDetection: { consecutiveGatewayErrors: 5, consecutive5xxErrors: 0 } }],
  ['connections only', { outlierDetection: 'connect-failures' }, { outlierDetection: { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 5, consecutive5xxErrors: 0 } }],
  ['numbers of one\'s own', { outlierDetection: { consecutive5xxErrors: 3, interval: '5s', minHealthPercent: 40 } }, { outlierDetection: { consecutive5xxErrors: 3, interval: '5s', minHealthPercent: 40 } }],
  [
    'pools',
    { connectionPool: { tcp: { maxConnections: 100, connectTimeout: '2s' }, http: { http1MaxPendingRequests: 10, http2MaxRequests: 50, maxRetries: 3 } } },
    { connectionPool: { tcp: { maxConnections: 100, connectTimeout: '2s' }, http: { http1MaxPendingRequests: 10, http2MaxRequests: 50, maxRetries: 3 } } },
  ],
  ['slow start', { loadBalancer: { simple: 'ROUND_ROBIN', warmup: { duration: '1m', minimumPercent: 20 } } }, { loadBalancer: { simple: 'ROUND_ROBIN', warmup: { duration: '1m', minimumPercent: 20 } } }],
  ['a header', { loadBalancer: { consistentHash: { httpHeaderName: 'X-User' } } }, { loadBalancer: { consistentHash: { httpHeaderName: 'x-user' } } }],
  ['a cookie', { loadBalancer: { consistentHash: { httpCookie: { name: 'pod', ttl: '1h' } } } }, { loadBalancer: { consistentHash: { httpCookie: { name: 'pod', ttl: '1h' } } } }],
  ['a cookie until the browser is closed', { loadBalancer: { consistentHash: { httpCookie: { name: 'pod', ttl: '0s' } } } }, { loadBalancer: { consistentHash: { httpCookie: { ttl: '0s' } } } }],
  ['a parameter', { loadBalancer: { consistentHash: { httpQueryParameterName: 'user' } } }, { loadBalancer: { consistentHash: { httpQueryParameterName: 'user' } } }],
  ['an address', { loadBalancer: { consistentHash: { useSourceIp: true } } }, { loadBalancer: { consistentHash: { useSourceIp: true } } }],
  ['shares of places', { loadBalancer: { localityLbSetting: { distribute: [{ from: 'eu/a/*', to: { 'eu/a/*': 80, 'eu/b/*': 20 } }] } } }, { loadBalancer: { localityLbSetting: { distribute: [{ to: { 'eu/a/*': 80 } }] } } }],
  ['failover', { outlierDetection: 'gateway-errors', loadBalancer: { localityLbSetting: { failover: [{ from: 'eu', to: 'us' }] } } }, { loadBalancer: { localityLbSetting: { failover: [{ from: 'eu', to: 'us' }] } } }],
])('%s', (_name, policy, expected) => {
  expect(policyOf(policy)).toMatchObject(expected);
});

test('encryption is left to the mTLS of the mesh', () => {
  expect(policyOf({ outlierDetection: 'gateway-errors' })).not.toHaveProperty('tls');
});

test.each<[string, object, string, string]>([
  ['nothing', {}, 'empty-policy', 'trafficPolicy'],
  ['a part that there is not', { outlierdetection: 'gateway-errors' }, 'unknown-prop', 'trafficPolicy.outlierdetection'],
  ['a preset that there is not', { outlierDetection: 'gateway-error' }, 'bad-choice', 'trafficPolicy.outlierDetection'],
  ['outliers that nothing tells', { outlierDetection: { consecutive5xxErrors: 0 } }, 'bad-outliers', 'trafficPolicy.outlierDetection'],
  ['a limit of zero, which means none', { connectionPool: { tcp: { maxConnections: 0 } } }, 'bad-number', 'trafficPolicy.connectionPool.tcp.maxConnections'],
  ['a number as a duration', { connectionPool: { tcp: { connectTimeout: 2 } } }, 'bad-duration', 'trafficPolicy.connectionPool.tcp.connectTimeout'],
  ['an empty pool', { connectionPool: { http: {} } }, 'empty-policy', 'trafficPolicy.connectionPool.http'],
  ['two ways to pick a pod', { loadBalancer: { simple: 'RANDOM', consistentHash: { useSourceIp: true } } }, 'bad-balancer', 'trafficPolicy.loadBalancer'],
  ['two ways to tell callers apart', { loadBalancer: { consistentHash: { useSourceIp: true, httpHeaderName: 'x' } } }, 'bad-balancer', 'trafficPolicy.loadBalancer.consistentHash'],
  ['a slow start of what does not start slowly', { loadBalancer: { simple: 'RANDOM', warmup: { duration: '1m' } } }, 'bad-balancer', 'trafficPolicy.loadBalancer.warmup'],
  ['a failover that never happens', { loadBalancer: { localityLbSetting: { failover: [{ from: 'eu', to: 'us' }] } } }, 'bad-locality', 'trafficPolicy.loadBalancer.localityLbSetting'],
  ['places that do not add up', { loadBalancer: { localityLbSetting: { distribute: [{ from: 'eu', to: { eu: 80 } }] } } }, 'bad-split', 'trafficPolicy.loadBalancer.localityLbSetting.distribute[0].to'],
  ['places that are none', { loadBalancer: { localityLbSetting: { distribute: [{ from: 'eu', to: null }] } } }, 'bad-props', 'trafficPolicy.loadBalancer.localityLbSetting.distribute[0].to'],
])('%s: refused', (_name, policy, code, property) => {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  expect(caught(() => web.trafficPolicy(chart, policy)).findings).toMatchObject([{ code, construct: 'shop', property }]);
});

test('a second owner of the policy is refused, and names the first', () => {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  web.trafficPolicy(chart, { outlierDetection: 'gateway-errors' });
  expect(caught(() => web.trafficPolicy(shop, { outlierDetection: 'server-errors' })).findings[0]).toMatchObject({
    code: 'second-owner',
    construct: 'shop/shop',
    got: 'web.shop.svc.cluster.local, whose policy shop sets already',
  });
});
