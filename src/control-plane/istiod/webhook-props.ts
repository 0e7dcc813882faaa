/**
 * The webhooks that have pods injected.
 *
 * @see https://istio.io/latest/docs/ops/configuration/mesh/webhook/
 */
export interface InjectorWebhookProps {
  /**
   * Where the API server finds the injector, where it is not a Service of the cluster: `https://<host>:<port>/<path>`.
   * @default - istiod's own Service
   */
  readonly url?: string;
  /**
   * Path at the Service, with which a cluster may tell its name and network: `/inject/cluster/west/net/network2`.
   * @default '/inject'
   */
  readonly path?: string;
  /**
   * Certificate of the authority that signed the injector's certificate: PEM in base64.
   * @default - istiod writes it
   */
  readonly caBundle?: string;
  /** @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The webhook that has Istio's objects checked. */
export interface ValidationWebhookProps {
  /**
   * Where the API server finds the validator, where it is not a Service of the cluster.
   * @default - istiod's own Service
   */
  readonly url?: string;
  /**
   * Certificate of the authority that signed the validator's certificate: PEM in base64. istiod leaves the webhook alone
   * then.
   * @default - istiod writes it
   */
  readonly caBundle?: string;
  /**
   * What happens to objects while istiod does not answer.
   * @default - `Fail` with a `caBundle`; else see `failurePolicyOwner`
   */
  readonly failurePolicy?: 'Fail' | 'Ignore';
}
