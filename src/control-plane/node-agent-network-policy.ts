import type { NetworkPolicyIngressRule } from '../../imports/kubernetes/network-policy';
import { since } from './release';
import type { Release } from './release';

/** One rule for each group of ports, which anybody may reach; a port is TCP, or written as `15053/UDP`. */
export function openPorts(release: Release, ...groups: readonly (readonly (number | `${number}/UDP`)[])[]): NetworkPolicyIngressRule[] {
  // 1.29 says "from nobody in particular", which is the same
  const from = since(release, '1.30') ? {} : { from: [] };
  return groups.map((ports) => ({ ...from, ports: ports.map(portOf) }));
}

function portOf(port: number | `${number}/UDP`): { port: number; protocol: string } {
  return typeof port === 'number' ? { port, protocol: 'TCP' } : { port: Number.parseInt(port, 10), protocol: 'UDP' };
}
