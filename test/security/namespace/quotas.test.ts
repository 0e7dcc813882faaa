import { App, Chart } from 'cdk8s';
import { AuthorizationPolicy } from '../../../imports/istio';
import { LimitRange, ResourceQuota } from '../../../imports/kubernetes';
import { IpBlock, Mesh, MeshServiceAccount, StrictMtlsNamespace } from '../../../src';
import type { MeshProps, StrictMtlsNamespaceProps } from '../../../src';
import { unknown } from '../../../src/core/unknown';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';

function namespace(props: Partial<StrictMtlsNamespaceProps>, mesh: MeshProps = { controlPlane: false }): Chart {
  const app = new App({ outdir: 'unused' });
  const chart = new Chart(app, 'shop');
  new StrictMtlsNamespace(chart, 'shop', { mesh: new Mesh(new Chart(app, 'platform'), 'mesh', mesh), ...props });
  return chart;
}

const refused = (props: object): unknown => caught(() => namespace(props)).findings[0];

test('a quota, by the names of Kubernetes', () => {
  const shown = synthTo(namespace({ resourceQuota: { 'requests.cpu': 20, 'limits.memory': '64Gi', pods: 100, 'count/jobs.batch': 5, 'requests.nvidia.com/gpu': 2 } }));
  expect(shown.one(ResourceQuota)).toMatchObject({ metadata: { name: 'namespace', namespace: 'shop' }, spec: { hard: { 'requests.cpu': 20, 'limits.memory': '64Gi', pods: 100, 'count/jobs.batch': 5, 'requests.nvidia.com/gpu': 2 } } });
});

test('bounds of containers, pods and claims', () => {
  const shown = synthTo(namespace({ limitRange: { container: { max: { memory: '4Gi' }, defaultRequest: { cpu: '100m' } }, pod: { max: { cpu: 8 } }, persistentVolumeClaim: { max: { storage: '10Gi' } } } }));
  expect(shown.one(LimitRange).spec?.limits).toEqual([
    { type: 'Container', max: { memory: '4Gi' }, defaultRequest: { cpu: '100m' } },
    { type: 'Pod', max: { cpu: 8 } },
    { type: 'PersistentVolumeClaim', max: { storage: '10Gi' } },
  ]);
});

test('neither is made unless asked for', () => {
  const shown = synthTo(namespace({}));
  expect([...shown.many(ResourceQuota), ...shown.many(LimitRange)]).toEqual([]);
});

test('an amount may be known at deployment only', () => {
  const amount = unknown<number>('the size of the cluster');
  const shown = synthTo(namespace({ resourceQuota: { pods: amount }, limitRange: { pod: { max: { cpu: amount } } } }));
  expect(shown.one(ResourceQuota).spec?.hard?.['pods']).toBe(amount);
});

test('the compiler knows amounts and names', () => {
  // @ts-expect-error 4 gigabytes of what: GB is no suffix
  expect(refused({ resourceQuota: { 'limits.memory': '4GB' } satisfies StrictMtlsNamespaceProps['resourceQuota'] })).toMatchObject({ code: 'bad-quantity' });
  // @ts-expect-error a resource that there is not
  expect(refused({ resourceQuota: { pod: 4 } satisfies StrictMtlsNamespaceProps['resourceQuota'] })).toMatchObject({ code: 'unknown-prop' });
});

test.each<[object, string, string]>([
  [{ resourceQuota: {} }, 'empty-list', 'resourceQuota'],
  [{ resourceQuota: null }, 'bad-props', 'resourceQuota'],
  [{ resourceQuota: 5 }, 'bad-props', 'resourceQuota'],
  [{ resourceQuota: { pods: null } }, 'bad-quantity', 'resourceQuota.pods'],
  [{ resourceQuota: { pods: -1 } }, 'bad-quantity', 'resourceQuota.pods'],
  [{ resourceQuota: { pods: NaN } }, 'bad-quantity', 'resourceQuota.pods'],
  [{ resourceQuota: { pods: '1,5' } }, 'bad-quantity', 'resourceQuota.pods'],
  [{ resourceQuota: { pods: [] } }, 'bad-quantity', 'resourceQuota.pods'],
  [{ limitRange: {} }, 'empty-list', 'limitRange'],
  [{ limitRange: { containers: {} } }, 'unknown-prop', 'limitRange.containers'],
  [{ limitRange: { container: null } }, 'bad-props', 'limitRange.container'],
  [{ limitRange: { container: {} } }, 'empty-list', 'limitRange.container'],
  [{ limitRange: { pod: { default: { cpu: 1 } } } }, 'unknown-prop', 'limitRange.pod.default'],
  [{ limitRange: { container: { max: { cpus: 1 } } } }, 'unknown-prop', 'limitRange.container.max.cpus'],
  [{ limitRange: { container: { max: { cpu: 'much' } } } }, 'bad-quantity', 'limitRange.container.max.cpu'],
])('%j is refused', (props, code, property) => {
  expect(refused(props)).toMatchObject({ code, property, construct: 'shop/shop', got: expect.any(String) as string, fix: expect.any(String) as string });
});

