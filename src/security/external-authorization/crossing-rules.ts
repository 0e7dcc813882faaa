import type { Finding } from '../../errors/finding';
import type { MeshView } from '../../traffic/scope/mesh-view';
import type { Manifest } from '../../traffic/scope/program-manifests';
import { labelsIn, objectIn, textIn } from '../../traffic/scope/reading';
import { policiesOfGrants } from '../guards/policy-findings';

/** A policy that asks somebody. */
interface Asking extends Pick<Manifest, 'construct' | 'namespace'> {
  readonly provider: string;
  /** None for all pods. */
  readonly labels: Readonly<Record<string, string>>;
  readonly isMeshWide: boolean;
  readonly isOfGrants: boolean;
}

/**
 * Policies of the program that have some pods ask two authorizers, where rules alone do not tell it: one of them is written by hand,
 * or selects some of the other's pods. Istio asks neither, and refuses.
 */
export function crossingRules(view: MeshView): Finding[] {
  const asking = view.manifests.of('security.istio.io/AuthorizationPolicy').filter(({ spec }) => spec['action'] === 'CUSTOM').map((policy) => askingOf(policy, view.roots));
  if (new Set(asking.map(({ provider }) => provider)).size < 2) return [];
  return asking.flatMap((one) => {
    const other = asking.find((each) => each.provider !== one.provider && isNarrower(one, each) && !isToldByRules(one, each));
    if (other === undefined) return [];
    return [
      {
        construct: one.construct.node.path,
        property: 'spec.provider.name',
        code: 'several-authorizers',
        got: `${one.provider}, for pods that ${other.construct.node.path} has ask ${other.provider}`,
        expected: 'one external authorizer for the same pods',
        fix: 'let one ask the other, or select other pods',
      },
    ];
  });
}

function askingOf({ construct, namespace, spec }: Manifest, roots: readonly string[]): Asking {
  const selector = objectIn(spec, 'selector');
  const provider = textIn(objectIn(spec, 'provider'), 'name') ?? '';
  return { construct, namespace, provider, labels: labelsIn(selector, 'matchLabels'), isMeshWide: roots.includes(namespace), isOfGrants: policiesOfGrants(construct).has(construct) };
}

/** Whether all pods of the one are of the other; of two for the same pods, the one that comes first by its path. */
function isNarrower(one: Asking, other: Asking): boolean {
  if (!other.isMeshWide && (one.isMeshWide || one.namespace !== other.namespace)) return false;
  if (!Object.entries(other.labels).every(([key, value]) => one.labels[key] === value)) return false;
  const isSame = one.isMeshWide === other.isMeshWide && Object.keys(one.labels).length === Object.keys(other.labels).length;
  return !isSame || one.construct.node.path < other.construct.node.path;
}

/** Both are of rules, and for the same pods, or for a namespace or the mesh and pods in it: that is refused with the rules. */
function isToldByRules(one: Asking, other: Asking): boolean {
  if (!one.isOfGrants || !other.isOfGrants) return false;
  return Object.keys(other.labels).length === 0 || Object.keys(one.labels).length === Object.keys(other.labels).length;
}
