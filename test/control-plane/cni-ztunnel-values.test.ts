import { baseProps, baseValueRules } from '../../src/migrate/base-values';
import { cniProps, cniValueRules } from '../../src/migrate/cni-values';
import type { JsonObject } from '../../src/rules/json';
import { ztunnelProps, ztunnelValueRules } from '../../src/migrate/ztunnel-values';
import { caught } from '../support/caught';

/** What the charts print of values, as props. That the objects are the same is judged by `npm run parity`. */

const context = { istio: '1.31.3', releaseName: 'any', releaseNamespace: 'istio-system' };
const ALWAYS = { istio: '1.31.3', namespace: 'istio-system' };

const cni = (values: JsonObject, istio = context.istio): object => cniProps(values, { ...context, istio });
const ztunnel = (values: JsonObject, istio = context.istio): object => ztunnelProps(values, { ...context, istio });

test('values that are the defaults become no props', () => {
  expect(cni({ chained: true, cniBinDir: '/opt/cni/bin', repair: { enabled: true }, resources: { requests: { cpu: '100m' } } })).toEqual(ALWAYS);
  expect(ztunnel({ resourceName: '', logLevel: 'info' })).toEqual(ALWAYS);
  expect(baseProps({ defaultRevision: 'default', base: { enableCRDTemplates: true } }, context)).toEqual(ALWAYS);
});

test('a platform stands for what it brings', () => {
  const k3s = { cniConfDir: '/var/lib/rancher/k3s/agent/etc/cni/net.d', cniBinDir: '/var/lib/rancher/k3s/data/cni' };
  expect(cni({ global: { platform: 'k3s' }, ...k3s })).toEqual({ ...ALWAYS, platform: 'k3s' });
  expect(cni({ global: { platform: 'k3s' }, ...k3s, cniBinDir: '/bin' })).toEqual({ ...ALWAYS, platform: 'k3s', binDir: '/bin' });
});

test('gke: without a cluster at hand, the chart does not find out where the plugins are', () => {
  const gke = { platform: 'gke', cniBinDir: '', resourceQuotas: { enabled: true } };
  expect(cni(gke)).toEqual({ ...ALWAYS, platform: 'gke', binDir: '/opt/cni/bin' });
});

test('what is set nearer to the chart goes before what is global', () => {
  const values = { hub: 'near', global: { hub: 'far', tag: 1.5, logging: { level: 'all:warn' } }, logging: { level: '' } };
  expect(cni(values)).toEqual({ ...ALWAYS, image: { hub: 'near', tag: '1.5' }, logging: { level: 'all:warn' } });
});

test('numbers are printed as Go prints them, and read as YAML reads them', () => {
  expect(cni({ env: { SMALL: 20, BIG: 1000000, ON: true, NOTHING: null } })).toMatchObject({ env: { SMALL: '20', BIG: '1e+06', ON: 'true', NOTHING: '' } });
  expect(cni({ resources: { limits: { cpu: '1', memory: '1Gi' } } })).toMatchObject({ resources: { limits: { cpu: 1, memory: '1Gi' } } });
  expect(cni({ resourceQuotas: { enabled: true, pods: 1000000 } })).toMatchObject({ resourceQuota: { pods: '1e+06' } });
});

test('null takes a default away', () => {
  expect(cni({ tolerations: null, resources: { requests: { cpu: null } } })).toEqual({ ...ALWAYS, tolerations: [], resources: { requests: { cpu: null } } });
  expect(ztunnel({ updateStrategy: { rollingUpdate: null }, podAnnotations: null })).toEqual({
    ...ALWAYS,
    updateStrategy: { maxSurge: null, maxUnavailable: null },
    podAnnotations: { 'prometheus.io/port': null, 'prometheus.io/scrape': null },
  });
});

test.each([
  ['cni', (): object => cni({ repair: { enabled: null } }), 'repair.enabled'],
  ['ztunnel', (): object => ztunnel({ revision: null }), 'revision'],
])('%s: a null that the chart would print is refused', (_chart, convert, property) => {
  expect(caught(convert).findings[0]).toMatchObject({ code: 'bad-value', property, got: 'null' });
});

test('a ClusterTrustBundle is asked for by a variable that is true, and no text', () => {
  expect(ztunnel({ env: { ENABLE_CLUSTER_TRUST_BUNDLE_API: true, A: 'b' } })).toEqual({ ...ALWAYS, clusterTrustBundle: true, env: { A: 'b' } });
  expect(caught(() => ztunnel({ env: { ENABLE_CLUSTER_TRUST_BUNDLE_API: 'true' } })).findings[0]).toMatchObject({ code: 'bad-value', fix: 'leave out the quotes' });
});

describe('what the charts of 1.29 do nothing with', () => {
  test.each([
    ['base', (istio: string): object => baseProps({ global: { enableReaderRBAC: false } }, { ...context, istio }), 'readerServiceAccount'],
    ['cni', (istio: string): object => cni({ useAppArmorAnnotation: false }, istio), 'appArmor'],
    ['ztunnel', (istio: string): object => ztunnel({ dnsPolicy: 'Default' }, istio), 'dnsPolicy'],
  ])('%s', (_chart, convert, prop) => {
    expect(convert('1.29.10')).not.toHaveProperty(prop);
    expect(convert('1.30.7')).toHaveProperty(prop);
  });
});

test('base: CRDs are left out only where the chart goes through them', () => {
  const excludedCRDs = ['sidecars.networking.istio.io'];
  expect(baseProps({ base: { excludedCRDs } }, context)).toEqual({ ...ALWAYS, crds: { exclude: excludedCRDs } });
  expect(baseProps({ base: { excludedCRDs, enableCRDTemplates: false } }, context)).toEqual(ALWAYS);
});

test.each([
  ['base', baseValueRules],
  ['cni', cniValueRules],
  ['ztunnel', ztunnelValueRules],
])('%s: a value that becomes no prop says why', (_chart, rules) => {
  expect(rules.filter(({ prop, note }) => prop === '' && note === undefined)).toEqual([]);
});
