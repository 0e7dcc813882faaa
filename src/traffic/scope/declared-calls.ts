import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { rootState } from '../../core/root-state';
import type { CallTarget } from './call-target';

/** What one service said that it calls. */
export interface DeclaredCalls {
  /** The construct that said so; the first by path where several stand for one service. */
  readonly caller: CallTarget;
  /** By `namespace/host`. */
  readonly targets: Map<string, CallTarget>;
}

/** What the services of a cluster say that they call, by the caller's host. */
export function declaredCalls(construct: IConstruct, cluster = Cluster.pathOf(construct)): Map<string, DeclaredCalls> {
  const clusters = rootState(construct, 'declaredCalls', () => new Map<string, Map<string, DeclaredCalls>>());
  const known = clusters.get(cluster) ?? new Map<string, DeclaredCalls>();
  clusters.set(cluster, known);
  return known;
}
