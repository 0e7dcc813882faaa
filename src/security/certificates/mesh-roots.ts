import type { IConstruct } from 'constructs';
import type { IstiodSettings } from '../../control-plane/istiod/istiod-settings';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { Cluster } from '../../core/cluster';
import { compareConstructs } from '../../core/construct-path';
import { addCheck } from '../../core/planner';
import { rootState } from '../../core/root-state';
import type { Finding } from '../../errors/finding';
import { isSame } from './ca-certificate';
import type { CaCertificate } from './ca-certificate';
import { waysToRoot } from './ca-chain';
import type { Way } from './ca-chain';

interface OfMesh {
  readonly construct: IConstruct;
  readonly mesh: MeshReference;
}

/** An authority that cert-manager gets: what it will be is not known. */
export interface KeptAuthority extends OfMesh {
  readonly keptBy: 'cert-manager';
}

/** The authority of a mesh in one of its clusters. */
export interface MeshAuthority extends OfMesh {
  readonly roots: readonly CaCertificate[];
  readonly signing: CaCertificate;
  /** What its proxies show along with their certificates. */
  readonly chain: readonly CaCertificate[];
  /** How it comes to its own roots. */
  readonly ways: readonly Way[];
}

/** Has each synthesis look whether the clusters of one mesh, by its `meshId`, trust each other. */
export function compareAuthorities(authority: MeshAuthority | KeptAuthority): void {
  const all = rootState<(MeshAuthority | KeptAuthority)[]>(authority.construct, 'meshAuthorities', () => []);
  all.push(authority);
  addCheck(authority.construct, 'mesh-authorities', () => [...severalOf(all), ...[...byMesh(all).values()].flatMap((each) => [...strangers(each), ...sharedKeys(each)])]);
}

/** A namespace has one Secret for all revisions of its mesh. */
function severalOf(all: readonly (MeshAuthority | KeptAuthority)[]): Finding[] {
  const sorted = [...all].sort((one, other) => compareConstructs(one.construct, other.construct));
  return sorted.flatMap((each, index): Finding[] => {
    const other = sorted.slice(0, index).find(({ construct, mesh }) => Cluster.pathOf(construct) === Cluster.pathOf(each.construct) && mesh.namespace === each.mesh.namespace);
    if (other === undefined || isOne(other, each)) return [];
    return [
      {
        code: 'several-authorities',
        construct: each.construct.node.path,
        property: 'keptBy' in each ? 'certManager' : 'caCert',
        got: `another authority than ${other.construct.node.path} has, for the Secret cacerts of ${each.mesh.namespace}`,
        expected: 'one authority for all revisions of a mesh',
        fix: 'give both the same props',
      },
    ];
  });
}

/** Two that cert-manager keeps are one Certificate, which is compared where it is made. */
function isOne(one: MeshAuthority | KeptAuthority, other: MeshAuthority | KeptAuthority): boolean {
  if ('keptBy' in one || 'keptBy' in other) return 'keptBy' in one && 'keptBy' in other;
  return isSame(one.signing, other.signing);
}

/** Meshes without an id of their own may be different ones, such as staging and production. */
function byMesh(all: readonly (MeshAuthority | KeptAuthority)[]): ReadonlyMap<string, readonly MeshAuthority[]> {
  const meshes = new Map<string, MeshAuthority[]>();
  const given = all.filter((each): each is MeshAuthority => !('keptBy' in each));
  for (const each of given.sort((one, other) => compareConstructs(one.construct, other.construct))) {
    const { settings } = each.mesh as { readonly settings?: IstiodSettings };
    const id = settings?.props.meshId;
    if (typeof id === 'string') meshes.set(id, [...(meshes.get(id) ?? []), each]);
  }
  return meshes;
}

/** A root in common is not enough: what signs in one cluster has to be of a root that the other trusts. One finding a cluster. */
function strangers(all: readonly MeshAuthority[]): Finding[] {
  const findings = new Map<MeshAuthority, Finding>();
  const add = (at: MeshAuthority, finding: Finding): void => void (findings.has(at) || findings.set(at, finding));
  for (const [index, one] of all.entries()) {
    for (const other of all.slice(0, index).filter(({ construct }) => Cluster.pathOf(construct) !== Cluster.pathOf(one.construct))) {
      const [isTaken, takes] = [trusts(other, one), trusts(one, other)];
      if (!isTaken && !takes) add(one, noCommonRoot(one, other));
      else if (!isTaken) add(other, untrusted(other, one));
      else if (!takes) add(one, untrusted(one, other));
    }
  }
  return [...findings.values()];
}

/** Most clusters have the same root, which is quick to see; one that was renewed with the same key is trusted as well. */
function trusts({ roots }: MeshAuthority, { signing, chain, ways }: MeshAuthority): boolean {
  return ways.some((way) => way.slice(-1).some(({ certificate }) => has(roots, certificate))) || waysToRoot(signing, chain, roots).length > 0;
}

function noCommonRoot({ construct }: MeshAuthority, other: MeshAuthority): Finding {
  return {
    code: 'no-common-root',
    construct: construct.node.path,
    property: 'rootCert',
    got: `roots of which ${other.construct.node.path} has none, in one mesh`,
    expected: 'a root that all clusters of a mesh trust: without it they refuse each other',
    fix: 'give all of them the same rootCert; while it is renewed, both roots',
  };
}

function untrusted({ construct }: MeshAuthority, other: MeshAuthority): Finding {
  return {
    code: 'untrusted-cluster',
    construct: construct.node.path,
    property: 'rootCert',
    got: `roots that ${other.signing.subject} of ${other.construct.node.path} is not of, in one mesh`,
    expected: 'the root of what signs in each cluster of the mesh: its workloads are refused here',
    fix: 'put both roots into rootCert of all clusters and deploy that, before anything signs by the new one',
  };
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
