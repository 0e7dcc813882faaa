import { generateKeyPairSync } from 'node:crypto';
import { Chart } from 'cdk8s';
import { AuthorizationPolicy } from '../../imports/istio';
import { Deployment, Secret } from '../../imports/kubernetes';
import { Access, IpBlock, JwtAuthentication, Mesh, MeshApp, MeshServiceAccount, MtlsPolicy, PluginCa, StrictMtlsNamespace } from '../../src';
import type { IngressGateway, JwtIssuer , MeshService} from '../../src';
import type { Finding } from '../../src/errors/finding';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { makeCertificate } from '../support/certificate-maker';

/**
 * What is most often wrong in what a program says of access, each with its place, what was got, what was expected and the fix. A
 * mistake in a value of its own (`IpBlock.of`) is found before any construct has it, and names the value.
 */

interface Made {
  readonly chart: Chart;
  readonly platform: Chart;
  readonly mesh: Mesh;
  readonly edge: IngressGateway;
  readonly shop: StrictMtlsNamespace;
  readonly web: MeshService;
  readonly orders: MeshService;
}

function made(): Made {
  const app = new MeshApp({ outdir: 'unused' });
  const platform = new Chart(app, 'platform');
  const mesh = new Mesh(platform, 'mesh', { crds: false });
  const edge = mesh.addIngressGateway('public');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const [web, orders] = [shop.addService('web', { port: 8080 }), shop.addService('orders', { port: 8080 })];
  return { chart, platform, mesh, edge, shop, web, orders };
}

const ORDERS = 'shop/shop/services/orders/mesh';
const ISSUER = 'https://login.example.com';
/** What must be in no message, beside certificates and keys. */
const PASSWORD = 'correct-horse-battery-staple';

const withJwks = (jwks: unknown) => ({ chart, web }: Made): unknown => new JwtAuthentication(chart, 'login', { target: web, issuers: [{ issuer: ISSUER, jwks } as JwtIssuer] });

function withoutAccount({ chart }: Made): Deployment {
  const template = { metadata: { labels: { app: 'batch' } }, spec: { containers: [{ name: 'batch', image: 'batch' }] } };
  return new Deployment(chart, 'batch', { metadata: { namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'batch' } }, template } });
}

const pluginCa = (platform: Chart, caCert: string): PluginCa => new PluginCa(platform, 'ca', { mesh: Mesh.fromName(platform, 'other', { namespace: 'istio-other' }), rootCert: root.pem, caCert });

const root = makeCertificate('root');
const leaf = makeCertificate('leaf', { issuer: root, ca: false });
const old = makeCertificate('old', { issuer: root, until: new Date(Date.now() - 86_400_000), from: new Date(Date.now() - 2 * 86_400_000) });
const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });

type Expected = Readonly<Record<'code' | 'construct' | 'property' | 'got' | 'expected' | 'fix', string | RegExp>>;

