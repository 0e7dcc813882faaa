import type { PolicyCondition } from '../callers/request-principal';
import type { NamedCaller } from '../callers/callers';
import type { Grant } from './grants';

type Callers = Pick<Grant, 'action' | 'conditions'> & { readonly from: readonly NamedCaller[]; readonly notFrom: readonly NamedCaller[] };

/** There is a token that was found to be right: each has an issuer, and not each a subject. */
const SHOWN: PolicyCondition = { key: 'request.auth.claims[iss]', values: ['*'] };

/**
 * The conditions of a grant. One that only says what a token must not say is met by a request without a token as well: whoever is left
 * out would get in by leaving the token out. So a token has to be there; those without one are let in by a grant of their own, `except:
 * RequestPrincipal.any()`.
 */
export function withShownToken(grant: Callers): readonly PolicyCondition[] {
  const { action, conditions, from, notFrom } = grant;
  const about = conditions.filter(({ key }) => key.startsWith('request.auth.'));
  const leavesOut = about.some(({ notValues }) => notValues !== undefined) || notFrom.some(({ source }) => source.requestPrincipals !== undefined);
  const asksFor = about.some(({ values }) => values !== undefined) || from.every(({ source }) => source.requestPrincipals !== undefined);
  const wantsNone = [...about.flatMap(({ key, notValues = [] }) => (key === 'request.auth.principal' ? notValues : [])), ...notFrom.flatMap(({ source }) => source.requestPrincipals ?? [])].includes('*');
  return action !== 'ALLOW' || !leavesOut || asksFor || wantsNone ? conditions : [...conditions, SHOWN];
}
