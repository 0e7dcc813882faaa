import { AuthorizationPolicy } from '../../../imports/istio';
import { Deployment } from '../../../imports/kubernetes';
import { Chart } from 'cdk8s';
import { Access, IpBlock, MeshNamespace, MeshServiceAccount, RequestPrincipal, StrictMtlsNamespace, accessTable } from '../../../src';
import type { AccessCallers, AccessRule, MeshService } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';
import { Random } from '../../support/random';

/** A program with three services of HTTP, and what its policies come to. */
function shopProgram() {
  const { app, chart, platform, mesh, shop } = program();
  const [web, batch, orders] = ['web', 'batch', 'orders'].map((name) => shop.addService(name, { port: 8080 })) as [MeshService, MeshService, MeshService];
  const rules = (name: string) => synthTo(chart).one(AuthorizationPolicy, name).spec?.rules;
  return { app, chart, platform, mesh, shop, web, batch, orders, rules };
}

const identity = (name: string): string => `cluster.local/ns/shop/sa/${name}`;

describe('callers', () => {
  test('of a list are alternatives in one rule, whatever they are', () => {
    const { chart, web, batch, orders, rules } = shopProgram();
    orders.allowFrom([batch, web, MeshNamespace.fromName(chart, 'ops'), IpBlock.of('10.1.0.0/16')], { methods: ['GET'] });
    expect(rules('orders')).toEqual([
      {
        from: [{ source: { principals: [identity('batch'), identity('web')] } }, { source: { namespaces: ['ops'] } }, { source: { ipBlocks: ['10.1.0.0/16'] } }],
        to: [{ operation: { methods: ['GET'] } }],
      },
    ]);
  });

  test('anyone is no source at all, and takes in whoever else is named for the same', () => {
    const { web, orders, rules } = shopProgram();
    orders.allowFrom('anyone', { paths: ['/healthz'] });
    orders.allowFrom(web, { paths: ['/healthz'] });
    expect(rules('orders')).toEqual([{ to: [{ operation: { paths: ['/healthz'] } }] }]);
  });

  test('anyone for anything is one rule that everything fits', () => {
    const { orders, rules } = shopProgram();
    orders.allowFrom('anyone');
    expect(rules('orders')).toEqual([{}]);
  });

  test('those who are left out stand in the same source as those who are meant', () => {
    const { shop, batch, orders, rules } = shopProgram();
    orders.allowFrom(shop, { except: [batch, IpBlock.of('10.0.0.7')] });
    orders.allowFrom('anyone', { except: shop, paths: ['/a'] });
    expect(rules('orders')).toEqual(
      expect.arrayContaining([
        { from: [{ source: { namespaces: ['shop'], notPrincipals: [identity('batch')], notIpBlocks: ['10.0.0.7'] } }] },
        { from: [{ source: { notNamespaces: ['shop'] } }], to: [{ operation: { paths: ['/a'] } }] },
      ]),
    );
  });

  test.each([
    [IpBlock.of('10.0.0.0/8'), 'ipBlocks', 'remoteIpBlocks'],
    [IpBlock.source('10.0.0.0/8'), 'ipBlocks', 'ipBlocks'],
    [IpBlock.remote('10.0.0.0/8'), 'remoteIpBlocks', 'remoteIpBlocks'],
  ])('%j is the address of whoever is meant', (block, atService, atGateway) => {
    const { platform, mesh, orders, rules } = shopProgram();
    const edge = mesh.addIngressGateway('public');
    orders.allowFrom(block);
    Access.to(edge).denyFrom(block);
    expect(rules('orders')).toEqual([{ from: [{ source: { [atService]: ['10.0.0.0/8'] } }] }]);
    const { spec, metadata } = synthTo(platform).one(AuthorizationPolicy, 'public.deny');
    expect(metadata.namespace).toBe('istio-ingress');
    expect(spec).toMatchObject({ action: 'DENY', selector: { matchLabels: { istio: 'public' } }, rules: [{ from: [{ source: { [atGateway]: ['10.0.0.0/8'] } }] }] });
  });

  test('an account of another trust domain keeps it', () => {
    const { chart, orders, rules } = shopProgram();
    orders.allowFrom(MeshServiceAccount.fromName(chart, 'robot', { trustDomain: 'old.example.com' }));
    expect(rules('orders')).toEqual([{ from: [{ source: { principals: ['old.example.com/ns/shop/sa/robot'] } }] }]);
  });

  test('tokens with different claims are rules of their own: claims of one are not asked of the other', () => {
    const { orders, rules } = shopProgram();
    const issuer = 'https://login.example.com';
    orders.allowFrom([RequestPrincipal.of({ issuer, claims: { groups: ['b', 'a'] } }), RequestPrincipal.of({ issuer, subject: 'ops' })], { tokensCheckedElsewhere: true });
    expect(rules('orders')).toEqual([
      { from: [{ source: { requestPrincipals: [`${issuer}/ops`] } }] },
      { from: [{ source: { requestPrincipals: [`${issuer}/*`] } }], when: [{ key: 'request.auth.claims[groups]', values: ['a', 'b'] }] },
    ]);
  });

  test('the beginning of a subject of any issuer is asked for as a claim: Istio takes one asterisk', () => {
    const { orders, rules } = shopProgram();
    orders.allowFrom(RequestPrincipal.of({ subject: 'ops*' }), { tokensCheckedElsewhere: true });
    expect(rules('orders')).toEqual([{ from: [{ source: { requestPrincipals: ['*'] } }], when: [{ key: 'request.auth.claims[sub]', values: ['ops*'] }] }]);
  });

  test('any token is one that is there; claims within claims, audiences and presenters are conditions', () => {
    const { orders, rules } = shopProgram();
    orders.allowFrom(RequestPrincipal.any(), { tokensCheckedElsewhere: true, methods: ['GET'] });
    orders.allowFrom(RequestPrincipal.of({ audiences: 'shop', presenter: 'app', claims: { 'realm.roles': 'admin' } }), { tokensCheckedElsewhere: true });
    expect(rules('orders')).toEqual([
      { from: [{ source: { requestPrincipals: ['*'] } }], to: [{ operation: { methods: ['GET'] } }] },
      {
        from: [{ source: { requestPrincipals: ['*'] } }],
        when: [
          { key: 'request.auth.audiences', values: ['shop'] },
          { key: 'request.auth.claims[realm][roles]', values: ['admin'] },
          { key: 'request.auth.presenter', values: ['app'] },
        ],
      },
    ]);
  });
});

