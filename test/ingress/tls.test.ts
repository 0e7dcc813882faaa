import { ApiObject, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Gateway, VirtualService } from '../../imports/istio';
import { Secret } from '../../imports/kubernetes';
import { IngressRoute, Mesh, MeshApp, MeshService, RouteDelegate, Tls } from '../../src';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { found, HOST, serversOf, setUp, specOf } from './setup';

/** The server for TLS of a host that is served so. */
function served(tls: Tls): unknown {
  const { chart, web, add } = setUp();
  add('web', [{ path: '/', to: web }], { tls });
  return serversOf(chart).find(({ port }) => port.number === 443)?.tls;
}

describe('ways to serve a host', () => {
  test.each<[string, () => Tls, object]>([
    ['a Secret', () => Tls.secret('cert'), { mode: 'SIMPLE', credentialName: 'cert', minProtocolVersion: 'TLSV1_2' }],
    [
      'versions and ciphers',
      () => Tls.secret('cert', { maxProtocolVersion: 'TLSV1_2', cipherSuites: ['ECDHE-RSA-AES128-GCM-SHA256'] }),
      { mode: 'SIMPLE', credentialName: 'cert', minProtocolVersion: 'TLSV1_2', maxProtocolVersion: 'TLSV1_2', cipherSuites: ['ECDHE-RSA-AES128-GCM-SHA256'] },
    ],
    ['clients with a certificate, authorities beside it', () => Tls.mutual('cert'), { mode: 'MUTUAL', credentialName: 'cert', minProtocolVersion: 'TLSV1_2' }],
    [
      'authorities in a Secret of their own: istiod looks for the name with a suffix, then without',
      () => Tls.mutual('cert', { clientCa: 'partners', subjectAltNames: ['partner.example.com'] }),
      { mode: 'MUTUAL', credentialName: 'cert', caCertCredentialName: 'partners-cacert', subjectAltNames: ['partner.example.com'], minProtocolVersion: 'TLSV1_2' },
    ],
    ['a name that has the suffix', () => Tls.optionalMutual('cert', { clientCa: 'p-cacert' }), { mode: 'OPTIONAL_MUTUAL', credentialName: 'cert', caCertCredentialName: 'p-cacert', minProtocolVersion: 'TLSV1_2' }],
    [
      'files',
      () => Tls.files({ certificate: '/etc/c/tls.crt', privateKey: '/etc/c/tls.key' }),
      { mode: 'SIMPLE', serverCertificate: '/etc/c/tls.crt', privateKey: '/etc/c/tls.key', minProtocolVersion: 'TLSV1_2' },
    ],
    [
      'files with authorities of clients',
      () => Tls.optionalMutual(Tls.files({ certificate: '/c', privateKey: '/k', ca: '/ca', minProtocolVersion: 'TLSV1_3' })),
      { mode: 'OPTIONAL_MUTUAL', serverCertificate: '/c', privateKey: '/k', caCertificates: '/ca', minProtocolVersion: 'TLSV1_3' },
    ],
  ])('%s', (_name, tls, expected) => {
    expect(served(tls())).toEqual(expected);
  });

  test('files with authorities ask clients for certificates', () => {
    expect(Tls.files({ certificate: '/c', privateKey: '/k', ca: '/ca' }).mode).toBe('MUTUAL');
  });

  test('TLS of the pods: connections by name, one way, and plain requests are redirected', () => {
    const { chart, shop, add } = setUp();
    const vault = shop.addService('vault', { port: 8200, appProtocol: 'tls', versions: ['v1', 'v2'] });
    vault.split(chart, { v1: 75, v2: 25 });
    add('vault', [{ to: vault }], { tls: Tls.passthrough() });
    expect(serversOf(chart, 'public-passthrough')).toEqual([
      { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [HOST], tls: { httpsRedirect: true } },
      { port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: [HOST], tls: { mode: 'PASSTHROUGH' } },
    ]);
    const { http, tls } = specOf(chart);
    expect(http).toBeUndefined();
    expect(tls).toMatchObject([{ match: [{ port: 443, sniHosts: [HOST] }], route: [{ destination: { subset: 'v1', port: { number: 8200 } }, weight: 75 }, { weight: 25 }] }]);
  });
});

