import { Chart } from 'cdk8s';
import { parse } from 'yaml';
import { ConfigMap } from '../../../imports/kubernetes/config-map';
import { DaemonSet } from '../../../imports/kubernetes/daemon-set';
import { Deployment } from '../../../imports/kubernetes/deployment';
import { Duration } from '../../../src/core/duration';
import { MeshApp } from '../../../src/core/mesh-app';
import { Mesh } from '../../../src/mesh/mesh';
import type { MeshProps } from '../../../src/mesh/mesh-props';
import { certificateSettings } from '../../../src/security/certificates/certificate-lifetime';
import type { CertificateLifetimeProps } from '../../../src/security/certificates/certificate-lifetime';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { makeCertificate } from '../../support/certificate-maker';

interface Said {
  readonly istiod: Record<string, unknown>;
  readonly proxies: unknown;
  readonly ztunnel: unknown;
}

function said(certificates: CertificateLifetimeProps | undefined, more: MeshProps = {}): Said {
  const chart = new Chart(new MeshApp(), 'platform');
  new Mesh(chart, 'mesh', { dataPlane: 'ambient', ...more, ...(certificates !== undefined && { certificates }) });
  const program = synthTo(chart);
  const envOf = (env: readonly { name: string; value?: string }[] = []): Record<string, unknown> => Object.fromEntries(env.map(({ name, value }) => [name, value]));
  const istiod = envOf(program.one(Deployment, 'istiod').spec?.template?.spec?.containers?.[0]?.env as never);
  const ztunnel = envOf(program.one(DaemonSet, 'ztunnel').spec?.template?.spec?.containers?.[0]?.env as never);
  const config = parse(program.one(ConfigMap, 'istio').data?.['mesh'] ?? '') as { defaultConfig: { proxyMetadata?: object } };
  return {
    istiod: Object.fromEntries(Object.entries(istiod).filter(([name]) => /CERT_TTL|SELF_SIGNED/.test(name))),
    // what all proxies of an ambient mesh are told
    proxies: Object.fromEntries(Object.entries(config.defaultConfig.proxyMetadata ?? {}).filter(([name]) => name !== 'ISTIO_META_ENABLE_HBONE')),
    ztunnel: ztunnel['SECRET_TTL'],
  };
}