describe('what is done', () => {
  test('is a policy of its own for each action, and for what is only tried out', () => {
    const { chart, web, batch, orders } = shopProgram();
    orders.allowFrom(web);
    orders.allowFrom(batch, { dryRun: true });
    orders.denyFrom(batch, { methods: ['DELETE'] });
    orders.auditFrom('anyone', { methods: ['DELETE'] });
    orders.custom('login', { notPaths: ['/healthz'] });
    const policies = synthTo(chart).many(AuthorizationPolicy).filter(({ metadata }) => metadata.name.startsWith('orders'));
    expect(policies.map(({ metadata, spec }) => [metadata.name, spec?.action, metadata.annotations?.['istio.io/dry-run'], spec?.provider?.name])).toEqual(
      expect.arrayContaining([
        ['orders', 'ALLOW', undefined, undefined],
        ['orders.dry-run', 'ALLOW', 'true', undefined],
        ['orders.deny', 'DENY', undefined, undefined],
        ['orders.audit', 'AUDIT', undefined, undefined],
        ['orders.custom', 'CUSTOM', undefined, 'login'],
      ]),
    );
    expect(policies).toHaveLength(5);
  });

  test('a service whose name has an ending of ours has another policy', () => {
    const { chart, shop, web, orders } = shopProgram();
    shop.addService('orders-deny', { port: 80 }).allowFrom(web);
    orders.denyFrom(web);
    expect(synthTo(chart).many(AuthorizationPolicy).map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(['orders-deny', 'orders.deny']));
  });

  test('a namespace and a mesh have policies without labels, the mesh in its root namespace', () => {
    const { chart, platform, mesh, shop, web } = shopProgram();
    shop.allowFrom(web, { paths: ['/metrics'] });
    shop.denyFrom(IpBlock.of('10.0.0.9'));
    Access.to(mesh).denyFrom(MeshNamespace.fromName(chart, 'guests'));
    const shown = synthTo(chart);
    expect(shown.one(AuthorizationPolicy, 'namespace.allow')).toMatchObject({ metadata: { namespace: 'shop' }, spec: { action: 'ALLOW', rules: [{ to: [{ operation: { paths: ['/metrics'] } }] }] } });
    expect(shown.one(AuthorizationPolicy, 'namespace.deny').spec).not.toHaveProperty('selector');
    expect(synthTo(platform).one(AuthorizationPolicy, 'mesh.deny')).toMatchObject({ metadata: { namespace: 'istio-system' }, spec: { rules: [{ from: [{ source: { namespaces: ['guests'] } }] }] } });
  });

  test('deny by default is one empty policy for the same pods, of a namespace that has none of its own', () => {
    const { chart } = shopProgram();
    const other = MeshNamespace.fromName(chart, 'other');
    Access.to(other).denyByDefault();
    Access.to(MeshNamespace.fromName(chart, 'same', { name: 'other' })).denyByDefault();
    const [policy, ...more] = synthTo(chart).many(AuthorizationPolicy).filter(({ metadata }) => metadata.namespace === 'other');
    expect(policy).toMatchObject({ metadata: { name: 'deny-by-default' }, spec: {} });
    expect(more).toEqual([]);
  });

  test('a workload is told by the labels of its pods', () => {
    const { chart, web } = shopProgram();
    const template = { metadata: { labels: { app: 'job' } }, spec: { serviceAccountName: 'job', containers: [{ name: 'main', image: 'example.com/a:1' }] } };
    Access.to(new Deployment(chart, 'job', { spec: { selector: { matchLabels: { app: 'job' } }, template } })).allowFrom(web);
    expect(synthTo(chart).one(AuthorizationPolicy, 'job.deployment').spec).toMatchObject({ selector: { matchLabels: { app: 'job' } }, rules: [{ from: [{ source: { principals: [identity('web')] } }] }] });
  });

  test('a grant for the namespace closes it, so that what follows from routes is granted, too', () => {
    const { app, platform, mesh } = program();
    const edge = mesh.addIngressGateway('public');
    const open = new Chart(app, 'open', { namespace: 'open' });
    const namespace = new StrictMtlsNamespace(open, 'open', { mesh, denyByDefault: false });
    const web = namespace.addService('web', { port: 8080 });
    web.implyAccessFrom(edge);
    expect(synthTo(open).many(AuthorizationPolicy)).toEqual([]);
    namespace.allowFrom(MeshNamespace.fromName(open, 'monitoring'), { paths: ['/metrics'] });
    expect(synthTo(open).many(AuthorizationPolicy).map(({ metadata }) => metadata.name).sort()).toEqual(['namespace.allow', 'web']);
    expect(synthTo(platform).many(AuthorizationPolicy)).toEqual([]);
  });

  test('conditions stay in the rule of their grant', () => {
    const { web, orders, rules } = shopProgram();
    orders.allowFrom(web, {
      methods: ['GET'],
      when: { 'request.headers[x-tenant]': ['b', 'a'], 'source.ip': { notValues: IpBlock.of('10.0.0.0/8') }, 'destination.port': 8080, 'connection.sni': { values: 'orders.*', notValues: ['orders.b'] } },
    });
    expect(rules('orders')).toEqual([
      {
        from: [{ source: { principals: [identity('web')] } }],
        to: [{ operation: { methods: ['GET'] } }],
        when: [
          { key: 'connection.sni', values: ['orders.*'], notValues: ['orders.b'] },
          { key: 'destination.port', values: ['8080'] },
          { key: 'request.headers[x-tenant]', values: ['a', 'b'] },
          { key: 'source.ip', notValues: ['10.0.0.0/8'] },
        ],
      },
    ]);
  });

  test('the same in any order of construction', () => {
    const written = new Set<string>();
    for (let seed = 1; seed <= 20; seed += 1) {
      const { chart, shop, web, batch, orders } = shopProgram();
      const steps = [
        () => orders.allowFrom([web, batch], { methods: ['GET', 'POST'] }),
        () => orders.allowFrom(batch, { methods: ['POST', 'GET'] }),
        () => orders.denyFrom(batch, { notPaths: ['/a'] }),
        () => orders.denyFrom(IpBlock.of('10.0.0.9')),
        () => shop.denyFrom(batch, { methods: ['DELETE'] }),
        () => orders.auditFrom('anyone', { when: { 'request.headers[a]': 'b' } }),
      ];
      const random = new Random(seed);
      while (steps.length > 0) steps.splice(random.below(steps.length), 1)[0]?.();
      written.add(JSON.stringify(synthTo(chart).many(AuthorizationPolicy).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))));
    }
    expect(written.size).toBe(1);
  });
});

