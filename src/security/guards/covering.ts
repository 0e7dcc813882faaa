import { isJsonObject } from '../../rules/json';
import { LabelIndex } from '../access/label-index';
import type { PolicyTarget } from '../access/policy-target';
import { selectedLabels } from '../mtls/program-policies';
import type { ProgramObject } from '../mtls/program-policies';

/** Policies of a cluster, found by the pods that they are for. */
export class PolicyIndex {
  private readonly places: ReadonlyMap<string, LabelIndex<ProgramObject>>;

  /** @param roots namespaces whose policies are for the whole mesh */
  public constructor(
    policies: readonly ProgramObject[],
    private readonly roots: readonly string[],
  ) {
    const byNamespace = new Map<string, ProgramObject[]>();
    for (const policy of policies) {
      const others = byNamespace.get(policy.namespace);
      if (others === undefined) byNamespace.set(policy.namespace, [policy]);
      else others.push(policy);
    }
    this.places = new Map([...byNamespace].map(([namespace, all]) => [namespace, new LabelIndex(all, selectedLabels)]));
  }

  /** Those that are for all pods of a target. */
  public covering(target: PolicyTarget): readonly ProgramObject[] {
    const namespaces = [...new Set([...(target.of === 'mesh' ? [] : [target.namespace]), ...this.roots])];
    const labels = target.selector?.() ?? {};
    return namespaces.flatMap((namespace) => this.places.get(namespace)?.wider(labels) ?? []).filter((policy) => isMeant(policy, target));
  }
}

/** A policy that names what it is for is for nothing else. */
function isMeant({ namespace, spec: { targetRef, targetRefs } }: ProgramObject, target: PolicyTarget): boolean {
  const references = [...(targetRef === undefined ? [] : [targetRef]), ...(Array.isArray(targetRefs) ? (targetRefs as readonly unknown[]) : [])];
  return references.length === 0 || (namespace === target.namespace && references.some((each) => isJsonObject(each) && each['name'] === target.name));
}
