import type { Discriminator, Group } from './normalise/rule';

/** An object's properties in one variant, and which of them exclude each other there. */
interface Exclusions {
  readonly properties: ReadonlySet<string>;
  readonly groups: readonly Group[];
}

/**
 * The groups that hold in every variant. Two properties exclude each other in the union where each variant excludes
 * them or lacks one of them: a group that grew in a newer release stays one group.
 */
export function uniteGroups(variants: readonly Exclusions[]): Group[] {
  const candidates = [...new Map(variants.flatMap((v) => v.groups).map((group) => [group.keys.join(), group])).values()];
  const holding = candidates.filter((group) => variants.every((variant) => excludes(variant, group.keys)));
  const largest = holding.filter((group) => !holding.some((other) => isInside(group, other)));
  return largest.map(({ keys }) => ({
    keys,
    needed: variants.every((variant) => variant.groups.some((group) => group.needed && group.keys.every((key) => keys.includes(key)))),
  }));
}

function excludes(variant: Exclusions, keys: readonly string[]): boolean {
  const present = keys.filter((key) => variant.properties.has(key));
  return present.every((a, index) =>
    present.slice(index + 1).every((b) => variant.groups.some(({ keys: group }) => group.includes(a) && group.includes(b))),
  );
}

function isInside(group: Group, other: Group): boolean {
  return other.keys.length > group.keys.length && group.keys.every((key) => other.keys.includes(key));
}

/** The bindings of value and property that hold in every variant that has the property. */
export function uniteDiscriminators(
  variants: readonly { readonly properties: ReadonlySet<string>; readonly discriminator: Discriminator | undefined }[],
): Discriminator | undefined {
  const known = variants.flatMap(({ discriminator }) => discriminator ?? []);
  const key = known[known.length - 1]?.key;
  if (key === undefined || known.some((discriminator) => discriminator.key !== key)) return undefined;
  const values: Record<string, string> = {};
  for (const [value, property] of known.flatMap((discriminator) => Object.entries(discriminator.values)).sort()) {
    const holds = variants.every(
      (variant) => !variant.properties.has(property) || variant.discriminator?.values[value] === property,
    );
    if (holds) values[value] = property;
  }
  return Object.keys(values).length === 0 ? undefined : { key, values };
}
