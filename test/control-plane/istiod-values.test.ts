import { istiodConstruct, istiodProps, istiodValueRules } from '../../src/migrate/istiod-values';
import type { JsonObject } from '../../src/rules/json';
import { caught } from '../support/caught';

/** What becomes of values of the chart `istiod`, without what every Istiod says. */
function props(values: JsonObject, releaseNamespace = 'istio-system'): Record<string, unknown> {
  const { istio: _istio, namespace: _namespace, ...others } = istiodProps(values, { istio: '1.31.3', releaseName: 'istiod', releaseNamespace }) as Record<string, unknown>;
  return others;
}

test('nothing becomes nothing, whatever the release and the namespace', () => {
  expect(istiodProps({}, { istio: '1.30.7', releaseName: 'istiod', releaseNamespace: 'istio-system' })).toEqual({ istio: '1.30.7', namespace: 'istio-system' });
});

test('a release in another namespace than the mesh’s', () => {
  expect(props({ global: { istioNamespace: 'mesh' } }, 'mesh')).toEqual({});
  expect(props({ global: { istioNamespace: 'mesh' } }, 'istiod-1')).toEqual({ istioNamespace: 'mesh' });
});

test.each<[string, JsonObject, object]>([
  ['a fixed number of pods', { autoscaleEnabled: false, replicaCount: 3 }, { autoscaling: false, replicas: 3 }],
  ['which is not set for 0', { autoscaleEnabled: false, replicaCount: 0 }, { autoscaling: false, replicas: 'unmanaged' }],
  ['and does not count where pods are scaled', { replicaCount: 3, autoscaleMin: 2 }, { autoscaling: { minReplicas: 2 } }],
  ['no autoscaler without a minimum, and no number either', { autoscaleMin: 0, autoscaleMax: 4 }, { autoscaling: false, replicas: 'unmanaged' }],
  ['numbers may be texts', { autoscaleMin: '2', cpu: { targetAverageUtilization: '70' } }, { autoscaling: { minReplicas: 2, targetCpuUtilization: 70 } }],
  ['a key without a value keeps the budget from its default', { pdb: { maxUnavailable: null } }, { disruptionBudget: { minAvailable: null } }],
  ['maxUnavailable wins', { pdb: { minAvailable: 2, maxUnavailable: '25%' } }, { disruptionBudget: { maxUnavailable: '25%' } }],
  ['no budget at all', { global: { defaultPodDisruptionBudget: { enabled: false } }, pdb: { minAvailable: 2 } }, { disruptionBudget: false }],
])('scaling: %s', (_, values, expected) => {
  expect(props(values)).toEqual(expected);
});

describe('texts', () => {
  test('of the environment are printed: a million has an exponent', () => {
    expect(props({ env: { A: true, B: 1000000, C: 0.5, D: null } })).toEqual({ env: { A: 'true', B: '1e+06', C: '0.5', D: '' } });
  });

  test('between quotes have YAML’s escapes', () => {
    expect(props({ env: { A: 'a\\tb\\"c' } })).toEqual({ env: { A: 'a\tb"c' } });
    expect(caught(() => props({ podLabels: { a: '\\q' } })).findings).toMatchObject([{ code: 'bad-value', property: 'podLabels.a' }]);
  });

  test('that are templates are refused: no chart is run', () => {
    const initContainers = [{ name: 'a', image: '{{ .Values.global.hub }}/a' }];
    expect(caught(() => props({ initContainers })).findings).toMatchObject([{ code: 'unsupported-value', property: 'initContainers' }]);
  });
});

describe('the address of a tracer', () => {
  const zipkin = (meshConfig: JsonObject, tracer = 'zipkin'): unknown =>
    props({ meshConfig, global: { proxy: { tracer }, tracer: { zipkin: { address: 'zipkin.obs:9411' } } } })['meshConfig'];

  test('is one of the mesh’s configuration', () => {
    expect(zipkin({ accessLogFile: 'a' })).toEqual({ accessLogFile: 'a', defaultConfig: { tracing: { zipkin: { address: 'zipkin.obs:9411' } } } });
  });

  test('does not count where another tracer is used, or the configuration says it', () => {
    expect(zipkin({ a: 1 }, 'datadog')).toEqual({ a: 1 });
    const own = { defaultConfig: { tracing: { zipkin: { address: 'own:1' } } } };
    expect(zipkin(own)).toEqual(own);
    expect(zipkin({ defaultConfig: null })).toEqual({ defaultConfig: null });
  });
});

describe('an istiod elsewhere', () => {
  const remote = { enabled: true };

  test('makes it a RemoteIstiod', () => {
    expect(istiodConstruct({ istiodRemote: remote })).toBe('RemoteIstiod');
    expect(istiodConstruct({ global: { remotePilotAddress: '10.0.0.1' } })).toBe('Istiod');
  });

  test('with the profile remote, which makes no configuration, says no more than the address', () => {
    const profile = { istiodRemote: remote, configMap: false, telemetry: { enabled: false } };
    expect(props({ ...profile, global: { omitSidecarInjectorConfigMap: true, remotePilotAddress: '10.0.0.1' } })).toEqual({ address: '10.0.0.1', telemetry: false });
  });

  test('without that profile, configuration is made as the chart does', () => {
    const injectionURL = 'https://istiod.example.com/inject';
    expect(props({ istiodRemote: { ...remote, injectionURL } })).toEqual({ injectorWebhook: { url: injectionURL }, meshConfigMap: true, injectorConfigMap: true });
  });

  test('without an address, somebody else makes the Service that leads there', () => {
    expect(props({ istiodRemote: remote, configMap: false, global: { omitSidecarInjectorConfigMap: true } })).toEqual({ externalService: true });
  });

  test('has proxies of a revision look for the Service of the default one, where istiod runs here', () => {
    const values = { revision: 'a', global: { remotePilotAddress: '10.0.0.1' } };
    expect(props(values)).toEqual({ revision: 'a', meshConfig: { defaultConfig: { discoveryAddress: 'istiod.istio-system.svc:15012' } } });
    expect(props({ ...values, meshConfig: { defaultConfig: { discoveryAddress: 'x:1' } } })['meshConfig']).toEqual({ defaultConfig: { discoveryAddress: 'x:1' } });
  });
});

test('taking away all resources leaves those of last resort', () => {
  expect(props({ resources: null })).toEqual({ resources: { requests: { cpu: '10m', memory: null } } });
  const defaultResources = { requests: { memory: '10Mi' }, limits: { cpu: 1 } };
  expect(props({ resources: null, global: { defaultResources } })).toEqual({ resources: { requests: { cpu: '10m', memory: '10Mi' }, limits: { cpu: 1 } } });
});

test('rules say of a value what becomes of it, or why nothing does', () => {
  const silent = istiodValueRules.filter(({ prop, note, unsupported }) => prop === '' && note === undefined && unsupported === undefined);
  expect(silent.map(({ path }) => path)).toEqual([]);
});
