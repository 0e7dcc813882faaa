import type { IConstruct } from 'constructs';
import { compareConstructs } from '../../core/construct-path';
import { addCheck } from '../../core/planner';
import { rootState } from '../../core/root-state';
import type { Finding } from '../../errors/finding';

/** What an istiod of a mesh signs for, and whose certificates its proxies accept. */
export interface AcceptedDomains {
  readonly construct: IConstruct;
  readonly meshId: string;
  readonly trustDomain: string;
  readonly aliases: readonly string[];
}

/** Has each synthesis look whether each cluster of a mesh, by its `meshId`, accepts the trust domains of the others. */
export function compareTrustDomains(own: AcceptedDomains): void {
  const all = rootState<AcceptedDomains[]>(own.construct, 'acceptedTrustDomains', () => []);
  all.push(own);
  addCheck(own.construct, 'mesh-trust-domains', () => refusals(all));
}

/** One finding a cluster: the first that it refuses. */
function refusals(all: readonly AcceptedDomains[]): Finding[] {
  const sorted = [...all].sort((one, other) => compareConstructs(one.construct, other.construct));
  return sorted.flatMap(({ construct, meshId, trustDomain, aliases }): Finding[] => {
    const refused = sorted.find((other) => other.meshId === meshId && other.trustDomain !== trustDomain && !aliases.some((alias) => accepts(alias, other.trustDomain)));
    if (refused === undefined) return [];
    return [
      {
        code: 'trust-domain-not-accepted',
        construct: construct.node.path,
        property: 'meshConfig.trustDomainAliases',
        got: `the trust domains ${[trustDomain, ...aliases].join(', ')}, beside ${refused.trustDomain} of ${refused.construct.node.path} in one mesh`,
        expected: 'the trust domains of all clusters of the mesh: calls from the others are refused',
        fix: `add '${refused.trustDomain}'; with a TrustDomainMigration, let all clusters be at accept-new before one is at issue-new`,
      },
    ];
  });
}

/** An alias may begin with a wildcard. */
function accepts(alias: string, domain: string): boolean {
  return alias === domain || (alias.startsWith('*') && domain.endsWith(alias.slice(1)));
}
