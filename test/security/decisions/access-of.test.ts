import { Chart } from 'cdk8s';
import { AuthorizationPolicy } from '../../../imports/istio';
import { Deployment, Namespace } from '../../../imports/kubernetes';
import { Access, Cluster, IpBlock, JwtAuthentication, Mesh, MeshApp, MeshNamespace, MeshService, MeshServiceAccount, MtlsPolicy, RequestPrincipal, StrictMtlsNamespace, accessOf, unknown } from '../../../src';
import type { MeshService as Service } from '../../../src';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

function shop(): ReturnType<typeof program> & { readonly web: Service; readonly orders: Service } {
  const made = program();
  return { ...made, web: made.shop.addService('web', { port: 8080 }), orders: made.shop.addService('orders', { ports: [8080, { port: 5432, appProtocol: 'tcp' }] }) };
}

describe('a decision', () => {
  test('says whether, how, by which rule and by which line of the program', () => {
    const { chart, web, orders } = shop();
    orders.allowFrom(web, { methods: ['GET'] });
    orders.denyFrom('anyone', { notPaths: ['/orders', '/orders/*'] });
    const calls = accessOf(chart).from(web).to(orders, 8080);
    const [granted, denied, ungranted] = [calls.get('/orders/7'), calls.get('/admin'), calls.delete('/orders/7')];
    expect([granted, denied, ungranted].map(({ isAllowed, status }) => [isAllowed, status])).toEqual([[true, undefined], [false, 403], [false, 403]]);
    expect(granted.rules).toMatchObject([{ kind: 'AuthorizationPolicy', namespace: 'shop', name: 'orders', rule: 0, sentences: [{ action: 'ALLOW', what: 'methods GET', site: { file: expect.stringMatching(/access-of\.test\.ts$/) as string } }] }]);
    expect(String(denied)).toMatch(/^GET \/admin of cluster\.local\/ns\/shop\/sa\/web to service shop\/orders:8080 is refused \(403\): it is denied; AuthorizationPolicy shop\/orders\.deny, rule 0: DENY anyone, not paths \/orders, \/orders\/\*; not ports 5432 \(.*access-of\.test\.ts:\d+, shop\/shop\/services\/orders\/mesh\)$/);
    // what the caller may do instead
    expect(ungranted.rules.map(({ name, sentences }) => [name, sentences.map(({ what }) => what)])).toEqual([['deny-by-default', []], ['orders', ['methods GET']]]);
  });

  test('of several sentences in one rule, the one that says it', () => {
    const { chart, shop: namespace, web, orders } = shop();
    const batch = namespace.addService('batch', { port: 8080 });
    orders.allowFrom(web);
    orders.allowFrom(batch);
    const [rule] = accessOf(chart).from(batch).to(orders, 8080).get().rules;
    expect(rule?.sentences.map(({ from }) => from)).toEqual([['cluster.local/ns/shop/sa/batch']]);
  });

  test('counts what is written by hand, and patched', () => {
    const { chart, web, orders } = shop();
    orders.allowFrom(web);
    new AuthorizationPolicy(chart, 'hand', { spec: { action: 'DENY', rules: [{ to: [{ operation: { methods: ['PUT'], ports: ['8080'] } }] }] } });
    const calls = accessOf(chart).from(web).to(orders, 8080);
    expect([calls.get().isAllowed, calls.put().isAllowed]).toEqual([true, false]);
    expect(calls.put().rules).toMatchObject([{ name: 'hand', construct: 'shop/hand', sentences: [] }]);
  });

  test('is made of the whole program at once: what it says later is not seen', () => {
    const { chart, web, orders } = shop();
    const before = accessOf(chart);
    orders.allowFrom(web);
    expect([before.from(web).to(orders, 8080).get().isAllowed, accessOf(chart).from(web).to(orders, 8080).get().isAllowed]).toEqual([false, true]);
  });

  test('does not depend on the order of construction', () => {
    const texts = (order: readonly number[]): string => {
      const { chart, web, orders } = shop();
      const sentences = [() => orders.allowFrom(web, { methods: ['GET'] }), () => orders.allowFrom(web, { paths: ['/orders'] }), () => Access.to(orders).denyFrom(MeshNamespace.fromName(chart, 'guests'))];
      for (const index of order) sentences[index]?.();
      return ['/orders', '/x'].map((path) => String(accessOf(chart).from(web).to(orders, 8080).get(path)).replace(/[^ (]*test\.ts:\d+/g, '')).join('\n');
    };
    expect(new Set([[0, 1, 2], [2, 1, 0], [1, 2, 0]].map(texts)).size).toBe(1);
  });
});

describe('who calls', () => {
  test('a service, an account, an identity, a gateway, somebody outside', () => {
    const { chart, mesh, web, orders } = shop();
    const edge = mesh.addIngressGateway('public');
    const robot = MeshServiceAccount.fromName(chart, 'robot', { namespace: 'ops' });
    orders.allowFrom([web, robot, edge]);
    const access = accessOf(chart);
    const isIn = (caller: Parameters<typeof access.from>[0]): unknown => access.from(caller).to(orders, 8080).get().isAllowed;
    expect([web, robot, edge, 'cluster.local/ns/ops/sa/robot', 'cluster.local/ns/ops/sa/other', 'outside'].map((caller) => isIn(caller as never))).toEqual([true, true, true, true, false, false]);
    expect(access.from('outside').to(orders, 8080).get().status).toBe('cut');
  });

  test('whoever is in the mesh speaks what the pods take: plain text has no identity', () => {
    const { chart, web, orders } = shop();
    new MtlsPolicy(chart, 'plain', { target: orders, mode: 'DISABLE' });
    orders.allowFrom('anyone', { methods: ['GET'] });
    expect(accessOf(chart).from(web).to(orders, 8080).get().isAllowed).toBe(true);
    expect(accessOf(chart).from('outside').to(orders, 8080).get().isAllowed).toBe(true);
  });
});

describe('what is called', () => {
  test('a port of bytes sees connections only', () => {
    const { chart, web, orders } = shop();
    orders.allowFrom(web, { methods: ['GET'] });
    const calls = accessOf(chart).from(web).to(orders, 5432);
    expect([calls.connect(), calls.get('/')].map(({ status }) => status)).toEqual(['cut', 'cut']);
    expect(String(calls.get('/'))).toContain('a connection of cluster.local/ns/shop/sa/web');
  });

  test('a gateway knows nobody of the mesh, unless it asks for the TLS of the mesh', () => {
    const { chart, mesh, web } = shop();
    const edge = mesh.addIngressGateway('public');
    Access.to(edge).denyFrom(IpBlock.of('203.0.113.0/24'));
    const calls = accessOf(chart).from('outside').to(edge, 80);
    expect([calls.get('/', { remoteIp: '203.0.113.7' }).isAllowed, calls.get('/', { remoteIp: '192.0.2.1' }).isAllowed]).toEqual([false, true]);
    expect(accessOf(chart).from(web).to(edge, 80).get('/', { remoteIp: '192.0.2.1' }).isAllowed).toBe(true);
  });

  test('tokens: required, wrong, with claims', () => {
    const { chart, web, orders } = shop();
    const issuer = 'https://login.example.com';
    new JwtAuthentication(chart, 'login', { target: orders, issuers: [{ issuer, audiences: ['shop'] }], exemptPaths: ['/healthz'] });
    orders.allowFrom(web, { methods: ['GET'] });
    orders.allowFrom(RequestPrincipal.of({ issuer, claims: { groups: 'admins' } }), { methods: ['DELETE'] });
    const calls = accessOf(chart).from(web).to(orders, 8080);
    const token = { issuer, subject: 'robot', audiences: 'shop' };
    expect([calls.get('/'), calls.get('/healthz'), calls.get('/', { token }), calls.delete('/', { token }), calls.delete('/', { token: { ...token, claims: { groups: ['admins'] } } })].map(({ status }) => status)).toEqual([403, undefined, undefined, 403, undefined]);
    expect([calls.get('/healthz', { token: { ...token, isGood: false } }), calls.get('/', { token: { ...token, audiences: ['bank'] } })].map(({ status }) => status)).toEqual([401, 403]);
  });

  test('pods that are not alike: it hangs on which of them it is', () => {
    const { chart, shop: namespace, web } = shop();
    const api = namespace.addService('api', { port: 8080 });
    api.allowFrom(web);
    for (const version of ['v1', 'v2']) {
      const labels = { ...api.selector, version };
      new Deployment(chart, `api-${version}`, {
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { serviceAccountName: 'api', containers: [{ name: 'api', image: 'api:1' }] } } },
      });
    }
    new AuthorizationPolicy(chart, 'old', { spec: { action: 'DENY', selector: { matchLabels: { version: 'v1' } }, rules: [{ to: [{ operation: { methods: ['PUT'] } }] }] } });
    const calls = accessOf(chart).from(web).to(api);
    expect(calls.get().isAllowed).toBe(true);
    expect(caught(() => calls.put()).findings[0]).toMatchObject({ code: 'undecided', got: expect.stringContaining('which of the pods it comes to') as string });
  });
});

