import { ApiObject, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { AuthorizationPolicy } from '../../../imports/istio';
import { CronJob, Deployment, Namespace, Pod, ServiceAccount } from '../../../imports/kubernetes';
import { MeshNamespace, MeshService, MeshServiceAccount } from '../../../src';
import type { AccessCaller, AccessRule } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

const CONTAINER = { name: 'main', image: 'example.com/web:1' };
const PLUS = { containers: [{ ...CONTAINER, securityContext: { user: 1000 } }] };

/** The callers that the policy of a service names, after `caller` was let in. */
function letIn(make: (chart: Chart) => AccessCaller, rule?: AccessRule) {
  const { chart, shop } = program();
  const orders = shop.addService('orders', { port: 80 });
  orders.allowFrom(make(chart), rule);
  return synthTo(chart).one(AuthorizationPolicy, 'orders').spec?.rules?.flatMap(({ from }) => from?.map(({ source }) => source));
}

// the cast: by this project's strict settings cdk8s-plus's class does not fit its own interface
const account = (chart: Chart, name = 'web'): kplus.IServiceAccount =>
  new kplus.ServiceAccount(chart, `${name}-account`, { metadata: { name } }) as kplus.IServiceAccount;
const podSpec = { serviceAccountName: 'web', containers: [CONTAINER] };
const template = { metadata: { labels: { app: 'web' } }, spec: podSpec };

describe('a workload stands for the ServiceAccount of its pods', () => {
  test.each<[string, (chart: Chart) => AccessCaller]>([
    ['a Deployment of cdk8s-plus', (chart) => new kplus.Deployment(chart, 'web', { ...PLUS, serviceAccount: account(chart) })],
    ['a StatefulSet of cdk8s-plus', (chart) => {
      const service = new kplus.Service(chart, 'headless', { ports: [{ port: 80 }] });
      return new kplus.StatefulSet(chart, 'web', { ...PLUS, service, serviceAccount: account(chart) });
    }],
    ['a DaemonSet of cdk8s-plus', (chart) => new kplus.DaemonSet(chart, 'web', { ...PLUS, serviceAccount: account(chart) })],
    ['a Job of cdk8s-plus', (chart) => new kplus.Job(chart, 'web', { ...PLUS, serviceAccount: account(chart) })],
    ['a Pod of cdk8s-plus', (chart) => new kplus.Pod(chart, 'web', { ...PLUS, serviceAccount: account(chart) })],
    ['an account that cdk8s-plus knows by name', (chart) =>
      new kplus.Deployment(chart, 'web', { ...PLUS, serviceAccount: kplus.ServiceAccount.fromServiceAccountName(chart, 'account', 'web') })],
    ['an L1 Deployment', (chart) => new Deployment(chart, 'web', { spec: { selector: { matchLabels: { app: 'web' } }, template } })],
    ['an L1 Pod', (chart) => new Pod(chart, 'web', { spec: podSpec })],
    ['an L1 CronJob', (chart) => new CronJob(chart, 'web', {
      spec: { schedule: '0 * * * *', jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: 'Never' } } } } },
    })],
    ['an ApiObject of another kind that has pods', (chart) =>
      new ApiObject(chart, 'web', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', spec: { template } })],
  ])('%s', (_name, make) => {
    expect(letIn(make)).toEqual([{ principals: ['cluster.local/ns/shop/sa/web'] }]);
  });

  test('in the namespace of the workload', () => {
    const make = (chart: Chart): AccessCaller => new Pod(chart, 'web', { metadata: { namespace: 'other' }, spec: podSpec });
    expect(letIn(make)).toEqual([{ principals: ['cluster.local/ns/other/sa/web'] }]);
  });

  test('as the workload is at synthesis', () => {
    const { chart, shop } = program();
    const spec = { containers: [CONTAINER], serviceAccountName: 'early' };
    shop.addService('orders', { port: 80 }).allowFrom(new Pod(chart, 'web', { spec }));
    spec.serviceAccountName = 'late';
    const [rule] = synthTo(chart).one(AuthorizationPolicy, 'orders').spec?.rules ?? [];
    expect(rule?.from).toEqual([{ source: { principals: ['cluster.local/ns/shop/sa/late'] } }]);
  });

  test('reading it leaves it as it is: cdk8s-plus spreads pods once more at every rendering', () => {
    const { chart, shop } = program();
    const deployment = new kplus.Deployment(chart, 'web', { ...PLUS, spread: true, serviceAccount: account(chart) });
    shop.addService('orders', { port: 80 }).allowFrom(deployment);
    const { spec } = synthTo(chart).one(Deployment).spec?.template ?? {};
    expect(spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution).toHaveLength(2);
  });
});

test.each<[string, (chart: Chart) => AccessCaller, string]>([
  ['a ServiceAccount of cdk8s-plus', (chart) => account(chart, 'robot'), 'shop'],
  ['an L1 ServiceAccount', (chart) => new ServiceAccount(chart, 'robot'), 'shop'],
  ['a ServiceAccount of another program', (chart) => MeshServiceAccount.fromName(chart, 'robot', { namespace: 'ops' }), 'ops'],
  ["another program's, in the chart's namespace", (chart) => MeshServiceAccount.fromName(chart, 'robot'), 'shop'],
  ['one that cdk8s-plus knows by name and namespace', (chart) =>
    kplus.ServiceAccount.fromServiceAccountName(chart, 'account', 'robot', { namespaceName: 'ops' }), 'ops'],
])('%s is let in as itself', (_name, make, namespace) => {
  expect(letIn(make)).toEqual([{ principals: [`cluster.local/ns/${namespace}/sa/robot`] }]);
});

