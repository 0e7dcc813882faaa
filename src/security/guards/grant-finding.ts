import type { Finding } from '../../errors/finding';
import type { NamedGrant } from '../access/policy-rules';

/** What is wrong with a grant, at the method and the key that it was given to. */
export function findingOf({ target, method }: NamedGrant, key: string, rest: Pick<Finding, 'code' | 'got' | 'expected' | 'fix' | 'severity'>): Finding {
  return { construct: target.scope.node.path, property: key === '' ? method : `${method}.${key}`, ...rest } as Finding;
}
