import type { IConstruct } from 'constructs';
import type { VirtualServiceHttp } from '../../../imports/istio/virtual-service';
import { describeValue } from '../../core/refusal';
import type { MeshService } from '../mesh-service';
import { checkMatch } from './checked-match';
import type { CheckedMatch, FactsOf } from './checked-match';
import { checkedFault, patience } from './failure-actions';
import { checkedCors, checkedHeaders, checkedRedirect, checkedResponse, checkedRewrite } from './message-actions';
import { percentage, placeOf, refuse, requireKeys, someList, within, wholeNumber } from './refuse';
import type { Place } from './refuse';
import type { ForwardRouteProps, RouteDestination, RouteMirror, RouteProps, RouteShare } from './route-props';

/** A destination whose service is known, if not yet its versions and ports. */
export interface CheckedDestination {
  readonly place: Place;
  /** Undefined for the service that the rule is of. */
  readonly service: MeshService | undefined;
  readonly version: string | undefined;
  readonly port: number | undefined;
  /** Undefined where the others say it. */
  readonly weight: RouteShare['weight'];
}

/** A rule whose values are right, as far as they do not hang on the rest of the program. */
export interface CheckedRoute {
  readonly owner: IConstruct;
  readonly name: string;
  readonly priority: number;
  /** Empty for all requests that no other rule is for. */
  readonly matches: readonly CheckedMatch[];
  /** What is done, but for destinations. */
  readonly actions: Omit<VirtualServiceHttp, 'match' | 'route' | 'mirror'>;
  /** Undefined where the proxy answers itself. */
  readonly to: readonly CheckedDestination[] | undefined;
  readonly mirror: CheckedDestination | undefined;
}

/** What a rule asks of services that it is given. */
export interface Services {
  readonly of: (given: unknown, property: string) => MeshService;
  readonly factsOf: FactsOf;
}

const FORWARD = ['to', 'rewrite', 'mirror', 'timeout', 'retries', 'fault'] as const;
const KEYS = ['match', 'priority', 'headers', 'corsPolicy', 'redirect', 'directResponse', ...FORWARD];
const HIGHEST = 1_000_000;

/** The values of a rule. @throws MeshError when one of them cannot be, or some contradict each other. */
export function checkRoute(owner: IConstruct, props: RouteProps, services: Services): CheckedRoute {
  const place = placeOf(owner);
  requireKeys(place, props, KEYS);
  requireOneAction(props, place);
  const matches = checkedMatches(owner, props, place, services.factsOf);
  const isForward = props.redirect === undefined && props.directResponse === undefined;
  const route = {
    owner,
    name: owner.node.id,
    priority: props.priority === undefined ? 0 : wholeNumber(within(place, 'priority'), props.priority, -HIGHEST, HIGHEST),
    matches,
    actions: actionsOf(props, matches, place),
    to: isForward ? checkedDestinations(props.to, place, services) : undefined,
    mirror: props.mirror === undefined ? undefined : checkedMirror(props.mirror, within(place, 'mirror'), services),
  };
  if (props.match === undefined && Object.keys(route.actions).length === 0 && props.to === undefined && props.mirror === undefined) {
    throw refuse(place, 'empty-rule', 'neither a match nor an action', 'something to do with requests', 'say where they go, or how long callers wait');
  }
  return route;
}

function requireOneAction(props: RouteProps, place: Place): void {
  const answered = (['redirect', 'directResponse'] as const).filter((key) => props[key] !== undefined);
  const forwarded = FORWARD.filter((key) => props[key] !== undefined);
  const first = answered[0];
  if (first === undefined || (answered.length === 1 && forwarded.length === 0)) return;
  const other = answered[1] ?? forwarded[0] ?? '';
  throw refuse(within(place, other), 'two-actions', `${other} beside ${first}`, 'one of the two: who is answered by the proxy is not handed on', `take ${other} out, or ${first}`);
}

function checkedMatches(owner: IConstruct, { match }: RouteProps, place: Place, factsOf: FactsOf): CheckedMatch[] {
  if (match === undefined) return [];
  const at = within(place, 'match');
  const list = Array.isArray(match) ? someList(at, match) : [match];
  const matches = list.map((one, index) => checkMatch(owner, one, list === match ? { ...at, property: `${at.property}[${index}]` } : at, factsOf));
  const open = matches.find(({ conditions, caller }) => conditions.wanted.size + conditions.unwanted.size === 0 && caller === undefined);
  if (open === undefined) return matches;
  if (matches.length === 1) return [];
  throw refuse(open.place, 'never-matches', 'a match that any request fits, beside others', 'matches that say something', 'leave the match out altogether, for any request');
}

