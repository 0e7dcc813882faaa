import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { EnvoyFilter } from '../../../imports/istio/envoy-filter';
import type { EnvoyFilterConfigPatches } from '../../../imports/istio/envoy-filter';
import { Cluster } from '../../core/cluster';
import { compareConstructs } from '../../core/construct-path';
import { PlannedChildren } from '../../core/planned-children';
import type { Wanted } from '../../core/planned-children';
import type { PlannedObject } from '../../core/planned-object';
import { addPlanner } from '../../core/planner';
import { rootState } from '../../core/root-state';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import type { JsonObject } from '../../rules/json';
import type { CheckedTarget } from './rate-limit-target';

/** A kind of limit: each workload has one EnvoyFilter for each. */
export interface LimitKind {
  /** What the names of its EnvoyFilters end with. */
  readonly name: string;
  /**
   * Their place among all EnvoyFilters of a proxy, lower first. It is never zero: where filters stand relative to others, zero
   * leaves their order to the age of the objects.
   */
  readonly priority: number;
  readonly typeUrl: string;
}

/** What a limit adds to its workload's proxies. */
export interface LimitFilter {
  readonly owner: Construct;
  readonly target: CheckedTarget;
  readonly kind: LimitKind;
  /** Name of the HTTP filter in Envoy. Limits of one name and the same settings are one filter. */
  readonly filter: string;
  readonly settings: JsonObject;
  readonly rateLimits: readonly JsonObject[];
  /** Patched by who made the limit. */
  readonly object: PlannedObject;
}

interface Located extends LimitFilter {
  readonly podPort: number | undefined;
}

/** Limits of one kind on one set of pods. */
interface Group {
  readonly first: LimitFilter;
  readonly labels: Readonly<Record<string, string>>;
  readonly filters: readonly Located[];
}

interface Limits {
  readonly filters: LimitFilter[];
  readonly planned: PlannedChildren;
  groups: ReadonlyMap<string, Group>;
}

/**
 * Adds an HTTP filter to the proxies of a workload. At synthesis those of one kind become one EnvoyFilter a workload, in the order
 * of their constructs' paths: last before the router, so that only requests are counted that nothing else refused.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/envoy-filter/
 */
export function addLimitFilter(filter: LimitFilter): void {
  const limits = rootState<Limits>(filter.owner, 'limitFilters', () => ({ filters: [], planned: new PlannedChildren(), groups: new Map() }));
  limits.filters.push(filter);
  addPlanner(filter.owner, { key: 'limit-filters', plan: () => plan(limits) });
}

function plan(limits: Limits): void {
  limits.groups = groupByPods(limits.filters);
  const wanted = new Map<string, Wanted>();
  for (const [key, { first }] of limits.groups) {
    wanted.set(key, { owner: first.target.owner, make: () => makeFilter(limits, key) });
  }
  limits.planned.bring(wanted);
  for (const { first, filters } of limits.groups.values()) {
    const made = first.target.owner.node.findChild(suffixOf(first)) as EnvoyFilter;
    for (const { object } of filters) object.become(made);
  }
}

/** What is wrong with some targets does not keep the others from being told. */
function groupByPods(filters: readonly LimitFilter[]): Map<string, Group> {
  const findings: Finding[] = [];
  const groups = new Map<string, Group & { readonly filters: Located[] }>();
  for (const filter of [...filters].sort((a, b) => compareConstructs(a.owner, b.owner))) {
    try {
      const { target, kind } = filter;
      const labels = target.labels();
      const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
      const key = JSON.stringify([Cluster.pathOf(target.owner), target.namespace, target.context, kind.name, sorted]);
      const located = { ...filter, podPort: target.podPort() };
      const known = groups.get(key);
      groups.set(key, known === undefined ? { first: filter, labels, filters: [located] } : { ...known, first: firstOf(known.first, filter), filters: [...known.filters, located] });
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
      findings.push(...error.findings);
    }
  }
  if (findings.length > 0) throw new MeshError(findings);
  return groups;
}

/** By the path of the workload, so that the object's place and name do not depend on the order of construction. */
function firstOf(a: LimitFilter, b: LimitFilter): LimitFilter {
  return compareConstructs(b.target.owner, a.target.owner) < 0 ? b : a;
}

function makeFilter(limits: Limits, key: string): EnvoyFilter {
  const { first, labels } = limits.groups.get(key) as Group;
  const { owner, name, namespace } = first.target;
  const suffix = suffixOf(first);
  return new EnvoyFilter(owner, suffix, {
    metadata: { name: `${name}-${suffix}`, namespace },
    spec: {
      priority: first.kind.priority,
      workloadSelector: { labels: { ...labels } },
      configPatches: Lazy.any({ produce: () => patchesOf(limits.groups.get(key)) }) as never,
    },
  });
}

/** Id of the object, and the end of its name: a service may be called like its gateway. */
function suffixOf({ target, kind }: LimitFilter): string {
  return target.context === 'GATEWAY' ? `gateway-${kind.name}` : kind.name;
}

function patchesOf(group: Group | undefined): EnvoyFilterConfigPatches[] {
  const merged = new Map<string, Located>();
  for (const filter of group?.filters ?? []) {
    const key = JSON.stringify([filter.filter, filter.podPort ?? null, filter.settings]);
    const known = merged.get(key);
    merged.set(key, known === undefined ? filter : { ...known, rateLimits: [...known.rateLimits, ...filter.rateLimits] });
  }
  return [...merged.values()].map(patchOf);
}

function patchOf({ target, kind, filter, podPort, settings, rateLimits }: Located): EnvoyFilterConfigPatches {
  const router = { name: 'envoy.filters.network.http_connection_manager', subFilter: { name: 'envoy.filters.http.router' } };
  return {
    applyTo: 'HTTP_FILTER',
    match: { context: target.context, listener: { ...(podPort === undefined ? {} : { portNumber: podPort }), filterChain: { filter: router } } },
    patch: {
      operation: 'INSERT_BEFORE',
      value: { name: filter, typed_config: { '@type': kind.typeUrl, ...settings, ...(rateLimits.length === 0 ? {} : { rate_limits: rateLimits }) } },
    },
  };
}
