import { App, Chart } from 'cdk8s';
import { Deployment, Namespace as PlusNamespace, Service as PlusService, ServiceAccount } from 'cdk8s-plus-28';
import type { DeploymentProps } from 'cdk8s-plus-28';
import { AuthorizationPolicy, RequestAuthentication } from '../../../imports/istio';
import { Access, Cluster, IngressGateway, IpBlock, JwtAuthentication, Mesh, MeshNamespace, MeshService, MeshServiceAccount, RequestPrincipal, StrictMtlsNamespace } from '../../../src';
import { synthTo } from '../../../src/testing';
import { refused } from '../../core/refused';

/** Grants of a team whose program has no mesh, whose workloads come from cdk8s-plus, or that is one of several charts and clusters. */

const rulesOf = (chart: Chart, name: string) => synthTo(chart).one(AuthorizationPolicy, name).spec?.rules;
const LOGIN = 'https://login.example.com';

describe('in a program that knows the mesh by name', () => {
  const team = () => {
    const app = new App({ outdir: 'unused' });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    const mesh = Mesh.fromName(chart, 'mesh');
    const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
    return { app, chart, mesh, shop, web: shop.addService('web', { port: 8080 }), orders: shop.addService('orders', { port: 8080 }) };
  };

  test('grants become the policies that they are where the mesh is made', () => {
    const { chart, orders, web } = team();
    orders.allowFrom(web, { methods: ['GET'] });
    orders.allowFrom(IngressGateway.fromName(chart, 'edge', { name: 'public' }));
    orders.denyFrom(MeshNamespace.fromName(chart, 'guests'));
    expect(rulesOf(chart, 'orders')).toEqual([
      { from: [{ source: { principals: ['cluster.local/ns/shop/sa/web'] } }], to: [{ operation: { methods: ['GET'] } }] },
      { from: [{ source: { principals: ['cluster.local/ns/istio-ingress/sa/public'] } }] },
    ]);
    expect(rulesOf(chart, 'orders.deny')).toEqual([{ from: [{ source: { namespaces: ['guests'] } }] }]);
  });

  test('what is said of the mesh stands in its root namespace', () => {
    const { chart, mesh } = team();
    Access.to(mesh).denyFrom(IpBlock.of('203.0.113.0/24'));
    new JwtAuthentication(chart, 'login', { target: mesh, issuers: [{ issuer: LOGIN }], optional: true });
    expect(synthTo(chart).one(AuthorizationPolicy, 'mesh.deny').metadata.namespace).toBe('istio-system');
    expect(synthTo(chart).one(RequestAuthentication).metadata.namespace).toBe('istio-system');
  });

  test('what only the mesh knows is not guessed: its trust domains, its authorizers, how it reads paths', () => {
    const { chart, orders } = team();
    orders.allowFrom(MeshServiceAccount.fromName(chart, 'partner', { trustDomain: 'partner.example.com' }), { paths: ['/a/*'] });
    orders.custom('login');
    expect(synthTo(chart).warnings).toEqual([]);
  });

  test('tokens are still to be checked, here or elsewhere', () => {
    const { chart, orders } = team();
    orders.allowFrom(RequestPrincipal.any());
    expect(refused(() => synthTo(chart))).toMatchObject({ code: 'token-never-checked' });
    const other = team();
    other.orders.allowFrom(RequestPrincipal.any(), { tokensCheckedElsewhere: true });
    expect(() => synthTo(other.chart)).not.toThrow();
  });
});

