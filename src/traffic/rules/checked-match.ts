import type { IConstruct } from 'constructs';
import type { VirtualServiceHttpMatch, VirtualServiceStringMatch } from '../../../imports/istio/virtual-service';
import { badReference, isObjectConstruct, namespaceName, namespaceOf, requireSameCluster } from '../../core/references';
import type { ObjectConstruct } from '../../core/references';
import { describeValue } from '../../core/refusal';
import { StringMatch } from '../../core/string-match';
import { readWorkload } from '../kubernetes-workload';
import { claimName } from './claim-name';
import type { Conditions } from './conditions';
import { contradiction } from './conditions';
import { headerName, oneOf, refuse, requireKeys, requireNames, someText, within, wholeNumber } from './refuse';
import type { Place } from './refuse';
import { MATCH_KEYS } from './route-match';
import type { ClaimsMatch, CookieMatch, RouteMatch } from './route-match';
import type { FactsOf } from './services';

const HIGHEST_PORT = 65_535;
const GRPC_SERVICE = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const GRPC_METHOD = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What is known of a caller by its pods. */
interface Caller {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A match whose values are right. Its source is looked up late: pods may get labels until synthesis. */
export interface CheckedMatch {
  readonly place: Place;
  readonly conditions: Conditions;
  readonly caller: (() => Caller) | undefined;
  readonly port: number | undefined;
  /** It tells requests by what their senders put into them, or by who sends them: not everybody's at once. */
  readonly isCohort: boolean;
}

/**
 * The values of a match.
 *
 * @throws MeshError when one of them cannot be, or they contradict each other.
 */
export function checkMatch(owner: IConstruct, match: RouteMatch & ClaimsMatch, place: Place, factsOf: FactsOf, keys: readonly (keyof RouteMatch | keyof ClaimsMatch)[] = MATCH_KEYS): CheckedMatch {
  requireKeys(place, match, keys);
  const wanted = new Map<string, StringMatch>();
  const unwanted = new Map<string, StringMatch>();
  if (match.grpc !== undefined) addGrpc(wanted, match, within(place, 'grpc'));
  for (const key of ['uri', 'method', 'scheme', 'authority'] as const) {
    const value = match[key];
    if (value !== undefined) addText(wanted, key, value, within(place, key));
  }
  addAll(wanted, 'header', match.headers, within(place, 'headers'));
  addAll(unwanted, 'header', match.withoutHeaders, within(place, 'withoutHeaders'));
  addAll(wanted, 'query', match.queryParams, within(place, 'queryParams'));
  addClaims(wanted, match.claims, within(place, 'claims'));
  addClaims(unwanted, match.withoutClaims, within(place, 'withoutClaims'));
  if (match.cookie !== undefined) addCookie(wanted, match.cookie, within(place, 'cookie'));
  const { sourceNamespace } = match;
  if (sourceNamespace !== undefined) wanted.set('namespace', StringMatch.exact(namespaceName(owner, sourceNamespace, within(place, 'sourceNamespace').property)));
  const port = match.port === undefined ? undefined : wholeNumber(within(place, 'port'), match.port, 1, HIGHEST_PORT);
  if (port !== undefined) wanted.set('port', StringMatch.exact(String(port)));
  const ignoresUriCase = checkedCase(match, wanted, within(place, 'ignoreUriCase'));
  const impossible = contradiction({ wanted, unwanted });
  if (impossible !== undefined) {
    throw refuse(place, 'never-matches', `${impossible}, which is wanted and unwanted`, 'a match that some request can fit', 'take one of the two out');
  }
  const isCohort = match.source !== undefined || [...wanted.keys()].some((key) => /^(header|cookie|query|claim|namespace)/.test(key));
  const caller = match.source === undefined ? undefined : callerOf(owner, match.source, within(place, 'source'), factsOf);
  return { place, conditions: { wanted, unwanted, ...(ignoresUriCase ? { ignoresUriCase } : {}) }, caller, port, isCohort };
}

/** The conditions with those of the caller, which are known at synthesis. @throws MeshError when its pods have no labels. */
export function conditionsOf({ conditions, caller, place }: CheckedMatch): Conditions {
  if (caller === undefined) return conditions;
  const { namespace, labels } = caller();
  const wanted = new Map(conditions.wanted);
  const other = wanted.get('namespace');
  if (other !== undefined && other.text !== namespace) {
    throw refuse(within(place, 'sourceNamespace'), 'never-matches', `"${other.text}", and a source in ${namespace}`, 'one namespace', 'leave it out: the source says it');
  }
  wanted.set('namespace', StringMatch.exact(namespace));
  for (const [name, value] of Object.entries(labels)) wanted.set(`label ${name}`, StringMatch.exact(value));
  if (Object.keys(labels).length > 0) return { ...conditions, wanted };
  throw refuse(within(place, 'source'), 'no-pods', 'a source whose pods have no labels', 'one whose pods are told by labels', 'use sourceNamespace');
}

/** The match as Istio writes it; `undefined` for any request. */
export function istioMatch({ wanted, unwanted, ignoresUriCase }: Conditions): VirtualServiceHttpMatch | undefined {
  const match: Record<string, unknown> = ignoresUriCase === true ? { ignoreUriCase: true } : {};
  for (const [key, value] of wanted) {
    const [kind = '', name = ''] = splitKey(key);
    if (kind === 'header') put(match, 'headers', name, value.toIstio());
    else if (kind === 'query') put(match, 'queryParams', name, value.toIstio());
    else if (kind === 'cookie') put(match, 'headers', 'cookie', cookiePattern(name, value));
    else if (kind === 'claim') put(match, 'headers', claimHeader(name), claimText(value));
    else if (kind === 'label') put(match, 'sourceLabels', name, value.text);
    else if (kind === 'namespace') match['sourceNamespace'] = value.text;
    else if (kind === 'port') match['port'] = Number(value.text);
    else match[kind] = value.toIstio();
  }
  for (const [key, value] of unwanted) {
    const [kind, name] = splitKey(key);
    if (kind === 'claim') put(match, 'withoutHeaders', claimHeader(name), claimText(value));
    else put(match, 'withoutHeaders', name, value.toIstio());
  }
  return Object.keys(match).length === 0 ? undefined : match;
}

function addText(wanted: Map<string, StringMatch>, key: 'uri' | 'method' | 'scheme' | 'authority', given: StringMatch | string, place: Place): void {
  const value = StringMatch.of(given, place);
  if (value.kind === 'present' || (value.kind === 'exact' && value.text === '')) {
    throw refuse(place, 'bad-match', value.toString(), `a text, as every request has some ${key}`, 'leave it out for any');
  }
  if (key === 'uri' && (value.kind === 'exact' || value.kind === 'prefix')) {
    if (!value.text.startsWith('/')) throw refuse(place, 'bad-path', value.toString(), 'a path that begins with "/"', `did you mean "/${value.text}"?`);
    if (/[?#]/.test(value.text)) throw refuse(place, 'bad-path', value.toString(), 'a path without its query', 'use queryParams for what comes after "?"');
  }
  if (key === 'method' && value.kind === 'exact' && value.text !== value.text.toUpperCase()) {
    throw refuse(place, 'never-matches', value.toString(), 'a method in capitals', `did you mean "${value.text.toUpperCase()}"?`);
  }
  // every path begins so: it says nothing, and must not pass for a condition
  if (key === 'uri' && value.kind === 'prefix' && value.text === '/') return;
  wanted.set(key, value);
}

/** A call of gRPC is a POST to `/package.Service/Method`. */
function addGrpc(wanted: Map<string, StringMatch>, { grpc, uri, method }: RouteMatch, place: Place): void {
  requireKeys(place, grpc, ['service', 'method']);
  const given = uri === undefined ? (method === undefined ? undefined : 'method') : 'uri';
  if (given !== undefined) throw refuse(place, 'bad-match', `grpc beside ${given}`, 'one of the two: a call says its own path', `take ${given} out`);
  const service = grpcName(grpc?.service, GRPC_SERVICE, within(place, 'service'), 'a service with its package, such as "shop.v1.Orders"');
  const call = grpc?.method === undefined ? undefined : grpcName(grpc.method, GRPC_METHOD, within(place, 'method'), 'a method, such as "Get"');
  wanted.set('uri', call === undefined ? StringMatch.prefix(`/${service}/`) : StringMatch.exact(`/${service}/${call}`));
}

function grpcName(given: unknown, form: RegExp, place: Place, expected: string): string {
  if (typeof given === 'string' && form.test(given)) return given;
  throw refuse(place, 'bad-match', describeValue(given), expected, 'write it as the .proto file has it');
}

/** Istio looks away from capitals in whole paths and prefixes only. */
function checkedCase({ ignoreUriCase }: RouteMatch, wanted: ReadonlyMap<string, StringMatch>, place: Place): boolean {
  if (ignoreUriCase === undefined || !oneOf(place, ignoreUriCase, [true, false])) return false;
  const kind = wanted.get('uri')?.kind;
  if (kind === 'exact' || kind === 'prefix') return true;
  const got = kind === undefined ? 'no uri' : `a uri by ${kind}`;
  throw refuse(place, 'bad-match', got, 'a whole path or a prefix to compare', kind === 'regex' ? 'begin the pattern with "(?i)" instead' : 'take it out');
}

function addAll(into: Map<string, StringMatch>, kind: 'header' | 'query', given: RouteMatch['headers'], place: Place): void {
  if (given === undefined) return;
  requireNames(place, given);
  if (Object.keys(given).length === 0) throw refuse(place, 'empty-list', '{}', 'one name or more', 'leave it out for any');
  for (const [name, value] of Object.entries(given)) {
    const at = within(place, name);
    const key = `${kind} ${kind === 'header' ? headerName(at, name) : someText(at, name)}`;
    if (into.has(key)) throw refuse(at, 'bad-header', `${name}, which is there in other capitals, too`, 'each header once', 'take one of the two out');
    into.set(key, StringMatch.of(value, at));
  }
}

function addClaims(into: Map<string, StringMatch>, given: ClaimsMatch['claims'], place: Place): void {
  if (given === undefined) return;
  requireNames(place, given);
  if (Object.keys(given).length === 0) throw refuse(place, 'empty-list', '{}', 'one claim or more', 'leave it out for any');
  for (const [name, value] of Object.entries(given)) {
    const at = within(place, name);
    const key = `claim ${claimName(at, name)}`;
    if (into.has(key)) throw refuse(at, 'bad-claim', `${name}, which is there in another form, too`, 'each claim once', 'take one of the two out');
    const text = StringMatch.of(value, at);
    if (text.kind === 'exact' && text.text === '') throw refuse(at, 'bad-match', text.toString(), 'a text', 'use StringMatch.present() for any');
    into.set(key, text);
  }
}

/** Istio reads a header of this name, which no request can have, as a claim. */
function claimHeader(name: string): string {
  return `@request.auth.claims${name}`;
}

/** For a claim, Istio has no form for whatever it says. */
function claimText(value: StringMatch): object {
  return value.kind === 'present' ? { regex: '(?s).*' } : value.toIstio();
}

function addCookie(wanted: Map<string, StringMatch>, cookie: CookieMatch, place: Place): void {
  requireKeys(place, cookie, ['name', 'value']);
  if (wanted.has('header cookie')) throw refuse(place, 'bad-match', 'a cookie, and the header "cookie"', 'one of the two', 'leave the header out');
  headerName(within(place, 'name'), cookie.name);
  const value = StringMatch.of(cookie.value, within(place, 'value'));
  if (value.kind === 'regex') {
    throw refuse(within(place, 'value'), 'bad-match', value.toString(), 'an exact value, a prefix, a suffix or present', 'match the header "cookie" by a pattern of your own');
  }
  // unlike names of headers, those of cookies tell capitals from small letters
  wanted.set(`cookie ${cookie.name}`, value);
}

/** The cookie among others of the header: `a=1; b=2`. */
export function cookiePattern(name: string, value: StringMatch): VirtualServiceStringMatch {
  const text = escaped(value.text);
  const pattern = { exact: text, prefix: `${text}[^;]*`, suffix: `[^;]*${text}`, present: '[^;]*', regex: '' }[value.kind];
  return { regex: `(.*; *)?${escaped(name)}=${pattern}(;.*)?` };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function callerOf(owner: IConstruct, source: unknown, place: Place, factsOf: FactsOf): () => Caller {
  const expected = 'a MeshService or a workload: what has pods with labels';
  requireSameCluster(owner, source, place.property, expected);
  const service = factsOf(source);
  if (service !== undefined) return () => ({ namespace: service.namespace, labels: service.facts().selector });
  if (!isObjectConstruct(source) || readWorkload(source) === undefined) throw badReference(owner, source, place.property, expected);
  return () => ({ namespace: workloadNamespace(owner, source, place), labels: readWorkload(source)?.labels ?? {} });
}

function workloadNamespace(owner: IConstruct, workload: ObjectConstruct, place: Place): string {
  const namespace = namespaceOf(workload);
  if (namespace === undefined) throw badReference(owner, workload, place.property, 'a workload in a namespace', 'give it or its chart a namespace');
  return namespace;
}

function splitKey(key: string): [string, string] {
  const at = key.indexOf(' ');
  return at < 0 ? [key, ''] : [key.slice(0, at), key.slice(at + 1)];
}

function put(match: Record<string, unknown>, field: string, name: string, value: unknown): void {
  match[field] = { ...(match[field] as Record<string, unknown> | undefined), [name]: value };
}
