import type { IConstruct } from 'constructs';
import { PlannedChildren } from '../../core/planned-children';
import { addPlanner } from '../../core/planner';
import { rootState } from '../../core/root-state';
import { MeshError } from '../../errors/mesh-error';
import { accessOf } from '../access/grants';
import type { Grant } from '../access/grants';
import { authorizerFindings } from './authorizer-findings';
import { openExemptions } from './exempt-paths';
import type { ExternalAuthorizer } from './external-authorizer';
import { hiddenAuthorizers } from './hidden-authorizers';
import { neverAsked } from './never-asked';
import { ownHeaderFilters } from './own-header-filters';
import type { HeaderGroup } from './own-header-filters';

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
  const custom = (): readonly Grant[] => accessOf(root).grants.filter(({ action }) => action === 'CUSTOM');
  const planned = rootState<Planned>(construct, 'externalAuthorizers', () => ({ authorizers: [], children: new PlannedChildren(), groups: new Map() }));
  addPlanner(construct, {
    key: 'external-authorizers',
    plan: () => {
      const all = custom();
      const checked = all.filter(isChecked);
      const { groups, wanted } = ownHeaderFilters(checked, (key) => planned.groups.get(key));
      planned.groups = groups;
      planned.children.bring(wanted);
      const findings = [...authorizerFindings(planned.authorizers, checked), ...neverAsked(root, all), ...openExemptions(root, all)];
      if (findings.length > 0) throw new MeshError(findings);
    },
    check: () => {
      const findings = hiddenAuthorizers(root, custom().filter(isChecked));
      if (findings.length > 0) throw new MeshError(findings);
    },
  });
  return planned;
}

function isChecked(grant: Grant): grant is CheckedGrant {
  return grant.authorizer !== undefined;
}
