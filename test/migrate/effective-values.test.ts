import { requireRelease } from '../../src/control-plane/release';
import { effectiveValues } from '../../src/migrate/values/effective-values';
import { mergeValues } from '../../src/migrate/values/merge';
import { profileSetsOf } from '../../src/migrate/values/profiles';
import type { JsonObject } from '../../src/rules/json';
import { caught } from '../support/caught';

const ISTIOD = { section: 'pilot', flattensGlobal: false } as const;
const CNI = { section: 'cni', flattensGlobal: false } as const;
const ZTUNNEL = { flattensGlobal: true } as const;

type Reader = { readonly section?: 'pilot' | 'cni'; readonly flattensGlobal: boolean };

function effective(chart: Reader, user: JsonObject, istio = '1.30.3'): JsonObject {
  return effectiveValues({ chart, user, release: requireRelease(istio), construct: 'it' });
}

test('objects are merged key by key, lists and texts as a whole, and null stays to take away a default', () => {
  const below = { a: { b: 1, c: 2 }, list: [1, 2], gone: { x: 1 } };
  expect(mergeValues(below, { a: { c: 3 }, list: [], gone: null })).toEqual({ a: { b: 1, c: 3 }, list: [], gone: null });
  expect(below).toEqual({ a: { b: 1, c: 2 }, list: [1, 2], gone: { x: 1 } });
});

test('a platform goes over a compatibility version, that over a profile, and the user over all', () => {
  const values = effective(CNI, { profile: 'ambient', compatibilityVersion: '1.28', platform: 'gke', cni: { resourceQuotas: { enabled: false } } });
  expect(values).toMatchObject({
    ambient: { enabled: true, reconcileIptablesOnStartup: false },
    cniBinDir: '',
    resourceQuotas: { enabled: false },
  });
});

test('profile and platform may stand under global; the top wins', () => {
  expect(effective(ISTIOD, { global: { profile: 'stable' } })).toMatchObject({ experimental: { stableValidationPolicy: true } });
  expect(effective(ISTIOD, { profile: 'preview', global: { profile: 'stable' } })).not.toHaveProperty('experimental');
  expect(effective(ISTIOD, { global: { platform: 'openshift' } })).toMatchObject({ trustedZtunnelNamespace: 'kube-system' });
});

test("what is in the chart's section wins over the top, even where only the profile says it", () => {
  expect(effective(ISTIOD, { profile: 'demo', autoscaleEnabled: true })).toMatchObject({ autoscaleEnabled: false, traceSampling: 100 });
  expect(effective(ISTIOD, { replicaCount: 2, pilot: { replicaCount: 3 } })).toMatchObject({ replicaCount: 3 });
});

test('globals stand for what the top does not say in the charts that flatten them, and the profile goes below', () => {
  const values = effective(ZTUNNEL, { profile: 'ambient', logLevel: 'warn', global: { logLevel: 'debug', hub: 'example.com' } });
  expect(values).toMatchObject({ variant: 'distroless', logLevel: 'warn', hub: 'example.com' });
  expect(effective(ISTIOD, { global: { hub: 'example.com' } })).not.toHaveProperty('hub');
});

test('a release behaves like one before it by undoing what changed since', () => {
  const { compatibilityVersions } = profileSetsOf(requireRelease('1.30.0'));
  expect(Object.keys(compatibilityVersions)).toEqual(['1.25', '1.26', '1.27', '1.28', '1.29']);
  expect(compatibilityVersions['1.29']).toEqual({ pilot: { env: { PILOT_SIDECAR_PICK_BEST_SERVICE_NAMESPACE: 'false' } } });
  expect(compatibilityVersions['1.28']).toMatchObject({ cni: { ambient: { reconcileIptablesOnStartup: false } } });
  expect(Object.keys(profileSetsOf(requireRelease('1.31.0')).compatibilityVersions)).toContain('1.30');
});

test.each([
  [{ profile: 'dmo' }, 'profile', 'did you mean "demo"?'],
  [{ global: { platform: 'k8s' } }, 'global.platform', 'did you mean "k3s"?'],
  [{ compatibilityVersion: '1.30' }, 'compatibilityVersion', undefined],
  // YAML reads 1.29 as a number
  [{ compatibilityVersion: 1.29 }, 'compatibilityVersion', 'put it in quotes: YAML reads it as a number'],
])('%j is refused', (user, property, fix) => {
  const [finding] = caught(() => effective(ISTIOD, user)).findings;
  expect(finding).toMatchObject({ code: 'unknown-profile', construct: 'it', property });
  expect(finding?.fix).toBe(fix ?? finding?.fix);
  expect(finding?.expected).toMatch(/of Istio 1\.30\.3: /);
});

test.each(['defaults', '_internal_defaults_do_not_set'])('%s is for the chart alone', (key) => {
  expect(caught(() => effective(ISTIOD, { [key]: { hub: 'x' } })).findings).toMatchObject([{ code: 'internal-value', property: key }]);
});
