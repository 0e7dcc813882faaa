import { describeValue, refusal } from '../../core/refusal';
import type { ValuePlace } from '../../core/refusal';
import type { Known } from '../../core/unknown';
import { addressText, masked, parseAddress, parsePrefix } from '../../validation/formats/address';

const BRAND = Symbol.for('mesh-constructs.IpBlock');

/** Which address of a caller is meant: `source` is who holds the connection, `remote` who sent the request to the first proxy. */
export type IpBlockOf = 'source' | 'remote' | 'either';

/**
 * Addresses of callers, as one address or a network.
 *
 * @see https://istio.io/latest/docs/tasks/security/authorization/authz-ingress/
 * @example
 * edge.allowFrom(IpBlock.of('203.0.113.0/24'));
 */
export class IpBlock {
  /**
   * Addresses of those who call: at a gateway of the original client (`remoteIpBlocks`), elsewhere of whoever holds the
   * connection (`ipBlocks`).
   *
   * @throws MeshError when it is no address, or a network with bits beyond its prefix.
   */
  public static of(cidr: Known<string>, place: ValuePlace = {}): IpBlock {
    return new IpBlock(checkedBlock(cidr, place), 'either');
  }

  /** Addresses of whoever holds the connection: a pod, or what stands in front of the gateway. @throws MeshError as `of`. */
  public static source(cidr: Known<string>, place: ValuePlace = {}): IpBlock {
    return new IpBlock(checkedBlock(cidr, place), 'source');
  }

  /**
   * Addresses of the original client, as X-Forwarded-For or the PROXY protocol tell it and the mesh's trusted hops allow.
   *
   * @throws MeshError as `of`.
   * @see https://istio.io/latest/docs/ops/configuration/traffic-management/network-topologies/
   */
  public static remote(cidr: Known<string>, place: ValuePlace = {}): IpBlock {
    return new IpBlock(checkedBlock(cidr, place), 'remote');
  }

  /** True for an IpBlock of any copy of this library. */
  public static isIpBlock(value: unknown): value is IpBlock {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  private constructor(
    /** As Istio takes it, such as `10.0.0.0/8`. */
    public readonly cidr: string,
    /** Whose address it is. */
    public readonly whose: IpBlockOf,
  ) {
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }

  /** The address or network. */
  public toString(): string {
    return this.cidr;
  }
}

/** An address or network in its one canonical text. @throws MeshError */
export function checkedBlock(given: unknown, place: ValuePlace): string {
  const text = typeof given === 'string' ? given : '';
  const address = parseAddress(text);
  if (address !== undefined) return addressText(address);
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw badBlock(given, place, 'write it as "10.0.0.0/8" or "10.1.2.3"');
  const network = masked(prefix);
  const canonical = `${addressText(network.address)}/${network.length}`;
  // Istio would take it and leave out the bits; whoever wrote them meant something else
  if (network.address.value !== prefix.address.value) throw badBlock(given, place, `did you mean "${canonical}", or the one address "${addressText(prefix.address)}"?`);
  return canonical;
}

function badBlock(got: unknown, place: ValuePlace, fix: string): Error {
  const expected = 'an IP address, or a network without bits beyond its prefix';
  return refusal(place, 'ipBlock', { code: 'bad-ip-block', got: describeValue(got), expected, fix });
}