describe('what is refused', () => {
  test.each<[string, unknown, string, string]>([
    ['no callers', [], 'no-callers', 'allowFrom'],
    ['anyone among others', ['anyone'], 'no-callers', 'allowFrom'],
    ['a list with something else', [null], 'bad-reference', 'allowFrom'],
    ['another word', 'everybody', 'bad-reference', 'allowFrom'],
  ])('%s', (_name, callers, code, property) => {
    const { orders } = shopProgram();
    expect(caught(() => orders.allowFrom(callers as AccessCallers)).findings[0]).toMatchObject({ code, property, construct: 'shop/shop/services/orders/mesh' });
  });

  test.each<[unknown, string, string]>([
    [{ methods: ['FETCH'] }, 'bad-access-list', 'allowFrom.methods'],
    [{ notMethods: ['get'] }, 'bad-access-list', 'allowFrom.notMethods'],
    [{ paths: ['/a*b'] }, 'bad-access-list', 'allowFrom.paths'],
    [{ paths: ['/a?b'] }, 'bad-access-list', 'allowFrom.paths'],
    [{ paths: ['/{**}/{*}'] }, 'bad-access-list', 'allowFrom.paths'],
    [{ paths: ['/a/{id}'] }, 'bad-access-list', 'allowFrom.paths'],
    [{ notPaths: [] }, 'empty-access-list', 'allowFrom.notPaths'],
    [{ notPorts: ['80'] }, 'bad-access-list', 'allowFrom.notPorts'],
    [{ hosts: ['a*b'] }, 'bad-access-list', 'allowFrom.hosts'],
    [{ dryRun: 'yes' }, 'bad-flag', 'allowFrom.dryRun'],
    [{ everything: true }, 'unknown-access-key', 'allowFrom.everything'],
    [{ except: 'anyone' }, 'no-callers', 'allowFrom.except'],
    [{ except: [] }, 'no-callers', 'allowFrom.except'],
    [{ except: 5 }, 'bad-reference', 'allowFrom.except'],
    [{ when: 5 }, 'bad-props', 'allowFrom.when'],
    [{ when: { 'request.header[a]': 'b' } }, 'unknown-condition', 'allowFrom.when["request.header[a]"]'],
    [{ when: { 'request.headers[]': 'b' } }, 'unknown-condition', 'allowFrom.when["request.headers[]"]'],
    [{ when: { 'source.ip': '10.0.0.1/8' } }, 'bad-ip-block', 'allowFrom.when["source.ip"]'],
    [{ when: { 'source.ip': { notValues: null } } }, 'bad-ip-block', 'allowFrom.when["source.ip"].notValues'],
    [{ when: { 'destination.port': '80' } }, 'bad-number', 'allowFrom.when["destination.port"]'],
    [{ when: { 'connection.sni': [] } }, 'empty-list', 'allowFrom.when["connection.sni"]'],
    [{ when: { 'connection.sni': {} } }, 'empty-condition', 'allowFrom.when["connection.sni"]'],
    [{ when: { 'connection.sni': { value: 'a' } } }, 'unknown-prop', 'allowFrom.when["connection.sni"].value'],
    [{ when: { 'connection.sni': [''] } }, 'bad-text', 'allowFrom.when["connection.sni"]'],
    [{ when: { toString: 'a' } }, 'unknown-condition', 'allowFrom.when["toString"]'],
  ])('%j', (rule, code, property) => {
    const { web, orders } = shopProgram();
    expect(caught(() => orders.allowFrom(web, rule as AccessRule)).findings[0]).toMatchObject({ code, property, construct: 'shop/shop/services/orders/mesh' });
  });

  test.each<[string, string]>([
    ['10.0.0.1/8', 'did you mean "10.0.0.0/8", or the one address "10.0.0.1"?'],
    ['10.0.0.0/33', 'write it as "10.0.0.0/8" or "10.1.2.3"'],
    ['fe80::1/10', 'did you mean "fe80::/10", or the one address "fe80::1"?'],
    ['example.com', 'write it as "10.0.0.0/8" or "10.1.2.3"'],
    ['', 'write it as "10.0.0.0/8" or "10.1.2.3"'],
  ])('the network %j', (cidr, fix) => {
    expect(caught(() => IpBlock.of(cidr)).findings[0]).toMatchObject({ code: 'bad-ip-block', got: JSON.stringify(cidr), fix });
  });

  test.each<[unknown, string, string]>([
    [{}, 'empty-request-principal', ''],
    [null, 'bad-props', 'props'],
    [{ issuers: ['a'] }, 'unknown-prop', 'issuers'],
    [{ issuer: 'https://*.example.com' }, 'bad-issuer', 'issuer'],
    [{ subject: 'a/b' }, 'bad-subject', 'subject'],
    [{ subject: 7 }, 'bad-text', 'subject'],
    [{ claims: { 'a[b]': 'c' } }, 'bad-claim', 'claims.a[b]'],
    [{ claims: { a: [] } }, 'empty-list', 'claims.a'],
    [{ claims: ['a'] }, 'bad-props', 'claims'],
    [{ audiences: [5] }, 'bad-text', 'audiences'],
  ])('the token %j', (props, code, property) => {
    expect(caught(() => RequestPrincipal.of(props as never)).findings[0]).toMatchObject({ code, property });
  });

  test('a token with claims among those left out: Istio cannot say so', () => {
    const { web, orders } = shopProgram();
    const except = RequestPrincipal.of({ claims: { a: 'b' } });
    expect(caught(() => orders.allowFrom(web, { except })).findings[0]).toMatchObject({ code: 'bad-except', property: 'allowFrom.except' });
  });

  test('a denial of everything, unless it is meant', () => {
    const { chart, orders } = shopProgram();
    expect(caught(() => orders.denyFrom('anyone')).findings[0]).toMatchObject({ code: 'denies-everything', property: 'denyFrom' });
    orders.denyFrom('anyone', { everything: true });
    expect(synthTo(chart).one(AuthorizationPolicy, 'orders.deny').spec?.rules).toEqual([{}]);
  });

  test.each([[undefined], [null], ['orders'], [{}], [[]]])('access to %j', (subject) => {
    expect(caught(() => Access.to(subject as never)).findings[0]).toMatchObject({ code: 'bad-reference', property: 'to' });
  });

  test('an authorizer without a name', () => {
    const { orders } = shopProgram();
    expect(caught(() => orders.custom('')).findings[0]).toMatchObject({ code: 'bad-text', property: 'custom' });
    expect(caught(() => orders.custom('login', { dryRun: true } as never)).findings[0]).toMatchObject({ code: 'unknown-access-key', property: 'custom.dryRun' });
  });
});


