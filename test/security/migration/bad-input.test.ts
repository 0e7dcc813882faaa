import { ApiObject, App, Chart } from 'cdk8s';
import { Cluster, Mesh, MtlsMigration, StrictMtlsNamespace } from '../../../src';
import { unknown } from '../../../src/core/unknown';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { migrating } from './migrating';

const later = unknown<never>('the output "stage"');
const GARBAGE: readonly unknown[] = [null, 7, '', 'x', true, [], {}, [null], [{}], [[]], [[null]], Symbol('s'), () => 1, 1n, Number.NaN, new Date(0), later, new App({ outdir: 'unused' })];

describe('a value that cannot be is refused where it is given', () => {
  test.each<[string, unknown, string]>([
    ['mesh', undefined, 'bad-reference'],
    ['mesh', 'mesh', 'bad-reference'],
    ['stage', undefined, 'bad-stage'],
    ['stage', '', 'bad-stage'],
    ['stage', {}, 'bad-stage'],
    ['stage', later, 'unknown-value'],
    ['namespaces', 'web', 'bad-list'],
    ['namespaces[0]', ['Web'], 'bad-reference'],
    ['namespaces[1]', ['web', null], 'bad-reference'],
    ['order', 'web', 'bad-list'],
    ['order[0]', [7], 'bad-reference'],
    ['order[0]', [['web', 7]], 'bad-reference'],
    ['meshWide', 'yes', 'bad-choice'],
    ['window', '1 day', 'bad-duration'],
    ['window', '30s', 'bad-duration'],
    ['window', '90.5s', 'bad-duration'],
    ['acceptedRisks', {}, 'bad-list'],
    ['acceptedRisks[0]', ['external-client'], 'bad-props'],
    ['acceptedRisks[0].code', [{ code: 'external', because: 'a' }], 'bad-choice'],
    ['acceptedRisks[0].code', [{ code: 'mtls-clash', because: 'a' }], 'bad-choice'],
    ['acceptedRisks[0].because', [{ code: 'external-client', because: '' }], 'bad-text'],
    ['acceptedRisks[0].construct', [{ code: 'external-client', because: 'a', construct: 'orders' }], 'bad-reference'],
    ['acceptedRisks[0].reason', [{ code: 'external-client', because: 'a', reason: 'b' }], 'unknown-prop'],
    ['stages', 1, 'unknown-prop'],
  ])('%s (%#)', (property, value, code) => {
    const { chart, mesh } = migrating();
    const key = property.split(/[[.]/)[0] ?? '';
    const [finding] = caught(() => new MtlsMigration(chart, 'strict', { mesh, stage: 'start', [key]: value } as never)).findings;
    expect(finding).toMatchObject({ construct: 'shop/strict', property });
    expect(finding?.code).toBe(code);
    expect(finding?.got).toBeTruthy();
    expect(finding?.expected).toBeTruthy();
  });

  test('a whole chart is too much to accept', () => {
    const { chart, mesh } = migrating();
    const acceptedRisks = [{ code: 'external-client', construct: chart, because: 'a' }] as const;
    expect(caught(() => new MtlsMigration(chart, 'strict', { mesh, stage: 'start', acceptedRisks })).findings).toMatchObject([{ code: 'too-wide', property: 'acceptedRisks[0].construct' }]);
  });

  test('a mesh of another cluster is none of this one', () => {
    const app = new App({ outdir: 'unused' });
    const [east, west] = ['east', 'west'].map((name) => new Chart(new Cluster(app, name), 'shop')) as [Chart, Chart];
    expect(caught(() => new MtlsMigration(west, 'strict', { mesh: new Mesh(east, 'mesh'), stage: 'start' })).findings).toMatchObject([{ code: 'other-cluster', property: 'mesh' }]);
  });

  test('a second migration of a mesh', () => {
    const made = migrating();
    made.migrate('start');
    expect(caught(() => new MtlsMigration(made.chart, 'again', { mesh: made.mesh, stage: 'start' })).findings).toMatchObject([{ code: 'second-owner', construct: 'shop/again', got: 'a mesh that shop/strict migrates' }]);
  });
});

test.each(['props', 'mesh', 'stage', 'namespaces', 'order', 'meshWide', 'window', 'acceptedRisks'])('garbage for %s is refused or taken, and never an error of another kind', (key) => {
  for (const garbage of GARBAGE) {
    const { chart, mesh } = migrating();
    try {
      const migration = new MtlsMigration(chart, 'strict', (key === 'props' ? garbage : { mesh, stage: 'start', [key]: garbage }) as never);
      expect(migration.describe().length).toBeGreaterThan(0);
      synthTo(chart);
    } catch (error) {
      expect((error as Error).name).toBe('MeshError');
    }
  }
});

describe('what the program does not have is refused at synthesis', () => {
  test.each<[Record<string, unknown>, string, string, string, string]>([
    [{ stage: 'order' }, 'unknown-stage', 'stage', '"order"', 'did you mean "orders"?'],
    [{ stage: 'nothing' }, 'unknown-stage', 'stage', '"nothing"', 'take one of these'],
    [{ stage: 5 }, 'unknown-stage', 'stage', '5', 'take one of these'],
    [{ stage: -1 }, 'unknown-stage', 'stage', '-1', 'take one of these'],
    [{ stage: 1.5 }, 'unknown-stage', 'stage', '1.5', 'take one of these'],
    [{ stage: 'mesh', meshWide: false }, 'unknown-stage', 'stage', '"mesh"', "the mesh's policy is for the program that makes the mesh; meshWide: true where it is this one"],
    [{ stage: 'start', order: ['order'] }, 'unknown-namespace', 'order[0]', '"order"', 'did you mean "orders"?'],
    [{ stage: 'start', order: ['orders', ['web', 'orders']] }, 'said-twice', 'order[1]', '"orders" a second time', 'take it out'],
    [{ stage: 'start', namespaces: ['outside'] }, 'namespace-outside-mesh', 'namespaces[0]', 'the namespace outside, whose labels do not have its pods join the mesh', "give it the mesh's injectionLabels, or leave it out"],
    [{ stage: 'start', namespaces: ['istio-system'] }, 'root-namespace', 'namespaces[0]', 'the namespace istio-system, whose policy is for the whole mesh', 'leave it out: the stage "mesh" is for it'],
  ])('%j', (props, code, property, got, fix) => {
    const { chart, mesh, namespace } = migrating();
    namespace('orders');
    namespace('web');
    namespace('outside', {});
    new MtlsMigration(chart, 'strict', { mesh, ...props } as never);
    expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code, construct: 'shop/strict', property, got, fix }]);
  });

  test('a namespace with a policy of its own has no stage', () => {
    const made = migrating();
    const shop = new StrictMtlsNamespace(made.chart, 'shop', { mesh: made.mesh });
    made.migrate(shop.name);
    expect(caught(() => synthTo(made.chart)).findings).toMatchObject([{ code: 'unknown-stage', got: '"shop", of which shop/shop/mtls says what it takes', expected: 'one of start, mesh, done' }]);
  });
});

