import { generateKeyPairSync } from 'node:crypto';
import { App, Chart } from 'cdk8s';
import { RequestAuthentication } from '../../../imports/istio';
import { Deployment } from '../../../imports/kubernetes';
import { Cluster, JwtAuthentication, Mesh, StrictMtlsNamespace } from '../../../src';
import type { JwtIssuer } from '../../../src';
import { synthTo } from '../../../src/testing';
import { allRefused, refused } from '../../core/refused';
import { program } from '../../support/program';

/** Istio puts all RequestAuthentications for the same pods together: what one of them takes is taken. */

const keys = (): object => ({ keys: [generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })] });
const LOGIN = { issuer: 'https://login.example.com' };
const PARTNERS = { issuer: 'https://partners.example.com' };

function two(wide: readonly JwtIssuer[], narrow: readonly JwtIssuer[], where: 'namespace' | 'mesh' = 'namespace'): Chart {
  const { chart, mesh, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  new JwtAuthentication(chart, 'all', { target: where === 'mesh' ? mesh : shop, issuers: wide });
  new JwtAuthentication(chart, 'own', { target: web, issuers: narrow });
  return chart;
}

test.each(['namespace', 'mesh'] as const)('an issuer of the %s that the pods do not name is refused: its tokens would be taken there, too', (where) => {
  expect(refused(() => synthTo(two([LOGIN], [PARTNERS], where)))).toEqual({
    code: 'merged-issuers',
    construct: 'shop/own',
    property: 'issuers',
    got: 'no "https://login.example.com", whose tokens these pods take as well, by shop/all/tokens',
    expected: expect.any(String),
    fix: 'name "https://login.example.com" here, too, as it is there; or take these pods out of what that is for',
  });
});

test('who names them all, word by word, may take more than the namespace does', () => {
  expect(() => synthTo(two([LOGIN], [LOGIN, PARTNERS]))).not.toThrow();
});

test.each<[string, JwtIssuer, JwtIssuer]>([
  ['audiences', { ...LOGIN, audiences: ['web'] }, LOGIN],
  ['audiences', LOGIN, { ...LOGIN, audiences: ['web'] }],
  ['fromHeaders', LOGIN, { ...LOGIN, fromHeaders: [{ name: 'x-token' }] }],
  ['jwks', { ...LOGIN, jwks: keys() }, { ...LOGIN, jwks: keys() }],
])('an issuer with other %s is refused, whichever is the wider: a token that fits either is taken', (key, wide, narrow) => {
  const found = refused(() => synthTo(two([wide], [narrow])));
  expect(found).toMatchObject({ code: 'issuer-differs', construct: 'shop/own', got: `"https://login.example.com" with other ${key} than shop/all/tokens has it with, for the same pods` });
  expect(JSON.stringify(found)).not.toContain('P-256');
});

test('two for the same pods, by a service and by their Deployment, are each told of the other', () => {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  const pods = new Deployment(chart, 'pods', {
    metadata: { namespace: 'shop' },
    spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web' }] } } },
  });
  new JwtAuthentication(chart, 'a', { target: web, issuers: [LOGIN] });
  new JwtAuthentication(chart, 'b', { target: pods, issuers: [PARTNERS] });
  expect(allRefused(() => synthTo(chart)).map(({ code, construct }) => [code, construct])).toEqual([['merged-issuers', 'shop/a'], ['merged-issuers', 'shop/b']]);
});

test('what is written by hand counts where it is the wider one, and is left alone where it is the narrower', () => {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  new RequestAuthentication(chart, 'hand', { metadata: { namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'web', version: 'v2' } }, jwtRules: [PARTNERS] } });
  new JwtAuthentication(chart, 'own', { target: web, issuers: [LOGIN] });
  expect(() => synthTo(chart)).not.toThrow();
  new RequestAuthentication(chart, 'wide', { metadata: { namespace: 'istio-system' }, spec: { jwtRules: [PARTNERS] } });
  expect(refused(() => synthTo(chart))).toMatchObject({ code: 'merged-issuers', construct: 'shop/own' });
});

test('other pods, other namespaces and other clusters are no matter', () => {
  const app = new App({ outdir: 'unused' });
  const charts = ['staging', 'prod'].map((name) => {
    const cluster = new Cluster(app, name);
    const mesh = new Mesh(new Chart(cluster, 'platform'), 'mesh', { controlPlane: false });
    const chart = new Chart(cluster, 'shop', { namespace: 'shop' });
    const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
    const other = new StrictMtlsNamespace(chart, 'other', { mesh });
    const [web, api] = [shop.addService('web', { port: 8080 }), shop.addService('api', { port: 8080 })];
    new JwtAuthentication(chart, 'web', { target: web, issuers: [name === 'prod' ? LOGIN : PARTNERS] });
    new JwtAuthentication(chart, 'api', { target: api, issuers: [name === 'prod' ? PARTNERS : LOGIN] });
    new JwtAuthentication(chart, 'elsewhere', { target: other, issuers: [{ ...LOGIN, audiences: ['other'] }] });
    return chart;
  });
  for (const chart of charts) expect(() => synthTo(chart)).not.toThrow();
});
