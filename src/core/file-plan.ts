import type { Chart } from 'cdk8s';
import { compareConstructs } from './construct-path';
import { isObjectItem } from './object-graph';
import type { GraphItem, ObjectGraph, ObjectItem } from './object-graph';

/** Objects of one chart that are applied together. */
export interface FilePart {
  readonly chart: Chart;
  /** True where these are the CRDs of a chart that holds other objects as well. */
  readonly crds: boolean;
  readonly items: readonly ObjectItem[];
}

/** Parts in the order to apply them in. */
export interface FilePlan {
  readonly parts: readonly FilePart[];
  /** True where a part needs another one, so that the file names must keep the order. */
  readonly orderMatters: boolean;
}

/**
 * One part a chart, each after the charts that it needs; the CRDs of a chart that holds other objects as well are a part
 * of their own, before it. kubectl looks up all kinds of a file before it applies any of it, so objects of a new kind
 * cannot stand in the file that brings the kind.
 *
 * Two charts that need each other (the platform needs the shop's namespace, the shop needs the platform's gateway) are
 * no error: one of them is cut, as late as can be.
 *
 * @param ordered the items of one cluster, in order
 */
export function planFiles(ordered: readonly ObjectItem[], graph: ObjectGraph): FilePlan {
  const plan = new Planner(ordered, graph);
  return { parts: plan.run(), orderMatters: plan.orderMatters };
}

/** True for the definition of a kind. */
export function isCrd({ object: { identity } }: ObjectItem): boolean {
  return identity.group === 'apiextensions.k8s.io' && identity.kind === 'CustomResourceDefinition';
}

/** What stays together where nothing has to be cut. */
interface Bundle {
  readonly chart: Chart;
  readonly crds: boolean;
  readonly items: readonly ObjectItem[];
}

class Planner {
  public readonly orderMatters: boolean;
  private readonly waiting: Map<Bundle, readonly ObjectItem[]>;
  private readonly bundleOf: ReadonlyMap<ObjectItem, Bundle>;
  private readonly needs: ReadonlyMap<Bundle, ReadonlySet<Bundle>>;
  private readonly emitted = new Set<ObjectItem>();

  public constructor(
    ordered: readonly ObjectItem[],
    private readonly graph: ObjectGraph,
  ) {
    const bundles = bundlesOf(ordered);
    this.waiting = new Map(bundles.map((bundle) => [bundle, bundle.items]));
    this.bundleOf = new Map(bundles.flatMap((bundle) => bundle.items.map((item) => [item, bundle] as const)));
    this.needs = this.findNeeds(bundles);
    this.orderMatters = [...this.needs.values()].some((needed) => needed.size > 0);
  }

  public run(): FilePart[] {
    const parts: FilePart[] = [];
    while (this.waiting.size > 0) parts.push(this.nextPart());
    return parts;
  }

  private nextPart(): FilePart {
    const bundles = [...this.waiting.keys()];
    // whole charts after whole charts; where that cannot be, after the half that is needed
    const whole = bundles.find((bundle) => this.isFree(bundle, 'charts')) ?? bundles.find((bundle) => this.isFree(bundle, 'parts'));
    if (whole !== undefined) return this.emit(whole, this.waiting.get(whole) ?? []);
    // charts that need each other: as much as can go of the first that has something to go
    for (const bundle of bundles) {
      const ready = this.readyItems(bundle);
      if (ready.length > 0) return this.emit(bundle, ready);
    }
    // not reached: the items are in order, so the first that waits needs nothing that waits
    const [bundle] = bundles;
    return this.emit(bundle as Bundle, this.waiting.get(bundle as Bundle) ?? []);
  }

  /** True when nothing waits that the bundle needs: of the `charts` that it needs, or of the `parts` of them. */
  private isFree(bundle: Bundle, after: 'charts' | 'parts'): boolean {
    const needed = [...(this.needs.get(bundle) ?? [])];
    if (needed.some((other) => this.waiting.has(other))) return false;
    if (after === 'parts') return true;
    const charts = new Set(needed.map((other) => other.chart));
    return ![...this.waiting.keys()].some(({ chart }) => chart !== bundle.chart && charts.has(chart));
  }

  private emit(bundle: Bundle, items: readonly ObjectItem[]): FilePart {
    for (const item of items) this.emitted.add(item);
    const rest = (this.waiting.get(bundle) ?? []).filter((item) => !this.emitted.has(item));
    if (rest.length === 0) this.waiting.delete(bundle);
    else this.waiting.set(bundle, rest);
    return { chart: bundle.chart, crds: bundle.crds, items };
  }

  private readyItems(bundle: Bundle): ObjectItem[] {
    const part = new Set<ObjectItem>();
    const done = (need: GraphItem): boolean =>
      isObjectItem(need) ? this.emitted.has(need) || part.has(need) : need.members.every(done);
    for (const item of this.waiting.get(bundle) ?? []) {
      if (this.graph.before(item).every((need) => done(need))) part.add(item);
    }
    return [...part];
  }

  private findNeeds(bundles: readonly Bundle[]): Map<Bundle, Set<Bundle>> {
    const needs = new Map(bundles.map((bundle) => [bundle, new Set<Bundle>()]));
    const bundlesOfNeed = new Map<GraphItem, readonly Bundle[]>();
    for (const [index, bundle] of bundles.entries()) {
      const needed = needs.get(bundle) as Set<Bundle>;
      const before = bundles[index - 1];
      if (before?.crds === true && before.chart === bundle.chart) needed.add(before);
      for (const need of bundle.items.flatMap((item) => this.graph.before(item))) {
        const found = bundlesOfNeed.get(need) ?? this.bundlesIn(need);
        bundlesOfNeed.set(need, found);
        for (const other of found) if (other !== bundle) needed.add(other);
      }
    }
    return needs;
  }

  private bundlesIn(need: GraphItem): readonly Bundle[] {
    const items = isObjectItem(need) ? [need] : need.members;
    return [...new Set(items.map((item) => this.bundleOf.get(item)).filter((bundle) => bundle !== undefined))];
  }
}

/** By the path of the chart, so that the plan does not depend on the order of construction; CRDs first. */
function bundlesOf(items: readonly ObjectItem[]): Bundle[] {
  const charts = new Map<Chart, ObjectItem[]>();
  for (const item of items) {
    const group = charts.get(item.object.chart);
    if (group === undefined) charts.set(item.object.chart, [item]);
    else group.push(item);
  }
  return [...charts].sort(([a], [b]) => compareConstructs(a, b)).flatMap(([chart, all]) => {
    const crds = all.filter(isCrd);
    if (crds.length === 0 || crds.length === all.length) return [{ chart, crds: false, items: all }];
    return [
      { chart, crds: true, items: crds },
      { chart, crds: false, items: all.filter((item) => !isCrd(item)) },
    ];
  });
}