test('a name that was meant otherwise is told', () => {
  expect(refused({ resourceQuota: { cpu: 5 } })).toMatchObject({ fix: 'did you mean "requests.cpu"?' });
  expect(refused({ resourceQuota: { 'limits.cpus': 5 } })).toMatchObject({ fix: 'did you mean "limits.cpu"?' });
});

describe('bounds that the proxy itself does not keep', () => {
  test('are refused, as every pod would be', () => {
    expect(caught(() => synthTo(namespace({ limitRange: { container: { max: { cpu: 1 } } } }, {}))).findings).toMatchObject([{ code: 'proxy-beyond-limits', property: 'limitRange.container.max.cpu', got: expect.stringContaining('has a limit of 2000m') as string }]);
    expect(caught(() => synthTo(namespace({ limitRange: { container: { min: { memory: '256Mi' } } } }, {}))).findings).toMatchObject([{ code: 'proxy-beyond-limits', property: 'limitRange.container.min.memory' }]);
  });

  test('are right where it keeps them, where there is none, and where another program makes it', () => {
    const limitRange = { container: { max: { cpu: 1 } } } as const;
    expect(() => synthTo(namespace({ limitRange: { container: { max: { cpu: 2 }, min: { memory: '128Mi' } } } }, {}))).not.toThrow();
    expect(() => synthTo(namespace({ limitRange }, { istiod: { proxy: { resources: { limits: { cpu: '500m' } } } } }))).not.toThrow();
    expect(() => synthTo(namespace({ limitRange }, { dataPlane: 'ambient' }))).not.toThrow();
    expect(() => synthTo(namespace({ limitRange }))).not.toThrow();
  });
});

describe('metrics', () => {
  const reading = (props: object, more: Partial<StrictMtlsNamespaceProps> = {}): Chart => {
    const app = new App({ outdir: 'unused' });
    const chart = new Chart(app, 'shop');
    const from = MeshServiceAccount.fromName(chart, 'prometheus', { namespace: 'monitoring' });
    new StrictMtlsNamespace(chart, 'shop', { mesh: new Mesh(chart, 'mesh', { controlPlane: false }), metrics: { from, ports: [9090], ...props }, ...more });
    return chart;
  };

  test('are a grant for their ports and paths', () => {
    expect(synthTo(reading({ paths: ['/metrics', '/stats'] })).one(AuthorizationPolicy, 'namespace.allow').spec?.rules).toEqual([
      { from: [{ source: { principals: ['cluster.local/ns/monitoring/sa/prometheus'] } }], to: [{ operation: { paths: ['/metrics', '/stats'], ports: ['9090'] } }] },
    ]);
  });

  test('in an ambient namespace they are told by their ports: ztunnel sees no paths', () => {
    expect(synthTo(reading({}, { dataPlane: 'ambient' })).one(AuthorizationPolicy, 'namespace.allow').spec?.rules?.[0]?.to).toEqual([{ operation: { ports: ['9090'] } }]);
    expect(caught(() => reading({ paths: ['/metrics'] }, { dataPlane: 'ambient' })).findings[0]).toMatchObject({ code: 'http-rule-in-ambient', property: 'metrics.paths' });
  });

  test.each<[object, string, string]>([
    [{ from: 'anyone' }, 'bad-reference', 'metrics.from'],
    [{ from: [] }, 'empty-list', 'metrics.from'],
    [{ from: null }, 'bad-reference', 'metrics.from'],
    [{ from: IpBlock.of('10.0.0.0/8') }, 'bad-reference', 'metrics.from'],
    [{ ports: [] }, 'empty-list', 'metrics.ports'],
    [{ ports: undefined }, 'empty-list', 'metrics.ports'],
    [{ path: '/metrics' }, 'unknown-prop', 'metrics.path'],
  ])('%j is refused', (props, code, property) => {
    expect(caught(() => reading(props)).findings[0]).toMatchObject({ code, property });
  });

  test('of a namespace that takes everybody are refused: the grant would shut out all others', () => {
    expect(caught(() => reading({}, { denyByDefault: false })).findings[0]).toMatchObject({ code: 'bad-props', property: 'metrics' });
  });
});
