import { Chart, JsonPatch } from 'cdk8s';
import { AuthorizationPolicy, EnvoyFilter, Sidecar } from '../../../imports/istio';
import { Service } from '../../../imports/kubernetes';
import { Access, Cluster, Duration, ExternalAuthorizer, ExternalService, Mesh, MeshApp, MeshService, SidecarScope, StrictMtlsNamespace, TlsOrigination } from '../../../src';
import { synthTo } from '../../../src/testing';
import { guardedProgram, http, providersOf } from './guarded';

describe('the provider in the configuration of the mesh', () => {
  test('it is asked by its full name and its namespace (no service of another namespace is taken for it), at its only port, for five seconds, and fails closed', () => {
    const { platform, mesh, auth } = guardedProgram();
    mesh.addExternalAuthorizer('login', http(auth));
    expect(providersOf(platform)).toEqual([{ name: 'login', envoyExtAuthzHttp: { service: 'login/auth.login.svc.cluster.local', port: 4180, timeout: '5s', failOpen: false } }]);
  });

  test('all that is said of one over HTTP is there, by small letters, sorted, and each once', () => {
    const { platform, mesh, auth } = guardedProgram();
    mesh.addExternalAuthorizer('login', http(auth, {
      port: 4180,
      timeout: Duration.millis(1_250),
      statusOnError: 503,
      pathPrefix: '/check',
      includeRequestHeadersInCheck: ['X-User', 'cookie', 'x-user'],
      includeAdditionalHeadersInCheck: { 'X-Tenant': 'shop' },
      includeRequestBodyInCheck: { maxRequestBytes: 1_024, allowPartialMessage: true },
      headersToUpstreamOnAllow: ['x-auth-*'],
      headersToDownstreamOnAllow: ['set-cookie'],
      headersToDownstreamOnDeny: ['location', 'set-cookie'],
    }));
    expect(providersOf(platform)[0]?.['envoyExtAuthzHttp']).toEqual({
      service: 'login/auth.login.svc.cluster.local',
      port: 4180,
      timeout: '1.25s',
      failOpen: false,
      statusOnError: '503',
      pathPrefix: '/check',
      includeRequestHeadersInCheck: ['cookie', 'x-user'],
      includeAdditionalHeadersInCheck: { 'x-tenant': 'shop' },
      includeRequestBodyInCheck: { maxRequestBytes: 1_024, allowPartialMessage: true },
      headersToUpstreamOnAllow: ['x-auth-*'],
      headersToDownstreamOnAllow: ['set-cookie'],
      headersToDownstreamOnDeny: ['location', 'set-cookie'],
    });
  });

  test('one over gRPC, of a service whose port says that it speaks it', () => {
    const { platform, mesh, shop } = guardedProgram();
    const opa = shop.addService('opa', { port: 9191, appProtocol: 'grpc' });
    mesh.addExternalAuthorizer('opa', { grpc: { service: opa, failOpen: true, includeRequestBodyInCheck: { maxRequestBytes: 64, packAsBytes: true } } });
    expect(providersOf(platform)).toEqual([
      { name: 'opa', envoyExtAuthzGrpc: { service: 'shop/opa.shop.svc.cluster.local', port: 9191, timeout: '5s', failOpen: true, includeRequestBodyInCheck: { maxRequestBytes: 64, packAsBytes: true } } },
    ]);
  });

  test('what the program gave itself stays before, and the rest is in the order of names', () => {
    const own = { name: 'zipkin', zipkin: { service: 'zipkin.observe.svc.cluster.local', port: 9411 } };
    const { platform, mesh, auth } = guardedProgram({ meshConfig: { extensionProviders: [own] } });
    mesh.addExternalAuthorizer('b', http(auth));
    mesh.addExternalAuthorizer('second', { ...http(auth), name: 'a' });
    expect(providersOf(platform).map(({ name }) => name)).toEqual(['zipkin', 'a', 'b']);
  });

  test('a Kubernetes Service, a host, and services outside are taken as well', () => {
    const { platform, chart, mesh } = guardedProgram();
    const service = new Service(chart, 'opa', { spec: { selector: { app: 'opa' }, ports: [{ port: 80, name: 'http' }] } });
    const outside = new ExternalService(chart, 'outside', { host: 'auth.example.com', ports: [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.simple() }] });
    mesh.addExternalAuthorizer('a', { http: { service } });
    mesh.addExternalAuthorizer('b', { http: { service: 'shop/Auth.example.org', port: 80 } });
    mesh.addExternalAuthorizer('c', { http: { service: outside } });
    mesh.addExternalAuthorizer('d', { http: { service: ExternalService.fromName(chart, 'far', { host: 'far.example.com', namespace: 'far' }), port: 8080 } });
    const asked = providersOf(platform).map(({ envoyExtAuthzHttp }) => envoyExtAuthzHttp as { service: string; port: number });
    expect(asked.map(({ service: name, port }) => [name, port])).toEqual([
      ['shop/opa.shop.svc.cluster.local', 80],
      ['shop/auth.example.org', 80],
      ['shop/auth.example.com', 80],
      ['far/far.example.com', 8080],
    ]);
  });

  test('meshes of two revisions both have one that is given both', () => {
    const app = new MeshApp({ outdir: 'unused' });
    const platform = new Chart(app, 'platform');
    const meshes = ['1-30-3', '1-31-3'].map((revision) => new Mesh(platform, `mesh-${revision}`, { revision, crds: false }));
    new ExternalAuthorizer(platform, 'login', { mesh: meshes, http: { service: 'auth.login.svc.cluster.local', port: 80 } });
    for (const revision of ['1-30-3', '1-31-3']) expect(providersOf(platform, `istio-${revision}`)).toMatchObject([{ name: 'login' }]);
  });

  test('so has what Istio\'s own installers make', () => {
    const platform = new Chart(new MeshApp({ outdir: 'unused' }), 'platform');
    const mesh = Mesh.fromProfile(platform, 'mesh', 'minimal');
    new ExternalAuthorizer(platform, 'login', { mesh, http: { service: 'auth.login.svc.cluster.local', port: 80 } });
    expect(providersOf(platform)).toMatchObject([{ name: 'login' }]);
  });

  test('a mesh of another program is told what it needs', () => {
    const chart = new Chart(new MeshApp({ outdir: 'unused' }), 'shop', { namespace: 'shop' });
    const mesh = Mesh.fromName(chart, 'mesh');
    const web = new StrictMtlsNamespace(chart, 'shop', { mesh }).addService('web', { port: 8080 });
    const authorizer = new ExternalAuthorizer(chart, 'login', { mesh, http: { service: 'auth.login.svc.cluster.local', port: 80 } });
    web.custom(authorizer);
    expect(authorizer.meshConfig).toEqual({ extensionProviders: [{ name: 'login', envoyExtAuthzHttp: { service: 'auth.login.svc.cluster.local', port: 80, timeout: '5s', failOpen: false } }] });
    expect(synthTo(chart).one(AuthorizationPolicy, 'web.custom').spec?.provider?.name).toBe('login');
  });

  test('clusters of one program have authorizers of their own', () => {
    const app = new MeshApp({ outdir: 'unused' });
    const charts = ['staging', 'prod'].map((name) => {
      const chart = new Chart(new Cluster(app, name), 'platform');
      const mesh = new Mesh(chart, 'mesh', { crds: false });
      mesh.addExternalAuthorizer('login', { http: { service: `auth.${name}.svc.cluster.local`, port: 80 } });
      return chart;
    });
    expect(charts.map((chart) => (providersOf(chart)[0]?.['envoyExtAuthzHttp'] as { service: string }).service)).toEqual(['auth.staging.svc.cluster.local', 'auth.prod.svc.cluster.local']);
  });
});

