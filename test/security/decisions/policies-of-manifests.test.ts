import { policiesOfManifests, trustedProxiesOf } from '../../../src/security/decisions/policies-of-manifests';

const config = (name: string, mesh: string, namespace = 'istio-system') => ({ manifest: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { mesh } } });

test('policies by kind; what is of another group, or no policy, is none', () => {
  const manifest = (apiVersion: string, kind: string) => ({ manifest: { apiVersion, kind, metadata: { name: 'a', namespace: 'shop', annotations: { b: 'c' } }, spec: { action: 'DENY' } }, construct: 'chart/a' });
  const [policies] = policiesOfManifests([manifest('security.istio.io/v1', 'AuthorizationPolicy'), manifest('security.istio.io/v1beta1', 'PeerAuthentication'), manifest('policy.linkerd.io/v1', 'AuthorizationPolicy'), manifest('v1', 'Service')]);
  expect(policies?.authorizationPolicies).toEqual([{ name: 'a', namespace: 'shop', annotations: { b: 'c' }, spec: { action: 'DENY' }, construct: 'chart/a' }]);
  expect([policies?.peerAuthentications.length, policies?.requestAuthentications.length]).toEqual([1, 0]);
});

test('the mesh as it is by default, and as its configuration says', () => {
  expect(policiesOfManifests([]).map(({ mesh }) => mesh)).toEqual([{ rootNamespace: 'istio-system', trustDomains: ['cluster.local'], federated: [], pathNormalization: 'BASE', authorizers: {}, trustedProxies: 0 }]);
  const text = [
    'trustDomain: new.example.com',
    'trustDomainAliases: [old.example.com, new.example.com]',
    'rootNamespace: policies',
    'caCertificates: [{ pem: x, trustDomains: [far.example.com] }]',
    'pathNormalization: { normalization: MERGE_SLASHES }',
    'defaultConfig: { gatewayTopology: { numTrustedProxies: 2 } }',
    'extensionProviders: [{ name: login, envoyExtAuthzHttp: {} }, { name: check, envoyExtAuthzGrpc: {} }, { name: logs, envoyOtelAls: {} }]',
  ].join('\n');
  expect(policiesOfManifests([config('istio', text)]).map(({ mesh }) => mesh)).toEqual([
    { rootNamespace: 'policies', trustDomains: ['new.example.com', 'old.example.com'], federated: ['far.example.com'], pathNormalization: 'MERGE_SLASHES', authorizers: { login: 'http', check: 'grpc' }, trustedProxies: 2 },
  ]);
});

test('several control planes are several meshes; the root namespace is their own', () => {
  const meshes = policiesOfManifests([config('istio-a', 'pathNormalization: { normalization: NONE }', 'one'), config('istio-b', 'pathNormalization: { normalization: DEFAULT }', 'two')]).map(({ mesh }) => mesh);
  expect(meshes.map(({ rootNamespace, pathNormalization }) => [rootNamespace, pathNormalization])).toEqual([['one', 'NONE'], ['two', 'BASE']]);
});

test('proxies in front of pods, by their annotation', () => {
  expect(['gatewayTopology: { numTrustedProxies: 1 }', '{"gatewayTopology":{"numTrustedProxies":3}}', 'concurrency: 2', '', undefined].map(trustedProxiesOf)).toEqual([1, 3, undefined, undefined, undefined]);
});

test('what only looks like a configuration of a mesh is none', () => {
  const names = (name: string, text: string) => policiesOfManifests([config(name, text), config('istio', 'rootNamespace: policies')]).map(({ mesh }) => mesh.rootNamespace);
  expect([names('settings', 'rootNamespace: elsewhere'), names('istio-other', '{ not: yaml'), names('istio-other', 'a text'), names('istio-canary', 'rootNamespace: own')]).toEqual([['policies'], ['policies'], ['policies'], ['own', 'policies']]);
  expect(trustedProxiesOf('{ gatewayTopology: numTrustedProxies')).toBeUndefined();
});

test('what variables of the istiod of the same revision switch on', () => {
  const istiod = (name: string, revision: string, value: string) => ({
    manifest: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'istio-system', labels: { 'app': 'istiod', 'istio.io/rev': revision } },
      spec: { template: { spec: { containers: [{ name: 'discovery', env: [{ name: 'PILOT_SKIP_VALIDATE_TRUST_DOMAIN', value }, { name: 'PILOT_ENABLE_MULTIPLE_CUSTOM_AUTHZ_PROVIDERS', value: 'true' }] }] } } },
    },
  });
  const found = policiesOfManifests([config('istio', 'a: 1'), config('istio-canary', 'a: 1'), istiod('istiod', 'default', 'false'), istiod('istiod-canary', 'canary', 'true')]).map(({ mesh }) => [mesh.asksSeveral, mesh.takesAllTrustDomains]);
  expect(found).toEqual([[true, undefined], [true, true]]);
  expect(policiesOfManifests([config('istio', 'a: 1')])[0]?.mesh).not.toHaveProperty('asksSeveral');
});