describe('pods that no sidecar guards', () => {
  const called = (labels: Readonly<Record<string, string>> | undefined, podLabels: Readonly<Record<string, string>> = {}): unknown => {
    const { chart, web } = shop();
    if (labels !== undefined) new Namespace(chart, 'legacy', { metadata: { labels } });
    const all = { app: 'old', ...podLabels };
    const old = new Deployment(chart, 'old', { metadata: { namespace: 'legacy' }, spec: { selector: { matchLabels: { app: 'old' } }, template: { metadata: { labels: all }, spec: { containers: [{ name: 'old', image: 'old:1' }] } } } });
    return accessOf(chart).from(web).to(old, 80).get().isAllowed;
  };
  const code = (labels: Readonly<Record<string, string>> | undefined, podLabels?: Readonly<Record<string, string>>): unknown => caught(() => called(labels, podLabels)).findings[0]?.code;

  test('without a proxy no policy holds, and in ambient mode others decide', () => {
    expect([code({}), code({ 'istio-injection': 'disabled' }), code({ 'istio-injection': 'enabled' }, { 'sidecar.istio.io/inject': 'false' })]).toEqual(['no-proxy', 'no-proxy', 'no-proxy']);
    expect(code({ 'istio.io/dataplane-mode': 'ambient' })).toBe('ambient-pods');
  });

  test('those that are injected are decided on, and those of namespaces that others make', () => {
    expect([called({ 'istio-injection': 'enabled' }), called({}, { 'sidecar.istio.io/inject': 'true' }), called(undefined)]).toEqual([true, true, true]);
  });
});

