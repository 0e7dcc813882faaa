import type { ValidatingWebhookConfigurationProps } from '../../../imports/kubernetes/validating-webhook-configuration';
import { recommendedLabels } from '../component-labels';
import type { BaseSettings } from './base-settings';
import { VALIDATED_GROUPS } from '../stable-policy';

/** The webhook by which the default revision's istiod checks the Istio objects that no other revision is in charge of. */
export function defaultValidator(settings: BaseSettings, revision: string): ValidatingWebhookConfigurationProps {
  const { release, validation } = settings;
  const failurePolicy = failurePolicyOf(settings);
  return {
    metadata: {
      name: 'istiod-default-validator',
      labels: { app: 'istiod', istio: 'istiod', 'istio.io/rev': revision, ...recommendedLabels('istiod', release) },
    },
    webhooks: [
      {
        name: 'validation.istio.io',
        clientConfig: {
          ...(validation.url === undefined ? { service: istiodService(settings, revision) } : { url: validation.url }),
          ...(validation.caBundle !== undefined && { caBundle: validation.caBundle }),
        },
        rules: [{ operations: ['CREATE', 'UPDATE'], apiGroups: [...VALIDATED_GROUPS], apiVersions: ['*'], resources: ['*'] }],
        ...(failurePolicy !== undefined && { failurePolicy }),
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  };
}

function istiodService(settings: BaseSettings, revision: string): { name: string; namespace: string; path: string } {
  const name = revision === 'default' ? 'istiod' : `istiod-${revision}`;
  return { name, namespace: settings.namespace, path: '/validate' };
}

/** istiod is not up yet: until it is and says otherwise, nothing would be let in. With a certificate of the user's it never does. */
function failurePolicyOf({ validation }: BaseSettings): string | undefined {
  if (validation.failurePolicyOwner === 'istiod') return undefined;
  if (validation.caBundle !== undefined) return 'Fail';
  return validation.failurePolicy ?? 'Ignore';
}
