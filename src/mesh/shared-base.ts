import type { Construct } from 'constructs';
import { Base } from '../control-plane/base/base';
import type { BaseProps } from '../control-plane/base/base-props';
import { hasTag } from '../control-plane/istiod/control-planes';
import { releaseOf } from '../control-plane/release';
import { Cluster } from '../core/cluster';
import { compareConstructs } from '../core/construct-path';
import { PlannedChildren } from '../core/planned-children';
import type { Wanted } from '../core/planned-children';
import { addPlanner } from '../core/planner';
import { rootState } from '../core/root-state';
import { compareVersions } from '../validation/versions';

/** What a mesh asks of the base that all control planes of its cluster stand on. */
export interface BaseRequest {
  readonly mesh: Construct;
  readonly props: BaseProps;
  /** Undefined for the default revision. */
  readonly revision: string | undefined;
}

interface SharedBases {
  readonly requests: BaseRequest[];
  readonly planned: PlannedChildren;
}

/**
 * Asks for the base of a mesh's cluster. The CRDs of the newest release serve all older ones: of several meshes, the one of the
 * newest release makes the base, so that an upgrade needs no change but the new mesh. The istiod of the oldest one checks Istio
 * objects until its mesh is taken out.
 *
 * @see https://istio.io/latest/docs/setup/upgrade/helm/#canary-upgrade-recommended
 */
export function requestBase(request: BaseRequest): void {
  const shared = rootState<SharedBases>(request.mesh, 'meshBases', () => ({ requests: [], planned: new PlannedChildren() }));
  shared.requests.push(request);
  addPlanner(request.mesh, { key: 'mesh-bases', plan: () => plan(shared) });
}

function plan({ requests, planned }: SharedBases): void {
  const byCluster = new Map<string, BaseRequest[]>();
  for (const request of requests) {
    const cluster = Cluster.pathOf(request.mesh);
    byCluster.set(cluster, [...(byCluster.get(cluster) ?? []), request]);
  }
  const wanted = new Map<string, Wanted>();
  for (const [cluster, group] of byCluster) {
    const sorted = [...group].sort(byRelease);
    const [owner] = sorted;
    if (owner === undefined) continue;
    // the newest istiod may not be up yet, and would be asked about every Istio object all the same
    const asked = sorted.some(({ revision }) => revision === undefined) ? 'default' : sorted.at(-1)?.revision;
    // the tag `default` brings the webhook of the default revision itself
    const defaultRevision = owner.props.defaultRevision ?? (hasTag(owner.mesh, 'default') ? false : asked);
    const props = { ...owner.props, ...(defaultRevision !== undefined && { defaultRevision }) };
    wanted.set(cluster, { owner: owner.mesh, make: () => new Base(owner.mesh, 'base', props) });
  }
  planned.bring(wanted);
}

/** Newest first; of one release, the first by path. */
function byRelease(a: BaseRequest, b: BaseRequest): number {
  const [one, other] = [a, b].map(({ mesh, props }) => releaseOf(mesh, props.istio).version);
  return compareVersions(other ?? '', one ?? '') || compareConstructs(a.mesh, b.mesh);
}
