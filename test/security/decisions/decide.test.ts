import { decide } from '../../../src/security/decisions/decide';
import type { MeshFacts, PlainPolicy, PlainRequest, Pods, Policies } from '../../../src/security/decisions/plain-policies';
import type { JsonObject } from '../../../src/rules/json';

/** Policies as plain data, by the places where they are easy to get wrong; the judge `envoy` compares thousands of requests with the real proxy. */

const MESH: MeshFacts = { rootNamespace: 'istio-system', trustDomains: ['cluster.local'], federated: [], pathNormalization: 'BASE', authorizers: {}, trustedProxies: 0 };
const PODS: Pods = { namespace: 'shop', labels: { app: 'orders', version: 'v1' }, isGateway: false };
const WEB = 'cluster.local/ns/shop/sa/web';
const LOGIN = 'https://login.example.com';

function policy(spec: JsonObject, { name = 'policy', namespace = 'shop', annotations = {} }: Partial<PlainPolicy> = {}): PlainPolicy {
  return { name, namespace, annotations, spec, construct: '' };
}

function policies(parts: Partial<Omit<Policies, 'mesh'>> & { readonly mesh?: Partial<MeshFacts> }): Policies {
  return { authorizationPolicies: [], peerAuthentications: [], requestAuthentications: [], ...parts, mesh: { ...MESH, ...parts.mesh } };
}

function asks(request: Partial<PlainRequest> = {}): PlainRequest {
  const unsaid = { sourceIp: undefined, remoteIp: undefined, destinationIp: undefined, sni: undefined, token: undefined };
  return { caller: { speaks: 'mtls', principal: WEB }, port: 8080, sees: 'requests', method: 'GET', path: '/orders', host: 'orders', headers: {}, ...unsaid, authorizers: {}, ...request };
}

/** What comes of a request where these AuthorizationPolicies are: `let in`, or what the caller sees. */
function outcome(specs: readonly JsonObject[], request: Partial<PlainRequest> = {}, mesh: Partial<MeshFacts> = {}): unknown {
  const { isAllowed, refusal, missing } = decide(policies({ authorizationPolicies: specs.map((spec) => policy(spec)), mesh }), PODS, asks(request));
  return isAllowed === undefined ? missing : isAllowed ? 'let in' : refusal;
}

const allow = (...rules: readonly JsonObject[]): JsonObject => ({ action: 'ALLOW', rules });
const deny = (...rules: readonly JsonObject[]): JsonObject => ({ action: 'DENY', rules });
const from = (source: JsonObject): JsonObject => ({ from: [{ source }] });
const to = (operation: JsonObject): JsonObject => ({ to: [{ operation }] });

describe('what closes pods', () => {
  test.each<[string, readonly JsonObject[], unknown]>([
    ['no policy', [], 'let in'],
    ['a policy of no action and no rules', [{}], 403],
    ['an ALLOW of no rules', [{ action: 'ALLOW', rules: [] }], 403],
    ['an ALLOW with a rule that all fit', [allow({})], 'let in'],
    ['a DENY of no rules', [{ action: 'DENY' }], 'let in'],
    ['a DENY with a rule that all fit, beside a grant', [deny({}), allow({})], 403],
    ['two grants, of which one fits', [allow(to({ methods: ['POST'] })), allow(from({ principals: [WEB] }))], 'let in'],
    ['an AUDIT', [{ action: 'AUDIT', rules: [{}] }], 'let in'],
  ])('%s', (_what, specs, expected) => expect(outcome(specs)).toBe(expected));

  test('what is only tried out does not count, however Go reads true', () => {
    const tried = (value: string): unknown => decide(policies({ authorizationPolicies: [policy(deny({}), { annotations: { 'istio.io/dry-run': value } })] }), PODS, asks()).isAllowed;
    expect(['true', 'T', '1'].map(tried)).toEqual([true, true, true]);
    expect(['false', 'yes', ''].map(tried)).toEqual([false, false, false]);
  });

  test('of the root namespace, of the namespace, by labels, and of others', () => {
    const refusedBy = (namespace: string, selector?: JsonObject): boolean => decide(policies({ authorizationPolicies: [policy({ ...deny({}), ...(selector && { selector }) }, { namespace })] }), PODS, asks()).isAllowed === false;
    expect([refusedBy('istio-system'), refusedBy('shop'), refusedBy('ops')]).toEqual([true, true, false]);
    expect([refusedBy('istio-system', { matchLabels: { app: 'orders' } }), refusedBy('shop', { matchLabels: { app: 'web' } }), refusedBy('shop', { matchLabels: { toString: 'x' } })]).toEqual([true, false, false]);
  });

  test('by the name of a Gateway', () => {
    const gateway: Pods = { namespace: 'shop', labels: { 'gateway.networking.k8s.io/gateway-name': 'edge' }, isGateway: true };
    const targeted = policies({ authorizationPolicies: [policy({ ...deny({}), targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'edge' }] })] });
    expect([decide(targeted, gateway, asks()).isAllowed, decide(targeted, PODS, asks()).isAllowed]).toEqual([false, true]);
  });
});

