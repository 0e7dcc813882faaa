import type { IConstruct } from 'constructs';

/**
 * Order of constructs by path, part by part: a construct comes before what is under it, and `orders` with all that is
 * under it before `orders-archive`. Unlike the order of construction it is the same in every run.
 */
export function compareConstructs(a: IConstruct, b: IConstruct): number {
  if (a === b) return 0;
  // neighbours, as most are, differ in their ids only
  if (a.node.scope === b.node.scope) return a.node.id < b.node.id ? -1 : 1;
  const left = a.node.path.split('/');
  const right = b.node.path.split('/');
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [one, other] = [left[index] as string, right[index] as string];
    if (one !== other) return one < other ? -1 : 1;
  }
  return left.length - right.length;
}
