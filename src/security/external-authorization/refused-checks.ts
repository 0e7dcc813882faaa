import type { Finding } from '../../errors/finding';
import { LISTS } from '../access/access-rule';
import { placeOfGrant } from '../access/grants';
import type { Grant } from '../access/grants';
import { RequestPrincipal } from '../callers/request-principal';
import type { CheckedGrant } from './authorizer-planner';
import { isMeantFor, podsOf } from './authorizer-pods';

/**
 * Tokens that the pods of an authorizer want of whoever calls them. A check over HTTP has the token that the client showed, if any; a
 * check over gRPC has none among its own headers.
 */
export function refusedChecks(checked: readonly CheckedGrant[], all: readonly Grant[]): Finding[] {
  const denials = all.filter(wantsToken);
  if (denials.length === 0) return [];
  const asked = [...new Set(checked.map(({ authorizer }) => authorizer))].sort((one, other) => (one.node.path < other.node.path ? -1 : 1));
  return asked.flatMap((authorizer) => podsOf(authorizer).flatMap((pods) => denials.filter((denial) => isMeantFor(denial, pods)).map((denial) => ({
    ...placeOfGrant(denial),
    code: 'refused-checks',
    ...(authorizer.kind === 'http' && { severity: 'warning' as const }),
    got: `a token that is wanted at port ${pods.port} of ${authorizer.service?.host ?? ''}, to which ${authorizer.node.path} has checks sent`,
    expected: `pods that take checks ${authorizer.kind === 'grpc' ? 'without a token: those over gRPC show none' : 'without a token, too: whoever has none is refused before the authorizer can send him to a login'}`,
    fix: 'take the token of other services than the authorizer, or give checks a port and a Service of their own',
  }))));
}

/** Of every request, whatever it is about. */
function wantsToken({ action, callers, except, rule, conditions }: Grant): boolean {
  const isNarrow = conditions.length > 0 || LISTS.some((key) => !/ports$/i.test(key) && rule[key] !== undefined);
  return action === 'DENY' && rule.dryRun !== true && callers === undefined && !isNarrow && except?.some(RequestPrincipal.isRequestPrincipal) === true;
}
