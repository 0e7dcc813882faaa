import { Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { ClusterRole, ClusterRoleBinding, ConfigMap, Deployment, HorizontalPodAutoscaler, MutatingWebhookConfiguration, NetworkPolicy, PodDisruptionBudget, Role, Service, ServiceAccount, ValidatingWebhookConfiguration } from '../../imports/kubernetes';
import { MeshApp } from '../../src';
import { Istiod } from '../../src/control-plane/istiod/istiod';
import { synthTo } from '../../src/testing';
import { containerOf, env, istiod, mesh, names } from './istiod-made';

describe('by default', () => {
  const shown = istiod({ istio: '1.31.3' });

  test('one pod, which may become five, of the image of the release', () => {
    expect(shown.one(HorizontalPodAutoscaler).spec).toMatchObject({ minReplicas: 1, maxReplicas: 5, scaleTargetRef: { name: 'istiod' } });
    expect(shown.one(Deployment).spec?.replicas).toBeUndefined();
    expect(containerOf(shown).image).toBe('docker.io/istio/pilot:1.31.3');
  });

  test('a budget would keep the only pod from being moved', () => {
    expect(shown.many(PodDisruptionBudget)).toEqual([]);
  });

  test('the container has no privileges', () => {
    expect(containerOf(shown).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    });
  });

  test('the mesh measures by Prometheus, and proxies find the Service', () => {
    expect(mesh(shown)).toEqual({
      defaultConfig: { discoveryAddress: 'istiod.istio-system.svc:15012' },
      defaultProviders: { metrics: ['prometheus'] },
      enablePrometheusMerge: true,
      rootNamespace: 'istio-system',
      trustDomain: 'cluster.local',
    });
    expect(shown.one(Service).metadata).toMatchObject({ name: 'istiod', namespace: 'istio-system' });
  });

  test('pods are injected that name the default revision, or none', () => {
    const [first, ...others] = shown.one(MutatingWebhookConfiguration, 'istio-sidecar-injector').webhooks ?? [];
    expect(first?.clientConfig.service).toEqual({ name: 'istiod', namespace: 'istio-system', path: '/inject', port: 443 });
    expect(others.map(({ name }) => name)).toEqual(['rev.object.sidecar-injector.istio.io', 'namespace.sidecar-injector.istio.io', 'object.sidecar-injector.istio.io']);
  });

  test('objects pass unchecked until istiod is up', () => {
    const [webhook] = shown.one(ValidatingWebhookConfiguration, 'istio-validator-istio-system').webhooks ?? [];
    expect(webhook?.failurePolicy).toBe('Ignore');
  });

  test('the accounts of its roles exist', () => {
    const { name, namespace } = shown.one(ServiceAccount).metadata;
    for (const role of ['istiod-clusterrole-istio-system', 'istiod-gateway-controller-istio-system']) {
      expect(shown.one(ClusterRoleBinding, role).subjects).toEqual([{ kind: 'ServiceAccount', name, namespace }]);
    }
  });
});

describe('facts of the cluster', () => {
  test('its trust domain and DNS domain count', () => {
    const shown = istiod({}, { trustDomain: 'corp.example', clusterDomain: 'k8s.example' });
    expect(mesh(shown)['trustDomain']).toBe('corp.example');
    expect(containerOf(shown).args).toEqual(expect.arrayContaining(['--domain', 'k8s.example']));
  });

  test('what the mesh configuration says itself wins', () => {
    const shown = istiod({ meshConfig: { trustDomain: 'other.example' } }, { trustDomain: 'corp.example' });
    expect(mesh(shown)['trustDomain']).toBe('other.example');
  });

  test('its Istio version is the release', () => {
    expect(containerOf(istiod({}, { istio: '1.30.7' })).image).toBe('docker.io/istio/pilot:1.30.7');
  });
});

