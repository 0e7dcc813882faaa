import { Chart } from 'cdk8s';
import { addWorkload } from '../../../examples/02-traffic/workload';
import { EgressLockdown, IngressRoute, Mesh, MeshServiceAccount, MtlsPolicy, StrictMtlsNamespace, Tls } from '../../../src';
import type { IngressGateway, MeshService, StrictMtlsNamespaceProps } from '../../../src';
import { asRecord } from '../../kubernetes/status';
import { gatewayOf, inFrontOf, sidecarOf } from '../case';
import type { Case, Check, Outcome } from '../case';
import { drop, replace } from '../manifests';
import type { Edit, Program } from '../manifests';

/** Isolated namespaces: what callers see, and who is let in. */

type Name = 'front' | 'shop' | 'other';

interface Scene {
  readonly charts: Readonly<Record<Name, Chart>>;
  readonly namespaces: Readonly<Record<Name, StrictMtlsNamespace>>;
  readonly edge: IngressGateway;
  readonly services: Readonly<Record<'web' | 'orders' | 'ledger' | 'stray', MeshService>>;
}

/** Three namespaces with pods; what a case is about says who has to do with whom. */
const teams = (add: (scene: Scene) => void, ofShop: Partial<StrictMtlsNamespaceProps> = {}): Program => (app) => {
  const platform = new Chart(app, 'platform');
  const mesh = new Mesh(platform, 'mesh');
  const chart = (name: string): Chart => new Chart(app, name, { namespace: name });
  const charts = { front: chart('front'), shop: chart('shop'), other: chart('other') };
  const namespace = (name: Name): StrictMtlsNamespace => new StrictMtlsNamespace(charts[name], name, { mesh, ...(name === 'shop' && ofShop) });
  const namespaces = { front: namespace('front'), shop: namespace('shop'), other: namespace('other') };
  const service = (of: Name, name: string): MeshService => {
    const made = namespaces[of].addService(name, { port: 8080 });
    addWorkload(charts[of], made);
    return made;
  };
  const services = { web: service('front', 'web'), orders: service('shop', 'orders'), ledger: service('shop', 'ledger'), stray: service('other', 'stray') };
  add({ charts, namespaces, edge: mesh.addIngressGateway('public'), services });
};

const usedByFront = ({ namespaces: { front, shop } }: Scene): unknown => shop.isolate({ usedBy: [front] });
const from = (body: string): Outcome => ({ status: 200, body });
/** Passed on as it is to where the caller wanted to go: no service of the mesh, for its proxy. */
const unknown = from('original-dst');
const DENIED: Outcome = { status: 403 };
const PEOPLE = {
  web: 'cluster.local/ns/front/sa/web',
  ledger: 'cluster.local/ns/shop/sa/ledger',
  stray: 'cluster.local/ns/other/sa/stray',
  gateway: 'cluster.local/ns/istio-ingress/sa/public',
  beside: 'cluster.local/ns/istio-ingress/sa/batch',
  prometheus: 'cluster.local/ns/monitoring/sa/prometheus',
} as const;
const asked = (what: string, host: string, expect: Outcome, control?: Outcome): Check => ({ what, request: { host: `${host}.svc.cluster.local:8080` }, expect, ...(control !== undefined && { control }) });
const callOf = (who: keyof typeof PEOPLE, host: string, expect: Outcome, control?: Outcome, path = '/'): Check => ({ what: `${who} asks for ${path}`, request: { host: `${host}.shop.svc.cluster.local:8080`, path }, as: PEOPLE[who], expect, ...(control !== undefined && { control }) });
const shownToAll = (name: string): Edit => replace('Service', name, /"networking.istio.io\/exportTo":"[^"]*"/, '"networking.istio.io/exportTo":"*"');
const withoutSidecarIn = (namespace: string): Edit => (manifests) => {
  const others = manifests.filter(({ kind, metadata }) => kind !== 'Sidecar' || asRecord(metadata)['namespace'] !== namespace);
  if (others.length === manifests.length) throw new Error(`there is no Sidecar in ${namespace} to take out`);
  return others;
};

