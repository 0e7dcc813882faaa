import type { Construct } from 'constructs';
import type { Known } from '../core/unknown';
import { oneOf, placeOf, refuse, requireKeys, wholeNumber, within } from '../traffic/rules/refuse';
import type { GatewayWorkloadProps } from './ingress-gateway';

/**
 * How the gateway learns the addresses of clients, of which services then hear by `X-Forwarded-For`.
 *
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/network-topologies/
 */
export interface ClientIpProps {
  /**
   * Kubernetes hands connections on to gateways of the same node only, and leaves the client's address as it is: for load balancers
   * that keep it. Nodes without a gateway get none.
   * @default - connections come from anywhere, with the addresses of nodes
   * @see https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy
   */
  readonly externalTrafficPolicy?: 'Local';
  /**
   * How many proxies in front of the gateway add to `X-Forwarded-For` and are believed, such as 1 for a load balancer that ends
   * HTTP. More than there are would let clients make up their address.
   * @default - none: what clients say in X-Forwarded-For is not believed
   */
  readonly numTrustedProxies?: Known<number>;
  /**
   * The load balancer says the address in front of each connection (PROXY protocol). It has to be told so itself, mostly by an
   * annotation of the Service.
   * @default - connections begin with what clients send
   */
  readonly proxyProtocol?: true;
}

const ANNOTATION = 'proxy.istio.io/config';
const MOST_PROXIES = 100;

type Workload = GatewayWorkloadProps | false | undefined;

/**
 * The workload with what it takes to learn the addresses of clients.
 *
 * @param workload `deployed` where istiod makes it
 * @throws MeshError when a value cannot be, two of them contradict each other, or the program does not make the workload.
 */
export function withClientIp(gateway: Construct, clientIp: ClientIpProps | undefined, workload: Workload | 'deployed', isNamed: boolean): Workload {
  if (clientIp === undefined) return workload === 'deployed' ? false : workload;
  const place = within(placeOf(gateway), 'clientIp');
  requireKeys(place, clientIp, ['externalTrafficPolicy', 'numTrustedProxies', 'proxyProtocol']);
  const { externalTrafficPolicy, numTrustedProxies, proxyProtocol } = clientIp;
  if (externalTrafficPolicy === undefined && numTrustedProxies === undefined && proxyProtocol === undefined) {
    throw refuse(place, 'empty-list', 'nothing', 'externalTrafficPolicy, numTrustedProxies or proxyProtocol', 'leave clientIp out');
  }
  if (workload === 'deployed') throw refuse(place, 'no-workload', 'a gateway whose proxies istiod deploys', 'proxies of this program', 'have it made here: workload: {}');
  if (workload === false || isNamed) throw refuse(place, 'no-workload', 'a gateway whose proxies something else makes', 'proxies of this program', 'say it where they are made');
  if (numTrustedProxies !== undefined && proxyProtocol !== undefined) {
    throw refuse(within(place, 'proxyProtocol'), 'bad-client-ip', 'numTrustedProxies and proxyProtocol', 'one of the two: they may name two clients', 'a load balancer that ends HTTP adds to X-Forwarded-For, one that does not speaks PROXY protocol');
  }
  if (externalTrafficPolicy !== undefined) oneOf(within(place, 'externalTrafficPolicy'), externalTrafficPolicy, ['Local']);
  if (proxyProtocol !== undefined) oneOf(within(place, 'proxyProtocol'), proxyProtocol, [true]);
  const topology = {
    ...(numTrustedProxies === undefined ? {} : { numTrustedProxies: wholeNumber(within(place, 'numTrustedProxies'), numTrustedProxies, 1, MOST_PROXIES) }),
    ...(proxyProtocol === undefined ? {} : { proxyProtocol: {} }),
  };
  return {
    ...workload,
    ...(Object.keys(topology).length === 0 ? {} : { podAnnotations: annotated(gateway, workload, topology) }),
    ...(externalTrafficPolicy === undefined ? {} : { service: localService(gateway, workload) }),
  };
}

function annotated(gateway: Construct, workload: GatewayWorkloadProps | undefined, gatewayTopology: object): NonNullable<GatewayWorkloadProps['podAnnotations']> {
  const { podAnnotations } = workload ?? {};
  if (podAnnotations?.[ANNOTATION] === undefined) return { ...podAnnotations, [ANNOTATION]: JSON.stringify({ gatewayTopology }) };
  const place = within(within(placeOf(gateway), 'workload'), 'podAnnotations');
  throw refuse(place, 'bad-client-ip', `the annotation ${ANNOTATION}, beside clientIp`, 'one of the two', 'say gatewayTopology in the annotation, and leave clientIp out');
}

function localService(gateway: Construct, workload: GatewayWorkloadProps | undefined): NonNullable<GatewayWorkloadProps['service']> {
  const service = workload?.service;
  const place = within(within(placeOf(gateway), 'workload'), 'service');
  if (service === false) throw refuse(place, 'bad-client-ip', 'no Service, and clientIp.externalTrafficPolicy', 'a Service', 'leave one of the two out');
  if (service?.type === 'ClusterIP') {
    throw refuse(within(place, 'type'), 'bad-client-ip', 'ClusterIP, and clientIp.externalTrafficPolicy', 'a Service that clients outside the cluster reach', 'take type: LoadBalancer or NodePort');
  }
  if (service?.externalTrafficPolicy === undefined || service.externalTrafficPolicy === 'Local') return { ...service, externalTrafficPolicy: 'Local' };
  throw refuse(within(place, 'externalTrafficPolicy'), 'bad-client-ip', `${service.externalTrafficPolicy}, and Local in clientIp`, 'one of the two', 'leave it out here');
}
