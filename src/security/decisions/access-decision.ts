import type { AccessRow } from '../table/access-table';
import type { Verdict, Why } from './decide';
import type { DecidingRule } from './sentences';

/** What a decision is made of. @internal */
export interface DecisionParts {
  readonly isAllowed: boolean;
  readonly refusal: Verdict['refusal'] | undefined;
  readonly why: Why;
  readonly rules: readonly DecidingRule[];
  /** The request in words. */
  readonly asked: string;
}

const REASONS: Readonly<Record<Why, string>> = {
  'granted': 'it is granted',
  'open': 'no policy closes these pods',
  'denied': 'it is denied',
  'not granted': 'nothing grants it, and these pods are closed',
  'plain text': 'these pods take mutual TLS only',
  'mutual TLS': 'these pods take plain text only',
  'no certificate': 'the caller shows no certificate',
  'other trust domain': 'the mesh does not know the trust domain of the caller',
  'wrong token': 'its token is wrong, or of an issuer that is not known here',
  'token for others': 'its token is for somebody else',
  'authorizer': 'the external authorizer refuses it',
  'no such authorizer': 'the mesh has no such external authorizer',
  'several authorizers': 'there are several external authorizers, and Istio asks none',
  'unsaid': '',
};

/** What is decided on a request, and by what. */
export class AccessDecision {
  /** Whether the request is let in. */
  public readonly isAllowed: boolean;
  /** What a refused caller sees; `cut` is a connection that ends. Undefined where it is let in, or an authorizer answers as it likes. */
  public readonly status: 401 | 403 | 'cut' | undefined;
  /** Why, in words. */
  public readonly reason: string;
  /** What decided: one rule, or, where nothing grants the request, all policies that close the pods. */
  public readonly rules: readonly DecidingRule[];
  private readonly asked: string;

  /** @internal */
  public constructor({ isAllowed, refusal, why, rules, asked }: DecisionParts) {
    this.isAllowed = isAllowed;
    this.status = refusal === 'of the authorizer' ? undefined : refusal;
    this.reason = REASONS[why];
    this.rules = rules;
    this.asked = asked;
  }

  /** The decision in a line, with the rules and the lines of the program that made it. */
  public toString(): string {
    const outcome = this.isAllowed ? 'is allowed' : this.status === undefined ? 'is refused' : this.status === 'cut' ? 'is cut' : `is refused (${this.status})`;
    return `${this.asked} ${outcome}: ${[this.reason, ...this.rules.map(ruleText)].join('; ')}`;
  }
}

function ruleText({ kind, namespace, name, rule, construct, sentences }: DecidingRule): string {
  const policy = `${kind} ${namespace}/${name}${rule === undefined ? '' : `, rule ${rule}`}`;
  if (sentences.length === 0) return `${policy} (${construct})`;
  return `${policy}${rule === undefined ? ', which only has' : ':'} ${sentences.map(sentenceText).join(' and ')}`;
}

function sentenceText({ action, from, except, what, construct, site }: AccessRow): string {
  const callers = `${from.join(', ')}${except.length === 0 ? '' : ` but not ${except.join(', ')}`}`;
  const place = site === undefined ? construct : `${site.file}:${site.line}, ${construct}`;
  return `${action} ${callers}${what === '' ? '' : `, ${what}`} (${place})`;
}
