import type { JsonObject } from '../rules/json';
import type { Release, Variant } from '../rules/kind-rules';

/** A file that a release was read from. */
export interface SourceFile {
  /** Base name or last part of the address; never a path of somebody's machine. */
  readonly name: string;
  readonly sha256: string;
}

/** One served or unserved version of a kind, as published. */
export interface PublishedVersion {
  readonly version: string;
  readonly served: boolean;
  /** OpenAPI v3 schema of the whole object, descriptions included. */
  readonly schema: JsonObject;
}

/** A kind as one release publishes it. */
export interface PublishedKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly versions: readonly PublishedVersion[];
  /** The CRD without its schemas and descriptions; absent for kinds that Kubernetes has built in. */
  readonly frame?: JsonObject;
}

/** All that was read for one release (and channel) of a source. */
export interface PublishedRelease {
  readonly release: Release;
  readonly files: readonly SourceFile[];
  readonly kinds: readonly PublishedKind[];
  /** OpenAPI definitions that the kinds refer to as `#/definitions/NAME`. */
  readonly definitions?: Readonly<Record<string, JsonObject>>;
}

/** One source: a folder of imports. */
export interface Source {
  readonly name: string;
  readonly releases: readonly PublishedRelease[];
}

/** A published schema, and where it comes from. */
export interface VariantSchema {
  readonly variant: Variant;
  readonly schema: JsonObject;
}

/** A kind over all releases of its source. */
export interface KindHistory {
  readonly source: string;
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly preferredVersion: string;
  /** Served versions over all releases, newest and most stable first. */
  readonly servedVersions: readonly string[];
  /** Releases that have the kind, oldest first. */
  readonly releases: readonly Release[];
  /** Served and unserved versions of each release, in the order of `releases`. */
  readonly variants: readonly VariantSchema[];
  /** The CRD frame of each of `releases`; absent for kinds that Kubernetes has built in. */
  readonly frames?: readonly JsonObject[];
}
