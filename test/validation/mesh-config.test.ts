import { checkMeshDocument } from '../../src/validation/mesh-config';

/** The findings of a MeshConfig, as `code property`. */
function found(config: unknown, istio = '1.31.1'): string[] {
  return checkMeshDocument('MeshConfig', config, istio).map(({ code, property }) => `${code} ${property}`);
}

test('a configuration that is right', () => {
  const config = {
    accessLogFile: '/dev/stdout',
    connectTimeout: '10s',
    defaultConfig: { holdApplicationUntilProxyStarts: true, proxyMetadata: { A: 'b' }, concurrency: 2 },
    extensionProviders: [{ name: 'otel', opentelemetry: { service: 'otel.observability.svc.cluster.local', port: 4317 } }],
    outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
  };
  expect(found(config)).toEqual([]);
});

test('a field that no release has, with what was meant', () => {
  const [finding] = checkMeshDocument('MeshConfig', { accesLogFile: '/dev/stdout' }, '1.31.1');
  expect(finding).toMatchObject({ code: 'unknown-field', property: 'accesLogFile' });
  expect(finding?.fix).toContain('accessLogFile');
});

test('a field that came later says when', () => {
  const [finding] = checkMeshDocument('MeshConfig', { defaultTrafficPolicy: {} }, '1.30.7');
  expect(finding?.expected).toContain('is there since 1.31.1');
  expect(found({ defaultTrafficPolicy: {} }, '1.31.3')).toEqual([]);
});

test('values of another type, and words that an enum does not have', () => {
  expect(found({ accessLogEncoding: 'XML', defaultConfig: { concurrency: 'two' }, connectTimeout: 'soon' }).sort()).toEqual([
    'bad-format connectTimeout',
    'not-in-enum accessLogEncoding',
    'wrong-type defaultConfig.concurrency',
  ]);
});

test('fields that exclude each other', () => {
  const provider = { name: 'two', zipkin: { service: 'a', port: 9411 }, datadog: { service: 'b', port: 8126 } };
  expect(found({ extensionProviders: [provider] })).toEqual(['not-exactly-one extensionProviders[0]']);
});

test('networks have rules of their own', () => {
  const networks = { networks: { one: { endpoints: [{ fromRegistry: 'c1' }], gateways: [{ address: '1.2.3.4', port: 15443 }] } } };
  expect(checkMeshDocument('MeshNetworks', networks, '1.31.1')).toEqual([]);
  expect(checkMeshDocument('MeshNetworks', { network: {} }, '1.31.1').map(({ code }) => code)).toEqual(['unknown-field']);
});

test('something that is no object', () => {
  expect(found('mesh')).toEqual(['wrong-type ']);
});
