import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Chart } from 'cdk8s';
import { AuthorizationPolicy, Gateway, RequestAuthentication } from '../../../imports/istio';
import { IngressRoute, JwtAuthentication, Mesh, MeshApp, MeshNamespace, MeshService, MtlsPolicy, RequestPrincipal, StrictMtlsNamespace, Tls } from '../../../src';
import type { JwtAuthenticationProps, JwtIssuer } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

const ISSUER = 'https://login.example.com';
const KEY = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }), kid: 'one' };
const rsa = (modulusLength: number): object => generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' });

function shopProgram(...ports: (number | { port: number; appProtocol: string })[]) {
  const made = program();
  return { ...made, web: made.shop.addService('web', { ports: ports.length === 0 ? [8080] : ports }) };
}

describe('what is made', () => {
  test('tokens are checked, and one is required (pain 14)', () => {
    const { chart, web } = shopProgram();
    new JwtAuthentication(chart, 'login', { target: web, issuers: [{ issuer: ISSUER }] });
    const shown = synthTo(chart);
    expect(shown.one(RequestAuthentication, 'web')).toMatchObject({ metadata: { namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'web' } }, jwtRules: [{ issuer: ISSUER }] } });
    expect(shown.one(AuthorizationPolicy, 'web.deny').spec).toEqual({
      action: 'DENY',
      selector: { matchLabels: { app: 'web' } },
      rules: [{ from: [{ source: { notRequestPrincipals: ['*'] } }], to: [{ operation: { notPorts: ['15021'] } }] }],
    });
  });

  test('none is required where it is optional', () => {
    const { chart, web } = shopProgram();
    new JwtAuthentication(chart, 'login', { target: web, issuers: [{ issuer: ISSUER }], optional: true });
    expect(synthTo(chart).many(AuthorizationPolicy).map(({ metadata }) => metadata.name)).toEqual(['deny-by-default']);
  });

  test('exempt paths and methods are left out of the requirement, and ports without requests', () => {
    const { chart, web } = shopProgram(8080, { port: 5432, appProtocol: 'tcp' });
    new JwtAuthentication(chart, 'login', { target: web, issuers: [{ issuer: ISSUER }], exemptPaths: ['/healthz', '/public/*'], exemptMethods: ['OPTIONS'] });
    expect(synthTo(chart).one(AuthorizationPolicy, 'web.deny').spec?.rules).toEqual([
      { from: [{ source: { notRequestPrincipals: ['*'] } }], to: [{ operation: { notMethods: ['OPTIONS'], notPaths: ['/healthz', '/public/*'], notPorts: ['5432'] } }] },
    ]);
  });

  test('a beginning that is exempt is a warning at the JwtAuthentication, unless paths are decoded or the service takes them as written', () => {
    const warned = (props: Partial<JwtAuthenticationProps>, normalization?: 'DECODE_AND_MERGE_SLASHES'): readonly unknown[] => {
      const app = new MeshApp({ outdir: 'unused' });
      const mesh = new Mesh(new Chart(app, 'platform'), 'mesh', normalization === undefined ? {} : { meshConfig: { pathNormalization: { normalization } } });
      const chart = new Chart(app, 'shop');
      const web = new StrictMtlsNamespace(chart, 'shop', { mesh }).addService('web', { port: 8080 });
      new JwtAuthentication(chart, 'login', { target: web, issuers: [{ issuer: ISSUER, jwks: { keys: [KEY] } }], ...props });
      return synthTo(chart).warnings.map(({ code, construct, property }) => [code, construct, property]);
    };
    expect(warned({ exemptPaths: ['/public/*'] })).toEqual([['open-path', 'shop/login', 'exemptPaths']]);
    expect(warned({ exemptPaths: ['/public/*'], pathsAsWritten: true })).toEqual([]);
    expect(warned({ exemptPaths: ['/public/*'] }, 'DECODE_AND_MERGE_SLASHES')).toEqual([]);
    expect(warned({ exemptPaths: ['/healthz'] })).toEqual([]);
  });

  test('what is wrong with the requirement is said where it is made', () => {
    const { chart, shop } = program();
    const bytes = shop.addService('bytes', { ports: [{ port: 5432, appProtocol: 'tcp' }] });
    new JwtAuthentication(chart, 'login', { target: bytes, issuers: [{ issuer: ISSUER }] });
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'http-rule-on-tcp-port', construct: 'shop/login', property: 'target' }]);
  });

  test('an issuer says where its tokens are, whom they are for, and what the service sees of them', () => {
    const { chart, web } = shopProgram();
    const facts: JwtIssuer = {
      issuer: 'shop',
      jwks: { keys: [KEY] },
      audiences: ['b', 'a'],
      fromHeaders: [{ name: 'X-Token', prefix: 'Token ' }],
      fromParams: ['token'],
      fromCookies: ['session'],
      forwardOriginalToken: true,
      outputPayloadToHeader: 'X-Payload',
      outputClaimToHeaders: { 'X-User': 'sub', 'x-mail': 'email' },
      spaceDelimitedClaims: ['roles'],
      timeout: '2s',
    };
    new JwtAuthentication(chart, 'login', { target: web, issuers: [facts, { issuer: ISSUER, jwksUri: 'https://login.example.com/keys' }] });
    expect(synthTo(chart).one(RequestAuthentication).spec?.jwtRules).toEqual([
      { issuer: ISSUER, jwksUri: 'https://login.example.com/keys' },
      {
        issuer: 'shop',
        jwks: JSON.stringify({ keys: [KEY] }),
        audiences: ['a', 'b'],
        fromHeaders: [{ name: 'x-token', prefix: 'Token ' }],
        fromParams: ['token'],
        fromCookies: ['session'],
        forwardOriginalToken: true,
        outputPayloadToHeader: 'x-payload',
        outputClaimToHeaders: [{ header: 'x-mail', claim: 'email' }, { header: 'x-user', claim: 'sub' }],
        spaceDelimitedClaims: ['roles'],
        timeout: '2s',
      },
    ]);
  });

  test('at a gateway, but for the ports on which it reads none', () => {
    const { chart, platform, mesh, web } = shopProgram();
    const edge = mesh.addIngressGateway('public');
    new IngressRoute(chart, 'web', { gateway: edge, host: 'shop.example.com', tls: Tls.secret('cert'), routes: [{ path: '/', to: web }] });
    new Gateway(chart, 'more', { metadata: { namespace: 'istio-ingress' }, spec: { selector: { istio: 'public' }, servers: [{ port: { number: 15443, name: 'tls', protocol: 'TLS' }, hosts: ['*.far'], tls: { mode: 'PASSTHROUGH' } }] } });
    new JwtAuthentication(chart, 'login', { target: edge, issuers: [{ issuer: ISSUER }] });
    expect(synthTo(chart).one(RequestAuthentication, 'public').metadata.namespace).toBe('istio-ingress');
    expect(synthTo(platform).one(AuthorizationPolicy, 'public.deny').spec?.rules).toEqual([
      { from: [{ source: { notRequestPrincipals: ['*'] } }], to: [{ operation: { notPorts: ['15443'] } }] },
    ]);
  });

  test('of a namespace, for all of its pods; grants by tokens are judged by it', () => {
    const { chart, shop, web } = shopProgram();
    new JwtAuthentication(chart, 'login', { target: shop, issuers: [{ issuer: ISSUER }, { issuer: 'https://other.example.com' }] });
    web.allowFrom(RequestPrincipal.of({ issuer: ISSUER, claims: { groups: 'admins' } }));
    const shown = synthTo(chart);
    expect(shown.one(RequestAuthentication, 'namespace').spec).not.toHaveProperty('selector');
    expect(shown.warnings).toEqual([]);
    web.allowFrom(RequestPrincipal.of({ issuer: 'https://third.example.com' }));
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'unknown-issuer', construct: 'shop/shop/services/web/mesh' }]);
  });

  test('two for the same pods are one object too many', () => {
    const { chart, web } = shopProgram();
    for (const id of ['a', 'b']) new JwtAuthentication(chart, id, { target: web, issuers: [{ issuer: ISSUER }] });
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'duplicate-object', construct: 'shop/b/tokens' }]);
  });
});

