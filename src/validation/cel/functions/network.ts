import { addressText, masked, parseAddress, parsePrefix } from '../../formats/address';
import type { Address, Prefix } from '../../formats/address';
import { CelError, Opaque } from '../values';
import { fn } from './overload';
import type { FunctionEntry } from './overload';

class Ip extends Opaque {
  public readonly typeName = 'ip';

  public constructor(public readonly address: Address) {
    super();
  }

  public equals(other: Opaque): boolean {
    return other instanceof Ip && addressText(other.address) === addressText(this.address);
  }
}

class Cidr extends Opaque {
  public readonly typeName = 'cidr';

  public constructor(public readonly prefix: Prefix) {
    super();
  }

  public equals(other: Opaque): boolean {
    return (
      other instanceof Cidr &&
      other.prefix.length === this.prefix.length &&
      addressText(other.prefix.address) === addressText(this.prefix.address)
    );
  }
}

/** Kubernetes' IP and CIDR functions: no zones, no leading zeros, no IPv4 in IPv6. */
export const NETWORK: readonly FunctionEntry[] = [
  fn('ip(string): ip', toIp),
  fn('isIP(string): bool', (text: string) => parseAddress(text) !== undefined),
  fn('ip.isCanonical(string): bool', (text: string) => addressText(toIp(text).address) === text),
  fn('string(ip): string', (ip: Ip) => addressText(ip.address)),
  fn('.family(ip): int', (ip: Ip) => (ip.address.bits === 32 ? 4 : 6)),
  fn('.isUnspecified(ip): bool', (ip: Ip) => ip.address.value === 0n),
  fn('.isLoopback(ip): bool', (ip: Ip) => isLoopback(ip.address)),
  fn('.isLinkLocalMulticast(ip): bool', (ip: Ip) => isLinkLocalMulticast(ip.address)),
  fn('.isLinkLocalUnicast(ip): bool', (ip: Ip) => isLinkLocalUnicast(ip.address)),
  fn('.isGlobalUnicast(ip): bool', (ip: Ip) => isGlobalUnicast(ip.address)),
  fn('cidr(string): cidr', toCidr),
  fn('isCIDR(string): bool', (text: string) => parsePrefix(text) !== undefined),
  fn('string(cidr): string', (cidr: Cidr) => `${addressText(cidr.prefix.address)}/${cidr.prefix.length}`),
  fn('.containsIP(cidr, ip): bool', (cidr: Cidr, ip: Ip) => contains(cidr.prefix, { address: ip.address, length: ip.address.bits })),
  fn('.containsIP(cidr, string): bool', (cidr: Cidr, text: string) => {
    const { address } = toIp(text);
    return contains(cidr.prefix, { address, length: address.bits });
  }),
  fn('.containsCIDR(cidr, cidr): bool', (cidr: Cidr, other: Cidr) => contains(cidr.prefix, other.prefix)),
  fn('.containsCIDR(cidr, string): bool', (cidr: Cidr, text: string) => contains(cidr.prefix, toCidr(text).prefix)),
  fn('.ip(cidr): ip', (cidr: Cidr) => new Ip(cidr.prefix.address)),
  fn('.masked(cidr): cidr', (cidr: Cidr) => new Cidr(masked(cidr.prefix))),
  fn('.prefixLength(cidr): int', (cidr: Cidr) => cidr.prefix.length),
];

function toIp(text: string): Ip {
  const address = parseAddress(text);
  if (address === undefined) throw new CelError(`IP Address parse error during conversion from string: "${text}"`);
  return new Ip(address);
}

function toCidr(text: string): Cidr {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new CelError(`network address parse error during conversion from string: "${text}"`);
  return new Cidr(prefix);
}

function startsWith(address: Address, bits: number, prefix: bigint): boolean {
  return address.value >> BigInt(address.bits - bits) === prefix;
}

function isLoopback(address: Address): boolean {
  return address.bits === 32 ? startsWith(address, 8, 127n) : address.value === 1n;
}

function isLinkLocalMulticast(address: Address): boolean {
  if (address.bits === 32) return startsWith(address, 24, 0xe0_00_00n);
  return startsWith(address, 8, 0xffn) && ((address.value >> 112n) & 0xfn) === 2n;
}

function isLinkLocalUnicast(address: Address): boolean {
  return address.bits === 32 ? startsWith(address, 16, 0xa9_fen) : startsWith(address, 10, 0x3fan);
}

function isGlobalUnicast(address: Address): boolean {
  if (address.value === 0n || isLoopback(address) || isLinkLocalUnicast(address)) return false;
  if (address.bits === 32) return address.value !== 0xffff_ffffn && !startsWith(address, 4, 0xen);
  return !startsWith(address, 8, 0xffn);
}

function contains(outer: Prefix, inner: Prefix): boolean {
  if (outer.address.bits !== inner.address.bits || inner.length < outer.length) return false;
  const shift = BigInt(outer.address.bits - outer.length);
  return outer.address.value >> shift === inner.address.value >> shift;
}
