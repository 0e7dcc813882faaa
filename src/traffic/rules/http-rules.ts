import type { IConstruct } from 'constructs';
import type { VirtualServiceHttp, VirtualServiceHttpMatch } from '../../../imports/istio/virtual-service';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { portOf } from '../kubernetes-service';
import type { ServicePort } from '../kubernetes-service';
import { conditionsOf, istioMatch } from './checked-match';
import type { CheckedRoute } from './checked-route';
import { mirrorTo, routeTo } from './destinations';
import type { SharingTarget } from './destinations';
import { placeOf, refuse, within } from './refuse';
import { orderOf } from './rule-order';
import type { Candidate } from './rule-order';

/** The service that rules are of. */
export interface RuledService {
  readonly target: SharingTarget & { readonly ports: readonly ServicePort[] };
  /** Who shares its traffic by a split or a canary. */
  readonly sharedBy?: IConstruct;
}

/** Rules as Istio has them, and what is wrong with them. */
export interface HttpRules {
  readonly http: VirtualServiceHttp[];
  readonly findings: readonly Finding[];
}

/**
 * The rules of a service in the order that proxies try them; last, what is done with all other requests.
 *
 * @param rules in the order of their constructs' paths
 */
export function httpRules(service: RuledService, rules: readonly CheckedRoute[]): HttpRules {
  const findings: Finding[] = [];
  const keep = <T>(make: () => T): T[] => {
    try {
      return [make()];
    } catch (error) {
      if (!MeshError.isMeshError(error)) throw error;
      findings.push(...error.findings);
      return [];
    }
  };
  for (const rule of rules) keep(() => requireHttp(service, rule));
  const candidates = rules.flatMap((rule) =>
    rule.matches.flatMap((match): Candidate[] => keep(() => ({ rule, property: match.place.property, conditions: conditionsOf(match) }))),
  );
  const ordered = orderOf(candidates);
  findings.push(...ordered.findings);
  const written = new Map(rules.flatMap((rule) => keep(() => [rule, actionsOf(service, rule)] as const)));
  const open = rules.filter(({ matches }) => matches.length === 0);
  keep(() => requireOneRest(service, open));
  const rest = open[0] === undefined ? undefined : written.get(open[0]);
  return {
    http: [...merged(ordered.candidates, written), rest ?? { route: [...service.target.shares()] }],
    findings,
  };
}

/** Matches of one rule that follow each other become one route. */
function merged(candidates: readonly Candidate[], written: ReadonlyMap<CheckedRoute, VirtualServiceHttp>): VirtualServiceHttp[] {
  const routes: VirtualServiceHttp[] = [];
  let before: CheckedRoute | undefined;
  for (const { rule, conditions } of candidates) {
    const match = istioMatch(conditions) as VirtualServiceHttpMatch;
    const last = routes[routes.length - 1];
    if (rule === before && last?.match !== undefined) last.match.push(match);
    else routes.push({ ...written.get(rule), match: [match] });
    before = rule;
  }
  return routes;
}

function actionsOf({ target }: RuledService, { name, actions, to, mirror }: CheckedRoute): VirtualServiceHttp {
  return {
    name,
    ...actions,
    ...(to === undefined ? {} : { route: routeTo(target, to) }),
    ...(mirror === undefined ? {} : { mirror: mirrorTo(target, mirror) }),
  };
}

/** Rules look at requests, which only ports have that carry HTTP. */
function requireHttp({ target }: RuledService, { owner, matches }: CheckedRoute): void {
  const place = placeOf(owner);
  const ports = target.ports.map((port) => portOf(port, { construct: owner.node.path, property: 'service' }));
  const http = ports.filter(({ transport, isHttp, protocol }) => transport === 'TCP' && (isHttp || protocol === 'auto')).map(({ number }) => number);
  if (http.length === 0) {
    const got = ports.length === 0 ? `${target.host}, which has no ports` : `${target.host}, whose ports are ${ports.join(', ')}`;
    throw refuse(within(place, 'service'), 'never-matches', got, 'a service with a port that carries HTTP', "say so where the port is: { port: 8080, appProtocol: 'http' }");
  }
  const wrong = matches.find(({ port }) => port !== undefined && !http.includes(port));
  if (wrong === undefined) return;
  throw refuse(within(wrong.place, 'port'), 'never-matches', `${wrong.port}, where ${target.host} has no HTTP`, `one of ${http.join(', ')}`, 'leave it out for any port');
}

/** Requests that nothing else is for can go one way only. */
function requireOneRest({ target, sharedBy }: RuledService, [first, second]: readonly CheckedRoute[]): void {
  if (first === undefined) return;
  const place = placeOf(first.owner);
  if (second !== undefined) {
    throw refuse(placeOf(second.owner), 'second-owner', `all other requests for ${target.host}, which ${first.owner.node.path} has, too`, 'one rule without a match', 'put both into one, or give one of them a match');
  }
  const takesAll = first.to === undefined || first.to.some(({ service, version }) => service !== undefined || version !== undefined);
  if (sharedBy === undefined || !takesAll) return;
  throw refuse(within(place, 'match'), 'second-owner', `none, so that all other requests for ${target.host} are this rule's, which ${sharedBy.node.path} shares among versions`, 'a rule with a match, or one without "to"', 'say which requests it is for');
}