describe('what is refused', () => {
  const refusal = (props: unknown) => {
    const { chart, web } = shopProgram();
    const all = typeof props === 'object' && props !== null ? { target: web, ...props } : props;
    return caught(() => new JwtAuthentication(chart, 'login', all as JwtAuthenticationProps)).findings[0];
  };
  const one = { issuer: ISSUER };

  test.each<[unknown, string, string]>([
    [null, 'bad-props', 'props'],
    [{ issuers: [one], target: undefined }, 'bad-reference', 'target'],
    [{ issuers: [] }, 'empty-list', 'issuers'],
    [{ issuers: one }, 'empty-list', 'issuers'],
    [{ issuers: [null] }, 'bad-props', 'issuers[0]'],
    [{ issuer: ISSUER }, 'unknown-prop', 'issuer'],
    [{ issuers: [one, one] }, 'second-owner', 'issuers[1].issuer'],
    [{ issuers: [one], optional: 'no' }, 'bad-flag', 'optional'],
    [{ issuers: [one], exemptPaths: ['healthz'] }, 'bad-access-list', 'exemptPaths'],
    [{ issuers: [one], exemptPaths: [] }, 'empty-access-list', 'exemptPaths'],
    [{ issuers: [one], exemptPaths: ['/healthz', '/*'] }, 'leaves-nothing', 'exemptPaths'],
    [{ issuers: [one], exemptMethods: ['*'] }, 'leaves-nothing', 'exemptMethods'],
    [{ issuers: [one], exemptMethods: ['options'] }, 'bad-access-list', 'exemptMethods'],
    [{ issuers: [one], optional: true, exemptPaths: ['/a'] }, 'contradiction', 'exemptPaths'],
  ])('%j', (props, code, property) => {
    expect(refusal(props)).toMatchObject({ code, property });
  });

  test.each<[unknown, string, string]>([
    [{}, 'bad-text', 'issuer'],
    [{ issuer: 'shop' }, 'no-keys', 'jwksUri'],
    [{ issuer: 'http://login.example.com' }, 'no-keys', 'jwksUri'],
    [{ ...one, jwksUrl: 'https://a.example.com' }, 'unknown-prop', 'jwksUrl'],
    [{ ...one, jwksUri: 'https://a.example.com', jwks: { keys: [KEY] } }, 'bad-props', 'jwksUri'],
    [{ ...one, jwksUri: 'keys.json' }, 'bad-jwks-uri', 'jwksUri'],
    [{ ...one, jwksUri: 'file:///keys.json' }, 'bad-jwks-uri', 'jwksUri'],
    [{ ...one, jwksUri: 'http://login.example.com/keys' }, 'bad-jwks-uri', 'jwksUri'],
    [{ ...one, jwksUri: 7 }, 'bad-jwks-uri', 'jwksUri'],
    [{ ...one, jwks: 7 }, 'bad-jwks', 'jwks'],
    [{ ...one, jwks: {} }, 'bad-jwks', 'jwks'],
    [{ ...one, jwks: { keys: [] } }, 'bad-jwks', 'jwks'],
    [{ ...one, jwks: { keys: [null] } }, 'bad-jwks', 'jwks'],
    [{ ...one, jwks: { keys: [{ kty: 'RSA', n: 'n' }] } }, 'bad-jwks', 'jwks'],
    [{ ...one, jwks: { keys: [{ kty: 'toString' }] } }, 'bad-jwks', 'jwks'],
    [{ ...one, jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] } }, 'bad-jwks', 'jwks'],
    [{ ...one, jwks: { keys: [{ ...KEY, crv: 'secp256k1' }] } }, 'bad-jwks', 'jwks'],
    [{ ...one, jwks: { keys: [{ kty: 'RSA', n: '!', e: '?' }] } }, 'bad-jwks', 'jwks'],
    [{ ...one, jwks: { keys: [KEY, rsa(1_024)] } }, 'bad-jwks', 'jwks'],
    [{ ...one, audiences: [] }, 'empty-list', 'audiences'],
    [{ ...one, audiences: 'a' }, 'empty-list', 'audiences'],
    [{ ...one, fromHeaders: [{ header: 'a' }] }, 'unknown-prop', 'fromHeaders[0].header'],
    [{ ...one, fromHeaders: [{ name: 'a b' }] }, 'bad-header', 'fromHeaders[0].name'],
    [{ ...one, fromParams: [''] }, 'bad-text', 'fromParams'],
    [{ ...one, forwardOriginalToken: 1 }, 'bad-flag', 'forwardOriginalToken'],
    [{ ...one, outputClaimToHeaders: { 'x.user': 'sub' } }, 'bad-header', 'outputClaimToHeaders.x.user'],
    [{ ...one, outputClaimToHeaders: {} }, 'empty-list', 'outputClaimToHeaders'],
    [{ ...one, timeout: 5 }, 'bad-duration', 'timeout'],
  ])('the issuer %j', (issuer, code, property) => {
    expect(refusal({ issuers: [issuer] })).toMatchObject({ code, property: `issuers[0].${property}`, construct: 'shop/login' });
  });

  test('keys that proxies can use are taken, of each type; which one cannot be used is said by its place', () => {
    const publicKey = (key: KeyObject): object => key.export({ format: 'jwk' });
    const keys = [rsa(2_048), ...['P-256', 'P-384', 'P-521'].map((namedCurve) => publicKey(generateKeyPairSync('ec', { namedCurve }).publicKey)), publicKey(generateKeyPairSync('ed25519').publicKey)];
    const { chart, web } = shopProgram();
    new JwtAuthentication(chart, 'login', { target: web, issuers: [{ issuer: ISSUER, jwks: JSON.stringify({ keys }) }] });
    expect(synthTo(chart).one(RequestAuthentication).spec?.jwtRules?.[0]?.jwks).toBe(JSON.stringify({ keys }));
    expect(refusal({ issuers: [{ ...one, jwks: { keys: [...keys, { ...KEY, x: 'AAAA' }] } }] })).toMatchObject({ code: 'bad-jwks', got: 'key 5, of which no key can be made' });
    expect(refusal({ issuers: [{ ...one, jwks: { keys, since: 5n } }] })).toMatchObject({ code: 'bad-jwks', got: 'an object that cannot be written as JSON' });
  });

  test('keys are never shown: not those that are none, and not those that are secret', () => {
    const secret = 'c2VjcmV0LXRoYXQtbm9ib2R5LXNlZXM';
    const given: unknown[] = [
      `-----BEGIN PRIVATE KEY-----${secret}`,
      `{"keys":[{"kty":"RSA","n":"n","e":"e","d":"${secret}"}`,
      { keys: [{ kty: 'RSA', n: 'n', e: 'e', d: secret }] },
      JSON.stringify({ keys: [{ kty: 'oct', k: secret }] }),
      { keys: [{ kty: secret }] },
      secret,
    ];
    for (const jwks of given) {
      const { chart, web } = shopProgram();
      const { message } = caught(() => new JwtAuthentication(chart, 'login', { target: web, issuers: [{ issuer: ISSUER, jwks: jwks as string }] }));
      expect(message).not.toContain(secret);
      expect(message).toMatch(/bad-jwks|secret-in-jwks/);
    }
  });

  test('a password in an address is not shown either', () => {
    const found = refusal({ issuers: [{ ...one, jwksUri: 'https://robot:hunter2@login.example.com/keys' }] });
    expect(found).toMatchObject({ code: 'bad-jwks-uri' });
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  test('a service that selects no pods: the policy would hold for all of the namespace', () => {
    const chart = new Chart(new MeshApp({ outdir: 'unused' }), 'a', { namespace: 'a' });
    const target = MeshService.fromName(chart, 'far', { name: 'far', ports: [80], selector: {} });
    new JwtAuthentication(chart, 'login', { target, issuers: [one], optional: true });
    expect(caught(() => synthTo(chart)).findings[0]).toMatchObject({ code: 'no-pods', construct: 'a/login' });
  });
});

