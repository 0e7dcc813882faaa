import type { VirtualServiceHttp, VirtualServiceHttpMatch } from '../../../imports/istio/virtual-service';
import type { Finding } from '../../errors/finding';
import { istioMatch } from './checked-match';
import type { CheckedRoute } from './checked-route';
import { plannedRules } from './planned-rules';
import type { PlannedRule } from './planned-rules';
import type { RuledHost } from './ruled-host';

/** Rules as Istio has them, and what is wrong with them. */
export interface HttpRules {
  readonly http: VirtualServiceHttp[];
  readonly findings: readonly Finding[];
}

/**
 * The rules of a host as routes of its VirtualService: see {@link plannedRules}.
 *
 * @param rules in the order of their constructs' paths, those of one construct in the order they were given
 */
export function httpRules(host: RuledHost, rules: readonly CheckedRoute[]): HttpRules {
  const planned = plannedRules(host, rules);
  return { http: planned.rules.map(istioRoute), findings: planned.findings };
}

/** One of them as a route of a VirtualService. */
export function istioRoute({ rule, name, matches, route, mirrors }: PlannedRule): VirtualServiceHttp {
  const match = matches.map((conditions) => istioMatch(conditions) as VirtualServiceHttpMatch);
  return {
    ...(rule === undefined ? {} : { name: name ?? rule.name, ...rule.actions }),
    ...(match.length === 0 ? {} : { match }),
    ...(route === undefined ? {} : { route: [...route] }),
    ...(mirrors.length === 0 ? {} : { mirrors: mirrors.map(({ destination, percentage }) => ({ destination, percentage: { value: percentage } })) }),
    ...(rule?.delegate === undefined ? {} : { delegate: { name: rule.delegate.name, namespace: rule.delegate.namespace } }),
  };
}
