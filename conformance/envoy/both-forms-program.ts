import { Chart } from 'cdk8s';
import { addWorkload } from '../../examples/02-traffic/workload';
import { Cluster, IngressRoute, Mesh, StrictMtlsNamespace, StringMatch, Tls } from '../../src';
import { gatewayOf, sidecarOf } from './case';
import type { Through } from './case';
import type { Program } from './manifests';
import type { Request } from './request';

/** Istio's API, or the Gateway API. */
export type Form = 'istio' | 'gateway';

const HOST = 'shop.example.com';

/** One program in both forms: rules inside the mesh, and a host at a gateway. All shares are whole, so that no answer is by chance. */
export const program = (form: Form): Program => (app) => {
  const cluster = new Cluster(app, 'prod', { istio: '1.31.1', gatewayApi: '1.6.1' });
  const mesh = new Mesh(new Chart(cluster, 'platform'), 'mesh');
  const gateway = mesh.addIngressGateway('public', { api: form });
  const chart = new Chart(cluster, 'shop', { namespace: 'shop' });
  const namespace = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = namespace.addService('web', { port: 8080, versions: ['v1', 'v2'], api: form });
  const [other, caller] = [namespace.addService('other', { port: 8080 }), namespace.addService('caller', { port: 8080 })] as const;
  for (const service of [web, other, caller]) addWorkload(chart, service);

  web.split(chart, { v1: 100 });
  const v2 = { version: 'v2' };
  web.route(chart, 'exact', { match: { uri: '/exact' }, to: v2 });
  web.route(chart, 'below', { match: { uri: StringMatch.prefix('/items/') }, to: { service: other } });
  web.route(chart, 'pattern', { match: { uri: StringMatch.regex('/things/[0-9]+') }, to: v2, priority: 1 });
  web.route(chart, 'method', { match: { uri: '/orders', method: 'POST' }, to: v2 });
  web.route(chart, 'header', { match: { uri: '/catalog', headers: { 'x-beta': 'yes' } }, to: v2 });
  web.route(chart, 'parameter', { match: { uri: '/search', queryParams: { q: 'new' } }, to: v2 });
  web.route(chart, 'cookie', { match: { uri: '/cart', cookie: { name: 'group', value: 'beta' } }, to: { service: other } });
  web.route(chart, 'moved', { match: { uri: '/old' }, redirect: { uri: '/new', redirectCode: 302 } });
  web.route(chart, 'renamed', { match: { uri: '/health' }, rewrite: { uri: '/healthz' } });
  web.route(chart, 'marked', {
    match: { uri: '/headers' },
    headers: { request: { set: { 'x-set': 'new' }, remove: ['x-beta'] }, response: { set: { 'x-frame-options': 'DENY' } } },
  });

  const host = { gateway, host: HOST, tls: Tls.secret('shop-cert') };
  new IngressRoute(chart, 'web', { ...host, routes: [{ path: '/', to: { service: web, version: 'v1' } }, { exact: '/exact', to: { service: web, version: 'v2' } }] });
  new IngressRoute(chart, 'more', {
    ...host,
    routes: [
      { path: '/items', to: other, rewrite: { uri: '/v2' } },
      { path: '/items/new', to: { service: web, version: 'v2' } },
      { exact: '/old', redirect: { uri: '/new' } },
      { match: { uri: '/orders', method: 'POST' }, to: other },
      { match: { uri: '/catalog', headers: { 'x-beta': 'yes' } }, to: { service: web, version: 'v2' } },
      { match: { uri: '/headers' }, to: { service: web, version: 'v1' }, headers: { response: { set: { 'x-frame-options': 'DENY' } } } },
    ],
  });
};

/** A proxy, and what it is asked. */
export interface Asking {
  readonly what: string;
  readonly through: (form: Form) => Through;
  readonly host: string;
  readonly as?: string;
  /** How many requests. */
  readonly count: number;
}

/** Where the proxy runs that istiod deploys for a Gateway, and where that of the mesh's own gateway does. */
const atGateway = (port: number) => (form: Form): Through => {
  const through = gatewayOf('public', 'istio-ingress', port);
  const deployed = { labels: { 'gateway.networking.k8s.io/gateway-name': 'public' }, serviceAccount: 'public-istio' };
  return form === 'istio' ? through : { first: { ...through.first, ...deployed } as Through['first'] };
};

export const ASKINGS: readonly Asking[] = [
  { what: 'inside the mesh', through: () => sidecarOf('caller', 'shop', 8080), host: 'web.shop.svc.cluster.local:8080', count: 100 },
  { what: 'at the gateway', through: atGateway(443), host: HOST, as: 'anonymous', count: 100 },
  { what: 'at the gateway, in plain text', through: atGateway(80), host: HOST, count: 30 },
];

const PATHS = [
  '/', '/exact', '/exact/', '/exact/more', '/items', '/items/', '/items/7', '/itemsmore', '/items/new', '/items/new/7', '/items/newer', '/things/7', '/things/x',
  '/things/7/more', '/orders', '/catalog', '/search', '/search?q=new', '/search?q=newer', '/search?x=1&q=new', '/cart', '/old', '/old?x=1', '/health', '/health?x=1', '/headers',
];
const METHODS = ['GET', 'POST', 'DELETE'];
const HEADERS: readonly Readonly<Record<string, string>>[] = [{}, { 'x-beta': 'yes' }, { 'x-beta': 'no' }, { cookie: 'a=1; group=beta' }, { cookie: 'group=alpha' }];

/** Each path as a plain request, then as many as are wanted of all paths with all methods and headers, drawn by a fixed seed. */
export function requests(host: string, count: number): readonly Request[] {
  const all = PATHS.flatMap((path) => METHODS.flatMap((method) => HEADERS.map((headers) => ({ host, path, method, headers }))));
  const plain = PATHS.map((path) => ({ host, path }));
  let state = 7;
  const draw = (below: number): number => {
    // the generator of Park and Miller
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const drawn = Array.from({ length: count - plain.length }, () => all.splice(draw(all.length), 1)[0]).filter((request) => request !== undefined);
  return [...plain, ...drawn];
}
