import type { ServiceEntryEndpoints } from '../../imports/istio/service-entry';
import type { Host } from '../core/host';
import { refuse, oneOf, within } from '../traffic/rules/refuse';
import type { Place } from '../traffic/rules/refuse';
import { areAddresses, checkedAddresses, checkedEndpoints } from './external-endpoints';
import type { CheckedPort } from './external-ports';
import type { ExternalResolution, ExternalServiceProps } from './external-service-props';

/** Where connections for a host end. */
export interface CheckedPlaces {
  readonly resolution: ExternalResolution;
  readonly endpoints: readonly ServiceEntryEndpoints[];
  readonly addresses: readonly string[];
}

interface Given {
  /** The external service. */
  readonly place: Place;
  readonly host: Host;
  readonly ports: readonly CheckedPort[];
}

/**
 * Istio's DYNAMIC_DNS is left out on purpose: sidecars hold what it lets out against the policies of what may come in, so that
 * in a namespace that denies by default nothing goes out.
 */
const RESOLUTIONS: readonly ExternalResolution[] = ['DNS', 'DNS_ROUND_ROBIN', 'NONE', 'STATIC'];

/**
 * How the places behind a host are found.
 *
 * @throws MeshError when there is no way to find them: Istio would refuse the ServiceEntry, or connect nowhere.
 */
export function checkedPlaces(given: Given, props: Pick<ExternalServiceProps, 'endpoints' | 'addresses' | 'resolution'>): CheckedPlaces {
  const { place, host, ports } = given;
  const endpoints = checkedEndpoints(within(place, 'endpoints'), props.endpoints, ports);
  const addresses = checkedAddresses(within(place, 'addresses'), props.addresses);
  const derived = areAddresses(endpoints) ? 'STATIC' : host.isWildcard && endpoints.length === 0 ? 'NONE' : 'DNS';
  const resolution = props.resolution === undefined ? derived : oneOf(within(place, 'resolution'), props.resolution, RESOLUTIONS);
  refuseImpossible(given, resolution, endpoints);
  refuseRanges(place, resolution, addresses);
  if (resolution === 'NONE') refuseOtherTarget(given);
  if (host.isWildcard && addresses.length === 0) refuseBytes(given);
  return { resolution, endpoints, addresses };
}

function refuseImpossible({ place, host }: Given, resolution: ExternalResolution, endpoints: readonly ServiceEntryEndpoints[]): void {
  const bad = (got: string, expected: string, fix: string): Error => refuse(within(place, 'resolution'), 'bad-resolution', got, expected, fix);
  if (resolution.startsWith('DNS') && host.isWildcard && endpoints.length === 0) {
    throw bad(`${resolution} for ${host.value}`, 'NONE: the DNS has no addresses for a wildcard', 'leave it out, name the hosts one by one, or give endpoints');
  }
  if (resolution === 'NONE' && endpoints.length > 0) throw bad('NONE with endpoints', 'no endpoints: connections go where the caller wants', 'leave out one of the two');
  if (resolution === 'STATIC' && !areAddresses(endpoints)) throw bad('STATIC without addresses', 'endpoints that are all IP addresses', 'give them, or leave resolution out');
  if (resolution === 'DNS_ROUND_ROBIN' && endpoints.length > 1) throw bad(`DNS_ROUND_ROBIN with ${endpoints.length} endpoints`, 'one endpoint at most', 'leave resolution out');
}

function refuseRanges(place: Place, resolution: ExternalResolution, addresses: readonly string[]): void {
  const index = addresses.findIndex((address) => address.includes('/'));
  if (index === -1 || !resolution.startsWith('DNS')) return;
  const at = within(place, `addresses[${index}]`);
  throw refuse(at, 'bad-address', `the range ${addresses[index]} with resolution ${resolution}`, 'single addresses: ranges go with NONE or STATIC', "say resolution: 'NONE', or give endpoints");
}

/** Where the caller says where to, a connection goes on to its port, and nobody knows whose certificate to ask for. */
function refuseOtherTarget({ place, host, ports }: Given): void {
  const index = ports.findIndex(({ port, targetPort, tls }) => tls !== undefined || targetPort !== port);
  const port = ports[index];
  if (port === undefined) return;
  const isTls = port.tls !== undefined;
  const got = isTls ? `TLS origination for ${host.value}` : `the port ${port.targetPort} for ${host.value}`;
  const fix = 'give endpoints, or make an ExternalService for each host that is called';
  throw refuse(within(place, `ports[${index}].${isTls ? 'tls' : 'targetPort'}`), 'bad-resolution', got, 'one host, whose addresses the proxy finds: here it only passes connections on', fix);
}

function refuseBytes({ place, host, ports }: Given): void {
  const index = ports.findIndex(({ seenAs }) => seenAs === 'bytes');
  if (index === -1) return;
  const expected = 'a protocol that names its host, HTTP or TLS: nothing else tells that a connection is for this service';
  throw refuse(within(place, `ports[${index}].protocol`), 'bad-protocol', `${ports[index]?.protocol} for ${host.value}`, expected, 'give the addresses that callers connect to, or name one host');
}
