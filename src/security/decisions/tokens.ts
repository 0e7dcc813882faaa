import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import type { PlainRequest, Token } from './plain-policies';

/**
 * How proxies check tokens. Each issuer looks at places of its own; a token there has to be right, and none is no matter. Of several
 * issuers it is enough that one finds a right token: then nobody looks at the places of the others any more.
 */

/** What came of checking the tokens of a request. */
export interface TokenCheck {
  /** 401 for a token that is wrong, 403 for one that is for somebody else. */
  readonly refused?: 401 | 403;
  /** Claims of the token that counts; undefined without one. */
  readonly claims: JsonObject | undefined;
  /** Headers as the service and policies see them. */
  readonly headers: Readonly<Record<string, string>>;
}

type Status = 'good' | 'missing' | 'of another issuer' | 'wrong' | 'for others';

interface Asked extends PlainRequest {
  /** The token is of an issuer that none of the rules is about: it stands where tokens usually do. */
  readonly isStray: boolean;
}

interface State {
  claims: JsonObject | undefined;
  headers: Record<string, string>;
}

/** Checks the tokens of a request by the `jwtRules` of all RequestAuthentications of the pods. Undefined where it is not known what a token says. */
export function checkTokens(rules: readonly JsonObject[], request: PlainRequest): TokenCheck | undefined {
  const { headers } = request;
  // browsers ask so before a request of another site, and have no token then
  const isPreflight = request.method === 'OPTIONS' && headers['origin'] !== undefined && headers['access-control-request-method'] !== undefined;
  if (rules.length === 0 || isPreflight) return { claims: undefined, headers };
  const sorted = [...rules].sort((a, b) => (String(a['issuer'] ?? '') < String(b['issuer'] ?? '') ? -1 : 1));
  if (request.read === undefined && sorted.some((rule) => textsAt(rule, request).length > 0)) return undefined;
  const state: State = { claims: undefined, headers: { ...headers } };
  const { token } = request;
  const asked: Asked = { ...request, isStray: token !== undefined && !sorted.some((rule) => isOf(rule, token)) };
  const status = sorted.length === 1 ? optional(sorted[0] as JsonObject, asked, state) : ofSeveral(sorted, asked, state);
  if (status === 'good') return state;
  return { refused: status === 'for others' ? 403 : 401, claims: undefined, headers };
}

function ofSeveral(rules: readonly JsonObject[], request: Asked, state: State): Status {
  const statuses: Status[] = [];
  for (const rule of rules) {
    const status = required(rule, request, state);
    if (status === 'good') return status;
    statuses.push(status);
  }
  const failed = rules.map((rule) => optional(rule, request, state)).find((status) => status !== 'good');
  return failed === undefined ? 'good' : telling([...statuses, failed]);
}

/** Of several that are not good, the last one that says something of the token itself. */
function telling(statuses: readonly Status[]): Status {
  return statuses.filter((status) => status === 'wrong' || status === 'for others').at(-1) ?? statuses.at(-1) ?? 'good';
}

/** All tokens at the places of an issuer have to be right. */
function required(rule: JsonObject, request: Asked, state: State): Status {
  cleared(rule, state);
  const tokens = tokensAt(rule, request);
  if (tokens.length === 0) return 'missing';
  // the last place is looked at first
  for (const token of [...tokens].reverse()) {
    const status = checked(rule, token, state);
    if (status !== 'good') return status;
  }
  return 'good';
}

/** None will do as well. Of several that are not all right, the first place decides. */
function optional(rule: JsonObject, request: Asked, state: State): Status {
  const status = required(rule, request, state);
  if (status === 'good') return status;
  const tokens = tokensAt(rule, request);
  if (tokens.length === 0) return 'good';
  const last = [...tokens].reverse().reduce<Status>((_last, token) => checked(rule, token, state), 'good');
  return last === 'good' ? last : telling([status, last]);
}

