import type { Construct, IConstruct } from 'constructs';
import { badReference, isObjectConstruct, requireSameCluster } from '../../core/references';
import type { ObjectConstruct } from '../../core/references';
import type { Labels } from '../../core/selector';
import type { Known } from '../../core/unknown';
import { IngressGateway } from '../../ingress/ingress-gateway';
import type { AccessSource } from '../../security/callers/access-caller';
import { portOf } from '../kubernetes-service';
import { manifestOf } from '../manifest-of';
import { MeshService } from '../mesh-service';
import { refuse, wholeNumber, within } from '../rules/refuse';
import type { Place } from '../rules/refuse';

const HIGHEST_PORT = 65_535;

/** Whose requests are limited: those that come to a service's pods, or through a gateway. */
export type RateLimitTarget = ServiceRequests | GatewayRequests;

/** Requests that come to a service's pods. */
export interface ServiceRequests {
  /** The service: its pods' sidecars count what comes in, whoever asks. */
  readonly service: MeshService | ObjectConstruct;
  /**
   * The port of the service.
   * @default - all that carry HTTP
   */
  readonly port?: Known<number>;
  readonly gateway?: never;
}

/** Requests that come through a gateway. */
export interface GatewayRequests {
  /** The gateway: its proxies count what comes in, for whatever host; `match.authority` tells hosts apart. */
  readonly gateway: IngressGateway;
  readonly service?: never;
  readonly port?: never;
}

/** Proxies that count requests. */
export interface CheckedTarget {
  /** The construct that their EnvoyFilters are made in. */
  readonly owner: Construct;
  readonly caller: AccessSource;
  readonly name: string;
  readonly namespace: string;
  readonly context: 'SIDECAR_INBOUND' | 'GATEWAY';
  /** Labels of the pods. At synthesis, as is `podPort`: @throws MeshError */
  readonly labels: () => Labels;
  /** The port that the pods listen on; undefined for all. */
  readonly podPort: () => number | undefined;
}

/** The keys of a target among a construct's props. */
export const TARGET_KEYS = ['service', 'gateway', 'port'];

/** @throws MeshError when it is neither a service nor a gateway, or both, or in another cluster. */
export function checkedTarget(from: IConstruct, place: Place, props: RateLimitTarget): CheckedTarget {
  const { service, gateway, port } = props;
  if ((service === undefined) === (gateway === undefined)) {
    const got = service === undefined ? 'neither "service" nor "gateway"' : 'both "service" and "gateway"';
    throw refuse(within(place, 'service'), 'bad-props', got, 'one of them: whose requests are limited', 'make a limit of its own for each');
  }
  if (gateway !== undefined) return gatewayTarget(from, place, gateway, port);
  const found = MeshService.of(from, service);
  const number = port === undefined ? undefined : wholeNumber(within(place, 'port'), port, 1, HIGHEST_PORT);
  return {
    owner: found,
    caller: found,
    name: found.name,
    namespace: found.namespace,
    context: 'SIDECAR_INBOUND',
    labels: () => podLabels(place, found),
    podPort: () => limitedPort(place, found, number),
  };
}

function gatewayTarget(from: IConstruct, place: Place, gateway: unknown, port: unknown): CheckedTarget {
  if (!IngressGateway.isIngressGateway(gateway)) throw badReference(from, gateway, 'gateway', 'an IngressGateway');
  requireSameCluster(from, gateway, 'gateway');
  if (port !== undefined) throw refuse(within(place, 'port'), 'bad-props', 'a port, of a gateway', 'a port of a service', 'tell requests of a gateway apart by match: { authority }');
  const { name, namespace, selector } = gateway;
  return { owner: gateway, caller: gateway, name, namespace, context: 'GATEWAY', labels: () => selector, podPort: () => undefined };
}

/** An EnvoyFilter that selects no labels changes all proxies of its namespace. */
function podLabels(place: Place, { selector, host }: MeshService): Labels {
  if (Object.keys(selector).length > 0) return selector;
  throw refuse(within(place, 'service'), 'no-pods', `${host}, which selects no pods`, 'a service whose pods are told by labels', 'give the Service a selector, or name the labels with MeshService.fromName');
}

function limitedPort(place: Place, service: MeshService, number: number | undefined): number | undefined {
  const at = within(place, 'port');
  const ports = service.ports.map((port) => portOf(port, { construct: place.construct, property: at.property }));
  const counted = ports.filter(({ isHttp, protocol }) => isHttp || protocol === 'auto');
  if (counted.length === 0) {
    throw refuse(within(place, 'service'), 'no-http', `${service.host}, none of whose ports carries HTTP`, 'a service with requests to count', 'name a port "http", or give it an appProtocol');
  }
  if (number === undefined) return undefined;
  if (!counted.some((port) => port.number === number)) {
    const known = counted.map((port) => port.number).join(', ');
    throw refuse(at, 'unknown-port', `${number}, which is no port of ${service.host} that carries HTTP`, `one of ${known}`, 'leave it out for all of them');
  }
  return podPortOf(at, service, number);
}

/** Sidecars know what comes in by the port of the pod. Of a service of another program that port is not known otherwise. */
function podPortOf(place: Place, { node, host }: MeshService, number: number): number {
  const { scope } = node;
  const manifest = scope !== undefined && isObjectConstruct(scope) && scope.kind === 'Service' ? manifestOf(scope) : undefined;
  const { ports = [] } = (manifest?.['spec'] ?? {}) as { ports?: readonly { port: number; targetPort?: number | string }[] };
  const target = ports.find(({ port }) => port === number)?.targetPort ?? number;
  if (typeof target === 'number') return target;
  throw refuse(place, 'named-target-port', `${number} of ${host}, whose targetPort is the name ${JSON.stringify(target)}`, 'a port whose targetPort is a number: sidecars know no names', 'write the number into the Service, or limit all ports');
}
