import { Chart } from 'cdk8s';
import { bookinfo } from '../../../examples/01-bookinfo/main';
import { addWorkload } from '../../../examples/02-traffic/workload';
import { CanaryRelease, IngressRoute, Mesh, StrictMtlsNamespace, Tls } from '../../../src';
import { asRecord } from '../../kubernetes/status';
import { sidecarOf } from '../case';
import type { Case, Check, Range } from '../case';
import { drop } from '../manifests';
import type { Edit, Program } from '../manifests';

/**
 * What a version gets of that many requests when each is drawn on its own: five standard deviations to both sides, which
 * a proxy that draws rightly leaves less than once in a million runs.
 */
function share(percent: number, times: number): Range {
  const chance = percent / 100;
  const spread = 5 * Math.sqrt(times * chance * (1 - chance));
  return [Math.ceil(times * chance - spread), Math.floor(times * chance + spread)];
}

const reviews = 'reviews.bookinfo.svc.cluster.local:9080';

/** A canary of a service that requests from outside come to, too. */
const shop = (weight: number): Program => (app) => {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const edge = mesh.addIngressGateway('public');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const namespace = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = namespace.addService('web', { port: 8080, versions: ['v1', 'v2'] });
  const other = namespace.addService('other', { port: 8080 });
  for (const service of [web, other]) addWorkload(chart, service);
  new CanaryRelease(chart, 'canary', { service: web, stable: 'v1', canary: 'v2', weight });
  new IngressRoute(chart, 'web', { gateway: edge, host: 'shop.example.com', tls: Tls.plainText(), routes: [{ path: '/', to: web }] });
};

/** A tenth and the rest become halves, wherever they stand. */
const halves: Edit = (manifests) => {
  const edited = manifests.map((object) => asRecord(JSON.parse(JSON.stringify(object).replace(/"weight":(90|10)\b/g, '"weight":50'))));
  if (JSON.stringify(edited) === JSON.stringify(manifests)) throw new Error('there are no weights to change');
  return edited;
};

const many = (host: string, times: number, expect: Check['expect'], control: Check['expect']): Check => ({
  what: `${times} requests`,
  request: { host, path: '/' },
  times,
  expect,
  control,
});

export const shares: readonly Case[] = [
  {
    name: 'CanaryRelease: 90/10',
    promise: 'one request in ten goes to the canary, none to a version that is not named',
    program: bookinfo,
    through: sidecarOf('productpage', 'bookinfo', 9080),
    checks: [
      many(
        reviews,
        10_000,
        { shares: { 'reviews-v1': share(90, 10_000), 'reviews-v2': share(10, 10_000), 'reviews-v3': [0, 0] } },
        { shares: { 'reviews-v1': share(50, 10_000), 'reviews-v2': share(50, 10_000), 'reviews-v3': [0, 0] } },
      ),
    ],
    control: { what: 'weights 50 and 50', edit: halves },
  },
  {
    name: 'CanaryRelease: 0 percent',
    promise: 'a canary of no weight is not asked at all',
    program: shop(0),
    through: sidecarOf('other', 'shop', 8080),
    checks: [
      many(
        'web.shop.svc.cluster.local:8080',
        500,
        { shares: { 'web-v1': [500, 500], 'web-v2': [0, 0] } },
        { shares: { 'web-v1': [100, 400], 'web-v2': [100, 400] } },
      ),
    ],
    control: { what: 'no canary: whichever pod answers', edit: drop('VirtualService', 'web') },
  },
  {
    name: 'CanaryRelease: behind a gateway',
    promise: 'requests that come in at a gateway are shared as those of the mesh are',
    program: shop(10),
    through: { first: { direction: 'gateway', name: 'public', namespace: 'istio-ingress', port: 80 } },
    checks: [
      many(
        'shop.example.com',
        2_000,
        { shares: { 'web-v1': share(90, 2_000), 'web-v2': share(10, 2_000) } },
        { shares: { 'web-v1': share(50, 2_000), 'web-v2': share(50, 2_000) } },
      ),
    ],
    control: { what: 'weights 50 and 50', edit: halves },
  },
];
