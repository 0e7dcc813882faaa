import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { Access, ExternalService, IngressRoute, JwtAuthentication, Mesh, MeshApp, StrictMtlsNamespace, Tls } from 'mesh-constructs';
import { addWorkload } from './workload';
import { addOauth2Proxy } from './oauth2-proxy';

const HOST = 'shop.example.com';
const ISSUER = 'https://accounts.example.com';

/** A shop that nobody sees without having logged in at the company's OpenID provider. */
export function login<T extends App>(app: T): T {
  const platform = new Chart(app, 'platform');
  const mesh = new Mesh(platform, 'mesh', {
    // "//a" and "/%61" are "/a" before anybody is asked about them
    meshConfig: { pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' } },
    istiod: { env: { BLOCKED_CIDRS_IN_JWKS_URIS: '169.254.0.0/16' } },
  });
  const edge = mesh.addIngressGateway('public');

  const chart = new Chart(app, 'login');
  const oauth2Proxy = new StrictMtlsNamespace(chart, 'login', { mesh }).addService('oauth2-proxy', { port: 4180, appProtocol: 'http' });
  addOauth2Proxy(chart, oauth2Proxy, { issuer: ISSUER, host: HOST, secretName: 'oauth2-proxy' });
  oauth2Proxy.calls(new ExternalService(chart, 'accounts', { host: 'accounts.example.com', namespace: 'login' }));

  const shop = new Chart(app, 'shop', { namespace: 'shop' });
  const web = new StrictMtlsNamespace(shop, 'shop', { mesh }).addService('web', { port: 8080 });
  addWorkload(shop, web);

  // who has no session is sent to the provider; who has one comes in with what the provider says of him
  const session = mesh.addExternalAuthorizer('login', {
    http: {
      service: oauth2Proxy,
      // paths such as /ping, which oauth2-proxy answers by itself, would be let in
      pathPrefix: '/check',
      includeRequestHeadersInCheck: ['cookie', 'accept'],
      includeAdditionalHeadersInCheck: { 'x-auth-request-redirect': '%REQ(:path)%' },
      headersToUpstreamOnAllow: ['authorization', 'x-auth-request-*'],
      headersToDownstreamOnAllow: ['set-cookie'],
      headersToDownstreamOnDeny: ['set-cookie', 'content-type', 'cache-control'],
    },
  });
  // plain text is sent on to https, and a login begins there: its cookies are taken over TLS only
  Access.to(edge).custom(session, { hosts: [HOST], notPorts: [80], notPaths: ['/oauth2/*', '/healthz'] });
  new IngressRoute(shop, 'site', {
    gateway: edge,
    host: HOST,
    tls: Tls.secret('shop-cert'),
    routes: [{ path: '/oauth2', to: oauth2Proxy }, { path: '/', to: web }],
  });

  // the shop takes the provider's own word for it: oauth2-proxy hands on the token that the provider signed
  new JwtAuthentication(shop, 'token', { target: web, issuers: [{ issuer: ISSUER, audiences: ['shop'], outputClaimToHeaders: { 'x-user': 'email' } }], exemptPaths: ['/healthz'] });
  web.allowFrom(edge, { methods: ['GET', 'HEAD'] });
  web.allowFrom(edge, { methods: ['POST', 'PUT', 'DELETE'], when: { 'request.auth.claims[groups]': 'editors' } });
  return app;
}

if (require.main === module) login(new MeshApp()).synth();
