import type { IConstruct } from 'constructs';
import type { DestinationRuleTrafficPolicy, DestinationRuleTrafficPolicyPortLevelSettings } from '../../../imports/istio/destination-rule';
import { closest } from '../../errors/closest';
import { placeOf, refuse, requireKeys, requireNames, within } from '../rules/refuse';
import type { Place } from '../rules/refuse';
import { POLICY_KEYS, checkedParts } from './checked-policy';
import type { ServicePolicyProps, TrafficPolicyProps } from './traffic-policy-props';

/** A service as its policy has to fit it. */
export interface PolicedService {
  readonly host: string;
  readonly versions: readonly string[];
  readonly ports: readonly { readonly port: number }[];
}

/** What a policy says for one port or version beside what it says for all. */
interface Exception {
  readonly key: string;
  readonly place: Place;
  readonly own: TrafficPolicyProps;
}

const PORT = /^[1-9][0-9]{0,4}$/;

/**
 * How callers treat the pods of a service, for each port and version. In Istio a port's settings take the place of all others,
 * and a part of a subset's the place of the whole part: what they do not say is written into them here.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy-PortTrafficPolicy
 */
export class ServicePolicy {
  private readonly place: Place;
  private readonly base: TrafficPolicyProps;
  private readonly ports: readonly Exception[];
  private readonly versions: readonly Exception[];

  /** @throws MeshError when a value cannot be, or parts contradict each other. */
  public constructor(
    public readonly owner: IConstruct,
    props: ServicePolicyProps,
  ) {
    this.place = within(placeOf(owner), 'trafficPolicy');
    requireKeys(this.place, props, [...POLICY_KEYS, 'ports', 'versions']);
    const { ports, versions, ...base } = props;
    this.base = said(base);
    this.ports = exceptions(ports, within(this.place, 'ports'), 'port');
    this.versions = exceptions(versions, within(this.place, 'versions'), 'version');
    if (isEmpty(this.base) && this.ports.length + this.versions.length === 0) {
      throw refuse(this.place, 'empty-policy', '{}', `some of ${POLICY_KEYS.join(', ')}`, 'say what to do');
    }
    this.refuseLostBudget();
    this.forAll();
    for (const { key } of this.versions) this.forVersion(key);
  }

  /** The `trafficPolicy` of the DestinationRule; undefined where all is said of versions. */
  public forAll(): DestinationRuleTrafficPolicy | undefined {
    const base = checkedParts(this.base, this.place);
    const ports = this.ports.map((port) => settings(port, merged(this.base, port.own)));
    if (isEmpty(base) && ports.length === 0) return undefined;
    return { ...base, ...(ports.length === 0 ? {} : { portLevelSettings: ports }) };
  }

  /** The `trafficPolicy` of a version's subset; undefined where there is nothing of its own. */
  public forVersion(name: string): DestinationRuleTrafficPolicy | undefined {
    const version = this.versions.find(({ key }) => key === name);
    if (version === undefined) return undefined;
    const ports = this.ports.map((port) => settings({ ...port, place: version.place }, merged(merged(this.base, port.own), version.own)));
    // parts that the version does not say come from the policy of the service by themselves
    const whole = checkedParts(merged(this.base, version.own), version.place);
    const parts = Object.fromEntries(Object.entries(whole).filter(([key]) => key in version.own));
    return { ...parts, ...(ports.length === 0 ? {} : { portLevelSettings: ports }) };
  }

  /** @throws MeshError when the service has no such port or version. To be asked when the program is complete. */
  public requireFit({ host, versions, ports }: PolicedService): void {
    const numbers = ports.map(({ port }) => String(port));
    requireKnown(this.ports, numbers, 'unknown-port', `the ports of ${host}: ${numbers.join(', ')}`);
    requireKnown(this.versions, versions, 'unknown-subset', versions.length === 0 ? `a service with versions, which ${host} is not` : `one of the versions ${versions.join(', ')}`);
  }

  /** Istio's settings of a port have no retry budget, and a port that has some does not follow another one. */
  private refuseLostBudget(): void {
    if (this.ports.length === 0) return;
    const places = [this.place, ...this.versions.map(({ place }) => place), ...this.ports.map(({ place }) => place)];
    const budgets = [this.base, ...this.versions.map(({ own }) => own), ...this.ports.map(({ own }) => own)].map(({ retryBudget }) => retryBudget !== undefined);
    const place = places[budgets.indexOf(true)];
    if (place === undefined) return;
    throw refuse(within(place, 'retryBudget'), 'bad-retry-budget', 'a retry budget, and settings for a port', 'one of the two: Istio has no budget for a port', 'take the budget out, or the ports');
  }
}

function exceptions(given: Readonly<Record<string, TrafficPolicyProps>> | undefined, place: Place, what: 'port' | 'version'): Exception[] {
  if (given === undefined) return [];
  requireNames(place, given);
  const keys = Object.keys(given).filter((key) => given[key] !== undefined);
  if (keys.length === 0) throw refuse(place, 'empty-policy', '{}', `one ${what} or more`, 'leave it out');
  keys.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  return keys.map((key) => {
    const at = within(place, key);
    if (what === 'port' && !(PORT.test(key) && Number(key) <= 65_535)) throw refuse(at, 'unknown-port', JSON.stringify(key), 'the number of a port', 'name the port that callers connect to: { 8080: {…} }');
    requireKeys(at, given[key], POLICY_KEYS);
    const own = said(given[key] as TrafficPolicyProps);
    if (isEmpty(own)) throw refuse(at, 'empty-policy', '{}', `some of ${POLICY_KEYS.join(', ')}`, 'say what to do');
    // what it inherits may be what tells of failures
    checkedParts(own, at, true);
    return { key, place: at, own };
  });
}

/**
 * What the narrower says goes before what the wider says: of a connection pool field by field, of other parts as a whole, as
 * theirs belong together.
 */
function merged(wide: TrafficPolicyProps, narrow: TrafficPolicyProps): TrafficPolicyProps {
  const [one, other] = [wide.connectionPool, narrow.connectionPool];
  if (one === undefined || other === undefined) return { ...wide, ...narrow };
  const tcp = { ...one.tcp, ...other.tcp };
  const http = { ...one.http, ...other.http };
  return { ...wide, ...narrow, connectionPool: { ...(isEmpty(tcp) ? {} : { tcp }), ...(isEmpty(http) ? {} : { http }) } };
}

function settings({ key, place }: Pick<Exception, 'key' | 'place'>, parts: TrafficPolicyProps): DestinationRuleTrafficPolicyPortLevelSettings {
  return { port: { number: Number(key) }, ...checkedParts(parts, place) };
}

function requireKnown(given: readonly Exception[], known: readonly string[], code: string, expected: string): void {
  const unknown = given.find(({ key }) => !known.includes(key));
  if (unknown === undefined) return;
  const meant = closest(unknown.key, known);
  throw refuse(unknown.place, code, JSON.stringify(unknown.key), expected, meant === undefined ? 'take it out' : `did you mean "${meant}"?`);
}

function said(parts: TrafficPolicyProps): TrafficPolicyProps {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
