import { bookinfo } from '../../../examples/01-bookinfo/main';
import { inFrontOf } from '../case';
import type { Case, Check, Outcome, Through } from '../case';
import { drop, replace } from '../manifests';

/** All of Bookinfo under deny by default: who calls whom, how, and what comes in from outside. */

const GATEWAY = 'cluster.local/ns/istio-ingress/sa/public';
const identity = (name: string): string => `cluster.local/ns/bookinfo/sa/${name}`;
const SERVICES = ['productpage', 'details', 'reviews', 'ratings'];
/** The calls of the application. */
const CALLERS: Readonly<Record<string, readonly string[]>> = {
  productpage: [GATEWAY],
  details: [identity('productpage')],
  reviews: [identity('productpage')],
  ratings: [identity('reviews')],
};
const OUT: Outcome = { status: 403, body: 'RBAC: access denied' };
const CUT: Outcome = { status: 'cut' };
const hostOf = (name: string): string => `${name}.bookinfo.svc.cluster.local:9080`;

/** Every pair, and of each pair that is granted what was not granted with it. */
const callers = SERVICES.map((name): Case => {
  const inside: Outcome = { status: 200, body: `${name}-v1` };
  const all = [GATEWAY, ...SERVICES.map(identity), 'cluster.local/ns/elsewhere/sa/productpage'];
  const request = { host: hostOf(name) };
  return {
    name: `Bookinfo: who calls ${name}`,
    promise: 'every call of the application is let in, and every other pair is refused',
    program: bookinfo,
    through: inFrontOf(name, 'bookinfo', 9080),
    checks: [
      ...all.map((as): Check => {
        const isGranted = CALLERS[name]?.includes(as) === true;
        return { what: as, request, as, expect: isGranted ? inside : OUT, ...(isGranted ? {} : { control: inside }) };
      }),
      { what: 'plain text', request, expect: CUT },
      { what: 'TLS without a certificate', request, as: 'anonymous', expect: CUT },
      { what: 'another trust domain', request, as: 'far.example.com/ns/bookinfo/sa/productpage', expect: CUT },
      // routes of the gateway say no methods; the services say GET
      ...['POST', 'DELETE'].map((method): Check => ({ what: `${method} of a caller that is granted`, request: { ...request, method }, as: CALLERS[name]?.[0] ?? '', expect: name === 'productpage' ? inside : OUT })),
    ],
    control: { what: 'the grant is for everybody', edit: replace('AuthorizationPolicy', name, /"principals":\[[^\]]*\]/, '"principals":["*"]') },
  };
});

const plainText = SERVICES.map((name): Case => ({
  name: `Bookinfo: plain text to ${name}`,
  promise: 'whoever speaks plain text is cut off before anything of it is read',
  program: bookinfo,
  through: inFrontOf(name, 'bookinfo', 9080),
  checks: [{ what: 'plain text', request: { host: hostOf(name) }, expect: CUT, control: OUT }],
  control: { what: 'plain text is taken as well: there is still no identity that is granted', edit: drop('PeerAuthentication') },
}));

const EDGE: Through['first'] = { direction: 'gateway', name: 'public', namespace: 'istio-ingress', port: 443 };
const PAGE: Outcome = { status: 200, body: 'productpage-v1' };
const secure = (path: string, expect: Outcome, control?: Outcome, host = 'bookinfo.example.com'): Check => ({ what: `https ${host}${path}`, request: { host, path }, as: 'anonymous', expect, ...(control !== undefined && { control }) });

/** Through the gateway and the sidecar of productpage, over mutual TLS between them. */
const fromOutside: readonly Case[] = [
  {
    name: 'Bookinfo: from outside',
    promise: 'each path of the page comes in through the gateway, which is granted access; no other path and no other host does',
    program: bookinfo,
    through: { first: EDGE, second: { direction: 'inbound', app: 'productpage', namespace: 'bookinfo', port: 9080 } },
    checks: [
      ...['/productpage', '/productpage?u=normal', '/login', '/logout', '/static/bootstrap.css', '/static', '/api/v1/products', '/api/v1/products/0/reviews'].map((path) => secure(path, PAGE, OUT)),
      ...['/', '/productpage/', '/staticfiles', '/api/v1', '/reviews/0', '/metrics'].map((path) => secure(path, { status: 404 })),
      secure('/productpage', CUT, undefined, 'other.example.com'),
    ],
    control: { what: 'the gateway is granted nothing', edit: drop('AuthorizationPolicy', 'productpage') },
  },
];

export const accessBookinfo: readonly Case[] = [...callers, ...plainText, ...fromOutside];