describe('calls that are declared', () => {
  const cutOff = (chart: Chart) => accessTable(chart).filter(({ what }) => what.startsWith('though')).map(({ from, to }) => [...from, to]);

  test('stand in the table where a closed service does not let the caller in', () => {
    const { chart, web, batch, orders } = shopProgram();
    web.calls(orders);
    batch.calls(orders, web);
    orders.allowFrom(web);
    orders.allowFrom(batch, { dryRun: true });
    expect(cutOff(chart)).toEqual([[identity('batch'), 'service shop/orders'], [identity('batch'), 'service shop/web']]);
  });

  test.each<[string, (orders: MeshService, shop: StrictMtlsNamespace) => void]>([
    ['the namespace of the caller', (orders, shop) => orders.allowFrom(shop, { methods: ['GET'] })],
    ['anyone', (orders) => orders.allowFrom('anyone', { paths: ['/a'] })],
    ['addresses', (orders) => orders.allowFrom(IpBlock.of('10.0.0.0/8'))],
    ['all pods of the namespace', (_orders, shop) => shop.allowFrom(shop)],
  ])('are fine where %s are let in', (_name, grant) => {
    const { chart, shop, web, orders } = shopProgram();
    web.calls(orders);
    grant(orders, shop);
    expect(cutOff(chart)).toEqual([]);
  });

  test('are fine where the service takes every caller', () => {
    const { app, mesh } = program();
    const chart = new Chart(app, 'open', { namespace: 'open' });
    const namespace = new StrictMtlsNamespace(chart, 'open', { mesh, denyByDefault: false });
    const [web, orders] = [namespace.addService('web', { port: 80 }), namespace.addService('orders', { port: 80 })];
    web.calls(orders);
    expect(cutOff(chart)).toEqual([]);
  });
});

