import { IngressRoute, Tls } from '../../../src';
import type { Case, Check, Outcome } from '../case';
import { gatewayOf } from '../case';
import { replace } from '../manifests';
import type { Request } from '../request';
import { EDGE_HOST, edge, edgeAt, from, noServers } from '../edge';

/** Ways to serve a host at a gateway: which certificate, which clients, which versions of TLS. */

const shown = (body: string, certificate: string): Outcome => ({ ...from(body), certificate });
const cut: Outcome = { status: 'cut' };

const over = (what: string, request: Partial<Request>, who: Partial<Check>, expect: Outcome, control?: Outcome): Check => ({
  what,
  request: { host: EDGE_HOST, ...request },
  as: 'anonymous',
  ...who,
  expect,
  ...(control === undefined ? {} : { control }),
});

const served = (tls: Tls): Case['program'] => edge(({ chart, gateway, web }) => void new IngressRoute(chart, 'web', { gateway, host: EDGE_HOST, tls, routes: [{ path: '/', to: web }] }));

export const ingressTls: readonly Case[] = [
  {
    name: 'Tls.secret: each host its certificate',
    promise: 'a host is served with the certificate of its Secret, and a name that nobody serves with none',
    program: edge(({ chart, gateway, web, other }) => {
      new IngressRoute(chart, 'web', { gateway, host: 'web.example.com', tls: Tls.secret('web-cert'), routes: [{ path: '/', to: web }] });
      new IngressRoute(chart, 'other', { gateway, host: 'other.example.com', tls: Tls.secret('other-cert'), routes: [{ path: '/', to: other }] });
    }),
    through: edgeAt(443),
    checks: [
      over('the one', { host: 'web.example.com' }, {}, shown('web-v1', 'web-cert'), shown('web-v1', 'other-cert')),
      over('the other', { host: 'other.example.com' }, {}, shown('other-v1', 'other-cert')),
      over('nobody', { host: 'none.example.com' }, {}, cut),
    ],
    control: { what: 'the other Secret', edit: replace('Gateway', 'web.example.com', '"credentialName":"web-cert"', '"credentialName":"other-cert"') },
  },
  {
    name: 'Tls: the oldest version',
    promise: 'TLS 1.2 and up unless more is asked for; with TLSV1_3 clients of TLS 1.2 are refused',
    program: served(Tls.secret('cert', { minProtocolVersion: 'TLSV1_3' })),
    through: edgeAt(443),
    checks: [
      over('TLS 1.3', { tls: { minVersion: 'TLSv1.3' } }, {}, { ...from('web-v1'), tls: { version: 'TLSv1.3' } }),
      over('TLS 1.2', { tls: { maxVersion: 'TLSv1.2' } }, {}, cut, { ...from('web-v1'), tls: { version: 'TLSv1.2' } }),
    ],
    control: { what: 'the default', edit: replace('Gateway', EDGE_HOST, 'TLSV1_3', 'TLSV1_2') },
  },
  {
    name: 'Tls: TLS 1.2 by default',
    promise: 'clients of TLS 1.1 are refused where nothing is said',
    program: served(Tls.secret('cert')),
    through: edgeAt(443),
    checks: [
      over('TLS 1.1', { tls: { maxVersion: 'TLSv1.1' } }, {}, cut, { ...from('web-v1'), tls: { version: 'TLSv1.1' } }),
      over('TLS 1.2', { tls: { maxVersion: 'TLSv1.2' } }, {}, { ...from('web-v1'), tls: { version: 'TLSv1.2' } }),
    ],
    control: {
      what: 'TLS 1.0 and its ciphers',
      edit: replace('Gateway', EDGE_HOST, '"minProtocolVersion":"TLSV1_2"', '"minProtocolVersion":"TLSV1_0","cipherSuites":["ECDHE-ECDSA-AES128-GCM-SHA256","ECDHE-ECDSA-AES128-SHA"]'),
    },
  },
  {
    name: 'Tls: the newest version, and ciphers',
    promise: 'no newer version than the one that is given, and no other cipher',
    program: served(Tls.secret('cert', { maxProtocolVersion: 'TLSV1_2', cipherSuites: ['ECDHE-ECDSA-AES256-GCM-SHA384'] })),
    through: edgeAt(443),
    checks: [
      over('whatever both know', {}, {}, { ...from('web-v1'), tls: { version: 'TLSv1.2', cipher: 'ECDHE-ECDSA-AES256-GCM-SHA384' } }, { ...from('web-v1'), tls: { version: 'TLSv1.2', cipher: 'ECDHE-ECDSA-AES128-GCM-SHA256' } }),
      over('TLS 1.3 only', { tls: { minVersion: 'TLSv1.3' } }, {}, cut),
      over('another cipher only', { tls: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' } }, {}, cut, from('web-v1')),
    ],
    control: { what: 'another cipher', edit: replace('Gateway', EDGE_HOST, 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-GCM-SHA256') },
  },
  {
    name: 'Tls.mutual',
    promise: 'clients with a certificate of the authority are served, those without or of another are not',
    program: served(Tls.mutual('cert', { clientCa: 'partners' })),
    through: edgeAt(443),
    checks: [
      over('a partner', {}, { as: 'partner.example.com' }, from('web-v1')),
      over('no certificate', {}, {}, cut, from('web-v1')),
      over('of another authority', {}, { as: 'partner.example.com', stranger: true }, cut, from('web-v1')),
    ],
    control: { what: 'simple TLS', edit: replace('Gateway', EDGE_HOST, '"MUTUAL"', '"SIMPLE"') },
  },
  {
    name: 'Tls.mutual: names of clients',
    promise: 'of clients with a certificate only those of the given names are served',
    program: served(Tls.mutual('cert', { subjectAltNames: ['partner.example.com'] })),
    through: edgeAt(443),
    checks: [
      over('the name', {}, { as: 'partner.example.com' }, from('web-v1')),
      over('another name', {}, { as: 'other.example.com' }, cut, from('web-v1')),
    ],
    control: { what: 'any name', edit: replace('Gateway', EDGE_HOST, '"subjectAltNames":["partner.example.com"]', '"subjectAltNames":["partner.example.com","other.example.com"]') },
  },
  {
    name: 'Tls.optionalMutual',
    promise: 'clients without a certificate are served, too, those with one of another authority are not',
    program: served(Tls.optionalMutual('cert', { clientCa: 'partners' })),
    through: edgeAt(443),
    checks: [
      over('a partner', {}, { as: 'partner.example.com' }, from('web-v1')),
      over('no certificate', {}, {}, from('web-v1'), cut),
      over('of another authority', {}, { as: 'partner.example.com', stranger: true }, cut),
    ],
    control: { what: 'not optional', edit: replace('Gateway', EDGE_HOST, '"OPTIONAL_MUTUAL"', '"MUTUAL"') },
  },
  {
    name: 'Tls.files',
    promise: 'the certificate comes from a file of the pod; with authorities, clients have to show one',
    program: served(Tls.files({ certificate: '/etc/edge/files-cert', privateKey: '/etc/edge/key', ca: '/etc/edge/ca' })),
    through: edgeAt(443),
    checks: [
      over('a partner', {}, { as: 'partner.example.com' }, from('web-v1')),
      over('no certificate', {}, {}, cut, from('web-v1')),
    ],
    control: { what: 'simple TLS', edit: replace('Gateway', EDGE_HOST, '"MUTUAL"', '"SIMPLE"') },
  },
  {
    name: 'Tls.certManager',
    promise: "the host is served with the Secret of its Certificate",
    program: served(Tls.certManager({ issuer: 'letsencrypt' })),
    through: edgeAt(443),
    checks: [over('the host', {}, {}, shown('web-v1', 'edge-example-com'), cut)],
    control: { what: 'no servers', edit: noServers(EDGE_HOST) },
  },
  {
    name: 'Tls.passthrough',
    promise: "connections go by the name that clients ask for, and the pods' own certificate is shown",
    program: edge(({ chart, gateway, secure, web }) => {
      new IngressRoute(chart, 'vault', { gateway, host: 'vault.example.com', tls: Tls.passthrough(), routes: [{ to: secure }] });
      new IngressRoute(chart, 'web', { gateway, host: 'web.example.com', tls: Tls.secret('web-cert'), routes: [{ path: '/', to: web }] });
    }),
    through: edgeAt(443),
    serving: { 'secure-v1': { certificate: 'vault.example.com' } },
    checks: [
      over('the name', { host: 'vault.example.com' }, {}, shown('secure-v1', 'vault.example.com'), cut),
      over('a host beside it, that the gateway ends TLS of', { host: 'web.example.com' }, {}, shown('web-v1', 'web-cert')),
      over('another name', { host: 'none.example.com' }, {}, cut),
    ],
    control: { what: 'no route', edit: replace('VirtualService', 'vault.example.com', '"sniHosts":["vault.example.com"]', '"sniHosts":["x.example.com"]') },
  },
  {
    name: 'Tls.passthrough: plain requests',
    promise: 'plain requests for the host are sent to HTTPS',
    program: edge(({ chart, gateway, secure }) => void new IngressRoute(chart, 'vault', { gateway, host: EDGE_HOST, tls: Tls.passthrough(), routes: [{ to: secure }] })),
    through: gatewayOf('edge', 'istio-ingress', 80),
    checks: [{ what: 'http', request: { host: EDGE_HOST, path: '/a?b=c' }, expect: { status: 301, location: `https://${EDGE_HOST}/a?b=c` }, control: { status: 404 } }],
    control: { what: 'no redirect', edit: replace('Gateway', EDGE_HOST, '"httpsRedirect":true', '"httpsRedirect":false') },
  },
];
