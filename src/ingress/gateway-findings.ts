import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import { routeTo } from '../traffic/rules/destinations';
import type { GatewayPlan, HostPlan, TcpContribution } from './ingress-plan';

/** Ports that a proxy and its agent listen on themselves: administration, what iptables leads there, metrics and health. */
const RESERVED = [15_000, 15_001, 15_004, 15_006, 15_008, 15_020, 15_021, 15_053, 15_090];

/** What keeps a gateway from serving all that is asked of it. */
export function gatewayFindings({ hosts, tcp }: GatewayPlan): Finding[] {
  return [...hosts.flatMap(withoutPort), ...hosts.flatMap(withoutRedirect), ...tcp.flatMap((route, index) => [...takenPort(route, tcp.slice(0, index), hosts), ...destinationFindings(route)])];
}

function withoutPort({ tls, ports, first }: HostPlan): Finding[] {
  const kind = tls.mode === 'NONE' ? 'http' : 'https';
  if (ports[kind] !== undefined) return [];
  return [
    {
      code: 'no-port',
      construct: first.owner.node.path,
      property: 'gateway',
      got: `${first.gateway.node.path}, which has no port for ${kind === 'http' ? 'plain requests' : 'TLS'}`,
      expected: `a gateway whose Service has one`,
      fix: `add it to workload: { service: { ports } } of the gateway, or name it: ports: { ${kind}: ${kind === 'http' ? 8080 : 8443} }`,
    },
  ];
}

/** By default a gateway without a port for plain requests redirects none; who asks for it in so many words counts on it. */
function withoutRedirect({ contributions }: HostPlan): Finding[] {
  return contributions
    .filter(({ redirect, gateway }) => redirect === true && gateway.serving.http === undefined)
    .map(({ owner, gateway }) => ({
      code: 'no-port',
      construct: owner.node.path,
      property: 'redirect',
      got: `true, at ${gateway.node.path}, which has no port for plain requests`,
      expected: 'a gateway whose Service has one',
      fix: 'add it to workload: { service: { ports } } of the gateway, or leave redirect out',
    }));
}

function takenPort({ owner, port }: TcpContribution, before: readonly TcpContribution[], hosts: readonly HostPlan[]): Finding[] {
  const other = before.find((each) => each.port === port)?.owner ?? hosts.find(({ ports }) => ports.http === port || ports.https === port)?.first.owner;
  const taken = RESERVED.includes(port) ? "which is the proxy's own" : other === undefined ? undefined : `which ${other.node.path} is served at`;
  if (taken === undefined) return [];
  const fix = 'connections of plain TCP name no host: give the route another port, or another gateway';
  return [{ code: 'taken-port', construct: owner.node.path, property: 'port', got: `${port}, ${taken}`, expected: 'a port of its own', fix }];
}

function destinationFindings({ to }: TcpContribution): readonly Finding[] {
  try {
    routeTo(undefined, to);
    return [];
  } catch (error) {
    if (MeshError.isMeshError(error)) return error.findings;
    throw error;
  }
}
