import type { IConstruct } from 'constructs';
import type * as generated from '../../imports/mesh-config/mesh-config';
import type { Finding } from '../errors/finding';
import { checkMeshDocument } from '../validation/mesh-config';
import type { MeshDocument } from '../validation/mesh-config';
import type { Release } from './release';

/** A type whose fields may each be `null`, which takes away what would be there otherwise. */
type Removable<T> = T extends readonly (infer Item)[] ? readonly Removable<Item>[] : T extends object ? { readonly [Key in keyof T]: Removable<T[Key]> | null } : T;

/**
 * Configuration of the mesh, as istiod reads it: every field of every known release, with what excludes each other as
 * alternatives.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig
 */
export type MeshConfig = Removable<generated.MeshConfig>;

/**
 * What all proxies do unless they are told otherwise.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig
 */
export type ProxyConfig = Removable<generated.ProxyConfig>;

/**
 * Networks of the mesh, by name.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshNetworks
 */
export type MeshNetworks = NonNullable<Removable<generated.MeshNetworks>['networks']>;

/** What istiod could not read of a document, as findings of the prop that holds it. */
export function meshDocumentFindings(construct: IConstruct, property: string, document: MeshDocument, value: unknown, release: Release): Finding[] {
  const findings = checkMeshDocument(document, withoutNulls(value), release.version).filter((finding) => !isNumberInQuotes(finding));
  return findings.map((finding) => ({
    ...finding,
    construct: construct.node.path,
    property: finding.property === '' ? property : `${property}.${finding.property}`,
  }));
}

/** istiod reads these documents as protocol buffers, whose JSON may have numbers in quotes: Istio's own examples do. */
function isNumberInQuotes({ code, expected, got }: Finding): boolean {
  return code === 'wrong-type' && /^an? (integer|number)$/.test(expected) && /^"-?\d+(\.\d+)?"$/.test(got) && (expected === 'a number' || !got.includes('.'));
}

/** Without what is taken away: what is not there cannot be wrong. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key, withoutNulls(each)]));
}
