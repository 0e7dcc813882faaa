import type { IConstruct } from 'constructs';
import type { SidecarSpec } from '../../../imports/istio/sidecar';
import { PlannedChildren } from '../../core/planned-children';
import type { Wanted } from '../../core/planned-children';
import { addPlanner } from '../../core/planner';
import { rootState } from '../../core/root-state';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import type { MeshRoutes } from '../../traffic/scope/mesh-routes';
import { MeshView } from '../../traffic/scope/mesh-view';
import { controlPlaneNamespaces } from '../../traffic/scope/needed-hosts';
import { exportObjects } from './isolation-exports';
import { contradictions } from './isolation-findings';
import { grantUsers } from './isolation-grants';
import { KeptPatches } from './kept-patches';
import { planSidecar } from './isolation-sidecar';
import { inOrder, isolationsByCluster } from './isolations';

interface Planned {
  readonly children: PlannedChildren;
  readonly patches: KeptPatches;
  readonly specs: Map<string, SidecarSpec>;
}

/**
 * Has all that follows from isolations made at synthesis. Its key comes after those of the planners whose objects it looks at;
 * the grants that it adds are met by the planner of access in the next round.
 */
export function planIsolations(construct: IConstruct): void {
  const planned = rootState<Planned>(construct, 'isolationObjects', () => ({ children: new PlannedChildren(), patches: new KeptPatches(), specs: new Map() }));
  const root = construct.node.root;
  addPlanner(construct, { key: 'visibility', plan: () => plan(root, planned) });
}

function plan(root: IConstruct, { children, patches, specs }: Planned): void {
  const findings: Finding[] = [];
  const wanted = new Map<string, Wanted>();
  grantUsers(root, (cluster) => controlPlaneNamespaces(root, cluster));
  for (const [cluster, isolations] of isolationsByCluster(root)) {
    const [first] = inOrder(isolations);
    if (first === undefined) continue;
    MeshView.forget(root);
    const view = MeshView.of(first.construct, cluster);
    const against = contradictions(view, isolations, cluster);
    findings.push(...against.findings);
    const routes = routesByNamespace(view);
    for (const isolation of inOrder(isolations)) {
      findings.push(...exportObjects(view, isolation, { patches, more: against.callersOf(isolation.namespace) }));
      findings.push(...planSidecar(view, isolation, { patches, specs, wanted, routes, more: against.calledFrom(isolation.namespace) }));
    }
  }
  // what planners have added since is to be seen by those who look next
  MeshView.forget(root);
  children.bring(wanted);
  if (findings.length > 0) throw new MeshError(findings);
}

function routesByNamespace({ routes }: MeshView): Map<string, MeshRoutes[]> {
  const found = new Map<string, MeshRoutes[]>();
  for (const route of new Set([...routes.values()].flat())) {
    const known = found.get(route.namespace);
    if (known === undefined) found.set(route.namespace, [route]);
    else known.push(route);
  }
  return found;
}