describe('manifests of others may hold anything', () => {
  const KINDS = ['v1/Service', 'v1/Namespace', 'v1/Pod', 'apps/v1/Deployment', 'batch/v1/CronJob', 'networking.k8s.io/v1/Ingress', 'monitoring.coreos.com/v1/PodMonitor', 'monitoring.coreos.com/v1/ServiceMonitor', 'gateway.networking.k8s.io/v1/Gateway', 'gateway.networking.k8s.io/v1/HTTPRoute', 'security.istio.io/v1/PeerAuthentication', 'security.istio.io/v1/AuthorizationPolicy', 'networking.istio.io/v1/DestinationRule'];
  const odd = [null, 7, 'x', [], [null], [[]], {}];
  // each key that is read, holding each odd value, at the depths where it is read
  const keys = ['selector', 'ports', 'template', 'jobTemplate', 'rules', 'defaultBackend', 'podMetricsEndpoints', 'endpoints', 'namespaceSelector', 'parentRefs', 'mtls', 'portLevelMtls', 'host', 'trafficPolicy', 'subsets', 'externalIPs', 'type', 'containers', 'hostNetwork', 'clusterIP'];
  const specs = [...odd, ...keys.flatMap((key) => odd.flatMap((value) => [{ [key]: value }, { template: { metadata: { labels: value, annotations: value }, spec: { [key]: value } } }, { selector: { matchLabels: value, [key]: value }, rules: [{ http: value, from: value, backendRefs: value }], ports: [{ port: value, targetPort: value, name: value }] }]))];

  test.each(KINDS)('%s', (name) => {
    const apiVersion = name.slice(0, name.lastIndexOf('/'));
    const kind = name.slice(apiVersion.length + 1);
    const made = migrating();
    made.namespace('orders');
    made.service('orders', { annotations: { 'prometheus.io/scrape': 'true', 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' } });
    for (const [index, spec] of specs.entries()) {
      const metadata = { name: `odd-${index}`, namespace: 'orders', labels: { 'istio-injection': 'enabled' } };
      new ApiObject(made.chart, `odd-${index}`, { apiVersion, kind, metadata, spec } as never);
    }
    expect(made.migrate('start').describe()).toContain('shop/strict');
  });
});
