import type { IConstruct } from 'constructs';
import { Cluster } from '../core/cluster';
import { compareConstructs } from '../core/construct-path';
import { addPlanner } from '../core/planner';
import { rootState } from '../core/root-state';
import type { Finding } from '../errors/finding';
import { MeshError, meshError } from '../errors/mesh-error';
import type { EgressLockdown } from './egress-lockdown';
import type { EgressRoute } from './egress-route';
import type { ExternalService } from './external-service';
import { egressFindings, secondOwner } from './egress-findings';

/** All that a program says of the way out of one cluster. */
export class ClusterEgress {
  public readonly services: ExternalService[] = [];
  public readonly routes: EgressRoute[] = [];
  private readonly byHost = new Map<string, readonly ExternalService[]>();
  private readonly lockdowns = new Map<string, EgressLockdown>();

  /** @throws MeshError when another construct declares the host: Istio would follow one of the two. */
  public addService(service: ExternalService): void {
    const owner = this.rivalOf(service);
    if (owner !== undefined) throw meshError(secondOwner(service, owner));
    this.services.push(service);
    this.byHost.set(service.host, [...(this.byHost.get(service.host) ?? []), service]);
  }

  /** Another service of the same host that some namespace sees, too. */
  public rivalOf(service: ExternalService): ExternalService | undefined {
    return this.byHost.get(service.host)?.find((other) => {
      if (other === service) return false;
      const isSameReference = other.isNamed && service.isNamed && other.namespace === service.namespace;
      return !isSameReference && other.visibility.overlaps(service.visibility);
    });
  }

  /** @throws MeshError when something else locks the namespace: Istio would follow one Sidecar of the two. */
  public addLockdown(lockdown: EgressLockdown, property: string): void {
    const owner = this.lockdowns.get(lockdown.namespace);
    if (owner === undefined) {
      this.lockdowns.set(lockdown.namespace, lockdown);
      return;
    }
    throw meshError({
      code: 'second-owner',
      construct: lockdown.node.path,
      property,
      got: `the namespace ${lockdown.namespace}, which ${owner.node.path} locks`,
      expected: 'one EgressLockdown for each namespace',
      fix: 'make it once, and add to it with allow()',
    });
  }

  /** All of them, in an order that is the same in every run. */
  public get lockdownsInOrder(): readonly EgressLockdown[] {
    return [...this.lockdowns.values()].sort(compareConstructs);
  }

  /** What holds for pods of a namespace: its own lockdown, else that of the mesh. */
  public lockdownOf(namespace: string): EgressLockdown | undefined {
    return this.lockdowns.get(namespace) ?? [...this.lockdowns.values()].find(({ isMeshWide }) => isMeshWide);
  }

  /** True where some lockdown leaves the service open. */
  public isAllowedAnywhere(service: ExternalService): boolean {
    return [...this.lockdowns.values()].some((lockdown) => lockdown.allows(service));
  }
}

/** What a program says of the way out of the cluster that a construct is in; it is judged as a whole at synthesis. */
export function egressOf(construct: IConstruct): ClusterEgress {
  const clusters = rootState(construct, 'egress', () => new Map<string, ClusterEgress>());
  const path = Cluster.pathOf(construct);
  const known = clusters.get(path);
  if (known !== undefined) return known;
  const egress = new ClusterEgress();
  clusters.set(path, egress);
  addPlanner(construct, { key: 'egress', plan: () => judge([...clusters.values()]) });
  return egress;
}

function judge(clusters: readonly ClusterEgress[]): void {
  const findings: Finding[] = clusters.flatMap(egressFindings);
  if (findings.length > 0) throw new MeshError(findings);
}
