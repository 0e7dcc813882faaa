import type { IConstruct } from 'constructs';
import { requireObject } from './place';

/**
 * Refuses props that are no object, as a program in plain JavaScript may give them.
 *
 * @param construct the construct that took them, or the path that it would have
 * @param property where the props were given, for a method that takes some
 * @throws MeshError
 */
export function requireProps(construct: IConstruct | string, props: unknown, property = 'props'): void {
  requireObject(props as object, typeof construct === 'string' ? construct : construct.node.path, property);
}
