import type { Construct } from 'constructs';
import type { VirtualServiceHttp } from '../../imports/istio/virtual-service';
import { isConstruct } from '../core/place';
import { describeValue } from '../core/refusal';
import { StringMatch } from '../core/string-match';
import { MeshService } from '../traffic/mesh-service';
import { checkRoute } from '../traffic/rules/checked-route';
import type { CheckedRoute } from '../traffic/rules/checked-route';
import { checkMatch } from '../traffic/rules/checked-match';
import { refuse, requireKeys, someList, within } from '../traffic/rules/refuse';
import type { Place } from '../traffic/rules/refuse';
import { CLAIM_KEYS } from '../traffic/rules/route-match';
import type { ClaimsMatch, RouteMatch } from '../traffic/rules/route-match';
import type { RouteProps, RouteRewrite } from '../traffic/rules/route-props';
import { servicesFor } from '../traffic/rules/services';
import type { Services } from '../traffic/rules/services';
import { checkedGateways, isSameGateway } from './gateway-references';
import type { IngressGateway } from './ingress-gateway';
import type { IngressMatch, IngressPath } from './ingress-route-props';

/** A rule of a host whose values are right, as far as they do not hang on the rest of the program. */
export interface IngressRule {
  /** As the rules of services have it; a rewrite below a path is Istio's form of it. */
  readonly route: CheckedRoute;
  /**
   * The path that was given by segments: `/api` is itself and what is below it. Istio has two matches for it, an exact path and a
   * prefix that ends with a slash. `/` where the rule is for every path.
   */
  readonly segment: string | undefined;
  /** What takes the place of the path by segments; `undefined` where it stays. */
  readonly segmentRewrite: string | undefined;
}

/** A rule beside what it needs to be read for one gateway of several. */
export interface GatewayRule extends IngressRule {
  /** Gateways of each of the route's matches; `undefined` for all. */
  readonly gateways: readonly (readonly IngressGateway[] | undefined)[];
}

const MATCH_KEYS: readonly (keyof RouteMatch | keyof ClaimsMatch)[] = ['uri', 'method', 'headers', 'withoutHeaders', 'cookie', 'queryParams', 'scheme', 'authority', ...CLAIM_KEYS];
const KEYS = [
  'path', 'exact', 'match', 'to', 'port', 'priority', 'headers', 'corsPolicy', 'redirect', 'directResponse', 'delegate', 'rewrite', 'mirror', 'timeout',
  'retries', 'fault',
];

type Rewrite = NonNullable<VirtualServiceHttp['rewrite']>;

/** A match as rules have it, where it was given, and for which gateways. */
interface Given {
  readonly match: RouteMatch;
  readonly place: Place;
  readonly gateways: readonly IngressGateway[] | undefined;
}

/** The values of one of a route's rules. @throws MeshError when one of them cannot be, or some contradict each other. */
export function checkIngressRule(owner: Construct, given: IngressPath, place: Place, name: string, ofRoute: readonly IngressGateway[]): GatewayRule {
  requireKeys(place, given, KEYS);
  const services = servicesFor(owner, MeshService);
  const path = checkedPath(given, place);
  const saidMatches = matchesOf(owner, given, place, services, ofRoute);
  const matches = withPath(saidMatches, path, place);
  const { path: _path, exact: _exact, match: _match, port: _port, ...actions } = given;
  const props = { ...actions, ...(matches.length === 0 ? {} : { match: matches.map(({ match }) => match) }), ...target(given, place) } as RouteProps;
  const checked = checkRoute({ owner, place, name, of: 'host', services, matchKeys: MATCH_KEYS }, props);
  const segment = path?.kind === 'prefix' ? path.text : matches.some(({ match }) => match.uri !== undefined) ? undefined : '/';
  const { rewrite } = given as { rewrite?: RouteRewrite };
  const segmentRewrite = segment === undefined ? undefined : rewrite?.uri;
  const placed = { ...checked, matches: checked.matches.map((match, at) => ({ ...match, place: matches[at]?.place ?? place })) };
  return {
    route: segment === undefined || segmentRewrite === undefined ? placed : { ...placed, actions: { ...placed.actions, rewrite: below(segment, segmentRewrite, placed.actions.rewrite) } },
    segment,
    segmentRewrite,
    gateways: matches.map(({ gateways }) => gateways),
  };
}

/** The rule as one of several gateways has it; `undefined` where none of its matches is for that one. */
export function ruleFor(gateway: IngressGateway, { route, gateways, ...rest }: GatewayRule): IngressRule | undefined {
  const isMeant = (index: number): boolean => gateways[index]?.some((each) => isSameGateway(each, gateway)) ?? true;
  if (route.matches.length === 0) return isMeant(0) ? { route, ...rest } : undefined;
  const matches = route.matches.filter((_, index) => isMeant(index));
  return matches.length === 0 ? undefined : { route: { ...route, matches }, ...rest };
}

