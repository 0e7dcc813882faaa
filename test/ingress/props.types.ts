import { Tls } from '../../src';
import type { IngressMatch, IngressPath, IngressRouteProps, MeshService, TcpIngressRouteProps } from '../../src';

/** What the compiler takes and refuses; the type check of the tests judges each line under a directive. */
declare const web: MeshService;

export const taken: readonly IngressPath[] = [
  { to: web },
  { path: '/', to: web, port: 8080 },
  { exact: '/', to: { service: web, version: 'v2' } },
  { path: '/', match: { method: 'GET' }, to: [{ service: web, weight: 90 }, { service: web, version: 'v2', weight: 10 }], timeout: '5s' },
  { path: '/old', redirect: { uri: '/' } },
  { match: [{ uri: '/a' }, { uri: '/b' }], directResponse: { status: 404 } },
];

export const refused: readonly IngressPath[] = [
  // @ts-expect-error: a path is told in one way
  { path: '/', exact: '/', to: web },
  // @ts-expect-error: nothing is done
  { path: '/' },
  // @ts-expect-error: who is redirected is not handed on
  { path: '/', to: web, redirect: { uri: '/a' } },
  // @ts-expect-error: an answer has no port
  { path: '/', port: 80, directResponse: { status: 404 } },
  // @ts-expect-error: a duration is no number
  { path: '/', to: web, timeout: 5 },
  // @ts-expect-error: a name is no service
  { path: '/', to: 'web' },
];

export const matches: readonly IngressMatch[] = [
  // @ts-expect-error: clients from outside have no labels
  { source: web },
  // @ts-expect-error: misspelt
  { header: {} },
];

// @ts-expect-error: how a host is served has to be said
export const unsaid: Omit<IngressRouteProps, 'gateway'> = { host: 'a.example.com', routes: [] };
// @ts-expect-error: connections have no paths
export const path: Partial<TcpIngressRouteProps> = { path: '/' };
// @ts-expect-error: versions are named as Istio names them
export const version = (): Tls => Tls.secret('cert', { minProtocolVersion: '1.3' });
// @ts-expect-error: no such cipher
export const cipher = (): Tls => Tls.secret('cert', { cipherSuites: ['RC4'] });
// @ts-expect-error: a certificate without a key
export const key = (): Tls => Tls.files({ certificate: '/c' });
