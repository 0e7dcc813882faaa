import { createHash } from 'node:crypto';

const LONGEST = 63;
const HASH = 6;

/**
 * A DNS label made of several texts, such as a gateway's name and a host. Istio refuses a Gateway with dots in its name,
 * and reads a reference with dots as another namespace's.
 *
 * Dots become dashes and dashes are doubled, so that texts that differ give names that differ; what has a wildcard, is
 * too long or holds anything else has a hash at the end instead.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#VirtualService
 */
export function labelOf(...texts: readonly string[]): string {
  const plain = texts.map((text) => text.toLowerCase().replaceAll('-', '--').replaceAll('.', '-')).join('-');
  if (/^[a-z0-9-]+$/.test(plain) && plain.length <= LONGEST) return plain;
  const hash = createHash('sha256').update(texts.join('\n').toLowerCase()).digest('hex').slice(0, HASH);
  const safe = plain.replaceAll('*', 'any').replace(/[^a-z0-9-]/g, '');
  return `${safe.slice(0, LONGEST - HASH - 1).replace(/^-+|-+$/g, '')}-${hash}`;
}
