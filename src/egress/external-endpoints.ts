import { isIP } from 'node:net';
import type { ServiceEntryEndpoints } from '../../imports/istio/service-entry';
import { Host } from '../core/host';
import { Port } from '../core/port';
import { describeValue } from '../core/refusal';
import { Selector } from '../core/selector';
import { refuse, requireKeys, requireNames, wholeNumber, within } from '../traffic/rules/refuse';
import type { Place } from '../traffic/rules/refuse';
import { portName } from './external-ports';
import type { CheckedPort } from './external-ports';
import type { ExternalEndpoint } from './external-service-props';

/** Istio reads a weight as a number of 32 bits. */
const HEAVIEST = 2 ** 32 - 1;
const LOCALITY = /^[^/*\s]+(\/[^/*\s]+){0,2}$/;

/** The places behind a host. @throws MeshError for what is no place, and for what a place cannot have. */
export function checkedEndpoints(place: Place, given: readonly (string | ExternalEndpoint)[] | undefined, ports: readonly CheckedPort[]): readonly ServiceEntryEndpoints[] {
  return list(place, given).map((each, index) => checkedEndpoint(at(place, index), each, ports));
}

/** What callers connect to: addresses and ranges. @throws MeshError for all else. */
export function checkedAddresses(place: Place, given: readonly string[] | undefined): readonly string[] {
  return list(place, given).map((each, index) => requireAddress(at(place, index), each));
}

/** True where all places are told by their address, so that nothing is to be looked up. */
export function areAddresses(endpoints: readonly ServiceEntryEndpoints[]): boolean {
  return endpoints.length > 0 && endpoints.every(({ address }) => isIP(address ?? '') > 0);
}

function list<T>(place: Place, given: readonly T[] | undefined): readonly T[] {
  if (given === undefined || Array.isArray(given)) return given ?? [];
  throw refuse(place, 'bad-list', describeValue(given), 'a list', 'leave it out for none');
}

function at(place: Place, index: number): Place {
  return { ...place, property: `${place.property}[${index}]` };
}

function checkedEndpoint(place: Place, given: string | ExternalEndpoint, ports: readonly CheckedPort[]): ServiceEntryEndpoints {
  if (typeof given === 'string') return { address: requireTarget(place, given) };
  requireKeys(place, given, ['address', 'locality', 'weight', 'labels', 'ports']);
  const { address, locality, weight, labels, ports: own } = given;
  return {
    address: requireTarget(within(place, 'address'), address),
    ...(locality !== undefined && { locality: requireLocality(within(place, 'locality'), locality) }),
    ...(weight !== undefined && { weight: wholeNumber(within(place, 'weight'), weight, 1, HEAVIEST) }),
    ...(labels !== undefined && { labels: { ...Selector.of(labels, within(place, 'labels')).matchLabels } }),
    ...(own !== undefined && { ports: ownPorts(within(place, 'ports'), own, ports) }),
  };
}

/** Sockets of the host's file system are not reached from a pod, and Istio's other forms are none of an external service. */
function requireTarget(place: Place, address: unknown): string {
  if (typeof address === 'string' && isIP(address) > 0) return address;
  if (typeof address === 'string' && address.startsWith('unix:')) {
    throw refuse(place, 'bad-host', describeValue(address), 'an IP address, or a full DNS name', 'let the server listen on a port, and give its address');
  }
  if (typeof address === 'string' && isIP(address.replace(/^\[|\]$/g, '')) === 6) {
    throw refuse(place, 'bad-host', describeValue(address), 'an IPv6 address without brackets', `write "${address.replace(/^\[|\]$/g, '')}"`);
  }
  const { value } = Host.parse(address as string, place);
  if (!value.startsWith('*')) return value;
  throw refuse(place, 'bad-host', describeValue(address), 'an IP address, or a full DNS name', 'name each place');
}

function requireLocality(place: Place, locality: unknown): string {
  if (typeof locality === 'string' && LOCALITY.test(locality)) return locality;
  throw refuse(place, 'bad-locality', describeValue(locality), 'a region, region/zone or region/zone/subzone', 'write it such as "eu/a"');
}

/** Istio knows a place's ports by the names that the ports have for callers. */
function ownPorts(place: Place, given: Readonly<Record<number, number>>, ports: readonly CheckedPort[]): Record<string, number> {
  requireNames(place, given);
  const entries = Object.entries(given).map(([key, target]) => {
    const port = ports.find((each) => String(each.port) === key);
    if (port === undefined) {
      throw refuse(within(place, key), 'unknown-port', `port ${key}, which callers do not use`, `one of ${ports.map((each) => each.port).join(', ')}`, 'add it to ports of the ExternalService, or take it out');
    }
    return [portName(port), Port.of(target, within(place, key)).number] as const;
  });
  return Object.fromEntries(entries);
}

function requireAddress(place: Place, address: unknown): string {
  const [ip = '', bits, ...rest] = typeof address === 'string' ? address.split('/') : [];
  const longest = isIP(ip) === 6 ? 128 : 32;
  const isRange = bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) <= longest);
  if (isIP(ip) > 0 && isRange && rest.length === 0) return address as string;
  throw refuse(place, 'bad-address', describeValue(address), 'an IP address or a range such as "10.1.0.0/16"', 'names go to host or endpoints');
}
