import { Chart } from 'cdk8s';
import { AuthorizationPolicy } from '../../../imports/istio';
import { Service } from '../../../imports/kubernetes';
import { Access, Cluster, MeshApp, accessTable } from '../../../src';
import type { AccessRow } from '../../../src';
import { accessLines, accessMermaid, rowsAbout } from '../../../src/cli/access-text';
import { accessOfManifests } from '../../../src/security/table/access-of-manifests';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

function shop() {
  const made = program();
  const [web, orders] = [made.shop.addService('web', { port: 8080 }), made.shop.addService('orders', { port: 8080 })];
  return { ...made, web, orders };
}

const told = (rows: readonly AccessRow[]) => rows.map(({ to, action, from, except, what }) => [to, action, from.join(' | '), except.join(' | '), what]);

describe('policies that are written by hand are rows, too', () => {
  const written = (spec: object, metadata: object = {}): readonly AccessRow[] => {
    const { chart } = shop();
    new AuthorizationPolicy(chart, 'hand', { metadata, spec: spec as never });
    return accessTable(chart).filter(({ construct }) => construct === 'shop/hand');
  };

  test('a row for each rule, with what it says', () => {
    const rows = written({
      action: 'DENY',
      selector: { matchLabels: { app: 'orders' } },
      rules: [
        { from: [{ source: { principals: ['a/ns/b/sa/c'], notIpBlocks: ['10.0.0.0/8'] } }, { source: { namespaces: ['guests'], requestPrincipals: ['*'] } }], to: [{ operation: { methods: ['GET'], notPaths: ['/x'] } }, { operation: { ports: ['9'] } }] },
        { when: [{ key: 'request.headers[x-a]', values: ['1', '2'], notValues: ['3'] }] },
      ],
    });
    expect(told(rows)).toEqual([
      ['service shop/orders', 'DENY', 'a/ns/b/sa/c | namespace guests and token *', 'address 10.0.0.0/8', 'methods GET; not paths /x | ports 9'],
      ['service shop/orders', 'DENY', 'anyone', '', 'when request.headers[x-a] is 1 or 2; when request.headers[x-a] is not 3'],
    ]);
  });

  test.each<[string, object, object, (readonly string[])[]]>([
    ['of all pods of the namespace', { rules: [{}] }, {}, [['namespace shop', 'ALLOW', 'anyone', '', '']]],
    ['of the mesh', { action: 'DENY', rules: [{ to: [{ operation: { methods: ['TRACE'] } }] }] }, { namespace: 'istio-system' }, [['mesh', 'DENY', 'anyone', '', 'methods TRACE']]],
    ['of pods of no service', { action: 'AUDIT', selector: { matchLabels: { app: 'x', tier: 'y' } }, rules: [{}] }, {}, [['pods shop/app=x,tier=y', 'AUDIT', 'anyone', '', '']]],
    ['that allows nobody', { selector: { matchLabels: { app: 'orders' } } }, {}, [['service shop/orders', 'NONE', 'anyone', '', 'without a grant']]],
    ['that denies nobody', { action: 'DENY' }, {}, []],
    ['that asks an authorizer', { action: 'CUSTOM', provider: { name: 'login' }, rules: [{ to: [{ operation: { paths: ['/a'] } }] }] }, {}, [['namespace shop', 'CUSTOM', 'anyone', '', 'asks login | paths /a']]],
  ])('%s', (_what, spec, metadata, rows) => expect(told(written(spec, metadata))).toEqual(rows));

  test('what is only tried out says so', () => {
    expect(written({ action: 'DENY', rules: [{}] }, { annotations: { 'istio.io/dry-run': 'true' } })).toMatchObject([{ dryRun: true }]);
  });

  test('policies that are made of sentences are there once', () => {
    const { chart, web, orders } = shop();
    orders.allowFrom(web);
    Access.to(web).denyByDefault();
    expect(told(accessTable(chart))).toEqual([
      ['namespace shop', 'NONE', 'anyone', '', 'without a grant'],
      ['service shop/orders', 'ALLOW', 'cluster.local/ns/shop/sa/web', '', ''],
      ['service shop/web', 'NONE', 'anyone', '', 'without a grant'],
    ]);
  });

  test('a service that is written by hand is named, too', () => {
    const { chart } = shop();
    new Service(chart, 'old', { metadata: { name: 'old' }, spec: { selector: { app: 'old' }, ports: [{ port: 80 }] } });
    new AuthorizationPolicy(chart, 'hand', { spec: { action: 'DENY', selector: { matchLabels: { app: 'old' } }, rules: [{}] } });
    expect(accessTable(chart).filter(({ construct }) => construct === 'shop/hand').map(({ to }) => to)).toEqual(['service shop/old']);
  });

  test('each cluster has its own', () => {
    const app = new MeshApp({ outdir: 'unused' });
    for (const name of ['b', 'a']) {
      new AuthorizationPolicy(new Chart(new Cluster(app, name), 'policies', { namespace: 'shop' }), 'hand', { spec: { action: 'DENY', rules: [{}] } });
    }
    expect(accessTable(app).map(({ cluster, to, construct }) => [cluster, to, construct])).toEqual([['a', 'namespace shop', 'a/policies/hand'], ['b', 'namespace shop', 'b/policies/hand']]);
  });
});