describe('what fits', () => {
  const fits = (rule: JsonObject, request: Partial<PlainRequest> = {}, mesh: Partial<MeshFacts> = {}): unknown => outcome([allow(rule)], request, mesh) === 'let in';

  test.each<[string, JsonObject, Partial<PlainRequest>, boolean]>([
    ['from and to together', { ...from({ principals: [WEB] }), ...to({ methods: ['POST'] }) }, {}, false],
    ['a method, capitals and all', to({ methods: ['get'] }), {}, false],
    ['a path without its query', to({ paths: ['/orders'] }), { path: '/orders?a=/admin' }, true],
    ['an end of a path', to({ paths: ['*.json'] }), { path: '/a/b.json' }, true],
    ['an asterisk in the middle stands for itself', to({ paths: ['/a*b'] }), { path: '/axb' }, false],
    ['one segment', to({ paths: ['/users/{*}/orders'] }), { path: '/users/7/orders' }, true],
    ['one segment, and not two', to({ paths: ['/users/{*}/orders'] }), { path: '/users/7/8/orders' }, false],
    ['one segment, and not none', to({ paths: ['/users/{*}'] }), { path: '/users/' }, false],
    ['any segments', to({ paths: ['/files/{**}'] }), { path: '/files/a/b' }, true],
    ['any segments, and none', to({ paths: ['/files/{**}'] }), { path: '/files/' }, true],
    ['a segment with an equals sign', to({ paths: ['/a/{*}'] }), { path: '/a/x=1' }, true],
    ['a host whatever its capitals', to({ hosts: ['Shop.Example.com'] }), { host: 'shop.example.COM' }, true],
    ['a host, and its port', to({ hosts: ['shop.example.com'] }), { host: 'shop.example.com:80' }, false],
    ['a port', to({ ports: ['5432'] }), {}, false],
    ['an exception', { from: [{ source: { namespaces: ['shop'], notPrincipals: [WEB] } }] }, {}, false],
    ['a namespace by asterisks', from({ namespaces: ['s*p'] }), {}, true],
    ['a namespace as a whole', from({ namespaces: ['sho'] }), {}, false],
    ['an account of the own namespace', from({ serviceAccounts: ['web'] }), {}, true],
    ['an account of another namespace', from({ serviceAccounts: ['ops/web'] }), {}, false],
    ['a header that is there', { when: [{ key: 'request.headers[X-Tenant]', values: ['*'] }] }, { headers: { 'x-tenant': '' } }, true],
    ['a header that is not there', { when: [{ key: 'request.headers[constructor]', values: ['*'] }] }, {}, false],
    ['a header that must not be there', { when: [{ key: 'request.headers[x-tenant]', notValues: ['*'] }] }, {}, true],
    ['a condition that objects have', { when: [{ key: 'constructor', values: ['*'] }] }, {}, false],
    ['a condition that there is not', { when: [{ key: 'request.haeders[x]', notValues: ['*'] }] }, {}, false],
    ['plain text has no identity', from({ principals: ['*'] }), { caller: { speaks: 'plain text' } }, false],
    ['an exception for identities, by plain text', from({ notPrincipals: ['*'] }), { caller: { speaks: 'plain text' } }, true],
  ])('%s', (_what, rule, request, expected) => expect(fits(rule, request)).toBe(expected));

  test('paths as the mesh reads them', () => {
    const read = (path: string): boolean[] => (['NONE', 'BASE', 'MERGE_SLASHES', 'DECODE_AND_MERGE_SLASHES'] as const).map((pathNormalization) => fits(to({ paths: ['/admin/users'] }), { path }, { pathNormalization }) as boolean);
    expect(read('/admin/users')).toEqual([true, true, true, true]);
    expect(read('/x/../admin/%75sers')).toEqual([false, true, true, true]);
    expect(read('/x/%2e%2e/admin\\users')).toEqual([false, true, true, true]);
    expect(read('//admin//users')).toEqual([false, false, true, true]);
    expect(read('/admin%2Fusers')).toEqual([false, false, false, true]);
    expect(read('/ADMIN/users')).toEqual([false, false, false, false]);
    // what no path may hold as it is
    expect([fits(to({ paths: ['/a%7Cb'] }), { path: '/a|b' }), fits(to({ paths: ['/a|b'] }), { path: '/a|b' }), fits(to({ paths: ['/{*}'] }), { path: '/a*|"b' })]).toEqual([true, false, true]);
  });

  test('trust domains: an alias is the mesh, and cluster.local is its own', () => {
    const mesh = { trustDomains: ['new.example.com', 'old.example.com'] };
    const by = (principal: string): Partial<PlainRequest> => ({ caller: { speaks: 'mtls', principal } });
    expect(fits(from({ principals: ['cluster.local/ns/shop/sa/web'] }), by('old.example.com/ns/shop/sa/web'), mesh)).toBe(true);
    expect(fits(from({ principals: ['new.example.com/ns/shop/sa/web'] }), by('old.example.com/ns/shop/sa/web'), mesh)).toBe(true);
    expect(fits(from({ principals: ['*/ns/shop/sa/web'] }), by('old.example.com/ns/shop/sa/web'), mesh)).toBe(true);
    expect(outcome([allow({})], by('far.example.com/ns/shop/sa/web'), mesh)).toBe('cut');
    expect(outcome([allow({})], by('far.example.com/ns/shop/sa/web'), { ...mesh, federated: ['far.example.com'] })).toBe('let in');
  });

  test('identities of any trust domain, where istiod is told not to look', () => {
    const far: Partial<PlainRequest> = { caller: { speaks: 'mtls', principal: 'far.example.com/ns/shop/sa/web' } };
    expect([outcome([allow({})], far, { takesAllTrustDomains: true }), outcome([allow(from({ principals: [WEB] }))], far, { takesAllTrustDomains: true })]).toEqual(['let in', 403]);
  });

  test('the name in TLS: plain text has none at pods, and at a gateway it is what the caller says', () => {
    const named = policies({ authorizationPolicies: [policy(allow({ when: [{ key: 'connection.sni', values: ['shop.example.com'] }] }))] });
    const plain = asks({ caller: { speaks: 'plain text' }, sni: 'shop.example.com' });
    expect([decide(named, PODS, plain).isAllowed, decide(named, { ...PODS, isGateway: true }, plain).isAllowed]).toEqual([false, true]);
    expect(decide(named, { ...PODS, isGateway: true }, { ...plain, sni: undefined }).missing).toEqual(['sni']);
  });

  test('the original client: a sidecar believes the last proxy, a gateway as many as are trusted', () => {
    const rule = from({ remoteIpBlocks: ['203.0.113.0/24'] });
    const seen = (forwarded: string, isGateway: boolean, trustedProxies: number): unknown =>
      decide(policies({ authorizationPolicies: [policy(allow(rule))], mesh: { trustedProxies } }), { ...PODS, isGateway }, asks({ sourceIp: '10.0.0.1', headers: { 'x-forwarded-for': forwarded } })).isAllowed;
    expect([seen('192.0.2.1, 203.0.113.9', false, 0), seen('203.0.113.9, 192.0.2.1', false, 0)]).toEqual([true, false]);
    expect([seen('203.0.113.9', true, 0), seen('203.0.113.9', true, 1), seen('203.0.113.9, 192.0.2.1', true, 1), seen('203.0.113.9, 192.0.2.1', true, 2)]).toEqual([false, true, false, true]);
  });
});

