import { Chart } from 'cdk8s';
import { egress } from '../../../examples/05-egress/main';
import { addWorkload } from '../../../examples/05-egress/workload';
import { EgressRoute, ExternalService, Mesh, StrictMtlsNamespace, TlsOrigination } from '../../../src';
import type { ExternalServiceProps } from '../../../src';
import { asList, asRecord } from '../../kubernetes/status';
import type { Case, Check, Hop, Outcome } from '../case';
import { without } from '../json';
import { change, drop } from '../manifests';
import type { Edit, Program } from '../manifests';
import type { Request } from '../request';

/** External services behind an egress gateway: the sidecar of a caller, then the gateway, and the gateway alone. */

const HOST = 'api.example.com';
const GATEWAY = 'egress.istio-egress.svc.cluster.local';
const PAYMENTS = 'api.payments.example.com';
const ORDERS = 'cluster.local/ns/shop/sa/orders';
const WEB = 'cluster.local/ns/shop/sa/web';

/** Orders may leave through the gateway to the host, and web may not. */
const leaving = (props: Partial<ExternalServiceProps>): Program => (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const gateway = mesh.addEgressGateway('egress');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const orders = shop.addService('orders', { port: 8080 });
  for (const service of [orders, shop.addService('web', { port: 8080 })]) addWorkload(chart, service);
  const to = new ExternalService(chart, 'api', { host: HOST, ...props });
  new EgressRoute(chart, 'out', { gateway, to, allowFrom: [orders] });
  const other = new ExternalService(chart, 'other', { host: 'other.example.com', ports: [{ port: 80 }, { port: 443 }] });
  new EgressRoute(chart, 'other-out', { gateway, to: other, allowFrom: [shop] });
};

const gatewayAt = (port: number): Hop => ({ direction: 'gateway', name: 'egress', namespace: 'istio-egress', port });
/** From a pod of the shop to the gateway, whose port is 80 for requests and 443 for all else. */
const throughBoth = (app: string, port: number, gatewayPort: number, to?: string): Case['through'] => ({
  first: { direction: 'outbound', app, namespace: 'shop', port, ...(to !== undefined && { to }) },
  second: gatewayAt(gatewayPort),
});

const from = (body: string): Outcome => ({ status: 200, body });
const asked = (what: string, request: Request, expect: Outcome, control?: Outcome): Check => ({ what, request, expect, ...(control === undefined ? {} : { control }) });
const encrypted = (what: string, host: string, expect: Outcome, control?: Outcome): Check => ({ ...asked(what, { host }, expect, control), as: 'anonymous' });
const none = { [HOST]: 0 };

const REQUESTS: Partial<ExternalServiceProps> = { ports: [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.simple() }] };
const SECRET: Partial<ExternalServiceProps> = { ports: [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.mutual({ secret: 'client' }) }] };
const DATABASE: Partial<ExternalServiceProps> = { ports: [{ port: 5432, protocol: 'TCP' }], addresses: ['10.20.0.5'], endpoints: ['10.30.0.7'] };
const everyoneMay: Edit = drop('AuthorizationPolicy');

/** Sends the traffic straight out: the VirtualService is what leads it to the gateway. */
const straight: Edit = drop('VirtualService', 'api');

/** Those of the caller's proxy made like those of the gateway. */
const triesAtBoth: Edit = change('VirtualService', 'api', (spec) => {
  const [first, second] = asList(spec['http']).map(asRecord);
  return { ...spec, http: [{ ...first, retries: second?.['retries'] }, second] };
});

/** Changes what the gateway's own DestinationRule of the host says of TLS. */
function tlsOfGateway(edit: (tls: Readonly<Record<string, unknown>>) => object): Edit {
  return change('DestinationRule', 'api-example-com', (spec) => {
    const policy = asRecord(spec['trafficPolicy']);
    const portLevelSettings = asList(policy['portLevelSettings']).map(asRecord).map((one) => ({ ...one, tls: edit(asRecord(one['tls'])) }));
    return { ...spec, trafficPolicy: { ...policy, portLevelSettings } };
  });
}

