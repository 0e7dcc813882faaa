import type { Finding } from '../../errors/finding';
import { placeOfGrant } from '../access/grants';
import type { NamedGrant } from '../access/policy-rules';

/** What is wrong with a grant, at the method and the key that it was given to. */
export function findingOf(grant: NamedGrant, key: string, rest: Pick<Finding, 'code' | 'got' | 'expected' | 'fix' | 'severity'>): Finding {
  return { ...placeOfGrant(grant, key), ...rest } as Finding;
}