test('garbage is refused in words, whatever it is and wherever it is given', () => {
  const garbage: unknown[] = [null, 0, NaN, 5n, '', 'x', true, [], {}, [null], { a: 1 }, Symbol('x'), () => 'x', new Date(0), Object.create(null), new Proxy({}, {})];
  const { chart, web } = shopProgram();
  const keys = ['issuer', 'jwks', 'jwksUri', 'audiences', 'fromHeaders', 'fromParams', 'fromCookies', 'forwardOriginalToken', 'outputPayloadToHeader', 'outputClaimToHeaders', 'spaceDelimitedClaims', 'timeout'];
  let refused = 0;
  garbage.forEach((one, index) => {
    const all: Record<string, unknown>[] = [
      { target: one, issuers: [{ issuer: ISSUER }] },
      ...['issuers', 'optional', 'exemptPaths', 'exemptMethods', 'pathsAsWritten'].map((key) => ({ target: web, issuers: [{ issuer: ISSUER }], [key]: one })),
      ...keys.map((key) => ({ target: web, issuers: [{ issuer: ISSUER, [key]: one }] })),
    ];
    all.forEach((props, at) => {
      try {
        new JwtAuthentication(chart, `login-${index}-${at}`, props as never);
        new MtlsPolicy(chart, `mtls-${index}-${at}`, { target: web, [at % 2 === 0 ? 'mode' : 'ports']: one });
      } catch (error) {
        expect((error as Error).name).toBe('MeshError');
        refused += 1;
      }
    });
  });
  expect(refused).toBeGreaterThan(200);
});

test('another namespace than that of the chart', () => {
  const { chart } = shopProgram();
  new JwtAuthentication(chart, 'login', { target: MeshNamespace.fromName(chart, 'far'), issuers: [{ issuer: ISSUER }] });
  expect(synthTo(chart).one(RequestAuthentication).metadata.namespace).toBe('far');
});
