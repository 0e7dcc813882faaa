import { Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { Gateway, PeerAuthentication } from '../../imports/istio';
import {
  ClusterRole,
  ConfigMap,
  CustomResourceDefinition,
  DaemonSet,
  Deployment,
  HorizontalPodAutoscaler,
  MutatingWebhookConfiguration,
  Namespace,
  NetworkPolicy,
  Service,
  ServiceAccount,
  ValidatingWebhookConfiguration,
} from '../../imports/kubernetes';
import { BaseCrds, Cluster, IngressGateway, Mesh, MeshApp, RevisionTag, StrictMtlsNamespace, unknown } from '../../src';
import type { ClusterProps, MeshProps } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';

/** What a mesh of a cluster makes. */
function made(props: MeshProps = {}, cluster: ClusterProps = { istio: '1.31.1' }): ReturnType<typeof synthTo> {
  const chart = new Chart(new Cluster(Testing.app(), 'prod', cluster), 'platform');
  new Mesh(chart, 'mesh', props);
  return synthTo(chart);
}

/** The mesh's configuration as istiod reads it. */
function meshConfig(shown: ReturnType<typeof synthTo>): Record<string, unknown> {
  const map = shown.many(ConfigMap).find(({ metadata }) => metadata.name === 'istio');
  return parse(map?.data?.['mesh'] ?? '') as Record<string, unknown>;
}

test('is strict mesh-wide, and makes no gateway', () => {
  const chart = Testing.chart();
  new Mesh(chart, 'mesh');
  const shown = synthTo(chart);
  expect(shown.one(PeerAuthentication)).toMatchObject({ metadata: { name: 'default', namespace: 'istio-system' }, spec: { mtls: { mode: 'STRICT' } } });
  expect(shown.one(Namespace).metadata.name).toBe('istio-system');
  expect(shown.many(Gateway)).toEqual([]);
});

test.each([
  ['1.29.6', 14],
  ['1.30.3', 15],
  ['1.31.1', 15],
  // the nearest release whose rules are known
  ['1.29.10', 14],
])('CRDs of Istio %s', (istio, count) => {
  const chart = new Chart(new Cluster(Testing.app(), 'prod', { istio }), 'chart');
  new Mesh(chart, 'mesh');
  expect(synthTo(chart).many(CustomResourceDefinition)).toHaveLength(count);
});

test('while a cluster is upgraded it has the CRDs of the newer version', () => {
  const chart = new Chart(new Cluster(Testing.app(), 'prod', { istio: ['1.30.3', '1.29.6'] }), 'chart');
  new BaseCrds(chart, 'crds');
  expect(synthTo(chart).many(CustomResourceDefinition)).toHaveLength(15);
});

test('a version that is none is refused with what is known', () => {
  expect(caught(() => new BaseCrds(Testing.chart(), 'crds', { istio: 'latest' })).findings[0]).toMatchObject({
    code: 'unknown-version',
    got: '"latest"',
    expected: expect.stringContaining('1.31.1') as string,
  });
});

describe('the control plane', () => {
  test('is of the cluster\'s release, in the mesh\'s namespace', () => {
    const shown = made({}, { istio: '1.30.7' });
    const istiod = shown.one(Deployment);
    expect(istiod.metadata).toMatchObject({ name: 'istiod', namespace: 'istio-system' });
    expect(istiod.spec?.template.spec?.containers[0]?.image).toBe('docker.io/istio/pilot:1.30.7');
  });

  test.each(['addIngressGateway', 'addEgressGateway', 'addEastWestGateway'] as const)('%s asks for another id where one is taken', (add) => {
    const cluster = new Cluster(new MeshApp(), 'prod', { network: 'network1' });
    const mesh = new Mesh(new Chart(cluster, 'platform'), 'mesh', { meshId: 'mesh1', clusterName: 'prod' });
    mesh[add]('edge');
    expect(() => mesh[add]('edge')).toThrow(/platform\/mesh\/edge: id: got "edge".*give another id \[id-taken\]/s);
  });

  test('is applied before the webhooks that ask it, and those before gateways', () => {
    const app = new MeshApp();
    const chart = new Chart(app, 'platform');
    new Mesh(chart, 'mesh').addIngressGateway('public');
    const kinds = [...app.synthYaml().matchAll(/^kind: (.*)\n(?:.*\n)*?  name: (.*)$/gm)].map(([, kind, name]) => `${String(kind)} ${String(name)}`);
    const places = ['Namespace istio-system', 'ServiceAccount istiod', 'Deployment istiod', 'MutatingWebhookConfiguration istio-sidecar-injector', 'Deployment public'];
    expect(places.map((place) => kinds.indexOf(place))).toEqual(places.map((place) => kinds.indexOf(place)).sort((a, b) => a - b));
    expect(kinds).toEqual(expect.arrayContaining(places));
  });

  test('tells the mode of mutual TLS of a workload', () => {
    const chart = new Chart(new MeshApp(), 'platform');
    const mesh = new Mesh(chart, 'mesh');
    const web = new StrictMtlsNamespace(chart, 'shop', { mesh }).addService('web', { port: 8080 });
    expect(mesh.mtlsModeOf(web, 8080)).toBe('STRICT');
    expect(() => mesh.mtlsModeOf(web, 0)).toThrow(/from 1 to 65535/);
  });

  test('knows of its cluster: domains, network', () => {
    const shown = made({}, { istio: '1.31.1', clusterDomain: 'corp.local', trustDomain: 'example.org', network: 'network1' });
    expect(meshConfig(shown)).toMatchObject({ trustDomain: 'example.org', rootNamespace: 'istio-system' });
    expect(shown.one(Deployment).spec?.template.spec?.containers[0]?.args).toEqual(expect.arrayContaining(['--domain', 'corp.local']));
    const injector = shown.many(ConfigMap).find(({ metadata }) => metadata.name === 'istio-sidecar-injector');
    expect(JSON.parse(injector?.data?.['values'] ?? '')).toMatchObject({ global: { network: 'network1' } });
  });

  test('is left out where other means install it', () => {
    const shown = made({ controlPlane: false });
    for (const kind of [Deployment, CustomResourceDefinition, ServiceAccount, MutatingWebhookConfiguration]) expect(shown.many(kind as typeof Deployment)).toEqual([]);
    expect(shown.one(PeerAuthentication).spec?.mtls?.mode).toBe('STRICT');
  });

  test('highly available: two pods at least, kept apart', () => {
    const shown = made({ highAvailability: true, istiod: { autoscaling: { maxReplicas: 9 } } });
    expect(shown.one(HorizontalPodAutoscaler).spec).toMatchObject({ minReplicas: 2, maxReplicas: 9 });
    expect(shown.one(Deployment).spec?.template.spec?.topologySpreadConstraints).toHaveLength(2);
  });

  test('says for all components what is said once', () => {
    const shown = made({ dataPlane: 'ambient', image: { hub: 'registry.example.com/istio', tag: 'v1' }, networkPolicy: true });
    const images = [shown.one(Deployment), ...shown.many(DaemonSet)].map(({ spec }) => spec?.template.spec?.containers[0]?.image);
    expect(images).toEqual(['pilot', 'install-cni', 'ztunnel'].map((name) => `registry.example.com/istio/${name}:v1-distroless`));
    expect(shown.many(NetworkPolicy)).toHaveLength(3);
  });

  test('keeps the behaviour of an earlier release', () => {
    const env = made({ compatibilityVersion: '1.29' }, { istio: '1.30.7' }).one(Deployment).spec?.template.spec?.containers[0]?.env;
    expect(env).toContainEqual({ name: 'PILOT_SIDECAR_PICK_BEST_SERVICE_NAMESPACE', value: 'false' });
  });
});

describe('ambient mode', () => {
  test('has the plugin and ztunnel, and tells istiod and proxies', () => {
    const shown = made({ dataPlane: 'ambient' });
    expect(shown.many(DaemonSet).map(({ metadata }) => metadata.name)).toEqual(['istio-cni-node', 'ztunnel']);
    expect(meshConfig(shown)).toMatchObject({ defaultConfig: { proxyMetadata: { ISTIO_META_ENABLE_HBONE: 'true' } } });
    expect(shown.one(Deployment).spec?.template.spec?.containers[0]?.env).toContainEqual({ name: 'PILOT_ENABLE_AMBIENT', value: 'true' });
  });

  test('namespaces join by the mode, not by injection', () => {
    const chart = Testing.chart();
    const mesh = new Mesh(chart, 'mesh', { dataPlane: 'ambient' });
    new StrictMtlsNamespace(chart, 'shop', { mesh });
    const { labels } = synthTo(chart).one(Namespace, 'shop').metadata;
    expect(labels).toMatchObject({ 'istio.io/dataplane-mode': 'ambient' });
    expect(labels).not.toHaveProperty('istio-injection');
  });

  test('without the plugin is refused', () => {
    expect(caught(() => made({ dataPlane: 'ambient', cni: false })).findings[0]).toMatchObject({ code: 'ambient-without-cni', construct: 'prod/platform/mesh', property: 'cni' });
  });
});

describe('two revisions side by side', () => {
  function upgrade(order: readonly string[]): MeshApp {
    const app = new MeshApp();
    const cluster = new Cluster(app, 'prod', { istio: ['1.30.3', '1.31.1'] });
    for (const istio of order) new Mesh(new Chart(cluster, `v${istio}`), 'mesh', { istio, revision: istio.replaceAll('.', '-') });
    return app;
  }

  test('share CRDs, namespace and policy; the newest release makes the base, the istiod that is up checks objects', () => {
    const newer = synthTo(upgrade(['1.30.3', '1.31.1']).node.findChild('prod').node.findChild('v1.31.1') as Chart);
    const older = synthTo(upgrade(['1.30.3', '1.31.1']).node.findChild('prod').node.findChild('v1.30.3') as Chart);
    expect([newer, older].map((shown) => shown.many(CustomResourceDefinition).length)).toEqual([15, 0]);
    expect([newer, older].map((shown) => shown.one(Service).metadata.name)).toEqual(['istiod-1-31-1', 'istiod-1-30-3']);
    expect([...newer.many(PeerAuthentication), ...older.many(PeerAuthentication)]).toHaveLength(1);
    const asked = newer.many(ValidatingWebhookConfiguration).find(({ metadata }) => metadata.name === 'istiod-default-validator');
    expect(asked?.webhooks?.[0]?.clientConfig.service?.name).toBe('istiod-1-30-3');
  });

  test('whichever is made first', () => {
    expect(upgrade(['1.31.1', '1.30.3']).synthYaml()).toBe(upgrade(['1.30.3', '1.31.1']).synthYaml());
  });

  test('of one name are refused, with both places', () => {
    const chart = Testing.chart();
    new Mesh(chart, 'one', { revision: 'canary' });
    const [finding] = caught(() => new Mesh(chart, 'two', { revision: 'canary' })).findings;
    expect(finding).toMatchObject({ code: 'revision-twice', construct: 'test/two/istiod', got: expect.stringContaining('test/one/istiod') as string });
  });
});

describe('a gateway of the mesh', () => {
  test('has proxies of the mesh\'s revision, and routes select them', () => {
    const chart = Testing.chart();
    const gateway = new Mesh(chart, 'mesh', { revision: 'canary' }).addIngressGateway('public');
    const shown = synthTo(chart);
    const labels = shown.one(Deployment, 'public').spec?.template.metadata?.labels;
    expect(labels).toMatchObject({ 'istio.io/rev': 'canary', 'sidecar.istio.io/inject': 'true', ...gateway.selector });
    expect(shown.one(Namespace, 'istio-ingress').metadata.labels).toMatchObject({ 'istio.io/rev': 'canary' });
  });

  test('is known, not made, where something else makes its proxies', () => {
    const chart = Testing.chart();
    new Mesh(chart, 'mesh', { controlPlane: false }).addIngressGateway('public', { workload: false });
    expect(synthTo(chart).many(Deployment)).toEqual([]);
  });
});

test.each<[string, MeshProps, string, string]>([
  ['a data plane that is none', { dataPlane: 'both' as never }, 'bad-prop', 'dataPlane'],
  ['a mode of mutual TLS that is none', { mtls: 'DISABLE' as never }, 'bad-prop', 'mtls'],
  ['a release that is not known', { istio: '1.20.0' }, 'unknown-version', 'istio'],
  ['a compatibility version that is none', { compatibilityVersion: '1.2' }, 'unknown-profile', 'compatibilityVersion'],
  ['a prop that a mesh does not know', { istoid: {} } as never, 'unknown-prop', 'istoid'],
  ['a release that is no text', { istio: 1.3 as never }, 'bad-prop', 'istio'],
  ['a release that the cluster does not declare', { istio: '1.30.7' }, 'release-not-of-cluster', 'istio'],
  ['what decides on objects, known only later', { highAvailability: unknown<boolean>('a flag') }, 'unknown-value', 'highAvailability'],
  ['ambient mode that the plugin has off', { dataPlane: 'ambient', cni: { ambient: { enabled: false } } }, 'ambient-without-cni', 'cni'],
  ['ztunnel with sidecars', { ztunnel: {} }, 'contradiction', 'ztunnel'],
  ['one istiod that is to be highly available', { highAvailability: true, istiod: { autoscaling: false } }, 'contradiction', 'istiod.replicas'],
  ['props of an istiod that is not made', { controlPlane: false, istiod: {} }, 'contradiction', 'istiod'],
  ['a revision that only istiod has', { istiod: { revision: 'canary' } } as never, 'said-by-mesh', 'istiod.revision'],
  ['CRDs that are none, at synthesis', { base: { crds: { exclude: ['x.y'] } } }, 'unknown-crd', 'exclude'],
  ['a configuration that istiod cannot read', { meshConfig: { accesLogFile: '/dev/stdout' } as never }, 'unknown-field', 'meshConfig.accesLogFile'],
])('%s is refused', (_title, props, code, property) => {
  expect(caught(() => made(props)).findings[0]).toMatchObject({ code, property });
});

test('permissive is spelled out', () => {
  expect(made({ mtls: 'PERMISSIVE' }).one(PeerAuthentication).spec?.mtls?.mode).toBe('PERMISSIVE');
});

test('the reader role is there once', () => {
  expect(made().many(ClusterRole).filter(({ metadata }) => String(metadata.name).includes('reader'))).toHaveLength(1);
});

test('on OpenShift the agents of nodes are in kube-system, where istiod trusts ztunnel', () => {
  const shown = made({ platform: 'openshift', dataPlane: 'ambient' });
  expect(shown.many(DaemonSet).map(({ metadata }) => metadata.namespace)).toEqual(['kube-system', 'kube-system']);
  const env = shown.one(Deployment).spec?.template.spec?.containers[0]?.env;
  expect(env).toContainEqual({ name: 'CA_TRUSTED_NODE_ACCOUNTS', value: 'kube-system/ztunnel' });
});

test('the policy is where the mesh has its root', () => {
  expect(made({ meshConfig: { rootNamespace: 'mesh-root' } }).one(PeerAuthentication).metadata.namespace).toBe('mesh-root');
});

test('a tag injects before the gateways of its mesh are made, and the tag `default` takes over the default webhook', () => {
  const app = new MeshApp();
  const chart = new Chart(app, 'platform');
  const mesh = new Mesh(chart, 'mesh', { revision: 'canary' });
  new RevisionTag(chart, 'default', { revision: mesh });
  mesh.addIngressGateway('public');
  const text = app.synthYaml();
  expect(text.match(/name: istiod-default-validator/g)).toHaveLength(1);
  expect(text.indexOf('name: istio-revision-tag-default')).toBeLessThan(text.search(/kind: Deployment\nmetadata:\n(?: .*\n)*?  name: public\n/));
});

test('a gateway that follows a tag is injected by what the tag stands for', () => {
  const chart = Testing.chart();
  const tag = new RevisionTag(chart, 'prod', { revision: new Mesh(chart, 'mesh', { revision: '1-31-3' }) });
  new IngressGateway(chart, 'public', { mesh: tag });
  expect(synthTo(chart).one(Namespace, 'istio-ingress').metadata.labels).toMatchObject({ 'istio.io/rev': 'prod' });
});
