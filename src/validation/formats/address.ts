/** IP addresses and networks, in the strict and the lenient reading that Kubernetes uses in different places. */

export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export interface Prefix {
  readonly address: Address;
  /** Bits of the network part. */
  readonly length: number;
}

/** Strict: no zone, no leading zeros, no IPv4 address written as IPv6. */
export function parseAddress(text: string): Address | undefined {
  const address = text.includes(':') ? parseV6(text, false) : parseV4(text, false);
  return address !== undefined && isMapped(address) ? undefined : address;
}

/** Strict network, such as `10.0.0.0/8`. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.lastIndexOf('/');
  const address = slash < 0 ? undefined : parseAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (address === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(length) || Number(length) > address.bits) return undefined;
  return { address, length: Number(length) };
}

/** An address as the schema formats `ipv4` and `ipv6` take it: leading zeros pass. */
export function parseLenientAddress(text: string): Address | undefined {
  return text.includes(':') ? parseV6(text, true) : parseV4(text, true);
}

/** A network as the schema format `cidr` takes it. */
export function isLenientCidr(text: string): boolean {
  const slash = text.indexOf('/');
  const address = slash < 0 ? undefined : parseLenientAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  return address !== undefined && /^\d{1,8}$/.test(length) && Number(length) <= address.bits;
}

/** The network with the bits after its prefix cleared. */
export function masked({ address, length }: Prefix): Prefix {
  const rest = BigInt(address.bits - length);
  return { address: { bits: address.bits, value: (address.value >> rest) << rest }, length };
}

/** The one canonical text of an address (RFC 5952 for IPv6). */
export function addressText({ bits, value }: Address): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - index * 16)) & 0xffffn).toString(16));
  const run = longestZeroRun(groups);
  if (run === undefined) return groups.join(':');
  return `${groups.slice(0, run.start).join(':')}::${groups.slice(run.end).join(':')}`;
}

function longestZeroRun(groups: readonly string[]): { readonly start: number; readonly end: number } | undefined {
  let best: { start: number; end: number } | undefined;
  for (let start = 0; start < groups.length; start += 1) {
    let end = start;
    while (groups[end] === '0') end += 1;
    if (end - start >= 2 && end - start > (best === undefined ? 0 : best.end - best.start)) best = { start, end };
  }
  return best;
}

function isMapped({ bits, value }: Address): boolean {
  return bits === 128 && value >> 32n === 0xffffn;
}

function parseV4(text: string, isLenient: boolean): Address | undefined {
  const parts = text.split('.');
  const form = isLenient ? /^\d+$/ : /^(?:0|[1-9]\d{0,2})$/;
  if (parts.length !== 4 || !parts.every((part) => form.test(part) && Number(part) <= 255)) return undefined;
  return { bits: 32, value: parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n) };
}

function parseV6(text: string, isLenient: boolean): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => parseGroups(half, isLenient));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const after = tail ?? [];
  const missing = 8 - head.length - after.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  // an IPv4 tail may only end the whole address
  if (halves.length === 2 && (halves[0] ?? '').includes('.')) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...after];
  return { bits: 128, value: groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n) };
}

function parseGroups(text: string, isLenient: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && index === parts.length - 1) {
      const embedded = parseV4(part, isLenient);
      if (embedded === undefined) return undefined;
      groups.push(Number(embedded.value >> 16n), Number(embedded.value & 0xffffn));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
