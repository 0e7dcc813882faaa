import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { addPlanner } from '../../core/planner';
import { rootState } from '../../core/root-state';
import { SynthSession } from '../../core/synth-session';
import { MeshError } from '../../errors/mesh-error';
import { hiddenFindings } from './hidden-hosts';
import { MeshView } from './mesh-view';
import { retryFindings } from './retry-product';
import { scopesOf } from './scope-program';
import { savingFindings } from './scope-savings';

/**
 * From now on, synthesis judges what the services of the construct's cluster call: whether they can see it, how tries multiply,
 * and what scopes save.
 */
export function judgeReachability(construct: IConstruct): void {
  const clusters = rootState(construct, 'reachability', (root) => {
    const judged = new Map<string, IConstruct>();
    // as a validation, for then everything is rendered; cdk8s asks for it once a chart
    root.node.addValidation({ validate: () => SynthSession.of(root).once(judge, () => judge(judged)) });
    return judged;
  });
  const cluster = Cluster.pathOf(construct);
  if (clusters.has(cluster)) return;
  clusters.set(cluster, construct);
  addPlanner(construct, { key: 'mesh-view', plan: () => MeshView.forget(construct) });
}

function judge(clusters: ReadonlyMap<string, IConstruct>): string[] {
  const findings = [...clusters].flatMap(([cluster, construct]) => {
    const view = MeshView.of(construct);
    const scopes = [...scopesOf(construct, cluster).values()];
    const isScoped = (host: string, namespace: string): boolean => scopes.some((scope) => scope.covers(host, namespace));
    return [...hiddenFindings(view, isScoped), ...retryFindings(view), ...savingFindings(scopes, view)];
  });
  if (findings.length > 0) throw new MeshError(findings);
  return [];
}
