import { Chart } from 'cdk8s';
import { HTTPRoute } from '../../../imports/gateway-api';
import { AuthorizationPolicy, VirtualService } from '../../../imports/istio';
import { Service } from '../../../imports/kubernetes';
import { Access, ExternalAuthorizer, IngressRoute, JwtAuthentication, Mesh, MeshApp, MeshService, StrictMtlsNamespace, Tls } from '../../../src';
import type { MeshProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { guardedProgram, http } from './guarded';
import type { GuardedProgram } from './guarded';

const WEB = 'shop/shop/services/web/mesh';
const warned = (chart: Chart): unknown => synthTo(chart).warnings.map(({ code, construct, property }) => [code, construct, property]);

describe('what clients choose', () => {
  test.each<['hosts' | 'notHosts']>([['hosts'], ['notHosts']])('%s of the pods of a service: whoever is in the mesh names another', (key) => {
    const { chart, mesh, web, auth } = guardedProgram();
    web.custom(mesh.addExternalAuthorizer('login', http(auth)), { [key]: ['shop.example.com'] });
    expect(warned(chart)).toEqual([['open-host', WEB, `custom.${key}`]]);
  });

  test('hosts of a gateway, which has no routes for others, are as good as any rule', () => {
    const { platform, mesh, edge, auth } = guardedProgram();
    Access.to(edge).custom(mesh.addExternalAuthorizer('login', http(auth)), { hosts: ['shop.example.com'] });
    expect(warned(platform)).toEqual([]);
  });

  const guessed = { ports: [{ port: 9999, name: 'main' }] };
  test.each<[string, (program: GuardedProgram) => void, number]>([
    ['one over HTTP is not asked about bytes', ({ mesh, shop, auth }) => shop.addService('both', guessed).custom(mesh.addExternalAuthorizer('login', http(auth))), 1],
    ['that the rule leaves out', ({ mesh, shop, auth }) => shop.addService('both', { ports: [8080, ...guessed.ports] }).custom(mesh.addExternalAuthorizer('login', http(auth)), { notPorts: [9999] }), 0],
    ['that the rule does not name', ({ mesh, shop, auth }) => shop.addService('both', { ports: [8080, ...guessed.ports] }).custom(mesh.addExternalAuthorizer('login', http(auth)), { ports: [8080] }), 0],
    ['one over gRPC is asked about bytes as well', ({ mesh, shop }) => shop.addService('both', guessed).custom(mesh.addExternalAuthorizer('opa', { grpc: { service: shop.addService('opa', { port: 9191, appProtocol: 'grpc' }) } })), 0],
  ])('a port of which proxies guess what it carries: %s', (_name, add, count) => {
    const program = guardedProgram();
    add(program);
    const found = synthTo(program.chart).warnings;
    expect(found.map(({ code }) => code)).toEqual(Array.from({ length: count }, () => 'guessed-port'));
    for (const warning of found) expect(warning).toMatchObject({ property: 'custom', got: 'port 9999, of which proxies guess what it carries' });
  });
});

describe('routes of the gateway are chosen before the authorizer is asked', () => {
  const byTier = (add: (program: GuardedProgram) => void, ownHeaders?: readonly string[]): GuardedProgram => {
    const program = guardedProgram();
    const { mesh, edge, auth } = program;
    Access.to(edge).custom(mesh.addExternalAuthorizer('login', { ...http(auth, { headersToUpstreamOnAllow: ['x-auth-*'] }), ...(ownHeaders !== undefined && { ownHeaders }) }));
    add(program);
    return program;
  };
  const route = ({ chart, edge, web, auth }: GuardedProgram, header: string): unknown =>
    new IngressRoute(chart, 'site', { gateway: edge, host: 'shop.example.com', tls: Tls.secret('shop-cert'), routes: [{ path: '/', match: { headers: { [header]: 'gold' } }, to: auth }, { path: '/', to: web }] });

  test('by a header that only it sets they would be chosen by what the client wrote', () => {
    const { chart } = byTier((program) => route(program, 'X-Auth-Tier'));
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ construct: 'platform/mesh/public', property: 'custom', code: 'routed-before', got: expect.stringMatching(/^x-auth-tier, which only platform\/mesh\/login sets, and by which \S+ chooses/) as string }]);
  });

  test('written by hand they are seen as well, in both forms', () => {
    const { chart } = byTier(({ chart: at, edge }) => {
      new IngressRoute(at, 'site', { gateway: edge, host: 'shop.example.com', tls: Tls.secret('shop-cert'), routes: [{ path: '/', to: MeshService.fromName(at, 'far', { name: 'far', namespace: 'shop', ports: [{ port: 80, name: 'http' }] }) }] });
      new HTTPRoute(at, 'own', { metadata: { name: 'own' }, spec: { parentRefs: [{ name: edge.name, namespace: edge.namespace }], rules: [{ matches: [{ headers: [{ name: 'X-Auth-Tier', value: 'gold' }] }] }] } });
    });
    expect(caught(() => synthTo(chart)).findings).toContainEqual(expect.objectContaining({ code: 'routed-before', got: expect.stringContaining('shop/own') as string }));
  });

  test('by other headers, of other gateways, and where clients may choose they are fine', () => {
    expect(() => synthTo(byTier((program) => route(program, 'x-tier')).chart)).not.toThrow();
    expect(() => synthTo(byTier((program) => route(program, 'x-auth-tier'), ['x-auth-user']).chart)).not.toThrow();
    const { chart } = byTier(({ chart: at }) => new VirtualService(at, 'own', { metadata: { name: 'own' }, spec: { hosts: ['web'], http: [{ match: [{ headers: { 'x-auth-tier': { exact: 'gold' } } }], route: [{ destination: { host: 'web' } }] }] } }));
    expect(() => synthTo(chart)).not.toThrow();
  });
});

