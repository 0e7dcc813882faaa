import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, Chart, Testing, YamlOutputType } from 'cdk8s';
import type { App } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { AuthorizationPolicy, DestinationRule, VirtualService } from '../../imports/istio';
import { ConfigMap, CustomResourceDefinition, Ingress, Namespace, PersistentVolumeClaim } from '../../imports/kubernetes';
import { Cluster } from '../../src/core/cluster';
import { MeshApp } from '../../src/core/mesh-app';
import type { MeshAppProps } from '../../src/core/mesh-app';
import { addPlanner } from '../../src/core/planner';
import { MeshError } from '../../src/errors/mesh-error';
import { requestSharedObject } from '../../src/core/shared-objects';
import { caught } from '../support/caught';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'mesh-app-'));
});
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

function meshApp(props: MeshAppProps = {}): MeshApp {
  return new MeshApp({ outdir, ...props });
}

function files(): string[] {
  return readdirSync(outdir, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .sort();
}

interface Doc {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> };
  readonly spec?: Record<string, unknown>;
}

function documents(path: string): Doc[] {
  return parseAllDocuments(readFileSync(join(outdir, path), 'utf8')).map((document) => document.toJS() as Doc);
}

function kinds(path: string): string[] {
  return documents(path).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

/** Made in an order that is wrong for applying. */
function addShop(scope: App | Cluster): Chart {
  const chart = new Chart(scope, 'shop', { namespace: 'shop' });
  const route = new VirtualService(chart, 'web', { spec: { hosts: ['web'], http: [{ route: [{ destination: { host: 'web', subset: 'v1' } }] }] } });
  const subsets = new DestinationRule(chart, 'web-subsets', { metadata: { name: 'web' }, spec: { host: 'web', subsets: [{ name: 'v1' }] } });
  route.needs(subsets);
  new Namespace(chart, 'shop');
  return chart;
}

function addCrd(scope: Chart): CustomResourceDefinition {
  return new CustomResourceDefinition(scope, 'crd', {
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      names: { kind: 'Widget', plural: 'widgets' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  });
}

describe('order', () => {
  test('in a file objects come by stage: the namespace first, a route after its subsets', () => {
    const app = meshApp();
    addShop(app);
    app.synth();
    expect(kinds('shop.k8s.yaml')).toEqual(['Namespace shop', 'DestinationRule web', 'VirtualService web']);
  });

  test('charts that need each other are written so that no object comes before its namespace', () => {
    const app = meshApp();
    const shop = addShop(app);
    const platform = new Chart(app, 'platform', { namespace: 'platform' });
    new Namespace(platform, 'platform');
    new ConfigMap(platform, 'for-shop', { metadata: { namespace: 'shop' } });
    new ConfigMap(shop, 'for-platform', { metadata: { namespace: 'platform' } });
    app.synth();
    expect(files()).toEqual(['0000-platform.k8s.yaml', '0001-shop.k8s.yaml', '0002-platform.k8s.yaml']);
    expect(kinds('0000-platform.k8s.yaml')).toEqual(['Namespace platform']);
    expect(kinds('0002-platform.k8s.yaml')).toEqual(['ConfigMap for-shop']);
  });

  test('a dependency between charts, as cdk8s has it, orders the files', () => {
    const app = meshApp();
    const first = new Chart(app, 'z-first', { namespace: 'a' });
    const second = new Chart(app, 'a-second', { namespace: 'a' });
    new ConfigMap(first, 'one');
    new ConfigMap(second, 'two');
    second.addDependency(first);
    app.synth();
    expect(files()).toEqual(['0000-z-first.k8s.yaml', '0001-a-second.k8s.yaml']);
  });

  test('a chart that depends on a chart in it, as cdk8s makes it, comes after it', () => {
    const app = meshApp();
    const outer = new Chart(app, 'outer', { namespace: 'x' });
    new ConfigMap(outer, 'one');
    const inner = new Chart(outer, 'inner', { namespace: 'x' });
    new ConfigMap(inner, 'two');
    // cdk8s's own synthesis of one chart adds the dependency
    Testing.synth(outer);
    expect(outer.node.dependencies).toEqual([inner]);
    app.synth();
    expect(files().map((path) => kinds(path))).toEqual([['ConfigMap two'], ['ConfigMap one']]);
  });

  test('a chart that depends on an object in it: all else in it comes after that', () => {
    const app = meshApp();
    const chart = new Chart(app, 'shop', { namespace: 'x' });
    const last = new ConfigMap(chart, 'z-first');
    new ConfigMap(chart, 'a-second');
    chart.node.addDependency(last, chart);
    app.synth();
    expect(kinds('shop.k8s.yaml')).toEqual(['ConfigMap z-first', 'ConfigMap a-second']);
  });

  test('an object that depends on the namespace that depends on it is refused with the chain', () => {
    const app = meshApp();
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    chart.node.addDependency(new ConfigMap(chart, 'map'));
    new Namespace(chart, 'shop');
    const [finding] = caught(() => app.synth()).findings;
    expect(finding).toMatchObject({ code: 'dependency-cycle', construct: 'shop/shop', got: 'shop/shop => shop/map => shop/shop' });
  });

  test('what gets ready only beside others is at their stage: a tool that waits would wait for ever', () => {
    const app = meshApp({ layout: 'argocd' });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    new PersistentVolumeClaim(chart, 'claim', { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } });
    new Ingress(chart, 'web', { spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } } });
    app.synth();
    const waves = documents('shop.k8s.yaml').map(({ kind, metadata }) => [kind, metadata.annotations?.['argocd.argoproj.io/sync-wave']]);
    expect(waves).toEqual([['PersistentVolumeClaim', '70'], ['Ingress', '90']]);
  });

  test('charts that need nothing of each other have no number', () => {
    const app = meshApp();
    for (const id of ['b', 'a']) new ConfigMap(new Chart(app, id, { namespace: 'x' }), id);
    app.synth();
    expect(files()).toEqual(['a.k8s.yaml', 'b.k8s.yaml']);
  });
});

