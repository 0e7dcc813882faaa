import { Cluster } from '../../core/cluster';
import type { Finding } from '../../errors/finding';
import { keysAround, podsKey } from './grants';
import type { Denial } from './grants';
import { findingOf } from '../guards/grant-finding';
import type { NamedGrant } from './policy-rules';
import { policyTarget } from './policy-target';
import type { PolicyTarget } from './policy-target';

/**
 * What follows from routes, for pods that something closes by other labels than those of the route's service: a version of its
 * pods by their Deployment, say. A grant to the service alone would not be made, and the gateway be cut off.
 */
export function impliedElsewhere(grants: readonly NamedGrant[], denials: readonly Denial[]): NamedGrant[] {
  const closing = closingByLabel(grants, denials);
  return grants.filter(({ implied }) => implied).flatMap((grant) => {
    const labels = labelsOf(grant.target);
    const own = podsKey(grant.target);
    const near = new Set(labels.flatMap((pair) => closing.get(placeOf(grant.target, pair)) ?? []));
    return [...near].filter((target) => podsKey(target) !== own).flatMap((target) => {
      const others = labelsOf(target);
      // of pods that are all closed, it is enough to let it in to its own
      const isWider = others.every((pair) => labels.includes(pair));
      const isNarrower = labels.every((pair) => others.includes(pair));
      return isWider ? [{ ...grant, implied: false }] : isNarrower ? [{ ...grant, target }] : [];
    });
  });
}

function closingByLabel(grants: readonly NamedGrant[], denials: readonly Denial[]): ReadonlyMap<string, PolicyTarget[]> {
  const closing = [...grants.filter(({ action, implied, rule }) => action === 'ALLOW' && !implied && rule.dryRun !== true), ...denials].map(({ target }) => target);
  const byLabel = new Map<string, PolicyTarget[]>();
  const known = new Set<string>();
  for (const target of closing) {
    const key = podsKey(target);
    if (target.selector === undefined || known.has(key)) continue;
    known.add(key);
    for (const pair of labelsOf(target)) {
      const place = placeOf(target, pair);
      const others = byLabel.get(place);
      if (others === undefined) byLabel.set(place, [target]);
      else others.push(target);
    }
  }
  return byLabel;
}

function labelsOf({ selector }: PolicyTarget): string[] {
  return Object.entries(selector?.() ?? {}).map(([key, value]) => `${key}=${value}`);
}

function placeOf({ scope, namespace }: PolicyTarget, pair: string): string {
  return `${Cluster.pathOf(scope)}\n${namespace}\n${pair}`;
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