describe('what comes to a port without the proxy', () => {
  const calling = (annotations: Readonly<Record<string, string>>, port = 8080) => {
    const { chart, web, orders } = shop();
    orders.allowFrom(web);
    const labels = { ...orders.selector };
    new Deployment(chart, 'orders-v1', { spec: { selector: { matchLabels: labels }, template: { metadata: { labels, annotations }, spec: { serviceAccountName: 'orders', containers: [{ name: 'orders', image: 'orders:1' }] } } } });
    return () => accessOf(chart).from(web).to(orders, port);
  };
  test.each<[string, Readonly<Record<string, string>>, number]>([
    ['a port that is left out', { 'traffic.sidecar.istio.io/excludeInboundPorts': '5432, 8080' }, 8080],
    ['a port that is not among those that are caught', { 'traffic.sidecar.istio.io/includeInboundPorts': '5432' }, 8080],
    ['no port is caught', { 'traffic.sidecar.istio.io/includeInboundPorts': '' }, 8080],
    ['nothing is caught', { 'sidecar.istio.io/interceptionMode': 'NONE' }, 5432],
  ])('%s', (_what, annotations, port) => {
    expect(caught(calling(annotations, port)).findings[0]).toMatchObject({ code: 'no-proxy', got: expect.stringContaining('without a proxy no policy holds') as string });
  });

  test('other ports are decided on', () => {
    expect(calling({ 'traffic.sidecar.istio.io/excludeInboundPorts': '5432' })().get().isAllowed).toBe(true);
    expect(calling({ 'traffic.sidecar.istio.io/includeInboundPorts': '*' })().get().isAllowed).toBe(true);
    expect(calling({ 'sidecar.istio.io/interceptionMode': 'TPROXY' })().get().isAllowed).toBe(true);
  });
});