describe('a revision', () => {
  const shown = istiod({ revision: '1-31-3', namespace: 'mesh-system' });

  test('has names and a Service of its own', () => {
    expect(shown.one(Deployment).metadata.name).toBe('istiod-1-31-3');
    expect(shown.one(Deployment).spec?.selector.matchLabels).toEqual({ app: 'istiod', 'istio.io/rev': '1-31-3' });
    expect(shown.one(Service).spec?.selector).toEqual({ app: 'istiod', 'istio.io/rev': '1-31-3' });
    expect(mesh(shown, 'istio-1-31-3')['defaultConfig']).toEqual({ discoveryAddress: 'istiod-1-31-3.mesh-system.svc:15012' });
  });

  test('injects only what names it', () => {
    const webhooks = shown.one(MutatingWebhookConfiguration, 'istio-sidecar-injector-1-31-3-mesh-system').webhooks ?? [];
    expect(webhooks.map(({ name }) => name)).toEqual(['rev.namespace.sidecar-injector.istio.io', 'rev.object.sidecar-injector.istio.io']);
  });

  test('two of them stand side by side', () => {
    const chart = Testing.chart();
    const old = new Istiod(chart, 'old', { istio: '1.30.7', revision: '1-30' });
    const next = new Istiod(chart, 'next', { istio: '1.31.3', revision: '1-31' });
    expect(names(synthTo(chart).many(Deployment))).toEqual(['istiod-1-30', 'istiod-1-31']);
    expect([old.injectionLabels, next.injectionLabels]).toEqual([{ 'istio.io/rev': '1-30' }, { 'istio.io/rev': '1-31' }]);
  });

  test('its tags have webhooks and Services that lead to it', () => {
    const tagged = istiod({ revision: 'canary', revisionTags: ['prod', 'default'] });
    expect(tagged.one(Service, 'istiod-revision-tag-prod').spec?.selector).toMatchObject({ 'istio.io/rev': 'canary' });
    const webhooks = (name: string): unknown[] => (tagged.one(MutatingWebhookConfiguration, name).webhooks ?? []).map((webhook) => webhook.name);
    expect(webhooks('istio-revision-tag-prod')).toHaveLength(2);
    expect(webhooks('istio-revision-tag-default')).toContain('namespace.sidecar-injector.istio.io');
  });
});

describe('high availability', () => {
  test('with two pods at least, one stays', () => {
    const shown = istiod({ autoscaling: { minReplicas: 2, maxReplicas: 6, targetMemoryUtilization: 70 } });
    expect(shown.one(PodDisruptionBudget).spec).toMatchObject({ minAvailable: 1, selector: { matchLabels: { app: 'istiod', istio: 'pilot' } } });
    expect(shown.one(HorizontalPodAutoscaler).spec?.metrics?.map((metric) => metric.resource?.name)).toEqual(['cpu', 'memory']);
  });

  test('a number of pods is set only where nothing scales them', () => {
    expect(istiod({ autoscaling: false, replicas: 3 }).one(Deployment).spec?.replicas).toBe(3);
    expect(istiod({ autoscaling: false }).one(Deployment).spec?.replicas).toBe(1);
    expect(istiod({ autoscaling: false, replicas: 'unmanaged' }).one(Deployment).spec?.replicas).toBeUndefined();
    expect(istiod({ replicas: 3 }).one(Deployment).spec?.replicas).toBeUndefined();
  });

  test('maxUnavailable takes the place of minAvailable', () => {
    const { spec } = istiod({ autoscaling: { minReplicas: 3 }, disruptionBudget: { maxUnavailable: 1 } }).one(PodDisruptionBudget);
    expect(spec).toMatchObject({ maxUnavailable: 1 });
    expect(spec).not.toHaveProperty('minAvailable');
  });

  test('no budget, on request', () => {
    expect(istiod({ autoscaling: { minReplicas: 3 }, disruptionBudget: false }).many(PodDisruptionBudget)).toEqual([]);
  });
});