function actionsOf(props: RouteProps, matches: readonly CheckedMatch[], place: Place): CheckedRoute['actions'] {
  const { headers, corsPolicy, redirect, directResponse } = props;
  if (corsPolicy !== undefined) requirePreflights(matches, place);
  return {
    ...(headers === undefined ? {} : { headers: checkedHeaders(headers, within(place, 'headers')) }),
    ...(corsPolicy === undefined ? {} : { corsPolicy: checkedCors(corsPolicy, within(place, 'corsPolicy')) }),
    ...(redirect === undefined ? {} : { redirect: redirectElsewhere(redirect, matches, within(place, 'redirect')) }),
    ...(directResponse === undefined ? {} : { directResponse: checkedResponse(directResponse, within(place, 'directResponse')) as never }),
    ...forwardActions(props as ForwardRouteProps, matches, place),
  };
}

function forwardActions(props: ForwardRouteProps, matches: readonly CheckedMatch[], place: Place): CheckedRoute['actions'] {
  const { rewrite, fault, mirror } = props;
  const isCohort = matches.length > 0 && matches.every((match) => match.isCohort);
  return {
    ...(rewrite === undefined ? {} : { rewrite: checkedRewrite(rewrite, within(place, 'rewrite')) }),
    ...(fault === undefined ? {} : { fault: checkedFault(fault, isCohort, within(place, 'fault')) }),
    ...(mirror === undefined ? {} : { mirrorPercentage: { value: mirroredShare(mirror, within(place, 'mirror')) } }),
    ...patience(props, place),
  };
}

/** Before they send the real request, browsers ask with OPTIONS: a rule that does not match that never answers them. */
function requirePreflights(matches: readonly CheckedMatch[], place: Place): void {
  const { conditions } = matches.find((match) => match.conditions.wanted.get('method')?.matches('OPTIONS') === false) ?? {};
  if (conditions === undefined) return;
  const got = `a match by method, ${conditions.wanted.get('method')?.toString() ?? ''}`;
  throw refuse(within(place, 'corsPolicy'), 'bad-cors', got, 'a match that the OPTIONS requests of browsers fit, too', 'match the path only');
}

/** Who follows a redirect comes back with the same headers: the rule must not fit again. */
function redirectElsewhere(given: NonNullable<RouteProps['redirect']>, matches: readonly CheckedMatch[], place: Place): NonNullable<VirtualServiceHttp['redirect']> {
  const redirect = checkedRedirect(given, place);
  const { uri, authority, scheme, port } = redirect;
  const comesBack = uri !== undefined && authority === undefined && scheme === undefined && port === undefined;
  const loops = comesBack && (matches.length === 0 || matches.some(({ conditions }) => conditions.wanted.get('uri')?.matches(uri) !== false));
  if (!loops) return redirect;
  throw refuse(within(place, 'uri'), 'redirect-loop', describeValue(uri), 'a path that the rule itself does not match', 'match fewer paths, or redirect to another host');
}

function checkedDestinations(to: ForwardRouteProps['to'], place: Place, services: Services): CheckedDestination[] {
  const at = within(place, 'to');
  if (to === undefined) return [{ place: at, service: undefined, version: undefined, port: undefined, weight: 100 }];
  if (!Array.isArray(to)) return [checkedDestination({ ...(to as RouteDestination), weight: 100 }, at, services, to)];
  return someList(at, to as readonly RouteShare[]).map((share, index) => {
    const there = { ...at, property: `${at.property}[${index}]` };
    requireKeys(there, share, ['service', 'version', 'port', 'weight']);
    return checkedDestination(share, there, services);
  });
}

function checkedDestination(share: RouteShare, place: Place, services: Services, given: unknown = undefined): CheckedDestination {
  if (given !== undefined) requireKeys(place, given, ['service', 'version', 'port']);
  const { service, version, port, weight } = share;
  if (version !== undefined && typeof version !== 'string') {
    throw refuse(within(place, 'version'), 'unknown-subset', describeValue(version), 'a version of the service', 'give one of the versions that the service was made with');
  }
  return {
    place,
    service: service === undefined ? undefined : services.of(service, within(place, 'service').property),
    version,
    port: port === undefined ? undefined : wholeNumber(within(place, 'port'), port, 1, 65_535),
    weight,
  };
}

function mirroredShare(mirror: RouteMirror, place: Place): number {
  requireKeys(place, mirror, ['service', 'version', 'port', 'percentage']);
  return mirror.percentage === undefined ? 100 : percentage(within(place, 'percentage'), mirror.percentage);
}

function checkedMirror(mirror: RouteMirror, place: Place, services: Services): CheckedDestination {
  const { percentage: _percentage, ...destination } = mirror;
  if (mirror.service !== undefined || mirror.version !== undefined) return checkedDestination(destination, place, services);
  throw refuse(place, 'bad-mirror', 'a mirror to where requests go anyway', 'another version or service', "say which: { version: 'v2' }");
}
