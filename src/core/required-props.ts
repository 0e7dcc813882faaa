import type { IConstruct } from 'constructs';
import { describeValue, refusal } from './refusal';

/**
 * Refuses props that are no object, as a program in plain JavaScript may give them.
 *
 * @param construct the construct that took them, or the path that it would have
 * @param property where the props were given, for a method that takes some
 * @throws MeshError
 */
export function requireProps(construct: IConstruct | string, props: unknown, property = 'props'): void {
  if (typeof props === 'object' && props !== null && !Array.isArray(props)) return;
  const path = typeof construct === 'string' ? construct : construct.node.path;
  throw refusal({ construct: path, property }, property, {
    code: 'bad-props',
    got: describeValue(props),
    expected: 'an object with the props',
    fix: 'see the docstring for what it takes',
  });
}
