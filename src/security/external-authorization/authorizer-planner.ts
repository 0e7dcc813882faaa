import type { IConstruct } from 'constructs';
import { PlannedChildren } from '../../core/planned-children';
import { addPlanner } from '../../core/planner';
import { rootState } from '../../core/root-state';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { accessProgram } from '../access/grants';
import type { Grant } from '../access/grants';
import { MeshView } from '../../traffic/scope/mesh-view';
import { authorizerFindings } from './authorizer-findings';
import { openExemptions } from './exempt-paths';
import type { ExternalAuthorizer } from './external-authorizer';
import { crossingRules } from './crossing-rules';
import { earlyRoutes } from './early-routes';
import { hiddenBySidecar } from './hidden-authorizers';
import { controlPlanes } from './mesh-providers';
import type { ControlPlane } from './mesh-providers';
import { neverAsked } from './never-asked';
import { ownHeaderFilters } from './own-header-filters';
import type { HeaderGroup } from './own-header-filters';
import { otherRevision } from './other-revisions';
import { refusedChecks } from './refused-checks';
import { unreachedService } from './unreached-services';
import { waysRound } from './ways-round';

/** A rule whose authorizer the program has. */
export type CheckedGrant = Grant & { readonly authorizer: ExternalAuthorizer };

interface Planned {
  readonly authorizers: ExternalAuthorizer[];
  readonly children: PlannedChildren;
  groups: ReadonlyMap<string, HeaderGroup>;
}

/** Has all authorizers judged at synthesis, with what they are asked about, and clients kept from setting their headers. */
export function planAuthorizers(construct: IConstruct): Pick<Planned, 'authorizers'> {
  const { root } = construct.node;
  const custom = (): readonly Grant[] => accessProgram(root).grants.filter(({ action }) => action === 'CUSTOM');
  const planned = rootState<Planned>(construct, 'externalAuthorizers', () => ({ authorizers: [], children: new PlannedChildren(), groups: new Map() }));
  addPlanner(construct, {
    key: 'external-authorizers',
    plan: () => {
      const all = custom();
      const checked = all.filter(isChecked);
      const { groups, wanted } = ownHeaderFilters(checked, (key) => planned.groups.get(key));
      planned.groups = groups;
      planned.children.bring(wanted);
      const findings = [...authorizerFindings(planned.authorizers, checked, all), ...openExemptions(root, all), ...waysRound(all, checked), ...refusedChecks(checked, accessProgram(root).grants)];
      if (findings.length > 0) throw new MeshError(findings);
    },
    check: () => {
      const findings = seenFindings(root, custom());
      if (findings.length > 0) throw new MeshError(findings);
    },
  });
  return planned;
}

/** What the objects of the whole program tell, when all of them are there. */
function seenFindings(root: IConstruct, grants: readonly Grant[]): Finding[] {
  if (grants.length === 0) return [];
  // what was seen while planners were at work may be no more
  MeshView.forget(root);
  try {
    const planesOf = new Map<MeshView, readonly ControlPlane[]>();
    const ofGrants = grants.flatMap((grant) => {
      const { scope } = grant.target;
      const view = MeshView.of(scope);
      const planes = planesOf.get(view) ?? controlPlanes(scope);
      planesOf.set(view, planes);
      const ofChecked = isChecked(grant) ? [...hiddenBySidecar(grant, view), ...unreachedService(grant, view, planes), ...earlyRoutes(grant, view)] : [];
      return [...neverAsked(grant, view), ...otherRevision(grant, view, planes), ...ofChecked];
    });
    return [...ofGrants, ...[...planesOf.keys()].flatMap(crossingRules)];
  } finally {
    MeshView.forget(root);
  }
}

function isChecked(grant: Grant): grant is CheckedGrant {
  return grant.authorizer !== undefined;
}