describe('who may ask', () => {
  const principals = (chart: Chart): unknown => synthTo(chart).one(AuthorizationPolicy, 'auth').spec?.rules?.flatMap(({ from }) => from?.map(({ source }) => source));

  test('the pods that are protected, and no others because of it', () => {
    const { chart, mesh, edge, web, shop, auth } = guardedProgram();
    const authorizer = mesh.addExternalAuthorizer('login', http(auth));
    web.custom(authorizer, { notPaths: ['/healthz'] });
    Access.to(edge).custom(authorizer);
    shop.addService('batch', { port: 8080 });
    expect(principals(chart)).toEqual([{ principals: ['cluster.local/ns/istio-ingress/sa/public', 'cluster.local/ns/shop/sa/web'] }]);
  });

  test('of a namespace all that runs in it, of a mesh whoever is of it', () => {
    const { chart, mesh, shop, auth } = guardedProgram();
    const authorizer = mesh.addExternalAuthorizer('login', http(auth));
    Access.to(shop).custom(authorizer, { paths: ['/a'], pathsAsWritten: true });
    Access.to(mesh).custom(authorizer, { notPorts: [4180] });
    expect(principals(chart)).toEqual([{ principals: ['*'] }, { namespaces: ['shop'] }]);
  });

  test('a gateway that is known by its account', () => {
    const { chart, mesh, auth } = guardedProgram();
    Access.to(mesh.addEgressGateway('out')).custom(mesh.addExternalAuthorizer('login', http(auth)));
    expect(principals(chart)).toEqual([{ principals: ['cluster.local/ns/istio-egress/sa/out'] }]);
  });

  test('an authorizer that takes every caller is not closed by it', () => {
    const { chart, mesh, web } = guardedProgram();
    const open = new StrictMtlsNamespace(chart, 'open', { mesh, denyByDefault: false });
    web.custom(mesh.addExternalAuthorizer('login', http(open.addService('opa', { port: 8080 }))));
    expect(synthTo(chart).many(AuthorizationPolicy).map(({ metadata }) => metadata.name)).not.toContain('opa');
  });

  test('a proxy with a Sidecar of its own sees the authorizer', () => {
    const { chart, mesh, web, shop, auth } = guardedProgram();
    web.custom(mesh.addExternalAuthorizer('login', http(auth)));
    new SidecarScope(chart, 'scope', { namespace: shop });
    expect(JSON.stringify(synthTo(chart).one(Sidecar).spec?.egress)).toContain('auth.login.svc.cluster.local');
  });
});