describe('a caller whose pods have no proxy', () => {
  const pods = (chart: Chart, name: string, labels: Readonly<Record<string, string>>): Deployment =>
    new Deployment(chart, name, { metadata: { namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'old' } }, template: { metadata: { labels: { app: 'old', ...labels } }, spec: { serviceAccountName: 'old', containers: [{ name: 'old', image: 'old:1' }] } } } });

  test('speaks plain text: what is granted to its account does not hold', () => {
    const { chart, orders } = shop();
    const old = pods(chart, 'old', { 'sidecar.istio.io/inject': 'false' });
    orders.allowFrom(old);
    const decision = accessOf(chart).from(old).to(orders, 8080).get();
    expect([decision.isAllowed, decision.status]).toEqual([false, 'cut']);
    expect(String(decision)).toContain('of cluster.local/ns/shop/sa/old, whose pods have no proxy to service shop/orders:8080 is cut: these pods take mutual TLS only');
    expect(accessOf(chart).from(MeshServiceAccount.fromName(chart, 'account', { name: 'old', namespace: 'shop' })).to(orders, 8080).get().status).toBe('cut');
    // with a proxy it does
    const other = shop();
    const proxied = pods(other.chart, 'old', {});
    other.orders.allowFrom(proxied);
    expect(accessOf(other.chart).from(proxied).to(other.orders, 8080).get().isAllowed).toBe(true);
  });

  test('a denial by its account does not hold either, where plain text is taken', () => {
    const { chart, shop: namespace, orders } = shop();
    const old = pods(chart, 'old', { 'sidecar.istio.io/inject': 'false' });
    new MtlsPolicy(chart, 'soft', { target: orders, mode: 'PERMISSIVE' });
    new AuthorizationPolicy(chart, 'open', { spec: { selector: { matchLabels: orders.selector }, rules: [{}] } });
    new AuthorizationPolicy(chart, 'hand', { spec: { action: 'DENY', rules: [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/old'] } }] }] } });
    expect(accessOf(chart).from(old).to(orders, 8080).get().isAllowed).toBe(true);
    expect(accessOf(chart).from('cluster.local/ns/shop/sa/old').to(orders, 8080).get().isAllowed).toBe(false);
    expect(namespace.name).toBe('shop');
  });

  test('of pods that are not alike it hangs on which of them calls', () => {
    const { chart, orders } = shop();
    const account = MeshServiceAccount.fromName(chart, 'account', { name: 'old', namespace: 'shop' });
    pods(chart, 'old', { 'sidecar.istio.io/inject': 'false' });
    pods(chart, 'new', {});
    orders.allowFrom(account);
    expect(caught(() => accessOf(chart).from(account).to(orders, 8080).get()).findings[0]).toMatchObject({ code: 'undecided', got: expect.stringContaining('which of the pods it comes to or from') as string });
  });
});

test('pods of another program may have labels that a policy selects by', () => {
  const { chart, web, orders } = shop();
  orders.allowFrom(web);
  new AuthorizationPolicy(chart, 'hand', { spec: { action: 'DENY', selector: { matchLabels: { ...orders.selector, version: 'v1' } }, rules: [{ to: [{ operation: { methods: ['PUT'], ports: ['8080'] } }] }] } });
  new AuthorizationPolicy(chart, 'others', { spec: { action: 'DENY', selector: { matchLabels: { app: 'else', version: 'v1' } }, rules: [{}] } });
  const calls = accessOf(chart).from(web).to(orders, 8080);
  expect(calls.get().isAllowed).toBe(true);
  expect(caught(() => calls.put()).findings[0]).toMatchObject({ code: 'undecided', got: expect.stringContaining('which of the pods') as string, fix: 'ask for a request that does not hang on it, or change what does' });
});

test('the pods of a gateway are asked for by the gateway', () => {
  const { chart, web, mesh } = shop();
  const labels = { istio: 'hand' };
  const hand = new Deployment(chart, 'hand', {
    metadata: { namespace: 'shop' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels: { ...labels, 'sidecar.istio.io/inject': 'true' }, annotations: { 'inject.istio.io/templates': 'gateway' } }, spec: { serviceAccountName: 'hand', containers: [{ name: 'istio-proxy', image: 'auto' }] } } },
  });
  expect(mesh.namespace).toBe('istio-system');
  expect(caught(() => accessOf(chart).from(web).to(hand, 80)).findings[0]).toMatchObject({ code: 'gateway-pods', property: 'to' });
});

