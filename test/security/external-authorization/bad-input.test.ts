import { Chart } from 'cdk8s';
import { Sidecar } from '../../../imports/istio';
import { Access, Cluster, EgressLockdown, ExternalAuthorizer, ExternalService, Mesh, MeshApp, MeshService, MtlsPolicy, SidecarScope, TlsOrigination, unknown as later } from '../../../src';
import type { HttpAuthorizer, MeshProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { guardedProgram, http } from './guarded';

const AT = 'platform/mesh/login';

describe('what Istio would answer every request for with 403 is refused where it is given', () => {
  test.each<[object, string, string]>([
    [{ port: 70_000 }, 'bad-number', 'http.port'],
    [{ port: '4180' }, 'bad-number', 'http.port'],
    [{ timeout: '0s' }, 'bad-duration', 'http.timeout'],
    [{ timeout: 'soon' }, 'bad-duration', 'http.timeout'],
    [{ failOpen: 'no' }, 'bad-flag', 'http.failOpen'],
    [{ statusOnError: 200 }, 'bad-choice', 'http.statusOnError'],
    [{ statusOnError: 499 }, 'bad-choice', 'http.statusOnError'],
    [{ statusOnError: '403' }, 'bad-choice', 'http.statusOnError'],
    [{ failOpen: true, statusOnError: 503 }, 'contradiction', 'http.statusOnError'],
    [{ pathPrefix: 'check' }, 'bad-path', 'http.pathPrefix'],
    [{ pathPrefix: '/check/' }, 'bad-path', 'http.pathPrefix'],
    [{ pathPrefix: '/' }, 'bad-path', 'http.pathPrefix'],
    [{ pathPrefix: '' }, 'bad-text', 'http.pathPrefix'],
    [{ includeRequestHeadersInCheck: ['*'] }, 'bad-headers', 'http.includeRequestHeadersInCheck'],
    [{ headersToUpstreamOnAllow: 'x-user' }, 'bad-headers', 'http.headersToUpstreamOnAllow'],
    [{ headersToUpstreamOnAllow: ['x user'] }, 'bad-headers', 'http.headersToUpstreamOnAllow'],
    [{ headersToDownstreamOnDeny: ['*x*'] }, 'bad-headers', 'http.headersToDownstreamOnDeny'],
    [{ headersToDownstreamOnAllow: [':path'] }, 'bad-headers', 'http.headersToDownstreamOnAllow'],
    [{ headersToUpstreamOnAllow: ['x-auth-*'], includeRequestHeadersInCheck: ['x-auth-token'] }, 'bad-headers', 'http.headersToUpstreamOnAllow'],
    [{ headersToUpstreamOnAllow: ['x-auth-*'], includeRequestHeadersInCheck: ['*-token'] }, 'bad-headers', 'http.headersToUpstreamOnAllow'],
    [{ headersToUpstreamOnAllow: ['auth*'] }, 'bad-headers', 'http.headersToUpstreamOnAllow'],
    [{ includeAdditionalHeadersInCheck: { Host: 'a' } }, 'bad-headers', 'http.includeAdditionalHeadersInCheck.Host'],
    [{ includeAdditionalHeadersInCheck: { 'x-*': 'a' } }, 'bad-headers', 'http.includeAdditionalHeadersInCheck.x-*'],
    [{ includeAdditionalHeadersInCheck: { 'x-a': 1 } }, 'bad-text', 'http.includeAdditionalHeadersInCheck.x-a'],
    [{ includeAdditionalHeadersInCheck: { 'x-a': '50%' } }, 'bad-text', 'http.includeAdditionalHeadersInCheck.x-a'],
    [{ includeAdditionalHeadersInCheck: { 'x-a': '%REQ(:path)' } }, 'bad-text', 'http.includeAdditionalHeadersInCheck.x-a'],
    [{ includeAdditionalHeadersInCheck: { 'x-a': '1', 'X-A': '2' } }, 'bad-headers', 'http.includeAdditionalHeadersInCheck'],
    [{ includeRequestBodyInCheck: {} }, 'bad-number', 'http.includeRequestBodyInCheck.maxRequestBytes'],
    [{ includeRequestBodyInCheck: { maxRequestBytes: 0 } }, 'bad-number', 'http.includeRequestBodyInCheck.maxRequestBytes'],
    [{ includeRequestBodyInCheck: { maxRequestBytes: 1, packAsBytes: true } }, 'unknown-prop', 'http.includeRequestBodyInCheck.packAsBytes'],
    [{ includeRequestBodyInCheck: { maxBytes: 1 } }, 'unknown-prop', 'http.includeRequestBodyInCheck.maxBytes'],
    [{ headersToUpstream: ['x-user'] }, 'unknown-prop', 'http.headersToUpstream'],
    [{ service: '*.example.com', port: 80 }, 'bad-host', 'http.service'],
    [{ service: 'auth', port: 80 }, 'bad-host', 'http.service'],
    [{ service: 'a/b/c.example.com', port: 80 }, 'bad-host', 'http.service'],
    [{ service: 'Shop/auth.example.com', port: 80 }, 'bad-host', 'http.service'],
    [{ service: 'auth.example.com' }, 'no-port', 'http.port'],
    [{ service: undefined }, 'bad-reference', 'http.service'],
    [{ service: later('a host'), port: 80 }, 'bad-reference', 'http.service'],
    [{ pathPrefix: later('a path') }, 'bad-text', 'http.pathPrefix'],
  ])('%p', (settings, code, property) => {
    const { mesh, auth } = guardedProgram();
    const [finding] = caught(() => mesh.addExternalAuthorizer('login', http(auth, settings as Partial<HttpAuthorizer>))).findings;
    expect(finding).toMatchObject({ construct: AT, code, property, got: expect.stringMatching(/./) as string, expected: expect.stringMatching(/./) as string });
  });

  test.each<[object, string, string]>([
    [{}, 'bad-props', 'http'],
    [{ http: { service: 'a.b', port: 1 }, grpc: { service: 'a.b', port: 1 } }, 'bad-props', 'http'],
    [{ http: { service: 'a.b', port: 1 }, name: 'My Login' }, 'bad-name', 'name'],
    [{ http: { service: 'a.b', port: 1 }, headers: [] }, 'unknown-prop', 'headers'],
    [{ http: { service: 'a.b', port: 1 }, ownHeaders: ['*'] }, 'bad-headers', 'ownHeaders'],
    [{ http: { service: 'a.b', port: 1 }, ownHeaders: ['Host'] }, 'bad-headers', 'ownHeaders'],
    [{ grpc: { service: 'a.b', port: 1, pathPrefix: '/a' } }, 'unknown-prop', 'grpc.pathPrefix'],
    [{ grpc: 'auth' }, 'bad-props', 'grpc'],
  ])('%j', (props, code, property) => {
    const { mesh } = guardedProgram();
    expect(caught(() => mesh.addExternalAuthorizer('login', props as never)).findings[0]).toMatchObject({ construct: AT, code, property });
  });

  test('a name that the mesh has given away', () => {
    const { mesh, auth } = guardedProgram({ meshConfig: { extensionProviders: [{ name: 'login', envoyExtAuthzHttp: { service: 'a.b', port: 80 } }] } });
    expect(caught(() => mesh.addExternalAuthorizer('login', http(auth))).findings[0]).toMatchObject({ code: 'second-owner', property: 'name' });
    mesh.addExternalAuthorizer('other', http(auth));
    expect(caught(() => mesh.addExternalAuthorizer('third', { ...http(auth), name: 'other' })).findings[0]).toMatchObject({ code: 'second-owner', property: 'name' });
  });

  test('no mesh, and one of another cluster', () => {
    const app = new MeshApp({ outdir: 'unused' });
    const [one, other] = ['one', 'other'].map((name) => new Chart(new Cluster(app, name), 'platform')) as [Chart, Chart];
    const props = { http: { service: 'a.b', port: 80 } };
    expect(caught(() => new ExternalAuthorizer(one, 'a', { ...props, mesh: undefined } as never)).findings[0]).toMatchObject({ code: 'bad-reference', property: 'mesh' });
    expect(caught(() => new ExternalAuthorizer(one, 'b', { ...props, mesh: [] })).findings[0]).toMatchObject({ code: 'empty-list', property: 'mesh' });
    expect(caught(() => new ExternalAuthorizer(one, 'c', { ...props, mesh: Mesh.fromName(other, 'mesh') })).findings[0]).toMatchObject({ code: 'other-cluster', property: 'mesh' });
  });

  test('headers that are both set and sent are told apart by ownHeaders', () => {
    const { mesh, auth } = guardedProgram();
    const { ownHeaders } = mesh.addExternalAuthorizer('login', { ...http(auth, { headersToUpstreamOnAllow: ['x-auth-*'], includeRequestHeadersInCheck: ['x-auth-token'] }), ownHeaders: ['x-auth-user'] });
    expect(ownHeaders).toEqual(['x-auth-user']);
  });

  test.each<[unknown]>([[{ 'x-key': 'hunter2\n' }], [{ 'x-key': 'hunter2%' }], [{ 'x-key': ['hunter2'] }], [{ 'x-key': { value: 'hunter2' } }], ['Bearer hunter2'], [['hunter2']]])('the value of a header, which may be a secret, is not shown: %j', (given) => {
    const { mesh, auth } = guardedProgram();
    const error = caught(() => mesh.addExternalAuthorizer('login', http(auth, { includeAdditionalHeadersInCheck: given as never })));
    expect(error.message).not.toContain('hunter2');
  });

  test('nor is a number', () => {
    const { mesh, auth } = guardedProgram();
    expect(caught(() => mesh.addExternalAuthorizer('login', http(auth, { includeAdditionalHeadersInCheck: { 'x-key': 7_331 as never } }))).message).not.toMatch(/7.?331/);
  });
});

describe('what only synthesis tells', () => {
  const synthesized = (add: (program: ReturnType<typeof guardedProgram>) => void) => {
    const program = guardedProgram();
    add(program);
    return caught(() => synthTo(program.chart)).findings;
  };

  test('a port that the service has not', () => {
    expect(synthesized(({ mesh, auth }) => mesh.addExternalAuthorizer('login', http(auth, { port: 4181 })))).toMatchObject([{ code: 'unknown-port', construct: AT, property: 'http.port', got: '4181, which auth.login.svc.cluster.local does not have', expected: 'one of 4180' }]);
  });

  test('none, of a service with several', () => {
    expect(synthesized(({ mesh, shop }) => mesh.addExternalAuthorizer('login', http(shop.addService('two', { ports: [80, 8080] }))))).toMatchObject([{ code: 'no-port', property: 'http.port' }]);
  });

  test('a port that speaks something else', () => {
    expect(synthesized(({ mesh, auth }) => mesh.addExternalAuthorizer('login', { grpc: { service: auth } }))).toMatchObject([{ code: 'bad-protocol', property: 'grpc.port', got: '4180 of auth.login.svc.cluster.local, which carries HTTP' }]);
    expect(synthesized(({ mesh, shop }) => mesh.addExternalAuthorizer('login', http(shop.addService('tls', { port: 443 }))))).toMatchObject([{ code: 'bad-protocol', property: 'http.port' }]);
  });

  test('checks that go outside in plain text, as a warning', () => {
    const { chart, mesh } = guardedProgram();
    const outside = (id: string, tls?: TlsOrigination): ExternalService => new ExternalService(chart, id, { host: `${id}.example.com`, ports: [{ port: 80, protocol: 'HTTP', ...(tls !== undefined && { tls }) }] });
    mesh.addExternalAuthorizer('a', { http: { service: outside('plain') } });
    mesh.addExternalAuthorizer('b', { http: { service: outside('safe', TlsOrigination.simple()) } });
    expect(synthTo(chart).warnings).toMatchObject([{ code: 'plain-text', construct: 'platform/mesh/a', property: 'http.port' }]);
  });

  test('an authorizer outside that the pods do not see', () => {
    const findings = synthesized(({ chart, mesh, web, edge }) => {
      const outside = new ExternalService(chart, 'outside', { host: 'auth.example.com', ports: [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.simple() }], exportTo: ['.'] });
      const authorizer = mesh.addExternalAuthorizer('login', { http: { service: outside } });
      web.custom(authorizer);
      Access.to(edge).custom(authorizer);
    });
    expect(findings).toMatchObject([{ code: 'hidden-authorizer', construct: 'platform/mesh/public', property: 'custom', fix: 'let its exportTo hold "istio-ingress"' }]);
  });

  test('an authorizer outside that a lockdown hides, and not one that it allows', () => {
    const { platform, chart, mesh, web, shop } = guardedProgram();
    const outside = ['a', 'b'].map((name) => new ExternalService(chart, name, { host: `${name}.example.com`, ports: [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.simple() }] }));
    const [one, other] = outside.map((service, index) => mesh.addExternalAuthorizer(`login-${index}`, { http: { service } })) as [ExternalAuthorizer, ExternalAuthorizer];
    new EgressLockdown(platform, 'lockdown', { mesh });
    new EgressLockdown(chart, 'lockdown', { namespace: shop, allow: [outside[0] as ExternalService] });
    web.custom(one);
    shop.addService('b', { port: 80 }).custom(other);
    const findings = caught(() => synthTo(chart)).findings.filter(({ code }) => code === 'hidden-authorizer');
    expect(findings).toMatchObject([{ construct: 'shop/shop/services/b/mesh', property: 'custom', got: 'b.example.com, which shop/lockdown hides from pods of the namespace shop', fix: 'name it in allow of the EgressLockdown' }]);
  });

  test('an authorizer that a Sidecar of the program hides; a SidecarScope shows it', () => {
    const { chart, mesh, web, shop, auth } = guardedProgram();
    web.custom(mesh.addExternalAuthorizer('login', http(auth)));
    const sidecar = new Sidecar(chart, 'own', { metadata: { name: 'own' }, spec: { egress: [{ hosts: ['./*', 'istio-system/*'] }] } });
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'hidden-authorizer', got: 'auth.login.svc.cluster.local, which shop/own hides from pods of the namespace shop', fix: 'add it to egress.hosts of that Sidecar' }]);
    chart.node.tryRemoveChild(sidecar.node.id);
    new SidecarScope(chart, 'scope', { namespace: shop });
    expect(() => synthTo(chart)).not.toThrow();
  });

  test.each<[string, (program: ReturnType<typeof guardedProgram>, login: ExternalAuthorizer) => void]>([
    ['by its service', ({ auth }, login) => auth.custom(login)],
    ['by another service in front of its pods', ({ chart }, login) => MeshService.fromName(chart, 'same', { name: 'same', namespace: 'login', ports: [{ port: 80 }], selector: { app: 'auth' } }).custom(login)],
    ['by its namespace', ({ auth, chart }, login) => Access.to(chart.node.findChild(auth.namespace) as never).custom(login)],
    ['by the mesh', ({ mesh }, login) => Access.to(mesh).custom(login)],
    ['by the mesh, but for other ports', ({ mesh }, login) => Access.to(mesh).custom(login, { notPorts: [8080] })],
    ['by the mesh, at its port', ({ mesh }, login) => Access.to(mesh).custom(login, { ports: [4180, 8080] })],
  ])('an authorizer that asks itself, %s', (_name, protect) => {
    const findings = synthesized((program) => protect(program, program.mesh.addExternalAuthorizer('login', http(program.auth))));
    expect(findings).toMatchObject([{ code: 'asks-itself', property: 'custom', got: expect.stringContaining(AT) as string }]);
  });

  test('two authorizers that ask each other', () => {
    const findings = synthesized(({ mesh, shop, auth }) => {
      const other = shop.addService('other', { port: 8080 });
      auth.custom(mesh.addExternalAuthorizer('b', http(other)));
      other.custom(mesh.addExternalAuthorizer('a', http(auth)));
    });
    expect(findings.map(({ code, construct }) => [code, construct])).toEqual([['asks-itself', 'shop/login/services/auth/mesh'], ['asks-itself', 'shop/shop/services/other/mesh']]);
  });

  test('an authorizer that is checked by another, which nobody checks, is fine', () => {
    const { chart, mesh, web, shop, auth } = guardedProgram();
    auth.custom(mesh.addExternalAuthorizer('b', http(shop.addService('other', { port: 8080 }))));
    web.custom(mesh.addExternalAuthorizer('a', http(auth)));
    expect(() => synthTo(chart)).not.toThrow();
  });

  test.each<[string, (program: ReturnType<typeof guardedProgram>, login: ExternalAuthorizer) => void]>([
    ['the mesh, but for its port', ({ mesh }, login) => Access.to(mesh).custom(login, { notPorts: [4180] })],
    ['the mesh at another port', ({ mesh }, login) => Access.to(mesh).custom(login, { ports: [8080] })],
    ['another namespace', ({ shop }, login) => Access.to(shop).custom(login)],
  ])('%s may ask it', (_name, protect) => {
    const program = guardedProgram();
    protect(program, program.mesh.addExternalAuthorizer('login', http(program.auth)));
    expect(() => synthTo(program.chart)).not.toThrow();
  });

  test('bytes, of an authorizer that takes requests: they would go by it; one over gRPC takes them', () => {
    const both = { ports: [8080, { port: 5432, appProtocol: 'tcp' }] };
    expect(synthesized(({ mesh, shop, auth }) => shop.addService('both', both).custom(mesh.addExternalAuthorizer('login', http(auth)), { ports: [5432] }))).toMatchObject([{ code: 'http-rule-on-tcp-port', property: 'custom.ports' }]);
    const { chart, mesh, shop } = guardedProgram();
    shop.addService('both', both).custom(mesh.addExternalAuthorizer('opa', { grpc: { service: shop.addService('opa', { port: 9191, appProtocol: 'grpc' }) } }));
    expect(() => synthTo(chart)).not.toThrow();
  });
});

