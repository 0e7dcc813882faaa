import { describeValue } from '../../core/refusal';
import { isPattern } from './checks';
import { closest } from '../../errors/closest';
import { meshError } from '../../errors/mesh-error';
import type { Known } from '../../core/unknown';
import type { AccessCallers } from '../callers/access-caller';
import type { AccessConditions } from './access-conditions';
import type { Place } from '../../traffic/rules/refuse';

/** What a caller may do, or may not; all that is given must hold. */
export interface AccessRule {
  /**
   * HTTP methods, such as `GET`.
   * @default - any method, and traffic that is not HTTP
   */
  readonly methods?: readonly Known<string>[];
  /**
   * HTTP paths: exact, `/prefix*`, `*suffix`, or a template such as `/orders/{*}`.
   * @default - any path, and traffic that is not HTTP
   */
  readonly paths?: readonly Known<string>[];
  /**
   * Ports of the pods, 1 to 65535.
   * @default - any port
   */
  readonly ports?: readonly Known<number>[];
  /**
   * HTTP hosts, such as `shop.example.com`.
   * @default - any host, and traffic that is not HTTP
   */
  readonly hosts?: readonly Known<string>[];
  /** HTTP methods that the rule is not for. @default - none */
  readonly notMethods?: readonly Known<string>[];
  /** HTTP paths that the rule is not for. @default - none */
  readonly notPaths?: readonly Known<string>[];
  /** Ports of the pods that the rule is not for. @default - none */
  readonly notPorts?: readonly Known<number>[];
  /** HTTP hosts that the rule is not for. @default - none */
  readonly notHosts?: readonly Known<string>[];
  /** Callers that the rule is not for, though they are among those it is for. @default - none */
  readonly except?: AccessCallers;
  /** Headers, claims of tokens, addresses and other things that have to hold. @default - none */
  readonly when?: AccessConditions;
  /**
   * Only says in logs and metrics what it would do.
   * @default false
   * @see https://istio.io/latest/docs/tasks/security/authorization/authz-dry-run/
   */
  readonly dryRun?: boolean;
  /**
   * A denial of a path, or a path taken out of a grant, is got round where the service reads other paths as the same: `//a`,
   * `/a%2Fb`, `/A`, `/a/`. With `true`, it is known that the service does not.
   * @default false - such a rule is refused, unless the mesh's `pathNormalization` sees to it
   * @see https://istio.io/latest/docs/ops/best-practices/security/#customize-your-system-on-path-normalization
   */
  readonly pathsAsWritten?: boolean;
  /**
   * Whether tokens are checked by a RequestAuthentication of another program; without one they count for nothing.
   * @default false - a rule about tokens needs a {@link JwtAuthentication} of this program
   */
  readonly tokensCheckedElsewhere?: boolean;
}

/** What a caller may not do. */
export interface DenyRule extends AccessRule {
  /**
   * Whether it may hold for every request of every caller.
   * @default false - such a denial is refused
   */
  readonly everything?: boolean;
}

/** What is written down of a caller. */
export type AuditRule = Omit<AccessRule, 'dryRun' | 'pathsAsWritten'>;

/** Which requests an external authorizer is asked about. */
export type CustomRule = Omit<AccessRule, 'except' | 'dryRun' | 'tokensCheckedElsewhere'>;

/** Keys that say something of requests. */
export const LISTS = ['methods', 'paths', 'ports', 'hosts', 'notMethods', 'notPaths', 'notPorts', 'notHosts'] as const;
const FLAGS = ['dryRun', 'pathsAsWritten', 'everything', 'tokensCheckedElsewhere'] as const;
const BY_ALL: readonly string[] = [...LISTS, 'when'];

/** The keys that a rule may have, by the method that takes it. */
const KEYS = {
  allowFrom: [...BY_ALL, 'except', 'dryRun', 'pathsAsWritten', 'tokensCheckedElsewhere'],
  denyFrom: [...BY_ALL, 'except', 'dryRun', 'pathsAsWritten', 'tokensCheckedElsewhere', 'everything'],
  auditFrom: [...BY_ALL, 'except', 'tokensCheckedElsewhere'],
  custom: [...BY_ALL, 'pathsAsWritten'],
} as const;

export type ListKey = (typeof LISTS)[number];

interface Form {
  readonly expected: string;
  /** What to do where nothing better is known. */
  readonly fix: string;
  readonly isRight: (value: unknown) => boolean;
}

const METHODS = 'GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PURGE LINK UNLINK PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH QUERY'.split(' ');
const METHOD: Form = { expected: `HTTP methods in capitals, such as "GET": ${METHODS.slice(0, 9).join(', ')} and those of WebDAV`, fix: 'take some of these', isRight: isMethod };
const PATH: Form = { expected: 'paths that begin with "/" or "*", with an asterisk at an end only, or templates of {*} and a last {**}', fix: 'write it as "/orders/*", or as "/orders/{*}/items"', isRight: isPath };
const PORT: Form = { expected: 'whole numbers from 1 to 65535', fix: 'give the ports of the pods, such as [8080]', isRight: isPort };
const HOST: Form = { expected: 'host names', fix: 'write it as "shop.example.com", or as "*.example.com" for all that end so', isRight: (value) => isText(value, /^\*?[A-Za-z0-9.:_-]*\*?$/) && value !== '' && isPattern(value) };

const FORMS: Readonly<Record<ListKey, Form>> = {
  methods: METHOD,
  paths: PATH,
  ports: PORT,
  hosts: HOST,
  notMethods: METHOD,
  notPaths: PATH,
  notPorts: PORT,
  notHosts: HOST,
};

