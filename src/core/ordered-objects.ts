import { isObjectItem, ObjectGraph } from './object-graph';
import type { GraphItem, ObjectItem } from './object-graph';
import { inOrder } from './order';
import type { SynthObject } from './synthesis';

/** The objects of a program in the order to apply them in, and what each of them needs. */
export interface OrderedObjects {
  readonly ordered: readonly ObjectItem[];
  readonly graph: ObjectGraph;
}

/** @throws MeshError when objects need each other in a circle. */
export function orderedObjects(objects: readonly SynthObject[]): OrderedObjects {
  const graph = new ObjectGraph(objects);
  const before = (item: GraphItem): readonly GraphItem[] => graph.before(item);
  return { ordered: inOrder<GraphItem>(graph.items, { before }).filter(isObjectItem), graph };
}