test('each cluster has its own policies, and callers of another are refused', () => {
  const app = new MeshApp({ outdir: 'unused' });
  const [one, two] = ['one', 'two'].map((name) => {
    const chart = new Chart(new Cluster(app, name, { trustDomain: `${name}.example.com` }), 'shop', { namespace: 'shop' });
    const mesh = new Mesh(chart, 'mesh', { controlPlane: false });
    const namespace = new StrictMtlsNamespace(chart, 'shop', { mesh });
    const [web, orders] = [namespace.addService('web', { port: 8080 }), namespace.addService('orders', { port: 8080 })];
    if (name === 'one') orders.allowFrom(web);
    return { web, orders };
  }) as [{ web: Service; orders: Service }, { web: Service; orders: Service }];
  const access = accessOf(app);
  expect([one, two].map(({ web, orders }) => access.from(web).to(orders).get().isAllowed)).toEqual([true, false]);
  expect(String(access.from(one.web).to(one.orders).get())).toContain('of one.example.com/ns/shop/sa/web');
  expect(caught(() => access.from(one.web).to(two.orders)).findings[0]).toMatchObject({ property: 'from' });
});

test('the mesh of another program: its policies are not known, those of this one are', () => {
  const app = new MeshApp({ outdir: 'unused' });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const mesh = Mesh.fromName(chart, 'mesh', {});
  const web = new StrictMtlsNamespace(chart, 'shop', { mesh }).addService('web', { port: 8080 });
  const far = MeshService.fromName(chart, 'far', { name: 'far', namespace: 'elsewhere', ports: [80] });
  Access.to(mesh).denyFrom(MeshNamespace.fromName(chart, 'guests'));
  web.allowFrom('anyone');
  const access = accessOf(app);
  expect([access.from(far).to(web).get().isAllowed, access.from('cluster.local/ns/guests/sa/x').to(web).get().isAllowed]).toEqual([true, false]);
});

