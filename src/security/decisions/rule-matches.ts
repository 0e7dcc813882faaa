import { isJsonObject, isUnknown } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import { isWithin } from './addresses';
import { fitsNamespace, fitsPrincipal, fitsServiceAccount, fitsTrustDomain } from './identities';
import type { FitsIdentity } from './identities';
import { fitsHeader, fitsHost, fitsPath, fitsText } from './text-patterns';
import { all, not, some, unsaid } from './truth';
import type { Truth } from './truth';

/** A request after its path was normalized and its tokens were checked: what rules are compared with. */
export interface SeenRequest {
  readonly sees: 'requests' | 'bytes';
  /** Identity that mutual TLS shows; undefined for none. */
  readonly principal: string | undefined;
  readonly port: number;
  readonly method: string;
  /** As policies compare it. */
  readonly path: string;
  /** As the service gets it. */
  readonly fullPath: string;
  readonly host: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly claims: JsonObject | undefined;
  readonly sourceIp: string | undefined;
  readonly remoteIp: string | undefined;
  readonly destinationIp: string | undefined;
  /** Empty where the caller names none. */
  readonly sni: string | undefined;
  readonly trustDomains: readonly string[];
}

/**
 * What a proxy cannot compare at a port of bytes. Of a grant the whole rule goes, and of what refuses only this: such a denial then
 * holds for more than it says.
 */
const NO_REQUEST = Symbol('no request');
type Compared = Truth | typeof NO_REQUEST;
type Compare = (value: string, request: SeenRequest, namespace: string) => Compared;

const identity = (fits: FitsIdentity): Compare => (value, { principal, trustDomains }, namespace) => principal !== undefined && fits(value, principal, { trustDomains, namespace });
const ofRequest = (compare: Compare): Compare => (value, request, namespace) => (request.sees === 'bytes' ? NO_REQUEST : compare(value, request, namespace));
const address = (key: 'sourceIp' | 'remoteIp' | 'destinationIp'): Compare => (value, request) => (request[key] === undefined ? unsaid(key) : (isWithin(value, request[key]) ?? false));
const claim = (...path: readonly string[]): Compare => ofRequest((value, { claims }) => fitsClaim(value, claimAt(claims, path)));

const SOURCE: Readonly<Record<string, Compare>> = {
  principals: identity(fitsPrincipal),
  namespaces: identity(fitsNamespace),
  serviceAccounts: identity(fitsServiceAccount),
  trustDomains: identity(fitsTrustDomain),
  ipBlocks: address('sourceIp'),
  remoteIpBlocks: address('remoteIp'),
  requestPrincipals: ofRequest((value, { claims }) => fitsRequestPrincipal(value, claims)),
};

const OPERATION: Readonly<Record<string, Compare>> = {
  hosts: ofRequest((value, { host }) => (host === undefined ? (value === '*' ? true : unsaid('host')) : fitsHost(value, host))),
  methods: ofRequest((value, { method }) => fitsHeader(value, method)),
  paths: ofRequest((value, { path }) => fitsPath(value, path)),
  ports: (value, { port }) => Number(value) === port,
};

const CONDITIONS: Readonly<Record<string, Compare>> = {
  'source.ip': address('sourceIp'),
  'remote.ip': address('remoteIp'),
  'source.namespace': identity(fitsNamespace),
  'source.principal': identity(fitsPrincipal),
  'source.serviceAccount': identity(fitsServiceAccount),
  'source.trustDomain': identity(fitsTrustDomain),
  'request.auth.principal': SOURCE['requestPrincipals'] as Compare,
  'request.auth.audiences': claim('aud'),
  'request.auth.presenter': claim('azp'),
  'destination.ip': address('destinationIp'),
  'destination.port': OPERATION['ports'] as Compare,
  'connection.sni': (value, { sni }) => (sni === undefined ? unsaid('sni') : fitsText(value, sni)),
};

/** Whether a rule of an AuthorizationPolicy fits a request. */
export function ruleFits(rule: JsonObject, policy: { readonly namespace: string; readonly isGrant: boolean }, request: SeenRequest): Truth {
  const parts = [
    alternatives(rule['from'], 'source', (source) => fields(source, SOURCE, policy, request)),
    alternatives(rule['to'], 'operation', (operation) => fields(operation, OPERATION, policy, request)),
    ...list(rule['when']).map((condition) => (isJsonObject(condition) ? conditionFits(condition, policy, request) : unsaid('a value that is known at deployment'))),
  ];
  // a grant that asks for what cannot be compared is left out as a whole
  return parts.includes(NO_REQUEST) ? false : all(parts as Truth[]);
}

type Policy = Parameters<typeof ruleFits>[1];