describe('certificates of workloads', () => {
  test('hold as Istio has it, without a word', () => {
    expect(said(undefined)).toEqual({ istiod: {}, proxies: {}, ztunnel: undefined });
  });

  test('hold as long as was said, for whoever asks', () => {
    expect(said({ workloadTtl: '1h30m' })).toEqual({ istiod: { DEFAULT_WORKLOAD_CERT_TTL: '1h30m' }, proxies: { SECRET_TTL: '1h30m' }, ztunnel: '5400s' });
  });

  test('are renewed when a share of their time is left', () => {
    expect(said({ gracePeriodRatio: 0.7 }).proxies).toEqual({ SECRET_GRACE_PERIOD_RATIO: '0.7' });
  });

  test('hold no longer than istiod allows', () => {
    expect(said({ workloadTtl: Duration.hours(12), maxWorkloadTtl: Duration.hours(24) }).istiod).toEqual({ DEFAULT_WORKLOAD_CERT_TTL: '12h', MAX_WORKLOAD_CERT_TTL: '24h' });
  });

  test('leave other settings of proxies as they are, and a mesh may say otherwise of one', () => {
    const meshConfig = { defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' } } };
    expect(said({ workloadTtl: '6h' }, { meshConfig }).proxies).toEqual({ SECRET_TTL: '6h', ISTIO_META_DNS_CAPTURE: 'true' });
  });
});

test('a root that istiod makes up has times of its own', () => {
  const selfSignedRoot = { ttl: '17520h', checkInterval: '30m', gracePeriodPercentile: 30, rsaKeySize: 4096 } as const;
  expect(said({ selfSignedRoot }).istiod).toEqual({
    CITADEL_SELF_SIGNED_CA_CERT_TTL: '17520h',
    CITADEL_SELF_SIGNED_ROOT_CERT_CHECK_INTERVAL: '30m',
    CITADEL_SELF_SIGNED_ROOT_CERT_GRACE_PERIOD_PERCENTILE: '30',
    CITADEL_SELF_SIGNED_CA_RSA_KEY_SIZE: '4096',
  });
});

describe('bad input', () => {
  test.each<[string, unknown, { code: string; property: string }]>([
    ['less than proxies ask for', { maxWorkloadTtl: '12h' }, { code: 'ttl-over-maximum', property: 'workloadTtl' }],
    ['more than the maximum', { workloadTtl: '25h', maxWorkloadTtl: '24h' }, { code: 'ttl-over-maximum', property: 'workloadTtl' }],
    ['more than istiod allows without a word', { workloadTtl: '2161h' }, { code: 'ttl-over-maximum', property: 'workloadTtl' }],
    ['days', { workloadTtl: '7d' }, { code: 'bad-duration', property: 'workloadTtl' }],
    ['nothing at all', { workloadTtl: '0s' }, { code: 'bad-duration', property: 'workloadTtl' }],
    ['parts of a second', { workloadTtl: '90.5s' }, { code: 'bad-duration', property: 'workloadTtl' }],
    ['a number', { workloadTtl: 24 }, { code: 'bad-duration', property: 'workloadTtl' }],
    ['null', { workloadTtl: null }, { code: 'bad-duration', property: 'workloadTtl' }],
    ['all of it', { gracePeriodRatio: 1 }, { code: 'bad-number', property: 'gracePeriodRatio' }],
    ['a share as a text', { gracePeriodRatio: '0.5' }, { code: 'bad-number', property: 'gracePeriodRatio' }],
    ['not a number', { gracePeriodRatio: Number.NaN }, { code: 'bad-number', property: 'gracePeriodRatio' }],
    ['a root shorter than what it signs', { selfSignedRoot: { ttl: '24h' } }, { code: 'root-ends-first', property: 'selfSignedRoot.ttl' }],
    ['a look every second', { selfSignedRoot: { checkInterval: '1s' } }, { code: 'bad-duration', property: 'selfSignedRoot.checkInterval' }],
    ['a percentage as a share', { selfSignedRoot: { gracePeriodPercentile: 0.2 } }, { code: 'bad-number', property: 'selfSignedRoot.gracePeriodPercentile' }],
    ['a short key', { selfSignedRoot: { rsaKeySize: 1024 } }, { code: 'bad-choice', property: 'selfSignedRoot.rsaKeySize' }],
    ['a misspelt key', { workloadTTL: '1h' }, { code: 'unknown-prop', property: 'workloadTTL' }],
    ['a misspelt key of a root', { selfSignedRoot: { TTL: '1h' } }, { code: 'unknown-prop', property: 'selfSignedRoot.TTL' }],
    ['a text', '24h', { code: 'bad-props', property: '' }],
  ])('%s', (_, props, { code, property }) => {
    const place = { construct: 'platform/mesh', property: 'certificates' };
    const { findings } = caught(() => certificateSettings(place, props as never));
    expect(findings).toMatchObject([{ code, construct: 'platform/mesh', property: property === '' ? 'certificates' : `certificates.${property}` }]);
  });

  const root = makeCertificate('root');
  test.each<[string, MeshProps, string]>([
    ['a variable beside it', { certificates: {}, istiod: { env: { MAX_WORKLOAD_CERT_TTL: '1h' } } }, 'istiod.env.MAX_WORKLOAD_CERT_TTL'],
    ["ztunnel's beside it", { certificates: {}, dataPlane: 'ambient', ztunnel: { env: { SECRET_TTL: '1h' } } }, 'ztunnel.env.SECRET_TTL'],
    ["proxies' beside it", { certificates: { workloadTtl: '1h' }, meshConfig: { defaultConfig: { proxyMetadata: { SECRET_TTL: '2h' } } } }, 'meshConfig.defaultConfig.proxyMetadata.SECRET_TTL'],
    ['a root made up, and one that is given', { certificates: { selfSignedRoot: {} }, pluginCa: { rootCert: root.pem, caCert: root.pem } }, 'certificates.selfSignedRoot'],
    ['a root made up, and istio-csr', { certificates: { selfSignedRoot: {} }, istioCsr: { issuer: 'istio-ca' } }, 'certificates.selfSignedRoot'],
    ['two who sign', { istioCsr: { issuer: 'istio-ca' }, pluginCa: { rootCert: root.pem, caCert: root.pem } }, 'pluginCa'],
    ['no control plane', { certificates: {}, controlPlane: false }, 'certificates'],
  ])('%s', (_, props, property) => {
    const { findings } = caught(() => new Mesh(new Chart(new MeshApp(), 'platform'), 'mesh', props));
    expect(findings.map((each) => ({ code: each.code, construct: each.construct, property: each.property }))).toEqual([{ code: expect.stringMatching(/^(said-twice|contradiction)$/) as string, construct: 'platform/mesh', property }]);
  });
});