describe('what cannot be decided, and what is asked in a wrong way', () => {
  test('an address that a rule asks for has to be said', () => {
    const { chart, web, orders } = shop();
    orders.allowFrom(web);
    orders.denyFrom(IpBlock.of('10.0.0.0/8'), { methods: ['DELETE'] });
    const calls = accessOf(chart).from(web).to(orders, 8080);
    expect(calls.get().isAllowed).toBe(true);
    expect(caught(() => calls.delete()).findings[0]).toMatchObject({ code: 'undecided', construct: 'shop/shop/services/orders/mesh', property: 'delete', got: expect.stringContaining('sourceIp') as string, fix: 'say it with the request: sourceIp' });
    expect(calls.delete('/', { sourceIp: '10.1.2.3' }).isAllowed).toBe(false);
  });

  test('a value that is known at deployment only', () => {
    const { chart, web, orders } = shop();
    orders.allowFrom(web);
    new AuthorizationPolicy(chart, 'later', { spec: { action: 'DENY', rules: [{ to: [{ operation: { paths: [unknown<string>('a path')] } }] }] } });
    expect(caught(() => accessOf(chart).from(web).to(orders, 8080).get()).findings[0]).toMatchObject({ code: 'undecided', got: expect.stringContaining('known at deployment') as string });
  });

  test('the findings of the program come first', () => {
    const { chart, web, orders } = shop();
    orders.allowFrom(web, { when: { 'request.auth.claims[groups]': 'admins' } });
    expect(caught(() => accessOf(chart)).findings[0]).toMatchObject({ code: 'token-never-checked' });
  });

  const wrong: readonly [string, (access: ReturnType<typeof accessOf>, parts: ReturnType<typeof shop>) => unknown, object][] = [
    ['a caller that is none', (access) => access.from(7 as never), { property: 'from' }],
    ['an identity with its scheme', (access) => access.from('spiffe://cluster.local/ns/shop/sa/web'), { code: 'bad-principal' }],
    ['an identity of asterisks', (access) => access.from('*/ns/shop/sa/web'), { code: 'bad-principal' }],
    ['a namespace calls', (access, { shop: namespace }) => access.from(namespace), { property: 'from', got: expect.stringContaining('shop') as string }],
    ['a namespace is called', (access, { web, shop: namespace }) => access.from(web).to(namespace as never), { property: 'to' }],
    ['several ports', (access, { web, orders }) => access.from(web).to(orders), { code: 'which-port', got: 'several ports: 5432, 8080' }],
    ['a port that there is not', (access, { web, orders }) => access.from(web).to(orders, 80), { code: 'unknown-port', expected: 'a port of the pods: 5432, 8080' }],
    ['a port that is none', (access, { web, orders }) => access.from(web).to(orders, '8080' as never), { property: 'to.port' }],
    ['bytes to a port of requests', (access, { web, orders }) => access.from(web).to(orders, 8080).connect(), { code: 'port-of-requests', property: 'connect' }],
    ['a path without its slash', (access, { web, orders }) => access.from(web).to(orders, 8080).get('orders'), { code: 'bad-path', property: 'get.path' }],
    ['a path that is none', (access, { web, orders }) => access.from(web).to(orders, 8080).get(null as never), { code: 'bad-path' }],
    ['a method in small letters', (access, { web, orders }) => access.from(web).to(orders, 8080).request({ method: 'get' }), { code: 'bad-method', property: 'request.method' }],
    ['a misspelt fact', (access, { web, orders }) => access.from(web).to(orders, 8080).get('/', { header: {} } as never), { code: 'unknown-prop', fix: 'did you mean "headers"?' }],
    ['a misspelt request', (access, { web, orders }) => access.from(web).to(orders, 8080).request({ paht: '/' } as never), { code: 'unknown-prop', fix: 'did you mean "path"?' }],
    ['facts that are none', (access, { web, orders }) => access.from(web).to(orders, 8080).get('/', null as never), { property: 'get' }],
    ['an address that is none', (access, { web, orders }) => access.from(web).to(orders, 8080).get('/', { sourceIp: '10.0.0.0/8' }), { code: 'bad-address', property: 'get.sourceIp' }],
    ['a header of HTTP/2', (access, { web, orders }) => access.from(web).to(orders, 8080).get('/', { headers: { ':path': '/' } }), { code: 'bad-header' }],
    ['a header that is no text', (access, { web, orders }) => access.from(web).to(orders, 8080).get('/', { headers: { 'x-a': 7 } as never }), { property: 'get.headers.x-a' }],
    ['a token without issuer', (access, { web, orders }) => access.from(web).to(orders, 8080).get('/', { token: { subject: 'a' } as never }), { property: 'get.token.issuer' }],
    ['a misspelt token', (access, { web, orders }) => access.from(web).to(orders, 8080).get('/', { token: { issuer: 'a', audience: 'b' } as never }), { fix: 'did you mean "audiences"?' }],
    ['claims that are none', (access, { web, orders }) => access.from(web).to(orders, 8080).get('/', { token: { issuer: 'a', claims: [] as never } }), { code: 'bad-claims' }],
    ['an answer that is none', (access, { web, orders }) => access.from(web).to(orders, 8080).get('/', { authorizers: { login: 'yes' as never } }), { code: 'bad-choice' }],
    ['a header that is known at deployment only', (access, { web, orders }) => access.from(web).to(orders, 8080).get('/', { headers: { 'x-a': unknown<string>('a') as never } }), { code: 'unknown-value' }],
  ];
  test.each(wrong)('%s', (_what, ask, finding) => {
    const parts = shop();
    expect(caught(() => ask(accessOf(parts.chart), parts)).findings[0]).toMatchObject(finding);
  });

  test.each([undefined, null, 'app', {}, 7])('%j is no program', (app) => {
    expect(caught(() => accessOf(app as never)).findings[0]).toMatchObject({ code: 'bad-reference', property: 'accessOf' });
  });
});
