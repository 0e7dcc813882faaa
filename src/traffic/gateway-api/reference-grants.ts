import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { ReferenceGrant } from '../../../imports/gateway-api/reference-grant';
import { Cluster } from '../../core/cluster';
import { compareConstructs } from '../../core/construct-path';
import { PlannedChildren } from '../../core/planned-children';
import type { Wanted } from '../../core/planned-children';
import { addPlanner } from '../../core/planner';
import { rootState } from '../../core/root-state';

/** A reference from one namespace to another, which the other has to allow. */
export interface GrantRequest {
  /** The construct that needs it. */
  readonly owner: Construct;
  /** What refers, such as an HTTPRoute of the namespace `shop`. */
  readonly from: { readonly kind: string; readonly namespace: string };
  readonly to: { readonly kind: 'Service' | 'Secret' | 'ConfigMap'; readonly namespace: string; readonly name: string };
}

interface Grants {
  readonly providers: Set<() => readonly GrantRequest[]>;
  readonly planned: PlannedChildren;
  groups: ReadonlyMap<string, readonly GrantRequest[]>;
}

const GROUP = 'gateway.networking.k8s.io';

/**
 * Makes the ReferenceGrants that a planner finds to be needed: one for all that a kind of a namespace refers to in another, by
 * name, in the namespace that is referred to.
 *
 * @param provide what is needed as of the last planning; asked once more before each synthesis
 * @see https://gateway-api.sigs.k8s.io/api-types/referencegrant/
 */
export function provideGrants(scope: Construct, provide: () => readonly GrantRequest[]): void {
  const grants = rootState<Grants>(scope, 'referenceGrants', () => ({ providers: new Set(), planned: new PlannedChildren(), groups: new Map() }));
  grants.providers.add(provide);
  addPlanner(scope, { key: 'reference-grants', plan: () => plan(grants) });
}

function plan(grants: Grants): void {
  const groups = new Map<string, GrantRequest[]>();
  for (const provide of grants.providers) {
    for (const request of provide()) {
      const { owner, from, to } = request;
      if (from.namespace === to.namespace) continue;
      const key = [Cluster.pathOf(owner), from.kind, from.namespace, to.namespace].join('\n');
      groups.set(key, [...(groups.get(key) ?? []), request]);
    }
  }
  for (const group of groups.values()) group.sort((a, b) => compareConstructs(a.owner, b.owner));
  grants.groups = groups;
  const wanted = new Map<string, Wanted>();
  for (const [key, [first]] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (first !== undefined) wanted.set(key, { owner: first.owner, make: () => make(first, () => grants.groups.get(key) ?? []) });
  }
  grants.planned.bring(wanted);
}

function make({ owner, from, to }: GrantRequest, group: () => readonly GrantRequest[]): ReferenceGrant {
  return new ReferenceGrant(owner, `grant-${from.kind.toLowerCase()}-${from.namespace}-${to.namespace}`, {
    metadata: { name: `${from.kind.toLowerCase()}-from-${from.namespace}`, namespace: to.namespace },
    spec: {
      from: [{ group: GROUP, kind: from.kind, namespace: from.namespace }],
      to: Lazy.any({ produce: () => targets(group()) }) as never,
    },
  });
}

/** By name, so that nothing else of the namespace is let out. */
function targets(group: readonly GrantRequest[]): object[] {
  const texts = new Set(group.map(({ to }) => JSON.stringify({ group: '', kind: to.kind, name: to.name })));
  return [...texts].sort().map((text) => JSON.parse(text) as object);
}
