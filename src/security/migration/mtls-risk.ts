/** Why a stage may be an outage. */
export type MtlsRiskCode =
  | 'auto-mtls-off'
  | 'called-by-api-server'
  | 'client-of-other-mesh'
  | 'client-outside-mesh'
  | 'client-past-its-proxy'
  | 'external-client'
  | 'headless-without-proxies'
  | 'mtls-clash'
  | 'other-certificates'
  | 'port-not-captured'
  | 'probe-not-rewritten'
  | 'scraped-directly'
  | 'told-plain-text';

/** Something that a stage would break. */
export interface MtlsRisk {
  readonly code: MtlsRiskCode;
  /** Path of the construct that it is about: a client, a workload, a Service, … */
  readonly construct: string;
  /** Where that is said. */
  readonly property: string;
  readonly got: string;
  /** What would be fine. */
  readonly expected: string;
  /** What to do about it. */
  readonly fix: string;
}

/** How to keep a port open, for whoever cannot be mended. */
export function keepOpen(what: string, port: number | undefined): string {
  return port === undefined ? `a MtlsPolicy of mode 'PERMISSIVE' for ${what}` : `a MtlsPolicy for ${what} with ports: { ${port}: 'PERMISSIVE' }`;
}
