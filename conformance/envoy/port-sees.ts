import type { Pods } from '../../src/security/decisions/plain-policies';
import { portOf } from '../../src/traffic/kubernetes-service';
import { asList, asRecord, text } from '../kubernetes/status';
import type { Hop } from './case';
import { field } from './json';
import type { JsonObject } from './json';
import type { Request } from './request';

const REQUESTS: readonly string[] = ['HTTP', 'HTTP2', 'GRPC', 'GRPC-Web', 'HTTP_PROXY'];

/** Whether the proxy of some pods reads what comes to a port as requests: Services and Gateways say so, and else it is found out. */
export function portSees({ direction, port }: Hop, pods: Pods, manifests: readonly JsonObject[], protocol: NonNullable<Request['protocol']>): 'requests' | 'bytes' {
  const spoken = protocol === 'tcp' ? 'bytes' : 'requests';
  if (direction === 'gateway') return passesOn(port, manifests) ? 'bytes' : spoken;
  const said = manifests.filter((object) => object['kind'] === 'Service' && isOf(object, pods)).flatMap((service) => asList(field(service, 'spec', 'ports')).map(asRecord));
  const declared = said.find(({ port: own, targetPort = own }) => targetPort === port);
  if (declared === undefined) return spoken;
  const { protocol: meant } = portOf({ port, name: text(declared['name']), ...(declared['appProtocol'] !== undefined && { appProtocol: text(declared['appProtocol']) }) }, {});
  return meant === 'auto' ? spoken : REQUESTS.includes(meant) ? 'requests' : 'bytes';
}

function isOf(service: JsonObject, { namespace, labels }: Pods): boolean {
  const selector = Object.entries(asRecord(field(service, 'spec', 'selector')));
  return text(field(service, 'metadata', 'namespace')) === namespace && selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}

function passesOn(port: number, manifests: readonly JsonObject[]): boolean {
  const modes = gatewayModes(port, manifests);
  return modes.length > 0 && modes.every((mode) => mode.endsWith('PASSTHROUGH'));
}

/** Whether a gateway asks at a port for the mesh's own TLS, which shows who calls. */
export function asksForMeshTls(port: number, manifests: readonly JsonObject[]): boolean {
  return gatewayModes(port, manifests).includes('ISTIO_MUTUAL');
}

function gatewayModes(port: number, manifests: readonly JsonObject[]): string[] {
  const servers = manifests.filter(({ kind }) => kind === 'Gateway').flatMap((gateway) => asList(field(gateway, 'spec', 'servers')));
  return servers.filter((server) => field(server, 'port', 'number') === port).map((server) => text(field(server, 'tls', 'mode')));
}
