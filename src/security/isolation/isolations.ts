import type { Construct, IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { compareConstructs } from '../../core/construct-path';
import type { ObjectConstruct } from '../../core/references';
import { rootState } from '../../core/root-state';
import type { AccessCaller } from '../callers/access-caller';
import type { CallSite } from '../table/call-site';
import type { CallingGateway } from './isolation-callers';

/** A namespace that is isolated, as its one declaration says it. */
export interface Isolation {
  /** The construct that says so. */
  readonly construct: Construct;
  readonly namespace: string;
  /** The namespace itself, as others may name it. */
  readonly subject: ObjectConstruct;
  /** Namespaces of those that use it, and so have to see its services. */
  readonly seenFrom: readonly string[];
  /** Namespaces whose pods may all call it. */
  readonly namespaces: readonly ObjectConstruct[];
  /** Gateways that may call it, whatever else of their namespace may not. */
  readonly gateways: readonly CallingGateway[];
  /** Who reads metrics of its pods, and calls no service for it. */
  readonly readers: readonly AccessCaller[];
  /** Namespaces that it calls, which do not say so themselves. */
  readonly uses: readonly string[];
  /** Single hosts that it calls, as a Sidecar names them: `namespace/host`. */
  readonly hosts: readonly string[];
  /** Whether `namespaces` may call those services that do not say who calls them. */
  readonly grants: boolean;
  /** Where the program said it, where that is asked for. */
  readonly site: CallSite | undefined;
}

/** Isolations of one cluster, by namespace. */
export function isolationsOf(construct: IConstruct, cluster = Cluster.pathOf(construct)): Map<string, Isolation> {
  const clusters = isolationsByCluster(construct);
  const known = clusters.get(cluster) ?? new Map<string, Isolation>();
  clusters.set(cluster, known);
  return known;
}

export function isolationsByCluster(construct: IConstruct): Map<string, Map<string, Isolation>> {
  return rootState(construct, 'isolations', () => new Map<string, Map<string, Isolation>>());
}

/** In an order that is the same in every run. */
export function inOrder(isolations: ReadonlyMap<string, Isolation>): readonly Isolation[] {
  return [...isolations.values()].sort((a, b) => compareConstructs(a.construct, b.construct));
}

/** The isolation of a namespace of the construct's cluster. */
export function isolationOf(construct: IConstruct, namespace: string): Isolation | undefined {
  return isolationsOf(construct).get(namespace);
}

/** Namespaces that pods of a namespace see, besides their own: those that say so, and those that it says itself. */
export function seenBy(construct: IConstruct, namespace: string): readonly string[] {
  return seenIn(isolationsOf(construct))(namespace);
}

/** As `seenBy`, for all namespaces of a cluster at once. */
export function seenIn(isolations: ReadonlyMap<string, Isolation>): (namespace: string) => readonly string[] {
  const openTo = new Map<string, string[]>();
  for (const { namespace, seenFrom } of isolations.values()) {
    for (const user of seenFrom) {
      const known = openTo.get(user);
      if (known === undefined) openTo.set(user, [namespace]);
      else known.push(namespace);
    }
  }
  return (namespace) => [...new Set([...(isolations.get(namespace)?.uses ?? []), ...(openTo.get(namespace) ?? [])])].filter((each) => each !== namespace).sort();
}
