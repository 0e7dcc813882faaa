import { Cluster } from '../../core/cluster';
import type { Finding } from '../../errors/finding';
import { namespaceOfPrincipal } from '../../traffic/scope/expected-callers';
import { accessProgram, placeOfGrant } from '../access/grants';
import type { NamedGrant } from '../access/policy-rules';
import { describeCaller } from '../callers/callers';
import type { Isolation } from './isolations';
import { toldGrants } from './told-grants';

/** Code of all that goes against an isolation. */
export const OUTSIDE = 'outside-isolation';

/** A grant that goes against an isolation: who is let in, and where. */
export interface GrantAgainst {
  readonly finding: Finding;
  /** Namespace of the caller, and of what it is let in to. */
  readonly from: string;
  readonly to: string;
  /** What the caller cannot see, as `namespace/host`; undefined where it is shut out. */
  readonly host: string | undefined;
}

/** Grants and routes for callers from outside, and for callers who cannot see what they are let in to. */
export function grantsAgainst(isolations: ReadonlyMap<string, Isolation>, cluster: string): GrantAgainst[] {
  const [first] = isolations.values();
  if (first === undefined) return [];
  const grants = accessProgram(first.construct).grants.filter(({ action, target }) => action === 'ALLOW' && target.of !== 'mesh' && Cluster.pathOf(target.scope) === cluster);
  // one for each caller, so that each is told by itself
  const single = grants.flatMap((grant) => (grant.callers ?? []).map((caller) => ({ ...grant, callers: [caller] })));
  return toldGrants(single).flatMap((grant) => {
    const callee = isolations.get(grant.target.namespace);
    return callee === undefined ? unseen(grant, isolations) : shut(grant, callee);
  });
}

/** Whoever is let in by name from outside is refused all the same: the isolation counts more than any grant. */
function shut(grant: NamedGrant, { construct, namespace, namespaces, gateways, readers }: Isolation): GrantAgainst[] {
  const [caller] = grant.callers ?? [];
  if (caller === undefined || (readers as readonly unknown[]).includes(caller)) return [];
  const allowed = [namespace, ...namespaces.map(({ name }) => name)];
  const known = gateways.flatMap(({ principals }) => principals);
  const strange = namespacesOf(grant, (principal) => !known.includes(principal)).filter((each) => !allowed.includes(each));
  return strange.map((from) => ({
    finding: {
      code: OUTSIDE,
      ...placeOfGrant(grant),
      got: `${grant.implied ? 'a route of ' : ''}${describeCaller(caller)}, in the namespace ${from}, though ${construct.node.path} isolates ${namespace}`,
      expected: 'a caller that the isolation names',
      fix: `name ${grant.implied ? 'the gateway' : `the namespace ${from}`} in usedBy of ${construct.node.path}`,
    },
    from,
    to: namespace,
    host: undefined,
  }));
}

/** Whoever is let in by name is expected to call, and cannot where its own isolation hides the service from it. */
function unseen(grant: NamedGrant, isolations: ReadonlyMap<string, Isolation>): GrantAgainst[] {
  const { target, implied, rule } = grant;
  if (implied || rule.dryRun === true || target.of !== 'service') return [];
  const { scope, namespace, name } = target;
  const host = `${namespace}/${name}.${namespace}.svc.${Cluster.factsOf(scope).clusterDomain}`;
  return namespacesOf(grant).flatMap((from) => {
    const own = isolations.get(from);
    if (own === undefined || own.uses.includes(namespace) || own.hosts.includes(host)) return [];
    const { path } = own.construct.node;
    return [{ finding: { code: OUTSIDE, ...placeOfGrant(grant), got: `a caller in the namespace ${from}, from which ${path} hides ${scope.node.path}`, expected: 'a caller that sees the service', fix: `name the namespace ${namespace}, or the service, in uses of ${path}` }, from, to: namespace, host }];
  });
}

/** Namespaces of those who are let in, be it as a whole or by their principals. */
function namespacesOf({ from }: NamedGrant, counts: (principal: string) => boolean = () => true): string[] {
  const sources = from.map(({ source }) => source);
  const principals = sources.flatMap((source) => source.principals ?? []).filter(counts);
  return [...new Set([...sources.flatMap((source) => source.namespaces ?? []), ...principals.flatMap((principal) => namespaceOfPrincipal(principal) ?? [])])];
}