/**
 * Refuses what would allow more, or less, than it says: a key that there is not would leave the rule open, an empty list
 * means "any" to Istio, and a text that can match nothing denies.
 *
 * @throws MeshError naming the key.
 */
export function checkAccessRule(construct: string, rule: unknown, method: keyof typeof KEYS): asserts rule is AccessRule {
  const keys: readonly string[] = KEYS[method];
  // a Map, or a Promise that nobody waits for, has no keys: it would ask for nothing
  if (Object.prototype.toString.call(rule) !== '[object Object]' || typeof rule !== 'object' || rule === null) throw notRule(construct, rule, method, keys);
  // what is there and not looked at would be asked of nobody
  if (keys.some((key) => key in rule && !Object.keys(rule).includes(key))) throw notRule(construct, rule, method, keys);
  for (const [key, value] of Object.entries(rule) as [string, unknown][]) {
    if (!keys.includes(key)) throw unknownKey(construct, key, method, keys);
    if (value === undefined) continue;
    const place = { construct, property: `${method}.${key}` };
    if ((FLAGS as readonly string[]).includes(key) && typeof value !== 'boolean') throw refusal('bad-flag', place, value, 'true or false', 'leave it out for false');
    if ((LISTS as readonly string[]).includes(key)) checkList(place, key as ListKey, value);
  }
}

/** The rule as it is now: a program may go on to change what it gave, and a list that it empties would mean "any". */
export function keptRule(rule: AccessRule): AccessRule {
  return Object.freeze(Object.fromEntries(Object.entries(rule).map(([key, value]) => [key, Array.isArray(value) ? Object.freeze([...(value as readonly unknown[])]) : (value as unknown)])));
}

/** Refuses a list that means something else than it says. @throws MeshError */
export function checkList(place: Place, key: ListKey, values: unknown): void {
  const form = FORMS[key];
  if (!Array.isArray(values)) throw refusal('bad-access-list', place, values, `a list of ${form.expected}`, 'write one value in brackets, too');
  if (values.length === 0) throw refusal('empty-access-list', place, values, `at least one of the ${key}`, `leave ${key} out where it does not matter`);
  const wrong: unknown = values.find((value) => !form.isRight(value));
  if (wrong !== undefined || values.includes(undefined)) throw refusal('bad-access-list', place, wrong, form.expected, fixFor(key, wrong));
  const every: unknown = key.startsWith('not') ? values.find((value) => isEvery(form, value)) : undefined;
  if (every !== undefined) throw refusal('leaves-nothing', place, every, `${key} that leave some: with all of them, the rule is for no request`, 'take it out of the list, or leave out the rule');
}

/** Whether a list fits every request: it asks for nothing, and leaves nothing where it is for what is not meant. */
export function fitsEvery(key: ListKey, values: readonly unknown[]): boolean {
  return values.some((value) => isEvery(FORMS[key], value));
}

function isEvery(form: Form, value: unknown): boolean {
  return value === '*' || (form === PATH && (value === '/*' || value === '/{**}'));
}

function fixFor(key: ListKey, wrong: unknown): string {
  const form = FORMS[key];
  if (typeof wrong !== 'string') return form.fix;
  if (form === METHOD) {
    const meant = closest(wrong, METHODS);
    return meant === undefined ? form.fix : `did you mean "${meant}"?`;
  }
  if (form !== PATH) return form.fix;
  if (/[?#]/.test(wrong)) return 'leave out the query: paths are compared without it';
  return /^[A-Za-z0-9]/.test(wrong) ? `did you mean "/${wrong}"?` : form.fix;
}

function notRule(construct: string, rule: unknown, method: string, keys: readonly string[]): Error {
  return meshError({
    code: 'bad-access-rule',
    construct,
    property: method,
    got: describeValue(rule),
    expected: `an object with some of ${keys.join(', ')}`,
    fix: 'leave it out for any access',
  });
}

function unknownKey(construct: string, key: string, method: string, keys: readonly string[]): Error {
  const meant = closest(key, keys);
  return meshError({
    code: 'unknown-access-key',
    construct,
    property: `${method}.${key}`,
    got: `the key "${key}"`,
    expected: `one of ${keys.join(', ')}`,
    fix: meant === undefined ? 'take it out' : `did you mean "${meant}"?`,
  });
}

function refusal(code: string, place: Place, got: unknown, expected: string, fix: string): Error {
  const shown = Array.isArray(got) && got.length === 0 ? '[]' : describeValue(got);
  return meshError({ code, ...place, got: shown, expected, fix });
}

function isText(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

function isMethod(value: unknown): boolean {
  if (!isText(value, /^\*$|^[A-Z]+\*?$/)) return false;
  return METHODS.some((method) => (value.endsWith('*') ? method.startsWith(value.slice(0, -1)) : method === value));
}

function isPath(value: unknown): boolean {
  if (!isText(value, /^[/*][^?#\s]*$/)) return false;
  return value.includes('{') || value.includes('}') ? isTemplate(value) : isPattern(value);
}

/** Segments of their own, of which {**} may only be followed by texts; other segments are plain texts. */
function isTemplate(path: string): boolean {
  const segments = path.replace(/^\/|\/$/g, '').split('/');
  const many = segments.indexOf('{**}');
  if (many >= 0 && segments.slice(many + 1).some((segment) => segment.startsWith('{'))) return false;
  return path.startsWith('/') && segments.every((segment) => segment === '{*}' || segment === '{**}' || /^[a-zA-Z0-9\-._~%!$&'()+,;:@=]+$/.test(segment));
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65_535;
}
