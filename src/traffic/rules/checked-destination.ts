import { isConstruct } from '../../core/place';
import type { ObjectConstruct } from '../../core/references';
import { describeValue } from '../../core/refusal';
import type { MeshService } from '../mesh-service';
import { percentage, refuse, requireKeys, someList, within, wholeNumber } from './refuse';
import type { Place } from './refuse';
import type { RouteDestination, RouteMirror, RouteShare, RouteTarget } from './route-props';
import type { Services } from './services';

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

/** Who gets copies, and of how many requests in percent. */
export interface CheckedMirror {
  readonly to: CheckedDestination;
  readonly percentage: number;
}

/** Reads destinations for one rule. */
export interface DestinationReader {
  readonly services: Services;
  /** Whether a destination may leave its service out, because the rule is of one. */
  readonly hasOwn: boolean;
}

/** Where a rule leads. @throws MeshError when a value cannot be, or no service is named where the rule is of none. */
export function checkedDestinations(to: RouteTarget | undefined, place: Place, reader: DestinationReader): CheckedDestination[] {
  const at = within(place, 'to');
  if (to === undefined) {
    if (!reader.hasOwn) throw refuse(at, 'no-destination', 'none', 'a service, or a list of services and their shares', 'say where requests go: to: { service }');
    return [{ place: at, service: undefined, version: undefined, port: undefined, weight: 100 }];
  }
  if (!Array.isArray(to)) return [{ ...checkedDestination(to as RouteDestination | MeshService | ObjectConstruct, at, reader, []), weight: 100 }];
  return someList(at, to as readonly RouteShare[]).map((share, index) => {
    const there = { ...at, property: `${at.property}[${index}]` };
    return { ...checkedDestination(share, there, reader, ['weight']), weight: share.weight };
  });
}

/** Who gets copies of requests. @throws MeshError when that is who gets them anyway. */
export function checkedMirrors(mirror: RouteMirror | readonly RouteMirror[] | undefined, place: Place, reader: DestinationReader): CheckedMirror[] {
  if (mirror === undefined) return [];
  const at = within(place, 'mirror');
  if (!Array.isArray(mirror)) return [checkedMirror(mirror as RouteMirror, at, reader)];
  return someList(at, mirror as readonly RouteMirror[]).map((one, index) => checkedMirror(one, { ...at, property: `${at.property}[${index}]` }, reader));
}

function checkedMirror(mirror: RouteMirror, place: Place, reader: DestinationReader): CheckedMirror {
  const to = checkedDestination(mirror, place, reader, ['percentage']);
  if (to.service === undefined && to.version === undefined) {
    throw refuse(place, 'bad-mirror', 'a mirror to where requests go anyway', 'another version or service', "say which: { version: 'v2' }");
  }
  return { to, percentage: mirror.percentage === undefined ? 100 : percentage(within(place, 'percentage'), mirror.percentage) };
}

function checkedDestination(
  given: RouteDestination | MeshService | ObjectConstruct,
  place: Place,
  { services, hasOwn }: DestinationReader,
  more: readonly string[],
): CheckedDestination {
  if (isConstruct(given)) return { place, service: services.of(given, place.property), version: undefined, port: undefined, weight: undefined };
  requireKeys(place, given, ['service', 'version', 'port', ...more]);
  const { service, version, port } = given;
  if (service === undefined && !hasOwn) {
    throw refuse(within(place, 'service'), 'no-destination', 'none', 'the service that requests go to', 'name it: { service }');
  }
  if (version !== undefined && typeof version !== 'string') {
    throw refuse(within(place, 'version'), 'unknown-subset', describeValue(version), 'a version of the service', 'give one of the versions that the service was made with');
  }
  return {
    place,
    service: service === undefined ? undefined : services.of(service, within(place, 'service').property),
    version,
    port: port === undefined ? undefined : wholeNumber(within(place, 'port'), port, 1, 65_535),
    weight: undefined,
  };
}
