import { Testing } from 'cdk8s';
import { ClusterRole, ClusterRoleBinding, ConfigMap, MutatingWebhookConfiguration, ValidatingAdmissionPolicy, ValidatingWebhookConfiguration } from '../../imports/kubernetes';
import { Istiod } from '../../src/control-plane/istiod/istiod';
import type { IstiodProps } from '../../src/control-plane/istiod/istiod-props';
import { synthTo } from '../../src/testing';
import type { SynthResult } from '../../src/testing';
import { containerOf, istiod, names, podOf } from './istiod-made';

describe('permissions', () => {
  const signing = { apiGroups: ['certificates.k8s.io'], resources: ['signers'], resourceNames: ['clusterissuers.cert-manager.io/*'], verbs: ['approve'] };
  const rulesOf = (props: IstiodProps): unknown[] => istiod(props).one(ClusterRole, 'istiod-clusterrole-istio-system').rules ?? [];
  const certSigners = ['clusterissuers.cert-manager.io/*'];

  test('requests for certificates are approved only where a signer of Kubernetes signs them', () => {
    expect(rulesOf({ certSigners })).not.toContainEqual(signing);
    expect(rulesOf({ certSigners, pilotCertProvider: 'k8s.io/clusterissuers.cert-manager.io/istio' })).toContainEqual(signing);
    expect(rulesOf({ certSigners, env: { EXTERNAL_CA: 'ISTIOD_RA_KUBERNETES_API' } })).toContainEqual(signing);
  });

  test('without the controller of Gateways, no leave to make workloads', () => {
    const shown = istiod({ env: { PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER: 'false' } });
    expect(names(shown.many(ClusterRole))).toEqual(['istio-reader-clusterrole-istio-system', 'istiod-clusterrole-istio-system']);
  });

  test('analysis writes the status of Istio’s objects', () => {
    const writes = expect.objectContaining({ verbs: ['update', 'patch'], resources: expect.arrayContaining(['virtualservices/status']) as unknown }) as unknown;
    expect(rulesOf({ analysis: true })).toContainEqual(writes);
    expect(rulesOf({})).not.toContainEqual(writes);
  });

  test('the reader of other clusters may be another account from 1.31 on, or none', () => {
    const account = { name: 'reader', namespace: 'ops' };
    const subjects = istiod({ readerServiceAccount: account }, { istio: '1.31.3' }).one(ClusterRoleBinding, 'istio-reader-clusterrole-istio-system').subjects;
    expect(subjects).toEqual([{ kind: 'ServiceAccount', ...account }]);
    expect(names(istiod({ readerRbac: false }).many(ClusterRole))).not.toContain('istio-reader-clusterrole-istio-system');
  });
});

describe('webhooks', () => {
  test('whoever owns the failure policy, nothing fights over it', () => {
    const policy = (props: IstiodProps): unknown => istiod(props).one(ValidatingWebhookConfiguration).webhooks?.[0]?.failurePolicy;
    expect(policy({ failurePolicyOwner: 'istiod' })).toBeUndefined();
    expect(policy({ validationWebhook: { failurePolicy: 'Fail' } })).toBe('Fail');
    expect(policy({ failurePolicyOwner: 'istiod', validationWebhook: { caBundle: 'Zm9v' } })).toBe('Fail');
  });

  test('a certificate that was given is written', () => {
    const shown = istiod({ injectorWebhook: { caBundle: 'Zm9v', url: 'https://istiod.example.com/inject' } });
    const [webhook] = shown.one(MutatingWebhookConfiguration).webhooks ?? [];
    expect(webhook?.clientConfig).toEqual({ caBundle: 'Zm9v', url: 'https://istiod.example.com/inject' });
  });

  test('namespaces without labels are injected on request only', () => {
    const last = (props: IstiodProps): unknown => istiod(props).one(MutatingWebhookConfiguration).webhooks?.at(-1)?.name;
    expect(last({ injection: { enableNamespacesByDefault: true } })).toBe('auto.sidecar-injector.istio.io');
    expect(last({})).toBe('object.sidecar-injector.istio.io');
  });

  test('none, where something else makes them', () => {
    const shown = istiod({ revision: 'a', revisionTags: ['b'], injectorWebhook: false, validationWebhook: false });
    expect([...shown.many(MutatingWebhookConfiguration), ...shown.many(ValidatingWebhookConfiguration)]).toEqual([]);
  });

  test('what is no stable API is refused, on request; trust domains from 1.30 on', () => {
    const kinds = (istio: string): unknown[] =>
      istiod({ stableValidationPolicy: true }, { istio }).one(ValidatingAdmissionPolicy).spec?.variables?.map(({ name }) => name) ?? [];
    expect(kinds('1.30.7')).toEqual([...kinds('1.29.10'), 'isAuthorizationPolicy']);
    expect(istiod().many(ValidatingAdmissionPolicy)).toEqual([]);
  });
});

describe('who applies what', () => {
  const clusterWide = /^(ClusterRole|ClusterRoleBinding|MutatingWebhookConfiguration|ValidatingWebhookConfiguration)$/;
  const kinds = (props: IstiodProps): string[] => istiod(props).all.map(({ kind }) => String(kind));

  test('what belongs to the cluster and what belongs to a namespace come apart', () => {
    expect(kinds({ resourceScope: 'cluster' }).filter((kind) => !clusterWide.test(kind))).toEqual([]);
    expect(kinds({ resourceScope: 'namespace' }).filter((kind) => clusterWide.test(kind))).toEqual([]);
  });

  test('both together are all, in one program', () => {
    const chart = Testing.chart();
    new Istiod(chart, 'cluster', { resourceScope: 'cluster' });
    new Istiod(chart, 'namespace', { resourceScope: 'namespace' });
    expect(synthTo(chart).all).toHaveLength(kinds({}).length);
  });
});

describe('certificates', () => {
  test('a ClusterTrustBundle takes the place of the ConfigMap with the root', () => {
    const volume = (shown: SynthResult) => podOf(shown).volumes?.find(({ name }) => name === 'istio-csr-ca-configmap');
    expect(volume(istiod())?.configMap?.name).toBe('istio-ca-root-cert');
    const [source] = volume(istiod({ env: { ENABLE_CLUSTER_TRUST_BUNDLE_API: 'true' } }))?.projected?.sources ?? [];
    expect(source?.clusterTrustBundle?.name).toBe('istio.io:istiod-ca:root-cert');
  });

  test('an authority for keys of JWT issuers is mounted', () => {
    const shown = istiod({ revision: 'a', jwksExtraRootCa: 'PEM' });
    expect(shown.one(ConfigMap, 'pilot-jwks-extra-cacerts-a').data).toEqual({ 'extra.pem': 'PEM' });
    expect(containerOf(shown).volumeMounts).toContainEqual({ name: 'extracacerts', mountPath: '/cacerts' });
  });
});