describe('the table', () => {
  test('has a row for each sentence, the same in any order', () => {
    const tables = [0, 1].map((first) => {
      const { app, platform, mesh, shop, web, batch, orders } = shopProgram();
      const edge = mesh.addIngressGateway('public');
      const steps = [
        () => orders.allowFrom([web, batch], { methods: ['GET'], when: { 'request.headers[a]': { values: 'b', notValues: 'c' } } }),
        () => orders.denyFrom('anyone', { except: IpBlock.of('10.0.0.9'), methods: ['PUT'] }),
        () => web.implyAccessFrom(edge),
        () => orders.custom('login', { notPaths: ['/healthz'] }),
        () => Access.to(mesh).auditFrom(shop),
      ];
      for (const step of first === 0 ? steps : steps.reverse()) step();
      expect(accessTable(platform)).toEqual(accessTable(app));
      return accessTable(app).map(({ to, action, from, except, what, implied }) => [to, action, from.join(), except.join(), what, implied]);
    });
    expect(tables[0]).toEqual([
      ['mesh', 'AUDIT', 'namespace shop', '', '', false],
      ['namespace shop', 'NONE', 'anyone', '', 'without a grant', false],
      ['service shop/orders', 'ALLOW', `${identity('batch')},${identity('web')}`, '', 'methods GET; when request.headers[a] is b; when request.headers[a] is not c', false],
      ['service shop/orders', 'CUSTOM', 'anyone', '', 'asks login | not paths /healthz', false],
      ['service shop/orders', 'DENY', 'anyone', 'address 10.0.0.9', 'methods PUT', false],
      ['service shop/web', 'ALLOW', 'cluster.local/ns/istio-ingress/sa/public', '', '', true],
    ]);
    expect(tables[1]).toEqual(tables[0]);
  });

  test.each([[undefined], [null], ['app'], [{}]])('of %j is refused', (app) => {
    expect(caught(() => accessTable(app as never)).findings[0]).toMatchObject({ code: 'bad-reference', property: 'accessTable' });
  });
});