test('settings that differ are never merged, those that are equal are one Gateway', () => {
  const { chart, web, add } = setUp();
  const strict = (): Tls => Tls.secret('cert', { minProtocolVersion: 'TLSV1_3' });
  const hosts: [string, Tls][] = [['a', Tls.secret('cert')], ['b', strict()], ['c', Tls.mutual('cert')], ['d', strict()], ['e', Tls.secret('cert', { minProtocolVersion: 'TLSV1_2' })]];
  for (const [name, tls] of hosts) add(name, [{ path: '/', to: web }], { host: `${name}.example.com`, tls });
  const shown = synthTo(chart).many(Gateway);
  const grouped = shown.map(({ metadata, spec }) => [metadata.name, spec?.servers?.[1]?.hosts?.map((host) => host[0])]);
  expect(grouped).toEqual(expect.arrayContaining([['public-cert', ['a', 'e']], ['public-cert-mutual', ['c']], [expect.stringMatching(/^public-cert-[0-9a-f]{6}$/), ['b', 'd']]]));
  expect(shown).toHaveLength(3);
  for (const { metadata } of synthTo(chart).many(VirtualService)) expect(metadata.name).toMatch(/^public-[a-e]-example-com$/);
});

describe('redirect and HSTS', () => {
  test('no redirect leaves plain requests unserved, and the Gateway apart from those that have one', () => {
    const { chart, web, add } = setUp();
    add('a', [{ path: '/', to: web }], { redirect: false });
    add('b', [{ path: '/', to: web }], { host: 'b.example.com' });
    const numbers = synthTo(chart).many(Gateway).map(({ spec }) => spec?.servers?.map(({ port }) => port.number));
    expect(numbers).toEqual(expect.arrayContaining([[443], [80, 443]]));
  });

  test('on other ports than 80 and 443 the first rule redirects, to the port', () => {
    const { chart, mesh, web } = setUp();
    const gateway = mesh.addIngressGateway('other', { ports: { http: 8080, https: 8443 }, workload: { service: { ports: [{ name: 'web', port: 8080 }, { name: 'tls', port: 8443 }] } } });
    new IngressRoute(chart, 'other', { gateway, host: HOST, tls: Tls.secret('cert'), routes: [{ path: '/', to: web }] });
    expect(serversOf(chart).map(({ port, tls }) => [port.number, tls?.httpsRedirect])).toEqual([[8080, undefined], [8443, undefined]]);
    expect(specOf(chart, 'other-shop-example-com').http?.[0]).toEqual({ name: 'https', match: [{ port: 8080 }], redirect: { scheme: 'https', port: 8443, redirectCode: 301 } });
  });

  test.each<[true | object, string]>([
    [true, 'max-age=31536000'],
    [{ maxAge: '1h' }, 'max-age=3600'],
    [{ includeSubDomains: true, preload: true }, 'max-age=31536000; includeSubDomains; preload'],
  ])('hsts %j is on every answer of the host, whoever says it', (hsts, value) => {
    const { chart, web, add } = setUp();
    add('a', [{ path: '/', to: web, headers: { response: { set: { 'x-a': 'b' } } } }, { exact: '/gone', directResponse: { status: 410 } }]);
    add('b', [{ exact: '/old', redirect: { uri: '/' } }], { hsts: hsts as never });
    const headers = specOf(chart).http?.map((route) => route.headers?.response?.set);
    expect(headers).toHaveLength(3);
    for (const set of headers ?? []) expect(set).toMatchObject({ 'strict-transport-security': value });
    expect(headers).toContainEqual({ 'x-a': 'b', 'strict-transport-security': value });
  });

  test('it is not told unless asked for', () => {
    const { chart, web, add } = setUp();
    add('a', [{ path: '/', to: web }]);
    expect(JSON.stringify(specOf(chart))).not.toContain('strict-transport');
  });
});

