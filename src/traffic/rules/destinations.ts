import { Weight } from '../../core/weight';
import { closest } from '../../errors/closest';
import type { Destination } from '../versioned-traffic';
import type { CheckedDestination } from './checked-destination';
import { refuse, within } from './refuse';

/** What a rule asks of the service that it is of, or leads to. */
export interface Target {
  readonly host: string;
  readonly versions: readonly string[];
  readonly ports: readonly { readonly port: number }[];
  /** Host of the Service that a version has of its own; undefined where versions are subsets. */
  hostOfVersion(version: string): string | undefined;
}

/** A service that shares its traffic itself. */
export interface SharingTarget extends Target {
  readonly shares: () => readonly Destination[];
}

/**
 * Where a rule leads, once the program is complete: versions, ports and shares of services may come until then. A service
 * that is shared among its versions stays so.
 *
 * @throws MeshError when there is no such version or port, or the shares do not add up.
 */
export function routeTo(own: SharingTarget | undefined, given: readonly CheckedDestination[]): Destination[] {
  const first = given[0];
  if (first === undefined) return [];
  const only = given.length === 1 && first.weight === 100;
  const weights = only ? undefined : sharesOf(given);
  return given.flatMap((one, index) => {
    const places = placesOf(own, one);
    const weight = weights?.[String(index)]?.value;
    return weight === undefined ? places : places.map((place) => weighted(place, weight, one));
  });
}

/** The one place that copies go to. @throws MeshError when there is no such version or port. */
export function mirrorTo(own: SharingTarget | undefined, given: CheckedDestination): Destination['destination'] {
  const { version } = given;
  const service = targetOf(own, given);
  const destination = withPort(own, given);
  if (version !== undefined) requireVersion(service, version, given);
  return { ...(version === undefined ? { host: service.host } : versionOf(service, version)), ...destination };
}

function versionOf(target: Target, version: string): { readonly host: string; readonly subset?: string } {
  const host = target.hostOfVersion(version);
  return host === undefined ? { host: target.host, subset: version } : { host };
}

/** The service that is led to. The rule of a host without one names it always. */
function targetOf(own: SharingTarget | undefined, { service, place }: CheckedDestination): Target {
  const target = service ?? own;
  if (target !== undefined) return target;
  throw refuse(within(place, 'service'), 'no-destination', 'none', 'the service that requests go to', 'name it: { service }');
}

function placesOf(own: SharingTarget | undefined, given: CheckedDestination): readonly Destination[] {
  const { service, version } = given;
  const target = targetOf(own, given);
  const port = withPort(own, given);
  if (version !== undefined) {
    requireVersion(target, version, given);
    return [{ destination: { ...versionOf(target, version), ...port } }];
  }
  const isOwn = service === undefined || service.host === own?.host;
  const shares = isOwn ? (own?.shares() ?? []) : service.destinations(port.port?.number ?? 0);
  return shares.map(({ destination, ...rest }) => ({ destination: { ...destination, ...port }, ...rest }));
}

/** Without a port a proxy takes the one that was asked, which another service may not have. */
function withPort(own: SharingTarget | undefined, given: CheckedDestination): Pick<Destination['destination'], 'port'> {
  const { port, place } = given;
  const { host, ports } = targetOf(own, given);
  if (port === undefined && host === own?.host) return {};
  const numbers = ports.map((one) => one.port);
  const chosen = port ?? (numbers.length === 1 ? numbers[0] : undefined);
  if (chosen !== undefined && numbers.includes(chosen)) return { port: { number: chosen } };
  const got = port === undefined ? `none, and ${host} has ${numbers.length} ports` : `${port}, which ${host} does not have`;
  throw refuse(within(place, 'port'), 'which-port', got, numbers.length === 0 ? 'a service with ports' : `one of ${numbers.join(', ')}`, 'name the port: { service, port: 8080 }');
}

function requireVersion({ host, versions }: Target, version: string, { place }: CheckedDestination): void {
  if (versions.includes(version)) return;
  const meant = closest(version, versions);
  const expected = versions.length === 0 ? `a service with versions, which ${host} is not` : `one of the versions ${versions.join(', ')}`;
  throw refuse(within(place, 'version'), 'unknown-subset', JSON.stringify(version), expected, meant === undefined ? 'add it to the versions of the service' : `did you mean "${meant}"?`);
}

function sharesOf(given: readonly CheckedDestination[]): Readonly<Record<string, Weight>> {
  const place = given[0]?.place;
  const property = place?.property.replace(/\[0\]$/, '') ?? 'to';
  const weights = given.map(({ weight, place: at }) => (weight === undefined ? undefined : Weight.of(weight, within(at, 'weight'))));
  return Weight.split(Object.fromEntries(weights.map((weight, index) => [String(index), weight])), { construct: place?.construct ?? '', property });
}

/** A share of a service that is itself shared: the share of a share, which has to be whole. */
function weighted(destination: Destination, weight: number, { place }: CheckedDestination): Destination {
  const share = (weight * (destination.weight ?? 100)) / 100;
  if (Number.isInteger(share)) return { ...destination, weight: share };
  const got = `${weight} percent of a service that is shared itself, which is ${share} for ${destination.destination.subset ?? 'a part'}`;
  throw refuse(within(place, 'weight'), 'bad-split', got, 'shares in whole percent', 'name the versions and their shares here');
}