function checkedPath({ path, exact }: IngressPath, place: Place): StringMatch | undefined {
  if (path !== undefined && exact !== undefined) throw refuse(within(place, 'exact'), 'bad-path', 'path and exact', 'one of the two', 'leave one out');
  const given: unknown = exact ?? path;
  if (given === undefined) return undefined;
  const at = within(place, exact === undefined ? 'path' : 'exact');
  if (typeof given !== 'string' || !given.startsWith('/')) {
    const fix = typeof given === 'string' && given !== '' ? `did you mean "/${given}"?` : 'every path is "/"';
    throw refuse(at, 'bad-path', describeValue(given), 'a path that begins with "/"', fix);
  }
  if (/[?#]/.test(given)) throw refuse(at, 'bad-path', describeValue(given), 'a path without its query', 'use match: { queryParams } for what comes after "?"');
  if (given.includes('//')) throw refuse(at, 'bad-path', describeValue(given), 'a path without two slashes in a row', 'Istio makes one of two before it looks at rules');
  // as in Kubernetes' own Ingress, a slash at the end says nothing
  return exact === undefined ? StringMatch.prefix(given.replace(/\/$/, '') || '/') : StringMatch.exact(given);
}

function matchesOf(owner: Construct, { match, path, exact }: IngressPath, place: Place, services: Services, ofRoute: readonly IngressGateway[]): Given[] {
  if (match === undefined) return [];
  const at = within(place, 'match');
  const list: readonly IngressMatch[] = Array.isArray(match) ? someList(at, match as readonly IngressMatch[]) : [match as IngressMatch];
  return list.map((each, index) => {
    const there = list === match ? { ...at, property: `${at.property}[${index}]` } : at;
    requireKeys(there, each, [...MATCH_KEYS, 'gateways']);
    const { gateways, ...rest } = each;
    // for an error that names the match as it was given; with a path, it is read once more
    checkMatch(owner, rest, there, services.factsOf, MATCH_KEYS);
    if (rest.uri !== undefined && (path ?? exact) !== undefined) {
      throw refuse(within(there, 'uri'), 'bad-path', `a uri beside ${path === undefined ? 'exact' : 'path'}`, 'one of the two', 'leave one out');
    }
    return { match: rest, place: there, gateways: gateways === undefined ? undefined : someOf(owner, gateways, within(there, 'gateways'), ofRoute) };
  });
}

function someOf(owner: Construct, given: IngressGateway | readonly IngressGateway[], place: Place, ofRoute: readonly IngressGateway[]): readonly IngressGateway[] {
  const gateways = checkedGateways(owner, given, place);
  const other = gateways.find((gateway) => !ofRoute.some((each) => isSameGateway(each, gateway)));
  if (other === undefined) return gateways;
  throw refuse(place, 'never-matches', `${other.node.path}, which the route is not for`, `some of ${ofRoute.map(({ node }) => node.path).join(', ')}`, 'name it in gateway, too');
}

/** Each match with the path; by segments, it is two of Istio's. */
function withPath(given: readonly Given[], path: StringMatch | undefined, place: Place): readonly Given[] {
  if (path === undefined || (path.kind === 'prefix' && path.text === '/')) return given;
  const at = within(place, path.kind === 'exact' ? 'exact' : 'path');
  const uris = path.kind === 'exact' ? [path] : [StringMatch.exact(path.text), StringMatch.prefix(`${path.text}/`)];
  const bases: readonly Given[] = given.length === 0 ? [{ match: {}, place: at, gateways: undefined }] : given;
  return bases.flatMap(({ match, ...rest }) => uris.map((uri) => ({ ...rest, match: { ...match, uri } })));
}

/** `to` with the port that stands beside it. */
function target(given: IngressPath, place: Place): object {
  const { to, port } = given as { to?: unknown; port?: unknown };
  if (port === undefined) return {};
  if (isConstruct(to)) return { to: { service: to, port } };
  throw refuse(within(place, 'port'), 'bad-port', `${describeValue(port)}, beside a "to" that is no service`, 'the port of a service', 'say it where the service is: to: { service, port }');
}

/**
 * Istio replaces prefixes as texts: `/` for `/api` would make `//orders` of `/api/orders`, and `/v2` for `/api/` would make
 * `/v2orders` of it. One pattern is right for the path itself and for what is below it.
 */
function below(segment: string, uri: string, rewrite: Rewrite = {}): Rewrite {
  const { uri: _uri, ...rest } = rewrite;
  const path = segment === '/' ? '' : segment.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const endsOpen = uri.endsWith('/');
  const match = segment === '/' ? '^/' : endsOpen ? `^${path}/?` : `^${path}`;
  const text = (segment === '/' && !endsOpen ? `${uri}/` : uri).replaceAll('\\', '\\\\');
  return { ...rest, uriRegexRewrite: { match, rewrite: text } };
}