function alternatives(given: Json | undefined, key: string, fits: (fields: JsonObject) => Compared): Compared {
  const entries = list(given);
  if (entries.length === 0) return true;
  const found = entries.map((entry) => fits(isJsonObject(entry) && isJsonObject(entry[key]) ? entry[key] : {}));
  return found.includes(NO_REQUEST) ? NO_REQUEST : some(found as Truth[]);
}

function fields(given: JsonObject, known: Readonly<Record<string, Compare>>, policy: Policy, request: SeenRequest): Compared {
  const found = Object.entries(known).map(([key, compare]) => {
    const negative = `not${key.charAt(0).toUpperCase()}${key.slice(1)}`;
    return bothFit(given[key], given[negative], compare, policy, request);
  });
  return found.includes(NO_REQUEST) ? NO_REQUEST : all(found as Truth[]);
}

function conditionFits({ key, values, notValues }: JsonObject, policy: Policy, request: SeenRequest): Compared {
  const name = typeof key === 'string' ? key : '';
  const compare = Object.hasOwn(CONDITIONS, name) ? CONDITIONS[name] : compareOf(name);
  // of a key that there is not, Istio leaves out the whole rule
  if (compare === undefined) return false;
  return bothFit(values, notValues, compare, policy, request);
}

function compareOf(key: string): Compare | undefined {
  const header = /^request\.headers\[(.*)\]$/.exec(key)?.[1];
  if (header !== undefined) return ofRequest((value, request) => headerFits(value, header.toLowerCase(), request));
  const claims = /^request\.auth\.claims(\[.*\])$/.exec(key)?.[1];
  if (claims !== undefined) return claim(...claimPath(claims));
  return key.startsWith('experimental.') ? () => unsaid(key) : undefined;
}

/** `[a][b]` is b within a; what is written in no such way is one name. */
function claimPath(text: string): string[] {
  return /^(\[[^[\]]*\])+$/.test(text) ? text.slice(1, -1).split('][') : [text.slice(1, -1)];
}

function bothFit(values: Json | undefined, notValues: Json | undefined, compare: Compare, { namespace, isGrant }: Policy, request: SeenRequest): Compared {
  const one = (given: Json | undefined): Compared | undefined => {
    if (isUnknown(given)) return unsaid('a value that is known at deployment');
    const found = list(given).map((value): Compared => (typeof value === 'string' ? compare(value, request, namespace) : unsaid('a value that is known at deployment')));
    if (found.length === 0) return undefined;
    return found.includes(NO_REQUEST) ? NO_REQUEST : some(found as Truth[]);
  };
  const positive = one(values);
  const negative = one(notValues);
  if (isGrant && (positive === NO_REQUEST || negative === NO_REQUEST)) return NO_REQUEST;
  return all([...(positive === undefined || positive === NO_REQUEST ? [] : [positive]), ...(negative === undefined || negative === NO_REQUEST ? [] : [not(negative)])]);
}

/** Headers that proxies write themselves: what the caller writes there is not what policies see. */
const OF_PROXIES = /^(x-forwarded-(client-cert|proto|for|port)|x-request-id|x-envoy-.*|x-b3-.*|traceparent)$/;

function headerFits(value: string, name: string, { headers, method, fullPath, host }: SeenRequest): Truth {
  const pseudo: Readonly<Record<string, string | undefined>> = { ':method': method, ':path': fullPath, ':authority': host, 'host': host };
  if (Object.hasOwn(pseudo, name)) return pseudo[name] === undefined ? unsaid('host') : fitsHeader(value, pseudo[name]);
  if (OF_PROXIES.test(name) || name === ':scheme') return unsaid(`the header ${name}, which proxies write`);
  return fitsHeader(value, Object.hasOwn(headers, name) ? headers[name] : undefined);
}

/** Issuer and subject with a slash between; the issuer may hold slashes itself. Only what stands at one end of the whole is a pattern. */
function fitsRequestPrincipal(value: string, claims: JsonObject | undefined): boolean {
  const [issuer, subject] = [claims?.['iss'], claims?.['sub']];
  if (typeof issuer !== 'string' || typeof subject !== 'string') return false;
  if (value === '*') return issuer !== '' && subject !== '';
  const slash = value.lastIndexOf('/');
  if (slash < 0) {
    if (value.startsWith('*')) return issuer !== '' && fitsText(value, subject);
    return value.endsWith('*') ? fitsText(value, issuer) && subject !== '' : issuer === value && subject === '';
  }
  const [iss, sub] = [value.slice(0, slash), value.slice(slash + 1)];
  if (value.startsWith('*')) return fitsText(iss, issuer) && subject === sub;
  return issuer === iss && (value.endsWith('*') ? fitsText(sub, subject) : subject === sub);
}

function claimAt(claims: JsonObject | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, key) => (isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined), claims);
}

function fitsClaim(pattern: string, value: Json | undefined): boolean {
  const texts = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return texts.some((text) => typeof text === 'string' && fitsText(pattern, text));
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