export const egressGateway: readonly Case[] = [
  {
    name: 'egress gateway: requests, mutual TLS by a Secret',
    promise: 'callers speak HTTP, and the gateway shows its certificate to the right server',
    program: leaving(SECRET),
    serving: { [HOST]: { mutual: true } },
    through: throughBoth('orders', 80, 80),
    checks: [asked('a request', { host: HOST }, { ...from(HOST), asked: { [HOST]: { sni: HOST, port: 443, client: 'client' } } }, { ...from(HOST), asked: { [HOST]: { sni: null } } })],
    control: { what: 'the DestinationRule of the host taken out', edit: drop('DestinationRule', 'api-example-com') },
  },
  {
    name: 'egress gateway: a server that is another one',
    promise: 'the gateway refuses its certificate, and sends nothing',
    program: leaving(REQUESTS),
    serving: { [HOST]: { certificate: 'evil.example.com' } },
    through: throughBoth('orders', 80, 80),
    checks: [asked('a request', { host: HOST }, { status: 503, arrived: none }, from(HOST))],
    control: {
      what: 'the other name is taken',
      edit: change('DestinationRule', 'api', (spec) => ({ ...spec, trafficPolicy: JSON.parse(JSON.stringify(spec['trafficPolicy']).replace('"subjectAltNames":["api', '"subjectAltNames":["evil')) as object })),
    },
  },
  {
    name: 'egress gateway: a server that is checked by a Secret',
    promise: 'one whose certificate another authority has signed is refused',
    program: leaving({ ports: [{ port: 80, protocol: 'HTTP', tls: TlsOrigination.simple({ secret: 'ca' }) }] }),
    strangers: [HOST],
    through: throughBoth('orders', 80, 80),
    checks: [asked('a request', { host: HOST }, { status: 503, arrived: none }, from(HOST))],
    control: { what: 'nothing is checked', edit: tlsOfGateway((tls) => ({ ...without(tls, 'subjectAltNames'), insecureSkipVerify: true })) },
  },
  {
    name: 'egress gateway: who may not leave',
    promise: 'a caller who is not allowed is refused, and nothing is sent',
    program: leaving(REQUESTS),
    through: throughBoth('web', 80, 80),
    checks: [
      asked('a request', { host: HOST }, { status: 403, arrived: none }, from(HOST)),
      asked('to a host that it may call', { host: 'other.example.com' }, from('other.example.com')),
    ],
    control: { what: 'no policies', edit: everyoneMay },
  },
  {
    name: 'egress gateway: asked without a sidecar',
    promise: 'it knows callers by their identity, and hosts by the name in the mesh\'s TLS',
    program: leaving(REQUESTS),
    through: { first: gatewayAt(80) },
    checks: [
      { ...asked('who is allowed', { host: HOST }, from(HOST)), as: ORDERS },
      { ...asked('who is not', { host: HOST }, { status: 403, arrived: none }, from(HOST)), as: WEB },
      { ...asked('who may go to another host only, and asks for this one', { host: HOST, sni: 'other.example.com' }, { status: 404, arrived: none }), as: WEB },
      { ...asked('a host that nobody declared', { host: 'unknown.example.com' }, { status: 'cut' }), as: ORDERS },
      { ...asked('a caller of another mesh', { host: HOST }, { status: 'cut', arrived: none }), as: ORDERS, stranger: true },
      encrypted('nobody in particular', HOST, { status: 'cut', arrived: none }),
      asked('plain text', { host: HOST }, { status: 'cut', arrived: none }),
    ],
    control: { what: 'no policies', edit: everyoneMay },
  },
  {
    name: 'egress gateway: what callers encrypt',
    promise: 'it is passed on as it is: the caller sees the certificate of the server',
    program: leaving({}),
    through: throughBoth('orders', 443, 443),
    checks: [encrypted('TLS', HOST, { ...from(HOST), certificate: HOST, asked: { [HOST]: { sni: HOST, port: 443 } } }, { status: 'cut', arrived: none })],
    control: { what: 'no routes of the gateway', edit: change('VirtualService', 'api', (spec) => without(spec, 'tcp')) },
  },
  {
    name: 'egress gateway: who may not leave with TLS',
    promise: 'the connection is cut, and the server hears nothing',
    program: leaving({}),
    through: throughBoth('web', 443, 443),
    checks: [encrypted('TLS', HOST, { status: 'cut', arrived: none }, from(HOST)), encrypted('to a host that it may call', 'other.example.com', from('other.example.com'))],
    control: { what: 'no policies', edit: everyoneMay },
  },
  {
    name: 'egress gateway: bytes',
    promise: 'a database is reached by way of the gateway, by who may',
    program: leaving(DATABASE),
    through: throughBoth('orders', 5432, 443, GATEWAY),
    checks: [asked('bytes', { protocol: 'tcp', host: HOST, proxied: { to: '10.20.0.5', port: 5432 } }, { status: 'open', body: '10.30.0.7', asked: { '10.30.0.7': { port: 5432 } } }, { status: 'cut' })],
    control: { what: 'the Gateway taken out', edit: drop('Gateway', HOST) },
  },
  {
    name: 'egress gateway: who may not leave with bytes',
    promise: 'the connection is cut, and the database hears nothing',
    program: leaving(DATABASE),
    through: throughBoth('web', 5432, 443, GATEWAY),
    checks: [asked('bytes', { protocol: 'tcp', host: HOST, proxied: { to: '10.20.0.5', port: 5432 } }, { status: 'cut', arrived: { '10.30.0.7': 0 } }, { status: 'open', body: '10.30.0.7' })],
    control: { what: 'no policies', edit: everyoneMay },
  },
  {
    name: 'egress gateway: a wildcard that one place serves',
    promise: 'all names below it go there, each asked for by its own name, and no others',
    program: leaving({ ...REQUESTS, host: '*.cdn.example.com', endpoints: ['edge.example.com'] }),
    serving: { 'edge.example.com': { certificate: 'a.cdn.example.com' } },
    through: throughBoth('orders', 80, 80),
    checks: [
      asked('a name of which the place has a certificate', { host: 'a.cdn.example.com' }, { ...from('edge.example.com'), asked: { 'edge.example.com': { sni: 'a.cdn.example.com' } } }, { ...from('edge.example.com'), asked: { 'edge.example.com': { sni: null } } }),
      asked('a name of which it has none', { host: 'b.cdn.example.com' }, { status: 503, arrived: { 'edge.example.com': 0 } }, from('edge.example.com')),
    ],
    control: { what: 'no DestinationRule of the host', edit: drop('DestinationRule', 'api') },
  },
  {
    name: 'egress gateway: a wildcard that callers encrypt',
    promise: 'all names below it are passed on',
    program: leaving({ host: '*.cdn.example.com', endpoints: ['edge.example.com'] }),
    through: throughBoth('orders', 443, 443),
    checks: [encrypted('a name below it', 'a.cdn.example.com', { ...from('edge.example.com'), asked: { 'edge.example.com': { sni: 'a.cdn.example.com' } } }, { status: 'cut', arrived: { 'edge.example.com': 0 } })],
    control: { what: 'the Gateway taken out', edit: drop('Gateway', '*.cdn.example.com') },
  },
  {
    name: 'egress gateway: tries do not multiply',
    promise: 'what fails at the server is tried again by the gateway only',
    program: leaving({ ports: [{ port: 80 }], retries: { attempts: 2, retryOn: [503] } }),
    through: throughBoth('orders', 80, 80),
    checks: [{ ...asked('a request', { host: HOST }, { status: 503, arrived: { [HOST]: 3 } }, { status: 503, arrived: { [HOST]: 9 } }), upstreams: { [HOST]: () => ({ status: 503 }) } }],
    control: { what: 'the same tries at both', edit: triesAtBoth },
  },
  {
    name: 'egress gateway: a host that is declared to one namespace',
    promise: 'the gateway knows it, too',
    program: leaving({ ...REQUESTS, exportTo: ['.'] }),
    through: throughBoth('orders', 80, 80),
    checks: [asked('a request', { host: HOST }, { ...from(HOST), asked: { [HOST]: { sni: HOST } } }, { status: 404, arrived: none })],
    control: {
      what: 'not declared to the gateway',
      edit: (manifests) => ['ServiceEntry', 'VirtualService', 'DestinationRule'].reduce((all, kind) => change(kind, 'api', (spec) => ({ ...spec, exportTo: ['.'] }))(all), manifests),
    },
  },
  {
    name: 'egress gateway: where the traffic is led',
    promise: 'the server is asked by the gateway, which adds the TLS, and not by the caller',
    program: leaving(SECRET),
    through: throughBoth('orders', 80, 80),
    checks: [asked('a request', { host: HOST }, { ...from(HOST), asked: { [HOST]: { client: 'client' } } }, { asked: { [HOST]: { sni: null } } })],
    control: { what: 'no routes', edit: straight },
  },
  {
    name: 'egress gateway: examples/05-egress, who pays',
    promise: 'orders pay, by the certificate of the shop',
    program: egress,
    serving: { [PAYMENTS]: { mutual: true } },
    through: throughBoth('orders', 80, 80),
    checks: [
      asked('a payment', { method: 'POST', host: PAYMENTS }, { ...from(PAYMENTS), asked: { [PAYMENTS]: { sni: PAYMENTS, client: 'payments-client' } } }),
      asked('anything else', { host: 'unknown.example.com' }, { status: 502 }, from('original-dst')),
    ],
    control: { what: 'no lockdown', edit: drop('Sidecar') },
  },
  {
    name: 'egress gateway: examples/05-egress, who does not',
    promise: 'web is not let through, and asks for rates in TLS of its own sidecar',
    program: egress,
    serving: { [PAYMENTS]: { mutual: true } },
    through: throughBoth('web', 80, 80),
    checks: [
      asked('a payment', { method: 'POST', host: PAYMENTS }, { status: 403, arrived: { [PAYMENTS]: 0 } }, from(PAYMENTS)),
      asked('rates', { host: 'rates.example.com' }, { ...from('rates.example.com'), asked: { 'rates.example.com': { sni: 'rates.example.com', client: null } } }),
    ],
    control: { what: 'no policies', edit: everyoneMay },
  },
];