test.each<[string, (chart: Chart) => AccessCaller]>([
  // in a chart without namespace: cdk8s gives the chart's to every object
  ['of cdk8s-plus', (chart) => new kplus.Namespace(new Chart(chart.node.root, 'other'), 'ns', { metadata: { name: 'monitoring' } })],
  ['an L1', (chart) => new Namespace(chart, 'monitoring')],
  ['of another program', (chart) => MeshNamespace.fromName(chart, 'monitoring')],
])('a namespace, %s, lets in all that runs in it', (_name, make) => {
  expect(letIn(make, { paths: ['/metrics'] })).toEqual([{ namespaces: ['monitoring'] }]);
});

test('a namespace and a principal of one rule are two sources: within one, both would have to fit', () => {
  const { chart, shop } = program();
  const orders = shop.addService('orders', { port: 80 });
  orders.allowFrom(shop);
  orders.allowFrom(MeshServiceAccount.fromName(chart, 'robot', { namespace: 'ops' }));
  expect(synthTo(chart).one(AuthorizationPolicy, 'orders').spec?.rules).toEqual([
    { from: [{ source: { principals: ['cluster.local/ns/ops/sa/robot'] } }, { source: { namespaces: ['shop'] } }] },
  ]);
});

test('a Service calls as the pods behind it', () => {
  const make = (chart: Chart): AccessCaller => new kplus.Service(chart, 'web', { metadata: { name: 'web' }, ports: [{ port: 80 }], selector: new kplus.Pod(chart, 'pod', PLUS) });
  expect(letIn(make)).toEqual([{ principals: ['cluster.local/ns/shop/sa/web'] }]);
});

describe('the account of all pods that have none', () => {
  test.each<[string, (chart: Chart) => AccessCaller]>([
    ['cdk8s-plus, none', (chart) => new kplus.Deployment(chart, 'web', PLUS)],
    ['L1, none', (chart) => new Pod(chart, 'web', { spec: { containers: [CONTAINER] } })],
    ['L1, by its name', (chart) => new Pod(chart, 'web', { spec: { ...podSpec, serviceAccountName: 'default' } })],
    ['a service of a workload', (chart) => MeshService.from(new Pod(chart, 'web', { metadata: { labels: { app: 'web' } }, spec: { containers: [{ ...CONTAINER, ports: [{ containerPort: 80 }] }] } }))],
  ])('is refused: it would let in more than the workload (%s)', (_name, make) => {
    const { findings } = caught(() => letIn(make));
    expect(findings).toMatchObject([{ code: 'default-account', got: expect.stringContaining('shop/web') as string }]);
  });

  test('is let in where it is asked for in so many words', () => {
    expect(letIn((chart) => MeshServiceAccount.fromName(chart, 'all', { name: 'default' }))).toEqual([{ principals: ['cluster.local/ns/shop/sa/default'] }]);
  });

  test('what is wrong with several callers comes in one error', () => {
    const { chart, shop } = program();
    const orders = shop.addService('orders', { port: 80 });
    for (const id of ['a', 'b']) orders.allowFrom(new Pod(chart, id, { spec: { containers: [CONTAINER] } }));
    expect(caught(() => synthTo(chart)).findings).toHaveLength(2);
  });
});

describe('what calls nothing is refused', () => {
  test.each([[undefined], [null], ['web'], [{}], [{ principals: ['cluster.local/ns/a/sa/b'] }], [5n]])('%p', (caller) => {
    const { shop } = program();
    const orders = shop.addService('orders', { port: 80 });
    expect(caught(() => orders.allowFrom(caller as never)).findings[0]).toMatchObject({ code: 'bad-reference', property: 'allowFrom' });
  });

  test('an object without pods', () => {
    const { findings } = caught(() => letIn((chart) => new kplus.ConfigMap(chart, 'config')));
    expect(findings[0]).toMatchObject({ code: 'no-identity', got: expect.stringContaining('ConfigMap') as string });
  });

  test.each([[null], ['GET'], [['GET']]])('a rule that is %j', (rule) => {
    const { shop } = program();
    const orders = shop.addService('orders', { port: 80 });
    expect(caught(() => orders.allowFrom(shop, rule as never)).findings[0]).toMatchObject({ code: 'bad-access-rule' });
  });

  test('a workload that cannot render itself is named, with what it says', () => {
    const broken = (chart: Chart): AccessCaller => {
      const object = new ApiObject(chart, 'web', { apiVersion: 'example.com/v1', kind: 'Thing' });
      object.toJson = () => {
        throw new Error('not today');
      };
      return object;
    };
    expect(caught(() => letIn(broken)).findings[0]).toMatchObject({ code: 'cannot-render', construct: 'shop/web', got: 'not today' });
  });
});
