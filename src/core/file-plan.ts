import type { Chart } from 'cdk8s';
import { compareConstructs } from './construct-path';
import { isObjectItem } from './object-graph';
import type { GraphItem, ObjectGraph, ObjectItem } from './object-graph';

/** Objects of one chart that are applied together. */
export interface FilePart {
  readonly chart: Chart;
  readonly items: readonly ObjectItem[];
}

/** Parts in the order to apply them in. */
export interface FilePlan {
  readonly parts: readonly FilePart[];
  /** True where a chart needs another one, so that the file names must keep the order. */
  readonly orderMatters: boolean;
}

/**
 * One part a chart, each after the charts that it needs. Two charts that need each other (the platform needs the shop's
 * namespace, the shop needs the platform's CRDs) are no error: one of them is cut, as late as can be.
 *
 * @param ordered the items of one cluster, in order
 */
export function planFiles(ordered: readonly ObjectItem[], graph: ObjectGraph): FilePlan {
  const plan = new Planner(ordered, graph);
  return { parts: plan.run(), orderMatters: plan.orderMatters };
}

class Planner {
  public readonly orderMatters: boolean;
  private readonly waiting: Map<Chart, ObjectItem[]>;
  private readonly needs: Map<Chart, Set<Chart>>;
  private readonly emitted = new Set<ObjectItem>();

  public constructor(
    private readonly ordered: readonly ObjectItem[],
    private readonly graph: ObjectGraph,
  ) {
    this.waiting = groupByChart(ordered);
    this.needs = this.chartNeeds();
    this.orderMatters = [...this.needs.values()].some((charts) => charts.size > 0);
  }

  public run(): FilePart[] {
    const parts: FilePart[] = [];
    while (this.waiting.size > 0) parts.push(this.nextPart());
    return parts;
  }

  private nextPart(): FilePart {
    const charts = [...this.waiting.keys()];
    const whole = charts.find((chart) => this.isFree(chart));
    if (whole !== undefined) return this.emit(whole, this.waiting.get(whole) ?? []);
    // charts that need each other: as much as can go of the first that has something to go
    for (const chart of charts) {
      const ready = this.readyItems(chart);
      if (ready.length > 0) return this.emit(chart, ready);
    }
    // not reached: the items are in order, so the first that waits needs nothing that waits
    const [chart] = charts;
    return this.emit(chart as Chart, this.waiting.get(chart as Chart) ?? []);
  }

  private isFree(chart: Chart): boolean {
    return [...(this.needs.get(chart) ?? [])].every((needed) => !this.waiting.has(needed));
  }

  private emit(chart: Chart, items: readonly ObjectItem[]): FilePart {
    for (const item of items) this.emitted.add(item);
    const rest = (this.waiting.get(chart) ?? []).filter((item) => !this.emitted.has(item));
    if (rest.length === 0) this.waiting.delete(chart);
    else this.waiting.set(chart, rest);
    return { chart, items };
  }

  private readyItems(chart: Chart): ObjectItem[] {
    const part = new Set<ObjectItem>();
    const done = (need: GraphItem): boolean =>
      isObjectItem(need) ? this.emitted.has(need) || part.has(need) : need.members.every(done);
    for (const item of this.waiting.get(chart) ?? []) {
      if (this.graph.before(item).every((need) => done(need))) part.add(item);
    }
    return [...part];
  }

  private chartNeeds(): Map<Chart, Set<Chart>> {
    const needs = new Map<Chart, Set<Chart>>();
    const chartsOfGroup = new Map<GraphItem, readonly Chart[]>();
    for (const item of this.ordered) {
      const { chart } = item.object;
      const charts = needs.get(chart) ?? new Set<Chart>();
      needs.set(chart, charts);
      for (const need of this.graph.before(item)) {
        const found = chartsOfGroup.get(need) ?? chartsIn(need);
        chartsOfGroup.set(need, found);
        for (const other of found) if (other !== chart && this.waiting.has(other)) charts.add(other);
      }
    }
    return needs;
  }
}

function chartsIn(need: GraphItem): readonly Chart[] {
  if (isObjectItem(need)) return [need.object.chart];
  return [...new Set(need.members.map((member) => member.object.chart))];
}

/** Charts by path, so that the plan does not depend on the order of construction. */
function groupByChart(items: readonly ObjectItem[]): Map<Chart, ObjectItem[]> {
  const groups = new Map<Chart, ObjectItem[]>();
  for (const item of items) {
    const group = groups.get(item.object.chart);
    if (group === undefined) groups.set(item.object.chart, [item]);
    else group.push(item);
  }
  return new Map([...groups].sort(([a], [b]) => compareConstructs(a, b)));
}
