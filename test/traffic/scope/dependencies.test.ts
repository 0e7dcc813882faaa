import { ApiObject } from 'cdk8s';
import { AuthorizationPolicy, VirtualService } from '../../../imports/istio';
import { SidecarScope } from '../../../src';
import { synthTo } from '../../../src/testing';
import { hostsIn, twoNamespaces } from './shop';

const STOCK = 'back/stock.back.svc.cluster.local';
const REPORTS = 'back/reports.back.svc.cluster.local';
const reportsHost = 'reports.back.svc.cluster.local';

/** What the pods of `web`, which calls `stock`, see beside themselves and the control plane. */
function seenBy(name: 'web' | 'orders', add: (shop: ReturnType<typeof twoNamespaces>) => unknown): string[] {
  const made = twoNamespaces();
  made.web.calls(made.stock);
  made.orders.calls();
  add(made);
  new SidecarScope(made.chart, 'scope', { namespace: made.shop, perWorkload: true });
  return (hostsIn(made.chart)[`shop/${name}`] ?? []).filter((host) => !host.endsWith('/*') && host !== `shop/${name}.shop.svc.cluster.local`);
}

test('where rules of what is called lead is seen by its callers, and by no others', () => {
  const lead = ({ stock, chart, reports }: ReturnType<typeof twoNamespaces>): unknown => stock.route(chart, 'reports', { match: { uri: '/reports' }, to: { service: reports } });
  expect(seenBy('web', lead)).toEqual([REPORTS, STOCK]);
  expect(seenBy('orders', lead)).toEqual([]);
});

test('so is what gets copies of their requests', () => {
  expect(seenBy('web', ({ stock, chart, reports }) => stock.route(chart, 'copies', { mirror: { service: reports, port: 8080 } }))).toEqual([REPORTS, STOCK]);
});

test('a canary leads to the service itself: nothing more is seen', () => {
  expect(seenBy('web', ({ stock, chart }) => stock.split(chart, { v1: 90, v2: 10 }))).toEqual([STOCK]);
});

test('whom a rule is for, by its pods, is expected to call', () => {
  const forOrders = ({ stock, chart, orders }: ReturnType<typeof twoNamespaces>): unknown => stock.route(chart, 'orders', { match: { source: orders }, timeout: '5s' });
  expect(seenBy('orders', forOrders)).toEqual([STOCK]);
});

