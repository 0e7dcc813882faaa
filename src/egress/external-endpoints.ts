import { isIP } from 'node:net';
import type { ServiceEntryEndpoints } from '../../imports/istio/service-entry';
import { Host } from '../core/host';
import { describeValue, refusal } from '../core/refusal';
import { requireProps } from '../core/required-props';
import type { CheckedPort } from './external-ports';
import type { ExternalEndpoint, ExternalResolution, ExternalServiceProps } from './external-service-props';

/** Where connections for a host end. */
export interface CheckedPlaces {
  readonly resolution: ExternalResolution;
  readonly endpoints: readonly ServiceEntryEndpoints[];
  readonly addresses: readonly string[];
}

interface Given {
  readonly construct: string;
  readonly host: Host;
  readonly ports: readonly CheckedPort[];
}

const RESOLUTIONS: readonly unknown[] = ['DNS', 'DNS_ROUND_ROBIN', 'NONE', 'STATIC'];

/**
 * How the places behind a host are found.
 *
 * @throws MeshError when there is no way to find them: Istio would refuse the ServiceEntry, or connect nowhere.
 */
export function checkedPlaces(given: Given, props: Pick<ExternalServiceProps, 'endpoints' | 'addresses' | 'resolution'>): CheckedPlaces {
  const { construct, host } = given;
  const endpoints = list(construct, 'endpoints', props.endpoints).map((each, index) => checkedEndpoint(construct, each, `endpoints[${index}]`));
  const addresses = list(construct, 'addresses', props.addresses).map((each, index) => requireAddress(construct, each, `addresses[${index}]`));
  const isStatic = endpoints.length > 0 && endpoints.every(({ address }) => isIP(address ?? '') > 0);
  const derived = isStatic ? 'STATIC' : host.isWildcard && endpoints.length === 0 ? 'NONE' : 'DNS';
  const resolution = props.resolution ?? derived;
  refuseImpossible(given, resolution, endpoints, isStatic);
  refuseRanges(construct, resolution, addresses);
  if (resolution === 'NONE') refuseOtherTarget(given);
  if (host.isWildcard && addresses.length === 0) refuseBytes(given);
  return { resolution, endpoints, addresses };
}

function list<T>(construct: string, property: string, given: readonly T[] = []): readonly T[] {
  if (Array.isArray(given)) return given as readonly T[];
  throw refusal({ construct }, property, { code: 'bad-list', got: describeValue(given), expected: 'a list', fix: 'leave it out for none' });
}

function checkedEndpoint(construct: string, given: string | ExternalEndpoint, property: string): ServiceEntryEndpoints {
  if (typeof given !== 'string') requireProps(construct, given, property);
  const { address, locality, weight }: ExternalEndpoint = typeof given === 'string' ? { address: given } : given;
  const isAddress = typeof address === 'string' && isIP(address) > 0;
  const name = isAddress ? address : Host.parse(address, { construct, property }).value;
  if (!isAddress && name.startsWith('*')) {
    throw refusal({ construct }, property, { code: 'bad-host', got: describeValue(address), expected: 'an IP address, or a full DNS name', fix: 'name each place' });
  }
  return { address: name, ...(locality !== undefined && { locality }), ...(weight !== undefined && { weight }) };
}

function requireAddress(construct: string, address: unknown, property: string): string {
  const [ip = '', bits, ...rest] = typeof address === 'string' ? address.split('/') : [];
  const longest = isIP(ip) === 6 ? 128 : 32;
  const isRange = bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) <= longest);
  if (isIP(ip) > 0 && isRange && rest.length === 0) return address as string;
  throw refusal({ construct }, property, {
    code: 'bad-address',
    got: describeValue(address),
    expected: 'an IP address or a range such as "10.1.0.0/16"',
    fix: 'names go to host or endpoints',
  });
}

function refuseImpossible({ construct, host }: Given, resolution: ExternalResolution, endpoints: readonly unknown[], isStatic: boolean): void {
  const refuse = (got: string, expected: string, fix: string): never => {
    throw refusal({ construct }, 'resolution', { code: 'bad-resolution', got, expected, fix });
  };
  if (!RESOLUTIONS.includes(resolution)) refuse(describeValue(resolution), `one of ${RESOLUTIONS.join(', ')}`, 'leave it out');
  if (resolution.startsWith('DNS') && host.isWildcard && endpoints.length === 0) {
    refuse(`${resolution} for ${host.value}`, 'NONE: the DNS has no addresses for a wildcard', 'leave it out, name the hosts one by one, or give endpoints');
  }
  if (resolution === 'NONE' && endpoints.length > 0) refuse('NONE with endpoints', 'no endpoints: connections go where the caller wants', 'leave out one of the two');
  if (resolution === 'STATIC' && !isStatic) refuse('STATIC without addresses', 'endpoints that are all IP addresses', 'give them, or leave resolution out');
  if (resolution === 'DNS_ROUND_ROBIN' && endpoints.length > 1) refuse(`DNS_ROUND_ROBIN with ${endpoints.length} endpoints`, 'one endpoint at most', 'leave resolution out');
}

function refuseRanges(construct: string, resolution: ExternalResolution, addresses: readonly string[]): void {
  const index = addresses.findIndex((address) => address.includes('/'));
  if (index === -1 || !resolution.startsWith('DNS')) return;
  throw refusal({ construct }, `addresses[${index}]`, {
    code: 'bad-address',
    got: `the range ${addresses[index]} with resolution ${resolution}`,
    expected: 'single addresses: ranges go with NONE or STATIC',
    fix: "say resolution: 'NONE', or give endpoints",
  });
}

/** Without resolution a connection goes on to where the caller sent it, port and all. */
function refuseOtherTarget({ construct, host, ports }: Given): void {
  const index = ports.findIndex(({ port, targetPort, tls }) => tls !== undefined || targetPort !== port);
  const port = ports[index];
  if (port === undefined) return;
  const isTls = port.tls !== undefined;
  throw refusal({ construct }, `ports[${index}].${isTls ? 'tls' : 'targetPort'}`, {
    code: 'bad-resolution',
    got: isTls ? `TLS origination for ${host.value}` : `the port ${port.targetPort} for ${host.value}`,
    expected: 'one host, whose addresses the proxy finds: here it only passes connections on',
    fix: 'make an ExternalService for each host that is called',
  });
}

function refuseBytes({ construct, host, ports }: Given): void {
  const index = ports.findIndex(({ seenAs }) => seenAs === 'bytes');
  if (index === -1) return;
  throw refusal({ construct }, `ports[${index}].protocol`, {
    code: 'bad-protocol',
    got: `${ports[index]?.protocol} for ${host.value}`,
    expected: 'a protocol that names its host, HTTP or TLS: nothing else tells that a connection is for this service',
    fix: 'give the addresses that callers connect to, or name one host',
  });
}
