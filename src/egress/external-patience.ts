import type { VirtualServiceHttp } from '../../imports/istio/virtual-service';
import { patience } from '../traffic/rules/failure-actions';
import { refuse, within } from '../traffic/rules/refuse';
import type { Place } from '../traffic/rules/refuse';
import type { CheckedPort } from './external-ports';
import type { ExternalResolution, ExternalServiceProps } from './external-service-props';

/** How long callers wait, and how often is tried, as a route says it. */
export type Patience = Pick<VirtualServiceHttp, 'timeout' | 'retries'>;

interface Given {
  /** The external service. */
  readonly place: Place;
  readonly host: string;
  readonly ports: readonly CheckedPort[];
  readonly resolution: ExternalResolution;
}

/**
 * Timeout and retries of an external service, as rules of services say them.
 *
 * @throws MeshError where proxies see no requests to wait for, and where there is no time for all tries.
 */
export function checkedPatience(given: Given, { timeout, retries }: Pick<ExternalServiceProps, 'timeout' | 'retries'>): Patience {
  if (timeout !== undefined) refuseWithoutRequests(within(given.place, 'timeout'), given);
  if (retries !== undefined) refuseWithoutRequests(within(given.place, 'retries'), given);
  return patience({ ...(timeout !== undefined && { timeout }), ...(retries !== undefined && { retries }) }, given.place);
}

function refuseWithoutRequests(place: Place, { host, ports, resolution }: Given): void {
  const isSeen = ports.some(({ seenAs }) => seenAs === 'requests');
  if (!isSeen) {
    const got = `one, on ports that carry ${ports.map(({ protocol }) => protocol).join(', ')}`;
    throw refuse(place, 'no-requests', got, 'a port on which proxies see requests', "have callers speak HTTP and the proxy TLS: { port: 80, protocol: 'HTTP', tls: TlsOrigination.simple() }");
  }
  if (host.startsWith('*') && resolution === 'NONE') {
    throw refuse(place, 'no-requests', `one for ${host}`, 'one host, or endpoints: here the proxy only passes connections on', 'give endpoints, or make an ExternalService for each host that is called');
  }
}
