import type { ResourceScope } from '../component';

/** Props of a {@link Base}. */
export interface BaseProps {
  /**
   * Full version of the Istio release, such as `1.31.3`.
   * @default - the cluster's Istio version, else the newest known
   */
  readonly istio?: string;
  /**
   * Namespace of the control plane.
   * @default - the chart's namespace, else 'istio-system'
   */
  readonly namespace?: string;
  /** @default - all of Istio's CRDs, kept when the installation is deleted; see {@link BaseCrdOptions} */
  readonly crds?: BaseCrdOptions | false;
  /**
   * Whether the ServiceAccount `istio-reader-service-account` is made: the control planes of other clusters read this one by
   * it.
   * @default true
   * @see https://istio.io/latest/docs/setup/install/multicluster/
   */
  readonly readerServiceAccount?: boolean;
  /**
   * Names of Secrets with registry credentials, for the ServiceAccount.
   * @default - none
   */
  readonly imagePullSecrets?: readonly string[];
  /**
   * Revision, or revision tag, whose istiod checks Istio objects of the whole cluster; `false` for none.
   * @default 'default'
   * @see https://istio.io/latest/docs/setup/upgrade/canary/
   */
  readonly defaultRevision?: string | false;
  /** @default - see {@link DefaultValidatorProps} */
  readonly validation?: DefaultValidatorProps;
  /**
   * Whether the API server refuses kinds and fields that are not stable yet, such as EnvoyFilter; the experimental profile
   * `stable` does. It needs a `defaultRevision`.
   * @default false
   * @see https://istio.io/latest/docs/releases/feature-stages/
   */
  readonly stableValidationPolicy?: boolean;
  /**
   * Which objects are made: those of a namespace, the cluster-wide ones, or all.
   * @default 'all'
   */
  readonly resourceScope?: ResourceScope;
}

/** Which of Istio's CRDs are made. */
export interface BaseCrdOptions {
  /**
   * Names of CRDs that are left out, such as `envoyfilters.networking.istio.io`.
   * @default - none
   */
  readonly exclude?: readonly string[];
  /**
   * Whether the CRDs stay in the cluster when the installation is deleted or pruned.
   * @default true
   */
  readonly keepOnDelete?: boolean;
}

/** How the API server reaches the istiod that checks Istio objects. */
export interface DefaultValidatorProps {
  /**
   * URL of an istiod outside of the cluster, such as `https://istiod.example.com:15017/validate`.
   * @default - the Service of the default revision's istiod
   */
  readonly url?: string;
  /**
   * Certificate of the authority that signed istiod's, PEM in base64. istiod then leaves the webhook as it is.
   * @default - istiod writes its own into the cluster
   */
  readonly caBundle?: string;
  /**
   * What the API server does while istiod cannot be reached.
   * @default - 'Fail' with a `caBundle`, else 'Ignore' until istiod is up and sets 'Fail' in the cluster
   */
  readonly failurePolicy?: 'Fail' | 'Ignore';
  /**
   * Who says the `failurePolicy`: with 'istiod' the field is left out, so that an apply does not set back what istiod wrote.
   * @default 'installer'
   */
  readonly failurePolicyOwner?: 'installer' | 'istiod';
}