describe('Secrets', () => {
  test('one of the program in the namespace of the pods is taken, of whatever library', () => {
    const { platform, chart, gateway, web, add } = setUp();
    const own = new Secret(platform, 'own', { metadata: { name: 'own', namespace: gateway.namespace } });
    const plus = new kplus.Secret(platform, 'plus', { metadata: { name: 'plus', namespace: gateway.namespace } });
    add('a', [{ path: '/', to: web }], { tls: Tls.secret(own) });
    add('b', [{ path: '/', to: web }], { host: 'b.example.com', tls: Tls.mutual(plus, { clientCa: own }) });
    const names = synthTo(chart).many(Gateway).map(({ spec }) => [spec?.servers?.[1]?.tls?.credentialName, spec?.servers?.[1]?.tls?.caCertCredentialName]);
    expect(names).toEqual(expect.arrayContaining([['own', undefined], ['plus', 'own-cacert']]));
  });

  test('one by name and one by what makes it are the same', () => {
    const { platform, chart, gateway, web, add } = setUp();
    const secret = new Secret(platform, 'secret', { metadata: { name: 'cert', namespace: gateway.namespace } });
    add('a', [{ path: '/', to: web }], { tls: Tls.secret(secret) });
    add('b', [{ path: '/b', to: web }], { tls: Tls.secret('cert') });
    add('c', [{ path: '/', to: web }], { host: 'c.example.com', tls: Tls.secret('cert') });
    expect(serversOf(chart)[1]?.hosts).toEqual(['c.example.com', HOST]);
  });

  test('one of another namespace is refused: its proxies could not read it', () => {
    const { chart, web, add } = setUp();
    const secret = new Secret(chart, 'secret', { metadata: { name: 'cert', namespace: 'shop' } });
    add('a', [{ path: '/', to: web }], { tls: Tls.secret(secret) });
    expect(found(chart)).toMatchObject({ code: 'unread-secret', construct: 'shop/a', property: 'tls', fix: "make it there: metadata: { namespace: 'istio-ingress' }" });
  });

  test('one that is named and that the program makes elsewhere is a warning; made in the right place it is none', () => {
    const warnings: string[] = [];
    const write = (namespaces: readonly string[]): void => {
      const app = new MeshApp({ outdir: 'unused', onWarning: ({ code, got }) => warnings.push(`${code} ${got}`) });
      const mesh = new Mesh(new Chart(app, 'platform'), 'mesh', { controlPlane: false });
      const chart = new Chart(app, 'shop', { namespace: 'shop' });
      for (const namespace of namespaces) new Secret(chart, namespace, { metadata: { name: 'cert', namespace } });
      const web = MeshService.fromName(chart, 'web', { name: 'web', ports: [8080] });
      new IngressRoute(chart, 'route', { gateway: mesh.addIngressGateway('public'), host: HOST, tls: Tls.secret('cert'), routes: [{ path: '/', to: web }] });
      app.synthYaml();
    };
    write(['shop', 'istio-ingress']);
    expect(warnings).toEqual([]);
    write(['shop']);
    expect(warnings).toEqual([expect.stringMatching(/^unread-secret the Secret cert, which shop\/shop makes in the namespace shop/)]);
  });
});

describe('cert-manager', () => {
  interface Certificate {
    readonly metadata: { readonly name: string; readonly namespace: string };
    readonly spec: { readonly dnsNames: readonly string[] };
  }
  const certificates = (chart: Chart): Certificate[] =>
    chart.node.root.node
      .findAll()
      .filter((each): each is ApiObject => ApiObject.isApiObject(each) && each.kind === 'Certificate')
      .map((each) => each.toJson() as Certificate);

  test('a host gets a certificate of its own, where the pods of the gateway read it', () => {
    const { chart, web, add } = setUp();
    add('a', [{ path: '/', to: web }], { tls: Tls.certManager({ issuer: 'letsencrypt', duration: '2160h', renewBefore: '360h' }) });
    expect(serversOf(chart, 'public-shop-example-com')[1]?.tls?.credentialName).toBe('shop-example-com');
    expect(certificates(chart)).toEqual([
      {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Certificate',
        metadata: { name: 'shop-example-com', namespace: 'istio-ingress' },
        spec: {
          secretName: 'shop-example-com',
          dnsNames: [HOST],
          issuerRef: { name: 'letsencrypt', kind: 'ClusterIssuer', group: 'cert-manager.io' },
          duration: '2160h',
          renewBefore: '360h',
          usages: ['digital signature', 'key encipherment', 'server auth'],
        },
      },
    ]);
  });

  test('hosts of one Secret share a certificate for all of them, and a Gateway', () => {
    const { chart, web, add } = setUp();
    const tls = Tls.certManager({ issuer: 'ca', kind: 'Issuer', secretName: 'sites' });
    for (const name of ['b', 'a']) add(name, [{ path: '/', to: web }], { host: `${name}.example.com`, tls });
    expect(serversOf(chart, 'public-sites')[1]?.hosts).toEqual(['a.example.com', 'b.example.com']);
    expect(certificates(chart).map(({ spec }) => spec.dnsNames)).toEqual([['a.example.com', 'b.example.com']]);
  });

  test('clients have to show theirs: the certificate is asked for all the same', () => {
    const { chart, web, add } = setUp();
    add('a', [{ path: '/', to: web }], { tls: Tls.mutual(Tls.certManager({ issuer: 'ca', dnsNames: ['*.example.com'] }), { clientCa: 'partners' }) });
    expect(serversOf(chart)[1]?.tls).toMatchObject({ mode: 'MUTUAL', credentialName: 'shop-example-com', caCertCredentialName: 'partners-cacert' });
    expect(certificates(chart).map(({ spec }) => spec.dnsNames)).toEqual([['*.example.com']]);
  });

  test('one Secret that is asked for in two ways', () => {
    const { chart, web, add } = setUp();
    add('a', [{ path: '/', to: web }], { host: 'a.example.com', tls: Tls.certManager({ issuer: 'one', secretName: 'sites' }) });
    add('b', [{ path: '/', to: web }], { host: 'b.example.com', tls: Tls.certManager({ issuer: 'two', secretName: 'sites' }) });
    expect(found(chart)).toMatchObject({ code: 'host-differs', construct: 'shop/b', property: 'tls' });
  });
});

