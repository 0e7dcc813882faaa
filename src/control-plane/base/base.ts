import { Construct } from 'constructs';
import { ServiceAccount } from '../../../imports/kubernetes/service-account';
import { ValidatingAdmissionPolicy } from '../../../imports/kubernetes/validating-admission-policy';
import { ValidatingAdmissionPolicyBinding } from '../../../imports/kubernetes/validating-admission-policy-binding';
import { ValidatingWebhookConfiguration } from '../../../imports/kubernetes/validating-webhook-configuration';
import { BaseCrds } from '../base-crds';
import { recommendedLabels } from '../component-labels';
import type { BaseProps } from './base-props';
import { baseSettings } from './base-settings';
import type { BaseSettings } from './base-settings';
import { defaultValidator } from './default-validator';
import { stablePolicySpec } from '../stable-policy';

const STABLE_POLICY = 'stable-channel-default-policy.istio.io';

/**
 * What all control planes of a cluster stand on: Istio's CRDs, the identity by which other clusters read this one, and the
 * webhook of the default revision. It makes what the chart `base` makes.
 *
 * @see https://istio.io/latest/docs/setup/install/helm/
 */
export class Base extends Construct {
  public readonly namespace: string;
  /** Revision, or revision tag, whose istiod checks Istio objects of the whole cluster; undefined for none. */
  public readonly defaultRevision: string | undefined;

  /** @throws MeshError for a release that is not known, and for props that are not what they should be. */
  public constructor(scope: Construct, id: string, props: BaseProps = {}) {
    super(scope, id);
    const settings = baseSettings(this, props);
    this.namespace = settings.namespace;
    this.defaultRevision = settings.defaultRevision;
    if (settings.resourceScope !== 'namespace') {
      if (props.crds !== false) new BaseCrds(this, 'crds', { istio: settings.release.version, ...props.crds });
      if (settings.defaultRevision !== undefined) this.validateBy(settings, settings.defaultRevision);
    }
    if (settings.resourceScope !== 'cluster' && settings.readerServiceAccount) this.addReader(settings);
  }

  private validateBy(settings: BaseSettings, revision: string): void {
    new ValidatingWebhookConfiguration(this, 'validator', defaultValidator(settings, revision));
    if (!settings.stableValidationPolicy) return;
    const labels = { istio: 'istiod', 'istio.io/rev': revision, ...recommendedLabels('istiod', settings.release) };
    new ValidatingAdmissionPolicy(this, 'stable-policy', {
      metadata: { name: STABLE_POLICY, labels },
      spec: stablePolicySpec(settings.release),
    });
    new ValidatingAdmissionPolicyBinding(this, 'stable-policy-binding', {
      metadata: { name: 'stable-channel-default-policy-binding.istio.io' },
      spec: { policyName: STABLE_POLICY, validationActions: ['Deny'] },
    });
  }

  private addReader({ namespace, release, imagePullSecrets }: BaseSettings): void {
    new ServiceAccount(this, 'reader', {
      metadata: {
        name: 'istio-reader-service-account',
        namespace,
        labels: { app: 'istio-reader', ...recommendedLabels('istio-reader', release) },
      },
      ...(imagePullSecrets.length > 0 && { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    });
  }
}
