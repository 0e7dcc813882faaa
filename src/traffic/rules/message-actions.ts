import type {
  VirtualServiceHttp,
  VirtualServiceHttpCorsPolicy,
  VirtualServiceHttpHeaders,
  VirtualServiceHttpHeadersRequest,
  VirtualServiceHttpRedirect,
  VirtualServiceHttpRewrite,
} from '../../../imports/istio/virtual-service';
import { Duration } from '../../core/duration';
import { StringMatch } from '../../core/string-match';
import { headerName, oneOf, refuse, requireKeys, requireNames, someList, someText, within, wholeNumber } from './refuse';
import type { Place } from './refuse';
import type { HeaderChanges, RouteCorsPolicy, RouteDirectResponse, RouteHeaders, RouteRedirect, RouteRewrite } from './route-props';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE'] as const;
/** Every proxy of the mesh keeps the text in memory. */
const LONGEST_BODY = 100 * 1024;

/** What the service is asked for instead. @throws MeshError */
export function checkedRewrite(rewrite: RouteRewrite, place: Place): VirtualServiceHttpRewrite {
  requireKeys(place, rewrite, ['uri', 'uriRegexRewrite', 'authority']);
  const { uri, uriRegexRewrite, authority } = rewrite;
  if (uri === undefined && uriRegexRewrite === undefined && authority === undefined) {
    throw refuse(place, 'bad-rewrite', 'nothing', 'uri, uriRegexRewrite or authority', 'take the rewrite out');
  }
  if (uri !== undefined && uriRegexRewrite !== undefined) throw refuse(place, 'bad-rewrite', 'uri and uriRegexRewrite', 'one of the two', 'leave one out');
  return {
    ...(uri === undefined ? {} : { uri: path(within(place, 'uri'), uri) }),
    ...(uriRegexRewrite === undefined ? {} : { uriRegexRewrite: regexRewrite(uriRegexRewrite, within(place, 'uriRegexRewrite')) }),
    ...(authority === undefined ? {} : { authority: someText(within(place, 'authority'), authority) }),
  };
}

function regexRewrite(given: NonNullable<RouteRewrite['uriRegexRewrite']>, place: Place): { match: string; rewrite: string } {
  requireKeys(place, given, ['match', 'rewrite']);
  const { text } = StringMatch.regex(given.match, within(place, 'match'));
  return { match: text, rewrite: someText(within(place, 'rewrite'), given.rewrite) };
}

/** Where callers are sent. @throws MeshError */
export function checkedRedirect(redirect: RouteRedirect, place: Place): VirtualServiceHttpRedirect {
  requireKeys(place, redirect, ['uri', 'authority', 'scheme', 'port', 'redirectCode']);
  const { uri, authority, scheme, port, redirectCode } = redirect;
  if (uri === undefined && authority === undefined && scheme === undefined && port === undefined) {
    throw refuse(place, 'redirect-loop', 'a redirect to where the caller is', 'another path, host, scheme or port', 'give one of uri, authority, scheme and port');
  }
  return {
    ...(uri === undefined ? {} : { uri: path(within(place, 'uri'), uri) }),
    ...(authority === undefined ? {} : { authority: someText(within(place, 'authority'), authority) }),
    ...(scheme === undefined ? {} : { scheme: oneOf(within(place, 'scheme'), scheme, ['http', 'https']) }),
    ...(port === undefined ? {} : { port: wholeNumber(within(place, 'port'), port, 1, 65_535) }),
    ...(redirectCode === undefined ? {} : { redirectCode: oneOf(within(place, 'redirectCode'), redirectCode, [301, 302, 303, 307, 308]) }),
  };
}

/** An answer of the proxy itself. @throws MeshError */
export function checkedResponse(response: RouteDirectResponse, place: Place): VirtualServiceHttp['directResponse'] {
  requireKeys(place, response, ['status', 'body']);
  const status = wholeNumber(within(place, 'status'), response.status, 200, 599);
  if (response.body === undefined) return { status };
  const body = someText(within(place, 'body'), response.body);
  if (Buffer.byteLength(body) <= LONGEST_BODY) return { status, body: { string: body } };
  throw refuse(within(place, 'body'), 'bad-text', `a text of ${Buffer.byteLength(body)} bytes`, `${LONGEST_BODY} bytes at most`, 'let a service answer');
}

