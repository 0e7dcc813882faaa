import { Chart } from 'cdk8s';
import { addWorkload } from '../../../examples/02-traffic/workload';
import { DestinationRule } from '../../../imports/istio';
import { Deployment, Namespace, Service } from '../../../imports/kubernetes';
import { Mesh, MeshService, MtlsMigration, MtlsPolicy } from '../../../src';
import { inFrontOf, sidecarOf } from '../case';
import type { Case, Check, Outcome } from '../case';
import { drop, replace } from '../manifests';
import type { Edit, Program } from '../manifests';

/** A mesh on its way from PERMISSIVE to STRICT, stage by stage: who is taken in, and who is not. */

const IN: Outcome = { status: 200 };
const CUT: Outcome = { status: 'cut' };
const as = 'cluster.local/ns/web/sa/web';

/** web calls orders; one port of orders is for an old till, which speaks plain text. */
const migrating = (stage: string): Program => (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh', { mtls: 'PERMISSIVE' });
  const [web, orders] = ['web', 'orders'].map((name) => {
    const chart = new Chart(app, name, { namespace: name });
    new Namespace(chart, name, { metadata: { labels: mesh.injectionLabels } });
    const ports = [{ name: 'http', port: 8080 }, ...(name === 'orders' ? [{ name: 'http-till', port: 9090 }] : [])];
    const service = MeshService.from(new Service(chart, 'service', { metadata: { name }, spec: { selector: { app: name }, ports } }));
    addWorkload(chart, service);
    return { chart, service };
  }) as [Named, Named];
  web.service.calls(orders.service);
  new MtlsPolicy(orders.chart, 'till', { target: orders.service, ports: { 9090: 'PERMISSIVE' } });
  new MtlsMigration(web.chart, 'strict', { mesh, stage });
};

interface Named {
  readonly chart: Chart;
  readonly service: MeshService;
}

const host = (name: string, port: number): string => `${name}.${name}.svc.cluster.local:${port}`;

/** Plain text and mutual TLS to a pod; `control` is what the control makes of the plain text. */
function asked(name: string, port: number, plain: Outcome, control: Outcome): Check[] {
  return [
    { what: 'plain text', request: { host: host(name, port) }, expect: plain, control },
    { what: 'mutual TLS', request: { host: host(name, port) }, as, expect: IN },
    { what: 'TLS without a certificate', request: { host: host(name, port) }, as: 'anonymous', expect: CUT },
  ];
}

/** Whether plain text to web, to orders and to its port of the old till is taken at each stage. */
const STAGES: readonly { readonly stage: string; readonly web: boolean; readonly orders: boolean }[] = [
  { stage: 'start', web: true, orders: true },
  { stage: 'web', web: false, orders: true },
  { stage: 'orders', web: false, orders: false },
  { stage: 'mesh', web: false, orders: false },
  { stage: 'done', web: false, orders: false },
];

/** What is strict is made loose, and the other way round. */
function turned(isOpen: boolean): { readonly what: string; readonly edit: Edit } {
  if (isOpen) return { what: 'the mesh is strict already', edit: replace('PeerAuthentication', 'default', 'PERMISSIVE', 'STRICT') };
  return { what: 'the policies of namespaces and of the mesh are taken out', edit: drop('PeerAuthentication', 'default') };
}

/** A headless service of pods with a proxy and one without. */
const mixed: Program = (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh', { mtls: 'PERMISSIVE' });
  const [, orders] = ['web', 'orders'].map((name) => {
    const chart = new Chart(app, name, { namespace: name });
    new Namespace(chart, name, { metadata: { labels: mesh.injectionLabels } });
    const service = new Service(chart, 'service', { metadata: { name }, spec: { selector: { app: name }, ports: [{ name: 'http', port: 8080 }], ...(name === 'orders' && { clusterIP: 'None' }) } });
    addWorkload(chart, MeshService.from(service));
    return { chart, service };
  }) as [unknown, { readonly chart: Chart; readonly service: Service }];
  const labels = { app: 'orders', version: 'old', 'sidecar.istio.io/inject': 'false' };
  const containers = [{ name: 'orders', image: 'registry.example.com/shop/orders:old', ports: [{ containerPort: 8080 }] }];
  new Deployment(orders.chart, 'orders-old', { spec: { selector: { matchLabels: { version: 'old' } }, template: { metadata: { labels }, spec: { serviceAccountName: 'orders', containers } } } });
  new MtlsMigration(orders.chart, 'strict', { mesh, stage: 'orders', acceptedRisks: [{ code: 'headless-without-proxies', construct: orders.service, because: 'to see what comes of it' }] });
};

/** A wide rule that turns TLS off, which callers do not follow: a narrower one stands beside it, or in the service's namespace. */
const wideRule = (namespace: string): Program => (app) => {
  migrating('orders')(app);
  const chart = new Chart(app, 'rules');
  const wide = { host: '*.orders.svc.cluster.local', trafficPolicy: { tls: { mode: 'DISABLE' } } } as const;
  new DestinationRule(chart, 'wide', { metadata: { namespace }, spec: wide });
  new DestinationRule(chart, 'narrow', { metadata: { namespace: 'orders' }, spec: { host: 'orders.orders.svc.cluster.local', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } } });
};

