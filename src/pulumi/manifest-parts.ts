/** Reads of manifests, which may hold anything, Outputs too: what is not there, or something else, is nothing. */

type Tree = Readonly<Record<string, unknown>>;

/** The text at a path, or an empty one. */
export function textAt(tree: unknown, ...path: readonly string[]): string {
  const value = at(tree, path);
  return typeof value === 'string' ? value : '';
}

/** The list at a path, or an empty one. */
export function listAt(tree: unknown, ...path: readonly string[]): readonly unknown[] {
  const value = at(tree, path);
  return Array.isArray(value) ? value : [];
}

/** The object at a path, or an empty one. */
export function treeAt(tree: unknown, ...path: readonly string[]): Tree {
  const value = at(tree, path);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {};
}

export function isMapOfText(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && Object.values(value).every((item) => typeof item === 'string');
}

/** Whether pods of these labels are selected. */
export function labelsFit(selector: Readonly<Record<string, string>>, labels: Tree): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}

function at(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Tree)[key] : undefined), tree);
}