describe('custom', () => {
  test('of callers by their identity, where some speak plain text: they would not be asked about', () => {
    const { chart, mesh, web, auth } = guardedProgram({ mtls: 'PERMISSIVE' });
    new MtlsPolicy(chart, 'loose', { target: web, mode: 'PERMISSIVE' });
    web.custom(mesh.addExternalAuthorizer('login', http(auth)), { when: { 'source.namespace': 'guests' } });
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'identity-with-plain-text', property: 'custom', got: 'callers asked about by their identity, where the mTLS mode is PERMISSIVE' }]);
  });

  test('of an authorizer whose service is in another cluster', () => {
    const app = new MeshApp({ outdir: 'unused' });
    const [one, other] = ['one', 'other'].map((name) => new Chart(new Cluster(app, name), 'platform', { namespace: 'a' })) as [Chart, Chart];
    const service = MeshService.fromName(other, 'auth', { name: 'auth', ports: [{ port: 80 }] });
    expect(caught(() => new ExternalAuthorizer(one, 'login', { mesh: Mesh.fromName(one, 'mesh'), http: { service } })).findings[0]).toMatchObject({ code: 'other-cluster', property: 'http.service' });
  });

  test('of an authorizer of another cluster', () => {
    const app = new MeshApp({ outdir: 'unused' });
    const [one, other] = ['one', 'other'].map((name) => new Mesh(new Chart(new Cluster(app, name), 'platform'), 'mesh', { crds: false })) as [Mesh, Mesh];
    const login = one.addExternalAuthorizer('login', { http: { service: 'a.b', port: 80 } });
    expect(caught(() => Access.to(other).custom(login)).findings[0]).toMatchObject({ code: 'other-cluster', property: 'custom' });
  });

  test.each(['request.auth.claims[groups]', 'request.auth.principal', 'request.auth.audiences', 'request.auth.presenter'])('with %s: tokens are checked after it', (key) => {
    const { web } = guardedProgram();
    expect(caught(() => web.custom('login', { when: { [key]: 'a' } })).findings[0]).toMatchObject({ code: 'token-not-checked-yet', property: `custom.when["${key}"]` });
  });

  test.each<[string, (program: ReturnType<typeof guardedProgram>) => void]>([
    ['a service', ({ web }) => web.custom('login')],
    ['its namespace', ({ shop }) => Access.to(shop).custom('login')],
    ['the mesh', ({ mesh }) => Access.to(mesh).custom('login', { notPorts: [4180] })],
  ])('of %s in ambient mode: ztunnel would let all of it in', (_name, protect) => {
    const program = guardedProgram({ dataPlane: 'ambient', meshConfig: { extensionProviders: [{ name: 'login', envoyExtAuthzHttp: { service: 'a.b', port: 80 } }] } });
    protect(program);
    expect(caught(() => synthTo(program.chart)).findings).toMatchObject([{ code: 'never-asked', property: 'custom', got: expect.stringContaining('ztunnel') as string }]);
  });

  test('of a gateway in ambient mode is as elsewhere', () => {
    const { platform, mesh, edge, auth } = guardedProgram({ dataPlane: 'ambient' });
    Access.to(edge).custom(mesh.addExternalAuthorizer('login', http(auth)));
    expect(() => synthTo(platform)).not.toThrow();
  });

  test.each<[string, MeshProps, object, number]>([
    ['a beginning', {}, { notPaths: ['/public/*'] }, 1],
    ['a template', {}, { notPaths: ['/healthz', '/public/{**}'] }, 1],
    ['a path', {}, { notPaths: ['/healthz'] }, 0],
    ['a beginning, of a service that does not decode', {}, { notPaths: ['/public/*'], pathsAsWritten: true }, 0],
    ['a beginning, in a mesh that decodes', { meshConfig: { pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' } } }, { notPaths: ['/public/*'] }, 0],
  ])('that exempts %s', (_name, props, rule, warnings) => {
    const { chart, mesh, web, auth } = guardedProgram(props);
    web.custom(mesh.addExternalAuthorizer('login', http(auth)), rule);
    const found = synthTo(chart).warnings;
    expect(found).toHaveLength(warnings);
    for (const warning of found) expect(warning).toMatchObject({ code: 'open-path', property: 'custom.notPaths', got: expect.stringContaining('/public/..%2Fadmin') as string });
  });

  test('of two for the same pods, by object as by name', () => {
    const { chart, mesh, web, auth } = guardedProgram();
    web.custom(mesh.addExternalAuthorizer('a', http(auth)), { methods: ['GET'] });
    web.custom(mesh.addExternalAuthorizer('b', http(auth)), { methods: ['POST'] });
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'several-authorizers', property: 'custom', got: 'a and b' }]);
  });

  test('of a name that no authorizer of the mesh has', () => {
    const { chart, mesh, shop, auth } = guardedProgram();
    mesh.addExternalAuthorizer('login', http(auth));
    shop.addService('b', { port: 80 }).custom('logon');
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'unknown-authorizer', fix: 'did you mean "login"?' }]);
  });

  test.each([false, true])('of the name of one that the program has: of a name nothing follows; before it is made: %s', (isEarly) => {
    const { chart, mesh, web, auth } = guardedProgram();
    if (isEarly) web.custom('login');
    mesh.addExternalAuthorizer('login', http(auth));
    if (!isEarly) web.custom('login');
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ construct: 'shop/shop/services/web/mesh', property: 'custom', code: 'only-named', got: 'the name "login", which is that of platform/mesh/login', fix: 'hand on what addExternalAuthorizer gave' }]);
  });

  test('of the name of one that another cluster has, or the configuration itself, is taken as it is', () => {
    const app = new MeshApp({ outdir: 'unused' });
    const [one, other] = ['one', 'other'].map((name) => new Chart(new Cluster(app, name), 'platform')) as [Chart, Chart];
    new Mesh(one, 'mesh', { crds: false }).addExternalAuthorizer('login', { http: { service: 'a.b', port: 80 } });
    const mesh = new Mesh(other, 'mesh', { crds: false, meshConfig: { extensionProviders: [{ name: 'login', envoyExtAuthzHttp: { service: 'a.b', port: 80 } }] } });
    Access.to(mesh.addIngressGateway('public')).custom('login');
    expect(() => synthTo(other)).not.toThrow();
  });
});

test('garbage is refused in words, whatever it is and wherever it is given', () => {
  const garbage: unknown[] = [undefined, null, 0, NaN, 5n, '', true, [], {}, [null], [[]], { a: 1 }, Symbol('x'), () => 'x', new Date(0), Object.create(null), ExternalAuthorizer, new Proxy({}, {}), later('later')];
  const { platform, mesh, auth, web } = guardedProgram();
  const keys = ['service', 'port', 'timeout', 'failOpen', 'statusOnError', 'pathPrefix', 'includeRequestBodyInCheck', 'includeRequestHeadersInCheck', 'includeAdditionalHeadersInCheck', 'headersToUpstreamOnAllow', 'headersToDownstreamOnAllow', 'headersToDownstreamOnDeny'];
  let refused = 0;
  garbage.forEach((one, index) => {
    const calls: (() => unknown)[] = [
      () => new ExternalAuthorizer(platform, `a${index}`, one as never),
      () => mesh.addExternalAuthorizer(`b${index}`, one as never),
      () => mesh.addExternalAuthorizer(`c${index}`, { http: one } as never),
      () => mesh.addExternalAuthorizer(`d${index}`, { grpc: one } as never),
      () => mesh.addExternalAuthorizer(`e${index}`, { ...http(auth), name: one } as never),
      () => mesh.addExternalAuthorizer(`f${index}`, { ...http(auth), ownHeaders: one } as never),
      () => new ExternalAuthorizer(platform, `g${index}`, { ...http(auth), mesh: one } as never),
      () => web.custom(one as never),
      ...keys.map((key, at) => () => mesh.addExternalAuthorizer(`h${index}-${at}`, http(auth, { [key]: one }))),
    ];
    for (const call of calls) {
      try {
        call();
      } catch (error) {
        // anything but a MeshError is thrown on
        refused += caught(() => { throw error; }).findings.length;
      }
    }
  });
  expect(refused).toBeGreaterThan(garbage.length * 10);
});
