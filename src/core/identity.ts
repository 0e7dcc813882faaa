import type { ObjectName } from '../errors/finding';
import type { JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';

/**
 * What makes an object one and the same: cluster, API group, kind, namespace and name. The served version is no part of
 * it, because one object can be read under several.
 */
export interface Identity {
  readonly cluster: string;
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The identity of a manifest in a cluster. */
export function identityOf(manifest: JsonObject, cluster: string): Identity {
  const metadata = isJsonObject(manifest['metadata']) ? manifest['metadata'] : {};
  return {
    cluster,
    group: groupOf(text(manifest['apiVersion'])),
    kind: text(manifest['kind']),
    namespace: text(metadata['namespace']),
    name: text(metadata['name']),
  };
}

/** The identity as one string, for maps; no part of it can hold a line feed. */
export function identityKey(identity: Identity): string {
  const { cluster, group, kind, namespace, name } = identity;
  return `${cluster}\n${group}\n${kind}\n${namespace}\n${name}`;
}

/** The API group of an apiVersion; empty for Kubernetes' core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** How findings name the object. */
export function objectName(manifest: JsonObject): ObjectName {
  const { namespace, name } = identityOf(manifest, '');
  return {
    apiVersion: text(manifest['apiVersion']),
    kind: text(manifest['kind']),
    ...(namespace === '' ? {} : { namespace }),
    ...(name === '' ? {} : { name }),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
