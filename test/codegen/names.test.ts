import { nameKinds } from '../../src/codegen/kind-names';
import { className, kebabCase, pascalCase } from '../../src/codegen/names';
import { guessRelease } from '../../src/codegen/release-names';
import { releaseNotes } from '../../src/codegen/release-notes';
import { sourceName } from '../../src/codegen/source-names';
import { compareApiVersions, compareReleases } from '../../src/codegen/version-order';

test.each([
  ['VirtualService', 'virtual-service'],
  ['HTTPRoute', 'http-route'],
  ['BackendTLSPolicy', 'backend-tls-policy'],
  ['XMesh', 'x-mesh'],
  ['My-Kind', 'my-kind'],
])('%s stands in the file %s', (kind, file) => expect(kebabCase(kind)).toBe(file));

test.each([
  ['portLevelSettings', 'PortLevelSettings'],
  ['x-header.name', 'XHeaderName'],
  ['http2maxRequests', 'Http2MaxRequests'],
  ['mirror_percent', 'MirrorPercent'],
])('%s is %s in the name of a type', (name, word) => expect(pascalCase(name)).toBe(word));

test.each([
  ['Object', 'ObjectKind'],
  ['class', 'Class'],
  ['2048', 'Kind2048'],
  ['MeshObject', 'MeshObjectKind'],
])('a kind %s has the class %s', (kind, name) => expect(className(kind)).toBe(name));

test('kinds that would share a file or a class carry their groups, all of them', () => {
  const names = nameKinds([
    { group: 'a.com', kind: 'Rule' },
    { group: 'b.com', kind: 'Rule' },
    { group: 'a.com', kind: 'Index' },
    { group: '', kind: 'Pod' },
  ]);
  expect(names.map(({ file, className: name }) => `${file} ${name}`)).toEqual([
    'rule-a-com RuleACom',
    'rule-b-com RuleBCom',
    'index-kind Index',
    'pod Pod',
  ]);
});

test.each([
  ['networking.istio.io', 'istio'],
  ['flagger.app', 'flagger'],
  ['acme.cert-manager.io', 'cert-manager'],
  ['monitoring.coreos.com', 'coreos'],
  ['gateway.networking.k8s.io', 'gateway-networking'],
  ['gateway.networking.x-k8s.io', 'gateway-networking'],
  ['rbac.authorization.k8s.io', 'rbac-authorization'],
  ['apps', 'kubernetes'],
  ['', 'kubernetes'],
])('the group %p is of the source %s', (group, source) => expect(sourceName(group)).toBe(source));

test('the release is the version in the name of the file, else what the lock has, else 0', () => {
  const kinds = { docs: true, counts: { kinds: 0, rules: 0, transitionRules: 0 }, definitions: false, kinds: [] };
  const lock = { generator: 1, sources: { a: { ...kinds, releases: [{ release: '2.0.0', files: [], rules: 0, kinds: 0 }] } } };
  expect(guessRelease(['istio-1.30.3.yaml'], lock, 'a')).toBe('1.30.3');
  expect(guessRelease(['v1.31.0-rc.0.yaml'], lock, 'a')).toBe('1.31.0-rc.0');
  expect(guessRelease(['crds.yaml'], lock, 'a')).toBe('2.0.0');
  expect(guessRelease(['crds.yaml'], lock, 'b')).toBe('0');
  expect(guessRelease(['a-1.0.0.yaml', 'b-2.0.0.yaml'], lock, 'b')).toBe('0');
});

test('API versions stand in the order of Kubernetes', () => {
  const versions = ['foo1', 'v1alpha1', 'v11beta2', 'v2', 'v10', 'v1', 'v3beta1', 'v12alpha1'];
  expect([...versions].sort(compareApiVersions)).toEqual(['v10', 'v2', 'v1', 'v11beta2', 'v3beta1', 'v12alpha1', 'v1alpha1', 'foo1']);
});

test('releases stand from old to new, the standard channel first', () => {
  const releases = [
    { release: '1.10.0' },
    { release: '1.9.0', channel: 'experimental' },
    { release: '1.9.0', channel: 'standard' },
    { release: '1.10.0-rc.1' },
  ];
  expect([...releases].sort(compareReleases).map(({ release, channel }) => [release, channel].join(' ').trim())).toEqual([
    '1.9.0 standard',
    '1.9.0 experimental',
    '1.10.0-rc.1',
    '1.10.0',
  ]);
});

test('a field says since when, until when and where it is there', () => {
  const variants = ['1', '2'].flatMap((release) =>
    ['standard', 'experimental'].flatMap((channel) => ['v1', 'v1beta1'].map((version) => ({ release, channel, version }))),
  );
  const note = releaseNotes(variants);
  const all = variants.map((_, index) => index);
  expect(note(all, all)).toBeUndefined();
  expect(note([4, 5, 6, 7], all)).toBe('Since 2.');
  expect(note([0, 1, 2, 3], all)).toBe('Until 1.');
  expect(note([2, 3, 6, 7], all)).toBe('Only in the experimental channel.');
  expect(note([6, 7], all)).toBe('Only in the experimental channel. Since 2.');
  expect(note([0, 2, 4, 6], all)).toBe('Only in v1.');
});
