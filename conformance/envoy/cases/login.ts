import { login } from '../../../examples/08-login/main';
import { gatewayOf } from '../case';
import type { Case, Check, Outcome } from '../case';
import { drop, replace } from '../manifests';
import type { Request } from '../request';

/** examples/08-login, with oauth2-proxy itself and an OpenID provider. */

const host = 'shop.example.com';
const IN: Outcome = { status: 200, body: 'web-v1' };
const TO_PROVIDER: Outcome = { status: 302, headers: { location: /^http:\/\/127\.0\.0\.1:\d+\/authorize\?/ }, arrived: { 'web-v1': 0 } };

const asks = (what: string, request: Partial<Request>, expect: Outcome, control?: Outcome): Check => ({
  what,
  request: { host, ...request },
  as: 'anonymous',
  expect,
  ...(control !== undefined && { control }),
});

/** A browser logs in: it is sent away, comes back with a code, and is sent to where it wanted to go. */
const logsIn = (browser: string, path: string): Check[] => [
  asks('a first visit', { browser, path }, TO_PROVIDER),
  asks('back with a code', { browser }, { status: 302, location: path, headers: { 'set-cookie': /__Host-login=[^;]{20,};.*HttpOnly; Secure/ } }),
];

export const loginCases: readonly Case[] = [
  {
    name: 'login: examples/08-login, with and without a session',
    promise: 'without a session nobody sees the shop; with one everybody does, and the shop is told who it is by oauth2-proxy alone',
    program: login,
    through: gatewayOf('public', 'istio-ingress', 443),
    checks: [
      asks('no session', { path: '/orders?year=2026' }, TO_PROVIDER, IN),
      asks('no session, of a program', { path: '/orders', headers: { accept: 'application/json' } }, { status: 401, arrived: { 'web-v1': 0 } }, IN),
      asks('a session of nobody', { headers: { cookie: '__Host-login=aaaa' } }, TO_PROVIDER, IN),
      asks('a token of the client', { headers: { 'authorization': 'Bearer a.b.c', 'x-auth-request-user': 'ann' } }, TO_PROVIDER, IN),
      ...logsIn('ann', '/orders?year=2026'),
      asks('with the session', { browser: 'ann', path: '/orders?year=2026', headers: { 'x-auth-request-user': 'root', 'x-auth-request-roles': 'root', 'authorization': 'Bearer a.b.c' } }, { ...IN, paths: { 'web-v1': '/orders?year=2026' }, asked: { 'web-v1': { headers: { 'authorization': /^Bearer ey[\w-]+\.ey[\w-]+\.[\w-]+$/, 'x-auth-request-user': 'ann', 'x-auth-request-email': 'ann@example.com', 'x-auth-request-roles': null } } } }),
      asks('another browser', { browser: 'bob', path: '/orders' }, TO_PROVIDER),
      asks('health', { path: '/healthz', headers: { 'x-auth-request-user': 'root' } }, { ...IN, asked: { 'web-v1': { headers: { 'x-auth-request-user': null } } } }),
      asks('oauth2-proxy itself', { path: '/oauth2/start' }, TO_PROVIDER),
      ...['/oauth2/..%2Forders', '/oauth2/../orders', '/oauth2//../orders', '//orders', '/%6Frders', '/HEALTHZ', '/healthz/', '/healthz/..%2Forders'].map((path) => asks(`the path ${path}`, { path }, { arrived: { 'web-v1': 0 } })),
    ],
    control: { what: 'nobody is asked', edit: drop('AuthorizationPolicy', 'public.custom') },
  },
  {
    name: 'login: examples/08-login, pages of oauth2-proxy itself',
    promise: 'what oauth2-proxy answers by itself opens no path of the shop',
    program: login,
    through: gatewayOf('public', 'istio-ingress', 443),
    checks: ['/ping', '/ready', '/robots.txt'].map((path) => asks(path, { path }, TO_PROVIDER, IN)),
    control: { what: 'without the pathPrefix', edit: replace('ConfigMap', 'istio', /pathPrefix: \/check\\n */, '') },
  },
  {
    name: 'login: examples/08-login, over plain text',
    promise: 'plain text is answered with https and nothing else, whatever is asked for',
    program: login,
    through: gatewayOf('public', 'istio-ingress', 80),
    checks: ['/orders', '/oauth2/start', '/healthz'].map((path) => asks(path, { path }, { status: 301, location: `https://${host}${path}`, arrived: { 'web-v1': 0 } }, path === '/orders' ? TO_PROVIDER : undefined)).map(({ as: _as, ...check }) => check),
    control: { what: 'about plain text, too', edit: replace('AuthorizationPolicy', 'public.custom', /,?"notPorts":\["80"\]/, '') },
  },
];