/** Changes to headers. @throws MeshError */
export function checkedHeaders(headers: RouteHeaders, place: Place): VirtualServiceHttpHeaders {
  requireKeys(place, headers, ['request', 'response']);
  const { request, response } = headers;
  if (request === undefined && response === undefined) throw refuse(place, 'empty-list', '{}', 'request, response or both', 'take it out');
  return {
    ...(request === undefined ? {} : { request: changes(request, within(place, 'request')) }),
    ...(response === undefined ? {} : { response: changes(response, within(place, 'response')) }),
  };
}

function changes(given: HeaderChanges, place: Place): VirtualServiceHttpHeadersRequest {
  requireKeys(place, given, ['set', 'add', 'remove']);
  const { set, add, remove } = given;
  if (set === undefined && add === undefined && remove === undefined) throw refuse(place, 'empty-list', '{}', 'some of set, add, remove', 'take it out');
  return {
    ...(set === undefined ? {} : { set: values(set, within(place, 'set')) }),
    ...(add === undefined ? {} : { add: values(add, within(place, 'add')) }),
    ...(remove === undefined ? {} : { remove: someList(within(place, 'remove'), remove).map((name) => changedHeader(within(place, 'remove'), name)) }),
  };
}

function values(given: Readonly<Record<string, string>>, place: Place): Record<string, string> {
  requireNames(place, given);
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [changedHeader(place, name), headerValue(within(place, name), value)]));
}

/** Envoy refuses to change the host here, and has `rewrite` for it. */
function changedHeader(place: Place, name: unknown): string {
  const lower = headerName(place, name);
  if (lower !== 'host') return lower;
  throw refuse(place, 'bad-header', '"host"', 'another header', 'use rewrite: { authority }');
}

/** A percent sign begins a variable of Envoy's, such as `%REQ(x-user)%`; two stand for one. */
function headerValue(place: Place, value: unknown): string {
  const text = someText(place, value);
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text)) throw refuse(place, 'bad-header', 'a value with control characters', 'a value on one line', 'take them out');
  if ((text.match(/%/g) ?? []).length % 2 === 0) return text;
  throw refuse(place, 'bad-header', JSON.stringify(text), 'percent signs in pairs: %VARIABLE%, or %% for one', 'write "%%" for a percent sign');
}

/** What pages of other origins may do. @throws MeshError */
export function checkedCors(cors: RouteCorsPolicy, place: Place): VirtualServiceHttpCorsPolicy {
  requireKeys(place, cors, ['allowOrigins', 'allowMethods', 'allowHeaders', 'exposeHeaders', 'maxAge', 'allowCredentials']);
  const origins = someList(within(place, 'allowOrigins'), cors.allowOrigins).map((origin) => StringMatch.of(origin, within(place, 'allowOrigins')));
  const any = origins.find(({ kind, text }) => kind === 'present' || text === '' || text === '*');
  if (any !== undefined && (any.text !== '*' || cors.allowCredentials === true)) {
    throw refuse(within(place, 'allowOrigins'), 'bad-cors', any.toString(), 'origins by name, where credentials are allowed', 'list them, such as "https://shop.example.com"');
  }
  const { allowMethods, allowHeaders, exposeHeaders, maxAge, allowCredentials } = cors;
  const names = (key: 'allowHeaders' | 'exposeHeaders', list: readonly string[]): string[] => {
    return someList(within(place, key), list).map((name) => headerName(within(place, key), name));
  };
  return {
    allowOrigins: origins.map((origin) => origin.toIstio()),
    ...(allowMethods === undefined ? {} : { allowMethods: someList(within(place, 'allowMethods'), allowMethods).map((one) => oneOf(within(place, 'allowMethods'), one, METHODS)) }),
    ...(allowHeaders === undefined ? {} : { allowHeaders: names('allowHeaders', allowHeaders) }),
    ...(exposeHeaders === undefined ? {} : { exposeHeaders: names('exposeHeaders', exposeHeaders) }),
    ...(maxAge === undefined ? {} : { maxAge: Duration.of(maxAge, { multipleOf: Duration.seconds(1), atLeast: Duration.seconds(1), ...within(place, 'maxAge') }).value }),
    ...(allowCredentials === undefined ? {} : { allowCredentials: oneOf(within(place, 'allowCredentials'), allowCredentials, [true, false]) }),
  };
}

function path(place: Place, value: unknown): string {
  const text = someText(place, value);
  if (text.startsWith('/')) return text;
  throw refuse(place, 'bad-path', JSON.stringify(text), 'a path that begins with "/"', `did you mean "/${text}"?`);
}