export const isolation: readonly Case[] = [
  {
    name: 'isolation: a namespace that is not named',
    promise: 'its pods know nothing of the isolated services',
    program: teams(usedByFront),
    through: sidecarOf('stray', 'other', 8080),
    checks: [asked('a service of the isolated namespace', 'orders.shop', unknown, from('orders-v1')), asked('one of its own', 'stray.other', from('stray-v1'))],
    control: { what: 'the Service is shown to all', edit: shownToAll('orders') },
  },
  {
    name: 'isolation: a namespace that is named',
    promise: 'its pods see the isolated services, and the isolated see each other',
    program: teams(usedByFront),
    through: sidecarOf('web', 'front', 8080),
    checks: [asked('a service of the isolated namespace', 'orders.shop', from('orders-v1'), unknown)],
    control: { what: 'the Service is shown to its own namespace alone', edit: replace('Service', 'orders', '".,front"', '"."') },
  },
  {
    name: 'isolation: what isolated pods see',
    promise: 'they see their own namespace and those that they use, and no others',
    program: teams(({ namespaces: { front, shop } }) => {
      shop.isolate({ usedBy: [front] });
      front.isolate();
    }),
    through: sidecarOf('web', 'front', 8080),
    checks: [
      asked('what says it is used by them', 'orders.shop', from('orders-v1')),
      asked('the own namespace', 'web.front', from('web-v1')),
      asked('what nobody names', 'stray.other', unknown, from('stray-v1')),
    ],
    control: { what: 'no Sidecar', edit: withoutSidecarIn('front') },
  },
  {
    name: 'isolation: what isolated pods say that they use',
    promise: 'a namespace that says nothing itself is seen where it is named',
    program: teams(({ namespaces: { front, other } }) => front.isolate({ uses: [other] })),
    through: sidecarOf('web', 'front', 8080),
    checks: [asked('what is named', 'stray.other', from('stray-v1'), unknown), asked('what is not', 'orders.shop', unknown)],
    control: { what: 'the Sidecar names another namespace', edit: replace('Sidecar', 'default', '"other/*"', '"nobody/*"') },
  },
  {
    name: 'isolation: under a lockdown',
    promise: 'the lockdown stays in force, and leaves no more open than the isolation',
    program: teams(({ charts, namespaces: { front, shop } }) => {
      shop.isolate({ usedBy: [front] });
      front.isolate();
      new EgressLockdown(charts.front, 'lockdown', { namespace: front });
    }),
    through: sidecarOf('web', 'front', 8080),
    checks: [
      asked('what is used', 'orders.shop', from('orders-v1')),
      asked('what nobody names', 'stray.other', { status: 502, arrived: { 'original-dst': 0 } }, from('stray-v1')),
      { what: 'what is outside', request: { host: 'unknown.example.com:8080' }, expect: { status: 502, arrived: { 'original-dst': 0 } } },
    ],
    control: { what: 'the lockdown alone', edit: replace('Sidecar', 'default', /"hosts":\[[^\]]*\]/, '"hosts":["*/*.svc.cluster.local"]') },
  },
  {
    name: 'isolation: who calls',
    promise: 'pods of a namespace that is named are let in, and no others; inside, a grant is needed as before',
    program: teams(usedByFront),
    through: inFrontOf('orders', 'shop', 8080),
    checks: [
      callOf('web', 'orders', from('orders-v1'), DENIED),
      callOf('stray', 'orders', DENIED),
      callOf('ledger', 'orders', DENIED),
      { what: 'plain text', request: { host: 'orders.shop.svc.cluster.local:8080' }, expect: { status: 'cut' } },
    ],
    control: { what: 'no grant', edit: drop('AuthorizationPolicy', 'orders') },
  },
  {
    name: 'isolation: counts more than grants',
    promise: 'what lets everybody in lets in those alone who are within',
    program: teams((scene) => {
      usedByFront(scene);
      scene.services.orders.allowFrom('anyone');
    }),
    through: inFrontOf('orders', 'shop', 8080),
    checks: [callOf('web', 'orders', from('orders-v1')), callOf('ledger', 'orders', from('orders-v1')), callOf('stray', 'orders', DENIED, from('orders-v1')), callOf('gateway', 'orders', DENIED, from('orders-v1'))],
    control: { what: 'no denial of those outside', edit: drop('AuthorizationPolicy', 'namespace.deny') },
  },
  {
    name: 'isolation: a service that says who calls it',
    promise: 'it is not opened to all who use its namespace',
    program: teams((scene) => {
      usedByFront(scene);
      scene.services.ledger.allowFrom(scene.services.orders);
    }),
    through: inFrontOf('ledger', 'shop', 8080),
    checks: [
      { what: 'whom it names', request: { host: 'ledger.shop.svc.cluster.local:8080' }, as: 'cluster.local/ns/shop/sa/orders', expect: from('ledger-v1') },
      callOf('web', 'ledger', DENIED, from('ledger-v1')),
    ],
    control: { what: 'the grant of the isolation', edit: replace('AuthorizationPolicy', 'ledger', /"principals":\[[^\]]*\]/, '"namespaces":["front","shop"]') },
  },
  {
    name: 'isolation: without grants',
    promise: 'nobody is let in who was not granted access',
    program: teams(({ namespaces: { front, shop }, services: { web, ledger } }) => {
      shop.isolate({ usedBy: [front], grants: false });
      ledger.allowFrom(web);
    }),
    through: inFrontOf('ledger', 'shop', 8080),
    checks: [callOf('web', 'ledger', from('ledger-v1'), DENIED), callOf('stray', 'ledger', DENIED)],
    control: { what: 'no grant', edit: drop('AuthorizationPolicy', 'ledger') },
  },
  {
    name: 'isolation: a namespace that takes every caller',
    promise: 'it takes those within, and those who use it',
    program: teams(usedByFront, { denyByDefault: false }),
    through: inFrontOf('orders', 'shop', 8080),
    checks: [callOf('web', 'orders', from('orders-v1')), callOf('ledger', 'orders', from('orders-v1')), callOf('stray', 'orders', DENIED, from('orders-v1'))],
    control: { what: 'no isolation', edit: drop('AuthorizationPolicy', 'namespace.deny') },
  },
  {
    name: 'isolation: plain text',
    promise: 'who shows no identity is none of those who use the namespace',
    program: teams((scene) => {
      const { charts, services: { orders } } = scene;
      usedByFront(scene);
      orders.allowFrom('anyone');
      new MtlsPolicy(charts.shop, 'mode', { target: orders, mode: 'PERMISSIVE' });
    }),
    through: inFrontOf('orders', 'shop', 8080),
    checks: [{ what: 'plain text', request: { host: 'orders.shop.svc.cluster.local:8080' }, expect: DENIED, control: from('orders-v1') }, callOf('web', 'orders', from('orders-v1'))],
    control: { what: 'no isolation', edit: drop('AuthorizationPolicy', 'namespace.deny') },
  },
  {
    name: 'isolation: a gateway that is named',
    promise: 'the gateway alone is let in, and nobody else of its namespace',
    program: teams(({ namespaces: { shop }, edge, services: { orders } }) => {
      shop.isolate({ usedBy: [edge] });
      orders.allowFrom('anyone');
    }),
    through: inFrontOf('orders', 'shop', 8080),
    checks: [callOf('gateway', 'orders', from('orders-v1')), callOf('beside', 'orders', DENIED, from('orders-v1')), callOf('stray', 'orders', DENIED, from('orders-v1'))],
    control: { what: 'no isolation', edit: drop('AuthorizationPolicy', 'namespace.deny') },
  },
  {
    name: 'isolation: the way in by a gateway',
    promise: 'a gateway that is named sees what its routes lead to',
    program: teams(({ charts, namespaces: { shop }, edge, services: { orders } }) => {
      shop.isolate({ usedBy: [edge] });
      new IngressRoute(charts.shop, 'in', { gateway: edge, host: 'shop.example.com', tls: Tls.plainText(), routes: [{ path: '/', to: orders }] });
    }),
    through: gatewayOf('public', 'istio-ingress', 80),
    checks: [{ what: 'a request from outside', request: { host: 'shop.example.com' }, expect: from('orders-v1'), control: { status: 503 } }],
    control: { what: 'the Service is shown to its own namespace alone', edit: replace('Service', 'orders', '".,istio-ingress"', '"."') },
  },
  {
    name: 'isolation: who reads metrics',
    promise: 'whoever the namespace lets read metrics reads these, and nothing else',
    program: (app) => {
      const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
      const chart = new Chart(app, 'shop', { namespace: 'shop' });
      const prometheus = MeshServiceAccount.fromName(chart, 'prometheus', { namespace: 'monitoring' });
      const shop = new StrictMtlsNamespace(chart, 'shop', { mesh, metrics: { from: prometheus, ports: [8080] } });
      addWorkload(chart, shop.addService('orders', { port: 8080 }));
      shop.isolate();
    },
    through: inFrontOf('orders', 'shop', 8080),
    checks: [callOf('prometheus', 'orders', from('orders-v1'), DENIED, '/metrics'), callOf('prometheus', 'orders', DENIED), callOf('stray', 'orders', DENIED, undefined, '/metrics')],
    control: { what: 'the isolation names nobody', edit: replace('AuthorizationPolicy', 'namespace.deny', /,"notPrincipals":\[[^\]]*\]/, '') },
  },
];
