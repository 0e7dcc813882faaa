import type { JsonObject } from '../rules/json';

/** One construct of an installation, as data: what it is, and its props. */
export interface InstalledComponent {
  /** Name of the construct's class, such as `Istiod`. */
  readonly construct: string;
  /** Id of the construct. */
  readonly id: string;
  /** Props, by the names of the construct's props; only what differs from their defaults. */
  readonly props: Readonly<Record<string, unknown>>;
  /** Kubernetes settings of an IstioOperator that no prop can say, by their names. */
  readonly settings?: JsonObject;
  /** Changes that neither can say: overlays of an IstioOperator. Rendered, and named by `migrate`. */
  readonly overlays?: readonly ObjectOverlay[];
}

/** Changes of one object, as an IstioOperator's Kubernetes settings and `k8s.overlays` give them. */
export interface ObjectOverlay {
  readonly kind: string;
  readonly name: string;
  /** What is merged into the object the way Kubernetes' strategic merge patches are. @default - nothing */
  readonly merge?: JsonObject;
  /** Applied after that: each sets the value at a path, or takes away what is there. */
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
  /** Values that were given and that change nothing, a line each. @default - none */
  readonly notes?: readonly string[];
}
