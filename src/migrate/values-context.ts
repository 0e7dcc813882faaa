/** What a chart knows besides its values. */
export interface ValuesContext {
  /** Full version of the Istio release that the chart is of. */
  readonly istio: string;
  /** Name of the Helm release: `.Release.Name`. */
  readonly releaseName: string;
  /** Namespace of the Helm release: `.Release.Namespace`. */
  readonly releaseNamespace: string;
}
