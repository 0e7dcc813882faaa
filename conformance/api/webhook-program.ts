import { Chart } from 'cdk8s';
import { PeerAuthentication } from '../../imports/istio';
import { MutatingWebhookConfiguration, Namespace, ValidatingWebhookConfiguration } from '../../imports/kubernetes';
import { BaseCrds } from '../../src/control-plane/base-crds';
import { MeshApp } from '../../src/core/mesh-app';
import type { KubeObject } from '../kubernetes/client';
import { parseObjects } from './document';

const SERVICE = { name: 'istiod', namespace: 'istio-system' };
const COMMON = { admissionReviewVersions: ['v1'], sideEffects: 'None', timeoutSeconds: 2 };

/**
 * Who decides what happens to an object while istiod is away: the install (lets it pass until istiod says otherwise),
 * or istiod alone (the field is not written, so the API server's own default holds: refuse).
 */
export type FailurePolicyOwner = 'install' | 'istiod';

/** A small mesh with the webhooks of istiod, and one object that the validator is asked about. */
export function webhookProgram(owner: FailurePolicyOwner): KubeObject[] {
  const app = new MeshApp();
  const chart = new Chart(app, 'mesh');
  new BaseCrds(chart, 'crds');
  new Namespace(chart, SERVICE.namespace, { metadata: { labels: { 'istio-injection': 'disabled' } } });
  new ValidatingWebhookConfiguration(chart, 'istio-validator', {
    webhooks: [
      {
        ...COMMON,
        name: 'rev.validation.istio.io',
        clientConfig: { service: { ...SERVICE, path: '/validate' } },
        rules: [{ operations: ['CREATE', 'UPDATE'], apiGroups: ['security.istio.io'], apiVersions: ['*'], resources: ['*'] }],
        ...(owner === 'install' ? { failurePolicy: 'Ignore' } : {}),
      },
    ],
  });
  new MutatingWebhookConfiguration(chart, 'istio-sidecar-injector', {
    webhooks: [
      {
        ...COMMON,
        name: 'rev.namespace.sidecar-injector.istio.io',
        clientConfig: { service: { ...SERVICE, path: '/inject' } },
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
        failurePolicy: 'Fail',
        namespaceSelector: { matchLabels: { 'istio-injection': 'enabled' } },
      },
    ],
  });
  const policy = new PeerAuthentication(chart, 'default', {
    metadata: { namespace: SERVICE.namespace },
    spec: { mtls: { mode: 'STRICT' } },
  });
  policy.needs(chart.node.findChild('istio-validator'));
  return parseObjects(app.synthYaml());
}
