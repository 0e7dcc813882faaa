import { Cluster } from '../../core/cluster';
import type { Finding } from '../../errors/finding';
import { keysAround, podsKey } from './grants';
import type { Denial } from './grants';
import { findingOf } from '../guards/grant-finding';
import { LabelIndex } from './label-index';
import type { NamedGrant } from './policy-rules';
import { policyTarget } from './policy-target';
import type { PolicyTarget } from './policy-target';

/**
 * What follows from routes, for pods that something closes by other labels than those of the route's service: a version of its
 * pods by their Deployment, say. A grant to the service alone would not be made, and the gateway be cut off.
 */
export function impliedElsewhere(grants: readonly NamedGrant[], denials: readonly Denial[]): NamedGrant[] {
  const closing = closingByPlace(grants, denials);
  return grants.filter(({ implied }) => implied).flatMap((grant) => {
    const index = closing.get(placeOf(grant.target));
    if (index === undefined) return [];
    const own = podsKey(grant.target);
    const labels = grant.target.selector?.() ?? {};
    const wider = index.wider(labels).filter((target) => podsKey(target) !== own);
    const narrower = index.narrower(labels).filter((target) => podsKey(target) !== own);
    // of pods that are all closed, it is enough to let it in to its own
    return [...wider.map(() => ({ ...grant, implied: false })), ...narrower.map((target) => ({ ...grant, target }))];
  });
}

/** Pods that some grant or denial closes by their labels, by cluster and namespace. */
function closingByPlace(grants: readonly NamedGrant[], denials: readonly Denial[]): ReadonlyMap<string, LabelIndex<PolicyTarget>> {
  const closing = [...grants.filter(({ action, implied, rule }) => action === 'ALLOW' && !implied && rule.dryRun !== true), ...denials].map(({ target }) => target);
  const places = new Map<string, Map<string, PolicyTarget>>();
  for (const target of closing) {
    if (target.selector === undefined) continue;
    const place = places.get(placeOf(target)) ?? new Map<string, PolicyTarget>();
    places.set(placeOf(target), place);
    const key = podsKey(target);
    if (!place.has(key)) place.set(key, target);
  }
  return new Map([...places].map(([place, targets]) => [place, new LabelIndex([...targets.values()], ({ selector }) => selector?.() ?? {})]));
}

function placeOf({ scope, namespace }: PolicyTarget): string {
  return `${Cluster.pathOf(scope)}\n${namespace}`;
}

/** Gateways with routes that are closed along with their namespace or the mesh: then nobody from outside comes in. */
export function closedGateways(grants: readonly NamedGrant[], closed: ReadonlySet<string>): Finding[] {
  const open = new Set(grants.filter(opensToOutside).map(({ target }) => podsKey(target)));
  const gateways = new Map<string, Finding>();
  for (const grant of grants) {
    const [gateway] = grant.implied ? (grant.callers ?? []) : [];
    if (gateway === undefined || !('selector' in gateway)) continue;
    const target = policyTarget(undefined, gateway, 'allowFrom');
    const around = keysAround(target);
    if (target.of !== 'gateway' || !around.some((key) => closed.has(key)) || [podsKey(target), ...around].some((key) => open.has(key))) continue;
    gateways.set(podsKey(target), findingOf({ ...grant, target }, '', {
      code: 'gateway-closed',
      severity: 'warning',
      got: `the gateway ${target.namespace}/${target.name}, which has routes, and is closed with its namespace or the mesh`,
      expected: 'a grant for those who come from outside: they have no identity in the mesh',
      fix: "say Access.to(gateway).allowFrom('anyone'), or from which addresses",
    }));
  }
  return [...gateways.values()];
}

function opensToOutside({ action, rule, from }: NamedGrant): boolean {
  return action === 'ALLOW' && rule.dryRun !== true && from.some(({ source }) => source.principals === undefined && source.namespaces === undefined);
}
