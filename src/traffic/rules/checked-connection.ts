import { Host } from '../../core/host';
import { describeValue } from '../../core/refusal';
import { StringMatch } from '../../core/string-match';
import { addressText, masked, parsePrefix } from '../../validation/formats/address';
import { checkedDestinations } from './checked-destination';
import { checkMatch } from './checked-match';
import type { CheckedMatch } from './checked-match';
import type { CheckedRoute, RouteContext } from './checked-route';
import type { TcpMatch, TcpRouteProps, TlsMatch, TlsRouteProps } from './connection-props';
import { refuse, requireKeys, someList, within, wholeNumber } from './refuse';
import type { Place } from './refuse';

const SOURCE = ['source', 'sourceNamespace', 'port'] as const;
const HIGHEST = 1_000_000;

/** A rule for connections. @throws MeshError when a value cannot be. */
export function checkTcpRoute(context: RouteContext, props: TcpRouteProps): CheckedRoute {
  return checkConnections(context, props, (match: TcpMatch, place) => {
    requireKeys(place, match, [...SOURCE, 'destinationSubnets']);
    const { destinationSubnets, ...rest } = match;
    if (destinationSubnets === undefined) return [checked(context, rest, place)];
    const at = within(place, 'destinationSubnets');
    return someList(at, destinationSubnets).map((subnet, index) => {
      return narrowed(checked(context, rest, place), 'subnet', requireSubnet(subnet, item(at, index)));
    });
  });
}

/**
 * A rule for TLS connections.
 *
 * @param ownNames names that stand for the service itself
 * @throws MeshError when a value cannot be.
 */
export function checkTlsRoute(context: RouteContext, props: TlsRouteProps, ownNames: readonly string[]): CheckedRoute {
  const names = (match: TlsMatch, place: Place): CheckedMatch[] => {
    requireKeys(place, match, [...SOURCE, 'sniHosts']);
    const { sniHosts, ...rest } = match;
    const at = within(place, 'sniHosts');
    const hosts = sniHosts === undefined ? ownNames : someList(at, sniHosts).map((host, index) => sniHost(host, ownNames, item(at, index)));
    return [...new Set(hosts)].map((host) => narrowed(checked(context, rest, place), 'sni', host));
  };
  return checkConnections(context, props, names);
}

function checkConnections<M extends TcpMatch | TlsMatch>(
  { owner, place, name, of, services }: RouteContext,
  props: { readonly match?: M | readonly M[]; readonly to: TcpRouteProps['to']; readonly priority?: number },
  matchesOf: (match: M, place: Place) => CheckedMatch[],
): CheckedRoute {
  requireKeys(place, props, ['match', 'to', 'priority']);
  const { match, to, priority } = props;
  if (to === undefined) throw refuse(within(place, 'to'), 'no-destination', 'none', 'where connections go', "say it: { version: 'v2' }, or a service");
  const at = within(place, 'match');
  const list = Array.isArray(match) ? someList(at, match as readonly M[]).map((one, index) => [one, item(at, index)] as const) : [[match as M, at] as const];
  const matches = match === undefined ? [] : list.flatMap(([one, there]) => matchesOf(one, there));
  const open = matches.find(({ conditions, caller }) => conditions.wanted.size === 0 && caller === undefined);
  if (open !== undefined && matches.length > 1) {
    throw refuse(open.place, 'never-matches', 'a match that any connection fits, beside others', 'matches that say something', 'leave the match out altogether, for any connection');
  }
  return {
    owner,
    place,
    name,
    priority: priority === undefined ? 0 : wholeNumber(within(place, 'priority'), priority, -HIGHEST, HIGHEST),
    matches: open === undefined ? matches : [],
    actions: {},
    to: checkedDestinations(to, place, { services, hasOwn: of === 'service' }),
    mirrors: [],
    delegate: undefined,
  };
}

function checked({ owner, services }: RouteContext, match: TcpMatch, place: Place): CheckedMatch {
  return checkMatch(owner, match, place, services.factsOf, SOURCE);
}

/** One match for each name or network: proxies compare these one by one, and refuse what two lists have both. */
function narrowed(match: CheckedMatch, key: 'sni' | 'subnet', text: string): CheckedMatch {
  const wanted = new Map(match.conditions.wanted).set(key, StringMatch.exact(text));
  return { ...match, conditions: { ...match.conditions, wanted } };
}

/** The network in its one canonical form. */
function requireSubnet(given: unknown, place: Place): string {
  const text = typeof given === 'string' && !given.includes('/') ? `${given}/${given.includes(':') ? 128 : 32}` : given;
  const prefix = typeof text === 'string' ? parsePrefix(text) : undefined;
  if (prefix === undefined) throw refuse(place, 'bad-subnet', describeValue(given), 'a network, such as "10.1.0.0/16"', 'write it with the length of its prefix');
  const { address, length } = masked(prefix);
  return `${addressText(address)}/${length}`;
}

/** A wildcard, or the name of another service, would take its connections; a short name is none that Istio takes here. */
function sniHost(given: unknown, ownNames: readonly string[], place: Place): string {
  const host = Host.parse(given as string, place);
  const [, inCluster = '', full = ''] = ownNames;
  const isOfOther = host.value.endsWith(`.svc${full.slice(inCluster.length)}`) && !ownNames.includes(host.value);
  if (!host.isWildcard && !host.isShort && !isOfOther) return host.value;
  throw refuse(place, 'bad-host', describeValue(given), `the service's own name, such as ${full}, or one with dots that is no other service's`, 'list each name');
}

function item(place: Place, index: number): Place {
  return { construct: place.construct, property: `${place.property}[${index}]` };
}