describe('the environment', () => {
  test('stands in the order of names, then what comes from elsewhere', () => {
    const source = { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } };
    const shown = istiod({ env: { B: '2', A: '1' }, envVarFrom: [source] });
    const own = (containerOf(shown).env ?? []).map(({ name }) => name).filter((name) => ['A', 'B', 'FROM_SECRET'].includes(name));
    expect(own).toEqual(['A', 'B', 'FROM_SECRET']);
  });

  test('ztunnels are trusted by their account, unless the environment says by which', () => {
    expect(env(istiod())['CA_TRUSTED_NODE_ACCOUNTS']).toBe('istio-system/ztunnel');
    expect(env(istiod({ trustedZtunnel: { namespace: 'kube-system', name: 'zt' } }))['CA_TRUSTED_NODE_ACCOUNTS']).toBe('kube-system/zt');
    expect(env(istiod({ platform: 'openshift' }))['CA_TRUSTED_NODE_ACCOUNTS']).toBe('kube-system/ztunnel');
    const given = istiod({ env: { CA_TRUSTED_NODE_ACCOUNTS: 'a/b' } });
    expect((containerOf(given).env ?? []).filter(({ name }) => name === 'CA_TRUSTED_NODE_ACCOUNTS')).toEqual([{ name: 'CA_TRUSTED_NODE_ACCOUNTS', value: 'a/b' }]);
  });

  test('traces: a percentage, or what istiod does by itself', () => {
    expect(env(istiod())['PILOT_TRACE_SAMPLING']).toBe('1');
    expect(env(istiod({ traceSampling: 0 }))['PILOT_TRACE_SAMPLING']).toBe('0');
    expect(env(istiod({ traceSampling: false }))).not.toHaveProperty('PILOT_TRACE_SAMPLING');
  });

  test('FIPS 140-3 needs Go to be told, which Istio does from 1.31 on', () => {
    const compliance = { COMPLIANCE_POLICY: 'fips-140-3' };
    expect(env(istiod({ env: compliance }, { istio: '1.31.3' }))['GODEBUG']).toBe('fips140=only');
    expect(env(istiod({ env: compliance }, { istio: '1.30.7' }))).not.toHaveProperty('GODEBUG');
  });

  test('the controller of taints is told by environment from 1.30 on, and may change nodes', () => {
    const nodeUntaint = { enabled: true, cniNamespace: 'kube-system' };
    const shown = istiod({ nodeUntaint }, { istio: '1.30.7' });
    expect(env(shown)['PILOT_NODE_UNTAINT_CONTROLLERS_TAINT_NAME']).toBe('cni.istio.io/not-ready');
    expect(containerOf(shown).args).toContain('--cniNamespace=kube-system');
    expect(shown.one(ClusterRole, 'istiod-clusterrole-istio-system').rules).toContainEqual({ apiGroups: [''], resources: ['nodes'], verbs: ['patch'] });
    expect(env(istiod({ nodeUntaint }, { istio: '1.29.10' }))).not.toHaveProperty('PILOT_ENABLE_NODE_UNTAINT_CONTROLLERS');
  });
});

describe('resources', () => {
  test('what is given stands over the defaults, and null takes one away', () => {
    const shown = istiod({ resources: { requests: { cpu: '1', memory: null }, limits: { memory: '4Gi' } } });
    expect(containerOf(shown).resources).toEqual({ requests: { cpu: '1' }, limits: { memory: '4Gi' } });
  });
});

describe('the mesh’s configuration', () => {
  test('is merged over what follows from other props; null takes away', () => {
    const shown = istiod({ meshId: 'mesh1', meshConfig: { accessLogFile: '/dev/stdout', enablePrometheusMerge: null, defaultConfig: { concurrency: 2 } } });
    expect(mesh(shown)).toMatchObject({
      accessLogFile: '/dev/stdout',
      defaultConfig: { concurrency: 2, meshId: 'mesh1', discoveryAddress: 'istiod.istio-system.svc:15012' },
    });
    expect(mesh(shown)).not.toHaveProperty('enablePrometheusMerge');
  });

  test.each([
    [{ stackdriver: true }, { metrics: ['prometheus', 'stackdriver'], accessLogging: ['stackdriver'] }],
    [{ prometheus: false }, undefined],
    [false as const, undefined],
  ])('telemetry %j', (telemetry, expected) => {
    expect(mesh(istiod({ telemetry }))['defaultProviders']).toEqual(expected);
  });

  test('providers that are named take the place of telemetry', () => {
    const defaultProviders = { tracing: ['otel'] };
    expect(mesh(istiod({ meshConfig: { defaultProviders } }))['defaultProviders']).toEqual(defaultProviders);
  });

  test('a tracer has its usual address, unless it is given', () => {
    expect(mesh(istiod({ proxy: { tracer: 'zipkin' } }))['defaultConfig']).toMatchObject({ tracing: { zipkin: { address: 'zipkin.istio-system:9411' } } });
    const tracing = { zipkin: { address: 'zipkin.obs:9411' } };
    expect(mesh(istiod({ proxy: { tracer: 'zipkin' }, meshConfig: { defaultConfig: { tracing } } }))['defaultConfig']).toMatchObject({ tracing });
  });

  test('networks', () => {
    const network1 = { endpoints: [{ fromRegistry: 'cluster1' }], gateways: [{ address: '1.2.3.4', port: 15443 }] };
    const text = istiod({ meshNetworks: { network1 } }).one(ConfigMap, 'istio').data?.['meshNetworks'] ?? '';
    expect(parse(text)).toEqual({ networks: { network1 } });
  });

  test('none at all, on request', () => {
    expect(names(istiod({ meshConfigMap: false, injectorConfigMap: false }).many(ConfigMap))).toEqual([]);
  });
});

