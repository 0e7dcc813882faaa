import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import { routeTo } from '../traffic/rules/destinations';
import type { IngressGateway } from './ingress-gateway';
import type { GatewayPlan, HostPlan, HttpContribution, TcpContribution } from './ingress-plan';

/** Ports that a proxy and its agent listen on themselves: administration, what iptables leads there, metrics and health. */
const RESERVED = [15_000, 15_001, 15_004, 15_006, 15_008, 15_020, 15_021, 15_053, 15_090];

/** What keeps a gateway from serving all that is asked of it. */
export function gatewayFindings({ gateway, hosts, tcp }: GatewayPlan): Finding[] {
  const all = [...hosts.flatMap(({ contributions }) => contributions), ...tcp];
  return [...all.flatMap((each) => differingReference(each, gateway)), ...hosts.flatMap(withoutPort), ...hosts.flatMap(withoutRedirect), ...tcp.flatMap((route, index) => [...takenPort(route, tcp.slice(0, index), hosts), ...destinationFindings(route)])];
}

/** References to one gateway that say of it what cannot be both. */
function differingReference({ owner, gateway }: HttpContribution | TcpContribution, first: IngressGateway): Finding[] {
  const facts = ({ api, selector, serving, principals }: IngressGateway): Record<string, string> => ({
    api,
    selector: JSON.stringify(selector),
    ports: JSON.stringify(serving),
    serviceAccount: principals.join(', '),
  });
  const expected = facts(first);
  // the others may follow from the first that differs
  const [property, got] = Object.entries(facts(gateway)).find(([key, value]) => value !== expected[key]) ?? [];
  if (property === undefined) return [];
  return [
    {
      code: 'gateway-differs',
      construct: gateway.node.path,
      property,
      got: `${got ?? ''}, for the gateway of ${owner.node.path}`,
      expected: `${expected[property] ?? ''}, as ${first.node.path} says of the same one`,
      fix: 'name the gateway once, and hand it on',
    },
  ];
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