describe('a port of bytes', () => {
  test('the original client is whoever holds the connection', () => {
    const by = (sourceIp: string): unknown => outcome([allow(from({ remoteIpBlocks: ['203.0.113.0/24'] }))], { ...bytes, sourceIp, headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect([by('203.0.113.1'), by('10.0.0.1')]).toEqual(['let in', 'cut']);
  });

  const bytes: Partial<PlainRequest> = { sees: 'bytes', port: 5432 };
  test('a grant about requests is left out, a denial holds for more', () => {
    expect(outcome([allow(to({ methods: ['GET'] }))], bytes)).toBe('cut');
    expect(outcome([allow({ ...from({ principals: [WEB] }), ...to({ notPaths: ['/admin'] }) })], bytes)).toBe('cut');
    expect(outcome([deny({ ...from({ principals: [WEB] }), ...to({ paths: ['/admin'] }) })], bytes)).toBe('cut');
    expect(outcome([deny({ ...from({ principals: ['other'] }), ...to({ paths: ['/admin'] }) })], bytes)).toBe('let in');
    expect(outcome([deny(to({ methods: ['DELETE'], notPorts: ['5432'] }))], bytes)).toBe('let in');
  });
});

describe('mutual TLS', () => {
  const peer = (mode: string, more: JsonObject = {}): Partial<Policies> => ({ peerAuthentications: [policy({ mtls: { mode }, ...more })] });
  const speaks = (parts: Partial<Policies>, caller: PlainRequest['caller'], sees: PlainRequest['sees'] = 'requests'): unknown => {
    const { isAllowed, refusal } = decide(policies(parts), PODS, asks({ caller, sees }));
    return isAllowed ? 'let in' : refusal;
  };
  const [plain, tls, mutual] = [{ speaks: 'plain text' }, { speaks: 'tls' }, { speaks: 'mtls', principal: WEB }] as const;

  test('the mode decides who comes to be heard at all', () => {
    expect([plain, tls, mutual].map((caller) => speaks(peer('STRICT'), caller))).toEqual(['cut', 'cut', 'let in']);
    expect([plain, tls, mutual].map((caller) => speaks(peer('PERMISSIVE'), caller))).toEqual(['let in', 'cut', 'let in']);
    expect([plain, tls, mutual].map((caller) => speaks(peer('DISABLE'), caller))).toEqual(['let in', 'cut', 'cut']);
    // TLS that nobody ends is bytes like others
    expect([plain, tls, mutual].map((caller) => speaks(peer('DISABLE'), caller, 'bytes'))).toEqual(['let in', 'let in', 'let in']);
  });

  test('a port may have its own mode, and the narrowest policy is named', () => {
    const selector = { matchLabels: { app: 'orders' } };
    expect(speaks(peer('STRICT', { selector, portLevelMtls: { 8080: { mode: 'PERMISSIVE' } } }), plain)).toBe('let in');
    const wide = policy({ mtls: { mode: 'STRICT' } }, { name: 'wide', namespace: 'istio-system' });
    const unset = policy({ mtls: { mode: 'UNSET' } }, { name: 'unset' });
    const { by } = decide(policies({ peerAuthentications: [unset, wide] }), PODS, asks({ caller: plain }));
    expect(by.map((each) => each.policy.name)).toEqual(['wide']);
  });
});

describe('external authorizers', () => {
  const custom = (name: string, ...rules: readonly JsonObject[]): JsonObject => ({ action: 'CUSTOM', provider: { name }, rules });
  const mesh = { authorizers: { login: 'http', other: 'grpc' } } as const;

  test('one is asked first, and may refuse what is granted; what is denied stays so', () => {
    expect(outcome([custom('login', {}), allow({})], { authorizers: { login: 'refuses' } }, mesh)).toBe('of the authorizer');
    expect(outcome([custom('login', {}), allow({})], { authorizers: { login: 'allows' } }, mesh)).toBe('let in');
    expect(outcome([custom('login', {}), deny({})], { authorizers: { login: 'allows' } }, mesh)).toBe(403);
    expect(outcome([custom('login', to({ paths: ['/admin'] })), allow({})], {}, mesh)).toBe('let in');
    expect(outcome([custom('login', {}), allow({})], {}, mesh)).toEqual(['authorizers: what login answers']);
    // whatever it would say
    expect(outcome([custom('login', {}), deny({})], {}, mesh)).toBe(403);
  });

  test('what they are asked about may hang on headers, and never on tokens, which are checked later', () => {
    const refusing = { headers: { 'x-user': 'a' }, authorizers: { login: 'refuses' } } as const;
    expect(outcome([custom('login', { when: [{ key: 'request.headers[x-user]', values: ['a'] }] })], refusing, mesh)).toBe('of the authorizer');
    expect(outcome([custom('login', { when: [{ key: 'request.headers[x-user]', values: ['b'] }] })], refusing, mesh)).toBe('let in');
    expect(outcome([custom('login', from({ requestPrincipals: ['*'] }))], refusing, mesh)).toBe('let in');
  });

  test('of one that there is not, and of several, nothing is let in', () => {
    expect([outcome([custom('nobody', {}), allow({})], {}, mesh), outcome([custom('constructor', {}), allow({})], {}, mesh)]).toEqual([403, 403]);
    expect(outcome([custom('login', {}), custom('other', to({ paths: ['/x'] })), allow({})], { authorizers: { login: 'allows', other: 'allows' } }, mesh)).toBe(403);
  });

  test('where Istio is told to, several are asked, each about its own', () => {
    const both = [custom('login', {}), custom('other', to({ paths: ['/x'] })), allow({})];
    const asked = (path: string, other: 'allows' | 'refuses'): unknown => outcome(both, { path, authorizers: { login: 'allows', other } }, { ...mesh, asksSeveral: true });
    expect([asked('/x', 'allows'), asked('/x', 'refuses'), asked('/', 'refuses')]).toEqual(['let in', 'of the authorizer', 'let in']);
  });

  test('one that is only tried out is not the same in all releases, and counts among several', () => {
    const decided = (specs: readonly JsonObject[]): unknown => {
      const tried = policy(custom('other', to({ paths: ['/orders'] })), { name: 'tried', annotations: { 'istio.io/dry-run': 'true' } });
      const { isAllowed, why, missing } = decide(policies({ authorizationPolicies: [tried, ...specs.map((spec) => policy(spec))], mesh }), PODS, asks({ authorizers: { login: 'allows' } }));
      return isAllowed === undefined ? missing : why;
    };
    expect(decided([])).toEqual(['a release of Istio: what comes of shop/tried, a CUSTOM that is only tried out']);
    expect(decided([deny({})])).toBe('denied');
    expect(decided([custom('login', {})])).toBe('several authorizers');
  });

  test('an HTTP one is not asked about bytes', () => {
    const bytes = { sees: 'bytes', authorizers: { login: 'refuses', other: 'refuses' } } as const;
    expect([outcome([custom('login', {})], bytes, mesh), outcome([custom('other', {})], bytes, mesh)]).toEqual(['let in', 'cut']);
  });
});

describe('tokens', () => {
  const issuer = (more: JsonObject = {}, iss = LOGIN): JsonObject => ({ issuer: iss, ...more });
  const token = (claims: JsonObject, isGood = true): PlainRequest['token'] => ({ claims: { iss: LOGIN, sub: 'robot', ...claims }, isTimely: isGood, isSignedBy: () => isGood });
  const checked = (rules: readonly JsonObject[], request: Partial<PlainRequest>, grant: JsonObject = {}): unknown => {
    const { isAllowed, refusal, missing } = decide(policies({ requestAuthentications: [policy({ jwtRules: rules })], authorizationPolicies: [policy(allow(grant))] }), PODS, asks(request));
    return isAllowed === undefined ? missing : isAllowed ? 'let in' : refusal;
  };
  const required = from({ requestPrincipals: ['*'] });

  test('none, a wrong one, one for others, one of nobody', () => {
    expect(checked([issuer()], {})).toBe('let in');
    expect(checked([issuer()], {}, required)).toBe(403);
    expect(checked([issuer()], { token: token({}) }, required)).toBe('let in');
    expect(checked([issuer()], { token: token({}, false) })).toBe(401);
    expect(checked([issuer({ audiences: ['shop'] })], { token: token({ aud: ['bank'] }) })).toBe(403);
    expect(checked([issuer({ audiences: ['shop'] })], { token: token({ aud: ['bank', 'https://shop/'] }) })).toBe('let in');
    expect(checked([issuer()], { token: token({ iss: 'https://nobody.example.com' }) })).toBe(401);
    expect(checked([issuer({ fromHeaders: [{ name: 'x-token' }] })], { token: token({ iss: 'https://nobody.example.com' }) })).toBe('let in');
  });

  test('without policies about tokens nobody looks at them', () => {
    expect(decide(policies({ authorizationPolicies: [policy(allow(required))] }), PODS, asks({ token: token({}) })).isAllowed).toBe(false);
  });

  test.each<[string, JsonObject, JsonObject, boolean]>([
    ['issuer and subject', { requestPrincipals: [`${LOGIN}/robot`] }, {}, true],
    ['another subject', { requestPrincipals: [`${LOGIN}/robot`] }, { sub: 'bob' }, false],
    ['any subject', { requestPrincipals: [`${LOGIN}/*`] }, {}, true],
    ['a subject of any issuer', { requestPrincipals: ['*/robot'] }, {}, true],
    ['a token without a subject', { requestPrincipals: ['*'] }, { sub: 7 }, false],
  ])('principals: %s', (_what, source, claims, expected) => expect(checked([issuer()], { token: token(claims) }, from(source)) === 'let in').toBe(expected));

  test.each<[string, string, JsonObject, boolean]>([
    ['of a list', 'request.auth.claims[groups]', { groups: ['x', 'admins'] }, true],
    ['a text', 'request.auth.claims[groups]', { groups: 'admins' }, true],
    ['within another', 'request.auth.claims[realm][groups]', { realm: { groups: ['admins'] } }, true],
    ['a number is no text', 'request.auth.claims[groups]', { groups: 7 }, false],
    ['one word of several', 'request.auth.claims[scope]', { scope: 'read admins' }, true],
    ['one word of several, of a claim that holds one', 'request.auth.claims[groups]', { groups: 'read admins' }, false],
    ['the audience', 'request.auth.audiences', { aud: 'admins' }, true],
    ['the presenter', 'request.auth.presenter', { azp: 'admins' }, true],
    ['what objects have', 'request.auth.claims[constructor][name]', {}, false],
  ])('claims: %s', (_what, key, claims, expected) => expect(checked([issuer()], { token: token(claims) }, { when: [{ key, values: ['admins'] }] }) === 'let in').toBe(expected));

  test('what the service gets in headers is what rules see, and nothing that a caller writes there', () => {
    const rules = [issuer({ outputClaimToHeaders: [{ header: 'x-user', claim: 'sub' }] })];
    const grant = { when: [{ key: 'request.headers[x-user]', values: ['robot'] }] };
    expect([checked(rules, { token: token({}) }, grant), checked(rules, { headers: { 'x-user': 'robot' } }, grant)]).toEqual(['let in', 403]);
  });

  test('a token that stands in the request itself hangs on what it says', () => {
    expect(checked([issuer()], { headers: { authorization: 'Bearer abc' } })).toEqual(['token']);
    expect(checked([issuer()], { headers: { authorization: 'Basic abc' } })).toBe('let in');
  });

  test('a question of a browser is not checked, and has no token either', () => {
    const preflight = { method: 'OPTIONS', headers: { 'origin': 'https://a.example.com', 'access-control-request-method': 'GET' }, token: token({}, false) };
    expect([checked([issuer()], preflight), checked([issuer()], preflight, required)]).toEqual(['let in', 403]);
  });
});

describe('what is not said', () => {
  test('a decision that hangs on it is none, and says on what', () => {
    expect(outcome([deny(from({ ipBlocks: ['10.0.0.0/8'] }))])).toEqual(['sourceIp']);
    expect(outcome([deny(from({ remoteIpBlocks: ['10.0.0.0/8'], notIpBlocks: ['10.0.0.1'] }))])).toEqual(['remoteIp', 'sourceIp']);
    expect(outcome([allow({ when: [{ key: 'connection.sni', values: ['a'] }] })])).toEqual(['sni']);
    expect(outcome([allow(to({ hosts: ['a'] }))], { host: undefined })).toEqual(['host']);
    expect(outcome([allow({ when: [{ key: 'request.headers[x-request-id]', values: ['a'] }] })])).toEqual(['the header x-request-id, which proxies write']);
  });

  test('what decides anyway is a decision', () => {
    expect(outcome([deny({ ...from({ ipBlocks: ['10.0.0.0/8'] }), ...to({ methods: ['DELETE'] }) })])).toBe('let in');
    expect(outcome([deny(from({ ipBlocks: ['10.0.0.0/8'] })), deny({})])).toBe(403);
    expect(outcome([allow(from({ ipBlocks: ['10.0.0.0/8'] })), allow(from({ principals: [WEB] }))])).toBe('let in');
    expect(outcome([allow(to({ hosts: ['*'] }))], { host: undefined })).toBe('let in');
  });
});