test('a sentence that becomes several rules is one row', () => {
  const { chart, mesh, web } = shop();
  Access.to(mesh).denyFrom('anyone', { methods: ['TRACE'], except: web });
  expect(told(accessTable(chart)).filter(([to]) => to === 'mesh')).toEqual([['mesh', 'DENY', 'anyone', 'cluster.local/ns/shop/sa/web', 'methods TRACE']]);
});

test('the line that says it is that of the program, whatever of the library is between', () => {
  const { chart, shop: namespace, web, orders } = shop();
  const lineHere = (): number => Number(/:(\d+):\d+\)?$/.exec((new Error().stack ?? '').split('\n')[2] ?? '')?.[1]);
  orders.allowFrom(web); Access.to(orders).denyFrom('anyone', { methods: ['DELETE'] }); namespace.allowFrom(web, { paths: ['/metrics'] }); const line = lineHere();
  const sites = accessTable(chart).flatMap(({ site }) => site ?? []);
  expect(sites).toEqual(Array.from({ length: 3 }, () => ({ file: 'test/security/table/access-table.test.ts', line })));
});

describe('objects without their program', () => {
  const policy = (namespace: string) => ({ apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: { name: 'hand', namespace }, spec: { action: 'DENY', rules: [{ from: [{ source: { namespaces: ['guests'] } }] }] } });
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'old', namespace: 'shop' }, spec: { selector: { app: 'old' }, ports: [{ port: 80, targetPort: 8080 }] } };

  test('rows, and what is decided', () => {
    const written = [{ file: 'shop.yaml', manifest: policy('shop') }, { file: 'shop.yaml', manifest: service }, { file: 'values.yaml', manifest: { no: 'object' } }];
    const asked = (from: string) => accessOfManifests(written, { from, to: 'shop/old' });
    expect(told(asked('a/b').rows)).toEqual([['namespace shop', 'DENY', 'namespace guests', '', '']]);
    expect([asked('guests/x').answer, asked('shop/x').answer, asked('x').answer]).toMatchObject([{ isAllowed: false, status: 403 }, { isAllowed: true }, { error: expect.stringContaining('unknown-caller') as string }]);
  });

  test('of several clusters are refused', () => {
    expect(caught(() => accessOfManifests([{ file: 'a.yaml', manifest: policy('shop') }, { file: 'b.yaml', manifest: policy('shop') }])).findings[0]).toMatchObject({ code: 'several-clusters', got: 'AuthorizationPolicy.security.istio.io shop.hand in a.yaml and in b.yaml' });
  });
});

describe('thousands of rows', () => {
  const row = (index: number, more: Partial<AccessRow> = {}): AccessRow => ({ cluster: '', to: `service shop/s${index}`, action: 'ALLOW', from: ['cluster.local/ns/shop/sa/web'], except: [], what: '', dryRun: false, implied: false, construct: `shop/s${index}`, ...more });

  test('one long row does not make all others long', () => {
    const long = Array.from({ length: 40 }, (_, index) => `cluster.local/ns/shop/sa/caller-${index}`);
    const lines = accessLines([row(1), row(2, { from: long }), row(3)]).split('\n');
    expect(Math.max(...[lines[0], lines[1], lines[3]].map((line) => line?.length ?? 0))).toBeLessThan(120);
    expect(lines[2]).toContain('caller-39');
  });

  test('what is about one service can be picked', () => {
    const rows = Array.from({ length: 3_000 }, (_, index) => row(index, index === 7 ? { from: ['cluster.local/ns/shop/sa/s2999'] } : {}));
    expect(rowsAbout(rows, 's2999').map(({ to }) => to)).toEqual(['service shop/s7', 'service shop/s2999']);
    expect(accessMermaid(rowsAbout(rows, 'shop/s2999')).split('\n')).toHaveLength(5);
  });
});
