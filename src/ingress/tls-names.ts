import { Host } from '../core/host';
import { refuse, someList } from '../traffic/rules/refuse';
import type { Place } from '../traffic/rules/refuse';

/** Names of a certificate, in small letters and sorted. @throws MeshError when one of them cannot be in a certificate. */
export function checkedNames(place: Place, given: readonly string[]): readonly string[] {
  const names = someList(place, given).map((name, index) => {
    const at = { ...place, property: `${place.property}[${index}]` };
    const host = Host.parse(name, at);
    if (canBeSigned(host.value)) return host.value;
    throw refuse(at, 'bad-host', JSON.stringify(name), 'a name that an authority signs', 'write a wildcard as "*.example.com"');
  });
  return [...new Set(names)].sort();
}

/** Whether authorities sign a name: a wildcard is a whole label, in front of others. */
export function canBeSigned(name: string): boolean {
  return !name.startsWith('*') || name.startsWith('*.');
}

/** Whether a name of a certificate is for a host: unlike in Istio, the asterisk of a certificate is one label, and not several. */
export function servesName(name: string, host: string): boolean {
  if (name === host) return true;
  return name.startsWith('*.') && !host.startsWith('*') && host.slice(host.indexOf('.')) === name.slice(1);
}
