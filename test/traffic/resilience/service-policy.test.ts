import { DestinationRule } from '../../../imports/istio';
import { MeshService } from '../../../src';
import type { ServicePolicyProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

/** The DestinationRule of a service with two ports and two versions. */
function made(policy: ServicePolicyProps) {
  const { chart } = program();
  const web = MeshService.fromName(chart, 'web', { name: 'web', ports: [8080, 9090], versions: ['v1', 'v2'] });
  web.trafficPolicy(chart, policy);
  return synthTo(chart).one(DestinationRule).spec;
}

const pool = (tcp: object, http?: object) => ({ connectionPool: { tcp, ...(http === undefined ? {} : { http }) } });

test('a port keeps what it does not say: fields of the pool one by one, other parts as a whole', () => {
  const { trafficPolicy, subsets } = made({
    ...pool({ maxConnections: 100, connectTimeout: '1s' }, { http2MaxRequests: 50 }),
    outlierDetection: 'gateway-errors',
    loadBalancer: { simple: 'RANDOM' },
    ports: { 9090: { ...pool({ maxConnections: 5 }), loadBalancer: { simple: 'ROUND_ROBIN' } } },
  }) as Required<NonNullable<ReturnType<typeof made>>>;
  const { portLevelSettings, ...forAll } = trafficPolicy;
  expect(forAll).toMatchObject({ ...pool({ maxConnections: 100 }), loadBalancer: { simple: 'RANDOM' } });
  expect(portLevelSettings).toEqual([
    {
      port: { number: 9090 },
      ...pool({ maxConnections: 5, connectTimeout: '1s' }, { http2MaxRequests: 50 }),
      outlierDetection: forAll.outlierDetection,
      loadBalancer: { simple: 'ROUND_ROBIN' },
    },
  ]);
  expect(subsets).toEqual([{ name: 'v1', labels: { version: 'v1' } }, { name: 'v2', labels: { version: 'v2' } }]);
});

test('a version says its own parts, and takes the others from the policy of the service', () => {
  const spec = made({ ...pool({ maxConnections: 100, connectTimeout: '1s' }), outlierDetection: 'gateway-errors', versions: { v2: pool({ maxConnections: 5 }) } });
  expect(spec?.subsets?.map(({ trafficPolicy }) => trafficPolicy)).toEqual([undefined, pool({ maxConnections: 5, connectTimeout: '1s' })]);
});

test('a version on a port of its own settings has those, but for what the version says', () => {
  const spec = made({
    loadBalancer: { simple: 'RANDOM' },
    ports: { 9090: pool({ maxConnections: 5, connectTimeout: '3s' }) },
    versions: { v2: pool({ maxConnections: 1 }) },
  });
  expect(spec?.subsets?.[1]?.trafficPolicy).toEqual({
    ...pool({ maxConnections: 1 }),
    portLevelSettings: [{ port: { number: 9090 }, ...pool({ maxConnections: 1, connectTimeout: '3s' }), loadBalancer: { simple: 'RANDOM' } }],
  });
});

test('exceptions alone are a policy, and so is a failover of a port with the outliers of the service', () => {
  expect(made({ versions: { v1: { outlierDetection: 'server-errors' } } })).not.toHaveProperty('trafficPolicy');
  expect(made({ ports: { 8080: pool({ maxConnections: 1 }), 9090: pool({ maxConnections: 2 }) } })?.trafficPolicy).toEqual({
    portLevelSettings: [{ port: { number: 8080 }, ...pool({ maxConnections: 1 }) }, { port: { number: 9090 }, ...pool({ maxConnections: 2 }) }],
  });
  const failover = { loadBalancer: { localityLbSetting: { failover: [{ from: 'eu', to: 'us' }] } } };
  expect(made({ outlierDetection: 'gateway-errors', ports: { 8080: failover } })?.trafficPolicy?.portLevelSettings?.[0]).toMatchObject(failover);
});

test('a retry budget, for all or for a version', () => {
  const { trafficPolicy, subsets } = made({ retryBudget: { percent: 12.5, minRetryConcurrency: 2 }, versions: { v2: { retryBudget: { percent: 50 } } } }) ?? {};
  expect(trafficPolicy).toEqual({ retryBudget: { percent: 12.5, minRetryConcurrency: 2 } });
  expect(subsets?.[1]?.trafficPolicy).toEqual({ retryBudget: { percent: 50 } });
});

test('ports that a Service gets later count', () => {
  const { chart } = program();
  const web = MeshService.fromName(chart, 'web', { name: 'web', ports: [8080] });
  web.trafficPolicy(chart, { ports: { 9090: pool({ maxConnections: 1 }) } });
  MeshService.fromName(chart, 'again', { name: 'web', ports: [9090] });
  expect(() => synthTo(chart)).not.toThrow();
});

test.each<[string, object, string, string]>([
  ['a port that there is not', { ports: { 9091: pool({ maxConnections: 1 }) } }, 'unknown-port', 'trafficPolicy.ports.9091'],
  ['a version that there is not', { versions: { v3: pool({ maxConnections: 1 }) } }, 'unknown-subset', 'trafficPolicy.versions.v3'],
  ['the name of a port', { ports: { http: pool({ maxConnections: 1 }) } }, 'unknown-port', 'trafficPolicy.ports.http'],
  ['no ports', { ports: {} }, 'empty-policy', 'trafficPolicy.ports'],
  ['nothing for a version', { versions: { v1: {} } }, 'empty-policy', 'trafficPolicy.versions.v1'],
  ['a part that there is not', { versions: { v1: { conectionPool: {} } } }, 'unknown-prop', 'trafficPolicy.versions.v1.conectionPool'],
  ['ports within a version', { versions: { v1: { ports: {} } } }, 'unknown-prop', 'trafficPolicy.versions.v1.ports'],
  ['a bad value of a port', { ports: { 8080: { connectionPool: { tcp: { maxConnections: 0 } } } } }, 'bad-number', 'trafficPolicy.ports.8080.connectionPool.tcp.maxConnections'],
  ['a pool that is none', { ...pool({ maxConnections: 1 }), ports: { 8080: { connectionPool: null } } }, 'bad-props', 'trafficPolicy.ports.8080.connectionPool'],
  ['a failover that nothing tells', { ports: { 8080: { loadBalancer: { localityLbSetting: { failover: [{ from: 'eu', to: 'us' }] } } } } }, 'bad-locality', 'trafficPolicy.ports.8080.loadBalancer.localityLbSetting'],
  ['a budget that a port would lose', { retryBudget: { percent: 5 }, ports: { 8080: pool({ maxConnections: 1 }) } }, 'bad-retry-budget', 'trafficPolicy.retryBudget'],
  ['a budget of a port', { ports: { 8080: { retryBudget: { percent: 5 } } } }, 'bad-retry-budget', 'trafficPolicy.ports.8080.retryBudget'],
  ['a budget beside a limit that it replaces', { retryBudget: { percent: 5 }, connectionPool: { http: { maxRetries: 3 } } }, 'bad-retry-budget', 'trafficPolicy.retryBudget'],
  ['a budget of nothing', { retryBudget: {} }, 'empty-policy', 'trafficPolicy.retryBudget'],
  ['a budget beyond all', { retryBudget: { percent: 101 } }, 'bad-percentage', 'trafficPolicy.retryBudget.percent'],
])('%s: refused', (_name, policy, code, property) => {
  expect(caught(() => made(policy)).findings).toMatchObject([{ code, construct: 'shop', property }]);
});