describe('headers that only the authorizer sets', () => {
  const removed = (chart: Chart, name: string): unknown =>
    synthTo(chart).many(EnvoyFilter).filter(({ metadata }) => metadata.name === name).flatMap(({ spec }) => spec?.configPatches ?? []).map(({ match, patch }) => [match?.context, (patch?.value as { typed_config: { mutations: { request_mutations: unknown } } }).typed_config.mutations.request_mutations]);

  test('they are taken out of requests before anything else', () => {
    const { chart, mesh, web, auth } = guardedProgram();
    web.custom(mesh.addExternalAuthorizer('login', http(auth, { headersToUpstreamOnAllow: ['x-user.id', 'user', 'x-group-*', '*-verified'] })));
    const mutations = [{ remove_on_match: { key_matcher: { safe_regex: { regex: '.*[-_.]verified' } } } }, { remove: 'user' }, { remove_on_match: { key_matcher: { safe_regex: { regex: 'x[-_.]group[-_.].*' } } } }, { remove_on_match: { key_matcher: { safe_regex: { regex: 'x[-_.]user[-_.]id' } } } }];
    expect(removed(chart, 'web.authorizer-headers')).toEqual([['SIDECAR_INBOUND', mutations], ['GATEWAY', mutations]]);
    const { spec } = synthTo(chart).one(EnvoyFilter);
    expect(spec?.workloadSelector?.labels).toEqual({ app: 'web' });
    expect(spec?.configPatches?.map(({ patch }) => patch?.operation)).toEqual(['INSERT_FIRST', 'INSERT_FIRST']);
  });

  test('at a gateway, in the gateway alone', () => {
    const { platform, mesh, edge, auth } = guardedProgram();
    Access.to(edge).custom(mesh.addExternalAuthorizer('login', http(auth, { headersToUpstreamOnAllow: ['user'] })));
    expect(removed(platform, 'public.authorizer-headers')).toEqual([['GATEWAY', [{ remove: 'user' }]]]);
  });

  test('those that the authorizer is to see are left', () => {
    const { mesh, auth } = guardedProgram();
    const { ownHeaders } = mesh.addExternalAuthorizer('login', http(auth, { headersToUpstreamOnAllow: ['authorization', 'cookie', 'x-auth-user', 'x-auth-*', 'x-b', 'x-c-*'], includeRequestHeadersInCheck: ['cookie', 'x-auth-*'] }));
    expect(ownHeaders).toEqual(['x-b', 'x-c-*']);
  });

  test('unless the check has a value of its own for them', () => {
    const { mesh, auth } = guardedProgram();
    const { ownHeaders } = mesh.addExternalAuthorizer('login', http(auth, { headersToUpstreamOnAllow: ['x-a'], includeRequestHeadersInCheck: ['x-a'], includeAdditionalHeadersInCheck: { 'x-a': 'b' } }));
    expect(ownHeaders).toEqual(['x-a']);
  });

  test('others can be named, and none', () => {
    const { chart, mesh, web, shop, auth } = guardedProgram();
    const opa = shop.addService('opa', { port: 9191, appProtocol: 'grpc' });
    web.custom(mesh.addExternalAuthorizer('opa', { grpc: { service: opa }, ownHeaders: ['X-Opa'] }));
    shop.addService('b', { port: 80 }).custom(mesh.addExternalAuthorizer('login', { ...http(auth, { headersToUpstreamOnAllow: ['x-user'] }), ownHeaders: [] }));
    expect(synthTo(chart).many(EnvoyFilter).map(({ metadata }) => metadata.name)).toEqual(['web.authorizer-headers']);
  });
});

