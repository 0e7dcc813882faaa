import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Chart } from 'cdk8s';
import { App } from 'cdk8s';
import { parse } from 'yaml';
import { login } from '../../examples/08-login/main';
import { AuthorizationPolicy, EnvoyFilter, Gateway, RequestAuthentication, VirtualService } from '../../imports/istio';
import { ConfigMap, Deployment, Secret, Service } from '../../imports/kubernetes';
import { synthTo } from '../../src/testing/synth-to';
import type { SynthResult } from '../../src/testing/synth-to';

const FOLDER = resolve(__dirname, '../../examples/08-login');
const OAUTH2_PROXY = 'oauth2-proxy.login.svc.cluster.local';

let outdir: string;
let platform: SynthResult;
let proxy: SynthResult;
let shop: SynthResult;
beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), 'login-'));
  const app = login(new App({ outdir }));
  [platform, proxy, shop] = ['platform', 'login', 'shop'].map((id) => synthTo(app.node.findChild(id) as Chart)) as [SynthResult, SynthResult, SynthResult];
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

interface Provider {
  readonly name: string;
  readonly envoyExtAuthzHttp: Readonly<Record<string, unknown>>;
}

test('the gateway asks oauth2-proxy about all of the shop but the login itself and health', () => {
  const { extensionProviders } = parse(platform.one(ConfigMap, 'istio').data?.['mesh'] ?? '') as { extensionProviders: Provider[] };
  expect(extensionProviders).toMatchObject([{ name: 'login', envoyExtAuthzHttp: { service: `login/${OAUTH2_PROXY}`, port: 4180, failOpen: false } }]);
  expect(platform.one(AuthorizationPolicy, 'public.custom').spec).toMatchObject({
    action: 'CUSTOM',
    provider: { name: 'login' },
    rules: [{ to: [{ operation: { hosts: ['shop.example.com', 'shop.example.com:*'], notPaths: ['/healthz', '/oauth2/*'], notPorts: ['80'] } }] }],
  });
});

test('plain text is answered with https alone: a login that begins there would lose its cookie, which browsers take over TLS only', () => {
  const plain = shop.many(VirtualService).concat(platform.many(VirtualService)).flatMap(({ spec }) => spec?.gateways ?? []);
  const servers = [platform, shop].flatMap((shown) => shown.many(Gateway)).flatMap(({ spec }) => spec?.servers ?? []);
  expect(plain).not.toEqual([]);
  expect(servers.filter(({ port }) => port?.number === 80).map(({ tls }) => tls?.httpsRedirect)).toEqual([true]);
});

test('what is exempt as the login leads to oauth2-proxy and nowhere else', () => {
  const routes = shop.many(VirtualService).flatMap(({ spec }) => spec?.http ?? []);
  const ofLogin = routes.filter(({ match }) => JSON.stringify([match]).includes('/oauth2'));
  expect(ofLogin.flatMap(({ route }) => route?.map(({ destination }) => destination?.host))).toEqual([OAUTH2_PROXY]);
});

test('clients cannot set what oauth2-proxy says of them', () => {
  expect(JSON.stringify(platform.one(EnvoyFilter, 'public.authorizer-headers').spec)).toContain('"regex":"x[-_.]auth[-_.]request[-_.].*"');
});

test('the gateway alone reaches oauth2-proxy', () => {
  expect(proxy.one(AuthorizationPolicy, 'oauth2-proxy').spec?.rules).toEqual([{ from: [{ source: { principals: ['cluster.local/ns/istio-ingress/sa/public'] } }] }]);
});

test('no secret is in the program: the pods read theirs from a Secret that somebody else makes', () => {
  for (const shown of [platform, proxy, shop]) expect(shown.many(Secret)).toEqual([]);
  const [container] = proxy.one(Deployment).spec?.template.spec?.containers ?? [];
  expect(container?.env?.map(({ name, value, valueFrom }) => [name, value, valueFrom?.secretKeyRef])).toEqual([
    ['OAUTH2_PROXY_CLIENT_ID', undefined, { name: 'oauth2-proxy', key: 'client-id' }],
    ['OAUTH2_PROXY_CLIENT_SECRET', undefined, { name: 'oauth2-proxy', key: 'client-secret' }],
    ['OAUTH2_PROXY_COOKIE_SECRET', undefined, { name: 'oauth2-proxy', key: 'cookie-secret' }],
  ]);
});

test('its pods are probed, run as nobody, and listen where the Service leads', () => {
  const pod = proxy.one(Deployment).spec?.template.spec;
  const [container] = pod?.containers ?? [];
  expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  expect(container?.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
  const [port] = proxy.one(Service, 'oauth2-proxy').spec?.ports ?? [];
  expect([container?.readinessProbe?.httpGet?.port, container?.livenessProbe?.httpGet?.port, container?.ports?.[0]?.containerPort]).toEqual([port?.targetPort, port?.targetPort, port?.targetPort]);
});

test('the shop wants the token of the provider, and lets those in who may write by its claims', () => {
  expect(shop.one(RequestAuthentication).spec?.jwtRules).toMatchObject([{ issuer: 'https://accounts.example.com', audiences: ['shop'] }]);
  expect(shop.one(AuthorizationPolicy, 'web').spec?.rules).toContainEqual(expect.objectContaining({ when: [{ key: 'request.auth.claims[groups]', values: ['editors'] }] }));
});

test('the version is the one that conformance/oauth2-proxy runs', () => {
  const [, version] = /oauth2-proxy\/v7 (v\S+)/.exec(readFileSync(resolve(FOLDER, '../../conformance/oauth2-proxy/go.mod'), 'utf8')) ?? [];
  expect(proxy.one(Deployment).spec?.template.spec?.containers[0]?.image).toBe(`quay.io/oauth2-proxy/oauth2-proxy:${version}`);
});

test('the program is short, and its page names its files', () => {
  expect(readFileSync(join(FOLDER, 'main.ts'), 'utf8').split('\n').length).toBeLessThan(80);
  for (const file of ['main.ts', 'oauth2-proxy.ts']) expect(readFileSync(join(FOLDER, 'README.md'), 'utf8')).toContain(file);
});
