import type { VirtualServiceTcp, VirtualServiceTcpMatch, VirtualServiceTls, VirtualServiceTlsMatch } from '../../../imports/istio/virtual-service';
import { StringMatch } from '../../core/string-match';
import type { Finding } from '../../errors/finding';
import { masked, parsePrefix } from '../../validation/formats/address';
import { conditionsOf } from './checked-match';
import type { CheckedMatch } from './checked-match';
import { ruleName } from './checked-route';
import type { CheckedRoute } from './checked-route';
import { covers, mayOverlap } from './conditions';
import type { Conditions } from './conditions';
import { plannedRules } from './planned-rules';
import { portsFor } from './rule-ports';
import type { RuledService } from './ruled-host';

/** Rules for connections as Istio has them, and what is wrong with them. */
export interface ConnectionRules<T> {
  readonly routes: T[];
  readonly findings: readonly Finding[];
}

/**
 * The rules for connections on ports that carry neither HTTP nor TLS. All others go on to the service: by its shares where it has
 * some, else as if there were no rules.
 *
 * @param rules in the order of their constructs' paths
 */
export function tcpRules(service: RuledService, rules: readonly CheckedRoute[]): ConnectionRules<VirtualServiceTcp> {
  const { rules: planned, findings } = plannedRules(service, rules, 'tcp');
  const ports = portsFor(service.target, 'tcp', '').map((port) => ({ port }));
  const routes = planned.map(({ matches, route }) => ({ match: matches.length === 0 ? ports : matches.map(tcpMatch), route: [...(route ?? [])] }));
  return { routes, findings: [...findings, ...(findings.length === 0 ? subnetFindings(rules) : [])] };
}

/**
 * The rules for TLS connections, by the name that they ask for. Once one rule fits a caller, its proxy knows no other names of the
 * service than those of rules: so the service's own names, and all that some rule names, go on to the service.
 *
 * @param rules in the order of their constructs' paths
 */
export function tlsRules(service: RuledService, rules: readonly CheckedRoute[], ownNames: readonly string[]): ConnectionRules<VirtualServiceTls> {
  const { rules: planned, findings } = plannedRules(service, rules, 'tls');
  const named = planned.flatMap(({ matches }) => [...matches]);
  const ports = portsFor(service.target, 'tls', '');
  const rest = namesOf(rules, ownNames)
    .flatMap((name) => ports.map((port): Conditions => ({ wanted: conditions(name, port), unwanted: new Map() })))
    .filter((each) => !named.some((other) => covers(other, each)));
  const routes = planned.map(({ matches, route }) => ({ match: (matches.length === 0 ? rest : matches).map(tlsMatch), route: [...(route ?? [])] }));
  return { routes: routes.filter(({ match }) => match.length > 0), findings };
}

/** All names that TLS connections to the service may ask for. */
export function namesOf(rules: readonly CheckedRoute[], ownNames: readonly string[]): readonly string[] {
  const named = rules.flatMap(({ matches }) => matches.map(({ conditions: { wanted } }) => wanted.get('sni')?.text));
  return [...new Set([...ownNames, ...named.filter((name) => name !== undefined)])].sort();
}

function conditions(name: string, port: number): Map<string, StringMatch> {
  return new Map([['sni', StringMatch.exact(name)], ['port', StringMatch.exact(String(port))]]);
}

function tcpMatch({ wanted }: Conditions): VirtualServiceTcpMatch {
  const subnet = wanted.get('subnet')?.text;
  return { ...sourceOf(wanted), ...(subnet === undefined ? {} : { destinationSubnets: [subnet] }) };
}

function tlsMatch({ wanted }: Conditions): VirtualServiceTlsMatch {
  return { ...sourceOf(wanted), sniHosts: [wanted.get('sni')?.text ?? ''] };
}

function sourceOf(wanted: Conditions['wanted']): Pick<VirtualServiceTcpMatch, 'port' | 'sourceLabels' | 'sourceNamespace'> {
  const [port, namespace] = [wanted.get('port'), wanted.get('namespace')];
  const labels = [...wanted].filter(([key]) => key.startsWith('label ')).map(([key, { text }]) => [key.slice('label '.length), text] as const);
  return {
    ...(port === undefined ? {} : { port: Number(port.text) }),
    ...(namespace === undefined ? {} : { sourceNamespace: namespace.text }),
    ...(labels.length === 0 ? {} : { sourceLabels: Object.fromEntries(labels) }),
  };
}

/** Of two networks a proxy takes the narrower, whatever the order; and it takes no configuration that has one twice. */
function subnetFindings(rules: readonly CheckedRoute[]): Finding[] {
  const all = rules.flatMap((rule) => rule.matches.filter(({ conditions: { wanted } }) => wanted.has('subnet')).map((match) => ({ rule, match, conditions: conditionsOf(match) })));
  return all.flatMap((later, index) => {
    const earlier = all.slice(0, index).find((one) => intersect(one.conditions, later.conditions) && mayOverlap(withoutSubnet(one.conditions), withoutSubnet(later.conditions)));
    return earlier === undefined ? [] : [subnetFinding(earlier, later)];
  });
}

interface OfRule {
  readonly rule: CheckedRoute;
  readonly match: CheckedMatch;
  readonly conditions: Conditions;
}

function subnetFinding(earlier: OfRule, { rule, match, conditions: { wanted } }: OfRule): Finding {
  return {
    code: 'rule-overlap',
    construct: rule.owner.node.path,
    property: `${match.place.property}.destinationSubnets`,
    got: `${wanted.get('subnet')?.text ?? ''}, which meets ${earlier.conditions.wanted.get('subnet')?.text ?? ''} of ${ruleName(earlier.rule)}`,
    expected: 'networks that have no address in common, for the same callers',
    fix: 'cut one of the two down',
  };
}

function withoutSubnet({ wanted, unwanted }: Conditions): Conditions {
  return { wanted: new Map([...wanted].filter(([key]) => key !== 'subnet')), unwanted };
}

function intersect(a: Conditions, b: Conditions): boolean {
  const [one, other] = [a, b].map(({ wanted }) => parsePrefix(wanted.get('subnet')?.text ?? ''));
  if (one === undefined || other === undefined || one.address.bits !== other.address.bits) return false;
  const length = Math.min(one.length, other.length);
  return masked({ ...one, length }).address.value === masked({ ...other, length }).address.value;
}
