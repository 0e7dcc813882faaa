import { stringify } from 'yaml';
import type { PublishedRelease } from '../../src/codegen/model';
import { readRelease } from '../../src/codegen/input/read-release';
import type { JsonObject } from '../../src/rules/json';

/** What a test's CRD is made of; the rest is filled in. */
export interface CrdParts {
  readonly group?: string;
  readonly kind?: string;
  readonly scope?: string;
  /** Schema of `spec`, by version; `null` for a version without a schema. */
  readonly versions?: { readonly [version: string]: JsonObject | null };
  readonly unserved?: readonly string[];
}

/** A CRD as a publisher would write it. */
export function crd(parts: CrdParts = {}): JsonObject {
  const { group = 'example.com', kind = 'Widget', scope = 'Namespaced', versions = { v1: { type: 'object' } }, unserved = [] } = parts;
  const plural = `${kind.toLowerCase()}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      scope,
      versions: Object.entries(versions).map(([name, spec], index) => ({
        name,
        served: !unserved.includes(name),
        storage: index === 0,
        ...(spec === null ? {} : { schema: { openAPIV3Schema: { type: 'object', description: `A ${kind}.`, properties: { spec } } } }),
      })),
    },
  };
}

export function yaml(...documents: readonly JsonObject[]): string {
  return documents.map((document) => stringify(document, { aliasDuplicateObjects: false })).join('---\n');
}

/** A release of these CRDs. */
export function release(name: string, ...documents: readonly JsonObject[]): PublishedRelease {
  return readRelease({ release: name }, [{ name: `${name}.yaml`, text: yaml(...documents) }]);
}
