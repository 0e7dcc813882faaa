import type { ValidatingWebhook, ValidatingWebhookConfigurationProps } from '../../../imports/kubernetes/validating-webhook-configuration';
import { definedProps } from '../component-checks';
import { commonLabels, revisionLabel } from './istiod-labels';
import type { IstiodSettings } from './istiod-settings';
import type { ValidationWebhookProps } from './webhook-props';

/** What the webhook needs of a control plane: that of a tag may stand without its Istiod. */
export interface ValidationWebhookSettings extends Pick<IstiodSettings, 'istioNamespace' | 'release' | 'revision' | 'name' | 'suffix'> {
  readonly webhook: ValidationWebhookProps;
  readonly failurePolicyOwner: 'installer' | 'istiod';
}

/** Has istiod check the objects that name its revision. */
export function validationWebhook(settings: ValidationWebhookSettings): ValidatingWebhookConfigurationProps {
  const revision = settings.revision ?? 'default';
  const selector = { objectSelector: { matchExpressions: [{ key: 'istio.io/rev', operator: 'In', values: [revision] }] } };
  return configuration(settings, `istio-validator${settings.suffix}-${settings.istioNamespace}`, 'rev.validation.istio.io', selector);
}

/** Has the istiod of the default revision check all objects. There is one in a cluster. */
export function defaultValidationWebhook(settings: ValidationWebhookSettings): ValidatingWebhookConfigurationProps {
  return configuration(settings, 'istiod-default-validator', 'validation.istio.io', {});
}

function configuration(
  settings: ValidationWebhookSettings,
  name: string,
  webhookName: string,
  selector: Pick<ValidatingWebhook, 'objectSelector'>,
): ValidatingWebhookConfigurationProps {
  const { url, caBundle } = settings.webhook;
  const service = { name: settings.name, namespace: settings.istioNamespace, path: '/validate' };
  return {
    metadata: { name, labels: { app: 'istiod', istio: 'istiod', ...revisionLabel(settings), ...commonLabels(settings) } },
    webhooks: [
      definedProps({
        name: webhookName,
        clientConfig: definedProps({ ...(url === undefined ? { service } : { url }), caBundle }),
        rules: [
          {
            operations: ['CREATE', 'UPDATE'],
            apiGroups: ['security.istio.io', 'networking.istio.io', 'telemetry.istio.io', 'extensions.istio.io'],
            apiVersions: ['*'],
            resources: ['*'],
          },
        ],
        failurePolicy: failurePolicyOf(settings),
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        ...selector,
      }),
    ],
  };
}

/** istiod writes certificate and policy of a webhook that has no certificate of its own. */
function failurePolicyOf({ webhook, failurePolicyOwner }: ValidationWebhookSettings): string | undefined {
  if (webhook.caBundle !== undefined) return 'Fail';
  return webhook.failurePolicy ?? (failurePolicyOwner === 'installer' ? 'Ignore' : undefined);
}
