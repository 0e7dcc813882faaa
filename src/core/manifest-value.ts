/** Names the method of a value class that gives what stands for it in a manifest, for any copy of this library. */
export const MANIFEST_VALUE: unique symbol = Symbol.for('mesh-constructs.manifestValue') as never;

/** A value class whose instances may stand in a manifest. */
export interface ManifestValue {
  /** Plain data: what the field holds. */
  [MANIFEST_VALUE](): unknown;
}

/** True for an instance of a value class that may stand in a manifest. */
export function isManifestValue(value: object): value is ManifestValue {
  return typeof (value as Partial<ManifestValue>)[MANIFEST_VALUE] === 'function';
}

/**
 * The number or text in an instance of a class that `cdk8s import` makes for a choice between the two, such as its
 * IntOrString and Quantity; undefined for anything else.
 */
export function importedUnionValue(value: object): number | string | undefined {
  const { fromNumber, fromString } = value.constructor as { fromNumber?: unknown; fromString?: unknown };
  if (typeof fromNumber !== 'function' && typeof fromString !== 'function') return undefined;
  const [key, ...others] = Object.keys(value);
  const held = (value as { readonly value?: unknown }).value;
  const isHeldAlone = key === 'value' && others.length === 0;
  return isHeldAlone && (typeof held === 'number' || typeof held === 'string') ? held : undefined;
}
