import type { Known } from '../../core/unknown';
import { claimName } from '../../traffic/rules/claim-name';
import { refuse, requireKeys, requireNames, someText, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import { patterns } from '../access/checks';

const BRAND = Symbol.for('mesh-constructs.RequestPrincipal');

/** What a token has to say; all that is given must hold. */
export interface RequestPrincipalProps {
  /**
   * Who issued the token: its claim `iss`.
   * @default - any issuer whose tokens are checked
   */
  readonly issuer?: Known<string>;
  /**
   * Whom the token is about: its claim `sub`; `abc*` for all that begin so.
   * @default - anybody
   */
  readonly subject?: Known<string>;
  /**
   * Whom the token is for: one of its claim `aud`.
   * @default - anybody
   */
  readonly audiences?: Known<string> | readonly Known<string>[];
  /**
   * Who may present the token: its claim `azp`.
   * @default - anybody
   */
  readonly presenter?: Known<string> | readonly Known<string>[];
  /**
   * Other claims by name: one of the values has to be that of the claim, or in its list. `realm.roles` is the claim `roles`
   * within `realm`, and `[https://example.com/groups]` one whose own name holds dots; `abc*`, `*abc` and `*` compare a part of it.
   * @default - none
   */
  readonly claims?: Readonly<Record<string, Known<string> | readonly Known<string>[]>>;
}

/** A condition as a policy has it. */
export interface PolicyCondition {
  readonly key: string;
  readonly values?: readonly string[];
  readonly notValues?: readonly string[];
}

/**
 * Whoever shows a token that a {@link JwtAuthentication} found to be right.
 *
 * @see https://istio.io/latest/docs/tasks/security/authorization/authz-jwt/
 * @example
 * orders.allowFrom(RequestPrincipal.of({ issuer: 'https://login.example.com', claims: { groups: 'admins' } }));
 */
export class RequestPrincipal {
  /** Anybody with a token that is right. */
  public static any(): RequestPrincipal {
    return new RequestPrincipal(undefined, '*', []);
  }

  /** @throws MeshError when nothing is asked of the token, or a value can be in no token. */
  public static of(props: RequestPrincipalProps): RequestPrincipal {
    const place = { construct: '', property: '' };
    requireKeys(place, props, ['issuer', 'subject', 'audiences', 'presenter', 'claims']);
    const { issuer, subject, audiences, presenter, claims } = props;
    if (Object.values(props).every((value) => value === undefined)) {
      throw refuse(place, 'empty-request-principal', '{}', 'something that is asked of the token', 'say RequestPrincipal.any() where any right token will do');
    }
    const checked = subject === undefined ? '*' : checkedSubject(within(place, 'subject'), subject);
    // Istio takes one asterisk: with any issuer, the beginning of a subject is asked for as a claim
    const isClaim = issuer === undefined && checked !== '*' && checked.endsWith('*');
    const principal = `${issuer === undefined ? '*' : checkedIssuer(within(place, 'issuer'), issuer)}/${isClaim ? '*' : checked}`;
    const conditions = [
      ...(isClaim ? [{ key: 'request.auth.claims[sub]', values: [checked] }] : []),
      ...(audiences === undefined ? [] : [{ key: 'request.auth.audiences', values: patterns(within(place, 'audiences'), audiences) }]),
      ...claimConditions(within(place, 'claims'), claims),
      ...(presenter === undefined ? [] : [{ key: 'request.auth.presenter', values: patterns(within(place, 'presenter'), presenter) }]),
    ];
    // "*/*" would ask for an issuer that is an asterisk
    return new RequestPrincipal(issuer, principal === '*/*' ? '*' : principal, conditions);
  }

  /** True for a RequestPrincipal of any copy of this library. */
  public static isRequestPrincipal(value: unknown): value is RequestPrincipal {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  private constructor(
    /** Undefined for any. */
    public readonly issuer: string | undefined,
    /** As Istio writes it: issuer and subject with a slash between. */
    public readonly principal: string,
    /** What else has to hold of the token. */
    public readonly conditions: readonly PolicyCondition[],
  ) {
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }
}

function claimConditions(place: Place, claims: RequestPrincipalProps['claims']): PolicyCondition[] {
  if (claims === undefined) return [];
  requireNames(place, claims);
  // a Map has none either: whoever gives one asked for something
  if (Object.keys(claims).length === 0) throw refuse(place, 'empty-condition', '{}', 'claims by name', 'take it out where any token will do');
  return Object.entries(claims).map(([name, values]) => {
    const at = within(place, name);
    return { key: `request.auth.claims${claimName(at, name)}`, values: patterns(at, values) };
  });
}

/** Istio divides at the last slash, and an asterisk would be a wildcard. */
function checkedIssuer(place: Place, issuer: string): string {
  const text = someText(place, issuer);
  if (!text.includes('*')) return text;
  throw refuse(place, 'bad-issuer', JSON.stringify(text), 'an issuer without asterisks', 'leave it out to take any issuer whose tokens are checked');
}

function checkedSubject(place: Place, subject: string): string {
  const text = someText(place, subject);
  if (!text.includes('/') && !text.slice(0, -1).includes('*')) return text;
  throw refuse(place, 'bad-subject', JSON.stringify(text), 'a subject without slashes, perhaps with an asterisk at its end', "ask for the claim instead: claims: { sub: '…' }");
}