test('classes of Gateways have their defaults in ConfigMaps that istiod finds by label', () => {
  const service = { spec: { type: 'ClusterIP' } };
  const shown = istiod({ revision: 'a', gatewayClasses: { istio: { service } } });
  const configMap = shown.one(ConfigMap, 'istio-a-gatewayclass-istio');
  expect(configMap.metadata.labels).toMatchObject({ 'gateway.istio.io/defaults-for-class': 'istio', 'istio.io/rev': 'a' });
  expect(parse(configMap.data?.['service'] ?? '')).toEqual(service);
});

test('the NetworkPolicy lets in every port that the container serves', () => {
  const shown = istiod({ networkPolicy: true });
  const open = shown.one(NetworkPolicy).spec?.ingress?.flatMap(({ ports }) => ports ?? []).map(({ port }) => port);
  expect(open).toEqual(expect.arrayContaining((containerOf(shown).ports ?? []).map(({ containerPort }) => containerPort)));
});

test('the Service has both families of addresses, on request', () => {
  const shown = istiod({ service: { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'], annotations: { a: 'b' } } });
  expect(shown.one(Service)).toMatchObject({ metadata: { annotations: { a: 'b' } }, spec: { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] } });
});

test('the account and the Role are of the mesh’s namespace, where istiod runs in another one', () => {
  const shown = istiod({ namespace: 'istiod-1', istioNamespace: 'mesh' });
  expect(shown.one(ServiceAccount).metadata.namespace).toBe('mesh');
  expect(shown.one(Role).metadata.namespace).toBe('mesh');
  expect(shown.one(Deployment).metadata.namespace).toBe('istiod-1');
  expect(mesh(shown)['rootNamespace']).toBe('mesh');
});

test('configuration comes before istiod, and webhooks after it', () => {
  const app = new MeshApp();
  new Istiod(new Chart(app, 'chart'), 'istiod');
  const text = app.synthYaml();
  const position = (kind: string): number => text.indexOf(`\nkind: ${kind}\n`);
  expect(position('ConfigMap')).toBeGreaterThan(-1);
  expect(position('ConfigMap')).toBeLessThan(position('Deployment'));
  expect(position('Deployment')).toBeLessThan(position('MutatingWebhookConfiguration'));
  expect(position('Deployment')).toBeLessThan(position('ValidatingWebhookConfiguration'));
});

describe('what templates are told', () => {
  const told = (shown: ReturnType<typeof istiod>): Record<string, unknown> =>
    (JSON.parse(shown.one(ConfigMap, 'istio-sidecar-injector').data?.['values'] ?? '{}') as { global: Record<string, unknown> }).global;

  test('values for templates of your own, over those that follow from props', () => {
    const global = told(istiod({ meshId: 'm', network: 'n', templateValues: { global: { network: null, team: { name: 'edge' } } } }));
    expect(global).toMatchObject({ meshID: 'm', team: { name: 'edge' } });
    expect(global).not.toHaveProperty('network');
  });

  test('the platform, unless injected pods are for another or none', () => {
    expect(told(istiod({ platform: 'openshift' }))).toMatchObject({ platform: 'openshift' });
    const shown = istiod({ platform: 'openshift', injectionPlatform: false });
    expect(told(shown)).not.toHaveProperty('platform');
    expect(env(shown)['PLATFORM']).toBe('openshift');
  });
});
