import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { compareConstructs } from '../../core/construct-path';
import { addCheck } from '../../core/planner';
import { rootState } from '../../core/root-state';
import type { Finding } from '../../errors/finding';

/** An istiod of this program, and which prop of its Mesh says who signs; undefined where none does. */
export interface RevisionSigner {
  readonly construct: IConstruct;
  readonly namespace: string;
  readonly signer: 'pluginCa' | 'istioCsr' | undefined;
}

/**
 * Has each synthesis look whether all revisions of a mesh are told who signs, if one is. An istiod that is not told takes the Secret
 * `cacerts` if it is there by chance when it starts, and else makes up a root, which it hands to all namespaces.
 */
export function compareRevisions(own: RevisionSigner): void {
  const all = rootState<RevisionSigner[]>(own.construct, 'revisionSigners', () => []);
  all.push(own);
  addCheck(own.construct, 'revision-signers', () => untold(all));
}

function untold(all: readonly RevisionSigner[]): Finding[] {
  const sorted = [...all].sort((one, other) => compareConstructs(one.construct, other.construct));
  const told = new Map(sorted.filter(({ signer }) => signer !== undefined).map((each) => [placeOf(each), each]));
  return sorted.flatMap((own): Finding[] => {
    const { construct, signer } = told.get(placeOf(own)) ?? own;
    if (own.signer !== undefined || signer === undefined) return [];
    return [
      {
        code: 'signer-of-one-revision',
        construct: own.construct.node.path,
        property: signer,
        got: `nothing, beside ${construct.node.path} of the same mesh, which has ${signer}`,
        expected: 'one who signs for all revisions of a mesh: this istiod would make up a root of its own',
        fix: signer === 'pluginCa' ? 'give both the same pluginCa' : 'give it istioCsr: first.istioCsr, whose revisions name both',
      },
    ];
  });
}

function placeOf({ construct, namespace }: RevisionSigner): string {
  return `${Cluster.pathOf(construct)} ${namespace}`;
}
