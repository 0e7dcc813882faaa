import type { IConstruct } from 'constructs';
import type { DestinationRuleTrafficPolicy } from '../../imports/istio/destination-rule';
import { checkedPolicy } from '../traffic/resilience/checked-policy';
import type { TrafficPolicyProps } from '../traffic/resilience/traffic-policy-props';
import { placeOf, refuse, within } from '../traffic/rules/refuse';
import type { CheckedPort } from './external-ports';
import type { CheckedPlaces } from './external-resolution';

/**
 * How proxies connect to an external service; undefined where nothing was said. Settings of a port take the place of those
 * for all ports, so they are said at both.
 *
 * @throws MeshError when a value cannot be, or would do nothing.
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy-PortTrafficPolicy
 */
export function externalPolicy(
  owner: IConstruct,
  host: string,
  { ports, places }: { readonly ports: readonly CheckedPort[]; readonly places: CheckedPlaces },
  given: TrafficPolicyProps | undefined,
): DestinationRuleTrafficPolicy | undefined {
  const policy = given === undefined ? undefined : checkedPolicy(owner, given);
  if (given?.loadBalancer !== undefined) refuseIdleBalancer(owner, given.loadBalancer, places);
  if (given?.retryBudget !== undefined) refuseIdleBudget(owner, ports);
  refuseNamelessServer(owner, host, ports);
  const portLevelSettings = ports.flatMap(({ port, tls }) => (tls === undefined ? [] : [{ port: { number: port }, ...policy, tls: tls.settingsFor(host) }]));
  return portLevelSettings.length === 0 ? policy : { ...policy, portLevelSettings };
}

/** Settings of a port have no budget, and hide that of all ports. */
function refuseIdleBudget(owner: IConstruct, ports: readonly CheckedPort[]): void {
  const found = ports.find(({ tls }) => tls !== undefined);
  if (found === undefined) return;
  const place = within(placeOf(owner), 'trafficPolicy.retryBudget');
  const got = `one beside TLS origination on port ${found.port}`;
  throw refuse(place, 'bad-retry-budget', got, 'ports without TLS origination: Istio has no budget for a single port', 'give connectionPool.http.maxRetries or retries instead');
}

/** Of a wildcard's requests each names its host; bytes name none. */
function refuseNamelessServer(owner: IConstruct, host: string, ports: readonly CheckedPort[]): void {
  if (!host.startsWith('*')) return;
  const index = ports.findIndex(({ seenAs, tls }) => seenAs === 'bytes' && tls?.namesServer === false);
  if (index === -1) return;
  const place = within(placeOf(owner), `ports[${index}].tls`);
  throw refuse(place, 'bad-tls', `no server name, for bytes to ${host}`, 'the name that the server has a certificate for', "say it: TlsOrigination.simple({ sni: 'db.example.com' })");
}

/** What Istio takes and never looks at. */
function refuseIdleBalancer(owner: IConstruct, loadBalancer: NonNullable<TrafficPolicyProps['loadBalancer']>, { resolution, endpoints }: CheckedPlaces): void {
  const place = within(placeOf(owner), 'trafficPolicy.loadBalancer');
  if (resolution === 'NONE') {
    throw refuse(place, 'bad-balancer', 'one, with resolution NONE', 'places to choose from: here each connection has one', 'give endpoints, or take it out');
  }
  if (loadBalancer.localityLbSetting === undefined || endpoints.some(({ locality, labels }) => locality !== undefined || labels !== undefined)) return;
  throw refuse(within(place, 'localityLbSetting'), 'bad-locality', 'endpoints without a locality', 'endpoints of which is known where they are', "say it: { address: '10.0.0.1', locality: 'eu/a' }");
}