describe('what a program writes itself counts as well', () => {
  test('a VirtualService, with a delegate and short names', () => {
    const add = ({ chart }: ReturnType<typeof twoNamespaces>): void => {
      new VirtualService(chart, 'own', { metadata: { namespace: 'back' }, spec: { hosts: ['stock'], http: [{ match: [{ uri: { prefix: '/r' } }], delegate: { name: 'part', namespace: 'shop' } }] } });
      new VirtualService(chart, 'part', { metadata: { namespace: 'shop' }, spec: { http: [{ route: [{ destination: { host: 'orders' } }], mirrors: [{ destination: { host: reportsHost } }] }] } });
    };
    expect(seenBy('web', add)).toEqual([REPORTS, STOCK, 'shop/orders.shop.svc.cluster.local']);
  });

  test('a VirtualService of the callers has to be seen itself, by its namespace', () => {
    const spec = { hosts: ['stock.back.svc.cluster.local'], exportTo: ['.'], http: [{ route: [{ destination: { host: reportsHost } }] }] };
    expect(seenBy('web', ({ chart }) => new VirtualService(chart, 'own', { metadata: { namespace: 'shop' }, spec }))).toEqual([REPORTS, STOCK, 'shop/stock.back.svc.cluster.local']);
  });

  test.each([
    ['for gateways only', { gateways: ['edge/public'] }],
    ['exported to others only', { exportTo: ['elsewhere'] }],
  ])('not a VirtualService %s', (_name, more) => {
    const spec = { hosts: ['stock.back.svc.cluster.local'], http: [{ route: [{ destination: { host: reportsHost } }] }], ...more };
    expect(seenBy('web', ({ chart }) => new VirtualService(chart, 'own', { metadata: { namespace: 'edge' }, spec }))).toEqual([STOCK]);
  });

  test('not a route of it that is for a gateway', () => {
    const toReports = { route: [{ destination: { host: reportsHost } }] };
    const spec = { hosts: ['stock.back.svc.cluster.local'], gateways: ['mesh', 'edge/public'], http: [{ match: [{ gateways: ['edge/public'] }], ...toReports }, { route: [{ destination: { host: 'stock' } }] }] };
    expect(seenBy('web', ({ chart }) => new VirtualService(chart, 'own', { metadata: { namespace: 'back' }, spec }))).toEqual([STOCK]);
  });

  test('a route of the Gateway API that is attached to the Service', () => {
    const add = ({ chart }: ReturnType<typeof twoNamespaces>): unknown =>
      new ApiObject(chart, 'own', {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { name: 'own', namespace: 'back' },
        spec: {
          parentRefs: [{ group: '', kind: 'Service', name: 'stock', port: 8080 }],
          rules: [{ backendRefs: [{ name: 'reports', port: 8080 }], filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'orders', namespace: 'shop', port: 8080 } } }] }],
        },
      } as never);
    expect(seenBy('web', add)).toEqual([REPORTS, STOCK, 'shop/orders.shop.svc.cluster.local']);
  });

  test.each<[string, object, string[]]>([
    ['that lets a principal in', { rules: [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/orders'] } }] }] }, [REPORTS]],
    ['that lets a namespace in', { rules: [{ from: [{ source: { namespaces: ['shop'] } }] }] }, [REPORTS]],
    ['that lets an account in', { rules: [{ from: [{ source: { serviceAccounts: ['shop/orders'] } }] }] }, [REPORTS]],
    ['that lets everybody in', { rules: [{ from: [{ source: { principals: ['*'] } }] }] }, []],
    ['that denies', { action: 'DENY', rules: [{ from: [{ source: { namespaces: ['shop'] } }] }] }, []],
  ])('an AuthorizationPolicy %s', (_name, spec, seen) => {
    const selector = { matchLabels: { app: 'reports', version: 'v2' } };
    expect(seenBy('orders', ({ chart }) => new AuthorizationPolicy(chart, 'own', { metadata: { namespace: 'back' }, spec: { selector, ...spec } }))).toEqual(seen);
  });
});

test('a policy for a Service, as waypoints read it, lets in as well', () => {
  const spec = { targetRefs: [{ kind: 'Service', group: '', name: 'reports' }], rules: [{ from: [{ source: { serviceAccounts: ['shop/orders'] } }] }] };
  expect(seenBy('orders', ({ chart }) => new AuthorizationPolicy(chart, 'own', { metadata: { namespace: 'back' }, spec }))).toEqual([REPORTS]);
});

test('an account that is no service counts for its namespace', () => {
  const { chart, shop, reports } = twoNamespaces();
  const account = 'cluster.local/ns/shop/sa/nightly';
  new AuthorizationPolicy(chart, 'own', { metadata: { namespace: 'back' }, spec: { selector: { matchLabels: { ...reports.selector } }, rules: [{ from: [{ source: { principals: [account] } }] }] } });
  new SidecarScope(chart, 'scope', { namespace: shop });
  expect(hostsIn(chart)['shop/default']).toContain(REPORTS);
});

test('manifests are read whatever is in them', () => {
  const kinds = { VirtualService: 'networking.istio.io/v1', DestinationRule: 'networking.istio.io/v1', ServiceEntry: 'networking.istio.io/v1', EnvoyFilter: 'networking.istio.io/v1alpha3', AuthorizationPolicy: 'security.istio.io/v1', HTTPRoute: 'gateway.networking.k8s.io/v1', Service: 'v1' };
  const specs = [null, 'x', [], { hosts: 7, http: 'x', rules: { a: 1 }, ports: [null], selector: 7, subsets: 7, configPatches: [7], parentRefs: [7] }, { hosts: [7, 'stock'], http: [null, { match: [7], route: [{ destination: 'x' }], retries: 7 }], rules: [{ from: [7] }, { backendRefs: [7] }] }];
  const { chart, web, stock } = twoNamespaces();
  web.calls(stock);
  new SidecarScope(chart, 'scope', { namespace: 'shop' });
  for (const [kind, apiVersion] of Object.entries(kinds)) {
    for (const [index, spec] of specs.entries()) new ApiObject(chart, `${kind}-${index}`, { apiVersion, kind, metadata: { name: `junk-${index}`, namespace: 'back' }, spec } as never);
  }
  expect(() => synthTo(chart)).toThrow(/problems found/);
});
