import { Chart } from 'cdk8s';
import { AuthorizationPolicy, PeerAuthentication, RequestAuthentication } from '../../../imports/istio';
import { Access, IpBlock, Mesh, MeshApp, MeshService, MeshServiceAccount, RequestPrincipal, StrictMtlsNamespace } from '../../../src';
import type { MeshProps, NamespaceServiceProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';

/** A program with a control plane, so that its configuration is known. */
function wholeProgram(mesh: MeshProps = {}) {
  const app = new MeshApp({ outdir: 'unused' });
  const platform = new Chart(app, 'platform');
  const made = new Mesh(platform, 'mesh', { crds: false, ...mesh });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh: made });
  const serve = (name: string, props: NamespaceServiceProps = { port: 8080 }): MeshService => shop.addService(name, props);
  return { platform, mesh: made, chart, shop, serve };
}

const findings = (chart: Chart) => caught(() => synthTo(chart)).findings;
const BOTH = { ports: [8080, { port: 5432, appProtocol: 'tcp' }] };

describe('rules about requests, where there are none', () => {
  test('a grant for a port that carries bytes is refused, and says what the port carries', () => {
    const { chart, serve } = wholeProgram();
    const database = serve('database', { port: 5432, appProtocol: 'tcp' });
    database.allowFrom(serve('web'), { methods: ['GET'] });
    expect(findings(chart)).toMatchObject([{ code: 'http-rule-on-tcp-port', construct: 'shop/shop/services/database/mesh', property: 'allowFrom', got: expect.stringContaining('TCP') as string }]);
  });

  test('so is one that names such a port among others', () => {
    const { chart, serve } = wholeProgram();
    serve('both', BOTH).allowFrom(serve('web'), { paths: ['/a'], ports: [8080, 5432] });
    expect(findings(chart)).toMatchObject([{ code: 'http-rule-on-tcp-port', property: 'allowFrom.ports', got: 'requests on port 5432, which carries TCP' }]);
  });

  test('a denial leaves out the port that carries bytes: it would close it (pain 6)', () => {
    const { chart, serve } = wholeProgram();
    serve('both', BOTH).denyFrom('anyone', { methods: ['DELETE'] });
    expect(synthTo(chart).one(AuthorizationPolicy, 'both.deny').spec?.rules).toEqual([{ to: [{ operation: { methods: ['DELETE'], notPorts: ['5432'] } }] }]);
  });

  test.each<[string, (service: MeshService) => void]>([
    ['by a header', (service) => service.denyFrom('anyone', { when: { 'request.headers[a]': 'b' } })],
    ['by a token', (service) => service.denyFrom(RequestPrincipal.any(), { tokensCheckedElsewhere: true })],
    ['of whoever has no token', (service) => service.denyFrom('anyone', { except: RequestPrincipal.any(), tokensCheckedElsewhere: true })],
    ['by an authorizer', (service) => service.custom('login')],
  ])('so is one %s', (_name, deny) => {
    const { chart, serve } = wholeProgram({ meshConfig: { extensionProviders: [{ name: 'login', envoyExtAuthzHttp: { service: 'a.b.svc.cluster.local', port: 80 } }] } });
    deny(serve('both', BOTH));
    const [rule] = synthTo(chart).many(AuthorizationPolicy).find(({ metadata }) => metadata.name.startsWith('both.'))?.spec?.rules ?? [];
    expect(rule?.to).toEqual([{ operation: { notPorts: ['5432'] } }]);
  });

  test('ports that the program leaves out itself stay left out', () => {
    const { chart, serve } = wholeProgram();
    serve('both', BOTH).denyFrom('anyone', { methods: ['DELETE'], notPorts: [9090] });
    expect(synthTo(chart).one(AuthorizationPolicy, 'both.deny').spec?.rules?.[0]?.to).toEqual([{ operation: { methods: ['DELETE'], notPorts: ['5432', '9090'] } }]);
  });

  test('ports of another service in front of the same pods are left out, too', () => {
    const { chart, serve } = wholeProgram();
    serve('database', { port: 5432, appProtocol: 'tcp', selector: { app: 'web' } });
    serve('web').denyFrom('anyone', { methods: ['DELETE'] });
    serve('other').denyFrom('anyone', { methods: ['DELETE'] });
    const ports = (name: string) => synthTo(chart).one(AuthorizationPolicy, name).spec?.rules?.[0]?.to?.[0]?.operation?.notPorts;
    // where all ports carry requests, one that no policy guards keeps Istio from warning
    expect([ports('web.deny'), ports('other.deny')]).toEqual([['5432'], ['15021']]);
  });

  test('a denial of callers closes all ports', () => {
    const { chart, serve } = wholeProgram();
    serve('both', BOTH).denyFrom(serve('web'));
    expect(synthTo(chart).one(AuthorizationPolicy, 'both.deny').spec?.rules?.[0]).not.toHaveProperty('to');
  });

  test('in a namespace those ports are left out that carry bytes', () => {
    const { chart, shop, serve } = wholeProgram();
    serve('both', BOTH);
    shop.denyFrom('anyone', { methods: ['DELETE'] });
    expect(synthTo(chart).one(AuthorizationPolicy, 'namespace.deny').spec?.rules).toEqual([{ to: [{ operation: { methods: ['DELETE'], notPorts: ['5432'] } }] }]);
  });

  test('where one number carries both, the program has to say which', () => {
    const { chart, shop, serve } = wholeProgram();
    serve('both', BOTH);
    serve('odd', { port: 5432, appProtocol: 'http' });
    shop.denyFrom('anyone', { methods: ['DELETE'] });
    expect(findings(chart)).toMatchObject([{ code: 'http-rule-on-tcp-port', property: 'denyFrom.ports' }]);
  });

  test("of another program's service the numbers of the pods' ports are not known", () => {
    const { chart, serve } = wholeProgram();
    serve('web');
    const ports = [{ port: 80, name: 'http' }, { port: 5432, name: 'tcp-db' }];
    MeshService.fromName(chart, 'far', { name: 'far', namespace: 'far', ports }).denyFrom('anyone', { methods: ['DELETE'] });
    expect(findings(chart)).toMatchObject([{ code: 'http-rule-on-tcp-port', construct: 'shop/far', property: 'denyFrom.ports' }]);
  });
});

