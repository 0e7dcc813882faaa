import { masked, parseAddress, parsePrefix } from '../../validation/formats/address';

/** Whether an address is one of a network, or the one that is named; undefined where the network is none. */
export function isWithin(network: string, address: string): boolean | undefined {
  const prefix = prefixOf(network);
  const one = parseAddress(address);
  if (prefix === undefined) return undefined;
  if (one === undefined || one.bits !== prefix.address.bits) return false;
  return masked({ address: one, length: prefix.length }).address.value === masked(prefix).address.value;
}

function prefixOf(network: string): ReturnType<typeof parsePrefix> {
  const one = parseAddress(network);
  return one === undefined ? parsePrefix(network) : { address: one, length: one.bits };
}

/** What tells the original client of a request. */
export interface Hops {
  /** Who holds the connection; undefined where that is not said. */
  readonly sourceIp: string | undefined;
  /** The header X-Forwarded-For. */
  readonly forwardedFor: string | undefined;
  /** Proxies in front of the gateway whose word is taken: `numTrustedProxies`. */
  readonly trustedProxies: number;
  readonly isGateway: boolean;
}

/**
 * The address of the original client as a proxy tells it: a sidecar believes the last entry of X-Forwarded-For; a gateway takes
 * whoever holds the connection, or counts so many entries from the end as there are trusted proxies.
 *
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/network-topologies/
 */
export function remoteAddress({ sourceIp, forwardedFor, trustedProxies, isGateway }: Hops): string | undefined {
  const entries = (forwardedFor ?? '').split(',').map((entry) => entry.trim()).filter((entry) => entry !== '');
  const entry = isGateway ? (trustedProxies === 0 ? undefined : entries.at(-trustedProxies)) : entries.at(-1);
  return entry === undefined || parseAddress(entry) === undefined ? sourceIp : entry;
}
