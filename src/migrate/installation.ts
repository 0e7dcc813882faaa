import type { JsonObject } from '../rules/json';

/** One construct of an installation, as data: what it is, and its props. */
export interface InstalledComponent {
  /** Name of the construct's class, such as `Istiod`. */
  readonly construct: string;
  /** Id of the construct. */
  readonly id: string;
  /** Props, by the names of the construct's props; only what differs from their defaults. */
  readonly props: Readonly<Record<string, unknown>>;
  /** Changes that no prop can say: overlays of an IstioOperator. Rendered, and named by `migrate`. */
  readonly overlays?: readonly ObjectOverlay[];
}

/** Patches of one object, as an IstioOperator's `k8s.overlays` gives them. */
export interface ObjectOverlay {
  readonly kind: string;
  readonly name: string;
  readonly patches: readonly JsonObject[];
}

/**
 * What a values file or an IstioOperator asks for, as constructs and their props. `render` makes the constructs of it, and
 * `migrate` prints the program that does: that both give the same objects follows.
 */
export interface Installation {
  /** Full version of the Istio release. */
  readonly istio: string;
  readonly components: readonly InstalledComponent[];
}
