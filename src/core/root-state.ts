import type { IConstruct } from 'constructs';

/**
 * State of a whole app, kept on its root construct and never in a module: two apps of one process share nothing, and
 * two copies of this library in one process share an app.
 */
export function rootState<T extends object>(construct: IConstruct, name: string, create: (root: IConstruct) => T): T {
  const key = Symbol.for(`mesh-constructs.${name}`);
  const root = construct.node.root as IConstruct & { [key: symbol]: T | undefined };
  const known = root[key];
  if (known !== undefined) return known;
  const state = create(root);
  Object.defineProperty(root, key, { value: state });
  return state;
}
