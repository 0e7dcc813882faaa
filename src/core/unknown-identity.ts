import type { IConstruct } from 'constructs';
import type { Finding } from '../errors/finding';
import type { MeshError } from '../errors/mesh-error';
import type { JsonObject } from '../rules/json';
import { describeValue, refusal } from './refusal';
import { requireKnown } from './unknown';
import { isUnknown } from './unknown-brand';

/** Fields of metadata that say which object it is. */
const IDENTITY = ['name', 'namespace', 'generateName'] as const;
/** Fields of metadata that a chart and cdk8s add to, so that only what they hold may be known later. */
const COLLECTIONS = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const;

/**
 * Refuses props whose identity is known only at deployment, before cdk8s looks at them.
 *
 * @throws MeshError with the path of the construct.
 */
export function requireKnownIdentity(scope: IConstruct, id: string, props: { readonly apiVersion?: unknown; readonly metadata?: unknown }): void {
  // programs that are not type-checked may give anything; what is wrong with that is said elsewhere
  const { apiVersion, metadata } = (props as Partial<typeof props> | null) ?? {};
  if (isUnknown(apiVersion)) requireKnown(apiVersion, { construct: pathOf(scope, id), property: 'apiVersion' });
  if (isUnknown(metadata)) requireKnown(metadata, { construct: pathOf(scope, id), property: 'metadata' });
  if (typeof metadata !== 'object' || metadata === null) return;
  const fields = metadata as Readonly<Record<string, unknown>>;
  for (const field of IDENTITY) {
    if (isUnknown(fields[field])) requireKnown(fields[field], { construct: pathOf(scope, id), property: `metadata.${field}` });
  }
  for (const field of COLLECTIONS) if (isUnknown(fields[field])) throw unknownCollection(pathOf(scope, id), field, fields[field]);
}

function unknownCollection(construct: string, field: string, value: unknown): MeshError {
  return refusal({ construct }, `metadata.${field}`, {
    code: 'unknown-value',
    got: describeValue(value),
    expected: 'a plain collection: more may be added to it before it is written',
    fix: 'give the collection, in which single values may be known later',
  });
}

function pathOf(scope: IConstruct, id: string): string {
  return [scope.node.path, id].filter((part) => part !== '').join('/');
}

/** What of the identity of a rendered object is known only at deployment, where a token or a patch brought it in. */
export function unknownIdentityFindings(construct: string, manifest: JsonObject): Finding[] {
  const metadata: unknown = manifest['metadata'];
  const fields = isUnknown(metadata) ? {} : ((metadata ?? {}) as Readonly<Record<string, unknown>>);
  const places: (readonly [string, unknown])[] = [
    ...['apiVersion', 'kind', 'metadata'].map((field) => [field, manifest[field]] as const),
    ...IDENTITY.map((field) => [`metadata.${field}`, fields[field]] as const),
  ];
  return places.flatMap(([property, value]) => {
    if (!isUnknown(value)) return [];
    const expected = 'a value that is known when the program runs: an object is found by it';
    return [{ code: 'unknown-value', construct, property, got: describeValue(value), expected, fix: 'give a plain value' }];
  });
}
