import type { LabelSelector } from '../../imports/kubernetes/meta-v1';
import type { ValidatingAdmissionPolicySpec } from '../../imports/kubernetes/validating-admission-policy';
import type { Release } from './release';
import { since } from './release';

/** API groups whose objects istiod checks. */
export const VALIDATED_GROUPS = ['security.istio.io', 'networking.istio.io', 'telemetry.istio.io', 'extensions.istio.io'] as const;

/** Kinds that are not stable as a whole. */
const UNSTABLE_KINDS = ['EnvoyFilter', 'WasmPlugin', 'ProxyConfig'];

/** Lists of a Telemetry, and the field of their entries that is not stable. */
const UNSTABLE_TELEMETRY = [
  { list: 'tracing', entry: 't', field: 'useRequestIdForTraceSampling' },
  { list: 'metrics', entry: 'm', field: 'reportingInterval' },
  { list: 'accessLogging', entry: 'l', field: 'filter' },
];

/**
 * A policy by which the API server refuses Istio objects that are not of the stable channel, each with one condition: its kind,
 * or fields of it.
 *
 * @param objectSelector which objects it looks at; all of them without one
 * @see https://istio.io/latest/docs/releases/feature-stages/
 */
export function stablePolicySpec(release: Release, objectSelector?: LabelSelector): ValidatingAdmissionPolicySpec {
  const hasTrustDomains = since(release, '1.30');
  const kinds = [...UNSTABLE_KINDS, 'Telemetry', ...(hasTrustDomains ? ['AuthorizationPolicy'] : [])];
  return {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [{ apiGroups: [...VALIDATED_GROUPS], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: ['*'] }],
      ...(objectSelector !== undefined && { objectSelector }),
    },
    variables: kinds.map((kind) => ({ name: `is${kind}`, expression: `object.kind == '${kind}'` })),
    validations: [
      ...UNSTABLE_KINDS.map((kind) => ({ expression: `!variables.is${kind}` })),
      { expression: unstableTelemetry() },
      ...(hasTrustDomains ? [{ expression: trustDomainsInSources() }] : []),
    ],
  };
}

function unstableTelemetry(): string {
  const conditions = UNSTABLE_TELEMETRY.map(
    ({ list, entry, field }) => `    (has(object.spec.${list}) ? object.spec.${list} : {}).exists(${entry}, has(${entry}.${field}))`,
  );
  return lines('!(', '  variables.isTelemetry && (', conditions.join(' ||\n'), '  )', ')');
}

function trustDomainsInSources(): string {
  return lines(
    '!(',
    '  variables.isAuthorizationPolicy &&',
    '  has(object.spec.rules) &&',
    '  object.spec.rules.exists(r,',
    '    has(r.from) && r.from.exists(f,',
    '      has(f.source) && (has(f.source.trustDomains) || has(f.source.notTrustDomains))',
    '    )',
    '  )',
    ')',
  );
}

function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
