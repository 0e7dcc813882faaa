import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { rootState } from '../../core/root-state';
import { LabelIndex } from './label-index';
import { gatewaysOf, policyTarget } from './policy-target';
import type { PodPort, PolicyTarget, ServiceSubject } from './policy-target';

/** Services of a namespace. */
interface Services {
  readonly all: readonly PolicyTarget[];
  readonly index: LabelIndex<PolicyTarget>;
}

/**
 * What targets are at one planning. Labels and ports are read off manifests, which costs, and are asked for again and again; they
 * may be others at the next planning.
 */
export class PlanView {
  private readonly targets = new Map<IConstruct, PolicyTarget>();
  private places: ReadonlyMap<string, Services> | undefined;
  private gateways: readonly PolicyTarget[] | undefined;

  /** The target, with labels and ports that are read once. */
  public of(target: PolicyTarget): PolicyTarget {
    const known = this.targets.get(target.scope);
    if (known !== undefined) return known;
    const { selector, ports } = target;
    const once = { ...target, selector: selector === undefined ? undefined : onceOf(selector), ports: onceOf(ports) };
    this.targets.set(target.scope, once);
    return once;
  }

  /** Ports of pods of the target, as the services of the program in front of them say, and as gateways among them listen. */
  public portsAt({ scope, of, namespace, selector }: PolicyTarget): readonly PodPort[] {
    if (of === 'gateway') return [];
    const cluster = Cluster.pathOf(scope);
    const places = (this.places ??= this.servicesByPlace(scope));
    if (of === 'mesh') return [...[...places].flatMap(([place, { all }]) => (place.startsWith(`${cluster}\n`) ? portsOf(all) : [])), ...this.listeners(scope, cluster)];
    const near = places.get(`${cluster}\n${namespace}`);
    if (selector === undefined) return [...portsOf(near?.all ?? []), ...this.listeners(scope, cluster, namespace)];
    if (near === undefined) return [];
    const labels = selector();
    // as far as labels tell, these select some of the pods
    return portsOf([...new Set([...near.index.wider(labels), ...near.index.narrower(labels)])]);
  }

  /** What gateways of a cluster, or of one namespace in it, listen on. */
  private listeners(scope: IConstruct, cluster: string, namespace?: string): PodPort[] {
    const gateways = (this.gateways ??= gatewaysOf(scope.node.root).map((target) => this.of(target)));
    return portsOf(gateways.filter((gateway) => Cluster.pathOf(gateway.scope) === cluster && (namespace === undefined || gateway.namespace === namespace)));
  }

  private servicesByPlace(scope: IConstruct): ReadonlyMap<string, Services> {
    const services = rootState(scope, 'meshServices', () => new Map<string, ServiceSubject>());
    const byPlace = new Map<string, PolicyTarget[]>();
    for (const service of services.values()) {
      const place = `${Cluster.pathOf(service)}\n${service.namespace}`;
      const target = this.of(policyTarget(undefined, service, 'ports'));
      const others = byPlace.get(place);
      if (others === undefined) byPlace.set(place, [target]);
      else others.push(target);
    }
    return new Map([...byPlace].map(([place, all]) => [place, { all, index: new LabelIndex(all, ({ selector }) => selector?.() ?? {}) }]));
  }
}

function portsOf(targets: readonly PolicyTarget[]): PodPort[] {
  return targets.flatMap((target) => target.ports());
}

function onceOf<T>(read: () => T): () => T {
  let kept: { readonly value: T } | undefined;
  return () => (kept ??= { value: read() }).value;
}