export const mtlsMigration: readonly Case[] = [
  ...STAGES.flatMap(({ stage, ...open }) =>
    (['web', 'orders'] as const).map((name): Case => {
      const isOpen = open[name];
      return {
        name: `MtlsMigration: stage ${stage}, ${name}`,
        promise: isOpen ? 'plain text is taken as before, and mutual TLS as well' : 'plain text is refused, and mutual TLS is taken',
        program: migrating(stage),
        through: inFrontOf(name, name, 8080),
        checks: asked(name, 8080, isOpen ? IN : CUT, isOpen ? CUT : IN),
        control: turned(isOpen),
      };
    }),
  ),
  ...['orders', 'mesh', 'done'].map((stage): Case => ({
    name: `MtlsMigration: stage ${stage}, a port with an exception`,
    promise: 'the port that the program keeps open takes plain text at every stage',
    program: migrating(stage),
    through: inFrontOf('orders', 'orders', 9090),
    checks: asked('orders', 9090, IN, CUT),
    control: { what: 'the exception is taken out', edit: drop('PeerAuthentication', 'orders') },
  })),
  ...STAGES.map(({ stage }): Case => ({
    name: `MtlsMigration: stage ${stage}, a call of the mesh`,
    promise: 'the call goes through at every stage, over both proxies and in mutual TLS',
    program: migrating(stage),
    through: { ...sidecarOf('web', 'web', 8080), second: { direction: 'inbound', app: 'orders', namespace: 'orders', port: 8080 } },
    checks: [{ what: 'web calls orders', request: { host: host('orders', 8080) }, expect: IN, control: { status: 503 } }],
    control: { what: 'callers are told to speak plain text, and the mesh is strict', edit: plainCallers },
  })),
  ...['orders', 'istio-system'].map((namespace): Case => ({
    name: `MtlsMigration: a wide DestinationRule in ${namespace}`,
    promise: 'callers follow the narrower rule, or that of the namespace of the service, so that the wide one is no clash',
    program: wideRule(namespace),
    through: { ...sidecarOf('web', 'web', 8080), second: { direction: 'inbound', app: 'orders', namespace: 'orders', port: 8080 } },
    checks: [{ what: 'web calls orders', request: { host: host('orders', 8080) }, expect: IN, control: { status: 503 } }],
    control: { what: 'the narrow one is taken out', edit: drop('DestinationRule', 'narrow') },
  })),
  {
    name: 'MtlsMigration: a wide DestinationRule in the namespace of callers',
    promise: 'callers follow the rule of their own namespace first, however wide it is: there it is a clash',
    program: wideRule('orders'),
    through: { ...sidecarOf('web', 'web', 8080), second: { direction: 'inbound', app: 'orders', namespace: 'orders', port: 8080 } },
    checks: [{ what: 'web calls orders', request: { host: host('orders', 8080) }, expect: IN, control: { status: 503 } }],
    control: { what: 'the wide one is moved to the namespace of the caller', edit: moveToCaller },
  },
  {
    name: 'MtlsMigration: what is refused of a headless service',
    promise: 'as soon as one of its pods has no proxy, callers send plain text to all of them, which STRICT pods refuse',
    program: mixed,
    through: { ...sidecarOf('web', 'web', 8080), second: { direction: 'inbound', app: 'orders', namespace: 'orders', port: 8080 } },
    serving: { 'original-dst': { certificate: 'cluster.local/ns/orders/sa/orders', mutual: true } },
    checks: [{
      what: 'web calls orders',
      request: { host: host('orders', 8080) },
      expect: { status: 200, asked: { 'original-dst': { sni: null } } },
      control: { status: 200, asked: { 'original-dst': { sni: 'outbound_.8080_._.orders.orders.svc.cluster.local' } } },
    }],
    control: { what: 'the pod without a proxy has one', edit: replace('Deployment', 'orders-old', '"false"', '"true"') },
  },
];

/** In the namespace of the caller, the wide rule goes first after all. */
function moveToCaller(manifests: Parameters<Edit>[0]): ReturnType<Edit> {
  return manifests.map((object) => (object['kind'] === 'DestinationRule' && (object['metadata'] as { name?: string }).name === 'wide' ? { ...object, metadata: { name: 'wide', namespace: 'web' } } : object));
}

/** The outage that the clash of a DestinationRule with the mode would be. */
function plainCallers(manifests: Parameters<Edit>[0]): ReturnType<Edit> {
  const rule = { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata: { name: 'plain', namespace: 'orders' }, spec: { host: 'orders.orders.svc.cluster.local', trafficPolicy: { tls: { mode: 'DISABLE' } } } };
  const strict = { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata: { name: 'default', namespace: 'orders' }, spec: { mtls: { mode: 'STRICT' } } };
  const others = manifests.filter(({ kind, metadata }) => kind !== 'PeerAuthentication' || (metadata as { namespace?: string }).namespace !== 'orders');
  return [...others, rule, strict];
}