describe('what is refused', () => {
  test.each<[string, () => unknown, string]>([
    ['no name', () => Tls.secret(''), 'tls'],
    ['a service in place of a Secret', () => Tls.secret(setUp().web as never), 'tls'],
    ['a misspelt option', () => Tls.secret('cert', { minVersion: 'TLSV1_3' } as never), 'tls.minVersion'],
    ['a version that there is not', () => Tls.secret('cert', { minProtocolVersion: '1.3' as never }), 'tls.minProtocolVersion'],
    ['the newest before the oldest', () => Tls.secret('cert', { minProtocolVersion: 'TLSV1_3', maxProtocolVersion: 'TLSV1_2' }), 'tls.maxProtocolVersion'],
    ['an old version without ciphers', () => Tls.secret('cert', { minProtocolVersion: 'TLSV1_0' }), 'tls.cipherSuites'],
    ['a cipher that there is not', () => Tls.secret('cert', { cipherSuites: ['ROT13' as never] }), 'tls.cipherSuites[0]'],
    ['a cipher of TLS 1.3', () => Tls.secret('cert', { cipherSuites: ['TLS_AES_128_GCM_SHA256' as never] }), 'tls.cipherSuites[0]'],
    ['a cipher twice', () => Tls.secret('cert', { cipherSuites: ['AES128-SHA', 'AES128-SHA'] }), 'tls.cipherSuites'],
    ['ciphers for TLS 1.3 only', () => Tls.secret('cert', { minProtocolVersion: 'TLSV1_3', cipherSuites: ['AES128-SHA'] }), 'tls.cipherSuites'],
    ['a wildcard for two levels', () => Tls.secret('cert', { dnsNames: ['*.*.example.com'] }), 'tls.dnsNames[0]'],
    ['a certificate for everything', () => Tls.secret('cert', { dnsNames: ['*'] }), 'tls.dnsNames[0]'],
    ['clients of plain text', () => Tls.mutual(Tls.plainText()), 'tls'],
    ['an authority that is no Secret', () => Tls.mutual('cert', { clientCa: 5 as never }), 'tls.clientCa'],
    ['files without authorities', () => Tls.mutual(Tls.files({ certificate: '/c', privateKey: '/k' })), 'tls.clientCa'],
    ['a file that is no path', () => Tls.files({ certificate: 'tls.crt', privateKey: '/k' }), 'tls.certificate'],
    ['a certificate without a key', () => Tls.files({ certificate: '/c' } as never), 'tls.privateKey'],
    ['no issuer', () => Tls.certManager({} as never), 'tls.issuer'],
    ['an issuer of another kind', () => Tls.certManager({ issuer: 'a', kind: 'Certificate' as never }), 'tls.kind'],
    ['a time as a number', () => Tls.certManager({ issuer: 'a', duration: 90 as never }), 'tls.duration'],
    ['a time that cert-manager does not take', () => Tls.certManager({ issuer: 'a', duration: '30m' }), 'tls.duration'],
    ['a renewal before the beginning', () => Tls.certManager({ issuer: 'a', duration: '24h', renewBefore: '48h' }), 'tls.renewBefore'],
    ['no props', () => Tls.certManager(undefined as never), 'tls'],
  ])('%s', (_name, make, property) => {
    expect(caught(make).findings[0]).toMatchObject({ property, expected: expect.any(String) as string, fix: expect.any(String) as string });
  });

  test.each<[string, object, string, string]>([
    ['hsts in plain text', { tls: Tls.plainText(), hsts: true }, 'bad-hsts', 'hsts'],
    ['hsts over TLS of the pods', { tls: Tls.passthrough(), hsts: true, routes: 'to' }, 'bad-hsts', 'hsts'],
    ['hsts that is none', { hsts: 'yes' }, 'bad-props', 'hsts'],
    ['hsts for a part of a second', { hsts: { maxAge: '1500ms' } }, 'bad-duration', 'hsts.maxAge'],
    ['hsts for lists, of this host only', { hsts: { preload: true } }, 'bad-hsts', 'hsts.preload'],
    ['hsts for lists, too short', { hsts: { preload: true, includeSubDomains: true, maxAge: '1h' } }, 'bad-hsts', 'hsts.preload'],
    ['a redirect of plain text to itself', { tls: Tls.plainText(), redirect: true }, 'redirect-loop', 'redirect'],
    ['a redirect that is none', { redirect: 301 }, 'bad-choice', 'redirect'],
    ['a misspelt key', { host: HOST, redirects: false }, 'unknown-prop', 'redirects'],
    ['a path where TLS is passed through', { tls: Tls.passthrough() }, 'passthrough', 'routes[0].path'],
    ['a wildcard for two levels', { host: '*.*.example.com' }, 'bad-host', 'host'],
  ])('%s', (_name, props, code, property) => {
    const { web, add } = setUp();
    const routes = 'routes' in props ? [{ to: web }] : [{ path: '/', to: web }];
    expect(caught(() => add('web', routes, { ...props, routes } as never)).findings[0]).toMatchObject({ code, property, construct: 'shop/web' });
  });

  test('two routes where TLS is passed through', () => {
    const { web, add } = setUp();
    expect(caught(() => add('web', [{ to: web }, { to: web }], { tls: Tls.passthrough() })).findings[0]).toMatchObject({ code: 'passthrough', property: 'routes' });
  });

  test('TLS that is passed through to a port for plain HTTP', () => {
    const { chart, web, add } = setUp();
    add('web', [{ to: web }], { tls: Tls.passthrough() });
    expect(found(chart)).toMatchObject({ code: 'port-protocol', construct: 'shop/web', property: 'routes[0].to.port' });
  });

  test('a host that a certificate is not for: the asterisk is one label', () => {
    const { chart, web, add } = setUp();
    const tls = Tls.secret('cert', { dnsNames: ['*.example.com', 'example.org'] });
    add('a', [{ path: '/', to: web }], { host: 'a.example.com', tls });
    add('b', [{ path: '/', to: web }], { host: 'example.org', tls });
    expect(serversOf(chart)[1]?.hosts).toEqual(['a.example.com', 'example.org']);
    add('c', [{ path: '/', to: web }], { host: 'a.b.example.com', tls });
    expect(found(chart)).toMatchObject({ code: 'uncovered-host', construct: 'shop/c', property: 'host', got: 'a.b.example.com, and a certificate for *.example.com, example.org' });
  });

  test.each<[string, object, string]>([
    ['hsts', { hsts: { maxAge: '1h' } }, 'hsts'],
    ['redirect', { redirect: false }, 'redirect'],
    ['tls', { tls: Tls.secret('cert', { minProtocolVersion: 'TLSV1_3' }) }, 'tls'],
  ])('two routes of a host that differ in %s', (_name, props, property) => {
    const { chart, web, add } = setUp();
    add('a', [{ path: '/', to: web }], { hsts: true, redirect: true });
    add('b', [{ path: '/b', to: web }], props);
    expect(found(chart)).toMatchObject({ code: 'host-differs', construct: 'shop/b', property });
  });

  test('a delegate that changes headers, and would leave that of hsts out', () => {
    const delegated = (headers: Readonly<Record<string, string>>) => {
      const { chart, web, add } = setUp();
      const delegate = new RouteDelegate(chart, 'delegate', { routes: [{ to: web, headers: { response: { set: headers } } }] });
      add('a', [{ path: '/d', delegate }], { hsts: true });
      return chart;
    };
    expect(found(delegated({ 'x-a': 'b' }))).toMatchObject({ code: 'second-owner', construct: 'shop/a', property: 'routes[0].delegate' });
    expect(() => synthTo(delegated({ 'x-a': 'b', 'strict-transport-security': 'max-age=60' }))).not.toThrow();
  });

  test('a header that hsts sets, too', () => {
    const { chart, web, add } = setUp();
    add('a', [{ path: '/', to: web, headers: { response: { set: { 'Strict-Transport-Security': 'max-age=1' } } } }], { hsts: true });
    expect(found(chart)).toMatchObject({ code: 'second-owner', construct: 'shop/a', property: 'routes[0].headers' });
  });
});
