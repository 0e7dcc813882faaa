import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { Mesh, MeshApp, StrictMtlsNamespace } from 'mesh-constructs';
import type { MeshService } from 'mesh-constructs';
import { VirtualService } from 'mesh-constructs/istio';
import type { VirtualServiceHttpRoute } from 'mesh-constructs/istio';
import { addWorkload } from './workload';

/** A shop's routing: who gets which version, how long callers wait, and what they see when something breaks. */
export function traffic<T extends App>(app: T): T {
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = shop.addService('web', { port: 8080 });
  const store = shop.addService('store', { port: 8080 });
  const catalog = shop.addService('catalog', { port: 8080, versions: ['v1', 'v2'] });
  const orders = shop.addService('orders', { port: 8080 });
  const payments = shop.addService('payments', { port: 8080, versions: ['v1', 'v2'] });
  for (const service of [web, store, catalog, orders, payments]) addWorkload(chart, service);
  for (const service of [store, catalog, orders, payments]) service.allowFrom(web);

  // the store is taken apart path by path: the first match wins, so the narrow ones come first
  new VirtualService(chart, 'store-paths', {
    spec: {
      hosts: [store.host],
      http: [
        { name: 'moved', match: [{ uri: { exact: '/offers' } }], redirect: { uri: '/items', redirectCode: 301 } },
        { name: 'new-items', match: [{ uri: { exact: '/items/new' } }], route: to(catalog, 'v2') },
        { name: 'one-item', match: [{ uri: { regex: '/items/[0-9]+' } }], route: to(catalog, 'v1') },
        { name: 'orders', match: [{ uri: { prefix: '/api/v1/orders' } }], rewrite: { uri: '/orders' }, route: to(orders) },
        { name: 'rest', route: to(store) },
      ],
    },
  });

  // who asks for it gets the new catalog
  new VirtualService(chart, 'catalog-beta', {
    spec: {
      hosts: [catalog.host],
      http: [
        { name: 'beta', match: [{ headers: { 'x-beta': { exact: 'yes' } } }], route: to(catalog, 'v2') },
        { name: 'everyone', route: to(catalog, 'v1') },
      ],
    },
  });

  // a report may take half a second and is asked for once; anything else is tried three times
  new VirtualService(chart, 'orders-patience', {
    spec: {
      hosts: [orders.host],
      http: [
        {
          name: 'report',
          match: [{ uri: { prefix: '/orders/report' } }],
          timeout: '500ms',
          retries: { attempts: 0 },
          route: to(orders),
        },
        { name: 'orders', retries: { attempts: 2, perTryTimeout: '2s', retryOn: '5xx' }, route: to(orders) },
      ],
    },
  });

  // testers see what a broken or slow provider does; the new version gets a copy of everybody else's requests
  new VirtualService(chart, 'payments-rehearsal', {
    spec: {
      hosts: [payments.host],
      http: [
        {
          name: 'broken',
          match: [{ headers: { 'x-rehearse': { exact: 'broken' } } }],
          fault: { abort: { httpStatus: 503, percentage: { value: 100 } } },
          route: to(payments, 'v1'),
        },
        {
          name: 'slow',
          match: [{ headers: { 'x-rehearse': { exact: 'slow' } } }],
          fault: { delay: { fixedDelay: '1s', percentage: { value: 100 } } },
          route: to(payments, 'v1'),
        },
        {
          name: 'real',
          route: to(payments, 'v1'),
          mirror: { host: payments.host, subset: 'v2' },
          mirrorPercentage: { value: 100 },
        },
      ],
    },
  });
  return app;
}

function to({ host }: MeshService, subset?: string): VirtualServiceHttpRoute[] {
  return [{ destination: subset === undefined ? { host } : { host, subset } }];
}

if (require.main === module) traffic(new MeshApp()).synth();
