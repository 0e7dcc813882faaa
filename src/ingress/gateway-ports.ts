import { JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ServicePort } from '../../imports/kubernetes/service';
import { MeshObject } from '../core/mesh-object';
import type { Known } from '../core/unknown';
import { placeOf, refuse, requireKeys, wholeNumber, within } from '../traffic/rules/refuse';
import type { GatewayWorkloadProps } from './ingress-gateway';

/** Ports of a gateway's Service that hosts are served at. */
export interface GatewayPorts {
  /**
   * Where plain requests come in; `false` for nowhere.
   * @default - of a Service of this program: 80, else the port that is named for HTTP, else 8080; of any other: 80
   */
  readonly http?: Known<number> | false;
  /**
   * Where TLS comes in; `false` for nowhere.
   * @default - of a Service of this program: 443, else the port that is named for HTTPS or TLS, else 8443; of any other: 443
   */
  readonly https?: Known<number> | false;
}

/** Ports that hosts are served at; `undefined` where there is none. */
export interface GatewayServing {
  readonly http: number | undefined;
  readonly https: number | undefined;
}

/** Health checks of load balancers; the agent answers there. */
const STATUS_PORT = 15_021;
const KINDS = {
  http: { number: 80, other: 8080, name: /^(http|http2|grpc)(-|$)/ },
  https: { number: 443, other: 8443, name: /^(https|tls)(-|$)/ },
} as const;
const HIGHEST_PORT = 65_535;

/**
 * Ports of the Service that the program makes for the gateway; `undefined` where another one makes it, or there is none.
 *
 * Those that the chart gives to a gateway are all that is needed; what its user says is taken as it stands.
 */
export function servicePorts(workload: GatewayWorkloadProps | false | undefined): readonly number[] | undefined {
  return carried(workload)?.map(({ port }) => port);
}

/** Where hosts are served. @throws MeshError when a port cannot be, or the Service does not have it. */
export function servingOf(gateway: Construct, given: GatewayPorts = {}, workload: GatewayWorkloadProps | false | undefined): GatewayServing {
  const place = within(placeOf(gateway), 'ports');
  requireKeys(place, given, ['http', 'https']);
  const ports = carried(workload);
  const chosen = (kind: 'http' | 'https'): number | undefined => {
    const asked: unknown = given[kind];
    if (asked === false) return undefined;
    if (asked === undefined) return ports === undefined ? KINDS[kind].number : guessed(kind, ports);
    const number = wholeNumber(within(place, kind), asked, 1, HIGHEST_PORT);
    if (ports === undefined || ports.some(({ port }) => port === number)) return number;
    throw refuse(within(place, kind), 'no-port', `${number}, which the gateway's Service does not have`, `one of ${ports.map(({ port }) => port).join(', ')}`, `add it: workload: { service: { ports } }`);
  };
  const serving = { http: chosen('http'), https: chosen('https') };
  if (serving.http === undefined || serving.http !== serving.https) return serving;
  throw refuse(within(place, 'https'), 'bad-port', `${serving.https}, which is for plain requests, too`, 'a port of its own', 'leave http out, or give each its own');
}

/** Adds a port to the Service of a gateway that the program makes, and to what its NetworkPolicy lets in. */
export function openPort(workload: Construct, port: number): void {
  const patch = (id: string, path: string, value: object): void => {
    const object = workload.node.tryFindChild(id);
    if (object instanceof MeshObject) object.addJsonPatch(JsonPatch.add(path, value));
  };
  patch('service', '/spec/ports/-', { name: `tcp-${port}`, port, targetPort: port, protocol: 'TCP' });
  patch('network-policy', '/spec/ingress/-', { ports: [{ protocol: 'TCP', port }] });
}

function carried(workload: GatewayWorkloadProps | false | undefined): readonly ServicePort[] | undefined {
  if (workload === false || workload?.service === false || workload?.networkGateway !== undefined) return undefined;
  const given: unknown = workload?.service?.ports;
  if (!Array.isArray(given)) return [{ port: 80, name: 'http2' }, { port: 443, name: 'https' }];
  const ports = (given as readonly (ServicePort | null)[]).filter((port): port is ServicePort => typeof port?.port === 'number');
  return ports.filter(({ port, protocol = 'TCP' }) => port !== STATUS_PORT && protocol === 'TCP');
}

function guessed(kind: 'http' | 'https', ports: readonly ServicePort[]): number | undefined {
  const { number, other, name } = KINDS[kind];
  const usual = ports.find(({ port }) => port === number);
  const named = ports.find((port) => name.test(port.appProtocol ?? port.name ?? ''));
  return (usual ?? named ?? ports.find(({ port }) => port === other))?.port;
}
