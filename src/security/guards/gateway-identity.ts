import type { Finding } from '../../errors/finding';
import type { NamedGrant } from '../access/policy-rules';
import { findingOf } from './grant-finding';

/**
 * Callers at a gateway show an identity only where it asks for their certificates, as an egress gateway does of the mesh's sidecars.
 * Browsers and the like have none.
 *
 * @param shutsOut whether the grant keeps identities out, in place of letting them in
 */
export function identityAtGateway(grant: NamedGrant, shutsOut: boolean): Finding[] {
  const { target, rule } = grant;
  const asked = target.ports().filter(({ number }) => rule.ports === undefined || (number !== undefined && rule.ports.includes(number)));
  const without = asked.filter(({ showsIdentity }) => showsIdentity !== true && showsIdentity !== undefined);
  // what the program does not say of the gateway's ports, another one may
  if (without.length === 0) return [];
  const ports = [...new Set(without.map(({ number }) => number))].sort((a = 0, b = 0) => a - b).join(', ');
  const fix = 'tell callers by addresses or tokens; or say ports, where some of them ask for certificates of the mesh';
  if (shutsOut) {
    return [findingOf(grant, '', { code: 'identity-with-plain-text', got: `callers shut out by their identity, at a gateway that asks for none on port ${ports}`, expected: 'ports with mutual TLS: whoever shows no identity is let in', fix })];
  }
  if (without.length < asked.length || rule.dryRun === true) return [];
  return [findingOf(grant, '', { code: 'identity-without-mtls', got: `callers let in by their identity, at a gateway that asks for none on port ${ports}`, expected: 'ports with mutual TLS: whoever shows no identity is refused, and so is everybody', fix })];
}