const TABLE: readonly (readonly [string, (made: Made) => unknown, Expected])[] = [
  [
    'a principal of another trust domain, without an alias',
    ({ chart, orders }) => orders.allowFrom(MeshServiceAccount.fromName(chart, 'partner', { trustDomain: 'partner.example.com' })),
    {
      code: 'other-trust-domain', construct: ORDERS, property: 'allowFrom', got: 'the identity "partner.example.com/ns/shop/sa/partner"', expected: 'an identity of cluster.local',
      fix: "name the other trust domain in the mesh's meshConfig.trustDomainAliases",
    },
  ],
  [
    'a workload without a service account',
    (all) => all.orders.allowFrom(withoutAccount(all)),
    { code: 'default-account', construct: ORDERS, property: 'allowFrom', got: 'shop/batch, whose pods run as the ServiceAccount "default"', expected: /of its own/, fix: /give it one/ },
  ],
  ['a grant to nobody', ({ orders }) => orders.allowFrom([]), { code: 'no-callers', construct: ORDERS, property: 'allowFrom', got: '[]', expected: /'anyone', or callers/, fix: /'anyone'/ }],
  ['a grant to what is not set', ({ orders }) => orders.allowFrom(undefined as never), { code: 'bad-reference', construct: ORDERS, property: 'allowFrom', got: 'undefined', expected: /callers/, fix: /fromName\(\)/ }],
  [
    'a grant of no methods',
    ({ orders, web }) => orders.allowFrom(web, { methods: [] }),
    { code: 'empty-access-list', construct: ORDERS, property: 'allowFrom.methods', got: '[]', expected: 'at least one of the methods', fix: 'leave methods out where it does not matter' },
  ],
  [
    'a grant of a condition that is not set',
    ({ orders, web }) => orders.allowFrom(web, { when: { 'request.headers[x-tenant]': undefined as never } }),
    { code: 'empty-condition', construct: ORDERS, property: 'allowFrom.when["request.headers[x-tenant]"]', got: 'undefined', expected: 'a value', fix: /take it out/ },
  ],
  [
    'a denial of everything',
    ({ orders }) => orders.denyFrom('anyone'),
    { code: 'denies-everything', construct: ORDERS, property: 'denyFrom', got: 'every request of every caller', expected: /leaves something/, fix: /everything: true/ },
  ],
  ['an unknown method', ({ orders, web }) => orders.allowFrom(web, { methods: ['GTE'] }), { code: 'bad-access-list', construct: ORDERS, property: 'allowFrom.methods', got: '"GTE"', expected: /HTTP methods in capitals/, fix: 'did you mean "GET"?' }],
  ['a method in small letters', ({ orders, web }) => orders.denyFrom(web, { methods: ['get'] }), { code: 'bad-access-list', construct: ORDERS, property: 'denyFrom.methods', got: '"get"', expected: /capitals/, fix: 'did you mean "GET"?' }],
  ['a method that is nothing like any', ({ edge }) => edge.denyFrom('anyone', { methods: ['FROBNICATE'] }), { code: 'bad-access-list', construct: 'platform/mesh/public', property: 'denyFrom.methods', got: '"FROBNICATE"', expected: /GET/, fix: 'take some of these' }],
  ['a path without a slash', ({ orders, web }) => orders.allowFrom(web, { paths: ['orders/*'] }), { code: 'bad-access-list', construct: ORDERS, property: 'allowFrom.paths', got: '"orders/*"', expected: /begin with "\/"/, fix: 'did you mean "/orders/*"?' }],
  ['a path with its query', ({ orders, web }) => orders.allowFrom(web, { paths: ['/orders?all'] }), { code: 'bad-access-list', construct: ORDERS, property: 'allowFrom.paths', got: '"/orders?all"', expected: /paths/, fix: /query/ }],
  [
    'an exempt path without a slash',
    ({ chart, web }) => new JwtAuthentication(chart, 'login', { target: web, issuers: [{ issuer: ISSUER }], exemptPaths: ['healthz'] }),
    { code: 'bad-access-list', construct: 'shop/login', property: 'exemptPaths', got: '"healthz"', expected: /begin with "\/"/, fix: 'did you mean "/healthz"?' },
  ],
  ['a network with host bits', () => IpBlock.of('10.1.2.3/8'), { code: 'bad-ip-block', construct: /^$|IpBlock/, property: 'ipBlock', got: '"10.1.2.3/8"', expected: /without bits beyond its prefix/, fix: 'did you mean "10.0.0.0/8", or the one address "10.1.2.3"?' }],
  ['one of version 6', () => IpBlock.remote('2001:db8::1/32'), { code: 'bad-ip-block', construct: /^$|IpBlock/, property: 'ipBlock', got: '"2001:db8::1/32"', expected: /without bits/, fix: 'did you mean "2001:db8::/32", or the one address "2001:db8::1"?' }],
  [
    'host bits in a condition',
    ({ orders, web }) => orders.allowFrom(web, { when: { 'source.ip': ['10.0.0.0/8', '192.168.1.1/16'] } }),
    { code: 'bad-ip-block', construct: ORDERS, property: 'allowFrom.when["source.ip"]', got: '"192.168.1.1/16"', expected: /without bits/, fix: /192\.168\.0\.0\/16/ },
  ],
  [
    'an expired certificate as authority',
    ({ platform }) => pluginCa(platform, old.pem),
    { code: 'ca-expired', construct: 'platform/ca', property: 'caCert', got: /which ended on/, expected: /a certificate that holds/, fix: /renew it/ },
  ],
  [
    'a leaf certificate as authority',
    ({ platform }) => pluginCa(platform, leaf.pem),
    { code: /./, construct: 'platform/ca', property: 'caCert', got: /leaf/, expected: /./, fix: /./ },
  ],
  ['a JWKS that is not JSON', withJwks(`-----BEGIN PUBLIC KEY----- ${PASSWORD}`), { code: 'bad-jwks', construct: 'shop/login', property: 'issuers[0].jwks', got: 'a text that is no JSON', expected: 'a JWKS as JSON', fix: /PEM/ }],
  ['a JWKS without keys', withJwks({ secret: PASSWORD }), { code: 'bad-jwks', construct: 'shop/login', property: 'issuers[0].jwks', got: 'an object without keys', expected: /JWKS/, fix: /jwks_uri/ }],
  ['a JWKS with a private key', withJwks({ keys: [privateKey] }), { code: 'secret-in-jwks', construct: 'shop/login', property: 'issuers[0].jwks', got: /key 0, which holds what only the issuer may know/, expected: /public keys only/, fix: /have the issuer replace it/ }],
  ['a JWKS with a shared secret', withJwks({ keys: [{ kty: 'oct', k: PASSWORD }] }), { code: 'secret-in-jwks', construct: 'shop/login', property: 'issuers[0].jwks', got: /key 0/, expected: /public keys only/, fix: /replace/ }],
  [
    'a password in the address of keys',
    ({ chart, web }) => new JwtAuthentication(chart, 'login', { target: web, issuers: [{ issuer: ISSUER, jwksUri: `https://robot:${PASSWORD}@login.example.com/keys` }] }),
    { code: 'bad-jwks-uri', construct: 'shop/login', property: 'issuers[0].jwksUri', got: 'a URL with a user or a password', expected: /anybody may read/, fix: /without a password/ },
  ],
  [
    'a policy of the name of one that is made of grants',
    ({ chart, web, orders }) => {
      orders.allowFrom(web);
      new AuthorizationPolicy(chart, 'own', { metadata: { name: 'orders', namespace: 'shop' }, spec: {} });
    },
    { code: 'duplicate-object', construct: /shop/, property: 'metadata.name', got: 'an object that shop/own makes, too', expected: /one object/, fix: /name one of them otherwise/ },
  ],
  [
    'two JwtAuthentications for the same pods',
    ({ chart, web }) => ['a', 'b'].map((id) => new JwtAuthentication(chart, id, { target: web, issuers: [{ issuer: ISSUER }] })),
    { code: 'duplicate-object', construct: 'shop/b/tokens', property: 'metadata.name', got: /shop\/a\/tokens/, expected: /one object/, fix: /make it once/ },
  ],
  [
    'two modes for the same pods',
    ({ chart, web }) => ['a', 'b'].map((id) => new MtlsPolicy(chart, id, { target: web, mode: 'STRICT' })),
    { code: /./, construct: /shop\/b/, property: /./, got: /./, expected: /one/, fix: /./ },
  ],
  ['access to what is none', () => Access.to('orders' as never), { code: 'bad-reference', construct: '', property: 'to', got: '"orders"', expected: /a service, a gateway/, fix: /fromName\(\)/ }],
];

