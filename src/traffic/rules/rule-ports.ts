import type { Port } from '../../core/port';
import { portOf } from '../kubernetes-service';
import type { CheckedRoute } from './checked-route';
import { refuse, within } from './refuse';
import type { RuledService } from './ruled-host';

/** What rules look at: requests, connections, or the names that TLS connections ask for. */
export type RuleKind = 'http' | 'tcp' | 'tls';

const CARRIES: Readonly<Record<RuleKind, { readonly what: string; readonly fix: string; readonly has: (port: Port) => boolean }>> = {
  http: {
    what: 'HTTP',
    fix: "say so where the port is: { port: 8080, appProtocol: 'http' }",
    has: ({ isHttp, protocol }) => isHttp || protocol === 'auto',
  },
  tcp: {
    what: 'plain TCP',
    fix: "say so where the port is: { port: 5432, appProtocol: 'tcp' }; for HTTP use route, for TLS tlsRoute",
    has: ({ isHttp, protocol }) => !isHttp && protocol !== 'TLS' && protocol !== 'HTTPS',
  },
  tls: {
    what: 'TLS',
    fix: "say so where the port is: { port: 8443, appProtocol: 'tls' }; TLS of the mesh itself is not seen here",
    has: ({ protocol }) => protocol === 'TLS' || protocol === 'HTTPS',
  },
};

/** Ports of a service that rules of a kind can be for. */
export function portsFor(target: RuledService['target'], kind: RuleKind, construct: string): readonly number[] {
  const ports = target.ports.map((port) => portOf(port, { construct, property: 'service' }));
  return ports.filter((port) => port.transport === 'TCP' && CARRIES[kind].has(port)).map(({ number }) => number);
}

/**
 * Rules look at what only some ports carry.
 *
 * @param carrying the ports of the service that do
 * @throws MeshError when the service has none of these, or not the one that is asked for.
 */
export function requirePorts(target: RuledService['target'], { owner, place, matches }: CheckedRoute, kind: RuleKind, carrying: readonly number[]): void {
  const { what, fix } = CARRIES[kind];
  if (carrying.length === 0) {
    const ports = target.ports.map((port) => portOf(port, { construct: owner.node.path, property: 'service' }));
    const got = ports.length === 0 ? `${target.host}, which has no ports` : `${target.host}, whose ports are ${ports.join(', ')}`;
    throw refuse(within(place, 'service'), 'never-matches', got, `a service with a port that carries ${what}`, fix);
  }
  const wrong = matches.find(({ port }) => port !== undefined && !carrying.includes(port));
  if (wrong === undefined) return;
  throw refuse(within(wrong.place, 'port'), 'never-matches', `${wrong.port}, where ${target.host} has no ${what}`, `one of ${carrying.join(', ')}`, 'leave it out for any port');
}