describe('workloads, accounts, services and namespaces of cdk8s-plus', () => {
  const shop = () => {
    const app = new App({ outdir: 'unused' });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    const account = new ServiceAccount(chart, 'account', { metadata: { name: 'batch' } });
    const workload = (id: string, serviceAccount?: ServiceAccount): Deployment => {
      const common = { metadata: { name: id }, containers: [{ image: id, portNumber: 8080 }] };
      return new Deployment(chart, id, (serviceAccount === undefined ? common : { ...common, serviceAccount }) as DeploymentProps);
    };
    // what tells its pods from others, as cdk8s-plus has it
    const podsOf = (deployment: Deployment): unknown => ({ matchLabels: deployment.matchLabels });
    return { app, chart, account, workload, podsOf };
  };

  test('call as their account, and are called by the labels of their pods', () => {
    const { chart, account, workload, podsOf } = shop();
    const [batch, orders] = [workload('batch', account), workload('orders')];
    Access.to(orders).allowFrom(batch, { ports: [8080] });
    Access.to(orders).allowFrom(account, { ports: [9090] });
    const [policy] = synthTo(chart).many(AuthorizationPolicy);
    expect(policy?.metadata).toMatchObject({ name: 'orders.deployment', namespace: 'shop' });
    expect(policy?.spec?.selector).toEqual(podsOf(orders));
    expect(policy?.spec?.rules).toEqual([{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/batch'] } }], to: [{ operation: { ports: ['8080'] } }, { operation: { ports: ['9090'] } }] }]);
  });

  test('without an account of its own, a workload can be granted nothing', () => {
    const { chart, workload } = shop();
    Access.to(workload('orders')).allowFrom(workload('batch'));
    expect(refused(() => synthTo(chart))).toMatchObject({ code: 'default-account', construct: 'shop/orders' });
  });

  test('a Service stands for its pods, a Namespace for all that runs in it', () => {
    const { app, chart, workload } = shop();
    const service = new PlusService(chart, 'service', { metadata: { name: 'orders' }, ports: [{ port: 80, name: 'http', targetPort: 8080 }] });
    service.select(workload('orders'));
    MeshService.from(service).allowFrom(new PlusNamespace(new Chart(app, 'namespaces'), 'ns', { metadata: { name: 'monitoring' } }), { paths: ['/metrics'] });
    Access.to(service).denyFrom(IpBlock.of('10.0.0.9'));
    expect(rulesOf(chart, 'orders')).toEqual([{ from: [{ source: { namespaces: ['monitoring'] } }], to: [{ operation: { paths: ['/metrics'] } }] }]);
    expect(synthTo(chart).one(AuthorizationPolicy, 'orders.deny').spec?.selector).toEqual(synthTo(chart).one(AuthorizationPolicy, 'orders').spec?.selector);
  });

  test('tokens are checked for their pods', () => {
    const { chart, workload, podsOf } = shop();
    const orders = workload('orders');
    new JwtAuthentication(chart, 'login', { target: orders, issuers: [{ issuer: LOGIN }] });
    const shown = synthTo(chart);
    const made = [shown.one(RequestAuthentication, 'orders.deployment'), shown.one(AuthorizationPolicy, 'orders.deployment.deny')];
    expect(made.map(({ spec }) => spec?.selector)).toEqual([podsOf(orders), podsOf(orders)]);
  });
});

describe('several charts and clusters', () => {
  const clusters = (order: readonly string[]) => {
    const app = new App({ outdir: 'unused' });
    const made = new Map(
      order.map((name) => {
        const cluster = new Cluster(app, name, { trustDomain: `${name}.example.com` });
        const mesh = new Mesh(new Chart(cluster, 'platform'), 'mesh', { controlPlane: false });
        const [chart, other] = [new Chart(cluster, 'shop', { namespace: 'shop' }), new Chart(cluster, 'other', { namespace: 'other' })];
        const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
        const orders = shop.addService('orders', { port: 8080 });
        const reports = new StrictMtlsNamespace(other, 'other', { mesh }).addService('reports', { port: 8080 });
        return [name, { chart, other, orders, reports }] as const;
      }),
    );
    for (const { orders, reports } of made.values()) {
      orders.allowFrom(reports, { methods: ['GET'] });
      reports.allowFrom(orders);
    }
    return made;
  };

  test('a grant stays in its cluster, and its policy in the chart of the service', () => {
    for (const [name, { chart, other }] of clusters(['staging', 'prod'])) {
      expect(rulesOf(chart, 'orders')).toEqual([{ from: [{ source: { principals: [`${name}.example.com/ns/other/sa/reports`] } }], to: [{ operation: { methods: ['GET'] } }] }]);
      expect(rulesOf(other, 'reports')).toEqual([{ from: [{ source: { principals: [`${name}.example.com/ns/shop/sa/orders`] } }] }]);
    }
  });

  test('a caller of another cluster is refused', () => {
    const made = clusters(['staging', 'prod']);
    const [staging, prod] = [made.get('staging'), made.get('prod')];
    expect(refused(() => staging?.orders.allowFrom(prod?.reports as MeshService))).toMatchObject({ construct: 'staging/shop/shop/services/orders/mesh', property: 'allowFrom' });
  });

  test('which of them was made first does not matter', () => {
    const shown = (order: readonly string[]) => [...clusters(order)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { chart, other }]) => [synthTo(chart).many(AuthorizationPolicy), synthTo(other).many(AuthorizationPolicy)]);
    expect(shown(['prod', 'staging'])).toEqual(shown(['staging', 'prod']));
  });
});
