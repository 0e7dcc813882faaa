import type { ValidatingAdmissionPolicyBindingProps } from '../../../imports/kubernetes/validating-admission-policy-binding';
import type { ValidatingAdmissionPolicyProps } from '../../../imports/kubernetes/validating-admission-policy';
import { since } from '../release';
import { commonLabels } from './istiod-labels';
import type { IstiodSettings } from './istiod-settings';

/** Lists of a Telemetry, each with its field that is no stable API. */
const TELEMETRY_FIELDS = [
  ['tracing', 't', 'useRequestIdForTraceSampling'],
  ['metrics', 'm', 'reportingInterval'],
  ['accessLogging', 'l', 'filter'],
] as const;

/** Refuses kinds and fields that are no stable API, in objects of this revision. */
export function stablePolicy(settings: IstiodSettings): ValidatingAdmissionPolicyProps {
  const { release, revision } = settings;
  const refusesTrustDomains = since(release, '1.30');
  const kinds = ['EnvoyFilter', 'WasmPlugin', 'ProxyConfig', 'Telemetry', ...(refusesTrustDomains ? ['AuthorizationPolicy'] : [])];
  return {
    metadata: { name: policyName('stable-channel-policy', settings), labels: commonLabels(settings) },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['security.istio.io', 'networking.istio.io', 'telemetry.istio.io', 'extensions.istio.io'],
            apiVersions: ['*'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['*'],
          },
        ],
        objectSelector: { matchExpressions: [{ key: 'istio.io/rev', operator: 'In', values: [revision ?? 'default'] }] },
      },
      variables: kinds.map((kind) => ({ name: `is${kind}`, expression: `object.kind == '${kind}'` })),
      validations: [
        ...['EnvoyFilter', 'WasmPlugin', 'ProxyConfig'].map((kind) => ({ expression: `!variables.is${kind}` })),
        { expression: telemetryRule() },
        ...(refusesTrustDomains ? [{ expression: trustDomainRule() }] : []),
      ],
    },
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

function telemetryRule(): string {
  const uses = TELEMETRY_FIELDS.map(([list, item, field]) => {
    const items = `object.spec.${list}`;
    return `    (has(${items}) ? ${items} : {}).exists(${item}, has(${item}.${field}))`;
  });
  return ['!(', '  variables.isTelemetry && (', uses.join(' ||\n'), '  )', ')', ''].join('\n');
}

function trustDomainRule(): string {
  const source = 'has(f.source) && (has(f.source.trustDomains) || has(f.source.notTrustDomains))';
  const from = ['    has(r.from) && r.from.exists(f,', `      ${source}`, '    )'];
  const rules = ['  object.spec.rules.exists(r,', ...from, '  )'];
  return ['!(', '  variables.isAuthorizationPolicy &&', '  has(object.spec.rules) &&', ...rules, ')', ''].join('\n');
}
