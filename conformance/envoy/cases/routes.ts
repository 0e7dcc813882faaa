import { traffic } from '../../../examples/02-traffic/main';
import { asList, asRecord } from '../../kubernetes/status';
import { sidecarOf } from '../case';
import type { Case, Check } from '../case';
import { without } from '../json';
import type { JsonObject } from '../json';
import { change, replace } from '../manifests';
import type { Edit } from '../manifests';

/** Routes inside the mesh, as the sidecar of the caller follows them. */

const through = sidecarOf('web', 'shop', 8080);
const host = (service: string): string => `${service}.shop.svc.cluster.local:8080`;

/** Takes a route out of a VirtualService, by its name. */
const withoutRoute = (virtualService: string, route: string): Edit => {
  return change('VirtualService', virtualService, (spec) => ({ ...spec, http: asList(spec['http']).filter((one) => asRecord(one)['name'] !== route) }));
};

/** Takes a field out of the route of that name. */
export const withoutField = (virtualService: string, route: string, ...names: readonly string[]): Edit => {
  return change('VirtualService', virtualService, (spec) => ({
    ...spec,
    http: asList(spec['http']).map((one) => (asRecord(one)['name'] === route ? without(asRecord(one), ...names) : one)),
  }));
};

/** Turns the order of routes round, which is what decides between them. */
export const reversed = (spec: JsonObject): JsonObject => ({ ...spec, http: [...asList(spec['http'])].reverse() });

const asked = (service: string, path: string, from: string, instead?: string): Check => ({
  what: path,
  request: { host: host(service), path },
  expect: { status: 200, body: from },
  ...(instead === undefined ? {} : { control: { status: 200, body: instead } }),
});

const beta = { 'x-beta': 'yes' };

export const routes: readonly Case[] = [
  {
    name: 'header route',
    promise: 'who sends the header gets the new version, everybody else the old one',
    program: traffic,
    through,
    checks: [
      {
        what: 'with the header',
        request: { host: host('catalog'), path: '/', headers: beta },
        expect: { status: 200, body: 'catalog-v2' },
        control: { status: 200, body: 'catalog-v1' },
      },
      {
        what: 'with another value of it',
        request: { host: host('catalog'), path: '/', headers: { 'x-beta': 'yes please' } },
        expect: { status: 200, body: 'catalog-v1' },
      },
      asked('catalog', '/', 'catalog-v1'),
    ],
    control: { what: 'the header has another value', edit: replace('VirtualService', 'catalog-beta', '"yes"', '"no"') },
  },
  {
    name: 'paths: exact, pattern, prefix',
    promise: 'a path leads to the first route that matches it as a whole (exact, pattern) or at its beginning (prefix)',
    program: traffic,
    through,
    checks: [
      asked('store', '/items/new', 'catalog-v2', 'store-v1'),
      asked('store', '/items/new/7', 'store-v1'),
      asked('store', '/items/7', 'catalog-v1', 'store-v1'),
      asked('store', '/items/7/reviews', 'store-v1'),
      asked('store', '/api/v1/orders/7', 'orders-v1', 'store-v1'),
      asked('store', '/anything', 'store-v1'),
    ],
    control: { what: 'the routes in reverse order', edit: change('VirtualService', 'store-paths', reversed) },
  },
  {
    name: 'redirect',
    promise: 'the caller is sent to another path, and no service is asked',
    program: traffic,
    through,
    checks: [
      {
        what: '/offers',
        request: { host: host('store'), path: '/offers' },
        expect: { status: 301, location: `http://${host('store')}/items`, arrived: { 'store-v1': 0 } },
        control: { status: 200, body: 'store-v1', arrived: { 'store-v1': 1 } },
      },
    ],
    control: { what: 'no redirect', edit: withoutRoute('store-paths', 'moved') },
  },
  {
    name: 'rewrite',
    promise: 'the service is asked for the rewritten path, what comes after the prefix stays',
    program: traffic,
    through,
    checks: [
      {
        what: '/api/v1/orders/7?full=yes',
        request: { host: host('store'), path: '/api/v1/orders/7?full=yes' },
        expect: { status: 200, paths: { 'orders-v1': '/orders/7?full=yes' } },
        control: { status: 200, paths: { 'orders-v1': '/api/v1/orders/7?full=yes' } },
      },
    ],
    control: { what: 'no rewrite', edit: withoutField('store-paths', 'orders', 'rewrite') },
  },
  {
    name: 'mirror',
    promise: 'the new version gets a copy of the request, the answer is that of the old one',
    program: traffic,
    through,
    checks: [
      {
        what: 'a request',
        request: { host: host('payments'), path: '/pay' },
        expect: { status: 200, body: 'payments-v1', arrived: { 'payments-v1': 1, 'payments-v2': 1 }, paths: { 'payments-v2': '/pay' } },
        control: { status: 200, body: 'payments-v1', arrived: { 'payments-v1': 1, 'payments-v2': 0 } },
      },
      {
        what: 'the mirror fails, and is slow',
        request: { host: host('payments'), path: '/pay' },
        upstreams: { 'payments-v2': () => ({ status: 500, delayMs: 1_000 }) },
        expect: { status: 200, body: 'payments-v1', milliseconds: [0, 900] },
      },
    ],
    control: { what: 'no mirror', edit: withoutField('payments-rehearsal', 'real', 'mirror', 'mirrorPercentage') },
  },
];
