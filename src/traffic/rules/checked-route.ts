import type { IConstruct } from 'constructs';
import type { VirtualServiceHttp } from '../../../imports/istio/virtual-service';
import { checkedDestinations, checkedMirrors } from './checked-destination';
import type { CheckedDestination, CheckedMirror } from './checked-destination';
import { checkMatch } from './checked-match';
import type { CheckedMatch } from './checked-match';
import { checkedDelegate } from './delegate-reference';
import type { DelegateReference } from './delegate-reference';
import { checkedFault, patience } from './failure-actions';
import { checkedCors, checkedHeaders, checkedRedirect, checkedResponse, checkedRewrite } from './message-actions';
import { refuse, requireKeys, someList, within, wholeNumber } from './refuse';
import type { Place } from './refuse';
import type { ClaimsMatch, RouteMatch } from './route-match';
import type { ForwardRouteProps, RouteProps } from './route-props';
import type { Services } from './services';

/** A rule whose values are right, as far as they do not hang on the rest of the program. */
export interface CheckedRoute {
  readonly owner: IConstruct;
  /** Where it was given. */
  readonly place: Place;
  readonly name: string;
  readonly priority: number;
  /** Empty for all requests that no other rule is for. */
  readonly matches: readonly CheckedMatch[];
  /** What is done, but for what hangs on other services. */
  readonly actions: Pick<VirtualServiceHttp, 'headers' | 'corsPolicy' | 'redirect' | 'directResponse' | 'rewrite' | 'fault' | 'timeout' | 'retries'>;
  /** Undefined where the proxy answers itself, or a delegate says it. */
  readonly to: readonly CheckedDestination[] | undefined;
  readonly mirrors: readonly CheckedMirror[];
  readonly delegate: DelegateReference | undefined;
}

/** Whose rule it is, and what it may say. */
export interface RouteContext {
  /** The construct that findings name. */
  readonly owner: IConstruct;
  /** Where the rule was given: `placeOf(owner)`, or a part of the owner's props, such as `routes[2]`. */
  readonly place: Place;
  /** Name of the route in the VirtualService. */
  readonly name: string;
  /**
   * What the rule is of: a service, which it leads to where it does not say otherwise; a host of a gateway; or the part of a
   * host that a VirtualService of its own has, which hands nothing on.
   */
  readonly of: 'service' | 'host' | 'delegate';
  readonly services: Services;
  /** What its matches may look at. @default - all */
  readonly matchKeys?: readonly (keyof RouteMatch | keyof ClaimsMatch)[];
}

const FORWARD = ['to', 'rewrite', 'mirror', 'timeout', 'retries', 'fault'] as const;
const KEYS = ['match', 'priority', 'headers', 'corsPolicy', 'redirect', 'directResponse', 'delegate', ...FORWARD];
const HIGHEST = 1_000_000;

/** The values of a rule. @throws MeshError when one of them cannot be, or some contradict each other. */
export function checkRoute(context: RouteContext, props: RouteProps): CheckedRoute {
  const { owner, place, name, services } = context;
  requireKeys(place, props, context.of === 'delegate' ? KEYS.filter((key) => key !== 'delegate') : KEYS);
  requireOneAction(props, place);
  const reader = { services, hasOwn: context.of === 'service' };
  const matches = checkedMatches(context, props);
  const isForward = props.redirect === undefined && props.directResponse === undefined && props.delegate === undefined;
  const route = {
    owner,
    place,
    name,
    priority: props.priority === undefined ? 0 : wholeNumber(within(place, 'priority'), props.priority, -HIGHEST, HIGHEST),
    matches,
    actions: actionsOf(props, matches, place),
    to: isForward ? checkedDestinations(props.to, place, reader) : undefined,
    mirrors: checkedMirrors(props.mirror, place, reader),
    delegate: props.delegate === undefined ? undefined : checkedDelegate(owner, props.delegate, within(place, 'delegate')),
  };
  const isEmpty = props.match === undefined && props.to === undefined && props.mirror === undefined && props.delegate === undefined;
  if (!isEmpty || Object.keys(route.actions).length > 0) return route;
  throw refuse(place, 'empty-rule', 'neither a match nor an action', 'something to do with requests', 'say where they go, or how long callers wait');
}

/** What a delegate does not say itself it takes from the rule that leads to it; where requests go it says itself. */
function requireOneAction(props: RouteProps, place: Place): void {
  const [first, second] = (['redirect', 'directResponse', 'delegate'] as const).filter((key) => props[key] !== undefined);
  const beside = first === 'delegate' ? (['to'] as const) : FORWARD;
  const other = second ?? beside.find((key) => props[key] !== undefined);
  if (first === undefined || other === undefined) return;
  const expected = first === 'delegate' ? 'one of the two: the delegate says where requests go' : 'one of the two: who is answered by the proxy is not handed on';
  throw refuse(within(place, other), 'two-actions', `${other} beside ${first}`, expected, `take ${other} out, or ${first}`);
}

function checkedMatches({ owner, place, services, matchKeys }: RouteContext, { match }: RouteProps): CheckedMatch[] {
  if (match === undefined) return [];
  const at = within(place, 'match');
  const list = Array.isArray(match) ? someList(at, match) : [match];
  const matches = list.map((one, index) => checkMatch(owner, one, list === match ? { ...at, property: `${at.property}[${index}]` } : at, services.factsOf, matchKeys));
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
    ...(redirect === undefined ? {} : { redirect: checkedRedirect(redirect, within(place, 'redirect')) }),
    ...(directResponse === undefined ? {} : { directResponse: checkedResponse(directResponse, within(place, 'directResponse')) as never }),
    ...forwardActions(props as ForwardRouteProps, matches, place),
  };
}

function forwardActions(props: ForwardRouteProps, matches: readonly CheckedMatch[], place: Place): CheckedRoute['actions'] {
  const { rewrite, fault } = props;
  const isCohort = matches.length > 0 && matches.every((match) => match.isCohort);
  return {
    ...(rewrite === undefined ? {} : { rewrite: checkedRewrite(rewrite, within(place, 'rewrite')) }),
    ...(fault === undefined ? {} : { fault: checkedFault(fault, isCohort, within(place, 'fault')) }),
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

/** A rule as findings of others name it. */
export function ruleName({ owner, place }: Pick<CheckedRoute, 'owner' | 'place'>): string {
  return place.property === '' ? owner.node.path : `${place.property} of ${owner.node.path}`;
}