describe('services that never answer', () => {
  const service = (chart: Chart, props: { readonly clusterIP?: string; readonly exportTo?: string }): Service =>
    new Service(chart, 'opa', { metadata: { name: 'opa', ...(props.exportTo !== undefined && { annotations: { 'networking.istio.io/exportTo': props.exportTo } }) }, spec: { ...(props.clusterIP !== undefined && { clusterIP: props.clusterIP }), selector: { app: 'opa' }, ports: [{ port: 80, name: 'http' }] } });
  const findings = (props: Parameters<typeof service>[1], ask: (program: GuardedProgram, login: ExternalAuthorizer) => void, meshProps: MeshProps = {}): unknown => {
    const program = guardedProgram(meshProps);
    ask(program, program.mesh.addExternalAuthorizer('login', { http: { service: service(program.chart, props) } }));
    try {
      return synthTo(program.chart).warnings;
    } catch (error) {
      return caught(() => { throw error; }).findings;
    }
  };
  const atGateway = ({ edge }: GuardedProgram, login: ExternalAuthorizer): void => Access.to(edge).custom(login);

  test.each<[string, string, (program: GuardedProgram, login: ExternalAuthorizer) => void, string | undefined]>([
    ['.', 'the gateway', atGateway, 'platform/mesh/public'],
    ['~', 'its own namespace', ({ web }, login) => web.custom(login), WEB],
    ['shop,login', 'the mesh', ({ mesh }, login) => Access.to(mesh).custom(login, { notPorts: [80] }), 'platform/mesh'],
    ['., istio-ingress', 'the gateway', atGateway, undefined],
    ['.', 'its own namespace', ({ web }, login) => web.custom(login), undefined],
    ['*', 'the mesh', ({ mesh }, login) => Access.to(mesh).custom(login, { notPorts: [80] }), undefined],
  ])('exported to %s, and asked by %s', (exportTo, _by, ask, construct) => {
    expect(findings({ exportTo }, ask)).toMatchObject(construct === undefined ? [] : [{ construct, property: 'custom', code: 'hidden-authorizer', fix: expect.stringContaining('networking.istio.io/exportTo') as string }]);
  });

  test('a headless one is not asked by sidecars, which know no address to send a check to', () => {
    const headless = { clusterIP: 'None' };
    expect(findings(headless, ({ web }, login) => web.custom(login))).toMatchObject([{ construct: WEB, property: 'custom', code: 'hidden-authorizer', got: expect.stringContaining('headless') as string }]);
    expect(findings(headless, atGateway)).toEqual([]);
    expect(findings(headless, ({ web }, login) => web.custom(login), { istiod: { env: { PILOT_ENABLE_EDS_FOR_HEADLESS_SERVICES: 'true' } } })).toEqual([]);
  });
});

