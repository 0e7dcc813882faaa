import { Chart, Testing } from 'cdk8s';
import {
  CustomResourceDefinition,
  ServiceAccount,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from '../../imports/kubernetes';
import { BaseCrds, Cluster, MeshApp } from '../../src';
import { Base } from '../../src/control-plane/base/base';
import type { BaseProps } from '../../src/control-plane/base/base-props';
import { synthTo } from '../../src/testing';
import type { SynthResult } from '../../src/testing';
import { caught } from '../support/caught';

function base(props: BaseProps = {}): SynthResult {
  const chart = Testing.chart();
  new Base(chart, 'base', props);
  return synthTo(chart);
}

function findingsOf(props: object): unknown[] {
  return [...caught(() => new Base(Testing.chart(), 'base', props)).findings];
}

test('by default: all CRDs, the reader of other clusters, and the webhook of the default revision, open until istiod is up', () => {
  const shown = base({ istio: '1.31.3' });
  expect(shown.many(CustomResourceDefinition)).toHaveLength(15);
  expect(shown.one(ServiceAccount).metadata).toMatchObject({ name: 'istio-reader-service-account', namespace: 'istio-system' });
  const [webhook] = shown.one(ValidatingWebhookConfiguration, 'istiod-default-validator').webhooks ?? [];
  expect(webhook?.clientConfig).toEqual({ service: { name: 'istiod', namespace: 'istio-system', path: '/validate' } });
  expect(webhook?.failurePolicy).toBe('Ignore');
  expect(shown.many(ValidatingAdmissionPolicy)).toEqual([]);
});

describe('the CRDs', () => {
  test('of one release only: 1.29 has no TrafficExtension', () => {
    const names = (istio: string): unknown[] => base({ istio }).many(CustomResourceDefinition).map(({ metadata }) => metadata.name);
    expect(names('1.29.10')).not.toContain('trafficextensions.extensions.istio.io');
    expect(names('1.30.7')).toContain('trafficextensions.extensions.istio.io');
  });

  test('some are left out', () => {
    const shown = base({ crds: { exclude: ['envoyfilters.networking.istio.io'] } });
    expect(shown.many(CustomResourceDefinition, 'envoyfilters.networking.istio.io')).toEqual([]);
    expect(shown.many(CustomResourceDefinition)).toHaveLength(14);
  });

  test('one that only other releases have may be left out: a program serves several', () => {
    expect(base({ istio: '1.29.10', crds: { exclude: ['trafficextensions.extensions.istio.io'] } }).many(CustomResourceDefinition)).toHaveLength(14);
  });

  test('one that no release has is a slip', () => {
    expect(findingsOf({ crds: { exclude: ['envoyfilter.networking.istio.io'] } })).toMatchObject([
      { code: 'unknown-crd', construct: 'test/base/crds', property: 'exclude', fix: 'did you mean "envoyfilters.networking.istio.io"?' },
    ]);
  });

  test('none at all', () => {
    expect(base({ crds: false }).many(CustomResourceDefinition)).toEqual([]);
  });

  test('stay when Helm deletes the release', () => {
    const [crd] = base().many(CustomResourceDefinition);
    expect(crd?.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
  });

  test.each(['argocd', 'flux'] as const)('layout %s: deleted with the rest only where that is asked for', (layout) => {
    const textOf = (props: { keepOnDelete?: boolean }): string => {
      const app = new MeshApp({ layout, outdir: 'never-written' });
      new BaseCrds(new Chart(app, 'crds'), 'crds', props);
      return app.synthYaml();
    };
    const keeps = /Prune=false|prune: disabled/;
    expect(textOf({})).toMatch(keeps);
    expect(textOf({ keepOnDelete: false })).not.toMatch(keeps);
    expect(textOf({ keepOnDelete: false })).not.toContain('helm.sh/resource-policy');
  });
});

describe('the webhook', () => {
  const webhookOf = (props: BaseProps): object => base(props).one(ValidatingWebhookConfiguration).webhooks?.[0] ?? {};

  test('asks the istiod of another revision', () => {
    const shown = base({ defaultRevision: 'stable', namespace: 'mesh' });
    expect(shown.one(ValidatingWebhookConfiguration).metadata.labels).toMatchObject({ 'istio.io/rev': 'stable' });
    expect(webhookOf({ defaultRevision: 'stable', namespace: 'mesh' })).toMatchObject({ clientConfig: { service: { name: 'istiod-stable', namespace: 'mesh' } } });
  });

  test('is not there without a default revision', () => {
    expect(base({ defaultRevision: false }).many(ValidatingWebhookConfiguration)).toEqual([]);
  });

  test('asks an istiod elsewhere, and refuses without it, where the certificate is known', () => {
    const validation = { url: 'https://istiod.example.com:15017/validate', caBundle: 'Zm9v' };
    expect(webhookOf({ validation })).toMatchObject({ clientConfig: { url: validation.url, caBundle: 'Zm9v' }, failurePolicy: 'Fail' });
    expect(webhookOf({ validation })).not.toHaveProperty('clientConfig.service');
  });

  test('leaves the failure policy to istiod', () => {
    expect(webhookOf({ validation: { failurePolicyOwner: 'istiod' } })).not.toHaveProperty('failurePolicy');
  });

  test('has no two owners of the failure policy', () => {
    expect(findingsOf({ validation: { failurePolicyOwner: 'istiod', failurePolicy: 'Fail' } })).toMatchObject([
      { code: 'contradiction', construct: 'test/base', property: 'validation.failurePolicyOwner' },
    ]);
  });
});

describe('the policy for stable kinds and fields', () => {
  test('is bound, and denies', () => {
    const shown = base({ stableValidationPolicy: true });
    const policy = shown.one(ValidatingAdmissionPolicy);
    expect(shown.one(ValidatingAdmissionPolicyBinding).spec).toEqual({ policyName: policy.metadata.name, validationActions: ['Deny'] });
    expect(policy.spec?.validations?.map(({ expression }) => expression)).toContain('!variables.isEnvoyFilter');
  });

  test.each([
    ['1.29.10', false],
    ['1.30.7', true],
  ])('%s: trust domains in sources are refused: %s', (istio, isRefused) => {
    const expressions = base({ istio, stableValidationPolicy: true }).one(ValidatingAdmissionPolicy).spec?.validations?.map(({ expression }) => expression);
    expect(expressions?.some((expression) => expression.includes('notTrustDomains'))).toBe(isRefused);
  });
});

test('a cluster administrator makes the cluster-wide objects, an owner of the namespace the others', () => {
  const kindsOf = (props: BaseProps): string[] => [...new Set(base({ ...props, stableValidationPolicy: true }).all.map(({ kind }) => String(kind)))].sort();
  expect(kindsOf({ resourceScope: 'namespace' })).toEqual(['ServiceAccount']);
  expect(kindsOf({ resourceScope: 'cluster' })).toEqual([
    'CustomResourceDefinition',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
  ]);
});

test('the reader is left out, or has credentials for a registry', () => {
  expect(base({ readerServiceAccount: false }).many(ServiceAccount)).toEqual([]);
  expect(base({ imagePullSecrets: ['regcred'] }).one(ServiceAccount).imagePullSecrets).toEqual([{ name: 'regcred' }]);
});

test('the release is the cluster’s, unless another is asked for', () => {
  const chart = new Chart(new Cluster(Testing.app(), 'prod', { istio: '1.29.6' }), 'chart');
  new Base(chart, 'base');
  expect(synthTo(chart).one(ServiceAccount).metadata.labels).toMatchObject({ 'app.kubernetes.io/version': '1.29.6' });
});

test('what is no such value is refused, all of it at once', () => {
  expect(findingsOf({ istio: '1.28.0' })).toMatchObject([{ code: 'unknown-version', property: 'istio' }]);
  expect(findingsOf({ defaultRevison: 'x', namespace: 'My NS', resourceScope: 'none', crds: { exclude: 'all' }, validation: null })).toMatchObject([
    { property: 'crds.exclude', expected: 'a list of texts' },
    { property: 'defaultRevison', code: 'unknown-prop', fix: 'did you mean "defaultRevision"?' },
    { property: 'namespace' },
    { property: 'resourceScope' },
    { property: 'validation' },
  ]);
});
