import type { ValidatingAdmissionPolicyBindingProps } from '../../../imports/kubernetes/validating-admission-policy-binding';
import type { ValidatingAdmissionPolicyProps } from '../../../imports/kubernetes/validating-admission-policy';
import { stablePolicySpec } from '../stable-policy';
import { commonLabels } from './istiod-labels';
import type { IstiodSettings } from './istiod-settings';

/** Refuses kinds and fields that are no stable API, in objects of this revision. */
export function stablePolicy(settings: IstiodSettings): ValidatingAdmissionPolicyProps {
  const { release, revision = 'default' } = settings;
  const ofRevision = { matchExpressions: [{ key: 'istio.io/rev', operator: 'In', values: [revision] }] };
  return {
    metadata: { name: policyName('stable-channel-policy', settings), labels: commonLabels(settings) },
    spec: stablePolicySpec(release, ofRevision),
  };
}

export function stablePolicyBinding(settings: IstiodSettings): ValidatingAdmissionPolicyBindingProps {
  return {
    metadata: { name: policyName('stable-channel-policy-binding', settings) },
    spec: { policyName: policyName('stable-channel-policy', settings), validationActions: ['Deny'] },
  };
}

function policyName(prefix: string, { suffix, istioNamespace }: IstiodSettings): string {
  return `${prefix}${suffix}-${istioNamespace}.istio.io`;
}