describe('tokens that the pods of the authorizer want', () => {
  const found = (ask: (program: GuardedProgram) => unknown): unknown => {
    const program = guardedProgram();
    ask(program);
    try {
      return synthTo(program.chart).warnings;
    } catch (error) {
      return caught(() => { throw error; }).findings;
    }
  };
  const wants = ({ chart }: GuardedProgram, target: MeshService, exemptPaths?: readonly string[]): JwtAuthentication =>
    new JwtAuthentication(chart, 'token', { target, issuers: [{ issuer: 'https://login.example.com', jwksUri: 'https://login.example.com/keys' }], ...(exemptPaths !== undefined && { exemptPaths }) });
  const finding = { code: 'refused-checks', construct: 'shop/token' };

  test('a check over HTTP has that of the client, who has none before he logs in', () => {
    expect(found((program) => [wants(program, program.auth), program.web.custom(program.mesh.addExternalAuthorizer('login', http(program.auth)))])).toMatchObject([{ ...finding, severity: 'warning' }]);
  });

  test('a check over gRPC never has one', () => {
    const opa = ({ shop, mesh, web }: GuardedProgram): MeshService => {
      const service = shop.addService('opa', { port: 9191, appProtocol: 'grpc' });
      web.custom(mesh.addExternalAuthorizer('opa', { grpc: { service } }));
      return service;
    };
    const [refused] = found((program) => wants(program, opa(program))) as readonly { readonly severity?: string }[];
    expect(refused).toMatchObject(finding);
    expect(refused?.severity).toBeUndefined();
  });

  test('of an authorizer that nobody asks, and of other pods, they are nobody\'s business here', () => {
    expect(found((program) => [wants(program, program.auth), program.mesh.addExternalAuthorizer('login', http(program.auth))])).toEqual([]);
    expect(found((program) => [wants(program, program.web), program.web.custom(program.mesh.addExternalAuthorizer('login', http(program.auth)))])).toEqual([]);
  });
});

describe('two revisions', () => {
  const twoMeshes = (known: (meshes: readonly [Mesh, Mesh]) => readonly Mesh[]): Chart => {
    const app = new MeshApp({ outdir: 'unused' });
    const platform = new Chart(app, 'platform');
    const meshes = ['blue', 'green'].map((revision) => new Mesh(platform, revision, { revision, crds: false })) as [Mesh, Mesh];
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    const login = new ExternalAuthorizer(platform, 'login', { mesh: known(meshes), http: { service: 'auth.example.com', port: 80 } });
    new StrictMtlsNamespace(chart, 'shop', { mesh: meshes[0] }).addService('web', { port: 8080 }).custom(login);
    return chart;
  };

  test('the control plane of the pods has to know the authorizer: it would refuse every request', () => {
    expect(caught(() => synthTo(twoMeshes(([, green]) => [green]))).findings).toMatchObject([{ construct: WEB, property: 'custom', code: 'unknown-authorizer', got: '"login", which platform/blue/istiod does not have, and these pods are of its revision' }]);
  });

  test('the other one does not', () => {
    expect(() => synthTo(twoMeshes(([blue]) => [blue]))).not.toThrow();
    expect(() => synthTo(twoMeshes((meshes) => meshes))).not.toThrow();
  });
});

describe('two authorizers for some pods, of which Istio asks neither', () => {
  const own = (chart: Chart, namespace: string, labels?: Readonly<Record<string, string>>, name = 'other'): unknown =>
    new AuthorizationPolicy(chart, 'own', { metadata: { name: 'own', namespace }, spec: { action: 'CUSTOM', provider: { name }, ...(labels !== undefined && { selector: { matchLabels: labels } }), rules: [{}] } });
  const found = (add: (program: GuardedProgram) => unknown): unknown => {
    const program = guardedProgram();
    program.web.custom(program.mesh.addExternalAuthorizer('login', http(program.auth)));
    add(program);
    try {
      return synthTo(program.chart).warnings;
    } catch (error) {
      return caught(() => { throw error; }).findings.map(({ code, construct }) => [code, construct]);
    }
  };
  const crossing = [['several-authorizers', `${WEB}/access-custom`]];

  test('one of them written by hand, for the pods, their namespace or the mesh', () => {
    expect(found(({ chart }) => own(chart, 'shop', { app: 'web' }))).toEqual([['several-authorizers', 'shop/own']]);
    expect(found(({ chart }) => own(chart, 'shop'))).toEqual(crossing);
    expect(found(({ platform }) => own(platform, 'istio-system'))).toEqual(crossing);
  });

  test('one of them for some of the pods', () => {
    const path = 'shop/v2';
    expect(found(({ chart, mesh, auth }) => MeshService.fromName(chart, 'v2', { name: 'web-v2', namespace: 'shop', ports: [{ port: 80, name: 'http' }], selector: { app: 'web', version: 'v2' } }).custom(mesh.addExternalAuthorizer('b', http(auth))))).toEqual([['several-authorizers', `${path}/access-custom`]]);
  });

  test('of other pods, of another namespace, and of the same authorizer they are fine', () => {
    expect(found(({ chart, shop }) => [shop.addService('batch', { port: 8080 }), own(chart, 'shop', { app: 'batch' })])).toEqual([]);
    expect(found(({ chart }) => own(chart, 'login'))).toEqual([]);
    expect(found(({ chart }) => own(chart, 'shop', undefined, 'login'))).toEqual([]);
  });
});