test('the same objects come out in any order of construction', () => {
  const texts = [false, true].map((isReversed) => {
    const { platform, chart, mesh, edge, web, shop, auth } = guardedProgram();
    const made = (isReversed ? ['b', 'a'] : ['a', 'b']).map((name) => mesh.addExternalAuthorizer(name, http(auth, { headersToUpstreamOnAllow: [`x-${name}`] })));
    const a = made.find(({ name }) => name === 'a') as ExternalAuthorizer;
    const steps = [() => Access.to(edge).custom(a), () => web.custom(a, { paths: ['/a'], pathsAsWritten: true }), () => web.custom(a, { methods: ['POST'] }), () => Access.to(shop).custom(a, { methods: ['PUT'] })];
    for (const step of isReversed ? steps.reverse() : steps) step();
    return [...synthTo(platform).many(AuthorizationPolicy), ...synthTo(platform).many(EnvoyFilter), ...synthTo(chart).many(AuthorizationPolicy), ...synthTo(chart).many(EnvoyFilter), ...providersOf(platform)].map((object) => JSON.stringify(object)).sort();
  });
  expect(texts[0]).toEqual(texts[1]);
});

test('the ports of a service are read at synthesis, where they may still change', () => {
  const { platform, chart, mesh } = guardedProgram();
  const service = new Service(chart, 'late', { spec: { selector: { app: 'late' } } });
  mesh.addExternalAuthorizer('login', { http: { service: MeshService.from(service) } });
  service.addJsonPatch(JsonPatch.add('/spec/ports', [{ port: 8081, name: 'http' }]));
  expect(providersOf(platform)).toMatchObject([{ envoyExtAuthzHttp: { port: 8081 } }]);
});
