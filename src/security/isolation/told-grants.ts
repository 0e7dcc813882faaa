import { MeshError } from '../../errors/mesh-error';
import type { Grant } from '../access/grants';
import { withCallers } from '../access/named-grants';
import type { NamedGrant } from '../access/policy-rules';

/** Grants with their callers as policies name them. What is wrong with one is said where policies are made of it, and it is left out. */
export function toldGrants(grants: readonly Grant[]): NamedGrant[] {
  return attempt(grants) ?? grants.flatMap((grant) => attempt([grant]) ?? []);
}

function attempt(grants: readonly Grant[]): NamedGrant[] | undefined {
  try {
    return withCallers(grants);
  } catch (error) {
    if (MeshError.isMeshError(error)) return undefined;
    throw error;
  }
}
