import type { Finding } from '../../errors/finding';
import { closest } from '../../errors/closest';
import { keysAround, podsKey } from '../access/grants';
import type { NamedGrant } from '../access/policy-rules';
import type { PolicyIndex } from './covering';
import { findingOf } from './grant-finding';

/**
 * A token that nobody checks counts for nothing: what it allows is refused, and what it denies is let in.
 *
 * @param checking the RequestAuthentications of the cluster
 */
export function uncheckedTokens(grant: NamedGrant, checking: PolicyIndex): Finding[] {
  if (grant.rule.tokensCheckedElsewhere === true || !asksForToken(grant)) return [];
  const rules = checking.covering(grant.target).flatMap(({ spec }) => (Array.isArray(spec['jwtRules']) ? (spec['jwtRules'] as readonly unknown[]) : []));
  if (rules.length === 0) {
    return [
      findingOf(grant, '', {
        code: 'token-never-checked',
        got: 'a rule about tokens, for pods that check none',
        expected: 'a JwtAuthentication for these pods, their namespace or the mesh',
        fix: 'make one, or say tokensCheckedElsewhere: true where another program does',
      }),
    ];
  }
  const issuers = rules.map((rule) => (rule as { readonly issuer?: string }).issuer ?? '');
  const asked = [...grant.from, ...grant.notFrom].flatMap(({ issuer }) => issuer ?? []);
  return [...new Set(asked)].filter((issuer) => !issuers.includes(issuer)).map((issuer) => {
    const meant = closest(issuer, issuers);
    return findingOf(grant, '', {
      code: 'unknown-issuer',
      got: `tokens of ${JSON.stringify(issuer)}, which are not checked for these pods`,
      expected: `one of ${issuers.join(', ')}`,
      fix: meant === undefined ? 'add the issuer to the JwtAuthentication' : `did you mean ${JSON.stringify(meant)}?`,
    });
  });
}

/**
 * Denials by what a token says, where one need not show any: whoever is meant leaves the token out, and is let in as everybody is.
 *
 * @param closed pods, namespaces and meshes in which nobody is let in without a grant
 */
export function leftOutTokens(grants: readonly NamedGrant[], closed: ReadonlySet<string>): Finding[] {
  const denials = grants.filter((grant) => grant.action === 'DENY' && grant.rule.dryRun !== true && grant.rule.tokensCheckedElsewhere !== true && needsToken(grant));
  if (denials.length === 0) return [];
  const requiring = keysOf(grants.filter(requiresToken));
  const open = keysOf(grants.filter((grant) => grant.action === 'ALLOW' && grant.rule.dryRun !== true && !needsToken(grant)));
  return denials.flatMap((denial) => {
    const keys = [podsKey(denial.target), ...keysAround(denial.target)];
    const letsIn = !keys.some((key) => closed.has(key)) || keys.some((key) => open.has(key));
    if (!letsIn || keys.some((key) => requiring.has(key))) return [];
    return [
      findingOf(denial, '', {
        code: 'token-left-out',
        severity: 'warning',
        got: 'callers shut out by what their token says, where no token is required',
        expected: 'a token of everybody: whoever is meant leaves it out, and is let in',
        fix: "require one: leave optional out of the JwtAuthentication; or grant access by tokens, and by nothing else",
      }),
    ];
  });
}

function keysOf(grants: readonly NamedGrant[]): ReadonlySet<string> {
  return new Set(grants.map(({ target }) => podsKey(target)));
}

/** Every caller without a token is refused, but for some paths and methods. */
function requiresToken({ action, rule, callers, notFrom, conditions }: NamedGrant): boolean {
  return action === 'DENY' && rule.dryRun !== true && callers === undefined && conditions.length === 0 && notFrom.some(({ source }) => source.requestPrincipals?.includes('*') === true);
}

/** Whether only requests with a token fit. */
function needsToken({ from, conditions }: NamedGrant): boolean {
  return conditions.some(({ key, values }) => key.startsWith('request.auth.') && values !== undefined) || (from.length > 0 && from.every(({ source }) => source.requestPrincipals !== undefined));
}

function asksForToken({ from, notFrom, conditions }: NamedGrant): boolean {
  const all = [...conditions, ...from.flatMap((caller) => caller.conditions)];
  return all.some(({ key }) => key.startsWith('request.auth.')) || [...from, ...notFrom].some(({ source }) => source.requestPrincipals !== undefined);
}