function checked(rule: JsonObject, token: Token | undefined, state: State): Status {
  if (token === undefined) return 'wrong';
  if (!isOf(rule, token)) return 'of another issuer';
  if (!token.isTimely) return 'wrong';
  const audiences = list(rule['audiences']).map(plainAudience);
  const shown = (Array.isArray(token.claims['aud']) ? list(token.claims['aud']) : [token.claims['aud'] ?? null]).map(plainAudience);
  if (audiences.length > 0 && !shown.some((each) => audiences.includes(each))) return 'for others';
  if (!token.isSignedBy(rule)) return 'wrong';
  passOn(rule, token, state);
  return 'good';
}

function isOf(rule: JsonObject, { claims }: Token): boolean {
  return (rule['issuer'] ?? '') === (claims['iss'] ?? '');
}

/** `https://example.com/` and `example.com` are one. */
function plainAudience(audience: Json): string {
  return typeof audience === 'string' ? audience.replace(/^https?:\/\//, '').replace(/\/$/, '') : '\n';
}

function passOn(rule: JsonObject, { claims }: Token, state: State): void {
  state.claims = withWords(rule, claims);
  for (const each of list(rule['outputClaimToHeaders'])) {
    if (!isJsonObject(each)) continue;
    const value = claims[String(each['claim'])];
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') state.headers[String(each['header']).toLowerCase()] = String(value);
  }
  if (rule['forwardOriginalToken'] !== true) for (const { name } of headersOf(rule)) delete state.headers[name];
}

/** Some claims hold several words, each of which is a value of its own. */
function withWords(rule: JsonObject, claims: JsonObject): JsonObject {
  const names = ['scope', 'permission', ...list(rule['spaceDelimitedClaims']).map(String)];
  const words = names.flatMap((name) => {
    const value = claims[name];
    return typeof value === 'string' ? [[name, value.split(' ')] as const] : [];
  });
  return { ...claims, ...Object.fromEntries(words) };
}

/** What a caller writes into headers that claims go to is taken out. */
function cleared(rule: JsonObject, state: State): void {
  for (const each of list(rule['outputClaimToHeaders'])) if (isJsonObject(each)) delete state.headers[String(each['header']).toLowerCase()];
  const whole = rule['outputPayloadToHeader'];
  if (typeof whole === 'string') delete state.headers[whole.toLowerCase()];
}

/** Undefined for a text that is no token. */
function tokensAt(rule: JsonObject, request: Asked): (Token | undefined)[] {
  const { token, read, isStray } = request;
  const isThere = isStray ? headersOf(rule).some(({ name }) => name === 'authorization') : token !== undefined && isOf(rule, token);
  const said = token !== undefined && isThere ? [token] : [];
  return [...said, ...(read === undefined ? [] : textsAt(rule, request).map(read))];
}

function textsAt(rule: JsonObject, { headers, path }: PlainRequest): string[] {
  const [params, cookies] = [list(rule['fromParams']), list(rule['fromCookies'])];
  const isUsual = list(rule['fromHeaders']).length + params.length + cookies.length === 0;
  const query = new URLSearchParams(path.split('?').slice(1).join('?'));
  const jar = new Map((headers['cookie'] ?? '').split(';').map((each) => each.trim().split(/=(.*)/s) as [string, string]));
  return [
    ...headersOf(rule).flatMap(({ name, prefix }) => {
      const value = headers[name];
      const at = value?.indexOf(prefix) ?? -1;
      return value === undefined || at < 0 ? [] : [/[\w.=-]+/.exec(value.slice(at + prefix.length))?.[0] ?? value];
    }),
    ...[...params, ...(isUsual ? ['access_token'] : [])].flatMap((name) => query.get(String(name)) ?? []),
    ...cookies.flatMap((name) => jar.get(String(name)) ?? []),
  ];
}

function headersOf(rule: JsonObject): { readonly name: string; readonly prefix: string }[] {
  const given = list(rule['fromHeaders']).filter(isJsonObject);
  const isUsual = given.length + list(rule['fromParams']).length + list(rule['fromCookies']).length === 0;
  if (isUsual) return [{ name: 'authorization', prefix: 'Bearer ' }];
  return given.map((header) => ({ name: String(header['name']).toLowerCase(), prefix: String(header['prefix'] ?? '') }));
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
