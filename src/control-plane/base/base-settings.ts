import type { Construct } from 'constructs';
import { isDnsLabel } from '../../core/kubernetes-names';
import { componentNamespace, contradiction } from '../component-checks';
import { dnsLabel, flag, oneOf, orFalse, props, requireShape, text, texts } from '../prop-shape';
import type { ResourceScope } from '../component';
import type { Release } from '../release';
import { releaseOf } from '../release';
import type { BaseProps, DefaultValidatorProps } from './base-props';

/** What a Base is made of, with all defaults filled in. */
export interface BaseSettings {
  readonly release: Release;
  readonly namespace: string;
  readonly readerServiceAccount: boolean;
  readonly imagePullSecrets: readonly string[];
  /** Undefined for none. */
  readonly defaultRevision: string | undefined;
  readonly validation: DefaultValidatorProps;
  readonly stableValidationPolicy: boolean;
  readonly resourceScope: ResourceScope;
}

/** What holds where a prop is not given; plain data. */
export const BASE_DEFAULTS = {
  crds: { keepOnDelete: true },
  readerServiceAccount: true,
  imagePullSecrets: [],
  defaultRevision: 'default',
  validation: { failurePolicyOwner: 'installer' },
  stableValidationPolicy: false,
  resourceScope: 'all',
} as const satisfies BaseProps;

const SHAPE = {
  istio: text,
  namespace: dnsLabel,
  crds: orFalse(props({ exclude: texts, keepOnDelete: flag })),
  readerServiceAccount: flag,
  imagePullSecrets: texts,
  defaultRevision: orFalse({ expected: 'a revision: 1 to 63 of a-z, 0-9 and dashes within', holds: isDnsLabel }),
  validation: props({ url: text, caBundle: text, failurePolicy: oneOf('Fail', 'Ignore'), failurePolicyOwner: oneOf('installer', 'istiod') }),
  stableValidationPolicy: flag,
  resourceScope: oneOf('all', 'cluster', 'namespace'),
};

/** @throws MeshError for props that are not what they should be, or contradict each other. */
export function baseSettings(construct: Construct, given: BaseProps): BaseSettings {
  requireShape(construct, given, SHAPE);
  const all = { ...BASE_DEFAULTS, ...given };
  const validation = { ...BASE_DEFAULTS.validation, ...given.validation };
  if (validation.failurePolicyOwner === 'istiod' && (validation.failurePolicy ?? validation.caBundle) !== undefined) {
    throw contradiction(
      construct,
      'validation.failurePolicyOwner',
      `"istiod" with ${validation.failurePolicy === undefined ? 'a caBundle' : 'a failurePolicy'}`,
      'one owner of the failurePolicy: istiod leaves alone what comes with a caBundle',
      'leave failurePolicyOwner out',
    );
  }
  return {
    release: releaseOf(construct, given.istio),
    namespace: componentNamespace(construct, given.namespace),
    readerServiceAccount: all.readerServiceAccount,
    imagePullSecrets: all.imagePullSecrets,
    defaultRevision: all.defaultRevision === false ? undefined : all.defaultRevision,
    validation,
    stableValidationPolicy: all.stableValidationPolicy,
    resourceScope: all.resourceScope,
  };
}