describe('identities, where there may be none', () => {
  const withMode = (mode: 'PERMISSIVE' | 'DISABLE', port?: number) => {
    const made = wholeProgram();
    const orders = made.serve('orders', { ports: [8080, 9090] });
    const mtls = { mode };
    new PeerAuthentication(made.chart, 'loose', {
      spec: { selector: { matchLabels: { app: 'orders' } }, ...(port === undefined ? { mtls } : { portLevelMtls: { [port]: mtls } }) },
    });
    return { ...made, orders, web: made.serve('web') };
  };

  test('a grant by identity is refused where mutual TLS is off', () => {
    const { chart, orders, web } = withMode('DISABLE');
    orders.allowFrom(web);
    expect(findings(chart)).toMatchObject([{ code: 'identity-without-mtls', property: 'allowFrom', construct: 'shop/shop/services/orders/mesh' }]);
  });

  test('so it is where some of the pods take plain text only', () => {
    const { chart, serve } = wholeProgram();
    const orders = serve('orders');
    new PeerAuthentication(chart, 'old', { spec: { selector: { matchLabels: { app: 'orders', version: 'v1' } }, mtls: { mode: 'DISABLE' } } });
    orders.denyFrom(serve('web'));
    expect(findings(chart)).toMatchObject([{ code: 'identity-with-plain-text' }]);
  });

  test('it is a warning where plain text is taken as well, and nothing where the port is strict', () => {
    const { chart, orders, web } = withMode('PERMISSIVE', 9090);
    orders.allowFrom(web, { ports: [8080] });
    expect(synthTo(chart).warnings).toEqual([]);
    orders.allowFrom(web, { ports: [9090] });
    expect(synthTo(chart).warnings).toMatchObject([{ code: 'plain-text-refused', severity: 'warning' }]);
  });

  test.each<[string, (orders: MeshService, web: MeshService) => void]>([
    ['a denial by identity', (orders, web) => orders.denyFrom(web)],
    ['a denial by namespace', (orders) => orders.denyFrom('anyone', { when: { 'source.namespace': 'shop' } })],
    ['a grant to all others', (orders, web) => orders.allowFrom('anyone', { except: web })],
    ['a grant to addresses but one identity', (orders, web) => orders.allowFrom(IpBlock.of('10.0.0.0/8'), { except: web })],
    ['a grant to all who are not', (orders) => orders.allowFrom('anyone', { when: { 'source.principal': { notValues: 'a' } } })],
  ])('%s is got round by plain text', (_name, say) => {
    const { chart, orders, web } = withMode('PERMISSIVE');
    say(orders, web);
    expect(findings(chart)).toMatchObject([{ code: 'identity-with-plain-text' }]);
  });

  test('what is told by addresses needs no mutual TLS', () => {
    const { chart, orders } = withMode('DISABLE');
    orders.denyFrom(IpBlock.of('10.0.0.9'));
    orders.allowFrom(IpBlock.of('10.0.0.0/8'));
    expect(synthTo(chart).warnings).toEqual([]);
  });

  test('where another program decides on the mode, nothing is said', () => {
    const app = new MeshApp({ outdir: 'unused' });
    const chart = new Chart(app, 'a', { namespace: 'a' });
    MeshService.fromName(chart, 'web', { name: 'web', ports: [80] }).denyFrom(MeshService.fromName(chart, 'b', { name: 'b', ports: [80] }));
    expect(synthTo(chart).warnings).toEqual([]);
  });
});

