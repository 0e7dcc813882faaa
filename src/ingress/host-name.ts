import { createHash } from 'node:crypto';

const LONGEST = 63;
const HASH = 6;

/**
 * The name of the Gateway and VirtualService of a host: a DNS label, because Istio refuses a Gateway with dots in its
 * name and reads a reference with dots as another namespace's.
 *
 * Dots become dashes and dashes are doubled, so that no two hosts share a name; a wildcard, and a host too long for a
 * label, has a hash of the host at the end instead.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#VirtualService
 */
export function nameOfHost(host: string): string {
  const plain = host.replaceAll('-', '--').replaceAll('.', '-').replace('*', 'any').toLowerCase();
  if (!host.includes('*') && plain.length <= LONGEST) return plain;
  const hash = createHash('sha256').update(host).digest('hex').slice(0, HASH);
  return `${plain.slice(0, LONGEST - HASH - 1).replace(/-+$/, '')}-${hash}`;
}
