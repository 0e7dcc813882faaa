import type { Json } from './json';

/**
 * One published schema of a kind: the kind as served under `apiVersion` in one release of its source.
 */
export interface Variant {
  /** Version of the release, e.g. `1.31.1`. */
  readonly release: string;
  /** Gateway API's channel, `standard` or `experimental`; absent for sources that have none. */
  readonly channel?: string;
  /** Version of the API, e.g. `v1beta1`. */
  readonly version: string;
  /** False where the release's CRD lists the version but a server refuses objects of it; absent means served. */
  readonly served?: false;
}

/**
 * All that is known of a kind, over every release it was generated from. The only source of validation and of the
 * CRDs that we emit; the types of the kind come from the same data.
 *
 * `schema` and `crd` hold many versions in one tree: see `variants.ts` for how, and `sharing.ts` for `defs`.
 */
export interface KindRules {
  /** Name of the source, e.g. `istio`, `gateway-api`, `kubernetes`, or what the user called their own import. */
  readonly source: string;
  /** API group; empty for Kubernetes' core group. */
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: 'Namespaced' | 'Cluster';
  /** The served version that a construct uses where the user names none. */
  readonly preferredVersion: string;
  /** What the indices of `$variants` in `schema` stand for. */
  readonly variants: readonly Variant[];
  /** OpenAPI v3 structural schema of the whole object, without descriptions. */
  readonly schema: Json;
  /** Subtrees that stand in `schema` more than once, by name. */
  readonly defs: { readonly [name: string]: Json };
  /** What the indices of `$variants` in `crd` stand for: releases in the order of `variants`, each once. */
  readonly releases: readonly Release[];
  /** The CustomResourceDefinition but for its schemas; absent for kinds that Kubernetes has built in. */
  readonly crd?: Json;
  /** Rules on `oldSelf`: they can only be judged with the old object at hand (`validate --old`). */
  readonly transitionRules: number;
}

/** One release of a source. */
export interface Release {
  readonly release: string;
  readonly channel?: string;
}

/**
 * Definitions that several kinds of one source share (Kubernetes' OpenAPI), by their OpenAPI name,
 * encoded over `releases` like `KindRules.crd`. A schema refers to them as `{ "$ref": "#/definitions/NAME" }`.
 */
export interface SharedRules {
  readonly source: string;
  readonly releases: readonly Release[];
  readonly definitions: { readonly [name: string]: Json };
}

/** What the catalog knows of a kind without loading its rules. */
export interface KindEntry {
  readonly source: string;
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly versions: readonly string[];
  /** Loads the rules file; called at the first object of the kind. */
  readonly load: () => KindRules;
  /** Loads the definitions that the rules refer to, for sources that share any. */
  readonly loadShared?: () => SharedRules;
}