function findingOf(wrong: (all: Made) => unknown): Finding {
  const [first] = caught(() => {
    const all = made();
    wrong(all);
    synthTo(all.platform);
  }).findings.filter(({ severity }) => severity !== 'warning');
  return first as Finding;
}

test.each(TABLE)('%s', (_what, wrong, expected) => {
  const found: Partial<Record<string, unknown>> = { construct: '', fix: '', ...findingOf(wrong) };
  for (const [key, value] of Object.entries(expected)) {
    if (typeof value === 'string') expect([key, found[key]]).toEqual([key, value]);
    else expect([key, found[key]]).toEqual([key, expect.stringMatching(value)]);
  }
});

test('each says how it is mended', () => {
  for (const [, wrong] of TABLE) {
    const { code, got, expected, fix } = findingOf(wrong);
    for (const text of [code, got, expected, fix]) expect(text).toEqual(expect.stringMatching(/./));
  }
});

test('no message shows a secret, a key or a certificate', () => {
  for (const [, wrong] of TABLE) {
    const text = JSON.stringify(findingOf(wrong));
    for (const secret of [PASSWORD, privateKey.d, root.key.pem, ...leaf.pem.split('\n').slice(1, 3)]) expect(text).not.toContain(String(secret));
  }
});

test('what is right is taken: the same programs without the mistake', () => {
  const { chart, platform, edge, orders, web } = made();
  orders.allowFrom(web, { methods: ['GET'], paths: ['/orders/*'], when: { 'source.ip': '10.0.0.0/8' } });
  orders.allowFrom(MeshServiceAccount.fromName(chart, 'partner'));
  edge.denyFrom(IpBlock.of('2001:db8::/32'));
  new JwtAuthentication(chart, 'login', { target: web, issuers: [{ issuer: ISSUER, jwks: { keys: [generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })] } }], exemptPaths: ['/healthz'] });
  pluginCa(platform, makeCertificate('ca', { issuer: root }).pem);
  expect(synthTo(platform).many(Secret)).toEqual([]);
});
