import type { IConstruct } from 'constructs';
import { meshError } from '../errors/mesh-error';
import { Cluster } from './cluster';

/**
 * Refuses a reference that leads to another cluster: names and identities of one cluster mean nothing in the other.
 *
 * @throws MeshError naming both constructs and clusters.
 */
export function requireSameCluster(from: IConstruct, to: IConstruct, property: string): void {
  const own = Cluster.pathOf(from);
  const other = Cluster.pathOf(to);
  if (own === other) return;
  throw meshError({
    code: 'other-cluster',
    construct: from.node.path,
    property,
    got: `${to.node.path}, which is in ${clusterName(other)}`,
    expected: `something in ${clusterName(own)}`,
    fix: 'make it in this cluster too, or refer to it by name with fromName()',
  });
}

function clusterName(path: string): string {
  return path === '' ? 'no Cluster' : `cluster ${path}`;
}