describe('files', () => {
  test.each([
    [YamlOutputType.FILE_PER_APP, ['app.k8s.yaml']],
    [YamlOutputType.FILE_PER_CHART, ['shop.k8s.yaml']],
    [YamlOutputType.FILE_PER_RESOURCE, ['DestinationRule.web.k8s.yaml', 'Namespace.shop.k8s.yaml', 'VirtualService.web.k8s.yaml']],
    [
      YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
      ['shop/DestinationRule.web.k8s.yaml', 'shop/Namespace.shop.k8s.yaml', 'shop/VirtualService.web.k8s.yaml'],
    ],
  ])('output type %s', (yamlOutputType, expected) => {
    const app = meshApp({ yamlOutputType });
    addShop(app);
    app.synth();
    expect(files()).toEqual(expected);
  });

  test('objects of one kind and name in two namespaces get a file each', () => {
    const app = meshApp({ yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
    for (const namespace of ['a', 'b']) new ConfigMap(new Chart(app, namespace, { namespace }), 'same');
    app.synth();
    expect(files()).toEqual(['ConfigMap.same.a.k8s.yaml', 'ConfigMap.same.b.k8s.yaml']);
  });

  test('one chart in two clusters gives a folder each', () => {
    const app = meshApp();
    for (const name of ['staging', 'prod']) addShop(new Cluster(app, name));
    app.synth();
    expect(files()).toEqual(['prod/shop.k8s.yaml', 'staging/shop.k8s.yaml']);
    expect(readFileSync(join(outdir, 'prod/shop.k8s.yaml'))).toEqual(readFileSync(join(outdir, 'staging/shop.k8s.yaml')));
  });

  test('construct-metadata.json on request, as cdk8s writes it', () => {
    const app = meshApp({ recordConstructMetadata: true });
    new ConfigMap(new Chart(app, 'a', { namespace: 'x' }), 'one');
    app.synth();
    const written = JSON.parse(readFileSync(join(outdir, 'construct-metadata.json'), 'utf8')) as unknown;
    expect(written).toEqual({ version: '1.0.0', resources: { one: { path: 'a/one' } } });
  });

  test('an app without objects writes no manifest', () => {
    meshApp().synth();
    expect(files()).toEqual([]);
  });

  test('an error leaves the output folder as it was', () => {
    const app = meshApp();
    const chart = addShop(app);
    app.synth();
    const before = readFileSync(join(outdir, 'shop.k8s.yaml'), 'utf8');
    new AuthorizationPolicy(chart, 'bad', { spec: { action: 'PERMIT' } } as never);
    new ConfigMap(new Chart(app, 'other', { namespace: 'x' }), 'one');
    expect(caught(() => app.synth()).findings).toHaveLength(1);
    expect(files()).toEqual(['shop.k8s.yaml']);
    expect(readFileSync(join(outdir, 'shop.k8s.yaml'), 'utf8')).toBe(before);
    expect(readdirSync(outdir).filter((name) => name.includes('-tmp-'))).toEqual([]);
  });
});

describe('CRDs in files of their own', () => {
  test('before the other objects of their chart, and before the charts that use their kinds', () => {
    const app = meshApp();
    const platform = new Chart(app, 'platform', { namespace: 'platform' });
    new Namespace(platform, 'platform');
    addCrd(platform);
    const shop = new Chart(app, 'a-shop', { namespace: 'shop' });
    new ApiObject(shop, 'widget', { apiVersion: 'example.com/v1', kind: 'Widget' });
    app.synth();
    expect(files()).toEqual(['0000-platform-crds.k8s.yaml', '0001-platform.k8s.yaml', '0002-a-shop.k8s.yaml']);
    expect(kinds('0000-platform-crds.k8s.yaml')).toEqual(['CustomResourceDefinition widgets.example.com']);
    expect(kinds('0001-platform.k8s.yaml')).toEqual(['Namespace platform']);
  });

  test('charts that need each other are not cut further: only the CRDs are needed', () => {
    const app = meshApp();
    const platform = new Chart(app, 'platform', { namespace: 'shop' });
    addCrd(platform);
    new ConfigMap(platform, 'for-shop');
    const shop = new Chart(app, 'shop', { namespace: 'shop' });
    new Namespace(shop, 'shop');
    new ApiObject(shop, 'widget', { apiVersion: 'example.com/v1', kind: 'Widget' });
    app.synth();
    expect(files()).toEqual(['0000-platform-crds.k8s.yaml', '0001-shop.k8s.yaml', '0002-platform.k8s.yaml']);
  });

  test('in folders of their own where a chart is a folder', () => {
    const app = meshApp({ yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE });
    const platform = new Chart(app, 'platform', { namespace: 'platform' });
    new Namespace(platform, 'platform');
    addCrd(platform);
    app.synth();
    expect(files()).toEqual([
      '0000-platform-crds/CustomResourceDefinition.widgets.example.com.k8s.yaml',
      '0001-platform/Namespace.platform.k8s.yaml',
    ]);
  });

  test('a chart that holds nothing but CRDs is one file of its own name', () => {
    const app = meshApp();
    addCrd(new Chart(app, 'kinds'));
    app.synth();
    expect(files()).toEqual(['kinds.k8s.yaml']);
  });

  test('a CRD that was told to come after an object of its chart does', () => {
    const app = meshApp();
    const platform = new Chart(app, 'platform', { namespace: 'platform' });
    addCrd(platform).node.addDependency(new Namespace(platform, 'platform'));
    app.synth();
    expect(files().map(kinds)).toEqual([['Namespace platform'], ['CustomResourceDefinition widgets.example.com']]);
  });
});

describe('layouts', () => {
  test.each([['argo'], [7], [['flux']], [{ fluxpath: './dist' }], [{ fluxPath: 7 }], [{ name: 'My Mesh' }]])(
    'plain JavaScript that gives %j as layout is refused at once',
    (layout) => {
      expect(caught(() => meshApp({ layout: layout as never })).findings).toMatchObject([{ code: 'bad-layout' }]);
    },
  );

  test('synthYaml honours argocd: waves, and CRDs that survive a prune', () => {
    const app = meshApp({ layout: 'argocd' });
    const shop = addShop(app);
    addCrd(shop);
    const docs = parseAllDocuments(app.synthYaml()).map((document) => document.toJS() as Doc);
    expect(docs.map(({ metadata }) => metadata.annotations?.['argocd.argoproj.io/sync-wave'])).toEqual(['0', '10', '80', '90']);
    expect(docs[1]?.metadata.annotations?.['argocd.argoproj.io/sync-options']).toBe('Prune=false,Delete=false,ServerSideApply=true');
  });

  test('synthYaml for flux has the objects as they stand in the files, and no Kustomization', () => {
    const app = meshApp({ layout: 'flux' });
    addCrd(addShop(app));
    const docs = parseAllDocuments(app.synthYaml()).map((document) => document.toJS() as Doc);
    expect(docs.map(({ kind }) => kind)).toEqual(['Namespace', 'CustomResourceDefinition', 'DestinationRule', 'VirtualService']);
    expect(docs[1]?.metadata.annotations).toEqual({ 'kustomize.toolkit.fluxcd.io/prune': 'disabled' });
  });

  test('argocd: sync waves by stage, and CRDs survive a prune', () => {
    const app = meshApp({ layout: 'argocd' });
    addShop(app);
    app.synth();
    const waves = documents('shop.k8s.yaml').map(({ metadata }) => metadata.annotations?.['argocd.argoproj.io/sync-wave']);
    expect(waves).toEqual(['0', '80', '90']);
  });

  test('flux: a folder a stage, and Kustomizations that wait for each other', () => {
    const app = meshApp({ layout: 'flux' });
    addShop(app);
    app.synth();
    expect(files()).toEqual([
      '00-namespaces/shop.k8s.yaml',
      '80-subsets/shop.k8s.yaml',
      '90-routes/shop.k8s.yaml',
      'flux/kustomizations.yaml',
    ]);
    const chain = documents('flux/kustomizations.yaml').map(({ metadata, spec }) => [metadata.name, spec?.['dependsOn']]);
    expect(chain).toEqual([
      ['mesh-00-namespaces', undefined],
      ['mesh-80-subsets', [{ name: 'mesh-00-namespaces' }]],
      ['mesh-90-routes', [{ name: 'mesh-80-subsets' }]],
    ]);
  });
});

describe('one object, one owner', () => {
  test('two objects of one identity are refused, and both places named', () => {
    const app = meshApp();
    for (const id of ['b', 'a']) new ConfigMap(new Chart(app, id, { namespace: 'x' }), 'same');
    const [finding] = caught(() => app.synth()).findings;
    expect(finding).toMatchObject({ code: 'duplicate-object', construct: 'b/same', got: 'an object that a/same makes, too' });
  });

  test('a shared object is made once, at the first place by path, whoever asked first', () => {
    const app = meshApp();
    const charts = ['b', 'a'].map((id) => new Chart(app, id));
    const type = { apiVersion: 'v1', kind: 'Namespace', scope: 'Cluster' } as const;
    for (const scope of charts) requestSharedObject({ scope, name: 'common', type, props: { metadata: { labels: { x: 'y' } } } });
    app.synth();
    expect(files()).toEqual(['a.k8s.yaml']);
  });

  test('a shared object is the same in whatever order its keys are given, with or without a key that holds nothing', () => {
    const app = meshApp();
    const type = { apiVersion: 'v1', kind: 'Namespace', scope: 'Cluster' } as const;
    const [a, b] = ['a', 'b'].map((id) => new Chart(app, id)) as [Chart, Chart];
    requestSharedObject({ scope: a, name: 'common', type, props: { metadata: { labels: { x: '1', y: '2' }, annotations: undefined } } });
    requestSharedObject({ scope: b, name: 'common', type, props: { metadata: { labels: { y: '2', x: '1' } } } });
    expect(() => app.synth()).not.toThrow();
  });

  test('a shared object that two want otherwise is refused, and both places named', () => {
    const app = meshApp();
    const type = { apiVersion: 'v1', kind: 'Namespace', scope: 'Cluster' } as const;
    for (const id of ['a', 'b']) {
      requestSharedObject({ scope: new Chart(app, id), name: 'common', type, props: { metadata: { labels: { team: id } } } });
    }
    const [finding] = caught(() => app.synth()).findings;
    expect(finding).toMatchObject({ code: 'shared-object-differs', construct: 'b', got: 'another content than a asks for' });
  });
});

describe('planners', () => {
  test('run in the order of their keys before anything is rendered, on every entry', () => {
    const app = meshApp();
    const chart = new Chart(app, 'a', { namespace: 'x' });
    const ran: string[] = [];
    const map = new ConfigMap(chart, 'map', { data: {} });
    for (const key of ['second', 'first']) {
      addPlanner(chart, { key, plan: () => { ran.push(key); map.metadata.addLabel(key, 'yes'); } });
    }
    expect(Testing.synth(chart)).toMatchObject([{ metadata: { labels: { first: 'yes', second: 'yes' } } }]);
    // twice at least: one planner may have added to what an earlier one plans
    expect(ran).toEqual(['first', 'second', 'first', 'second']);
  });

  test('checks run once, after all planning, and what they refuse stands beside the rest', () => {
    const app = meshApp();
    const ran: string[] = [];
    const finding = { code: 'planned', construct: 'a', property: 'x', got: '1', expected: '2' };
    const check = (): never => {
      ran.push('check');
      throw new MeshError([finding]);
    };
    addPlanner(app, { key: 'first', plan: () => ran.push('plan first'), check });
    addPlanner(app, { key: 'second', plan: () => { ran.push('plan second'); throw new MeshError([{ ...finding, code: 'other' }]); } });
    expect(caught(() => app.synth()).findings.map(({ code }) => code).sort()).toEqual(['other', 'planned']);
    expect(ran).toEqual(['plan first', 'plan second', 'plan first', 'plan second', 'check']);
  });

  test('planners that never come to an end are refused', () => {
    const app = meshApp();
    let count = 0;
    const addOne = (): void => addPlanner(app, { key: `planner-${(count += 1)}`, plan: addOne });
    addOne();
    expect(caught(() => app.synth()).findings[0]).toMatchObject({ code: 'never-settles' });
    expect(existsSync(join(outdir, '.mesh-constructs-files'))).toBe(false);
  });
});
