import { isObjectItem } from './object-graph';
import type { GraphItem, ObjectGraph, ObjectItem } from './object-graph';

/**
 * The wave of each object: its stage, raised where it needs an object of the same or a later wave. A tool that applies
 * one wave after the other then never meets an object before what it needs.
 *
 * @param ordered all items, each after what it needs
 */
export function wavesOf(ordered: readonly ObjectItem[], graph: ObjectGraph): Map<ObjectItem, number> {
  const waves = new Map<ObjectItem, number>();
  const groups = new Map<GraphItem, number>();
  const waveOf = (need: GraphItem): number => {
    if (isObjectItem(need)) return waves.get(need) ?? need.stage;
    const known = groups.get(need) ?? need.members.reduce((wave, member) => Math.max(wave, waveOf(member)), -1);
    groups.set(need, known);
    return known;
  };
  for (const item of ordered) {
    const earliest = graph.before(item).reduce((wave, need) => Math.max(wave, waveOf(need) + 1), item.stage);
    waves.set(item, earliest);
  }
  return waves;
}
