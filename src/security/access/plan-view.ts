import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { rootState } from '../../core/root-state';
import { policyTarget } from './policy-target';
import type { PodPort, PolicyTarget, ServiceSubject } from './policy-target';

type Labels = Readonly<Record<string, string>>;

/**
 * What targets are at one planning. Labels and ports are read off manifests, which costs, and are asked for again and again; they
 * may be others at the next planning.
 */
export class PlanView {
  private readonly targets = new Map<IConstruct, PolicyTarget>();
  private places: ReadonlyMap<string, ServiceIndex> | undefined;

  /** The target, with labels and ports that are read once. */
  public of(target: PolicyTarget): PolicyTarget {
    const known = this.targets.get(target.scope);
    if (known !== undefined) return known;
    const { selector, ports } = target;
    const once = { ...target, selector: selector === undefined ? undefined : onceOf(selector), ports: onceOf(ports) };
    this.targets.set(target.scope, once);
    return once;
  }

  /** Ports of the services of the program that are in front of pods of the target. */
  public portsAt({ scope, of, namespace, selector }: PolicyTarget): readonly PodPort[] {
    if (of === 'gateway') return [];
    const cluster = Cluster.pathOf(scope);
    const places = (this.places ??= this.servicesByPlace(scope));
    if (of === 'mesh') return [...places].flatMap(([place, { all }]) => (place.startsWith(`${cluster}\n`) ? portsOf(all) : []));
    const near = places.get(`${cluster}\n${namespace}`);
    if (near === undefined) return [];
    return portsOf(selector === undefined ? near.all : near.at(selector()));
  }

  private servicesByPlace(scope: IConstruct): ReadonlyMap<string, ServiceIndex> {
    const services = rootState(scope, 'meshServices', () => new Map<string, ServiceSubject>());
    const byPlace = new Map<string, PolicyTarget[]>();
    for (const service of services.values()) {
      const place = `${Cluster.pathOf(service)}\n${service.namespace}`;
      const target = this.of(policyTarget(undefined, service, 'ports'));
      const others = byPlace.get(place);
      if (others === undefined) byPlace.set(place, [target]);
      else others.push(target);
    }
    return new Map([...byPlace].map(([place, targets]) => [place, new ServiceIndex(targets)]));
  }
}

/** Services of a namespace, found by labels of pods: each is looked for by its rarest label. */
class ServiceIndex {
  private readonly having = new Map<string, PolicyTarget[]>();
  private readonly rarest = new Map<string, PolicyTarget[]>();

  public constructor(public readonly all: readonly PolicyTarget[]) {
    for (const target of all) for (const pair of pairsOf(target.selector?.() ?? {})) push(this.having, pair, target);
    for (const target of all) {
      const pair = this.rarestOf(pairsOf(target.selector?.() ?? {}));
      if (pair !== undefined) push(this.rarest, pair, target);
    }
  }

  /** Services that select some of the pods with these labels, as far as labels tell. */
  public at(labels: Labels): readonly PolicyTarget[] {
    const pairs = pairsOf(labels);
    const wider = pairs.flatMap((pair) => this.rarest.get(pair) ?? []).filter((target) => isWithin(target.selector?.() ?? {}, labels));
    const rarest = this.rarestOf(pairs);
    const narrower = (rarest === undefined ? [] : (this.having.get(rarest) ?? [])).filter((target) => isWithin(labels, target.selector?.() ?? {}));
    return [...new Set([...wider, ...narrower])];
  }

  private rarestOf(pairs: readonly string[]): string | undefined {
    const count = (pair: string): number => this.having.get(pair)?.length ?? 0;
    return pairs.reduce<string | undefined>((rarest, pair) => (rarest === undefined || count(pair) < count(rarest) ? pair : rarest), undefined);
  }
}

function portsOf(targets: readonly PolicyTarget[]): PodPort[] {
  return targets.flatMap((target) => target.ports());
}

function pairsOf(labels: Labels): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}

function isWithin(a: Labels, b: Labels): boolean {
  return Object.entries(a).every(([key, value]) => b[key] === value);
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

function onceOf<T>(read: () => T): () => T {
  let kept: { readonly value: T } | undefined;
  return () => (kept ??= { value: read() }).value;
}