describe('paths that can be written otherwise', () => {
  test('a denied path says what gets round it', () => {
    const { chart, serve } = wholeProgram();
    serve('web').denyFrom('anyone', { paths: ['/admin/users'] });
    expect(findings(chart)).toMatchObject([
      {
        code: 'open-path',
        property: 'denyFrom.paths',
        got: "paths that are got round by //admin/users (slashes), /admin%2Fusers (escapes), /admin/users/ (trailing slash), /ADMIN/USERS (case); the mesh's pathNormalization is BASE",
      },
    ]);
  });

  test('so does a path taken out of a grant, and one that an authorizer is asked about', () => {
    const { chart, serve } = wholeProgram({ meshConfig: { extensionProviders: [{ name: 'login', envoyExtAuthzGrpc: { service: 'a.b.svc.cluster.local', port: 80 } }] } });
    serve('a').allowFrom('anyone', { notPaths: ['/admin/*'] });
    serve('b').custom('login', { paths: ['/admin/*'] });
    expect(findings(chart).map(({ code, property }) => [code, property])).toEqual([['open-path', 'allowFrom.notPaths'], ['open-path', 'custom.paths']]);
  });

  test('the safe way round asks for nothing', () => {
    const { chart, serve } = wholeProgram({ meshConfig: { pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' } } });
    serve('a').allowFrom('anyone', { paths: ['/public/*'] });
    serve('b').denyFrom('anyone', { notPaths: ['/public/*'] });
    expect(synthTo(chart).warnings).toEqual([]);
  });

  test.each(['NONE', undefined, 'MERGE_SLASHES'] as const)('with %s, a beginning that is open to everybody may lead out of it again', (normalization) => {
    const { chart, serve } = wholeProgram(normalization === undefined ? {} : { meshConfig: { pathNormalization: { normalization } } });
    serve('a').allowFrom('anyone', { paths: ['/a', '/public/*'] });
    serve('b').denyFrom('anyone', { notPaths: ['/public*'] });
    serve('c').allowFrom('anyone', { paths: ['/orders/{*}'], pathsAsWritten: true });
    serve('d').allowFrom('anyone', { paths: ['/*'] });
    serve('e').allowFrom('anyone', { paths: ['*.css'] });
    serve('f').allowFrom(serve('g'), { paths: ['/public/*'], dryRun: normalization === 'NONE', pathsAsWritten: normalization === 'NONE' });
    const found = normalization === 'NONE' ? findings(chart) : synthTo(chart).warnings;
    const way = normalization === 'NONE' ? '..' : '..%2F';
    expect(found.map(({ code, property, got }) => [code, property, got.split(';')[0]])).toEqual([
      ['open-path', 'allowFrom.paths', expect.stringMatching(`^/public/\\*,.* /public/${way}`)],
      ['open-path', 'denyFrom.notPaths', expect.stringMatching(`^/public\\*,.* /public/${way}`)],
    ]);
  });

  test('it is as it was meant where the program says so', () => {
    const { chart, serve } = wholeProgram();
    serve('web').denyFrom('anyone', { paths: ['/admin'], pathsAsWritten: true });
    expect(synthTo(chart).warnings).toEqual([]);
  });

  test.each<[string, string, readonly string[]]>([
    ['NONE', '/a/b', ['slashes', 'escapes', 'trailing slash', 'case']],
    ['MERGE_SLASHES', '/a/b', ['escapes', 'trailing slash', 'case']],
    ['DECODE_AND_MERGE_SLASHES', '/a/b', ['trailing slash', 'case']],
    ['MERGE_SLASHES', '/a', ['escapes', 'trailing slash', 'case']],
    ['MERGE_SLASHES', '*/a', ['escapes', 'trailing slash', 'case']],
    ['MERGE_SLASHES', '/1/', ['escapes', 'trailing slash']],
  ])('%s leaves of %s: %j', (normalization, path, tricks) => {
    const { chart, serve } = wholeProgram({ meshConfig: { pathNormalization: { normalization: normalization as 'NONE' } } });
    serve('web').denyFrom('anyone', { paths: [path] });
    const [finding] = findings(chart);
    expect([...(finding?.got.matchAll(/\((.*?)\)/g) ?? [])].map(([, what]) => what)).toEqual(tricks);
  });

  test('capitals alone are a warning: nothing of the mesh can see to them', () => {
    const { chart, serve } = wholeProgram({ meshConfig: { pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' } } });
    serve('web').denyFrom('anyone', { paths: ['/admin*'] });
    expect(synthTo(chart).warnings).toMatchObject([{ code: 'open-path', severity: 'warning' }]);
  });
});

describe('tokens that nobody checks', () => {
  const authentication = (chart: Chart, issuer: string, matchLabels?: Record<string, string>) =>
    new RequestAuthentication(chart, 'jwt', { spec: { jwtRules: [{ issuer, jwksUri: 'https://login.example.com/keys' }], ...(matchLabels === undefined ? {} : { selector: { matchLabels } }) } });

  test.each<[string, Parameters<typeof RequestPrincipal.of>[0]]>([['an issuer', { issuer: 'https://login.example.com' }], ['a claim', { claims: { a: 'b' } }]])('a grant by %s is refused', (_name, props) => {
    const { chart, serve } = wholeProgram();
    serve('web').allowFrom(RequestPrincipal.of(props));
    expect(findings(chart)).toMatchObject([{ code: 'token-never-checked', property: 'allowFrom' }]);
  });

  test('so is a condition on a claim', () => {
    const { chart, serve } = wholeProgram();
    serve('web').allowFrom('anyone', { when: { 'request.auth.claims[a]': 'b' } });
    expect(findings(chart)).toMatchObject([{ code: 'token-never-checked' }]);
  });

  test('an authentication of the namespace will do; one for other pods will not', () => {
    const all = wholeProgram();
    authentication(all.chart, 'https://login.example.com');
    all.serve('web').allowFrom(RequestPrincipal.any());
    expect(synthTo(all.chart).warnings).toEqual([]);
    const other = wholeProgram();
    authentication(other.chart, 'https://login.example.com', { app: 'other' });
    other.serve('web').allowFrom(RequestPrincipal.any());
    expect(findings(other.chart)).toMatchObject([{ code: 'token-never-checked' }]);
  });

  test('an issuer that is not checked is named, with the one that is meant', () => {
    const { chart, serve } = wholeProgram();
    authentication(chart, 'https://login.example.com');
    serve('web').allowFrom(RequestPrincipal.of({ issuer: 'https://login.example.com/' }));
    expect(findings(chart)).toMatchObject([{ code: 'unknown-issuer', fix: 'did you mean "https://login.example.com"?' }]);
  });
});

describe('what the mesh does not have', () => {
  const robot = (chart: Chart) => MeshServiceAccount.fromName(chart, 'robot', { trustDomain: 'old.example.com' });

  test('an identity of another trust domain is refused', () => {
    const { chart, serve } = wholeProgram();
    serve('web').allowFrom(robot(chart));
    expect(findings(chart)).toMatchObject([{ code: 'other-trust-domain', got: 'the identity "old.example.com/ns/shop/sa/robot"', expected: 'an identity of cluster.local' }]);
  });

  test('unless the mesh has it for an alias', () => {
    const { chart, serve } = wholeProgram({ meshConfig: { trustDomainAliases: ['old.example.com'] } });
    serve('web').allowFrom(robot(chart));
    expect(synthTo(chart).warnings).toEqual([]);
  });

  test('an authorizer that is none is named, with the one that is meant', () => {
    const { chart, serve } = wholeProgram({ meshConfig: { extensionProviders: [{ name: 'login', envoyExtAuthzHttp: { service: 'a.b.svc.cluster.local', port: 80 } }, { name: 'logs', envoyFileAccessLog: {} }] } });
    serve('web').custom('logon');
    expect(findings(chart)).toMatchObject([{ code: 'unknown-authorizer', expected: 'one of login', fix: 'did you mean "login"?' }]);
  });

  test('two authorizers for the same pods are refused', () => {
    const provider = (name: string) => ({ name, envoyExtAuthzHttp: { service: 'a.b.svc.cluster.local', port: 80 } });
    const { chart, serve } = wholeProgram({ meshConfig: { extensionProviders: [provider('a'), provider('b')] } });
    const web = serve('web');
    web.custom('a', { methods: ['GET'] });
    web.custom('b', { methods: ['POST'] });
    expect(findings(chart)).toMatchObject([{ code: 'several-authorizers', got: 'a and b' }]);
  });

  test('a mesh is shut off for a caller by one policy, which the root namespace has', () => {
    const { platform, mesh, serve } = wholeProgram({ meshConfig: { rootNamespace: 'istio-system' } });
    Access.to(mesh).denyFrom(serve('web'));
    expect(synthTo(platform).one(AuthorizationPolicy).metadata).toMatchObject({ name: 'mesh.deny', namespace: 'istio-system' });
  });
});

describe('policies that the program writes itself', () => {
  const policy = (chart: Chart, spec: object) => new AuthorizationPolicy(chart, 'own', { spec });

  test.each<[string, object, string]>([
    ['a grant with no rule', { rules: [] }, 'allows-nobody'],
    ['a denial of everything', { action: 'DENY', rules: [{ to: [{ operation: { methods: ['GET'], ports: ['80'] } }] }, {}] }, 'denies-everything'],
    ['labels that nothing has', { action: 'DENY', rules: [{ from: [{ source: { namespaces: ['a'] } }] }], selector: { matchLabels: { app: 'wbe' } } }, 'selects-nothing'],
  ])('%s is a warning', (_name, spec, code) => {
    const { chart, serve } = wholeProgram();
    serve('web');
    policy(chart, spec);
    expect(synthTo(chart).warnings).toMatchObject([{ code, severity: 'warning', construct: 'shop/own' }]);
  });

  test.each<[string, object]>([
    ['nobody, by saying nothing', {}],
    ['everybody', { rules: [{}] }],
    ['pods of a service, by more labels', { rules: [{}], selector: { matchLabels: { app: 'web', version: 'v1' } } }],
  ])('%s is as it is', (_name, spec) => {
    const { chart, serve } = wholeProgram();
    serve('web');
    policy(chart, spec);
    expect(synthTo(chart).warnings).toEqual([]);
  });

  test('a denial that says that everything is meant is no warning', () => {
    const { chart, serve } = wholeProgram();
    serve('web').denyFrom('anyone', { everything: true });
    expect(synthTo(chart).warnings).toEqual([]);
  });
});

test('garbage is refused in words, whatever it is and wherever it is given', () => {
  const garbage: unknown[] = [undefined, null, 0, NaN, 5n, '', 'x', true, [], {}, [null], [[]], { a: 1 }, Symbol('x'), () => 'x', new Date(0), new Map(), Object.create(null), IpBlock, new Proxy({}, {})];
  const { mesh, shop, serve } = wholeProgram();
  const web = serve('web');
  for (const one of garbage) {
    const calls: (() => unknown)[] = [
      () => web.allowFrom(one as never),
      () => web.denyFrom('anyone', one as never),
      () => web.auditFrom(shop, { when: one as never }),
      () => web.custom(one as never),
      () => shop.allowFrom(web, { except: one as never }),
      () => Access.to(one as never).denyByDefault(),
      () => Access.to(mesh).allowFrom(shop, { when: { 'source.ip': one as never } }),
      () => IpBlock.of(one as never),
      () => RequestPrincipal.of(one as never),
      () => RequestPrincipal.of({ claims: one as never }),
      () => MeshServiceAccount.fromName(shop, `a${garbage.indexOf(one)}`, { namespace: 'a', trustDomain: one as never }),
      ...['methods', 'paths', 'ports', 'hosts', 'notMethods', 'dryRun'].map((key) => () => web.allowFrom(shop, { [key]: one })),
    ];
    for (const call of calls) {
      try {
        call();
      } catch (error) {
        expect((error as Error).name).toBe('MeshError');
      }
    }
  }
});
