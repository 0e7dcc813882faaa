import type { IConstruct } from 'constructs';
import type { IstiodSettings } from '../../control-plane/istiod/istiod-settings';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { Cluster } from '../../core/cluster';
import { compareConstructs } from '../../core/construct-path';
import { addPlanner } from '../../core/planner';
import { rootState } from '../../core/root-state';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { isSame } from './ca-certificate';
import type { CaCertificate } from './ca-certificate';

/** The authority of a mesh in one of its clusters. */
export interface MeshAuthority {
  readonly construct: IConstruct;
  readonly mesh: MeshReference;
  readonly roots: readonly CaCertificate[];
  readonly signing: CaCertificate;
}

/** Has each synthesis look whether the clusters of one mesh, by its `meshId`, trust each other. */
export function compareAuthorities(authority: MeshAuthority): void {
  const all = rootState<MeshAuthority[]>(authority.construct, 'meshAuthorities', () => []);
  all.push(authority);
  addPlanner(authority.construct, {
    key: 'mesh-authorities',
    plan: () => undefined,
    check: () => {
      const findings = [...severalOf(all), ...[...byMesh(all).values()].flatMap((each) => [...strangers(each), ...sharedKeys(each)])];
      if (findings.length > 0) throw new MeshError(findings);
    },
  });
}

/** A namespace has one Secret for all revisions of its mesh. */
function severalOf(all: readonly MeshAuthority[]): Finding[] {
  const sorted = [...all].sort((one, other) => compareConstructs(one.construct, other.construct));
  return sorted.flatMap((each, index): Finding[] => {
    const other = sorted.slice(0, index).find(({ construct, mesh }) => Cluster.pathOf(construct) === Cluster.pathOf(each.construct) && mesh.namespace === each.mesh.namespace);
    if (other === undefined || isSame(other.signing, each.signing)) return [];
    return [
      {
        code: 'several-authorities',
        construct: each.construct.node.path,
        property: 'caCert',
        got: `another certificate than ${other.construct.node.path} has, for the Secret cacerts of ${each.mesh.namespace}`,
        expected: 'one authority for all revisions of a mesh',
        fix: 'give both the same props',
      },
    ];
  });
}

/** Meshes without an id of their own may be different ones, such as staging and production. */
function byMesh(all: readonly MeshAuthority[]): ReadonlyMap<string, readonly MeshAuthority[]> {
  const meshes = new Map<string, MeshAuthority[]>();
  for (const each of [...all].sort((one, other) => compareConstructs(one.construct, other.construct))) {
    const { settings } = each.mesh as { readonly settings?: IstiodSettings };
    const id = settings?.props.meshId;
    if (typeof id === 'string') meshes.set(id, [...(meshes.get(id) ?? []), each]);
  }
  return meshes;
}

function strangers([first, ...others]: readonly MeshAuthority[]): Finding[] {
  if (first === undefined) return [];
  return others
    .filter(({ roots, construct }) => Cluster.pathOf(construct) !== Cluster.pathOf(first.construct) && !roots.some((root) => has(first.roots, root)))
    .map(({ construct }) => ({
      code: 'no-common-root',
      construct: construct.node.path,
      property: 'rootCert',
      got: `roots of which ${first.construct.node.path} has none, in one mesh`,
      expected: 'a root that all clusters of a mesh trust: without it they refuse each other',
      fix: 'give all of them the same rootCert; while it is renewed, both roots',
    }));
}

function sharedKeys(all: readonly MeshAuthority[]): Finding[] {
  return all.flatMap((each, index): Finding[] => {
    const other = all.slice(0, index).find(({ signing, construct }) => has([signing], each.signing) && Cluster.pathOf(construct) !== Cluster.pathOf(each.construct));
    // a root that signs by itself is a choice, if a bold one
    if (other === undefined || has(each.roots, each.signing)) return [];
    return [
      {
        code: 'shared-intermediate',
        severity: 'warning',
        construct: each.construct.node.path,
        property: 'caCert',
        got: `the intermediate of ${other.construct.node.path}`,
        expected: 'an intermediate for each cluster: who gets into one would have the key of all',
        fix: 'have the root sign one for each',
      },
    ];
  });
}

function has(certificates: readonly CaCertificate[], wanted: CaCertificate): boolean {
  return certificates.some((each) => isSame(each, wanted));
}
